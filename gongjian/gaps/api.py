"""The gaps of a place as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.indicators.access import indicators_visible_to
from gongjian.register.access import can_count, units_visible_to
from gongjian.ui.problem import Problem

from . import queries

router = Router(tags=["gaps"])

WayKey = Literal["own", "joint", "area", "organiser", "mass_first", "ask_numbers"]


class GapLine(Schema):
    """A unit that no body of the line covers, and how that could change."""

    unit: int
    name: str
    heads: int | None = Field(description="As the line counts members; null where nobody has said.")
    way: WayKey
    suggestion: int | None
    neighbours: list[int] = Field(description="The units of the same suggestion, without this one.")
    decision: Literal["accepted", "set_aside"] | None
    responsible: int | None = Field(description="The body responsible; one that could cover it, where the way is area.")
    leverage: int = Field(description="Heads × ease of the way; the list runs from the largest.")


class GapPage(Schema):
    on: date | None = Field(description="The day of the night run that found them; null before the first one.")
    gaps: list[GapLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class GapFilter(Schema):
    """Of which indicator, which way, and which page of the list."""

    indicator: str = Field("", description="The key of an indicator; not found without it.", pattern="^[A-Za-z0-9_]*$")
    way: WayKey | None = None
    after: str = Field("", description="The cursor `next` of the page before.", pattern="^[^\x00]*$")
    limit: int = Field(100, ge=1, le=1000)


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/units/{unit_id}/gaps", response={200: GapPage, **ERRORS}, summary="What an indicator misses at a place")
def gaps_of_a_place(request: HttpRequest, unit_id: int, asked: Query[GapFilter]) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    unit = units_visible_to(request.user).filter(pk=unit_id).first()
    if unit is None or not can_count(request.user, unit):
        raise Http404(_("There is no such unit, or its gaps are not open to you."))
    indicator = indicators_visible_to(request.user).filter(pk=asked.indicator, awaits="", of="units").first()
    rules = queries.rules_of(indicator, today) if indicator else None
    if indicator is None or rules is None:
        raise Http404(_("No list of gaps is kept for this indicator."))
    narrowed = queries.Asked(indicator, unit_id, asked.way or "")
    found = queries.listed(request.user, rules, narrowed, today, size=asked.limit, after=asked.after)
    return {
        "on": queries.found_on(),
        "gaps": [_gap_line(row) for row in found.page.rows],
        "next": found.page.next,
    }


def _gap_line(row: Any) -> dict[str, Any]:
    return {
        "unit": row.unit_id,
        "name": row.name,
        "heads": row.heads,
        "way": row.way,
        "suggestion": row.told_suggestion.pk if row.told_suggestion else None,
        "neighbours": [id for id, _name in row.neighbours],
        "decision": row.decision.verdict if row.decision else None,
        "responsible": row.body_id,
        "leverage": row.leverage,
    }
