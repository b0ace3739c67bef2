"""What the pages of events show: what is coming and what is past, and one event with whoever signed up for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.programme.models import FEWEST_TOLD, PlanItem
from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import events_kept_by, events_visible_to, office_that_hosts, sign_ups_visible_to
from .hosting import heirs_of, item_read, own_bodies, stands
from .models import Event, EventHost, SignUp
from .states import moves_of

PAGE, SOME_PAST, BATCH, MOST_SIGNED = 30, 10, 500, 2_000
COMING, PAST = ["starts_at", "id"], ["-starts_at", "-id"]


@dataclass(frozen=True)
class EventFilters:
    """Which events: past ones or those to come; of a kind, a stage, a line among the hosts; kept by the reader."""

    past: bool = False
    kind: str = ""
    stage: str = ""
    line: str = ""
    own: bool = False

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.stage or self.line or self.own)


def event_rows(reader: Reader, filters: EventFilters, now: datetime) -> QuerySet[Event]:
    """In no order."""
    rows = events_visible_to(reader).filter(**({"ends_at__lt": now} if filters.past else {"ends_at__gte": now}))
    exact = {"kind": filters.kind, "stage": filters.stage}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.line:
        hosts = EventHost.objects.filter(event=OuterRef("pk"), body__line=filters.line)
        rows = rows.filter(Q(lead__line=filters.line) | Exists(hosts))
    return rows.filter(pk__in=events_kept_by(reader)) if filters.own else rows


def events_listed(
    reader: Reader, filters: EventFilters, now: datetime, *, size: int = PAGE, after: str = "", before: str = ""
) -> Page:
    """A fixed number of queries."""
    rows = _with_words(event_rows(reader, filters, now))
    page = page_of(rows, PAST if filters.past else COMING, size=size, after=after, before=before)
    _tell(reader, page.rows, now)
    return page


def every_event(reader: Reader, filters: EventFilters, now: datetime, *, most: int) -> Iterator[Any] | None:
    """All of the list, told as on the page; None if there are more than `most`."""
    rows = event_rows(reader, filters, now)
    return None if count_up_to(rows, most) > most else _told(reader, rows, filters, now)


def _told(reader: Reader, rows: QuerySet[Event], filters: EventFilters, now: datetime) -> Iterator[Any]:
    found = _with_words(rows).order_by(*(PAST if filters.past else COMING)).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _tell(reader, some, now)
        yield from some


def _with_words(rows: QuerySet[Event]) -> QuerySet[Event]:
    return rows.select_related("kind", "stage", "lead__line", "venue")


def _tell(reader: Reader, rows: Sequence[Any], now: datetime) -> None:
    """Give each event the names of its hosts, where it is, and whether the reader signed up or still can."""
    others: dict[int, list[int]] = {}
    for event, body in EventHost.objects.filter(event__in=rows).order_by("id").values_list("event_id", "body_id"):
        others.setdefault(event, []).append(body)
    ids = {row.lead_id for row in rows} | {id for held in others.values() for id in held}
    names = body_names(reader, timezone.localdate(now), ids)
    mine = _signed_by(reader, rows)
    for row in rows:
        row.lead_name = names.get(row.lead_id, "")
        row.host_names = [names.get(id, "") for id in others.get(row.pk, ())]
        row.where = row.place or (row.venue.name if row.venue else "")
        row.is_mine = row.pk in mine
        row.may_sign_up = row.takes_sign_ups(now) and not row.is_mine
        row.is_past = row.ends_at < now


def _signed_by(reader: Reader, rows: Sequence[Any]) -> set[int]:
    if not isinstance(reader, User):
        return set()
    return set(SignUp.objects.filter(account=reader, event__in=rows).values_list("event_id", flat=True))


# == one event ==
@dataclass(frozen=True)
class Signed:
    """A line of the list of those who signed up: who, how many, since when."""

    name: str
    people: int
    at: datetime
    is_body: bool


@dataclass(frozen=True)
class OwnBody:
    """A body whose plans the reader keeps, and with how many people it signed up."""

    id: int
    name: str
    people: int | None


@dataclass(frozen=True)
class EventShown:
    """An event with all its page shows. `office`: in which the reader keeps it; None for whoever does not.

    `people`: how many signed up, for whoever keeps it; for others `told`, which is None for fewer than FEWEST_TOLD.
    `item`: of the plan, if the reader may read it.
    """

    event: Any
    hosts: list[tuple[int, str]]
    office: str | None
    verbs: list[str]
    stands: bool
    heirs: list[tuple[int, str]]
    people: int
    told: int | None
    is_full: bool
    mine: bool
    takes: bool
    has_begun: bool
    own: list[OwnBody]
    item: PlanItem | None
    signed: list[Signed]

    @property
    def keeps(self) -> bool:
        return self.office is not None


def event_shown(reader: Reader, event_id: int, now: datetime) -> EventShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    found = events_visible_to(reader).select_related("kind", "stage", "lead__line", "venue")
    event: Any = found.filter(pk=event_id).first()
    if event is None:
        return None
    today = timezone.localdate(now)
    _tell(reader, [event], now)
    office = office_that_hosts(reader, event)
    people = SignUp.objects.filter(event=event).aggregate(people=Sum("people"))["people"] or 0
    takes = event.takes_sign_ups(now)
    is_standing = stands(event.lead, today)
    ids = [each.body_id for each in event.hosts.order_by("id")]
    return EventShown(
        event=event,
        hosts=list(zip(ids, event.host_names, strict=True)),
        office=office,
        verbs=moves_of(event) if office is not None else [],
        stands=is_standing,
        heirs=heirs_of(event, reader, today) if office is not None and not is_standing else [],
        people=people,
        told=people if people >= FEWEST_TOLD or not people else None,
        is_full=event.capacity is not None and people >= event.capacity,
        mine=event.is_mine,
        takes=takes,
        has_begun=event.has_begun(now),
        own=_own(reader, event, today) if event.sign_up_until and not event.has_begun(now) else [],
        item=item_read(reader, event.item_id),
        signed=_signed(reader, event, today) if office is not None else [],
    )


def _own(reader: Reader, event: Event, today: date) -> list[OwnBody]:
    known = dict(sign_ups_visible_to(reader).filter(event=event, body__isnull=False).values_list("body_id", "people"))
    return [OwnBody(id, name, known.get(id)) for id, name in own_bodies(reader, today)]


def _signed(reader: Reader, event: Event, today: date) -> list[Signed]:
    """The organisations first, then people, each in the order of time."""
    rows = list(sign_ups_visible_to(reader).filter(event=event).select_related("account").order_by("at")[:MOST_SIGNED])
    names = body_names(reader, today, [row.body_id for row in rows])
    told = [
        Signed(names.get(row.body_id, "") if row.account is None else row.account.name, row.people, row.at,
               row.account is None)
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=lambda each: not each.is_body)
