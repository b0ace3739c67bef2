"""Laws of the tallies: what lies below a place adds up to it on every walk, and several covers count a unit once."""

from __future__ import annotations

from typing import Any

import ibis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rollup.definition import Definition
from rollup.engine import duckdb
from rollup.tally import MEASURES, Tally, tallies

from .test_tally import ABOVE, DEFINITIONS, DIVISIONS, facts_of, worlds

WALKS = ("territory", "line", "leadership")
few = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def parents(world: dict[str, Any]) -> dict[str, dict[int, int | None]]:
    """Of each place of each walk the one right above. Leadership goes another way than the line: to the first body."""
    bodies = {row["body"]: row["above"] for row in world["bodies"]}
    led = {body: None if body == 0 else 0 if body % 2 else bodies[body] for body in bodies}
    return {"territory": dict(ABOVE), "line": bodies, "leadership": led}


def up(above: dict[int, int | None], leaf: int) -> list[int]:
    """The place and all above it."""
    found, at = [], leaf
    while at is not None:
        found.append(at)
        at = above[at]
    return found


def by_place(found: list[Tally]) -> dict[tuple[str, str, int], tuple[int, ...]]:
    assert len({each[:3] for each in found}) == len(found)
    return {each[:3]: each[3:] for each in found}


@few
@given(worlds())
def test_a_place_has_what_its_parts_have_and_what_lies_in_it_itself(world: dict[str, Any]) -> None:
    ibis.set_backend(duckdb(threads=1))
    above = parents(world)
    whole_ways = [(walk, leaf, at) for walk in WALKS for leaf in above[walk] for at in up(above[walk], leaf)]
    own_ways = [(walk, leaf, leaf) for walk in WALKS for leaf in above[walk]]
    whole = by_place(list(tallies(facts_of(world, whole_ways), DEFINITIONS)))
    own = by_place(list(tallies(facts_of(world, own_ways), DEFINITIONS)))
    assume(whole)
    nothing = (0,) * len(MEASURES)
    for definition in DEFINITIONS:
        for walk in WALKS if definition.of == "bodies" else WALKS[:1]:
            for place in above[walk]:
                below = [child for child, parent in above[walk].items() if parent == place]
                parts = [own.get((definition.key, walk, place), nothing)]
                parts += [whole.get((definition.key, walk, child), nothing) for child in below]
                added = tuple(map(sum, zip(*parts, strict=True)))
                assert whole.get((definition.key, walk, place), nothing) == added, (definition.key, walk, place)


@few
@given(worlds(), st.integers(2, 4))
def test_a_unit_that_several_bodies_cover_counts_once(world: dict[str, Any], times: int) -> None:
    ibis.set_backend(duckdb(threads=1))
    copies = [
        {**row, "body": row["body"] + 100 * copy} for copy in range(1, times) for row in world["covers"]
    ]  # as many bodies more, of the same lines and forms
    of_units = [each for each in DEFINITIONS if each.of == "units" and each.key != "seats"]
    once = set(tallies(facts_of(world), of_units, ["territory"]))
    assert set(tallies(facts_of({**world, "covers": world["covers"] + copies}), of_units, ["territory"])) == once


def test_all_units_are_counted_once_each_whatever_covers_them() -> None:
    ibis.set_backend(duckdb(threads=1))
    units = [{"unit": at, "division": DIVISIONS[at % 4], "level": "employer", "kind": "enterprise", "status": "active",
              "ownership": "private", "staff": 10, "women": 1} for at in range(8)]  # fmt: skip
    covers = [{"unit": at % 8, "body": at, "line": "union", "form": "joint"} for at in range(40)]
    world = {"units": units, "bodies": [], "covers": covers, "out": set()}
    definition = Definition("covered", "units", {"kind": "enterprise"}, {"covered_by": {"line": "union"}}, "staff")
    [whole] = [each for each in tallies(facts_of(world), [definition], ["territory"]) if each.place == 1]
    assert whole == Tally("covered", "territory", 1, 8, 8, 0, 80, 80, 0)
