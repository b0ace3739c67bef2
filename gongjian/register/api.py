"""Units, bodies and covers as JSON, read-only, on any day. Same access as the pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import field_validator

from gongjian.ui.keyset import page_of
from gongjian.ui.problem import Problem

from .access import (
    bodies_visible_to,
    body_entries_visible_to,
    covers_visible_to,
    unit_entries_visible_to,
    units_visible_to,
)
from .models import BodyEntry, Cover, Unit, UnitEntry
from .models.dated import DatedQuerySet, Row
from .queries.onwards import lineage_told
from .queries.records import body_told, unit_told
from .walks import units_below

router = Router(tags=["register"])

On = Annotated[date | None, Field(description="The day asked about, as 2018-10-31; today without it.")]
Level = Literal["city", "county", "town", "village", "place", "employer"]


class UnitLine(Schema):
    """A unit as it stood on the day."""

    id: int
    name: str
    official_name: str
    code: str
    credit_code: str
    kind: str
    status: str
    parent: int | None
    since: date | None
    until: date | None


class BodyLine(Schema):
    """A body as it stood on the day."""

    id: int
    name: str
    code: str
    line: str
    kind: str
    form: str
    seat: int
    superior: int | None
    leader: int | None
    since: date | None
    until: date | None


class CoverLine(Schema):
    """A body covers a unit."""

    id: int
    body: int
    unit: int
    since: date | None
    until: date | None


class Named(Schema):
    id: int
    name: str


class UnitTold(Schema):
    """One unit with what it stood under, from the top down."""

    on: date
    type: Literal["unit"]
    id: int
    name: str
    official_name: str
    code: str
    credit_code: str
    kind: str
    level: Level
    status: str
    parent: Named | None
    under: list[Named]
    since: date | None
    until: date | None


class BodyTold(Schema):
    """One body with its seat, its superior in the line and its leader."""

    on: date
    type: Literal["body"]
    id: int
    name: str
    code: str
    line: str
    kind: str
    kind_name: str
    form: str
    seat: Named | None
    superior: Named | None
    leader: Named | None
    since: date | None
    until: date | None


class LinkTold(Schema):
    """One link of a lineage: from a day all of the old one, or a share of it, goes on in the new one."""

    id: int
    on: date
    how: str
    old: int
    new: int | None
    share: str | None = Field(description="Exact, as text; null where nobody can know it.")
    document: str | None = Field(description="The number or title of the document it stands on.")


class EndTold(Schema):
    """At the other end of a lineage: a unit or body as it stands on the day asked about."""

    id: int
    name: str
    code: str
    share: str | None = Field(description="Exact, as text; null where nobody can know it.")


class LostTold(Schema):
    """Where a way is lost: of the last (first) thing on it nobody knows what it became (came from)."""

    id: int
    on: date | None
    last_parent: int | None


class LineageTold(Schema):
    """What a unit or body is on a day: itself, what it has become, or what it came from."""

    id: int
    type: Literal["unit", "body"]
    on: date
    stands: bool = Field(description="It stands itself on the day.")
    direction: Literal["onwards", "back"] | None = Field(description="Null while it stands itself.")
    ends: list[EndTold]
    lost: list[LostTold]
    links: list[LinkTold] = Field(description="Every link of it, on any day, oldest first.")


class UnitPage(Schema):
    on: date
    units: list[UnitLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class BodyPage(Schema):
    on: date
    bodies: list[BodyLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class CoverPage(Schema):
    on: date
    covers: list[CoverLine]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class Slice(Schema):
    """Which day, and which page of the list."""

    on: On = None
    after: str = Field("", description="The cursor `next` of the page before.")
    limit: int = Field(100, ge=1, le=1000)

    @field_validator("*", mode="before")
    @classmethod
    def _without_zero_bytes(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValueError(_("It holds a zero byte. Take it away."))
        return value


class UnitFilter(Slice):
    below: int | None = Field(None, description="Only this unit and what stood below it in the territory.")
    level: Level | None = None
    kind: str | None = None
    status: str | None = None
    code: str | None = Field(None, description="Held this statistical code or credit code on the day.")
    code_ever: str | None = Field(None, description="Held this statistical code or credit code on any day.")


class BodyFilter(Slice):
    line: str | None = None
    kind: str | None = None
    seat: int | None = None
    superior: int | None = None
    leader: int | None = None
    code: str | None = None


class CoverFilter(Slice):
    body: int | None = None
    unit: int | None = None


ERRORS = {400: Problem, 401: Problem, 404: Problem}


@router.get("/units", response={200: UnitPage, **ERRORS}, summary="Units of a day")
def list_units(request: HttpRequest, asked: Query[UnitFilter]) -> dict[str, Any]:
    day = asked.on or _today(request)
    found = unit_entries_visible_to(request.user).on(day)
    if asked.below is not None:
        found = found.filter(unit__in=units_below(_unit(request, asked.below), day, _today(request)))
    if asked.level:
        found = found.filter(kind__level=asked.level)
    if asked.code:
        found = found.filter(code=asked.code) | found.filter(credit_code=asked.code)
    if asked.code_ever:
        held = Q(code=asked.code_ever) | Q(credit_code=asked.code_ever)
        found = found.filter(unit__in=unit_entries_visible_to(request.user).filter(held).values("unit"))
    found = _only(found, asked, "kind", "status")
    page = page_of(found, ["unit_id"], size=asked.limit, after=asked.after)
    return {"on": day, "units": [_unit_line(entry) for entry in page.rows], "next": page.next}


@router.get("/units/{unit_id}", response={200: UnitTold, **ERRORS}, summary="One unit on a day")
def show_unit(request: HttpRequest, unit_id: int, on: On = None) -> dict[str, Any]:
    day = on or _today(request)
    _unit(request, unit_id)
    entry = unit_entries_visible_to(request.user).on(day).filter(unit=unit_id).select_related("kind").first()
    if entry is None:
        raise Http404(_("The unit does not stand on %(day)s.") % {"day": day})
    return unit_told(request.user, entry, day)


@router.get("/units/{unit_id}/lineage", response={200: LineageTold, **ERRORS}, summary="What a unit is on a day")
def unit_lineage(request: HttpRequest, unit_id: int, on: On = None) -> dict[str, Any]:
    _unit(request, unit_id)
    return lineage_told(request.user, "unit", unit_id, on or _today(request))


@router.get("/bodies", response={200: BodyPage, **ERRORS}, summary="Bodies of a day")
def list_bodies(request: HttpRequest, asked: Query[BodyFilter]) -> dict[str, Any]:
    day = asked.on or _today(request)
    found = body_entries_visible_to(request.user).on(day).select_related("body")
    if asked.line:
        found = found.filter(body__line=asked.line)
    found = _only(found, asked, "kind", "seat", "superior", "leader", "code")
    page = page_of(found, ["body_id"], size=asked.limit, after=asked.after)
    return {"on": day, "bodies": [_body_line(entry) for entry in page.rows], "next": page.next}


@router.get("/bodies/{body_id}", response={200: BodyTold, **ERRORS}, summary="One body on a day")
def show_body(request: HttpRequest, body_id: int, on: On = None) -> dict[str, Any]:
    day = on or _today(request)
    if not bodies_visible_to(request.user).filter(pk=body_id).exists():
        raise Http404(_("There is no such body."))
    found = body_entries_visible_to(request.user).on(day).filter(body=body_id)
    entry = found.select_related("kind", "body").first()
    if entry is None:
        raise Http404(_("The body does not stand on %(day)s.") % {"day": day})
    return body_told(request.user, entry, day)


@router.get("/bodies/{body_id}/lineage", response={200: LineageTold, **ERRORS}, summary="What a body is on a day")
def body_lineage(request: HttpRequest, body_id: int, on: On = None) -> dict[str, Any]:
    if not bodies_visible_to(request.user).filter(pk=body_id).exists():
        raise Http404(_("There is no such body."))
    return lineage_told(request.user, "body", body_id, on or _today(request))


@router.get("/covers", response={200: CoverPage, **ERRORS}, summary="Which bodies cover which units on a day")
def list_covers(request: HttpRequest, asked: Query[CoverFilter]) -> dict[str, Any]:
    day = asked.on or _today(request)
    found = _only(covers_visible_to(request.user).on(day), asked, "body", "unit")
    page = page_of(found, ["id"], size=asked.limit, after=asked.after)
    return {"on": day, "covers": [_cover_line(cover) for cover in page.rows], "next": page.next}


def _today(request: HttpRequest) -> date:
    return request.today  # type: ignore[attr-defined]


def _unit(request: HttpRequest, unit_id: int) -> Unit:
    unit = units_visible_to(request.user).filter(pk=unit_id).first()
    if unit is None:
        raise Http404(_("There is no such unit."))
    return unit


def _only(found: DatedQuerySet[Row], asked: Slice, *fields: str) -> DatedQuerySet[Row]:
    given = {field: getattr(asked, field) for field in fields}
    return found.filter(**{field: value for field, value in given.items() if value is not None})


def _unit_line(entry: UnitEntry) -> dict[str, Any]:
    return {
        "id": entry.unit_id,
        "name": entry.name,
        "official_name": entry.official_name or entry.name,
        "code": entry.code,
        "credit_code": entry.credit_code,
        "kind": entry.kind_id,
        "status": entry.status,
        "parent": entry.parent_id,
        "since": entry.since,
        "until": entry.until,
    }


def _body_line(entry: BodyEntry) -> dict[str, Any]:
    return {
        "id": entry.body_id,
        "name": entry.name,
        "code": entry.code,
        "line": entry.body.line_id,
        "kind": entry.kind_id,
        "form": entry.form_id,
        "seat": entry.seat_id,
        "superior": entry.superior_id,
        "leader": entry.leader_id,
        "since": entry.since,
        "until": entry.until,
    }


def _cover_line(cover: Cover) -> dict[str, Any]:
    return {
        "id": cover.pk,
        "body": cover.body_id,
        "unit": cover.unit_id,
        "since": cover.since,
        "until": cover.until,
    }
