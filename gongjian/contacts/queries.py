"""What the list of contact points shows, and how each stands: ended, to be mended, with its visits of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongjian.register.access import Reader, bodies_visible_to, body_entries_visible_to
from gongjian.register.models import Office
from gongjian.register.queries.lists import MOST, body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import contacts_told_to, contacts_visible_to, demonstrations_visible_to, own_contacts
from .models import ContactPoint, Demonstration, Visit
from .pace import Pace, pace
from .words import STATES, pace_said

PAGE, BATCH, MOST_OWN, MOST_LEADERS = 50, 500, 20, 300
ORDER = ["point__line__position", "point__line_path", "id"]


@dataclass(frozen=True)
class ContactFilters:
    """Which contact points: of a line, of offices in a body, of a point; how they stand; demonstration points alone."""

    line: str = ""
    leader: int | None = None
    point: int | None = None
    state: str = "open"
    demonstration: bool = False


@dataclass(frozen=True)
class Row:
    """A contact point as it shows in a list. `state`: stands, mend, to_come or ended. `pace`: of the year, for whoever
    is told of its visits. `demonstration`: the one that stands."""

    contact: ContactPoint
    point: str
    leader: str
    state: str
    pace: Pace | None
    demonstration: Demonstration | None

    @property
    def pk(self) -> int:
        return self.contact.pk

    @property
    def state_said(self) -> str:
        return str(STATES[self.state])

    @property
    def visits_said(self) -> str:
        """Nothing for whoever is not told, and for what does not stand."""
        return pace_said(self.pace) if self.pace and self.state == "stands" else ""


@dataclass(frozen=True)
class Listed:
    """A page of them; `count` is None where there are more than MOST."""

    page: Page
    rows: list[Row]
    count: int | None


def contact_rows(reader: Reader, filters: ContactFilters, today: date) -> QuerySet[ContactPoint]:
    """In no order."""
    exact = {"point__line": filters.line, "leader_body": filters.leader, "point": filters.point}
    rows = contacts_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    if filters.state == "ended":
        rows = rows.filter(valid__endswith__lte=today)
    elif filters.state in ("open", "mend"):
        rows = rows.filter(is_not_over(today))
    if filters.state == "mend":
        rows = rows.filter(is_broken(today))
    if filters.demonstration:
        rows = rows.filter(Exists(Demonstration.objects.filter(contact=OuterRef("pk"), withdrawn_on=None)))
    return rows


def is_not_over(today: date) -> Q:
    return Q(valid__upper_inf=True) | Q(valid__endswith__gt=today)


def is_broken(today: date) -> Q:
    """The point is dissolved, or nobody holds the leader's office any more."""
    held = Office.objects.filter(pk=OuterRef("leader_id"), valid__contains=today)
    return Q(point__line_path="") | ~Q(Exists(held))


def contacts_listed(
    reader: Reader, filters: ContactFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:
    """A fixed number of queries."""
    rows = contact_rows(reader, filters, today)
    page = page_of(_dressed(rows), ORDER, size=size, after=after, before=before)
    count = count_up_to(rows)
    return Listed(page, rows_of(reader, page.rows, today), None if count > MOST else count)


def own_listed(reader: Reader, today: date) -> list[Row]:
    """Those the reader visits or keeps and that are not over, the first twenty."""
    rows = _dressed(own_contacts(reader).filter(is_not_over(today))).order_by(*ORDER)
    return rows_of(reader, list(rows[:MOST_OWN]), today)


def every_contact(reader: Reader, filters: ContactFilters, today: date, *, most: int) -> Iterator[Row] | None:
    """Every one of the list; None if there are more than `most`."""
    rows = contact_rows(reader, filters, today)
    return None if count_up_to(rows, most) > most else _told(reader, rows, today)


def _told(reader: Reader, rows: QuerySet[ContactPoint], today: date) -> Iterator[Row]:
    found = _dressed(rows).order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        yield from rows_of(reader, some, today)


def _dressed(rows: QuerySet[ContactPoint]) -> QuerySet[ContactPoint]:
    return rows.select_related("point__line", "leader_body", "leader_kind")


def rows_of(reader: Reader, contacts: Sequence[ContactPoint], today: date) -> list[Row]:
    """A fixed number of queries for however many."""
    ids = [each.pk for each in contacts]
    names = body_names(reader, today, {each.point_id for each in contacts} | {each.leader_body_id for each in contacts})
    held = set(Office.objects.filter(pk__in=[each.leader_id for each in contacts], valid__contains=today)
               .values_list("pk", flat=True))  # fmt: skip
    told = set(contacts_told_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    made = dict(Visit.objects.filter(contact__in=told, on__year=today.year).order_by()
                .values_list("contact").annotate(Count("pk")))  # fmt: skip
    shown = {
        each.contact_id: each for each in demonstrations_visible_to(reader).filter(contact__in=ids, withdrawn_on=None)
    }
    return [
        Row(
            contact=each,
            point=names.get(each.point_id, ""),
            leader=f"{names.get(each.leader_body_id, '')} {each.leader_kind}",
            state=state_of(each, today, is_held=each.leader_id in held),
            pace=pace_of(each, made.get(each.pk, 0), today) if each.pk in told else None,
            demonstration=shown.get(each.pk),
        )
        for each in contacts
    ]


def state_of(contact: ContactPoint, today: date, *, is_held: bool) -> str:
    if contact.has_ended(today):
        return "ended"
    if not contact.point.line_path or not is_held:
        return "mend"
    return "stands" if contact.since <= today else "to_come"


def pace_of(contact: ContactPoint, made: int, today: date) -> Pace:
    return pace(today.year, contact.since, contact.until, contact.wanted, made, today)


def leaders_to_choose(reader: Reader, today: date, chosen: int | None) -> list[tuple[int, str]]:
    """The bodies whose offices have contact points, by name; the chosen one among them."""
    ids = contacts_visible_to(reader).order_by("leader_body").values_list("leader_body", flat=True).distinct()
    wanted = [*([chosen] if chosen else []), *ids[:MOST_LEADERS]]
    names = body_names(reader, today, wanted)
    return [(id, names.get(id, "?")) for id in dict.fromkeys(wanted) if id in names]


def bodies_called(reader: Reader, typed: str, today: date) -> list[int]:
    """The bodies that stand today under this very name or code; two at most are looked for."""
    if not typed.strip():
        return []
    called = Q(name=typed.strip()) | Q(code=typed.strip())
    entries = body_entries_visible_to(reader).on(today).filter(called)
    return list(entries.values_list("body_id", flat=True)[:2])


def bodies_that_set(reader: Reader, kept: QuerySet[Any], today: date) -> list[tuple[int, str]]:
    """The bodies whose matters the reader keeps, by name."""
    ids = list(bodies_visible_to(reader).filter(pk__in=kept).order_by("pk").values_list("pk", flat=True)[:MOST_OWN])
    names = body_names(reader, today, ids)
    return [(id, names.get(id, "")) for id in ids]
