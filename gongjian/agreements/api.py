"""Agreements and workers' congresses as JSON, read-only. Same access as the pages; nobody is named."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from .access import agreements_visible_to, congresses_visible_to
from .models import Agreement, Congress
from .queries import agreement_shown

router = Router(tags=["agreements"])

State = Literal[
    "demanded", "answered", "delegated", "called", "met", "drafted", "rejected", "passed", "signed", "filed",
    "in_force", "published", "mediated", "expired", "ended",
]  # fmt: skip
ERRORS = {400: Problem, 401: Problem, 404: Problem}


class AgreementLine(Schema):
    """`employer`: the id of a unit; null for an area or trade, for whose employers `association` speaks. `due_on`: by
    when the next step is owed; null where none is, or its working days are not published yet."""

    id: int
    union: int
    scope: Literal["single", "area", "trade"]
    employer: int | None
    association: str
    trade: str
    title: str
    state: State
    due_on: date | None
    since: date | None
    until: date | None
    published_on: date | None
    previous: int | None


class AgreementPage(Schema):
    agreements: list[AgreementLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class AgreementStepOut(Schema):
    """`due_on`: by when it was owed; null where the statute names no day."""

    verb: str
    on: date
    due_on: date | None


class AgreementVoteOut(Schema):
    on: date
    delegates: int
    present: int
    yes: int
    no: int
    abstained: int
    is_passed: bool


class AgreementOut(AgreementLine):
    """`units`: for how many employers it is meant. `headings`: keys of those written of."""

    units: int
    headings: list[str]
    summary: str
    steps: list[AgreementStepOut]
    votes: list[AgreementVoteOut]


class CongressOut(Schema):
    """`women`: of the delegates; null where nobody counted."""

    body: int
    kind: Literal["congress", "all_staff"]
    delegates: int
    women: int | None
    elected_on: date


class CongressPage(Schema):
    congresses: list[CongressOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class CongressFilter(Schema):
    """Which page of the list."""

    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class AgreementFilter(CongressFilter):
    """Which agreements, and which page of the list."""

    union: int | None = Field(None, description="The id of a body.", ge=1, lt=2**63)
    unit: int | None = Field(None, description="The id of a unit it is meant for.", ge=1, lt=2**63)
    state: State | None = None


@router.get("/agreements", response={200: AgreementPage, **ERRORS}, summary="Agreements that are open to you")
def agreements(request: HttpRequest, asked: Query[AgreementFilter]) -> dict[str, Any]:
    exact = {"union": asked.union, "units__unit": asked.unit, "state": asked.state}
    rows = agreements_visible_to(request.user).filter(**{name: value for name, value in exact.items() if value})
    page = page_of(rows, ["id"], size=asked.limit, after=asked.after)
    return {"agreements": [_line(each) for each in page.rows], "next": page.next}


@router.get("/agreements/{agreement_id}", response={200: AgreementOut, **ERRORS}, summary="One agreement")
def agreement(request: HttpRequest, agreement_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = agreement_shown(request.user, agreement_id, today) if agreement_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such agreement, or it is not open to you."))
    found = shown.row.agreement
    return _line(found) | {
        "units": shown.units,
        "headings": [heading.pk for heading, clause in shown.headings if clause],
        "summary": found.summary,
        "steps": [{"verb": step.verb, "on": step.on, "due_on": step.due_on} for _name, step in shown.steps],
        "votes": [_vote(each) for each in shown.resolutions if each.sort == "agreement"],
    }


@router.get("/congresses", response={200: CongressPage, **ERRORS}, summary="Workers' congresses that are open to you")
def congresses(request: HttpRequest, asked: Query[CongressFilter]) -> dict[str, Any]:
    page = page_of(congresses_visible_to(request.user), ["id"], size=asked.limit, after=asked.after)
    return {"congresses": [_congress(each) for each in page.rows], "next": page.next}


def _line(each: Agreement) -> dict[str, Any]:
    ids = {"id": each.pk, "union": each.union_id, "employer": each.employer_id, "previous": each.previous_id}
    names = ("scope", "association", "trade", "title", "state", "due_on", "since", "until", "published_on")
    return ids | {name: getattr(each, name) for name in names}


def _vote(each: Any) -> dict[str, Any]:
    told = {"on": each.session.on, "delegates": each.session.delegates, "present": each.session.present}
    return told | {name: getattr(each, name) for name in ("yes", "no", "abstained", "is_passed")}


def _congress(each: Congress) -> dict[str, Any]:
    names = ("kind", "delegates", "women", "elected_on")
    return {"body": each.body_id} | {name: getattr(each, name) for name in names}
