"""What the pages show: a place's checks with how many doubts each raises, and the doubts of one check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal, TypeAlias

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongjian.register.access import Reader, body_entries_visible_to, unit_entries_visible_to, venues_visible_to
from gongjian.register.models import Line, UnitEntry
from gongjian.register.queries.lists import MOST, Counted, count_up_to, counted, places_above, unit_at_and_below
from gongjian.register.queries.structure import DIVISIONS
from gongjian.register.walks import TERRITORY, ways_up
from gongjian.ui.keyset import Page, page_of

from .access import SEES, checks_visible_to, doubts_of_checks
from .models import Check, Doubt, DoubtQuerySet, Round, SetAside

Which: TypeAlias = Literal["open", "set_aside"]
WHICH: tuple[Which, ...] = ("open", "set_aside")
SEVERITIES = tuple(Check.Severity)
PAGE = 50
BATCH = 1_000
ORDER = ["place__path", "id"]


def last_round(day: date) -> Round | None:
    """The round whose doubts a page of the day shows: the last one of that day or before."""
    return Round.objects.filter(day__lte=day).first()


# == a place ==
@dataclass(frozen=True)
class Raised:
    """A check, and how many doubts it raises at a place."""

    check: Check
    open: int
    set_aside: int


@dataclass(frozen=True)
class LineRow:
    """A line, and its open doubts by severity, in the order of SEVERITIES."""

    line: Line
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


def raised_at(reader: Reader, place: UnitEntry, day: date, today: date) -> list[Raised]:
    """Every check with its doubts at and below the place, in the pack's order. The queries are always as many."""
    counts: dict[str, int] = {}
    asides: dict[str, int] = {}
    checks = list(checks_visible_to(reader))
    for sees in SEES:
        some = [each for each in checks if each.sees == sees]
        if some:
            rows = _doubts(reader, some, place, day, today).order_by().values_list("raised_by")
            counts |= dict(rows.annotate(Count("pk")))
            asides |= dict(rows.filter(_is_set_aside(day)).annotate(Count("pk")))
    found = [(check, counts.get(check.pk, 0), asides.get(check.pk, 0)) for check in checks]
    return [Raised(check, total - aside, aside) for check, total, aside in found]


def by_severity(raised: list[Raised]) -> list[tuple[Check.Severity, list[Raised]]]:
    """What raises doubts, the gravest first and the most first in each."""
    found = []
    for severity in SEVERITIES:
        held = [each for each in raised if each.check.severity == severity and (each.open or each.set_aside)]
        found.append((severity, sorted(held, key=lambda each: -each.open)))
    return [(severity, held) for severity, held in found if held]


def by_line(raised: list[Raised]) -> list[LineRow]:
    """The lines in the pack's order, each with its open doubts by severity."""
    lines = {each.check.line_id: each.check.line for each in raised}
    counts = {key: [0] * len(SEVERITIES) for key in lines}
    for each in raised:
        counts[each.check.line_id][SEVERITIES.index(Check.Severity(each.check.severity))] += each.open
    return [LineRow(line, counts[key]) for key, line in sorted(lines.items(), key=lambda item: item[1].position)]


# == one check ==
@dataclass(frozen=True)
class Doubts:
    """A page of what a check finds."""

    page: Page
    count: Counted


def doubts_of(
    reader: Reader, check: Check, which: Which, place: UnitEntry, day: date, today: date, *, after: str, before: str
) -> Doubts:
    """One page of doubts at and below the place, along the territory, each told by `tell`."""
    rows = _chosen(reader, check, which, place, day, today)
    page = page_of(rows, ORDER, size=PAGE, after=after, before=before)
    tell(reader, check, page.rows, day)
    return Doubts(page, counted(rows))


def doubts_counted(reader: Reader, check: Check, which: Which, place: UnitEntry, day: date, today: date) -> Counted:
    """How many there are: the count that a page leaves out."""
    return counted(_chosen(reader, check, which, place, day, today), MOST)


def all_doubts_of(
    reader: Reader, check: Check, which: Which, place: UnitEntry, day: date, today: date, *, most: int
) -> Iterator[Any] | None:
    """Every doubt, told as on the page; None if there are more than `most`."""
    rows = _chosen(reader, check, which, place, day, today)
    return None if count_up_to(rows, most) > most else _told(reader, check, rows.order_by(*ORDER), day)


def _told(reader: Reader, check: Check, rows: QuerySet[Doubt], day: date) -> Iterator[Any]:
    each = rows.iterator(BATCH)
    while some := list(islice(each, BATCH)):
        tell(reader, check, some, day)
        yield from some


def _chosen(
    reader: Reader, check: Check, which: Which, place: UnitEntry, day: date, today: date
) -> QuerySet[Doubt, Doubt]:
    rows = _doubts(reader, [check], place, day, today).select_related("place", "venue")
    aside = _is_set_aside(day)
    return rows.filter(aside if which == "set_aside" else ~aside)


def _doubts(reader: Reader, checks: Sequence[Check], place: UnitEntry, day: date, today: date) -> DoubtQuerySet:
    within = place.unit if day == today else None
    found: DoubtQuerySet = doubts_of_checks(reader, checks, within).on(day)
    return found.filter(unit_at_and_below(reader, place.unit_id, day, today, "place"))


def _is_set_aside(day: date) -> Q:
    return Q(Exists(SetAside.objects.on(day).filter(doubt=OuterRef("pk"))))


# == in words ==
def tell(reader: Reader, check: Check, doubts: list[Any], day: date) -> None:
    """Give each doubt its `name`, `where` it is, its `owner` as (body, name) or None, and its `aside` or None.

    The number of queries is the same for one as for many.
    """
    names = _names(reader, check, doubts, day)
    places = places_above(reader, day, [each.place_id for each in doubts])
    owners = _owners(reader, check, doubts, day)
    asides = {each.doubt_id: each for each in SetAside.objects.on(day).filter(doubt__in=doubts)}
    for each in doubts:
        each.name = names.get(each.about[1], "")
        each.where = [name for name in places.get(each.place_id, []) if check.of != "unit" or name != each.name]
        each.owner = owners.get(each.pk)
        each.aside = asides.get(each.pk)


def _names(reader: Reader, check: Check, doubts: list[Doubt], day: date) -> dict[int, str]:
    ids = [each.about[1] for each in doubts]
    if check.of == Check.Of.VENUE:
        return dict(venues_visible_to(reader).filter(pk__in=ids).values_list("pk", "name"))
    return {id: entry.name for id, entry in _last(reader, Check.Of(check.of), ids, day).items()}


def _last(reader: Reader, of: Check.Of, ids: Iterable[int | None], day: date) -> dict[int, Any]:
    """How each unit or body stands on the day, or last stood."""
    entries: Any = unit_entries_visible_to(reader) if of == Check.Of.UNIT else body_entries_visible_to(reader)
    rows = entries.filter(**{f"{of}__in": [id for id in ids if id]}, valid__startswith__lte=day)
    last = rows.order_by(f"{of}_id", "-valid").distinct(f"{of}_id")
    return {getattr(entry, f"{of}_id"): entry for entry in last}


def _owners(reader: Reader, check: Check, doubts: list[Doubt], day: date) -> dict[int, tuple[int, str]]:
    """Whose matter each doubt is: the body itself, its superior, or the nearest body of the check's line above."""
    if check.of == Check.Of.UNIT or check.owner == Check.Owner.LINE:
        near = _nearest(reader, check.line_id, [each.place_id for each in doubts], day)
        return {each.pk: near[each.place_id] for each in doubts if each.place_id in near}
    bodies = _bodies(check, doubts)
    entries = _last(reader, Check.Of.BODY, bodies.values(), day)
    if check.owner == Check.Owner.SUPERIOR:
        above = {pk: entries[body].superior_id for pk, body in bodies.items() if body in entries}
        bodies = {pk: body for pk, body in above.items() if body}
        entries = _last(reader, Check.Of.BODY, bodies.values(), day)
    return {pk: (body, entries[body].name) for pk, body in bodies.items() if body in entries}


def _bodies(check: Check, doubts: list[Doubt]) -> dict[int, int]:
    if check.of == Check.Of.BODY:
        return {each.pk: each.body_id for each in doubts if each.body_id}
    return {each.pk: each.venue.owner_id for each in doubts if each.venue}


def _nearest(reader: Reader, line: str, places: list[int], day: date) -> dict[int, tuple[int, str]]:
    """For each place the body of the line that sits in the nearest division at or above it. Three queries."""
    ways = ways_up(TERRITORY, set(places), day)
    above = set().union(*ways.values()) if ways else set()
    divisions = unit_entries_visible_to(reader).on(day).filter(unit__in=above, kind__level__in=DIVISIONS)
    depths = {unit: DIVISIONS.index(level) for unit, level in divisions.values_list("unit", "kind__level")}
    sitting = body_entries_visible_to(reader).on(day).filter(seat__in=depths, body__line=line).order_by("body_id")
    rows = sorted(sitting, key=lambda each: -depths[each.seat_id])  # the nearest first, the oldest body of several
    found: dict[int, tuple[int, str]] = {}
    for place, way in ways.items():
        nearest = next((each for each in rows if each.seat_id in way), None)
        if nearest:
            found[place] = (nearest.body_id, nearest.name)
    return found
