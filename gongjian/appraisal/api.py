"""Rounds and cases as JSON, read-only. Same access as the pages; scores only of what one may see, never in an order."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from . import queries, words
from .access import boxes_visible_to, grades_visible_to, is_told, rounds_visible_to
from .models import Box, Round
from .queries_case import case_of, taken_away
from .rules import rules_of

router = Router(tags=["appraisal"])

State = Literal["draft", "self", "reviewing", "proposed", "notice", "fixed", "filed", "called_off"]


class RoundLine(Schema):
    """`version`: of the scheme, which the round keeps. `bodies`: how many are in it."""

    id: int
    keeper: int
    scheme: str
    version: int
    title: str
    of_until: date
    state: State
    bodies: int
    notice_on: date | None
    notice_until: date | None


class RoundPage(Schema):
    rounds: list[RoundLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class GradeLine(Schema):
    """One body and its grade; of scores only its own case tells."""

    case: int
    body: int
    group: str
    grade: str


class GradePage(Schema):
    grades: list[GradeLine] = Field(description="In the order of places, never by score.")
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class BoxOut(Schema):
    """What of a closed ballot is told, and nothing else of it."""

    kind: Literal["members", "people"]
    roll: int
    told: dict[str, Any]


class CaseOut(Schema):
    """`score`, `grade`, `decided` and `calculation` are null until they are told."""

    id: int
    round: int
    body: int
    group: str
    reviewer: int
    left_out: str
    grade: str | None
    score: str | None
    decided: str | None
    boxes: list[BoxOut]
    calculation: dict[str, Any] | None = Field(description="As `python -m quotas` reads it.")


class RoundFilter(Schema):
    """Which rounds, and which page of the list."""

    state: State | None = None
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class GradeFilter(Schema):
    """Which grades, and which page of the list."""

    grade: str = Field("", description="Key of a grade of the scheme.", pattern="^[a-z0-9_]{0,40}$")
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/appraisal/rounds", response={200: RoundPage, **ERRORS}, summary="Rounds of appraisal, the last first")
def rounds(request: HttpRequest, asked: Query[RoundFilter]) -> dict[str, Any]:
    rows = rounds_visible_to(request.user).select_related("version")
    rows = rows.filter(state=asked.state) if asked.state else rows
    page = page_of(rows, queries.ORDER, size=asked.limit, after=asked.after)
    return {"rounds": [_round(each) for each in page.rows], "next": page.next}


@router.get(
    "/appraisal/rounds/{round_id}/grades", response={200: GradePage, **ERRORS}, summary="Grades of a round, once told"
)
def grades(request: HttpRequest, round_id: int, asked: Query[GradeFilter]) -> dict[str, Any]:
    found = queries.round_of(request.user, round_id) if round_id < 2**63 else None
    if found is None:
        raise Http404(_("There is no such round, or it is not open to you."))
    rows = grades_visible_to(request.user).filter(round=found)
    rows = rows.filter(grade=asked.grade) if asked.grade else rows
    page = page_of(rows, queries.IN_ORDER, size=asked.limit, after=asked.after)
    told = [{"case": each.pk, "body": each.body_id, "group": each.group, "grade": each.grade} for each in page.rows]
    return {"grades": told, "next": page.next}


@router.get("/appraisal/cases/{case_id}", response={200: CaseOut, **ERRORS}, summary="One body in a round")
def case(request: HttpRequest, case_id: int) -> dict[str, Any]:
    found = case_of(request.user, case_id) if case_id < 2**63 else None
    if found is None:
        raise Http404(_("There is no such case, or it is not open to you."))
    told = is_told(request.user, found)
    rules = rules_of(found.round.version.definition)
    boxes = boxes_visible_to(request.user).filter(case=found, state=Box.State.CLOSED).order_by("pk")
    return {
        "id": found.pk, "round": found.round_id, "body": found.body_id, "group": found.group,
        "reviewer": found.reviewer_id, "left_out": found.left_out, "grade": found.grade if told else None,
        "score": str(found.score) if told else None, "decided": words.decided(rules, found.result) if told else None,
        "boxes": [{"kind": each.kind, "roll": each.roll, "told": each.told} for each in boxes],
        "calculation": taken_away(found, rules) if told else None,
    }  # fmt: skip


def _round(each: Round) -> dict[str, Any]:
    names = ("title", "of_until", "state", "notice_on", "notice_until")
    facts = {"id": each.pk, "keeper": each.keeper_id, "scheme": each.version.scheme_id, "version": each.version.number}
    return facts | {"bodies": each.cases_count} | {name: getattr(each, name) for name in names}
