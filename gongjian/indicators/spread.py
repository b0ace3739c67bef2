"""Unevenness (分类指导): the divisions of a class below a place beside each other by one indicator. No engine runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Q

from gongjian.register.access import Reader, unit_entries_visible_to
from gongjian.register.models import Choice
from gongjian.register.queries.lists import unit_at_and_below
from gongjian.register.queries.structure import DIVISIONS, RANK, divisions_below
from gongjian.ui.keyset import Page
from rollup.uneven import Comparison, Standing, compare

from .access import place_readings_visible_to
from .models import Indicator, Run

PAGE = 100


@dataclass(frozen=True)
class Place:
    """A division with its count, and the name of what it stands in."""

    unit_id: int
    name: str
    where: str
    having: int
    counted: int


@dataclass(frozen=True)
class PlaceClass:
    """A class of the pack, and the places of it that are compared. `level` is that of its kinds."""

    key: str
    name: str
    level: str
    places: list[Place]


@dataclass(frozen=True)
class Row:
    """A place and what can be said of it."""

    place: Place
    standing: Standing


@dataclass(frozen=True)
class Spread:
    """The places of a class beside each other, in the order of their codes."""

    rows: list[Row]
    comparison: Comparison

    def of(self, *lucks: str) -> list[Row]:
        return [row for row in self.rows if row.standing.luck in lucks]

    @property
    def standing_out(self) -> list[Row]:
        return [row for row in self.rows if row.standing.stands_out]


def classes_below(reader: Reader, indicator: Indicator, unit_id: int, run: Run, today: date) -> list[PlaceClass]:
    """The pack's classes with their places below a place, the highest level first.

    Of each place the count of the run; places where nothing is counted are not among them. Left out are classes without
    places, and those of which each place counts one: it has it or has it not, and there is no rate to compare.
    """
    is_today = run.day == today
    below = (
        unit_at_and_below(reader, unit_id, today, today) if is_today else Q(unit__in=divisions_below(unit_id, run.day))
    )
    counted = place_readings_visible_to(reader).filter(below, indicator=indicator, day=run.day, denominator__gt=0)
    counts = {id: (having, of) for id, having, of in counted.values_list("unit_id", "numerator", "denominator")}
    entries = unit_entries_visible_to(reader).on(run.day).filter(kind__level__in=DIVISIONS)
    standing = entries.filter(unit__in=counted.values("unit")).order_by("code", "unit_id")
    rows = list(standing.values_list("unit_id", "name", "parent_id", "kind_id", "kind__level"))
    names = {id: name for id, name, *_rest in rows}
    places, level_of = defaultdict(list), {}
    for id, name, parent, kind, level in rows:
        level_of[kind] = level
        if id != unit_id and id in counts:
            places[kind].append(Place(id, name, names.get(parent, ""), *counts[id]))
    return sorted(_classes(places, level_of), key=lambda each: RANK[each.level])


def _classes(places: dict[str, list[Place]], level_of: dict[str, str]) -> Iterable[PlaceClass]:
    for word in Choice.objects.filter(list="place_class"):
        kinds = [kind for kind in word.names["kinds"].split() if places.get(kind)]
        its = [place for kind in kinds for place in places[kind]]
        if any(place.counted > 1 for place in its):
            yield PlaceClass(word.key, str(word), level_of[kinds[0]], its)


def chosen(classes: list[PlaceClass], key: str, level: str) -> PlaceClass | None:
    """The class with the key; else, the first of the level; else, if neither was asked for, the first of all."""
    fitting = [each for each in classes if (not key or each.key == key) and (key or not level or each.level == level)]
    return fitting[0] if fitting else None


@lru_cache(maxsize=16)
def _compared(counts: tuple[tuple[int, int], ...]) -> Comparison:
    """The same places have the same counts all day, whoever looks at them."""
    return compare(counts)


def spread_of(places: list[Place]) -> Spread:
    comparison = _compared(tuple((each.having, each.counted) for each in places))
    return Spread([Row(*each) for each in zip(places, comparison.standings, strict=True)], comparison)


# == the table ==
SORTS = ("-band", "band", "name", "-name", "-counted", "counted")


def sorted_rows(rows: list[Row], sort: str) -> list[Row]:
    """By band, by name or by number; within a band in the order of codes, for no order can be told there."""
    column = sort.removeprefix("-")
    by = {
        "band": lambda row: row.standing.band,
        "name": lambda row: row.place.name,
        "counted": lambda row: row.place.counted,
    }[column]
    return sorted(rows, key=by, reverse=sort.startswith("-"))


def page_from(rows: list[Row], start: int) -> Page:
    """PAGE rows from the row number `start`; its neighbours are row numbers too."""
    until = start + PAGE
    return Page(
        rows=rows[start:until],
        previous=str(start) if start else None,
        next=str(until) if until < len(rows) else None,
        is_start=not start,
    )
