"""The figures of a place: per place below it, in the structure of the day shown or of today."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.excel import Column, Sheet, workbook_response
from gongjian.ui.templatetags.ui import keep_day, thousands

from ..access import can_count, unit_entries_visible_to, units_visible_to
from ..models import Line, Permission
from ..queries.figures import FigureRow, PlaceFigures, place_figures
from ..queries.members import MemberRow, Places
from ..queries.structure import DIVISIONS, Structure
from .door import DayRequest, signed_in_only
from .why import refused


@signed_in_only
def figures(request: DayRequest, unit_id: int) -> HttpResponse:
    """How many, and how many of them covered: for whoever may see the gaps of the place."""
    place, lines = _place(request, unit_id), list(Line.objects.all())
    unit = units_visible_to(request.user).get(pk=unit_id)
    if not can_count(request.user, unit):
        return refused(request, Permission.SEE_COUNTS, unit, place)
    line, structure = _line(request, lines), _structure(request)
    is_counted = "counted" in request.GET or not _takes_long(request, unit_id)
    found = None
    if is_counted:
        found = place_figures(request.user, unit_id, request.day, request.today, line=line, structure=structure)
    asked = urlencode({"line": line.key if line else "", "structure": structure})
    facts = {
        "unit_id": unit_id,
        "name": place,
        "lines": lines,
        "line": line,
        "structure": structure,
        "figures": found,
        "is_counted": is_counted,
        "rows": [(row, _numbers(row)) for row in found.rows] if found else [],
        "whole": _numbers(found.whole) if found else None,
        "members": _member_rows(found) if found else [],
        "export_href": keep_day(f"{reverse('figures_export', args=[unit_id])}?{asked}", request),
        "trail": [(place, keep_day(reverse("unit", args=[unit_id]), request)), (_("Figures"), None)],
        "walk": "territory",
    }
    page = "figures_counted" if request.headers.get("HX-Request") and is_counted else "figures"
    return render(request, f"register/{page}.html", facts)


@signed_in_only
def figures_export(request: DayRequest, unit_id: int) -> HttpResponseBase:
    place, line = _place(request, unit_id), _line(request, list(Line.objects.all()))
    unit = units_visible_to(request.user).get(pk=unit_id)
    if not can_count(request.user, unit):
        return refused(request, Permission.SEE_COUNTS, unit, place)
    structure = _structure(request)
    found = place_figures(request.user, unit_id, request.day, request.today, line=line, structure=structure)
    if found is None:
        raise Http404
    day = request.day.isoformat()
    said = _("in the structure of today") if structure == "today" else _("in the structure of that day")
    told = [(_("Place"), place), (_("Day"), day), (_("Structure"), said), (_("Line"), str(line or "–"))]
    if found.members.hides_some:
        told.append((_("Members"), _why_hidden()))
    notes = (_("Notes"), told)
    members = Sheet(_("Members"), _member_columns(found), _member_sheet(found))
    return workbook_response(
        f"{place}-{day}.xlsx", _columns(), _sheet(found), sheet=_("Figures"), more=[members], notes=notes
    )


def _columns() -> list[Column]:
    words = (_("Villages and communities"), _("Employers"), _("Covered"))
    return [
        Column(_("Place"), 28),
        *(Column(word, 14, "number") for word in words),
        Column(_("Coverage rate") + " (%)", 12, "number"),
    ]


def _sheet(found: PlaceFigures) -> list[list[Any]]:
    return [[_called(row), *_plain(row)] for row in [*found.rows, found.whole]]


def _called(row: FigureRow) -> str:
    if not row.places:
        return _("Together")
    if row.is_of_level:
        return row.names
    if len(row.places) == 1:
        return _("In %(names)s, no more is known") % {"names": row.names}
    return _("Between %(names)s, cannot be divided") % {"names": row.names}


def _plain(row: FigureRow) -> list[float | None]:
    rate = None if row.rate is None else round(row.rate * 100, 1)
    return [float(row.villages), float(row.employers), float(row.covered), rate]


@dataclass(frozen=True)
class MemberLine:
    """A row of the table of members as it is shown: whose, and its numbers by line and together."""

    places: Places
    is_of_level: bool
    called: str
    numbers: list[Decimal | None]
    cells: list[tuple[str, str]]


def _member_rows(found: PlaceFigures) -> list[MemberLine]:
    """The places of the level first, then what lies in none of them alone, then all together."""
    levels = {tuple(id for id, _name in row.places) for row in found.rows if row.is_of_level}
    rows = sorted(found.members.rows, key=lambda row: (row.places not in levels, row.places))
    return [_member_line(row, found, row.places in levels) for row in [*rows, found.members.whole]]


def _member_line(row: MemberRow, found: PlaceFigures, is_of_level: bool) -> MemberLine:
    names = " / ".join(found.names.get(id, "") for id in row.places)
    called = names
    if not row.places:
        called = _("Together")
    elif len(row.places) > 1:
        called = _("Between %(names)s, cannot be divided") % {"names": names}
    elif not is_of_level:
        called = _("In %(names)s itself") % {"names": names}
    numbers = [*row.by_line, row.together]
    labels = [*map(str, found.members.lines), _("All lines")]
    cells = [(label, "–" if number is None else _number(number)) for label, number in zip(labels, numbers, strict=True)]
    return MemberLine(row.places, is_of_level, called, numbers, cells)


def _member_columns(found: PlaceFigures) -> list[Column]:
    lines = [Column(str(line), 14, "number") for line in found.members.lines]
    return [Column(_("Place"), 28), *lines, Column(_("All lines"), 14, "number")]


def _member_sheet(found: PlaceFigures) -> list[list[Any]]:
    return [
        [row.called, *("–" if number is None else float(number) for number in row.numbers)]
        for row in _member_rows(found)
    ]


def _why_hidden() -> str:
    return _("A dash stands for fewer than 5 members, and for other numbers from which such a one could be worked out.")


def _numbers(row: FigureRow) -> list[str]:
    return [_number(number) for number in (row.villages, row.employers, row.covered)]


def _number(number: Decimal) -> str:
    """Whole, or to a tenth where a share of something was counted."""
    return thousands(int(number)) if number == number.to_integral_value() else f"{number:,.1f}"


def _place(request: DayRequest, unit_id: int) -> str:
    """What it is called on the day, or else last. Raises Http404 if there is no such unit."""
    entries = list(unit_entries_visible_to(request.user).filter(unit=unit_id).order_by("valid"))
    if not entries:
        raise Http404
    of_day = [entry for entry in entries if entry.since <= request.day] or entries
    return of_day[-1].name


def _takes_long(request: DayRequest, unit_id: int) -> bool:
    """At the top of the territory the page comes first, and the count after it."""
    entries = unit_entries_visible_to(request.user).on(request.day).filter(unit=unit_id)
    return bool(entries.filter(kind__level=DIVISIONS[0]).exists())


def _line(request: DayRequest, lines: list[Line]) -> Line | None:
    asked = request.GET.get("line", "")
    first = next((line for line in lines if not line.leads), None)
    return next((line for line in lines if line.key == asked), first)


def _structure(request: DayRequest) -> Structure:
    return "today" if request.GET.get("structure") == "today" else "then"
