"""What the pages of gaps show: the list of an indicator at a place, and one suggestion. No engine runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from gongjian.indicators.models import Indicator
from gongjian.register.access import (
    Reader,
    headcounts_visible_to,
    housings_visible_to,
    unit_entries_visible_to,
    units_visible_to,
)
from gongjian.register.models import Choice, Headcount, Threshold, UnitEntry
from gongjian.register.queries.lists import (
    MOST,
    Counted,
    body_names,
    count_up_to,
    counted,
    places_above,
    unit_at_and_below,
    unit_names,
)
from gongjian.ui.keyset import Page, page_of

from .access import gaps_visible_to, suggestions_visible_to
from .models import Decision, Gap, Joining, Rewrite, Suggestion
from .words import Rules, why

PAGE = 50
BATCH = 2_000
ORDER = ["-leverage", "id"]


@dataclass(frozen=True)
class Asked:
    """Which gaps: of an indicator, at and below a place, of one way only if it is named."""

    indicator: Indicator
    unit_id: int
    way: str = ""


@dataclass(frozen=True)
class Listed:
    """A page of gaps. `needed`: so many would reach the target."""

    page: Page
    count: Counted
    needed: int | None = None


@dataclass
class Place:
    """Units of a suggestion that stand in the same building, or in the same village."""

    name: str
    rows: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """One suggestion with all its page shows; `missing` are the units that no body of the line covers yet."""

    suggestion: Suggestion
    decision: Decision | None
    hood: str
    trade: str
    rules: Rules
    places: list[Place]
    missing: int
    heads_known: int
    body_id: int | None
    body: str
    indicators: list[str]


def rules_of(indicator: Indicator, day: date) -> Rules | None:
    """The joining rule that lists the indicator; None if no list is kept of what it misses. Two queries."""
    joining = Joining.objects.filter(indicators__contains=[indicator.key]).select_related("own", "joint").first()
    return _rules(joining, day) if joining else None


def _rules(joining: Joining, day: date) -> Rules:
    return Rules(joining, Threshold.objects.filter(key=joining.threshold, valid__contains=day).first())


def found_on() -> date | None:
    """The day of the gaps that are kept; None before the first night run."""
    return Rewrite.objects.values_list("run__day", flat=True).first()


def gap_rows(reader: Reader, rules: Rules, asked: Asked, today: date) -> QuerySet[Gap]:
    """In no order. What the reader may count, at and below the place."""
    within = units_visible_to(reader).filter(pk=asked.unit_id).first()
    rows = gaps_visible_to(reader, within).filter(unit_at_and_below(reader, asked.unit_id, today, today))
    rows = rows.filter(line=rules.joining.line_id, indicators__contains=[asked.indicator.key])
    return rows.filter(way=asked.way) if asked.way else rows


def listed(
    reader: Reader,
    rules: Rules,
    asked: Asked,
    today: date,
    *,
    size: int = PAGE,
    after: str = "",
    before: str = "",
    needed: int | None = None,
) -> Listed:
    """One page, the largest leverage first. A fixed number of queries."""
    rows = gap_rows(reader, rules, asked, today)
    page = page_of(rows.select_related("unit"), ORDER, size=size, after=after, before=before)
    _tell(reader, rules, page.rows, today)
    return Listed(page, counted(rows), needed)


def gaps_counted(reader: Reader, rules: Rules, asked: Asked, today: date) -> Counted:
    """How many there are: the count that a page leaves out."""
    return counted(gap_rows(reader, rules, asked, today), MOST)


def every(reader: Reader, rules: Rules, asked: Asked, today: date, *, most: int) -> Iterator[Any] | None:
    """Every gap, told as on the page; None if there are more than `most`."""
    rows = gap_rows(reader, rules, asked, today)
    return None if count_up_to(rows, most) > most else _told(reader, rules, rows, today)


def _told(reader: Reader, rules: Rules, rows: QuerySet[Gap], today: date) -> Iterator[Any]:
    found = rows.select_related("unit").order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _tell(reader, rules, some, today)
        yield from some


def _tell(reader: Reader, rules: Rules, rows: Sequence[Any], today: date) -> None:
    """Give each gap its unit's entry, where it stands, its neighbours, who is responsible, the state and the reason."""
    ids = [row.unit_id for row in rows]
    entries = {each.unit_id: each for each in _entries(reader, ids, today)}
    stands = {id: each.parent_id for id, each in entries.items()}
    places = places_above(reader, today, stands.values())
    suggested = _suggestions(reader, {row.suggestion_id for row in rows if row.suggestion_id})
    others = {id for each in suggested.values() for id in each.units}
    names = unit_names(reader, today, others)
    bodies = body_names(reader, today, {row.body_id for row in rows})
    counts = _counts(reader, [row.unit for row in rows], today)
    for row in rows:
        entry, suggestion = entries.get(row.unit_id), suggested.get(row.suggestion_id or 0)
        row.name = entry.name if entry else ""
        row.kind = entry.kind if entry else ""
        row.where = places.get(stands.get(row.unit_id), [])
        row.told_suggestion = suggestion
        row.neighbours = _neighbours(row, suggestion, names)
        row.decision = getattr(suggestion, "decision", None) if suggestion else None
        row.body_name = bodies.get(row.body_id, "")
        row.counted = counts.get(row.unit_id)
        row.why = why(
            row,
            rules,
            together=suggestion.heads if suggestion else None,
            units=len(suggestion.units) if suggestion else 0,
            body=row.body_name,
            is_place=entry is not None and entry.kind.level != "employer",
        )


def _entries(reader: Reader, ids: Sequence[int], day: date) -> QuerySet[UnitEntry]:
    return unit_entries_visible_to(reader).on(day).filter(unit__in=ids).select_related("kind", "unit")


def _suggestions(reader: Reader, ids: set[int]) -> dict[int, Suggestion]:
    found = suggestions_visible_to(reader).filter(pk__in=ids).select_related("decision__by")
    return {each.pk: each for each in found} if ids else {}


def _neighbours(row: Gap, suggestion: Suggestion | None, names: dict[int | None, str]) -> list[tuple[int, str]]:
    if suggestion is None:
        return []
    return [(id, names[id]) for id in suggestion.units if id != row.unit_id and id in names]


def _counts(reader: Reader, units: Sequence[Any], day: date) -> dict[int, Headcount]:
    return {each.unit_id: each for each in headcounts_visible_to(reader, units).on(day)}


# == one suggestion ==
def suggestion_told(reader: Reader, suggestion_id: int, today: date) -> Told | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    found = suggestions_visible_to(reader).filter(pk=suggestion_id).select_related("line", "decision__by").first()
    joining = Joining.objects.filter(line=found.line_id).select_related("joint").first() if found else None
    if found is None or joining is None:
        return None
    gaps = {each.unit_id: each for each in found.gaps.all()}
    rows: list[Any] = list(_entries(reader, found.units, today).order_by("unit_id"))
    counts = _counts(reader, [row.unit for row in rows], today)
    body_id = next((each.body_id for each in gaps.values() if each.body_id), None)
    names = unit_names(reader, today, [found.hood_id])
    for row in rows:
        row.counted = counts.get(row.unit_id)
        row.heads = getattr(row.counted, joining.members, None)
        row.is_missing = row.unit_id in gaps
    return Told(
        suggestion=found,
        decision=getattr(found, "decision", None),
        hood=names.get(found.hood_id, ""),
        trade=str(Choice.objects.filter(list="trade", key=found.trade).first() or found.trade) if found.trade else "",
        rules=_rules(joining, today),
        places=_by_place(reader, rows, today),
        missing=len(gaps),
        heads_known=sum(row.heads or 0 for row in rows),
        body_id=body_id,
        body=body_names(reader, today, [body_id]).get(body_id, "") if body_id else "",
        indicators=sorted({key for each in gaps.values() for key in each.indicators}),
    )


def _by_place(reader: Reader, rows: Sequence[Any], today: date) -> list[Place]:
    """The units under the building, park or market they stand in, else under their village; in order of the names."""
    housed = _housed(reader, [row.unit_id for row in rows], today)
    places = places_above(reader, today, [housed.get(row.unit_id, row.parent_id) for row in rows])
    found: dict[str, Place] = {}
    for row in rows:
        name = " › ".join(places.get(housed.get(row.unit_id, row.parent_id), []))
        found.setdefault(name, Place(name)).rows.append(row)
    return [found[name] for name in sorted(found)]


def _housed(reader: Reader, ids: Sequence[int], day: date) -> dict[int, int]:
    return dict(housings_visible_to(reader).on(day).filter(unit__in=ids).values_list("unit_id", "place_id"))
