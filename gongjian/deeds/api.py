"""Deeds that are shown, as JSON, read-only: what everybody reads on the pages, without the names of persons."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.ui.problem import Problem

from . import queries
from .access import deeds_public
from .models import Star

router = Router(tags=["deeds"])


class StarOut(Schema):
    """`body`: who named it."""

    body: int
    span: Literal["month", "quarter", "year"]
    since: date
    ground: str


class DeedLine(Schema):
    """A deed that is shown. Whom it is about stands on its page and not here. `number`: the candidate number."""

    id: int
    body: int
    name: str
    line: str
    of: Literal["body", "person"]
    service: Literal["development", "society", "people", "members"]
    source: Literal["self", "others", "body"]
    title: str
    done_on: date
    shown_on: date
    number: str
    state: Literal["shown", "running", "star"]
    stars: list[StarOut]


class DeedPage(Schema):
    deeds: list[DeedLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class DeedOut(DeedLine):
    story: str
    place: str


class DeedFilter(Schema):
    """Which deeds, and which page of the list."""

    when: str = Field("", description="A year, quarter or month: 2026, 2026-q3, 2026-07.", pattern="^[0-9q-]*$")
    body: int | None = Field(None, description="The id of a body: its deeds, and those it selected.", ge=1, lt=2**63)
    of: Literal["", "body", "person"] = ""
    stars: bool = Field(False, description="The stars alone; with `when` those of just that time.")
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/deeds", response={200: DeedPage, **ERRORS}, summary="Deeds that are shown")
def deeds(request: HttpRequest, asked: Query[DeedFilter]) -> dict[str, Any]:
    if asked.when and queries.span_of(asked.when) is None:
        raise BadRequest(_("Write a year, a quarter or a month, as 2026, 2026-q3 or 2026-07."))
    today: date = request.today  # type: ignore[attr-defined]
    filters = queries.DeedFilters(asked.when, asked.body, asked.of, asked.stars)
    listed = queries.deeds_listed(request.user, filters, today, size=asked.limit, after=asked.after)
    return {"deeds": [_line(row) for row in listed.rows], "next": listed.page.next}


@router.get("/deeds/{deed_id}", response={200: DeedOut, **ERRORS}, summary="One deed")
def deed(request: HttpRequest, deed_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    rows = deeds_public().select_related("body__line", "named")
    found = rows.filter(pk=deed_id).first() if 0 < deed_id < 2**63 else None
    if found is None:
        raise Http404(_("There is no such deed."))
    line = _line(queries.rows_of(request.user, [found], today)[0])
    return line | {"story": found.story, "place": found.place}


def _line(row: queries.Row) -> dict[str, Any]:
    names = ("of", "service", "source", "title", "done_on", "shown_on", "state")
    return {name: getattr(row.deed, name) for name in names} | {
        "id": row.pk, "body": row.deed.body_id, "name": row.name, "line": row.deed.body.line_id,
        "number": row.deed.call_number, "stars": [_star(each) for each in row.stars],
    }  # fmt: skip


def _star(star: Star) -> dict[str, Any]:
    return {"body": star.body_id, "span": star.span, "since": star.since, "ground": star.ground}
