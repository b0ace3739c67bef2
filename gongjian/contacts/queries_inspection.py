"""What the calendar of checks shows: a month, one check, who comes to a body, and who could go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from gongjian.register.access import (
    Reader,
    bodies_visible_to,
    body_entries_visible_to,
    unit_entries_visible_to,
)
from gongjian.register.queries.lists import MOST, body_names, count_up_to, unit_at_and_below, unit_names
from gongjian.ui.keyset import Page, page_of

from .access import (
    inspections_visible_to,
    office_that_consents,
    office_that_inspects,
    stops_sent_by,
    stops_visible_to,
)
from .models import Inspection, Stop
from .together import LIVE, are_beside, beside, is_beside_another

PAGE, BATCH, MOST_TOGETHER, MOST_INSPECTORS = 50, 500, 100, 300
ORDER = ["day", "unit_id", "id"]


@dataclass(frozen=True)
class StopFilters:
    """Which stops of a month: of checks by a body, at or below a unit, with somebody else there in the month."""

    month: date
    body: int | None = None
    below: int | None = None
    clash: bool = False


@dataclass(frozen=True)
class StopRow:
    """A stop as it shows: where, by whom, who goes along, who else comes there in that month, and how often somebody
    comes there in the year. `is_open`: may the reader read the check itself? What it looks at is told then alone."""

    stop: Stop
    place: str
    by: str
    is_open: bool
    along: list[str] = field(default_factory=list)
    beside: list[tuple[int, str, date | None]] = field(default_factory=list)
    trips: int = 0

    @property
    def pk(self) -> int:
        return self.stop.pk


@dataclass(frozen=True)
class Listed:
    """A page of stops; `count` is None where there are more than MOST."""

    page: Page
    rows: list[StopRow]
    count: int | None


# == a month ==
def stop_rows(reader: Reader, filters: StopFilters, today: date) -> QuerySet[Any]:
    """In no order; those called off and refused are left out."""
    rows = stops_visible_to(reader).filter(month=filters.month, inspection__state__in=LIVE)
    if filters.body:
        rows = rows.filter(inspection__body=filters.body)
    if filters.below:
        rows = rows.filter(unit__in=_units_below(reader, filters.below, today))
    if filters.clash:
        rows = rows.filter(is_beside_another())
    return rows.annotate(day=Coalesce("on", "month")).select_related("inspection")


def _units_below(reader: Reader, unit_id: int, today: date) -> QuerySet[Any]:
    entries = unit_entries_visible_to(reader).on(today)
    return entries.filter(unit_at_and_below(reader, unit_id, today, today)).values("unit")


def stops_listed(
    reader: Reader, filters: StopFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:
    """A fixed number of queries."""
    rows = stop_rows(reader, filters, today)
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    count = count_up_to(rows)
    return Listed(page, told(reader, page.rows, today), None if count > MOST else count)


def every_stop(reader: Reader, filters: StopFilters, today: date, *, most: int) -> Iterator[StopRow] | None:
    """Every stop of the month; None if there are more than `most`."""
    rows = stop_rows(reader, filters, today)
    return None if count_up_to(rows, most) > most else _all(reader, rows, today)


def _all(reader: Reader, rows: QuerySet[Any], today: date) -> Iterator[StopRow]:
    found = rows.order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        yield from told(reader, some, today)


def told(reader: Reader, stops: Sequence[Stop], today: date) -> list[StopRow]:
    """A fixed number of queries for however many."""
    along = _along(stops)
    others = beside(stop for stop in stops if stop.inspection.is_live)
    inspectors = {each.inspection.body_id for each in [*stops, *along, *others]}
    names = body_names(reader, today, inspectors | {each.body_id for each in stops if each.body_id})
    units = unit_names(reader, today, {each.unit_id for each in stops})
    trips = trips_to({each.unit_id for each in stops}, {each.month.year for each in stops})
    is_open = set(stops_visible_to(reader).filter(pk__in=[each.pk for each in stops]).values_list("pk", flat=True))
    return [
        StopRow(
            stop=each,
            place=names.get(each.body_id, "") if each.body_id else units.get(each.unit_id, ""),
            by=names.get(each.inspection.body_id, ""),
            is_open=each.pk in is_open,
            along=[names.get(other.inspection.body_id, "") for other in along if _goes_along(other, each)],
            beside=[
                (other.pk, names.get(other.inspection.body_id, ""), other.on)
                for other in others
                if are_beside(other, each)
            ],
            trips=trips.get((each.unit_id, each.month.year), 0),
        )
        for each in stops
    ]


def _along(stops: Sequence[Stop]) -> list[Stop]:
    joints = {each.joint_id for each in stops if each.joint_id}
    return list(Stop.objects.filter(joint__in=joints).select_related("inspection").order_by("id")) if joints else []


def _goes_along(other: Stop, stop: Stop) -> bool:
    return stop.joint_id is not None and other.joint_id == stop.joint_id and other.pk != stop.pk


def trips_to(units: set[int], years: set[int]) -> dict[tuple[int, int], int]:
    """How often somebody comes to each unit in a year; several who go together come once. Consent given only."""
    rows = Stop.objects.filter(unit__in=units, month__year__in=years, inspection__state=Inspection.State.STANDS)
    once = Count(Coalesce("joint_id", F("id") * -1), distinct=True)
    found = rows.order_by().values_list("unit", "month__year").annotate(trips=once)
    return {(unit, year): trips for unit, year, trips in found}


def inspectors_to_choose(reader: Reader, today: date, chosen: int | None) -> list[tuple[int, str]]:
    """The bodies whose checks the reader sees, by name; the chosen one among them."""
    rows = inspections_visible_to(reader).filter(year__gte=today.year)
    ids = rows.order_by("body").values_list("body", flat=True).distinct()[:MOST_INSPECTORS]
    wanted = [*([chosen] if chosen else []), *ids]
    names = body_names(reader, today, wanted)
    return [(id, names[id]) for id in dict.fromkeys(wanted) if id in names]


# == one check ==
@dataclass(frozen=True)
class InspectionShown:
    """One check with its stops; the offices in which the reader keeps it, and decides about it, or None."""

    inspection: Inspection
    name: str
    asked_of: str
    rows: list[StopRow]
    keeps: str | None
    decides: str | None


def inspection_shown(reader: Reader, inspection_id: int, today: date) -> InspectionShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    rows = inspections_visible_to(reader).select_related("body__line", "asked_of__line")
    found = rows.filter(pk=inspection_id).first()
    if found is None:
        return None
    stops = stops_visible_to(reader).filter(inspection=found).select_related("inspection")
    names = body_names(reader, today, [found.body_id, found.asked_of_id])
    return InspectionShown(
        inspection=found,
        name=names.get(found.body_id, ""),
        asked_of=names.get(found.asked_of_id, ""),
        rows=told(reader, list(stops.order_by("month", "id")), today),
        keeps=office_that_inspects(reader, found.body),
        decides=office_that_consents(reader, found),
    )


# == who comes to a body ==
@dataclass(frozen=True)
class Visited:
    """Who comes to a body and to the unit where it sits, from this year on; how often this year."""

    name: str
    rows: list[StopRow]
    trips: int


def visited(reader: Reader, body_id: int, today: date) -> Visited | None:
    """What the reader may see of it. A fixed number of queries."""
    name = body_names(reader, today, [body_id]).get(body_id)
    if name is None or not bodies_visible_to(reader).filter(pk=body_id).exists():
        return None
    seats = set(body_entries_visible_to(reader).on(today).filter(body=body_id).values_list("seat", flat=True))
    rows = stops_visible_to(reader).filter(month__year__gte=today.year, inspection__state__in=LIVE)
    at_seat = rows.filter(unit__in=seats) | rows.filter(body=body_id)
    shown = told(reader, list(at_seat.select_related("inspection").order_by("month", "id")[:MOST_TOGETHER]), today)
    return Visited(name, shown, sum(each.trips for each in _first_of_each(shown, today)))


def _first_of_each(rows: Sequence[StopRow], today: date) -> list[StopRow]:
    """One row for each unit of this year, as each tells of all its trips."""
    return list({row.stop.unit_id: row for row in rows if row.stop.month.year == today.year}.values())


# == who could go together ==
@dataclass(frozen=True)
class Crossing:
    """Those who come to one place in a month. `fixed`: the first day that one of them has fixed."""

    rows: list[StopRow]

    @property
    def fixed(self) -> date | None:
        return next((row.stop.on for row in self.rows if row.stop.on), None)


def could_go_together(reader: Reader, today: date) -> list[Crossing]:
    """Places to which several come in a month, from this month on, where one of them is the reader's or below."""
    rows = stops_sent_by(reader).filter(is_beside_another(), inspection__state__in=LIVE)
    rows = rows.filter(month__gte=today.replace(day=1)).order_by("month", "unit", "id")
    wanted = set(rows.values_list("unit", "month")[:MOST_TOGETHER])
    all_there = Stop.objects.filter(
        unit__in={unit for unit, _m in wanted}, month__in={month for _u, month in wanted}, inspection__state__in=LIVE
    )
    groups: dict[tuple[int, date], list[StopRow]] = {}
    for row in told(reader, list(all_there.select_related("inspection").order_by("month", "unit", "id")), today):
        if (row.stop.unit_id, row.stop.month) in wanted:
            groups.setdefault((row.stop.unit_id, row.stop.month), []).append(row)
    return [Crossing(rows) for rows in groups.values() if len({row.stop.inspection_id for row in rows}) > 1]


# == places by name ==
def places_called(reader: Reader, typed: str, today: date) -> tuple[list[int], list[int]]:
    """The bodies, or else the units, that stand today under this very name or code; two at most are looked for."""
    for column in ("name", "code"):
        bodies = body_entries_visible_to(reader).on(today).filter(**{column: typed})
        if found := list(bodies.values_list("body_id", flat=True)[:2]):
            return found, []
        units = unit_entries_visible_to(reader).on(today).filter(**{column: typed})
        if found := list(units.values_list("unit_id", flat=True)[:2]):
            return [], found
    return [], []
