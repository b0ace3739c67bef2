"""Readings as JSON, read-only: what the last run until a day wrote down. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gongjian.register.access import can_count
from gongjian.register.api import ERRORS, Slice
from gongjian.register.queries.structure import DIVISIONS
from gongjian.ui.keyset import page_of

from . import queries
from .access import indicators_visible_to, publications_visible_to, published_visible_to, readings_visible_to
from .models import PublicFigure, Reading

router = Router(tags=["indicators"])


class ReadingLine(Schema):
    """What an indicator came to at one place. Whole numbers; a rate is the numerator over the denominator."""

    id: int
    indicator: str
    version: int = Field(description="With which version of the definition it was counted.")
    walk: Literal["territory", "line", "leadership"]
    unit: int | None = Field(description="The place in the walk by territory.")
    body: int | None = Field(description="The place in the other walks.")
    denominator: int
    numerator: int
    left_out: int
    heads: int
    heads_having: int
    heads_unknown: int = Field(description="Of so many of the denominator nobody has said how many people they count.")


class ReadingPage(Schema):
    on: date | None = Field(description="The day that was read; null where none was until the day asked about.")
    readings: list[ReadingLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class ReadingFilter(Slice):
    indicator: str | None = Field(None, description="Only this indicator, by its key.")
    place: int | None = Field(None, alias="in", description="Only this division and the divisions right below it.")
    walk: Literal["territory", "line", "leadership"] | None = None


@router.get("/readings", response={200: ReadingPage, **ERRORS}, summary="Readings of the last run until a day")
def list_readings(request: HttpRequest, asked: Query[ReadingFilter]) -> dict[str, Any]:
    run = queries.last_read(asked.on or request.today)  # type: ignore[attr-defined]
    found = readings_visible_to(request.user).filter(day=run.day) if run else Reading.objects.none()
    if asked.indicator is not None:
        found = found.filter(indicator=_indicator(request, asked.indicator))
    if asked.place is not None:
        found = found.filter(_at_and_right_below(request, asked.place, run.day if run else None))
    if asked.walk:
        found = found.filter(walk=asked.walk)
    page = page_of(found, ["id"], size=asked.limit, after=asked.after)
    return {"on": run.day if run else None, "readings": [_line(each) for each in page.rows], "next": page.next}


class PublicLine(Schema):
    """An indicator at one place as everybody is told it."""

    id: int
    indicator: str
    version: int = Field(description="With which version of the definition it was counted.")
    unit: int
    above: int | None = Field(description="The place it is a part of on that day; null at the top.")
    denominator: int
    openly: int = Field(description="Of so many of the denominator open pages show that they have it.")
    numerator: int | None = Field(description="How many have it; null where that is held back.")


class PublicPage(Schema):
    on: date | None = Field(description="The day that was told; null where none was until the day asked about.")
    least: int | None = Field(description="Fewer than so many that have it, or lack it, are not told.")
    days: list[date] = Field(description="All days that were told, the latest first.")
    figures: list[PublicLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class PublicFilter(Slice):
    indicator: str | None = Field(None, description="Only this indicator, by its key.")
    place: int | None = Field(None, alias="in", description="Only this division and those right below it.")


@router.get(
    "/published",
    auth=None,
    response={200: PublicPage, **ERRORS},
    summary="Public figures of the last quarter's first day until a day; without signing in",
)
def list_published(request: HttpRequest, asked: Query[PublicFilter]) -> dict[str, Any]:
    told = publications_visible_to(request.user)
    publication = told.filter(day__lte=asked.on or request.today).first()  # type: ignore[attr-defined]
    found = published_visible_to(request.user).filter(publication=publication)
    if asked.indicator is not None:
        found = found.filter(indicator=_indicator(request, asked.indicator))
    if asked.place is not None:
        found = found.filter(Q(unit=asked.place) | Q(above=asked.place))
    page = page_of(found, ["id"], size=asked.limit, after=asked.after)
    return {
        "on": publication.day if publication else None,
        "least": publication.least if publication else None,
        "days": list(told.values_list("day", flat=True)),
        "figures": [_public_line(each) for each in page.rows],
        "next": page.next,
    }


def _public_line(figure: PublicFigure) -> dict[str, Any]:
    plain = {name: getattr(figure, name) for name in ("id", "version", "denominator", "openly", "numerator")}
    return plain | {"indicator": figure.indicator_id, "unit": figure.unit_id, "above": figure.above_id}


def _indicator(request: HttpRequest, key: str) -> str:
    if not indicators_visible_to(request.user).filter(pk=key).exists():
        raise Http404(_("There is no such indicator."))
    return key


def _at_and_right_below(request: HttpRequest, unit_id: int, day: date | None) -> Q:
    place = queries.place_of(request.user, unit_id, day or request.today)  # type: ignore[attr-defined]
    if place is None or place.kind.level not in DIVISIONS or not can_count(request.user, place.unit):
        raise Http404(_("There is no such division, or its counts are not open to you."))
    return Q(unit__in=[unit_id, *queries.divisions_below(request.user, unit_id, day)]) if day else Q()


def _line(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in PLAIN} | {
        "indicator": reading.indicator_id,
        "unit": reading.unit_id,
        "body": reading.body_id,
    }


PLAIN = [name for name in ReadingLine.model_fields if name not in ("indicator", "unit", "body")]
