"""Selections as JSON, read-only: what everybody reads of those whose rules stand."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.problem import Problem

from . import queries
from .models import Selection

router = Router(tags=["selections"])


class SelectionLine(Schema):
    """`poll`: the ref under which the poll is read, once there is one. `basis`: the hash of rules and candidates."""

    id: int
    held_by: int
    name: str
    title: str
    rule: str
    state: Literal["draft", "nominating", "polling", "ranked", "notice", "decided", "published", "called_off"]
    nominate_until: date
    basis: str
    poll: str | None
    notice_until: date | None
    decided_on: date | None
    published_on: date | None


class SelectionPage(Schema):
    selections: list[SelectionLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class CandidateOut(Schema):
    """A candidate as it stands on the ballot. `outcome`, `by` and `votes` from the notice on; `chosen` by the panel."""

    number: str
    group: str
    title: str
    note: str
    marks: dict[str, str]
    state: Literal["accepted", "withdrawn"]
    votes: int | None
    outcome: Literal["", "chosen", "reserve", "not", "waits"]
    by: str
    chosen: bool | None


class SelectionOut(SelectionLine):
    rules: list[str]
    panel: str
    departs_why: str
    candidates: list[CandidateOut]


class SelectionFilter(Schema):
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/selections", response={200: SelectionPage, **ERRORS}, summary="Selections")
def selections(request: HttpRequest, asked: Query[SelectionFilter]) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    listed = queries.selections_listed(request.user, today, size=asked.limit, after=asked.after)
    return {"selections": [_line(row.selection, row.name) for row in listed.rows], "next": listed.page.next}


@router.get("/selections/{selection_id}", response={200: SelectionOut, **ERRORS}, summary="One selection")
def selection(request: HttpRequest, selection_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = queries.selection_shown(request.user, selection_id, today) if 0 < selection_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such selection."))
    found = shown.selection
    rows = [row.candidate for group in shown.groups for row in group.rows if row.candidate.number]
    return _line(found, shown.name) | {
        "rules": shown.rules, "panel": found.panel, "departs_why": found.departs_why,
        "candidates": [_candidate(each, found.is_told) for each in rows],
    }  # fmt: skip


def _line(found: Selection, name: str) -> dict[str, Any]:
    names = ("title", "state", "nominate_until", "basis", "notice_until", "decided_on", "published_on")
    return {each: getattr(found, each) for each in names} | {
        "id": found.pk, "held_by": found.held_by_id, "name": name, "rule": found.rule_id,
        "poll": found.poll.ref if found.poll else None,
    }  # fmt: skip


def _candidate(each: Any, is_told: bool) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in ("number", "group", "title", "note", "marks", "state")}
    return told | {
        "votes": each.votes if is_told else None, "outcome": each.outcome if is_told else "",
        "by": each.by_rule if is_told else "", "chosen": each.is_chosen if is_told else None,
    }  # fmt: skip
