"""What the pages of good practice and of the publicity plan show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from gongjian.programme.access import kept
from gongjian.programme.models import PlanItem
from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import (
    office_that_checks,
    office_that_publishes,
    practices_checked_by,
    practices_visible_to,
    publicity_visible_to,
    uptakes_visible_to,
)
from .hosting import item_read, own_bodies
from .models import Practice, PublicityItem, Uptake
from .states import moves_of

PAGE, MONTH_PAGE, BATCH, MOST_UPTAKES = 30, 100, 500, 200
RECOMMENDED_FIRST = ["rank", "-handed_in_on", "-id"]
BY_DAY = ["planned_on", "id"]


# == good practice ==
@dataclass(frozen=True)
class PracticeFilters:
    """Which practices: with a word in them, of a line, in a state; those one checks, or handed in oneself."""

    q: str = ""
    line: str = ""
    state: str = ""
    own: bool = False


def practice_rows(reader: Reader, filters: PracticeFilters) -> QuerySet[Practice]:
    """In no order."""
    exact = {"body__line": filters.line, "state": filters.state}
    rows = practices_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    for word in filters.q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(done__icontains=word) | Q(came_of__icontains=word))
    if filters.own:
        rows = rows.filter(kept(reader, "body__") | Q(pk__in=practices_checked_by(reader)))
    return rows


def practices_listed(
    reader: Reader, filters: PracticeFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Page:
    """What is recommended first, then the newest. A fixed number of queries."""
    page = page_of(_ranked(practice_rows(reader, filters)), RECOMMENDED_FIRST, size=size, after=after, before=before)
    _name(reader, page.rows, today)
    return page


def every_practice(reader: Reader, filters: PracticeFilters, today: date, *, most: int) -> Iterator[Any] | None:
    """All of the list, told as on the page; None if there are more than `most`."""
    rows = practice_rows(reader, filters)
    return None if count_up_to(rows, most) > most else _named(reader, _ranked(rows), RECOMMENDED_FIRST, today)


def _ranked(rows: QuerySet[Practice]) -> QuerySet[Practice]:
    first = Case(When(state=Practice.State.RECOMMENDED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(rank=first).select_related("body__line")


def _named(reader: Reader, rows: QuerySet[Any], order: list[str], today: date) -> Iterator[Any]:
    found = rows.order_by(*order).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _name(reader, some, today)
        yield from some


def _name(reader: Reader, rows: Sequence[Any], today: date) -> None:
    names = body_names(reader, today, {row.body_id for row in rows})
    for row in rows:
        row.body_name = names.get(row.body_id, "")


@dataclass(frozen=True)
class UptakeRow:
    uptake: Uptake
    name: str
    is_own: bool


@dataclass(frozen=True)
class PracticeShown:
    """A practice with all its page shows. `verbs`: what the reader may do with it, `takers`: for whom take it up."""

    practice: Any
    keeps: bool
    checks: bool
    verbs: list[str]
    takers: list[tuple[int, str]]
    uptakes: list[UptakeRow]


def practice_shown(reader: Reader, practice_id: int, today: date) -> PracticeShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    found = practices_visible_to(reader).select_related("body__line").filter(pk=practice_id).first()
    if found is None:
        return None
    own = own_bodies(reader, today)
    keeps = practices_visible_to(reader).filter(kept(reader, "body__"), pk=found.pk).exists()
    checks = office_that_checks(reader, found, today) is not None
    uptakes = list(uptakes_visible_to(reader).filter(practice=found).order_by("since", "id")[:MOST_UPTAKES])
    names = body_names(reader, today, [found.body_id, *(each.body_id for each in uptakes)])
    practice: Any = found
    practice.body_name = names.get(found.body_id, "")
    mine = {id for id, _name in own}
    taken = {each.body_id for each in uptakes}
    is_recommended = found.state == Practice.State.RECOMMENDED
    return PracticeShown(
        practice=practice,
        keeps=keeps,
        checks=checks,
        verbs=[verb for verb in moves_of(found) if (keeps if verb == "hand_in" else checks)],
        takers=[one for one in own if one[0] not in taken | {found.body_id}] if is_recommended else [],
        uptakes=[UptakeRow(each, names.get(each.body_id, ""), each.body_id in mine) for each in uptakes],
    )


# == publicity ==
@dataclass(frozen=True)
class PublicityFilters:
    """Which items: of a channel, a state, a line; of the bodies whose plans the reader keeps, or of one body."""

    channel: str = ""
    state: str = ""
    line: str = ""
    own: bool = False
    body: int | None = None


def publicity_rows(reader: Reader, filters: PublicityFilters, first: date, last: date) -> QuerySet[PublicityItem]:
    """From the first day to the last one; in no order."""
    exact = {"channel": filters.channel, "state": filters.state, "body__line": filters.line, "body": filters.body}
    rows = publicity_visible_to(reader).filter(planned_on__range=(first, last))
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows.filter(kept(reader, "body__") | kept(reader, "responsible__")) if filters.own else rows


def publicity_listed(
    reader: Reader,
    filters: PublicityFilters,
    days: tuple[date, date],
    today: date,
    *,
    size: int = MONTH_PAGE,
    after: str = "",
    before: str = "",
) -> Page:
    """A fixed number of queries."""
    rows = publicity_rows(reader, filters, *days).select_related("channel", "body__line")
    page = page_of(rows, BY_DAY, size=size, after=after, before=before)
    _name_publicity(reader, page.rows, today)
    return page


def every_publicity(
    reader: Reader, filters: PublicityFilters, days: tuple[date, date], today: date, *, most: int
) -> Iterator[Any] | None:
    """All of the days, told as on the page; None if there are more than `most`."""
    rows = publicity_rows(reader, filters, *days)
    return None if count_up_to(rows, most) > most else _publicity(reader, rows, today)


def _publicity(reader: Reader, rows: QuerySet[PublicityItem], today: date) -> Iterator[Any]:
    found = rows.select_related("channel", "body__line").order_by(*BY_DAY).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _name_publicity(reader, some, today)
        yield from some


def _name_publicity(reader: Reader, rows: Sequence[Any], today: date) -> None:
    names = body_names(reader, today, {id for row in rows for id in (row.body_id, row.responsible_id)})
    for row in rows:
        row.body_name = names.get(row.body_id, "")
        row.responsible_name = names.get(row.responsible_id, "")


@dataclass(frozen=True)
class PublicityShown:
    """An item with all its page shows, and what the reader may do with it."""

    item: Any
    of_plan: PlanItem | None
    keeps: bool
    verbs: list[str]


def publicity_shown(reader: Reader, item_id: int, today: date) -> PublicityShown | None:
    found: Any = (
        publicity_visible_to(reader).select_related("channel", "body__line", "responsible").filter(pk=item_id).first()
    )
    if found is None:
        return None
    _name_publicity(reader, [found], today)
    keeps = publicity_visible_to(reader).filter(kept(reader, "body__"), pk=found.pk).exists()
    tells = office_that_publishes(reader, found) is not None
    return PublicityShown(found, item_read(reader, found.item_id), keeps, moves_of(found) if tells else [])
