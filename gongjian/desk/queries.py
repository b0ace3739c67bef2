"""What home shows: where the reader stands, what is counted today, and how the divisions went from day to day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from gongjian.chronicle.record import acts_so_far
from gongjian.register.access import (
    Reader,
    body_entries_visible_to,
    can_count,
    offices_visible_to,
    unit_entries_visible_to,
)
from gongjian.register.models import BodyEntry, Line, Office, UnitEntry
from gongjian.register.queries.records import day_counts
from gongjian.register.queries.structure import DIVISIONS

STEPS = (100, 90, 80, 70, 60)  # of the villages of the first day, in per cent: darkest first


@dataclass(frozen=True)
class Standing:
    """An office of the reader, the body it is held in, and the unit where that body sits; whether its figures open."""

    office: Office
    body: BodyEntry | None
    seat: UnitEntry | None
    has_figures: bool


@dataclass(frozen=True)
class Cell:
    """Villages of one county on one day, and its shade: six steps of what is left of the first day."""

    count: int
    shade: str


@dataclass(frozen=True)
class VillageStory:
    """Villages and communities by county on the official days; the last row is the whole."""

    days: tuple[date, ...]
    rows: list[tuple[str, list[Cell]]]
    first: int
    last: int
    most_lost: str
    lost_there: int


def standings(reader: Reader, today: date) -> list[Standing]:
    """The offices somebody holds today, with body and seat. Three queries and those of the right to see."""
    if reader.pk is None:  # without an account there is nobody whose offices these could be
        return []
    held = offices_visible_to(reader).on(today).filter(person__account=reader.pk)
    offices = list(held.select_related("person", "kind", "body__line").order_by("-kind__heads", "kind__position", "id"))
    bodies = {
        entry.body_id: entry
        for entry in body_entries_visible_to(reader).on(today).filter(body__in=[office.body_id for office in offices])
    }
    seats = {
        entry.unit_id: entry
        for entry in unit_entries_visible_to(reader)
        .on(today)
        .filter(unit__in=[entry.seat_id for entry in bodies.values()])
        .select_related("kind", "unit")
    }
    found = []
    for office in offices:
        body = bodies.get(office.body_id)
        seat = seats.get(body.seat_id) if body else None
        has_figures = seat is not None and seat.kind.level in DIVISIONS and can_count(reader, seat.unit)
        found.append(Standing(office, body, seat, has_figures))
    return found


def counts(reader: Reader, day: date, acts: int | None = None) -> dict[str, Any]:
    """Units by level and bodies by line on a day: (line, count) pairs under "lines".

    Counted anew only when the chronicle has gone on: whatever changes the register writes an act. `acts`: how far it
    has, if that is known.
    """
    key = (reader.is_authenticated, day, acts_so_far() if acts is None else acts)
    told = _once("counts", key, lambda: day_counts(reader, day))
    return told | {"lines": [(line, told["bodies_by_line"].get(line.key, 0)) for line in Line.objects.all()]}


def village_story(reader: Reader, official_days: Sequence[date], acts: int | None = None) -> VillageStory | None:
    """How many villages each county had on the official days; None while fewer than two of them are loaded."""
    key = (reader.is_authenticated, tuple(official_days), acts_so_far() if acts is None else acts)
    by_day = _once("villages", key, lambda: {day: _villages_on(reader, day) for day in official_days})
    days = tuple(day for day in official_days if by_day.get(day))
    if len(days) < 2:
        return None
    found = unit_entries_visible_to(reader).filter(unit__in={id for day in days for id in by_day[day]})
    names = dict(found.order_by("valid").values_list("unit_id", "name"))
    if not names:
        return None
    counties = {id: [by_day[day].get(id, 0) for day in days] for id in names}
    rows = sorted(((names[id], numbers) for id, numbers in counties.items()), key=lambda row: row[1][-1] - row[1][0])
    whole = [sum(by_day[day].values()) for day in days]
    return VillageStory(
        days=days,
        rows=[(name, _shaded(numbers)) for name, numbers in [*rows, ("", whole)]],
        first=whole[0],
        last=whole[-1],
        most_lost=rows[0][0],
        lost_there=rows[0][1][0] - rows[0][1][-1],
    )


def _shaded(numbers: list[int]) -> list[Cell]:
    base = next((number for number in numbers if number), 1)
    return [Cell(number, f"q{sum(number * 100 >= base * step for step in STEPS)}") for number in numbers]


_known: dict[str, tuple[tuple[Any, ...], Any]] = {}


def _once(what: str, key: tuple[Any, ...], count: Callable[[], Any]) -> Any:
    """What was counted last under this key in this process, or counted now."""
    known = _known.get(what)
    if known is None or known[0] != key:
        known = _known[what] = (key, count())
    return known[1]


def _villages_on(reader: Reader, day: date) -> dict[int, int]:
    standing = unit_entries_visible_to(reader).on(day)
    villages = standing.filter(kind__level="village", parent__entries__valid__contains=day)
    return dict(villages.order_by().values_list("parent__entries__parent").annotate(Count("id")))


def forget() -> None:
    """Count anew at the next question."""
    _known.clear()
