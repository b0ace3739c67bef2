"""The tallies against a slow, obvious loop over the same rows, for random facts and definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollup.definition import Definition, Unknown, check
from rollup.engine import duckdb
from rollup.facts import EXCLUSIONS, TABLES, WAYS
from rollup.lake import Facts, schema_of
from rollup.tally import Tally, records, tallies

LINES = ["party", "union", "league"]
DIVISIONS = [1, 2, 3, 4]
ABOVE = {1: None, 2: 1, 3: 1, 4: 2}
number = st.none() | st.integers(0, 60)

unit = st.fixed_dictionaries(
    {
        "division": st.sampled_from([*DIVISIONS, None]),
        "level": st.sampled_from(["employer", "village"]),
        "kind": st.sampled_from(["enterprise", "school"]),
        "status": st.sampled_from(["active", "active", "closed"]),
        "ownership": st.sampled_from(["private", "state"]),
        "staff": number,
        "women": number,
    }
)
body = st.fixed_dictionaries(
    {
        "seat": st.integers(0, 7),
        "line": st.sampled_from(LINES),
        "form": st.sampled_from(["single", "joint"]),
        "term": st.sampled_from(["running", "expired", "none"]),
        "heads": st.integers(0, 2),
        "members": st.integers(0, 9),
        "above": st.none() | st.integers(0, 5),
    }
)
DEFINITIONS = [
    Definition("all", "units"),
    Definition("union", "units", {"level": "employer"}, {"covered_by": {"line": "union"}}, "staff"),
    Definition("joint", "units", {"covered_by": {"line": "union"}}, {"no_covered_by": {"form": "single"}}, "women"),
    Definition("both", "units", {"staff_from": 5, "staff_to": 40},
               {"covered_by": [{"line": "party"}, {"line": "union", "form": ["single", "joint"]}]}, "staff"),
    Definition("seats", "units", {"ownership": ["private"]}, {"seat_of": {"line": "party", "covers": {}}}),
    Definition("running", "bodies", {"term": ["running", "expired"]}, {"term": "running"}, "members"),
    Definition("headed", "bodies", {"line": "union"}, {"heads_from": 1}, "members"),
]  # fmt: skip


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    units = [{"unit": at, **row} for at, row in enumerate(draw(st.lists(unit, min_size=1, max_size=8)))]
    bodies = [{"body": at, **row} for at, row in enumerate(draw(st.lists(body, min_size=1, max_size=6)))]
    for row in bodies:
        row["above"] = row["above"] if row["above"] is not None and row["above"] < row["body"] else None
        row["division"] = units[row["seat"]]["division"] if row["seat"] < len(units) else None
    pairs = st.tuples(st.integers(0, len(units) - 1), st.integers(0, len(bodies) - 1))
    covers = [
        {"unit": u, "body": b, **{key: bodies[b][key] for key in ("line", "form")}}
        for u, b in draw(st.sets(pairs, max_size=12))
    ]
    out = draw(st.sets(st.tuples(st.sampled_from(["union", "all"]), st.integers(0, len(units) - 1)), max_size=4))
    return {"units": units, "bodies": bodies, "covers": covers, "out": out}


def ways(world: dict[str, Any]) -> list[tuple[str, int, int]]:
    found = []
    for leaf in DIVISIONS:
        at: int | None = leaf
        while at is not None:
            found.append(("territory", leaf, at))
            at = ABOVE[at]
    above = {row["body"]: row["above"] for row in world["bodies"]}
    places = set(above.values())
    for leaf in above:
        at = leaf
        while at is not None:
            if at in places:
                found.append(("line", leaf, at))
            at = above[at]
    return found


def facts_of(world: dict[str, Any], along: Iterable[tuple[str, int, int]] | None = None) -> Facts:
    """The world as tables, with the ways of a place to all above it unless others are given."""

    def table(name: str) -> Any:
        columns = TABLES[name].columns
        nothing = {"word": "", "truth": False}
        given_ = world.get(name, [])
        rows = [{each: row.get(each, nothing.get(kind)) for each, kind in columns.items()} for row in given_]
        return ibis.memtable(pa.Table.from_pylist(rows, schema=schema_of(TABLES[name].columns).to_pyarrow()))

    along = ways(world) if along is None else along
    told = [dict(zip(("walk", "leaf", "place"), way, strict=True)) for way in along]
    out = [{"indicator": indicator, "subject": subject} for indicator, subject in sorted(world["out"])]
    return Facts(
        {name: table(name) for name in TABLES},
        ibis.memtable(pa.Table.from_pylist(told, schema=schema_of(WAYS).to_pyarrow())),
        ibis.memtable(pa.Table.from_pylist(out, schema=schema_of(EXCLUSIONS).to_pyarrow())),
    )


# == the loop ==
def fits(world: dict[str, Any], of: str, row: dict[str, Any], conditions: Any) -> bool:
    return all(holds(world, of, row, name, value) for name, value in conditions.items())


def holds(world: dict[str, Any], of: str, row: dict[str, Any], name: str, value: Any) -> bool:
    others = {
        ("units", "covered_by"): ("covers", "unit", "unit"),
        ("units", "seat_of"): ("bodies", "unit", "seat"),
        ("bodies", "covers"): ("covers", "body", "body"),
    }
    plain = name.removeprefix("no_")
    if (of, plain) in others:
        table, ours, theirs = others[of, plain]
        for conditions in value if isinstance(value, list) else [value]:
            some = any(each[theirs] == row[ours] and fits(world, table, each, conditions) for each in world[table])
            if some == name.startswith("no_"):
                return False
        return True
    if name.endswith("_from"):
        return row[name[:-5]] is not None and row[name[:-5]] >= value
    if name.endswith("_to"):
        return row[name[:-3]] is not None and row[name[:-3]] <= value
    return row[name] in value if isinstance(value, list) else row[name] == value


def by_loop(world: dict[str, Any]) -> set[Tally]:
    found: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0] * 6)
    for each in DEFINITIONS:
        key, leaf_in = ("unit", {"territory": "division"}) if each.of == "units" else (
            "body", {"territory": "division", "line": "body"})  # fmt: skip
        for row in world[each.of]:
            if not fits(world, each.of, row, each.where):
                continue
            counted = fits(world, each.of, row, each.counted) and (each.key, row[key]) not in world["out"]
            having = counted and fits(world, each.of, row, each.having)
            heads = row[each.heads] if each.heads else 0
            numbers = [counted, having, not counted, counted and (heads or 0), having and (heads or 0),
                       counted and heads is None]  # fmt: skip
            for walk, leaf, place in ways(world):
                if walk in leaf_in and row[leaf_in[walk]] == leaf:
                    sums = found[each.key, walk, place]
                    found[each.key, walk, place] = [a + int(b) for a, b in zip(sums, numbers, strict=True)]
    return {Tally(*place, *numbers) for place, numbers in found.items() if numbers[0] or numbers[2]}


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_tallies_are_what_a_loop_over_the_rows_finds(world: dict[str, Any]) -> None:
    backend = duckdb(threads=1)
    ibis.set_backend(backend)
    assert set(tallies(facts_of(world), DEFINITIONS, ["territory", "line"])) == by_loop(world)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_a_figure_opens_to_the_records_it_was_counted_from(world: dict[str, Any]) -> None:
    ibis.set_backend(duckdb(threads=1))
    facts = facts_of(world)
    for definition in DEFINITIONS[:2]:
        rows = records(facts, definition).to_pyarrow().to_pylist()
        inside = [row for row in rows if row["division"] is not None]
        whole = {each.indicator: each for each in tallies(facts, [definition], ["territory"]) if each.place == 1}
        expected = whole.get(definition.key)
        assert sum(row["is_counted"] for row in inside) == (expected.denominator if expected else 0)
        assert sum(row["is_having"] for row in inside) == (expected.numerator if expected else 0)


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        (Definition("k", "people"), "“people” cannot be counted"),
        (Definition("k", "units", {"colour": "red"}), "units have no “colour”. There are: level, kind"),
        (Definition("k", "units", {"unit": 3}), "units have no “unit”"),
        (Definition("k", "units", {"staff_from": "many"}), "“staff_from” takes a number"),
        (Definition("k", "units", {"kind": []}), "“kind” takes a word"),
        (Definition("k", "units", {"kind_from": 2}), "units have no “kind_from”"),
        (Definition("k", "units", {}, {"covered_by": "union"}), "“covered_by” takes conditions on covers"),
        (Definition("k", "units", {}, {"covered_by": {"colour": "red"}}), "covers have no “colour”"),
        (Definition("k", "units", {}, {}, "members"), "units have no heads “members”"),
        (Definition("k", "venues", {"hours": 1}), "“hours” takes a truth"),
    ],
)
def test_what_the_vocabulary_does_not_know_is_said(definition: Definition, told: str) -> None:
    with pytest.raises(Unknown, match=r"k: |“people”") as refused:
        check(definition)
    assert told in str(refused.value)
