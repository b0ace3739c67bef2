"""Series and meetings as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from . import queries
from .access import meetings_visible_to, series_visible_to
from .models import Meeting
from .outcomes import Outcome

router = Router(tags=["meetings"])

State = Literal["collecting", "agenda_set", "held", "published", "cancelled"]


class SeriesOut(Schema):
    """`months`: every how many it meets. `closes_before`: so many days before, topics close."""

    id: int
    host: int
    kind: Literal["conference", "hearing"]
    name: str
    months: int
    closes_before: int
    chair: str
    secretariat: str
    ended_on: date | None


class MeetingLine(Schema):
    id: int
    series: int
    name: str
    day: date
    begins_at: str = Field(description="On the clock of the place, as 09:00.")
    place: str
    state: State
    topics_close_on: date


class MeetingPage(Schema):
    meetings: list[MeetingLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class TopicOut(Schema):
    """`begins_at` and `ends_at`: on the clock, of what is on the agenda."""

    id: int
    body: int
    title: str
    problem: str
    proposal: str
    minutes: int
    state: Literal["handed_in", "taken", "put_off", "declined"]
    reason: str
    begins_at: datetime | None
    ends_at: datetime | None


class DecisionOut(Schema):
    """`fate`: how its ask stands. `by`: the body that has it now. `topic`: null if on none of the items."""

    id: int
    topic: int | None
    kind: Literal["decision", "opinion"]
    words: str
    owner: int
    due_on: date
    fate: Literal["done", "open", "late", "declined", "withdrawn", "written"]
    by: int
    reason: str


class MeetingOut(MeetingLine):
    """`decisions` are empty until the minutes are published, but for whoever keeps the series."""

    cancelled_reason: str
    issue: int | None
    issue_year: int | None
    members: list[int]
    minutes: int = Field(description="Of the agenda, all items together.")
    topics: list[TopicOut]
    decisions: list[DecisionOut]
    last_time: list[DecisionOut] = Field(description="What the meeting before it decided, and what became of it.")


class MeetingFilter(Schema):
    """Which meetings, and which page of the list."""

    series: int | None = Field(None, ge=1, lt=2**63)
    state: State | None = None
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/meetings/series", response={200: list[SeriesOut], **ERRORS}, summary="Series of meetings")
def series(request: HttpRequest) -> list[dict[str, Any]]:
    names = ("kind", "name", "months", "closes_before", "chair", "secretariat", "ended_on")
    found = series_visible_to(request.user).order_by("pk")
    return [{"id": each.pk, "host": each.host_id} | {name: getattr(each, name) for name in names} for each in found]


@router.get("/meetings", response={200: MeetingPage, **ERRORS}, summary="Meetings, the last day first")
def meetings(request: HttpRequest, asked: Query[MeetingFilter]) -> dict[str, Any]:
    exact = {"series": asked.series, "state": asked.state}
    rows = meetings_visible_to(request.user).filter(**{name: value for name, value in exact.items() if value})
    page = page_of(rows.select_related("series"), queries.ORDER, size=asked.limit, after=asked.after)
    return {"meetings": [_line(each) for each in page.rows], "next": page.next}


@router.get("/meetings/{meeting_id}", response={200: MeetingOut, **ERRORS}, summary="One meeting")
def meeting(request: HttpRequest, meeting_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = queries.meeting_shown(request.user, meeting_id, today) if meeting_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such meeting, or it is not open to you."))
    own = shown.meeting
    return _line(own) | {
        "cancelled_reason": own.cancelled_reason,
        "issue": own.issue,
        "issue_year": own.issue_year,
        "members": list(shown.members),
        "minutes": shown.agenda.minutes,
        "topics": _topics(shown),
        "decisions": [_decision(each) for each in shown.decisions],
        "last_time": [_decision(each) for each in shown.last_time],
    }


def _line(each: Meeting) -> dict[str, Any]:
    names = ("day", "place", "state", "topics_close_on")
    facts = {"id": each.pk, "series": each.series_id, "name": each.series.name, "begins_at": f"{each.begins_at:%H:%M}"}
    return facts | {name: getattr(each, name) for name in names}


def _topics(shown: queries.MeetingShown) -> list[dict[str, Any]]:
    names = ("title", "problem", "proposal", "minutes", "state", "reason")
    clock = {item.topic.pk: (make_aware(item.begins), make_aware(item.ends)) for item in shown.agenda.items}
    return [
        {"id": id, "body": row.topic.body_id}
        | {name: getattr(row.topic, name) for name in names}
        | dict(zip(("begins_at", "ends_at"), clock.get(id, (None, None)), strict=True))
        for id, row in shown.rows.items()
    ]


def _decision(each: Outcome) -> dict[str, Any]:
    own = each.decision
    facts = {"id": own.pk, "topic": own.topic_id, "kind": own.kind, "words": own.words, "owner": own.owner_id}
    return facts | {"due_on": own.due_on, "fate": each.fate.value, "by": each.by, "reason": each.reason}
