"""One's inbox, one ask and what a unit is asked for as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.register.access import units_visible_to
from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from . import burden, queries
from .access import asks_to_answer, can_see_burden

router = Router(tags=["asks"])

StateKey = Literal["open", "done", "declined", "handed_over", "withdrawn"]
KindKey = Literal["confirm", "tell", "facts", "file", "elsewhere"]


class AskLine(Schema):
    """One thing asked of one body."""

    id: int
    title: str
    why: str
    kind: KindKey
    asked_by: int = Field(description="The body in whose name it is asked.")
    body: int
    due_on: date
    minutes: int
    state: StateKey


class AskPage(Schema):
    asks: list[AskLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class AskFilter(Schema):
    """In which state, and which page of the list."""

    state: StateKey = "open"
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


class AnswerLine(Schema):
    at: datetime
    text: str
    values: dict[str, Any] = Field(description="What was given, by id of the question.")
    known: dict[str, Any] = Field(description="What was known and shown, by id of the question.")


class WholeAsk(AskLine):
    what: str
    reason: str
    answers: list[AnswerLine] = Field(description="The last one first.")


class Asking(Schema):
    name: str
    minutes: int
    questions: int
    asks: int


class Burden(Schema):
    """What a unit is asked for in a month. Minutes are reckoned from the forms; nobody's time is measured."""

    unit: int
    month: str
    minutes: int
    questions: int
    asks: int
    ceiling: int | None
    senders: list[Asking]


class MonthFilter(Schema):
    month: str = Field(
        "", description="As 2026-11; this month if none is given.", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$"
    )


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/asks", response={200: AskPage, **ERRORS}, summary="What the bodies are asked that one answers for")
def mine(request: HttpRequest, asked: Query[AskFilter]) -> dict[str, Any]:
    rows = asks_to_answer(request.user).filter(state=asked.state).select_related("sending")
    page = page_of(rows, ["due_on", "id"], size=asked.limit, after=asked.after)
    return {"asks": [_line(row) for row in page.rows], "next": page.next}


@router.get("/asks/{ask_id}", response={200: WholeAsk, **ERRORS}, summary="One ask with its answers")
def one(request: HttpRequest, ask_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    page = queries.ask_page(request.user, ask_id, today) if 0 < ask_id < 2**63 else None
    if page is None:
        raise Http404(_("There is no such thing to do, or it is not open to you."))
    answers = [{"at": a.at, "text": a.text, "values": a.values, "known": a.known} for a in page.answers]
    return _line(page.ask) | {"what": page.ask.sending.what, "reason": page.ask.reason, "answers": answers}


@router.get("/units/{unit_id}/burden", response={200: Burden, **ERRORS}, summary="What a unit is asked for in a month")
def of_a_unit(request: HttpRequest, unit_id: int, asked: Query[MonthFilter]) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    unit = units_visible_to(request.user).filter(pk=unit_id).first() if 0 < unit_id < 2**63 else None
    first = date.fromisoformat(f"{asked.month}-01") if asked.month > "0001" else today.replace(day=1)
    if unit is None or not can_see_burden(request.user, unit):
        raise Http404(_("There is no such unit today, or what is asked of it is not open to you."))
    month, senders = burden.month_at(request.user, unit, first, today)
    told = {name: getattr(month, name) for name in ("unit", "minutes", "questions", "asks", "ceiling")}
    return told | {"month": f"{first:%Y-%m}", "senders": [vars(each) for each in senders]}


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "title": row.sending.title, "why": row.sending.why, "kind": row.sending.kind,
        "asked_by": row.sending.body_id, "body": row.body_id, "due_on": row.due_on, "minutes": row.minutes,
        "state": row.state,
    }  # fmt: skip
