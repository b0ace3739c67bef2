"""Rounds, tellings and published comments as JSON, read-only. Same access as the pages; nobody is named."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from .access import rounds_visible_to, tellings_visible_to
from .models import Telling, TellingRound
from .queries import ORDER
from .queries_telling import Said, comments_of, telling_shown

router = Router(tags=["telling"])

State = Literal["scheduled", "told", "commented", "published", "rectifying", "verified", "overdue"]
ERRORS = {400: Problem, 401: Problem, 404: Problem}


class TellingRoundOut(Schema):
    """`since` and `until`: the time that is told of. `range`: how far comments are published at most."""

    id: int
    host: int
    name: str
    kind: Literal["half_year", "quarter"]
    since: date
    until: date
    tell_by: date
    comment_by: date
    range: Literal["inside", "members", "public"]
    state: Literal["open", "closed"]


class TellingRoundPage(Schema):
    rounds: list[TellingRoundOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class TellingLine(Schema):
    """`by`: the body that comments. `told_on` and `published_on`: null until then."""

    id: int
    round: int
    body: int
    by: int
    state: State
    told_on: date | None
    published_on: date | None


class TellingPage(Schema):
    tellings: list[TellingLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class MendingOut(Schema):
    """A problem and what became of it; `state` is null until the comment is published."""

    problem: str
    state: Literal["named", "planned", "done", "confirmed"] | None
    measure: str
    owner: str
    due_on: date | None
    proof: str


class CommentOut(Schema):
    """`present` and `outsiders`: counts, null where nobody counted."""

    by: int
    kind: str
    on: date
    where: str
    present: int | None
    outsiders: int | None
    strengths: list[str]
    directions: list[str]
    problems: list[MendingOut]


class TellingOut(TellingLine):
    done: str
    undone: str
    reason: str
    comment: CommentOut | None


class TellingRoundFilter(Schema):
    """Which page of the list."""

    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class TellingFilter(TellingRoundFilter):
    """Which tellings, and which page of the list."""

    round: int | None = Field(None, ge=1, lt=2**63)
    body: int | None = Field(None, description="The id of a body.", ge=1, lt=2**63)
    state: State | None = None


@router.get("/tellings/rounds", response={200: TellingRoundPage, **ERRORS}, summary="Rounds, the last first")
def rounds(request: HttpRequest, asked: Query[TellingRoundFilter]) -> dict[str, Any]:
    page = page_of(rounds_visible_to(request.user), ORDER, size=asked.limit, after=asked.after)
    return {"rounds": [_round(each) for each in page.rows], "next": page.next}


@router.get("/tellings", response={200: TellingPage, **ERRORS}, summary="Tellings that are open to you")
def tellings(request: HttpRequest, asked: Query[TellingFilter]) -> dict[str, Any]:
    exact = {"round": asked.round, "body": asked.body, "state": asked.state}
    rows = tellings_visible_to(request.user).filter(**{name: value for name, value in exact.items() if value})
    page = page_of(rows, ["id"], size=asked.limit, after=asked.after)
    return {"tellings": [_line(each) for each in page.rows], "next": page.next}


@router.get("/tellings/{telling_id}", response={200: TellingOut, **ERRORS}, summary="One telling with its comment")
def telling(request: HttpRequest, telling_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = telling_shown(request.user, telling_id, today) if telling_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such telling, or it is not open to you."))
    said = comments_of(request.user, [shown.telling], today).get(telling_id)
    own = shown.telling
    texts = {"done": own.done, "undone": own.undone, "reason": own.reason}
    return _line(own) | texts | {"comment": _comment(said) if said else None}


def _round(each: TellingRound) -> dict[str, Any]:
    names = ("name", "kind", "since", "until", "tell_by", "comment_by", "range", "state")
    return {"id": each.pk, "host": each.host_id} | {name: getattr(each, name) for name in names}


def _line(each: Telling) -> dict[str, Any]:
    ids = {"id": each.pk, "round": each.round_id, "body": each.body_id, "by": each.commenter_id}
    return ids | {name: getattr(each, name) for name in ("state", "told_on", "published_on")}


def _comment(said: Said) -> dict[str, Any]:
    own = said.comment
    return {
        "by": own.commenter_id,
        "kind": own.kind_id,
        "on": own.on,
        "where": own.where,
        "present": own.present,
        "outsiders": own.outsiders,
        "strengths": [each.words for each in said.strengths],
        "directions": [each.words for each in said.directions],
        "problems": [_problem(each.point.words, each.mending) for each in said.problems],
    }


def _problem(words: str, each: Any) -> dict[str, Any]:
    if each is None:
        return {"problem": words, "state": None, "measure": "", "owner": "", "due_on": None, "proof": ""}
    names = ("state", "measure", "owner", "due_on", "proof")
    return {"problem": words} | {name: getattr(each, name) for name in names}
