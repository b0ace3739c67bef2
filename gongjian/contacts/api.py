"""Contact points and the calendar of checks as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.problem import Problem

from . import queries, queries_inspection
from .models import Demonstration, Visit
from .queries_point import ProblemRow, contact_shown

router = Router(tags=["contacts"])

ContactState = Literal["stands", "mend", "to_come", "ended"]


class PaceOut(Schema):
    """Visits of this year: `made` of `wanted`, and by when the next one is wanted."""

    made: int
    wanted: int
    next_by: date | None
    standing: Literal["reached", "in_time", "behind", "too_early", "none_wanted"]


class ContactLine(Schema):
    """A contact point in the list. `pace` is null for whoever is not told of its visits."""

    id: int
    point: int
    name: str
    line: str
    leader_body: int
    leader: str
    since: date
    until: date | None
    state: ContactState
    visits_a_year: int
    pace: PaceOut | None
    is_demonstration: bool


class ContactPage(Schema):
    contact_points: list[ContactLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class FoundOut(Schema):
    """A problem; of one that was taken on, `asked` is the body and `asked_state` how that stands."""

    id: int
    what: str
    state: Literal["open", "solved", "taken_on", "unsolvable"]
    outcome: str
    asked: int | None
    asked_state: str | None


class VisitOut(Schema):
    id: int
    on: date
    seen: str
    met: str
    people: int | None
    problems: list[FoundOut]


class DemonstrationOut(Schema):
    """A demonstration point by its document; withdrawn ones stay."""

    id: int
    document: str
    approver: str
    level: str
    approved_on: date
    recheck_on: date
    withdrawn_on: date | None
    withdrawn_because: str


class ContactOut(ContactLine):
    """`visits`: the last twenty, for whoever is told of them."""

    why: str
    visits: list[VisitOut]
    demonstrations: list[DemonstrationOut]


class StopOut(Schema):
    """A stop of a check. `day` is null for some day of the month; `joint`: several with the same number go together."""

    id: int
    inspection: int
    title: str
    number: str
    document: str
    state: Literal["waiting", "stands"]
    inspector: int
    unit: int
    body: int | None
    month: date
    day: date | None
    joint: int | None
    trips_in_year: int


class StopPage(Schema):
    stops: list[StopOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class ContactFilter(Schema):
    """Which contact points, and which page of the list."""

    line: str = Field("", description="The key of a line.", pattern="^[A-Za-z0-9_]*$")
    leader: int | None = Field(None, description="The id of the leader's body.", ge=1, lt=2**63)
    point: int | None = Field(None, description="The id of the body that is one.", ge=1, lt=2**63)
    state: Literal["open", "mend", "ended", "all"] = "open"
    demonstration: bool = Field(False, description="Demonstration points only.")
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class StopFilter(Schema):
    """Which stops of a month, and which page of them."""

    month: str = Field("", description="As 2026-03; this month if empty.", pattern=r"^(2[01]\d\d-(0[1-9]|1[0-2]))?$")
    inspector: int | None = Field(None, description="The id of the body that inspects.", ge=1, lt=2**63)
    below: int | None = Field(None, description="The id of a unit: places at or below it.", ge=1, lt=2**63)
    clash: bool = Field(False, description="Only where several come in the month.")
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/contact-points", response={200: ContactPage, **ERRORS}, summary="Contact points")
def contact_points(request: HttpRequest, asked: Query[ContactFilter]) -> dict[str, Any]:
    filters = queries.ContactFilters(asked.line, asked.leader, asked.point, asked.state, asked.demonstration)
    today: date = request.today  # type: ignore[attr-defined]
    listed = queries.contacts_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"contact_points": [_line(row) for row in listed.rows], "next": listed.page.next}


@router.get("/contact-points/{contact_id}", response={200: ContactOut, **ERRORS}, summary="One contact point")
def contact_point(request: HttpRequest, contact_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = contact_shown(request.user, contact_id, today) if contact_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such contact point."))
    visits = [_visit(each, each.told) for each in shown.page.rows]
    stood = [_demonstration(each) for each in shown.demonstrations]
    return _line(shown.row) | {"why": shown.row.contact.why, "visits": visits, "demonstrations": stood}


@router.get("/inspections", response={200: StopPage, **ERRORS}, summary="The calendar of checks, a month")
def inspections(request: HttpRequest, asked: Query[StopFilter]) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    month = date.fromisoformat(f"{asked.month}-01") if asked.month else today.replace(day=1)
    filters = queries_inspection.StopFilters(month, asked.inspector, asked.below, asked.clash)
    listed = queries_inspection.stops_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"stops": [_stop(row) for row in listed.rows], "next": listed.page.next}


def _line(row: queries.Row) -> dict[str, Any]:
    contact = row.contact
    return {
        "id": contact.pk,
        "point": contact.point_id,
        "name": row.point,
        "line": contact.point.line_id,
        "leader_body": contact.leader_body_id,
        "leader": row.leader,
        "since": contact.since,
        "until": contact.until,
        "state": row.state,
        "visits_a_year": contact.wanted,
        "pace": vars(row.pace) if row.pace else None,
        "is_demonstration": row.demonstration is not None,
    }


def _visit(visit: Visit, problems: list[ProblemRow]) -> dict[str, Any]:
    facts = {name: getattr(visit, name) for name in ("on", "seen", "met", "people")}
    return facts | {"id": visit.pk, "problems": [_found(each) for each in problems]}


def _found(row: ProblemRow) -> dict[str, Any]:
    facts = {name: getattr(row.problem, name) for name in ("what", "state", "outcome")}
    asked = (
        {"asked": row.ask.body_id, "asked_state": row.ask.state} if row.ask else {"asked": None, "asked_state": None}
    )
    return facts | asked | {"id": row.problem.pk}


def _demonstration(found: Demonstration) -> dict[str, Any]:
    names = ("document", "approver", "level", "approved_on", "recheck_on", "withdrawn_on", "withdrawn_because")
    return {name: getattr(found, name) for name in names} | {"id": found.pk}


def _stop(row: queries_inspection.StopRow) -> dict[str, Any]:
    stop, check = row.stop, row.stop.inspection
    return {
        "id": stop.pk,
        "inspection": check.pk,
        "title": check.title,
        "number": check.number,
        "document": check.document,
        "state": check.state,
        "inspector": check.body_id,
        "unit": stop.unit_id,
        "body": stop.body_id,
        "month": stop.month,
        "day": stop.on,
        "joint": stop.joint_id,
        "trips_in_year": row.trips,
    }
