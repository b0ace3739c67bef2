"""What a page of a walk shows: the way from the top, the neighbours, and fifty of what stands below.

The three walks differ in what "below" means (a `Road`); the pages ask them alike. A day is a day: today and any other
take the same road, one step of dated links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from gongjian.ui.keyset import Page, page_of

from ..access import (
    Reader,
    bodies_visible_to,
    body_entries_visible_to,
    covers_visible_to,
    unit_entries_visible_to,
    units_visible_to,
)
from ..models import BodyEntry, Line, UnitEntry, UnitKind
from ..walks import LEADERSHIP, LINE, TERRITORY, Walk, way_up

ROWS = 50
BY_LEVEL = Case(
    *(When(kind__level=level, then=Value(at)) for at, level in enumerate(UnitKind.Level.values)),
    default=Value(99),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Road:
    """One walk as the pages ask it: which entries, in which order, what is at the top and what is below."""

    walk: Walk
    thing: str
    order: list[str]
    entries: Callable[[Reader, date], QuerySet]
    exists: Callable[[Reader, int], bool]
    top: Q
    below: Callable[[QuerySet, Iterable[int]], QuerySet]


@dataclass(frozen=True)
class Row:
    """One unit or body in a walk, and how many stand right below it."""

    id: int
    name: str
    kind: str
    code: str
    below: int
    line: Line | None = None
    seat: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class WalkPage:
    """`way` leads from the top to `here`. Both are empty above several tops, and `here` where it does not stand."""

    way: list[Row]
    here: Row | None
    neighbours: list[Row]
    neighbours_page: Page | None
    rows: list[Row]
    page: Page | None
    total: int


def _unit_entries(reader: Reader, day: date) -> QuerySet:
    return unit_entries_visible_to(reader).on(day).select_related("kind").annotate(rank=BY_LEVEL)


def _body_entries(reader: Reader, day: date) -> QuerySet:
    return body_entries_visible_to(reader).on(day).select_related("kind", "body__line")


def _led(entries: QuerySet, ids: Iterable[int]) -> QuerySet:
    ids = list(ids)
    by_line = Q(superior__in=ids, leader=None, body__line__leads=True)
    return entries.filter(Q(leader__in=ids) | by_line).annotate(above=Coalesce("leader_id", "superior_id"))


TERRITORY_ROAD = Road(
    walk=TERRITORY,
    thing="unit_id",
    order=["rank", "code", "name", "unit_id"],
    entries=_unit_entries,
    exists=lambda reader, id: units_visible_to(reader).filter(pk=id).exists(),
    top=Q(parent=None),
    below=lambda entries, ids: entries.filter(parent__in=ids).annotate(above=F("parent_id")),
)
LEAD_ROAD = Road(
    walk=LEADERSHIP,
    thing="body_id",
    order=["kind__position", "name", "body_id"],
    entries=_body_entries,
    exists=lambda reader, id: bodies_visible_to(reader).filter(pk=id).exists(),
    top=Q(leader=None, superior=None, body__line__leads=True),
    below=_led,
)


def line_road(line: Line) -> Road:
    """The walk by one line."""
    return Road(
        walk=LINE,
        thing="body_id",
        order=["kind__position", "name", "body_id"],
        entries=_body_entries,
        exists=lambda reader, id: bodies_visible_to(reader).filter(pk=id).exists(),
        top=Q(superior=None, body__line=line),
        below=lambda entries, ids: entries.filter(superior__in=ids).annotate(above=F("superior_id")),
    )


def walk_page(
    road: Road, reader: Reader, day: date, *, at: int | None = None, after: str = "", before: str = ""
) -> WalkPage | None:
    """The walk at one unit or body on a day, or at its top. None if there is no such thing on any day.

    A walk with one top begins at that top. A fixed number of queries, however many stand below.
    """
    entries = road.entries(reader, day)
    tops = page_of(entries.filter(road.top), road.order, size=ROWS, after="" if at else after)
    if at is None and len(tops.rows) == 1 and tops.is_start:
        at = getattr(tops.rows[0], road.thing)
    if at is None:
        rows = rows_of(road, reader, day, tops.rows, {})
        return WalkPage([], None, rows, tops, rows, tops, len(tops.rows))
    way_ids = way_up(road.walk, at, day)
    on_way = {getattr(entry, road.thing): entry for entry in entries.filter(**{f"{road.thing}__in": way_ids})}
    if at not in on_way:
        return WalkPage([], None, [], None, [], None, 0) if road.exists(reader, at) else None
    way = [on_way[id] for id in way_ids if id in on_way]
    beside = tops if len(way) == 1 else _below(road, entries, getattr(way[-2], road.thing))
    page = page_of(road.below(entries, [at]), road.order, size=ROWS, after=after, before=before)
    counts = counts_below(road, entries, [getattr(entry, road.thing) for entry in [*way, *beside.rows, *page.rows]])
    way_rows = _plain_rows(road, way, counts)
    return WalkPage(
        way=way_rows,
        here=way_rows[-1],
        neighbours=_plain_rows(road, beside.rows, counts),
        neighbours_page=beside,
        rows=rows_of(road, reader, day, page.rows, counts),
        page=page,
        total=counts.get(at, 0),
    )


def rows_below(road: Road, reader: Reader, day: date, at: int, after: str = "") -> tuple[list[Row], Page, int]:
    """Fifty of what stands right below, for a branch of the tree, with how many there are in all."""
    entries = road.entries(reader, day)
    page = _below(road, entries, at, after)
    counts = counts_below(road, entries, [at, *(getattr(entry, road.thing) for entry in page.rows)])
    return _plain_rows(road, page.rows, counts), page, counts.get(at, 0)


def counts_below(road: Road, entries: QuerySet, ids: list[int]) -> dict[int, int]:
    """How many stand right below each."""
    below = road.below(entries.order_by(), ids)
    return dict(below.values_list("above").annotate(Count("id")))


def _below(road: Road, entries: QuerySet, at: int, after: str = "") -> Page:
    return page_of(road.below(entries, [at]), road.order, size=ROWS, after=after)


def _plain_rows(road: Road, entries: list, counts: dict[int, int]) -> list[Row]:
    return [
        Row(
            id=getattr(entry, road.thing),
            name=entry.name,
            kind=str(entry.kind),
            code=entry.code,
            below=counts.get(getattr(entry, road.thing), 0),
            line=entry.body.line if isinstance(entry, BodyEntry) else None,
        )
        for entry in entries
    ]


def rows_of(road: Road, reader: Reader, day: date, entries: list, counts: dict[int, int]) -> list[Row]:
    """The rows with what only the list shows: of units the lines at work there, of bodies where they sit."""
    if not counts:
        counts = counts_below(road, road.entries(reader, day), [getattr(entry, road.thing) for entry in entries])
    rows = _plain_rows(road, entries, counts)
    if road.thing == "unit_id":
        lines = lines_at(reader, [row.id for row in rows], day)
        return [Row(row.id, row.name, row.kind, row.code, row.below, lines=lines.get(row.id, [])) for row in rows]
    seats = unit_names(reader, [entry.seat_id for entry in entries], day)
    return [
        Row(row.id, row.name, row.kind, row.code, row.below, line=row.line, seat=seats.get(entry.seat_id, ""))
        for row, entry in zip(rows, entries, strict=True)
    ]


def lines_at(reader: Reader, unit_ids: list[int], day: date) -> dict[int, list[Line]]:
    """The lines with a body that has its seat in each unit, or covers it, on a day. Three queries."""
    seated = body_entries_visible_to(reader).on(day).filter(seat__in=unit_ids).values_list("seat_id", "body__line_id")
    covering = covers_visible_to(reader).on(day).filter(unit__in=unit_ids).values_list("unit_id", "body__line_id")
    found = {*seated.distinct().order_by(), *covering.distinct().order_by()}
    at_work: dict[int, list[Line]] = {}
    for line in Line.objects.all():
        for unit_id in unit_ids:
            if (unit_id, line.pk) in found:
                at_work.setdefault(unit_id, []).append(line)
    return at_work


def unit_names(reader: Reader, ids: Iterable[int], day: date) -> dict[int, str]:
    entries: QuerySet[UnitEntry] = unit_entries_visible_to(reader).on(day).filter(unit__in=set(ids))
    return dict(entries.values_list("unit_id", "name"))
