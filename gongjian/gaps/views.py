"""The pages of gaps: what an indicator misses at a place and what to do about it; one suggestion of a joint body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.accounts.models import User
from gongjian.chronicle.whence import act_as
from gongjian.indicators.access import indicators_visible_to, place_readings_visible_to
from gongjian.indicators.models import Indicator
from gongjian.indicators.queries import figure_of, last_read
from gongjian.indicators.views import count_address, counted_places_only
from gongjian.register.models import UnitEntry
from gongjian.register.queries.lists import Counted, units_to_narrow_to
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, thousands

from . import actions, queries, work
from .access import office_that_decides, suggestions_visible_to
from .models import Suggestion, Way
from .queries import Asked

MOST_IN_A_FILE = 100_000


@counted_places_only
@require_GET
def listed(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    """The gaps of today; of another day none are kept, and the page says so."""
    indicator = _indicator(request, key)
    rules = queries.rules_of(indicator, request.day)
    places = units_to_narrow_to(request.user, request.today, entry.unit_id)
    asked = _asked(request, indicator, entry, places)
    of_today = rules is not None and request.day == request.today
    if rules and of_today and request.GET.get("part") == "count":
        return HttpResponse(_units_said(queries.gaps_counted(request.user, rules, asked, request.today)))
    found = (
        queries.listed(
            request.user,
            rules,
            asked,
            request.today,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            needed=_needed(request, indicator, entry),
        )
        if rules and of_today
        else None
    )
    facts = {
        "indicator": indicator,
        "entry": entry,
        "rules": rules,
        "found_on": queries.found_on() if rules else None,
        "listed": found,
        "said": _said(request, rules, asked, found) if rules and found else "",
        "count_href": count_address(request, found.count) if found else "",
        "ways": [(way.value, way.label, _ease(rules, way)) for way in Way],
        "way": asked.way,
        "places": places,
        "place_id": asked.unit_id,
        "export_href": _export_address(request, key, entry, asked),
        "trail": _trail(request, indicator, entry),
        "walk": "territory",
    }
    return render(request, "gaps/listed.html", facts)


def _said(request: DayRequest, rules: queries.Rules, asked: Asked, found: queries.Listed) -> str:
    is_wanted = found.count.is_more and "counted" in request.GET
    return _units_said(queries.gaps_counted(request.user, rules, asked, request.today) if is_wanted else found.count)


def _units_said(count: Counted) -> str:
    said = _("Units: more than %(count)s") if count.is_more else _("Units: %(count)s")
    return said % {"count": thousands(count.number)}


def _needed(request: DayRequest, indicator: Indicator, entry: UnitEntry) -> int | None:
    """How many more the place needs to reach the target that holds there; None without one. Five queries."""
    run = last_read(request.today)
    readings = place_readings_visible_to(request.user).filter(indicator=indicator, unit=entry.unit_id)
    now = readings.filter(day=run.day).first() if run else None
    aim = figure_of(request.user, indicator, entry.unit_id, request.today, now).aim
    return aim.needed if aim and now else None


@counted_places_only
@require_GET
def export(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    indicator = _indicator(request, key)
    rules = queries.rules_of(indicator, request.day)
    if rules is None or request.day != request.today:
        raise Http404
    places = units_to_narrow_to(request.user, request.today, entry.unit_id)
    asked = _asked(request, indicator, entry, places)
    rows = queries.every(request.user, rules, asked, request.today, most=MOST_IN_A_FILE)
    if rows is None:
        raise BadRequest(_("More than 100,000 records. Choose a place further down and take them from there."))
    filename = f"{indicator}-{entry.name}-{request.day}.xlsx"
    return workbook_response(filename, _columns(), map(_line, rows), sheet=str(indicator))


def _columns() -> list[Column]:
    return [
        Column(_("Unit"), 36),
        Column(_("Where"), 28),
        Column(_("Heads"), 10, "number"),
        Column(_("Suggested way"), 24),
        Column(_("With"), 48),
        Column(_("State"), 18),
        Column(_("Responsible"), 32),
        Column(_("Weight"), 10, "number"),
        Column(_("Why this way"), 60),
    ]


def _line(row: Any) -> list[Any]:
    neighbours = "；".join(name for _id, name in row.neighbours)
    state = row.decision.get_verdict_display() if row.decision else ""
    facts = [row.name, " › ".join(row.where), row.heads, row.get_way_display(), neighbours, state]
    return [*facts, row.body_name, row.leverage, row.why]


@signed_in_only
@require_GET
def suggestion(request: DayRequest, suggestion_id: int) -> HttpResponse:
    told = queries.suggestion_told(request.user, suggestion_id, request.today)
    if told is None:
        raise Http404
    indicators = list(indicators_visible_to(request.user).filter(pk__in=told.indicators))
    facts = {
        "told": told,
        "asked_for": work.asked_for(request.user, told.suggestion, request.today),
        "may_decide": office_that_decides(request.user, told.suggestion) is not None,
        "indicators": [(each, _gaps_address(request, each.pk, told.suggestion.hood_id)) for each in indicators],
        "trail": [
            (told.hood, keep_day(reverse("unit", args=[told.suggestion.hood_id]), request)),
            (_("Suggestion"), None),
        ],
    }
    return render(request, "gaps/suggestion.html", facts)


@signed_in_only
@require_POST
def accept(request: DayRequest, suggestion_id: int) -> HttpResponse:
    def verb(found: Suggestion, by: User) -> object:
        return actions.accept(found, now=timezone.now(), by=by)

    return _decided(request, suggestion_id, verb, _("Accepted: the work is open until a body covers these units."))


@signed_in_only
@require_POST
def set_aside(request: DayRequest, suggestion_id: int) -> HttpResponse:
    def verb(found: Suggestion, by: User) -> object:
        return actions.set_aside(found, reason=request.POST.get("reason", ""), now=timezone.now(), by=by)

    return _decided(request, suggestion_id, verb, _("Set aside: these units are not suggested together again."))


@signed_in_only
@require_POST
def take_back(request: DayRequest, suggestion_id: int) -> HttpResponse:
    def verb(found: Suggestion, by: User) -> object:
        return actions.take_back(found, now=timezone.now(), by=by)

    return _decided(request, suggestion_id, verb, _("Taken back: nothing is decided about it."))


def _decided(
    request: DayRequest, suggestion_id: int, verb: Callable[[Suggestion, User], object], said: str
) -> HttpResponse:
    found = suggestions_visible_to(request.user).filter(pk=suggestion_id).first()
    office = office_that_decides(request.user, found) if found else None
    if found is None or office is None:
        raise Http404
    act_as(office)
    try:
        verb(found, _account(request))
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("gap_suggestion", suggestion_id)


def _account(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


# == what was asked ==
def _indicator(request: DayRequest, key: str) -> Indicator:
    return get_object_or_404(indicators_visible_to(request.user).filter(awaits="", of="units"), pk=key)


def _asked(request: DayRequest, indicator: Indicator, entry: UnitEntry, places: list[tuple[int, str]]) -> Asked:
    """404 for a way or a place that is not offered."""
    way, place = request.GET.get("way", ""), request.GET.get("place", "")
    offered = {str(id): id for id, _name in places} | {"": entry.unit_id}
    if way not in {"", *Way.values} or place not in offered:
        raise Http404
    return Asked(indicator, offered[place], way)


def _ease(rules: queries.Rules | None, way: Way) -> int:
    return rules.joining.ease.get(way, 0) if rules else 0


# == addresses ==
def _gaps_address(request: DayRequest, key: str, unit_id: int) -> str:
    return keep_day(f"{reverse('indicator_gaps', args=[key])}?{urlencode({'in': unit_id})}", request)


def _export_address(request: DayRequest, key: str, entry: UnitEntry, asked: Asked) -> str:
    narrowed = {"in": str(entry.unit_id), "way": asked.way}
    if asked.unit_id != entry.unit_id:
        narrowed["place"] = str(asked.unit_id)
    query = urlencode({name: value for name, value in narrowed.items() if value})
    return keep_day(f"{reverse('indicator_gaps_export', args=[key])}?{query}", request)


def _trail(request: DayRequest, indicator: Indicator, entry: UnitEntry) -> list[tuple[str, str | None]]:
    own = f"{reverse('indicator', args=[indicator.pk])}?{urlencode({'in': entry.unit_id})}"
    return [
        (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
        (str(indicator), keep_day(own, request)),
        (_("What to do"), None),
    ]
