"""The programme and the plans as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.register.queries.lists import body_names
from gongjian.ui.problem import Problem

from . import overview, queries
from .access import plans_visible_to
from .models import FIRST_YEAR, LAST_YEAR, Plan

router = Router(tags=["programme"])

PlanState = Literal["draft", "published", "closed"]
ItemState = Literal["planned", "under_way", "done", "dropped"]


class StageOut(Schema):
    key: str
    name: str
    begins_on: date
    ends_on: date
    key_date: date
    yearly: bool


class TierOut(Schema):
    """How much of what is wanted is reached; of people as many as are told."""

    key: str
    name: str
    counts: Literal["bodies", "people", "projects"]
    wanted: int
    reached: int


class CarrierOut(Schema):
    key: str
    name: str
    line: str
    tiers: list[TierOut]


class TaskOut(Schema):
    key: str
    name: str
    lines: list[str]
    said: str


class ProgrammeOut(Schema):
    """`stages` have their days in the year of `on`; those of one year alone have their own."""

    key: str
    name: str
    theme: str
    begins_on: date
    ends_on: date | None
    lines: list[str]
    document: str
    stages: list[StageOut]
    carriers: list[CarrierOut]
    tasks: list[TaskOut]


class PlanLine(Schema):
    """A plan in the list, with how many items it has, and how many of them are done and late today."""

    id: int
    body: int
    name: str
    line: str
    year: int
    state: PlanState
    theme: str
    items: int
    done: int
    late: int


class PlanPage(Schema):
    plans: list[PlanLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class ItemOut(Schema):
    """`shared`: it stands in another body's plan and shows here as a partner's. `source`: the item above."""

    id: int
    plan: int
    title: str
    what: str
    owner: int
    partners: list[int]
    starts_on: date
    due_on: date
    milestone: str
    indicator: str | None
    stage: str | None
    state: ItemState
    is_late: bool
    late_reason: str
    dropped_reason: str
    done_on: date | None
    source: int | None
    shared: bool


class PlanOut(Schema):
    id: int
    body: int
    name: str
    year: int
    state: PlanState
    theme: str
    document: str
    based_on: int | None
    items: list[ItemOut]


class PlanFilter(Schema):
    """Which plans, and which page of the list."""

    year: int | None = Field(None, ge=FIRST_YEAR, le=LAST_YEAR)
    line: str = Field("", description="The key of a line.", pattern="^[A-Za-z0-9_]*$")
    state: PlanState | None = None
    below: int | None = Field(None, description="The id of a unit: bodies that sit there or below.", ge=1, lt=2**63)
    late: bool = Field(False, description="Only those with something late.")
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/programme", response={200: list[ProgrammeOut], **ERRORS}, summary="The programme and what it has reached")
def programme(request: HttpRequest) -> list[dict[str, Any]]:
    shown = overview.programmes_shown(request.user, request.day, request.today)  # type: ignore[attr-defined]
    return [_programme(each) for each in shown]


@router.get("/plans", response={200: PlanPage, **ERRORS}, summary="Yearly plans")
def plans(request: HttpRequest, asked: Query[PlanFilter]) -> dict[str, Any]:
    filters = queries.PlanFilters(asked.year, asked.line, asked.state or "", asked.below, asked.late)
    today: date = request.today  # type: ignore[attr-defined]
    page = queries.plans_listed(request.user, filters, today, size=asked.limit, after=asked.after).page
    return {"plans": [_line(row) for row in page.rows], "next": page.next}


@router.get("/plans/{plan_id}", response={200: PlanOut, **ERRORS}, summary="One plan with its items")
def plan(request: HttpRequest, plan_id: int) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    found = plans_visible_to(request.user).select_related("body").filter(pk=plan_id).first()
    if found is None:
        raise Http404(_("There is no such plan, or it is a draft that is not open to you."))
    rows = queries.item_rows(request.user, found, today)
    name = body_names(request.user, today, [found.body_id]).get(found.body_id, "")
    return _plan(found, name) | {"items": [_item(row, found) for row in rows]}


def _programme(each: overview.Shown) -> dict[str, Any]:
    own = each.programme
    return {
        "key": own.pk,
        "name": str(own),
        "theme": own.theme_said,
        "begins_on": own.begins_on,
        "ends_on": own.ends_on,
        "lines": own.lines,
        "document": own.document,
        "stages": [
            {
                "key": row.stage.pk,
                "name": str(row.stage),
                "begins_on": row.begins_on,
                "ends_on": row.ends_on,
                "key_date": row.key_date,
                "yearly": row.stage.yearly,
            }
            for row in each.stages
        ],
        "carriers": [_carrier(row) for row in each.carriers],
        "tasks": [
            {"key": task.pk, "name": str(task), "lines": task.lines, "said": task.said} for task, _lines in each.tasks
        ],
    }


def _carrier(row: overview.CarrierRow) -> dict[str, Any]:
    tiers = [
        {
            "key": each.tier.pk,
            "name": str(each.tier),
            "counts": each.tier.counts,
            "wanted": each.tier.wanted,
            "reached": each.reached,
        }
        for each in row.tiers
    ]
    return {"key": row.carrier.pk, "name": str(row.carrier), "line": row.carrier.line_id, "tiers": tiers}


def _line(row: Any) -> dict[str, Any]:
    facts = {"id": row.pk, "body": row.body_id, "name": row.name, "line": row.body.line_id, "year": row.year}
    return facts | {"state": row.state, "theme": row.theme} | row.counts


def _plan(found: Plan, name: str) -> dict[str, Any]:
    names = ("year", "state", "theme", "document")
    facts = {"id": found.pk, "body": found.body_id, "name": name, "based_on": found.based_on_id}
    return facts | {each: getattr(found, each) for each in names}


def _item(row: queries.ItemRow, found: Plan) -> dict[str, Any]:
    item = row.item
    names = ("title", "what", "starts_on", "due_on", "milestone", "state", "late_reason", "dropped_reason", "done_on")
    return {name: getattr(item, name) for name in names} | {
        "id": item.pk,
        "plan": item.plan_id,
        "owner": item.owner_id,
        "partners": [id for id, _name in row.partners],
        "indicator": item.indicator_id,
        "stage": item.stage_id,
        "is_late": row.is_late,
        "source": item.source_id,
        "shared": item.plan_id != found.pk,
    }
