"""What the pages of contests show: the list, one contest, and what entrants came to, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.queries.lists import body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import (
    contests_kept_by,
    contests_visible_to,
    entrants_visible_to,
    office_that_hosts,
    outcomes_visible_to,
    results_visible_to,
)
from .contests import scope_of
from .hosting import heirs_of, own_bodies, stands
from .models import ComparedItem, Contest, ContestHost, Entrant
from .states import moves_of

PAGE, BATCH, MOST_ENTRANTS = 30, 500, 2_000
ORDER = ["-begins_on", "-id"]


@dataclass(frozen=True)
class ContestFilters:
    """Which contests: of a type, a state, a line among the hosts; kept by the reader."""

    type: str = ""
    state: str = ""
    line: str = ""
    own: bool = False


def contest_rows(reader: Reader, filters: ContestFilters) -> QuerySet[Contest]:
    """In no order."""
    exact = {"type": filters.type, "state": filters.state}
    rows = contests_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    if filters.line:
        hosts = ContestHost.objects.filter(contest=OuterRef("pk"), body__line=filters.line)
        rows = rows.filter(Q(lead__line=filters.line) | Exists(hosts))
    return rows.filter(pk__in=contests_kept_by(reader)) if filters.own else rows


def contests_listed(
    reader: Reader, filters: ContestFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Page:
    """A fixed number of queries."""
    rows = contest_rows(reader, filters).select_related("type", "lead__line")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    _tell(reader, page.rows, today)
    return page


def every_contest(reader: Reader, filters: ContestFilters, today: date, *, most: int) -> Iterator[Any] | None:
    """All of the list, told as on the page; None if there are more than `most`."""
    rows = contest_rows(reader, filters)
    return None if count_up_to(rows, most) > most else _told(reader, rows, today)


def _told(reader: Reader, rows: QuerySet[Contest], today: date) -> Iterator[Any]:
    found = rows.select_related("type", "lead__line").order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _tell(reader, some, today)
        yield from some


def _tell(reader: Reader, rows: Sequence[Any], today: date) -> None:
    names = body_names(reader, today, {row.lead_id for row in rows})
    for row in rows:
        row.lead_name = names.get(row.lead_id, "")


# == one contest ==
@dataclass(frozen=True)
class EntrantRow:
    """An entrant with what it came to in each compared item, in their order; None: nothing is written down yet."""

    entrant: Entrant
    name: str
    cells: list[tuple[ComparedItem, Decimal | None]]

    @property
    def values(self) -> list[Decimal | None]:
        return [value for _item, value in self.cells]


@dataclass(frozen=True)
class ContestShown:
    """A contest with all its page shows. `office`: in which the reader keeps it; None for whoever does not.

    `rows`: all entrants for whoever keeps it, to others their own; in the order of names.
    """

    contest: Any
    hosts: list[tuple[int, str]]
    items: list[ComparedItem]
    office: str | None
    verbs: list[str]
    stands: bool
    heirs: list[tuple[int, str]]
    sees_outcome: bool
    may_enter: list[tuple[int, str]]
    rows: list[EntrantRow]

    @property
    def keeps(self) -> bool:
        return self.office is not None


def contest_shown(reader: Reader, contest_id: int, today: date) -> ContestShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    found = contests_visible_to(reader).select_related("type", "lead__line").filter(pk=contest_id).first()
    if found is None:
        return None
    hosts = [each.body_id for each in found.hosts.order_by("id")]
    names = body_names(reader, today, [found.lead_id, *hosts])
    contest: Any = found
    contest.lead_name = names.get(found.lead_id, "")
    items = list(found.items.all())
    office = office_that_hosts(reader, found)
    is_standing = stands(found.lead, today)
    return ContestShown(
        contest=contest,
        hosts=[(id, names.get(id, "")) for id in hosts],
        items=items,
        office=office,
        verbs=moves_of(found) if office is not None else [],
        stands=is_standing,
        heirs=heirs_of(found, reader, today) if office is not None and not is_standing else [],
        sees_outcome=outcomes_visible_to(reader).filter(pk=found.pk).exists(),
        may_enter=_own_in_scope(reader, found, today) if found.state == Contest.State.OPEN else [],
        rows=entrant_rows(reader, found, items, today),
    )


def _own_in_scope(reader: Reader, contest: Contest, today: date) -> list[tuple[int, str]]:
    own = own_bodies(reader, today)
    fitting = body_entries_visible_to(reader).on(today).filter(scope_of(contest, today))
    ids = set(fitting.filter(body__in=[id for id, _name in own]).values_list("body_id", flat=True))
    return [(id, name) for id, name in own if id in ids]


def entrant_rows(reader: Reader, contest: Contest, items: list[ComparedItem], today: date) -> list[EntrantRow]:
    """By name, and never by what they came to."""
    entrants = list(entrants_visible_to(reader).filter(contest=contest).select_related("body")[:MOST_ENTRANTS])
    names = body_names(reader, today, [each.body_id for each in entrants])
    told = results_visible_to(reader).filter(entrant__in=entrants).values_list("entrant_id", "item_id", "value")
    values = {(entrant, item): value for entrant, item, value in told}
    rows = [
        EntrantRow(each, names.get(each.body_id, ""), [(item, values.get((each.pk, item.pk))) for item in items])
        for each in entrants
    ]
    return sorted(rows, key=lambda row: (row.name, row.entrant.team))
