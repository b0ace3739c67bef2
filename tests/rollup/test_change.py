"""What is counted anew, and what is taken over from the day before, is together what counting everything finds."""

from __future__ import annotations

import copy
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollup.change import Recount, laid_beside, recounts, retold
from rollup.engine import duckdb
from rollup.tally import Tally, tallies

from .test_tally import DEFINITIONS, body, facts_of, unit, worlds

WALKS = ["territory", "line"]


@st.composite
def changed(draw: Any, world: dict[str, Any]) -> dict[str, Any]:
    """The same world a day later: some rows otherwise, some covers and exclusions gone or new."""
    later = copy.deepcopy(world)
    for row in draw(st.lists(st.sampled_from(later["units"]), max_size=2)):
        row.update(draw(unit))
    for row in draw(st.lists(st.sampled_from(later["bodies"]), max_size=2)):
        above = row["above"] if draw(st.booleans()) else None
        row.update(draw(body), above=above, seat=row["seat"])
    if later["covers"] and draw(st.booleans()):
        later["covers"].pop()
    later["out"] = {each for each in later["out"] if draw(st.booleans())}
    return later


def two_days(before: dict[str, Any], now: dict[str, Any]) -> tuple[list[Recount], set[Tally], set[Tally]]:
    """What is counted anew; everything as told by that and the day before; everything as counted."""
    ibis.set_backend(duckdb(threads=1))
    old, new = facts_of(before), facts_of(now)
    was = list(tallies(old, DEFINITIONS, WALKS))
    of = {each.key: each.of for each in DEFINITIONS}
    found = recounts(laid_beside(old, new), DEFINITIONS)

    def known(kind: str, walk: str, places: Any) -> list[Tally]:
        return [each for each in was if (of[each.indicator], each.walk) == (kind, walk) and each.place in places]

    told = {tally for each in found for tally in retold(new, DEFINITIONS, each, known)}
    touched = {(each.of, each.walk): each.places for each in found}
    calm = {each for each in was if each.place not in touched[of[each.indicator], each.walk]}
    assert not {(each.indicator, each.walk, each.place) for each in calm} & {
        (each.indicator, each.walk, each.place) for each in told
    }
    return found, told | calm, set(tallies(new, DEFINITIONS, WALKS))


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_touched_and_calm_places_together_are_what_counting_everything_finds(data: st.DataObject) -> None:
    before = data.draw(worlds())
    _found, told, counted = two_days(before, data.draw(changed(before)))
    assert told == counted


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_same_for_many_worlds(data: st.DataObject) -> None:
    before = data.draw(worlds())
    _found, told, counted = two_days(before, data.draw(changed(before)))
    assert told == counted


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds(), worlds())
def test_two_days_with_nothing_in_common_too(before: dict[str, Any], now: dict[str, Any]) -> None:
    _found, told, counted = two_days(before, now)
    assert told == counted


# Divisions: 1 over 2 and 3, 2 over 4.
PLAIN: dict[str, Any] = {"level": "employer", "kind": "enterprise", "status": "active", "ownership": "private",
                         "staff": 30, "women": 3}  # fmt: skip
UNION = {"line": "union", "form": "single", "term": "running", "heads": 1, "members": 2, "above": None, "kind": "x"}


@pytest.fixture
def world() -> dict[str, Any]:
    units = [{"unit": at, "division": division, **PLAIN} for at, division in enumerate([3, 4, 4])]
    bodies = [{"body": 0, "seat": 0, "division": 3, **UNION}, {"body": 1, "seat": 1, "division": 4, **UNION}]
    covers = [{"unit": 0, "body": 0, "line": "union", "form": "single"}]
    return {"units": units, "bodies": bodies, "covers": covers, "out": set()}


def touched(found: list[Recount], of: str, walk: str = "territory") -> frozenset[int]:
    return next(each.places for each in found if (each.of, each.walk) == (of, walk))


def test_nothing_is_counted_where_nothing_changed(world: dict[str, Any]) -> None:
    found, told, counted = two_days(world, world)
    assert [each.places for each in found] == [frozenset()] * len(found)
    assert told == counted


def test_a_cover_that_ends_touches_the_places_of_its_unit_alone(world: dict[str, Any]) -> None:
    later = copy.deepcopy(world) | {"covers": []}
    found, told, counted = two_days(world, later)
    assert (touched(found, "units"), touched(found, "bodies")) == ({1, 3}, frozenset())
    assert told == counted


def test_the_root_is_added_up_from_what_did_not_change(world: dict[str, Any]) -> None:
    later = copy.deepcopy(world)
    later["units"][0]["staff"] = 31
    found, told, counted = two_days(world, later)
    (units,) = (each for each in found if each.of == "units")
    assert sorted(units.leaves.to_pyarrow()["leaf"].to_pylist()) == [1, 3]
    assert list(units.below) == [(1, 2)]
    assert told == counted


def test_a_row_on_the_ledger_touches_its_unit(world: dict[str, Any]) -> None:
    found, told, counted = two_days(world, copy.deepcopy(world) | {"out": {("union", 1)}})
    assert touched(found, "units") == {1, 2, 4}
    assert told == counted


def test_a_cover_elsewhere_touches_the_unit_whose_body_it_belongs_to(world: dict[str, Any]) -> None:
    """“A Party body that covers somebody has its seat here”: looked up across the border of two places."""
    later = copy.deepcopy(world)
    later["covers"].append({"unit": 1, "body": 0, "line": "union", "form": "single"})
    found, told, counted = two_days(world, later)
    assert touched(found, "units") == {1, 2, 3, 4}
    assert told == counted
