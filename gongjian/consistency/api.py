"""What does not agree at a place, as JSON, read-only. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.register.access import units_visible_to
from gongjian.register.api import ERRORS, Slice
from gongjian.register.queries.lists import unit_at_and_below
from gongjian.ui.keyset import page_of

from .access import doubts_visible_to
from .models import Doubt, SetAside

router = Router(tags=["consistency"])


class DoubtLine(Schema):
    """A check found something that does not agree."""

    id: int
    check: str
    severity: Literal["error", "warning", "hint"]
    line: str
    of: Literal["unit", "body", "venue"]
    about: int = Field(description="The id of the unit, body or venue.")
    place: int = Field(description="The unit through which it is seen.")
    first_seen: date
    set_aside_until: date | None = Field(description="Until this day it counts as no fault.")


class DoubtPage(Schema):
    on: date
    doubts: list[DoubtLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class DoubtFilter(Slice):
    below: Annotated[int, Field(description="The place: this unit and what stood below it in the territory.")]
    check: str | None = None
    severity: Literal["error", "warning", "hint"] | None = None


@router.get("/doubts", response={200: DoubtPage, **ERRORS}, summary="What does not agree at a place on a day")
def list_doubts(request: HttpRequest, asked: Query[DoubtFilter]) -> dict[str, Any]:
    today: date = request.today  # type: ignore[attr-defined]
    day = asked.on or today
    place = units_visible_to(request.user).filter(pk=asked.below).first()
    if place is None:
        raise Http404(_("There is no such unit."))
    found = doubts_visible_to(request.user).on(day)
    found = found.filter(unit_at_and_below(request.user, place.pk, day, today, "place")).select_related("raised_by")
    if asked.check is not None:
        found = found.filter(raised_by=asked.check)
    if asked.severity is not None:
        found = found.filter(raised_by__severity=asked.severity)
    page = page_of(found, ["id"], size=asked.limit, after=asked.after)
    asides = dict(SetAside.objects.on(day).filter(doubt__in=page.rows).values_list("doubt", "valid__endswith"))
    return {"on": day, "doubts": [_line(each, asides.get(each.pk)) for each in page.rows], "next": page.next}


def _line(doubt: Doubt, until: date | None) -> dict[str, Any]:
    check, (of, about) = doubt.raised_by, doubt.about
    return {
        "id": doubt.pk,
        "check": check.pk,
        "severity": check.severity,
        "line": check.line_id,
        "of": of,
        "about": about,
        "place": doubt.place_id,
        "first_seen": doubt.first_seen,
        "set_aside_until": until,
    }
