"""The engine that counts: DuckDB in the process, or a Spark cluster. It is opened for a run and given back after it."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import Table

ANSWER = 5  # seconds in which a master must take a call
PATIENCE = 60  # seconds for which a run waits while nobody in the cluster works for it
CANCELLED = "cancelled as part of cancellation of all jobs"  # what Spark says when the watch below gives up
LOOK = 1  # seconds between two looks at who works


class EngineMissing(Exception):
    """The engine asked for is not there, or does not answer, or is gone; the message says which, and what to do."""


class NotInstalled(EngineMissing):
    """Spark, or the Java that it needs, is not on this machine."""

    def __init__(self) -> None:
        super().__init__("Spark is not installed. Type: pip install 'gongjian[spark]'. It needs Java 17.")


class NoAnswer(EngineMissing):
    """Nobody at the address takes the run."""

    def __init__(self, master: str) -> None:
        super().__init__(f"The Spark cluster {master} does not answer.")
        self.master = master


class Gone(EngineMissing):
    """The cluster took the run and did not end it: its workers are gone, or all busy with other work, or it failed."""

    def __init__(self, master: str, why: str = "") -> None:
        super().__init__(f"The Spark cluster {master} did not end the run: {why or 'none of its workers is left.'}")
        self.master, self.why = master, why


@contextmanager
def opened(master: str = "", memory_mb: int = 0) -> Iterator[BaseBackend]:
    """DuckDB, or the Spark cluster `master` if one is named. Raises EngineMissing, on the way in or while it works."""
    if master:
        with spark(master) as backend:
            yield backend
        return
    backend = duckdb(memory_mb)
    try:
        yield backend
    finally:
        backend.disconnect()


def duckdb(memory_mb: int = 0, threads: int = 0) -> BaseBackend:
    """DuckDB in this process, with an empty database. 0: as much as it takes by itself.

    What does not fit into the memory goes for a while into the system's folder for temporary files.
    """
    scratch = Path(tempfile.gettempdir()) / f"gongjian-duckdb-{os.getpid()}"
    limits: dict[str, Any] = {"temp_directory": str(scratch), "preserve_insertion_order": False}
    if memory_mb:
        limits["memory_limit"] = f"{memory_mb}MB"
    if threads:
        limits["threads"] = threads
    return ibis.duckdb.connect(**limits)


def fetched(table: Table) -> pa.Table:
    """What the engine answers. Raises Gone, in a few words.

    Spark tells pages of Java. PostgreSQL takes no more than 10,000 bytes as the reason why a COPY ends, and closes the
    connection on more: whoever writes the answers there would lose it.
    """
    try:
        return table.to_pyarrow()
    except Exception as problem:
        if not _is_of_spark(problem):
            raise
        raise _gone(table.get_backend()._session.sparkContext.master, problem) from problem


def kept(table: Table) -> Table:
    """The same rows, found once."""
    return ibis.memtable(fetched(table))


# == Spark ==
@contextmanager
def spark(master: str) -> Iterator[BaseBackend]:
    """A session on the cluster `master`, as spark://host:7077 or local[2], ended afterwards. Raises EngineMissing.

    Spark itself would wait for ever once all workers are gone; here it ends after PATIENCE.
    """
    session = _session(master)
    watch = _Watch(session.sparkContext) if master.startswith("spark://") else None
    try:
        yield ibis.pyspark.connect(session)
    except Exception as problem:
        if not _is_of_spark(problem):
            raise
        raise _gone(master, problem) from problem
    finally:
        if watch:
            watch.end()
        with suppress(Exception):  # of a Spark that is not there any more
            session.stop()
        _let_go()


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession  # optional: an extra
    except ImportError as problem:
        raise NotInstalled from problem
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        raise NotInstalled
    _call(master)
    builder = SparkSession.builder.master(master).appName("gongjian").config("spark.ui.enabled", "false")
    try:
        session = builder.config("spark.sql.execution.arrow.pyspark.enabled", "true").getOrCreate()
        session.sparkContext._jsc.sc().getExecutorMemoryStatus()  # of one that the cluster refused this fails
    except Exception as problem:  # whatever py4j raises; it has no common kind
        _let_go()
        raise NoAnswer(master) from problem
    return session


def _let_go() -> None:
    """End a context that the cluster refused or stopped: Spark would hand it out again to whoever asks next."""
    from pyspark import SparkContext  # optional: an extra

    context = SparkContext._active_spark_context
    if context is not None:
        with suppress(Exception):  # of a Spark that is not there any more
            context.stop()


def _call(master: str) -> None:
    """Spark tries a master for a minute; whether somebody is there at all is known at once. Raises NoAnswer."""
    if not master.startswith("spark://"):
        return
    for place in master.removeprefix("spark://").split(","):
        host, _colon, port = place.rpartition(":")
        with suppress(OSError, ValueError, OverflowError), socket.create_connection((host, int(port)), timeout=ANSWER):
            return
    raise NoAnswer(master)


class _Watch(Thread):
    """Looks every second whether anybody in the cluster works for this run, and cancels the run if nobody does."""

    def __init__(self, context: Any) -> None:
        super().__init__(name="watch of Spark", daemon=True)
        self.context = context
        self.ended = Event()
        self.start()

    def run(self) -> None:
        seen_at = time.monotonic()
        with suppress(Exception):  # Spark itself is gone: whoever asks it for something is told so
            while not self.ended.wait(LOOK):
                if self.context._jsc.sc().getExecutorMemoryStatus().size() > 1:  # the first is this process
                    seen_at = time.monotonic()
                elif time.monotonic() - seen_at > PATIENCE:
                    self.context.cancelAllJobs()

    def end(self) -> None:
        self.ended.set()
        self.join(timeout=10)


def _is_of_spark(problem: Exception) -> bool:
    return type(problem).__module__.partition(".")[0] in ("py4j", "pyspark")


def _gone(master: str, problem: Exception) -> Gone:
    return Gone(master, "" if CANCELLED in str(problem) else _first_words(problem))


def _first_words(problem: Exception) -> str:
    """What Spark says went wrong, without the pages of Java that follow."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(":")), lines[0] if lines else type(problem).__name__)
    return said.removeprefix(":").strip()[:300]
