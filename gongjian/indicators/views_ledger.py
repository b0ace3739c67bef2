"""The page on which a unit is left out of an indicator with a reason, and the button that counts it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongjian.register.access import can_count
from gongjian.register.actions import Refused
from gongjian.register.models import Permission, UnitEntry
from gongjian.register.queries.structure import nearest_division
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused

from . import ledger, queries
from .access import exclusions_visible_to, indicators_visible_to
from .forms import LeaveOutForm
from .models import Indicator
from .views import asked_place


def counted_units_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the unit over that was asked for as `in`, of any level, to whoever may count it."""

    @signed_in_only
    @wraps(view)
    def guarded(request: DayRequest, key: str) -> HttpResponseBase:
        entry = queries.place_of(request.user, asked_place(request), request.day)
        if entry is None:
            raise Http404
        if not can_count(request.user, entry.unit):
            return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
        return view(request, entry, key)

    return guarded


@counted_units_only
def leave_out(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    indicator = _of_units(request, key)
    if not ledger.can_leave_out(request.user, indicator, entry.unit):
        return refused(request, Permission.SET_TARGETS, entry.unit, entry.name)
    given = request.POST if request.method == "POST" else None
    form = LeaveOutForm(given)
    if given is not None and form.is_valid():
        try:
            ledger.leave_out(indicator, entry.unit, today=request.today, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It is left out from today. The figures follow with the next night run."))
            return redirect(_left_out(request, key, entry))
    near = nearest_division(request.user, entry.unit_id, request.today)
    facts = {
        "indicator": indicator,
        "entry": entry,
        "form": form,
        "address": f"{reverse('indicator_leave_out', args=[key])}?{urlencode({'in': entry.unit_id})}",
        "back": reverse("unit", args=[entry.unit_id]),
        "trail": [
            (entry.name, reverse("unit", args=[entry.unit_id])),
            (str(indicator), f"{reverse('indicator', args=[key])}?{urlencode({'in': near})}"),
            (_("Leave out"), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/leave_out.html", facts, status=200 if given is None else 400)


@counted_units_only
@require_POST
def count_again(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    indicator = _of_units(request, key)
    standing = exclusions_visible_to(request.user).on(request.today).filter(indicator=indicator, unit=entry.unit_id)
    exclusion = standing.select_related("indicator", "unit").first()
    if exclusion is None:
        raise Http404
    try:
        ledger.count_again(exclusion, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It is counted again from today. The figures follow with the next night run."))
    return redirect(_left_out(request, key, entry))


def _of_units(request: DayRequest, key: str) -> Indicator:
    """What is left out is said for today on; the page of a past day has none."""
    if request.day != request.today:
        raise Http404
    return get_object_or_404(indicators_visible_to(request.user).filter(awaits="", of=Indicator.Of.UNITS), pk=key)


def _left_out(request: DayRequest, key: str, entry: UnitEntry) -> str:
    """What is left out of the division that the unit lies in: employers and buildings have no lists."""
    asked = urlencode({"in": str(nearest_division(request.user, entry.unit_id, request.today)), "show": "left_out"})
    return f"{reverse('indicator_records', args=[key])}?{asked}"
