"""The engine: given back after the run, and not asked for where it is not installed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from rollup import engine


def test_duckdb_is_given_back_and_leaves_nothing_behind() -> None:
    before = set(Path(tempfile.gettempdir()).glob("gongjian-duckdb-*"))
    with engine.opened(memory_mb=40) as backend:
        backend.raw_sql("SET threads = 1")
        [(count,)] = backend.raw_sql(
            "SELECT count(*) FROM (SELECT range AS n, hash(range) AS h FROM range(1_500_000) ORDER BY h)"
        ).fetchall()
        assert count == 1_500_000
    assert set(Path(tempfile.gettempdir()).glob("gongjian-duckdb-*")) == before
    with pytest.raises(Exception, match=r"[Cc]onnection"):
        backend.raw_sql("SELECT 1")


def test_without_spark_one_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(engine.NotInstalled, match=r"pip install 'gongjian\[spark\]'"), engine.opened("local[1]"):
        pass


@pytest.mark.parametrize("master", ["spark://127.0.0.1:1", "spark://nowhere", "spark://", "spark://127.0.0.1:0,no:1"])
def test_an_address_where_nobody_is_does_not_answer(master: str) -> None:
    with pytest.raises(engine.NoAnswer, match=r"does not answer\."):
        engine._call(master)
