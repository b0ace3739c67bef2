"""Events, contests, good practice and the publicity plan as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.problem import Problem

from . import queries
from .queries_contests import ContestFilters, contest_shown, contests_listed
from .queries_events import EventFilters, event_shown, events_listed

router = Router(tags=["activities"])

KEY = "^[A-Za-z0-9_]*$"
EventState = Literal["draft", "announced", "over", "called_off"]
ContestState = Literal["draft", "open", "running", "closed"]
PracticeState = Literal["handed_in", "checked", "recommended", "sent_back"]
PublicityState = Literal["planned", "published", "dropped"]


class Paged(Schema):
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class EventOut(Schema):
    """`lead` and `hosts` are ids of bodies. Who signed up is not told here."""

    id: int
    title: str
    kind: str
    stage: str | None
    lead: int
    state: EventState
    starts_at: datetime
    ends_at: datetime
    where: str
    sign_up_until: date | None
    capacity: int | None
    summary: str


class EventPage(Schema):
    events: list[EventOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class OneEvent(EventOut):
    """`signed_up`: how many people; null for fewer than five, and whoever keeps the event is told all the same."""

    what: str
    hosts: list[int]
    signed_up: int | None
    called_off_reason: str
    took_part: int | None


class ContestOut(Schema):
    id: int
    title: str
    type: str
    lead: int
    level: str
    begins_on: date
    ends_on: date
    prizes: Literal["none", "own", "others"]
    approval: str
    state: ContestState


class ContestPage(Schema):
    contests: list[ContestOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class ComparedOut(Schema):
    id: int
    words: str
    measure: str
    better: Literal["more", "less", ""]


class EntrantOut(Schema):
    """`values` in the order of the items."""

    body: int
    name: str
    team: str
    values: list[Decimal | None]


class OneContest(ContestOut):
    """`entrants`: all for whoever keeps the contest, to others their own; by name. `outcome` for those alone."""

    what: str
    hosts: list[int]
    items: list[ComparedOut]
    outcome: str
    entrants: list[EntrantOut]


class PracticeOut(Schema):
    id: int
    title: str
    body: int
    name: str
    line: str
    state: PracticeState
    handed_in_on: date
    done: str
    came_of: str
    conditions: str


class PracticePage(Schema):
    practices: list[PracticeOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class UptakeOut(Schema):
    body: int
    name: str
    since: date
    effect: str


class OnePractice(PracticeOut):
    uptakes: list[UptakeOut]


class PublicityOut(Schema):
    """`body`: whose plan it is in."""

    id: int
    subject: str
    channel: str
    body: int
    responsible: int
    planned_on: date
    state: PublicityState
    published_on: date | None
    address: str
    dropped_reason: str


class PublicityPage(Schema):
    publicity: list[PublicityOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class EventFilter(Paged):
    past: bool = Field(False, description="Those that are past; else those to come.")
    kind: str = Field("", pattern=KEY)
    stage: str = Field("", description="The key of a stage.", pattern=KEY)
    line: str = Field("", description="The key of a line among the hosts.", pattern=KEY)


class ContestFilter(Paged):
    type: str = Field("", pattern=KEY)
    state: ContestState | None = None
    line: str = Field("", description="The key of a line among the hosts.", pattern=KEY)


class PracticeFilter(Paged):
    q: str = Field("", description="Words that stand in it.", max_length=60, pattern="^[^\x00]*$")
    line: str = Field("", description="The key of a line.", pattern=KEY)
    state: PracticeState | None = None


class PublicityFilter(Paged):
    first: date = Field(description="From this day on.")
    last: date = Field(description="Until this day.")
    channel: str = Field("", pattern=KEY)
    state: PublicityState | None = None
    line: str = Field("", description="The key of a line.", pattern=KEY)
    body: int | None = Field(None, description="In the plan of this body.", ge=1, lt=2**63)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/events", response={200: EventPage, **ERRORS}, summary="Events")
def events(request: HttpRequest, asked: Query[EventFilter]) -> dict[str, Any]:
    filters = EventFilters(asked.past, asked.kind, asked.stage, asked.line)
    page = events_listed(request.user, filters, timezone.now(), size=asked.limit, after=asked.after)
    return {"events": [_event(row) for row in page.rows], "next": page.next}


@router.get("/events/{event_id}", response={200: OneEvent, **ERRORS}, summary="One event")
def event(request: HttpRequest, event_id: int) -> dict[str, Any]:
    shown = event_shown(request.user, event_id, timezone.now())
    if shown is None:
        raise Http404(_("There is no such event, or it is a draft that is not open to you."))
    told = shown.people if shown.keeps else shown.told
    names = ("what", "called_off_reason", "took_part")
    more = {name: getattr(shown.event, name) for name in names}
    return _event(shown.event) | more | {"hosts": [id for id, _name in shown.hosts], "signed_up": told}


@router.get("/contests", response={200: ContestPage, **ERRORS}, summary="Contests")
def contests(request: HttpRequest, asked: Query[ContestFilter]) -> dict[str, Any]:
    filters = ContestFilters(asked.type, asked.state or "", asked.line)
    page = contests_listed(request.user, filters, _today(request), size=asked.limit, after=asked.after)
    return {"contests": [_contest(row) for row in page.rows], "next": page.next}


@router.get("/contests/{contest_id}", response={200: OneContest, **ERRORS}, summary="One contest")
def contest(request: HttpRequest, contest_id: int) -> dict[str, Any]:
    shown = contest_shown(request.user, contest_id, _today(request))
    if shown is None:
        raise Http404(_("There is no such contest, or it is a draft that is not open to you."))
    entrants = [
        {"body": row.entrant.body_id, "name": row.name, "team": row.entrant.team, "values": row.values}
        for row in shown.rows
    ]
    return _contest(shown.contest) | {
        "what": shown.contest.what,
        "hosts": [id for id, _name in shown.hosts],
        "items": [
            {"id": each.pk, "words": each.words, "measure": each.measure, "better": each.better} for each in shown.items
        ],
        "outcome": shown.contest.outcome if shown.sees_outcome else "",
        "entrants": entrants,
    }


@router.get("/practices", response={200: PracticePage, **ERRORS}, summary="Good practice, what is recommended first")
def practices(request: HttpRequest, asked: Query[PracticeFilter]) -> dict[str, Any]:
    filters = queries.PracticeFilters(asked.q, asked.line, asked.state or "")
    page = queries.practices_listed(request.user, filters, _today(request), size=asked.limit, after=asked.after)
    return {"practices": [_practice(row) for row in page.rows], "next": page.next}


@router.get(
    "/practices/{practice_id}", response={200: OnePractice, **ERRORS}, summary="One practice, and who took it up"
)
def practice(request: HttpRequest, practice_id: int) -> dict[str, Any]:
    shown = queries.practice_shown(request.user, practice_id, _today(request))
    if shown is None:
        raise Http404(_("There is no such practice, or it is not recommended yet."))
    uptakes = [
        {"body": row.uptake.body_id, "name": row.name, "since": row.uptake.since, "effect": row.uptake.effect}
        for row in shown.uptakes
    ]
    return _practice(shown.practice) | {"uptakes": uptakes}


@router.get("/publicity", response={200: PublicityPage, **ERRORS}, summary="What is to be published, day by day")
def publicity(request: HttpRequest, asked: Query[PublicityFilter]) -> dict[str, Any]:
    filters = queries.PublicityFilters(asked.channel, asked.state or "", asked.line, body=asked.body)
    days = asked.first, asked.last
    page = queries.publicity_listed(request.user, filters, days, _today(request), size=asked.limit, after=asked.after)
    names = ("subject", "planned_on", "state", "published_on", "address", "dropped_reason")
    rows = [
        {name: getattr(row, name) for name in names}
        | {"id": row.pk, "channel": row.channel_id, "body": row.body_id, "responsible": row.responsible_id}
        for row in page.rows
    ]
    return {"publicity": rows, "next": page.next}


def _today(request: HttpRequest) -> date:
    today: date = request.today  # type: ignore[attr-defined]
    return today


def _event(row: Any) -> dict[str, Any]:
    names = ("title", "state", "starts_at", "ends_at", "where", "sign_up_until", "capacity", "summary")
    ids = {"id": row.pk, "kind": row.kind_id, "stage": row.stage_id, "lead": row.lead_id}
    return {name: getattr(row, name) for name in names} | ids


def _contest(row: Any) -> dict[str, Any]:
    names = ("title", "level", "begins_on", "ends_on", "prizes", "approval", "state")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "type": row.type_id, "lead": row.lead_id}


def _practice(row: Any) -> dict[str, Any]:
    names = ("title", "state", "handed_in_on", "done", "came_of", "conditions")
    own = {"id": row.pk, "body": row.body_id, "name": row.body_name, "line": row.body.line_id}
    return {name: getattr(row, name) for name in names} | own
