"""The page of what a unit, and all below it, is asked for in a month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.register.access import can_count, unit_entries_visible_to
from gongjian.register.models import UnitEntry
from gongjian.register.queries.structure import DIVISIONS
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response

from . import burden
from .access import can_see_burden
from .models import Ceiling
from .receivers import month_of


@signed_in_only
@require_GET
def of_a_unit(request: AccountRequest, unit_id: int) -> HttpResponse:
    entry, first = _entry(request, unit_id), _month(request)
    month, senders = burden.month_at(request.user, entry.unit, first, request.today)
    _first, after = month_of(first)
    is_place = entry.kind.level in DIVISIONS and can_count(request.user, entry.unit)
    facts = {
        "entry": entry,
        "first": first,
        "month": month,
        "senders": senders,
        "below": burden.place(request.user, entry.unit, first, request.today) if is_place else None,
        "ceilings": list(Ceiling.objects.all()),
        "previous": _before(first).strftime("%Y-%m"),
        "next": after.strftime("%Y-%m"),
        "place": "inbox",
        "trail": [(entry.name, reverse("unit", args=[unit_id])), (_("What is asked of it"), None)],
        "walk": "territory",
    }
    return render(request, "asks/burden.html", facts)


@signed_in_only
@require_GET
def export(request: AccountRequest, unit_id: int) -> HttpResponseBase:
    """The units that are asked for the most, as Excel."""
    entry, first = _entry(request, unit_id), _month(request)
    if not can_count(request.user, entry.unit):
        raise Http404
    found = burden.place(request.user, entry.unit, first, request.today)
    columns = [Column(_("Unit"), 36), *(Column(each, 12, "number") for each in _heads())]
    rows = ([each.name, each.minutes, each.questions, each.asks, each.ceiling] for each in found.fullest)
    return workbook_response(f"{entry.name}-{first:%Y-%m}.xlsx", columns, rows, sheet=f"{first:%Y-%m}")


def _heads() -> list[str]:
    return [_("Minutes"), _("Questions"), _("Things to do"), _("Ceiling")]


def _entry(request: AccountRequest, unit_id: int) -> UnitEntry:
    entry: Any = unit_entries_visible_to(request.user).on(request.today).filter(unit=unit_id)
    found: UnitEntry | None = entry.select_related("unit", "kind").first()
    if found is None or not can_see_burden(request.user, found.unit):
        raise Http404(_("There is no such unit today, or what is asked of it is not open to you."))
    return found


def _month(request: AccountRequest) -> date:
    """The month asked for, as 2026-11; this month if none is."""
    said = request.GET.get("month", "")
    if not said:
        return request.today.replace(day=1)
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        raise Http404 from None


def _before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
