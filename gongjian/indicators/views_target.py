"""The page on which a target is set, revised, ended, or taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongjian.register.actions import Refused
from gongjian.register.models import Permission, UnitEntry
from gongjian.register.views.door import DayRequest
from gongjian.register.views.why import refused

from . import targets
from .access import indicators_visible_to, targets_visible_to
from .forms import TargetForm
from .models import Indicator, Target
from .views import counted_places_only


@counted_places_only
def target(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    indicator = _settable(request, key)
    if not targets.can_set_target(request.user, indicator, entry.unit):
        return refused(request, Permission.SET_TARGETS, entry.unit, entry.name)
    own = _own(request, indicator, entry)
    given = request.POST if request.method == "POST" else None
    form = TargetForm(given, today=request.today, initial=_as_it_stands(own))
    if given is not None and form.is_valid():
        try:
            targets.set_target(indicator, entry.unit, today=request.today, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The target is set. It holds for every place below that has none of its own."))
            return redirect(_page(key, entry))
    facts = {
        "indicator": indicator,
        "entry": entry,
        "form": form,
        "own": own,
        "may_take_back": own is not None and targets.can_take_back(own),
        "address": f"{reverse('target', args=[key])}?{urlencode({'in': entry.unit_id})}",
        "end_address": f"{reverse('target_end', args=[key])}?{urlencode({'in': entry.unit_id})}",
        "back": _page(key, entry),
        "trail": [
            (entry.name, reverse("place_indicators", args=[entry.unit_id])),
            (str(indicator), _page(key, entry)),
            (_("Target"), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/target.html", facts, status=200 if given is None else 400)


@counted_places_only
@require_POST
def target_end(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    """End the target of this place, or take its last setting back."""
    indicator = _settable(request, key)
    own = _own(request, indicator, entry)
    if own is None:
        raise Http404
    is_undo = request.POST.get("do") == "take_back"
    try:
        (targets.take_back if is_undo else targets.end_target)(own, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken back.") if is_undo else _("The target has ended."))
    return redirect(_page(key, entry))


def _settable(request: DayRequest, key: str) -> Indicator:
    """Targets are set for today on; the page of a past day has none."""
    if request.day != request.today:
        raise Http404
    return get_object_or_404(indicators_visible_to(request.user).filter(awaits="").select_related("line"), pk=key)


def _own(request: DayRequest, indicator: Indicator, entry: UnitEntry) -> Target | None:
    standing = targets_visible_to(request.user).on(request.today).filter(indicator=indicator, unit=entry.unit_id)
    found: Target | None = standing.select_related("act", "indicator", "unit", "owner").first()
    return found


def _as_it_stands(own: Target | None) -> dict[str, Any]:
    if own is None:
        return {}
    return {name: getattr(own, name) for name in ("goal", "due", "baseline_on", "baseline", "document")}


def _page(key: str, entry: UnitEntry) -> str:
    return f"{reverse('indicator', args=[key])}?{urlencode({'in': entry.unit_id})}"
