"""The engine that counts: DuckDB in the process, or a Spark cluster."""

from __future__ import annotations

import ibis
from ibis.backends import BaseBackend


class EngineMissing(Exception):
    """The engine asked for is not installed, or cannot be reached; the message says what to do."""


def duckdb(memory_mb: int = 0, threads: int = 0) -> BaseBackend:
    """DuckDB in this process, with an empty database. 0: as much as it takes by itself."""
    limits: dict[str, str | int] = {"memory_limit": f"{memory_mb}MB"} if memory_mb else {}
    if threads:
        limits["threads"] = threads
    return ibis.duckdb.connect(**limits)


def spark(master: str) -> BaseBackend:
    """A session of Spark on the cluster `master`, as spark://host:7077 or local[2]. Raises EngineMissing."""
    try:
        from pyspark.sql import SparkSession  # optional: an extra
    except ImportError as problem:
        raise EngineMissing(
            "Spark is not installed. Type: pip install 'gongjian[spark]'. It needs Java 17."
        ) from problem
    try:
        session = SparkSession.builder.master(master).appName("gongjian").getOrCreate()
    except Exception as problem:  # whatever py4j raises; it has no common kind
        raise EngineMissing(f"The Spark cluster {master} does not answer: {problem}") from problem
    return ibis.pyspark.connect(session)
