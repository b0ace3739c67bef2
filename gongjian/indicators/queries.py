"""What the pages of figures show: a place's indicators, one indicator by place and through time. No engine runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from gongjian.register.access import (
    Reader,
    headcounts_visible_to,
    is_counted_body,
    is_counted_unit,
    unit_entries_visible_to,
)
from gongjian.register.models import UnitEntry
from gongjian.register.queries.lists import MOST, Counted, count_up_to, counted, places_above, unit_at_and_below
from gongjian.register.queries.structure import DIVISIONS
from gongjian.ui.keyset import Page, page_of

from .access import indicators_visible_to, place_readings_visible_to
from .aims import Aim, Cell, aims
from .define import definition_of
from .models import Indicator, Reading, Run
from .records import Which, rows_of
from .shades import shade
from .structure import Gathered, Gathering, Numbers

FEW = 20  # under so many a rate says little


@dataclass(frozen=True)
class Figure:
    """One indicator at one place, with its reading and its target; `now` is None where nothing is meant."""

    indicator: Indicator
    now: Reading | Gathered | None
    aim: Aim | None = None


@dataclass(frozen=True)
class PlaceRow:
    """One place below, with its reading; `reading` is None where nothing is meant.

    In the structure of today some numbers stand in no place alone: such a row has no id, and `between` names where.
    """

    unit_id: int | None
    name: str
    reading: Reading | Gathered | None
    between: tuple[str, ...] = ()

    @property
    def is_few(self) -> bool:
        return self.reading is not None and self.reading.denominator < FEW


def last_read(day: date) -> Run | None:
    """The run whose readings a page of the day shows: the last one that ended well, of that day or before."""
    return Run.objects.filter(state=Run.State.DONE, day__lte=day).order_by("-day", "-pk").first()


def place_figures(reader: Reader, unit_id: int, run: Run) -> list[Figure]:
    """Every indicator at a place, in the pack's order, with the targets that hold there. Five queries."""
    now = {each.indicator_id: each for each in place_readings_visible_to(reader).filter(unit=unit_id, day=run.day)}
    held = aims(reader, [unit_id], run.day, {(unit_id, key): reading for key, reading in now.items()})
    return [
        Figure(each, now.get(each.pk), held.get((unit_id, each.pk)))
        for each in indicators_visible_to(reader).select_related("line")
    ]


def figure_of(reader: Reader, indicator: Indicator, unit_id: int, day: date, now: Reading | None) -> Figure:
    """One indicator at a place with the target that holds there on the day. Three queries."""
    readings = {(unit_id, indicator.pk): now} if now else {}
    return Figure(indicator, now, aims(reader, [unit_id], day, readings).get((unit_id, indicator.pk)))


def beside(reader: Reader, place: UnitEntry, day: date) -> list[int]:
    """The divisions of the same kind of level below the same parent, the place itself among them."""
    same = unit_entries_visible_to(reader).on(day).filter(parent=place.parent_id, kind__level=place.kind.level)
    return list(same.values_list("unit_id", flat=True)) or [place.unit_id]


def divisions_below(reader: Reader, unit_id: int, day: date) -> dict[int, str]:
    """The names of the divisions right below a place, in the order of their codes."""
    below = unit_entries_visible_to(reader).on(day).filter(parent=unit_id, kind__level__in=DIVISIONS)
    return dict(below.order_by("code", "unit_id").values_list("unit_id", "name"))


def by_place(reader: Reader, indicator: Indicator, unit_id: int, run: Run) -> list[PlaceRow]:
    """The divisions right below a place, by the run's day, each with its reading; the most missing first."""
    named = divisions_below(reader, unit_id, run.day)
    readings = place_readings_visible_to(reader).filter(indicator=indicator, day=run.day, unit__in=list(named))
    found = {each.unit_id: each for each in readings}
    return _most_missing_first(PlaceRow(id, name, found.get(id)) for id, name in named.items())


def _most_missing_first(rows: Iterable[PlaceRow]) -> list[PlaceRow]:
    return sorted(rows, key=lambda row: (row.reading is None, -(row.reading.missing if row.reading else 0), row.name))


def through_time(reader: Reader, indicator: Indicator, unit_id: int, until: date) -> list[Reading]:
    """The readings of a place until the day, the earliest first."""
    readings = place_readings_visible_to(reader).filter(indicator=indicator, unit=unit_id, day__lte=until)
    return list(readings.order_by("day"))


def place_of(reader: Reader, unit_id: int, day: date) -> UnitEntry | None:
    """The place on the day, or as it last stood."""
    entries = unit_entries_visible_to(reader).filter(unit=unit_id).select_related("unit", "kind")
    found: UnitEntry | None = entries.on(day).first() or entries.order_by("-valid").first()
    return found


# == places beside each other ==
@dataclass(frozen=True)
class HeatRow:
    """A place and its readings of some indicators; a shade q0 … q5 for each, by its rate."""

    unit_id: int
    name: str
    cells: list[tuple[Indicator, Reading | Gathered | None, str, Aim | None]]


def figures_and_heat(reader: Reader, place: UnitEntry, run: Run) -> tuple[list[Figure], list[HeatRow]]:
    """Every indicator at a place, as `place_figures`; and the first of each line at the divisions right below it.

    The place itself is the last row; none where there is no division below. The queries are always as many.
    """
    indicators = list(indicators_visible_to(reader).select_related("line"))
    at_the_day = place_readings_visible_to(reader).filter(day=run.day)
    found = {(place.unit_id, each.indicator_id): each for each in at_the_day.filter(unit=place.unit_id)}
    shown = first_of_each_line(Figure(each, found.get((place.unit_id, each.pk))) for each in indicators)
    named = divisions_below(reader, place.unit_id, run.day)
    below = at_the_day.filter(unit__in=list(named), indicator__in=[each.indicator for each in shown])
    found |= {(each.unit_id or 0, each.indicator_id): each for each in below}
    held = aims(reader, [place.unit_id, *named], run.day, found, unread=False)
    figures = [Figure(each, found.get(at), held.get(at)) for each in indicators for at in [(place.unit_id, each.pk)]]
    rows = {**named, place.unit_id: place.name} if named else {}
    return figures, _heat(rows, [each.indicator for each in shown], found, held)


def first_of_each_line(figures: Iterable[Figure]) -> list[Figure]:
    """Of those that were read the first of each line, in the order of the lines."""
    found: dict[str, Figure] = {}
    for each in figures:
        if each.indicator.line_id and each.now:
            found.setdefault(each.indicator.line_id, each)
    return sorted(found.values(), key=lambda each: each.indicator.line.position if each.indicator.line else 0)


def _heat(
    named: Mapping[int, str],
    indicators: list[Indicator],
    found: Mapping[Cell, Reading | Gathered],
    held: Mapping[Cell, Aim],
) -> list[HeatRow]:
    rows = []
    for id, name in named.items():
        at = [(id, each.pk) for each in indicators]
        cells = [
            (each, found.get(cell), shade(found.get(cell)), held.get(cell))
            for each, cell in zip(indicators, at, strict=True)
        ]
        if any(reading for _indicator, reading, _step, _aim in cells):
            rows.append(HeatRow(id, name, cells))
    return rows


# == the same in the structure of today ==
def figures_today(reader: Reader, gathering: Gathering) -> list[Figure]:
    """Every indicator at a place, in the pack's order. One query."""
    return [Figure(each, gathering.whole.get(each.pk)) for each in indicators_visible_to(reader).select_related("line")]


def by_place_today(
    reader: Reader, indicator: Indicator, unit_id: int, gathering: Gathering, today: date
) -> list[PlaceRow]:
    """The divisions of today right below a place, the most missing first; then what stands in none of them alone."""
    named = divisions_below(reader, unit_id, today)
    rows = [PlaceRow(id, name, gathering.parts.get(id, {}).get(indicator.pk)) for id, name in named.items()]
    between = {ids: its[indicator.pk] for ids, its in gathering.between.items() if indicator.pk in its}
    entries = unit_entries_visible_to(reader).on(today).filter(unit__in={id for ids in between for id in ids})
    names = dict(entries.values_list("unit_id", "name"))
    loose = [PlaceRow(None, "", its, tuple(names.get(id, "") for id in ids)) for ids, its in between.items()]
    return [*_most_missing_first(rows), *loose]


def heat_today(
    reader: Reader, indicators: list[Indicator], place: UnitEntry, gathering: Gathering, today: date
) -> list[HeatRow]:
    """The rows of places as in `figures_and_heat`, by the divisions of today and without targets. One query."""
    named = divisions_below(reader, place.unit_id, today)
    if not named:
        return []
    numbers: dict[int, Numbers] = {**gathering.parts, place.unit_id: gathering.whole}
    found = {(id, key): each for id, its in numbers.items() for key, each in its.items()}
    return _heat({**named, place.unit_id: place.name}, indicators, found, {})


# == the records behind a number ==
WHICH: tuple[Which, ...] = ("missing", "having", "counted", "left_out")
PAGE = 50
BATCH = 2_000
RECORDS_AT_ONCE = 200  # counted before the page is shown: what is counted and missing is asked of each


@dataclass(frozen=True)
class Records:
    """A page of the records behind a number."""

    page: Page
    count: Counted


def records(
    reader: Reader,
    indicator: Indicator,
    which: Which,
    unit_id: int,
    day: date,
    today: date,
    *,
    after: str = "",
    before: str = "",
) -> Records:
    """One page of units, bodies or venues at and below a place, as they are on the day, along the territory."""
    rows = _rows(reader, indicator, which, unit_id, day, today)
    page = page_of(_dressed(rows, indicator.of), _order(indicator.of), size=PAGE, after=after, before=before)
    _tell(reader, page.rows, indicator, day)
    return Records(page, counted(rows, RECORDS_AT_ONCE))


def records_counted(
    reader: Reader, indicator: Indicator, which: Which, unit_id: int, day: date, today: date
) -> Counted:
    """How many records there are: the count that a page leaves out."""
    return counted(_rows(reader, indicator, which, unit_id, day, today), MOST)


def all_records(
    reader: Reader, indicator: Indicator, which: Which, unit_id: int, day: date, today: date, *, most: int
) -> Iterator[Any] | None:
    """Every record, told as on the page; None if there are more than `most`."""
    rows = _rows(reader, indicator, which, unit_id, day, today)
    if count_up_to(rows, most) > most:
        return None
    return _told(reader, _dressed(rows, indicator.of).order_by(*_order(indicator.of)), indicator, day)


def _told(reader: Reader, rows: QuerySet[Any], indicator: Indicator, day: date) -> Iterator[Any]:
    for some in batches(rows.iterator(BATCH)):
        _tell(reader, some, indicator, day)
        yield from some


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """So many rows at a time."""
    while some := list(islice(rows, BATCH)):
        yield some


def _rows(reader: Reader, indicator: Indicator, which: Which, unit_id: int, day: date, today: date) -> QuerySet[Any]:
    """What the reader may count, at and below the place."""
    rows = rows_of(definition_of(indicator), which, day)
    unit = UNIT[indicator.of]
    seen = is_counted_body(reader, "body__") if indicator.of == "bodies" else is_counted_unit(reader, f"{unit}__")
    return rows.filter(seen, unit_at_and_below(reader, unit_id, day, today, unit))


UNIT = {"units": "unit", "bodies": "seat", "venues": "unit"}


def _order(of: str) -> list[str]:
    return [f"{UNIT[of]}__path", "id"]


def _dressed(rows: QuerySet[Any], of: str) -> QuerySet[Any]:
    return rows.select_related(UNIT[of], *(() if of == "venues" else ("kind",)))


def _tell(reader: Reader, rows: Iterable[Any], indicator: Indicator, day: date) -> None:
    """Give each row where it stands, its heads, and what page it opens."""
    rows = list(rows)
    of, column = indicator.of, indicator.definition.get("heads", "")
    stands = {row.pk: row.parent_id if of == "units" else getattr(row, f"{UNIT[of]}_id") for row in rows}
    places = places_above(reader, day, stands.values())
    heads: dict[int, int] = {}
    if of == "units" and column:
        counted = headcounts_visible_to(reader, [row.unit for row in rows]).on(day)
        heads = dict(counted.values_list("unit_id", column))
    for row in rows:
        row.where = places.get(stands[row.pk], [])
        row.heads = heads.get(row.unit_id) if of == "units" else None
        row.opens = ("body", row.body_id) if of == "bodies" else ("unit", row.unit_id)
        row.kind_name = "" if of == "venues" else row.kind
