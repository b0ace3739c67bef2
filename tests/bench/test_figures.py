"""Rolling up and the SQL by hand that it is measured beside give the same answers, over a small federation made up."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench import figures, lake

from .test_bench import DIVISIONS

EMPLOYERS, BODIES = 400, 1_000


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    units = len(DIVISIONS) + EMPLOYERS
    return lake.made(tmp_path_factory.mktemp("lake"), DIVISIONS, units=units, bodies=BODIES)


def answers(found: figures.Answers) -> list[tuple[object, ...]]:
    return sorted((key, walk, *row.values()) for key, walk, batch in found for row in batch.to_pylist())


def test_both_sides_give_the_same_answers(facts: Path) -> None:
    ours = answers(figures._ours(facts, 500))
    assert ours == answers(figures._by_sql(facts, 500))
    assert {row[:2] for row in ours} == {
        *((key, "territory") for key in figures.HERE),
        *((key, walk) for key in figures.OF_BODIES for walk in ("line", "leadership")),
    }


def test_the_federation_has_as_many_units_and_bodies_as_asked_for(facts: Path) -> None:
    def one(query: str) -> int:
        return duckdb.sql(query).fetchall()[0][0]

    assert one(f"SELECT count(DISTINCT unit) FROM '{facts}/units/*.parquet'") == len(DIVISIONS) + EMPLOYERS
    assert one(f"SELECT count(DISTINCT body) FROM '{facts}/bodies/*.parquet'") == BODIES
    covers = f"'{facts}/covers/*.parquet'"
    assert one(f"SELECT count(*) FROM (SELECT unit FROM {covers} GROUP BY unit, line HAVING count(*) > 1)") > 20
    assert one(f"SELECT count(*) FROM (SELECT DISTINCT seat, line FROM '{facts}/bodies/*.parquet')") == BODIES


def test_more_bodies_than_seats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="do not go over"):
        lake.made(tmp_path, DIVISIONS, units=len(DIVISIONS) + 3, bodies=10_000)
