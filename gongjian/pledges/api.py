"""Posts and pledges as JSON, read-only. Same access as the pages; persons are numbers nobody is told here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.problem import Problem

from . import queries, queries_posts
from .queries_pledge import pledge_shown

router = Router(tags=["pledges"])

PledgeState = Literal[
    "draft", "review", "returned", "passed", "public", "doing", "told", "judged", "kept", "late", "excused", "broken",
    "withdrawn",
]  # fmt: skip
PostState = Literal["draft", "open", "closed"]


class PledgeLine(Schema):
    """A pledge in the list. `of`: the body's own, or that of one person in it, who is not named here."""

    id: int
    body: int
    name: str
    line: str
    of: Literal["body", "person"]
    kind: Literal["common", "post", "practical"]
    span: Literal["long", "annual", "immediate"]
    year: int
    title: str
    baseline: Decimal | None
    target: Decimal | None
    unit: str
    due_on: date | None
    state: PledgeState
    is_late: bool
    measures: int
    crossed_off: int
    public_on: date | None
    closed_on: date | None


class PledgePage(Schema):
    pledges: list[PledgeLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class MeasureOut(Schema):
    words: str
    crossed_off_on: date | None


class ProgressOut(Schema):
    on: date
    words: str
    value: Decimal | None
    proof: str


class PledgeOut(PledgeLine):
    """`progress`: the last twenty entries of the ledger."""

    wish: str
    source: str
    evidence: str
    responsible: str
    with_whom: str
    telling: str
    outcome: str
    measure_list: list[MeasureOut]
    progress: list[ProgressOut]


class PostLine(Schema):
    """A post; who holds it is not told here."""

    id: int
    body: int
    name: str
    line: str
    kind: str | None
    title: str
    area: str
    duties: list[str]
    content: str
    seats: int
    taken: int
    since: date
    until: date
    state: PostState


class PostPage(Schema):
    posts: list[PostLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class PledgeFilter(Schema):
    """Which pledges, and which page of the list."""

    line: str = Field("", description="The key of a line.", pattern="^[A-Za-z0-9_]*$")
    body: int | None = Field(None, description="The id of a body.", ge=1, lt=2**63)
    year: int | None = Field(None, ge=2000, le=2200)
    kind: Literal["", "common", "post", "practical"] = ""
    of: Literal["", "bodies", "people"] = ""
    state: Literal["", "open", "late", "closed", "written"] = ""
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class PostFilter(Schema):
    """Which posts, and which page of the list."""

    line: str = Field("", description="The key of a line.", pattern="^[A-Za-z0-9_]*$")
    body: int | None = Field(None, description="The id of a body.", ge=1, lt=2**63)
    category: str = Field("", description="The key of a head; `free` for none.", pattern="^[A-Za-z0-9_]*$")
    state: Literal["", "draft", "open", "closed"] = ""
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/pledges", response={200: PledgePage, **ERRORS}, summary="Pledges")
def pledges(request: HttpRequest, asked: Query[PledgeFilter]) -> dict[str, Any]:
    filters = queries.PledgeFilters(asked.line, asked.body, asked.year, asked.kind, asked.of, asked.state)
    today: date = request.today  # type: ignore[attr-defined]
    listed = queries.pledges_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"pledges": [_line(row) for row in listed.rows], "next": listed.page.next}


@router.get("/pledges/{pledge_id}", response={200: PledgeOut, **ERRORS}, summary="One pledge")
def pledge(request: HttpRequest, pledge_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    shown = pledge_shown(request.user, pledge_id, today) if 0 < pledge_id < 2**63 else None
    if shown is None:
        raise Http404(_("There is no such pledge."))
    found = shown.row.pledge
    texts = ("wish", "source", "evidence", "responsible", "with_whom", "telling", "outcome")
    return _line(shown.row) | {name: getattr(found, name) for name in texts} | {
        "measure_list": [{"words": each.words, "crossed_off_on": each.crossed_off_on} for each in shown.measures],
        "progress": [
            {name: getattr(each, name) for name in ("on", "words", "value", "proof")} for each in shown.ledger.rows
        ],
    }  # fmt: skip


@router.get("/posts", response={200: PostPage, **ERRORS}, summary="Posts")
def posts(request: HttpRequest, asked: Query[PostFilter]) -> dict[str, Any]:
    filters = queries_posts.PostFilters(asked.line, asked.body, asked.category, asked.state)
    today: date = request.today  # type: ignore[attr-defined]
    listed = queries_posts.posts_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"posts": [_post(row) for row in listed.rows], "next": listed.page.next}


def _line(row: queries.Row) -> dict[str, Any]:
    names = ("kind", "span", "year", "title", "baseline", "target", "unit", "due_on", "state", "public_on", "closed_on")
    return {name: getattr(row.pledge, name) for name in names} | {
        "id": row.pk,
        "body": row.pledge.body_id,
        "name": row.name,
        "line": row.pledge.body.line_id,
        "of": "body" if row.pledge.person_id is None else "person",
        "is_late": row.is_late,
        "measures": row.measures,
        "crossed_off": row.done,
    }


def _post(row: queries_posts.PostRow) -> dict[str, Any]:
    names = ("title", "area", "duties", "content", "seats", "since", "until", "state")
    return {name: getattr(row.post, name) for name in names} | {
        "id": row.pk,
        "body": row.post.body_id,
        "name": row.name,
        "line": row.post.body.line_id,
        "kind": row.post.kind_id,
        "taken": row.taken,
    }
