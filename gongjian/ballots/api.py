"""Frozen polls, their signed heads and published results as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from . import log, queries
from .access import polls_visible_to
from .models import Poll
from .opening import result_record
from .publishing import heads_told

router = Router(tags=["polls"])

State = Literal["ready", "open", "closed", "opened", "published", "erased", "called_off"]


class PollLine(Schema):
    """`ref`: its name outside, as in receipts and bundles."""

    ref: str
    held_by: int
    kind: Literal["members", "people", "recommendation"]
    title: str
    state: State
    opens_at: datetime
    closes_at: datetime


class PollPage(Schema):
    polls: list[PollLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class PollOut(PollLine):
    """`entry`: the first record of the log: rules, key, observers. `heads`: the last signed head of each half hour that
    is over. `result`: what observers signed; null until it is published."""

    entry: dict[str, Any]
    heads: list[dict[str, Any]]
    result: dict[str, Any] | None
    bundle_sha256: str


class PollFilter(Schema):
    limit: int = Field(100, ge=1, le=1000)
    after: str = ""


@router.get("/polls", response={200: PollPage, 400: Problem, 401: Problem})
def polls(request: HttpRequest, asked: Query[PollFilter]) -> dict[str, Any]:
    """Polls whose rules are frozen, the last to close first."""
    rows = polls_visible_to(request.user).filter(entry__isnull=False)
    page = page_of(rows, queries.ORDER, size=asked.limit, after=asked.after)
    return {"polls": [_line(each) for each in page.rows], "next": page.next}


@router.get("/polls/{ref}", response={200: PollOut, 401: Problem, 404: Problem})
def poll(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One poll; without its ballots, and without who is on its roll."""
    rows = polls_visible_to(request.user).filter(entry__isnull=False)
    found = rows.select_related("result__poll").filter(ref=ref[:32].replace("\x00", "")).first()
    if found is None:
        raise Http404(_("There is no such poll"))
    return _line(found) | {
        "entry": found.entry,
        "heads": [log.signed_of(each, found.ref) for each in heads_told(found, timezone.now())],
        "result": result_record(found.result) if found.is_told else None,
        "bundle_sha256": found.result.bundle_sha256 if found.is_told else "",
    }


def _line(each: Poll) -> dict[str, Any]:
    names = ("ref", "kind", "title", "state", "opens_at", "closes_at")
    return {name: getattr(each, name) for name in names} | {"held_by": each.held_by_id}
