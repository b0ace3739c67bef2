"""Holding back: by random trees of places, linear programmes recover no cell that is held back."""

from __future__ import annotations

import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st

from rollup.withheld import LEAST, Cell, Table, held_back

from .audit import Audit, Told, recovered

# How many have it openly, have it unseen, and lack it: of one lowest place, or in none of the parts of a place.
few = st.one_of(st.integers(0, 6), st.sampled_from([0, 9, 10, 40]))
leaves = st.tuples(few, few, few)
towns = st.lists(leaves, max_size=4)
counties = st.lists(st.tuples(leaves, towns), max_size=3)
cities = st.tuples(leaves, counties)


def cells_of(city) -> list[Cell]:
    """The cells of a city: its own rest and its counties; of each its rest and its towns."""
    found: list[Cell] = []

    def add(rest, parts, above):
        place = len(found) + 1
        found.append(Cell(place, above, 0, 0, 0))
        inside = [rest, *(add(*part, place) if len(part) == 2 else add(part, [], place) for part in parts)]
        own, unseen, missing = (sum(numbers) for numbers in zip(*inside, strict=True))
        found[place - 1] = Cell(place, above, own + unseen + missing, own, own + unseen)
        return own, unseen, missing

    add(*city, None)
    return found


def told(cells, held) -> list[Told]:
    return [
        Told("one", each.place, each.above, each.counted, each.openly, None if each.place in held else each.having)
        for each in cells
    ]


def rest_of(cells, place) -> Cell:
    whole = next(each for each in cells if each.place == place)
    parts = [each for each in cells if each.above == place]
    return Cell(
        place,
        place,
        whole.counted - sum(each.counted for each in parts),
        whole.openly - sum(each.openly for each in parts),
        whole.having - sum(each.having for each in parts),
    )


def sensitive(cells) -> dict[tuple[str, int, bool], Cell]:
    """The rule again, in other words: nearly all of the undecided have it, or nearly none."""
    with_parts = {each.above for each in cells} - {None}
    every = {("one", each.place, False): each for each in cells}
    every |= {("one", place, True): rest_of(cells, place) for place in with_parts}
    found = {}
    for key, each in every.items():
        unseen, missing = each.having - each.openly, each.counted - each.having
        if unseen + missing and (unseen <= 4 or missing <= 4):
            found[key] = each
    return found


def reason(each: Cell, is_sensitive: bool) -> tuple[int, int]:
    """What somebody knows beforehand who knows what of the rule applies."""
    unseen, missing = each.having - each.openly, each.counted - each.having
    if unseen + missing < 10:
        return each.openly, each.counted
    if not is_sensitive:
        return each.openly + 5, each.counted - 5
    return (each.openly, each.openly + 4) if unseen < 5 else (each.counted - 4, each.counted)


@settings(max_examples=300, deadline=None)
@given(cities)
@example(((0, 0, 0), [((0, 0, 0), [(1, 0, 0), (0, 9, 0)]), ((0, 3, 4), [])]))
def test_no_total_gives_a_held_cell_away(city):
    cells = cells_of(city)
    assert recovered(Audit(told(cells, held_back(cells))), sensitive(cells)) == []


@settings(max_examples=200, deadline=None)
@given(cities)
def test_what_is_sensitive_is_held_back(city):
    cells = cells_of(city)
    assert {place for _one, place, is_rest in sensitive(cells) if not is_rest} <= held_back(cells)


@settings(max_examples=200, deadline=None)
@given(cities)
def test_nor_does_whoever_knows_the_reasons_find_one_out(city):
    cells = cells_of(city)
    held, said = held_back(cells), sensitive(cells)
    beforehand = {key: reason(each, True) for key, each in said.items() if not key[2]}
    beforehand |= {
        ("one", each.place, False): reason(each, False)
        for each in cells
        if each.place in held and ("one", each.place, False) not in said
    }
    audit, above = Audit(told(cells, held), beforehand), {each.place: each.above for each in cells}

    def is_told_nothing_around(place):
        return place is None or (place in held and is_told_nothing_around(above[place]))

    for key in said:
        low, high = audit.possible(key)
        assert low < high or is_told_nothing_around(key[1]), key


@settings(max_examples=200, deadline=None)
@given(cities)
def test_the_limits_are_those_of_the_linear_programmes(city):
    cells = cells_of(city)
    held = held_back(cells)
    audit, table = Audit(told(cells, held)), Table(cells)
    for key, found in table.possible(held).items():
        is_rest = isinstance(key, tuple)
        assert audit.possible(("one", key[0] if is_rest else key, is_rest)) == found


@settings(max_examples=200, deadline=None)
@given(cities)
def test_no_more_is_held_back_beside_than_is_needed(city):
    cells = cells_of(city)
    held, table = held_back(cells), Table(cells)
    safe = [key for key in table.sensitive if table.is_safe(key, held)]
    for place in held - set(table.sensitive):
        without = held - {place}
        assert not table.keeps_promise(without) or not all(table.is_safe(key, without) for key in safe)


@given(cities, st.randoms())
def test_the_order_of_the_cells_does_not_matter(city, random):
    cells = cells_of(city)
    mixed = list(cells)
    random.shuffle(mixed)
    assert held_back(mixed) == held_back(cells)


def test_the_audit_finds_out_what_is_held_back_alone():
    """Without what is held back beside them the sensitive cells follow from the totals."""

    def is_found_out(city):
        cells = cells_of(city)
        alone = {place for _one, place, is_rest in sensitive(cells) if not is_rest}
        return alone and recovered(Audit(told(cells, alone)), sensitive(cells))

    simplest = find(cities, is_found_out, settings=settings(max_examples=2000, deadline=None))
    cells = cells_of(simplest)
    assert recovered(Audit(told(cells, held_back(cells))), sensitive(cells)) == []


TOWNS = [(0, 30, 30), (0, 20, 20), (2, 3, 40)]


def test_beside_a_town_with_few_the_smallest_other_one_is_held_back():
    cells = cells_of(((0, 0, 0), [((0, 0, 0), TOWNS)]))
    assert {cells[place - 1].counted for place in held_back(cells)} == {45, 40}


@pytest.mark.parametrize(
    "leaf, says",
    [
        ((0, 0, 0), False),  # nothing there
        ((7, 0, 0), False),  # each is seen to have it
        ((0, 40, 0), True),  # none lacks it: told, it would be a lack wherever it is not
        ((0, 4, 5), True),
        ((3, 0, 12), True),  # of those not seen none has it: each of them lacks it
        ((0, 12, 4), True),
        ((0, 12, 5), False),
        ((9, 4, 12), True),
        ((9, 5, 12), False),
    ],
)
def test_what_says_too_much(leaf, says):
    assert Cell(1, None, sum(leaf), leaf[0], leaf[0] + leaf[1]).is_sensitive is says


def test_what_stands_right_under_a_county_is_not_told_by_what_is_left_over():
    cells = cells_of(((0, 0, 0), [((0, 1, 0), [(0, 20, 20), (0, 30, 30)])]))
    assert len(held_back(cells)) >= 1


def test_parts_that_are_more_than_the_whole_are_refused():
    with pytest.raises(ValueError, match="more than the whole"):
        held_back([Cell(1, None, 10, 0, 5), Cell(2, 1, 11, 0, 5)])
    assert LEAST == 5
