"""Honours, calls and awards as JSON, read-only. Same access as the pages; without an account what everybody reads."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from . import queries, queries_award
from .access import applications_told_to, applications_visible_to, calls_visible_to
from .models import Application, Award, Call

router = Router(tags=["honours"])

CallState = Literal["draft", "open", "reviewing", "proposed", "notice", "awarded", "called_off"]
AwardState = Literal["entered", "standing", "warned", "withdrawn", "lapsed"]


class HonourCallLine(Schema):
    """`version`: of the honour's rules, which the call keeps."""

    id: int
    keeper: int
    honour: str
    version: int
    title: str
    year: int
    state: CallState
    places: int
    document: str
    apply_until: date
    notice_on: date | None
    notice_until: date | None
    awarded_on: date | None


class HonourCallPage(Schema):
    calls: list[HonourCallLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class HonourApplicationLine(Schema):
    """One that the reader may read whole, or that is told in a notice. Of a person it names the body alone."""

    id: int
    number: int
    by_body: int
    unit: int | None
    team: str
    body: int | None
    state: str


class HonourApplicationPage(Schema):
    applications: list[HonourApplicationLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class HonourAwardLine(Schema):
    """`name`: of the holder, as far as the reader may be told. `unit` and `body` are null of a person."""

    id: int
    honour: str
    giver: int
    unit: int | None
    team: str
    body: int | None
    name: str
    year: int
    number: str
    document: str
    issuer: str
    awarded_on: date
    state: AwardState
    recheck_on: date | None
    ended_on: date | None


class HonourAwardPage(Schema):
    awards: list[HonourAwardLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class HonourCallFilter(Schema):
    """Which calls, and which page of the list."""

    state: CallState | None = None
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class HonourApplicationFilter(Schema):
    """Which page of the list."""

    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class HonourAwardFilter(Schema):
    """Which awards, and which page of the list."""

    honour: str = Field("", description="Key of an honour.", pattern="^[a-z0-9_]{0,40}$")
    state: AwardState | None = None
    year: int | None = Field(None, ge=1900, le=2200)
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/honours/calls", response={200: HonourCallPage, **ERRORS}, summary="Calls for honours, the last first")
def calls(request: HttpRequest, asked: Query[HonourCallFilter]) -> dict[str, Any]:
    rows = calls_visible_to(request.user).select_related("version")
    rows = rows.filter(state=asked.state) if asked.state else rows
    page = page_of(rows, queries.ORDER, size=asked.limit, after=asked.after)
    return {"calls": [_call(each) for each in page.rows], "next": page.next}


@router.get(
    "/honours/calls/{call_id}/applications", response={200: HonourApplicationPage, **ERRORS},
    summary="Applications in a call that one may read",
)  # fmt: skip
def applications(request: HttpRequest, call_id: int, asked: Query[HonourApplicationFilter]) -> dict[str, Any]:
    found = queries.call_of(request.user, call_id) if call_id < 2**63 else None
    if found is None:
        raise Http404(_("This call is not there any more, or not open to you. Go back to the list."))
    whole = applications_visible_to(request.user).filter(call=found).values("pk")
    told = applications_told_to(request.user).filter(call=found).values("pk")
    rows = Application.objects.filter(pk__in=whole.union(told))
    page = page_of(rows, ["number"], size=asked.limit, after=asked.after)
    names = ("number", "team", "state")
    lines = [
        {"id": each.pk, "by_body": each.by_body_id, "unit": each.unit_id, "body": each.body_id}
        | {name: getattr(each, name) for name in names}
        for each in page.rows
    ]
    return {"applications": lines, "next": page.next}


@router.get(
    "/honours/awards", response={200: HonourAwardPage, **ERRORS}, summary="The register of honours, the last first"
)
def awards(request: HttpRequest, asked: Query[HonourAwardFilter]) -> dict[str, Any]:
    filters = queries_award.Filters(honour=asked.honour, state=asked.state or "", year=asked.year)
    today = timezone.localdate()
    page = queries_award.awards_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"awards": [_award(each) for each in page.rows], "next": page.next}


def _call(each: Call) -> dict[str, Any]:
    names = ("title", "year", "state", "places", "document", "apply_until", "notice_on", "notice_until", "awarded_on")
    facts = {"id": each.pk, "keeper": each.keeper_id, "honour": each.version.honour_id, "version": each.version.number}
    return facts | {name: getattr(each, name) for name in names}


def _award(each: Award) -> dict[str, Any]:
    names = ("team", "name", "year", "number", "document", "issuer", "awarded_on", "state", "recheck_on", "ended_on")
    facts = {"id": each.pk, "honour": each.honour_id, "giver": each.giver_id}
    facts |= {"unit": each.unit_id, "body": each.body_id}
    return facts | {name: getattr(each, name) for name in names}
