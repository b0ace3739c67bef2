"""DuckDB and a Spark cluster count the same to the last digit: all indicators, at every place of every walk."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from bench import city, lake
from gongjian.figures.run import read_indicators
from gongjian.packs.read import read_pack
from gongjian.sample.city import build
from gongjian.settings import ROOT
from rollup import engine
from rollup.definition import Definition
from rollup.lake import read
from rollup.tally import LEAVES, Tally, records, tallies
from tests.rollup import test_tally as small

pytestmark = pytest.mark.spark
TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def definitions() -> list[Definition]:
    found = [each for each in read_pack(ROOT / "packs" / "shaoxing").indicators if not each.awaits]
    return [Definition(key=each.key, of=each.of, **each.definition) for each in found]


def counted(folder: Path, definitions: list[Definition], master: str = "") -> Counter[Tally]:
    with engine.opened(master) as backend:
        return Counter(tallies(read(backend, folder), definitions))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many units and bodies as a province has, over real divisions."""
    return lake.made(tmp_path_factory.mktemp("province"), city.divisions(), units=300_000, bodies=700_000)


def test_a_province(cluster: str, province: Path, definitions: list[Definition]) -> None:
    ours = counted(province, definitions)
    assert {each.walk for each in ours} == set(LEAVES)
    assert {each.key for each in definitions} - {each.indicator for each in ours} == {"party_places"}  # it has none
    [whole] = [each for each in ours if each[:3] == ("bodies_headed", "territory", 1)]
    assert whole.denominator == 700_000
    assert counted(province, definitions, cluster) == ours


def test_the_records_behind_a_number(cluster: str, province: Path, definitions: list[Definition]) -> None:
    for definition in definitions[:2]:
        opened = []
        for master in ("", cluster):
            with engine.opened(master) as backend:
                rows = records(read(backend, province), definition).to_pyarrow()
                opened.append(rows.sort_by("id").select(["id", "division", "is_counted", "is_having", "heads"]))
        assert opened[0].num_rows > 100_000 and opened[0].equals(opened[1])


def readings() -> set[tuple[object, ...]]:
    columns = "indicator_id, version, walk, unit_id, body_id, denominator, numerator, left_out, heads, heads_having"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}, heads_unknown FROM indicators_reading WHERE day = %s", [TODAY])
        return set(cursor.fetchall())


@pytest.mark.parametrize("scale", [0.01, pytest.param(1.0, marks=pytest.mark.slow)])
def test_all_readings_of_the_sample_city(cluster, scale, settings, tmp_path, django_db_setup, django_db_blocker):
    settings.SNAPSHOTS = tmp_path
    with django_db_blocker.unblock(), transaction.atomic():
        build(scale=scale, today=TODAY)
        assert read_indicators(TODAY).engine == "duckdb"
        ours = readings()
        run = read_indicators(TODAY, master=cluster)
        assert (run.engine, run.readings) == (f"spark {cluster}", len(ours))
        assert readings() == ours and len(ours) > 10_000
        transaction.set_rollback(True)


# What indicators of the pack do not say: limits from both sides, numbers nobody knows, nothing at all, words that
# differ only in their case.
CORNERS = [
    *small.DEFINITIONS,
    Definition("lower", "units", {}, {"covered_by": {"line": "union"}}),
    Definition("upper", "units", {}, {"covered_by": {"line": "UNION"}}),
    Definition("none", "units", {"kind": "ship"}, {}, "staff"),
    Definition("no_standing", "units", {"women_to": 10}, {"no_seat_of": {}}, "women", standing={}),
]


def test_corners(cluster: str, tmp_path: Path) -> None:
    units = [
        {"unit": at, "division": (None, 1, 2, 3, 4)[at % 5], "level": ("employer", "village")[at % 3 == 0],
         "kind": ("enterprise", "school")[at % 2], "status": ("active", "closed")[at % 7 == 0],
         "ownership": ("private", "state", None)[at % 3], "staff": None if at % 4 == 0 else at, "women": at % 13}
        for at in range(90)
    ]  # fmt: skip
    bodies = [
        {"body": at, "seat": at % 95, "division": units[at % 90]["division"],
         "line": ("union", "UNION", "party")[at % 3], "form": ("single", "joint")[at % 2],
         "term": ("running", "expired", "none")[at % 3], "heads": at % 2,
         "members": at, "above": at - 7 if at >= 7 else None}
        for at in range(60)
    ]  # fmt: skip
    told = [{key: body[key] for key in ("body", "line", "form")} for body in bodies]
    covers = [{"unit": at * 3 % 90, **told[at % 60]} for at in range(80)]
    out = {("union", 3), ("union", 4), ("all", 3), ("lower", 9)}
    world = {"units": units, "bodies": bodies, "covers": covers, "out": out}
    facts = small.facts_of(world)
    for name, table in facts.tables.items():
        (tmp_path / name).mkdir()
        table.to_parquet(tmp_path / name / "facts.parquet")
    facts.ways.to_parquet(tmp_path / "ways.parquet")
    facts.exclusions.to_parquet(tmp_path / "exclusions.parquet")
    ours = counted(tmp_path, CORNERS)
    assert {each.indicator for each in ours} == {each.key for each in CORNERS} - {"none"}
    assert counted(tmp_path, CORNERS, cluster) == ours
