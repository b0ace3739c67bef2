"""The pages of figures: a place with all its indicators, one indicator by place and through time, and the records."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongjian.register.access import can_count
from gongjian.register.models import Permission, UnitEntry, UnitKind
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import queries
from .access import indicators_visible_to
from .models import Indicator
from .queries import Figure, PlaceRow

MOST_IN_A_FILE = 100_000
DIVISIONS = (UnitKind.Level.CITY, UnitKind.Level.COUNTY, UnitKind.Level.TOWN, UnitKind.Level.VILLAGE)


def _place(request: DayRequest, unit_id: int) -> UnitEntry:
    """The division on the day of the page. 404 if there never was one; employers have no figures."""
    place = queries.place_of(request.user, unit_id, request.day)
    if place is None or place.kind.level not in DIVISIONS:
        raise Http404
    return place


@signed_in_only
def place(request: DayRequest, unit_id: int) -> HttpResponse:
    entry = _place(request, unit_id)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    run = queries.last_read(request.day)
    figures = queries.place_figures(request.user, unit_id, run) if run else []
    main = _first_of_each_line(figures)
    facts = {
        "entry": entry,
        "run": run,
        "figures": figures,
        "main": [(each, _hrefs(request, each, unit_id)) for each in main],
        "rows": [(each, _hrefs(request, each, unit_id)) for each in figures],
        "heat": queries.heat(request.user, [each.indicator for each in main], unit_id, run) if run else [],
        "export_href": keep_day(reverse("place_indicators_export", args=[unit_id]), request),
        "counts_href": keep_day(reverse("figures", args=[unit_id]), request),
        "trail": [(entry.name, keep_day(reverse("unit", args=[unit_id]), request)), (_("Figures"), None)],
        "walk": "territory",
    }
    return render(request, "indicators/place.html", facts)


@signed_in_only
def place_export(request: DayRequest, unit_id: int) -> HttpResponseBase:
    entry = _place(request, unit_id)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    run = queries.last_read(request.day)
    if run is None:
        raise Http404
    rows = [_line(each) for each in queries.place_figures(request.user, unit_id, run)]
    columns = [Column(_("Indicator"), 32), *_number_columns()]
    return workbook_response(f"{entry.name}-{run.day}.xlsx", columns, rows, sheet=_("Figures"))


@signed_in_only
def indicator(request: DayRequest, key: str) -> HttpResponse:
    found = get_object_or_404(indicators_visible_to(request.user).select_related("line"), pk=key)
    entry = _asked_place(request)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    run = queries.last_read(request.day)
    through = queries.through_time(request.user, found, entry.unit_id, request.day)
    figure = Figure(found, next((each for each in reversed(through) if run and each.day == run.day), None), None)
    below = queries.by_place(request.user, found, entry.unit_id, run) if run else []
    facts = {
        "indicator": found,
        "entry": entry,
        "run": run,
        "figure": figure,
        "hrefs": _hrefs(request, figure, entry.unit_id),
        "below": [(row, _hrefs(request, Figure(found, row.reading, None), row.unit_id)) for row in below],
        "through": through,
        "line_points": queries.drawn(through),
        "export_href": _address(request, "indicator_export", key, entry.unit_id),
        "trail": [
            (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
            (str(found), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/indicator.html", facts)


@signed_in_only
def indicator_export(request: DayRequest, key: str) -> HttpResponseBase:
    found = get_object_or_404(indicators_visible_to(request.user), pk=key)
    entry, run = _asked_place(request), queries.last_read(request.day)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    if run is None:
        raise Http404
    rows = [_place_line(row) for row in queries.by_place(request.user, found, entry.unit_id, run)]
    columns = [Column(_("Place"), 24), *_number_columns()]
    return workbook_response(f"{found}-{entry.name}-{run.day}.xlsx", columns, rows, sheet=str(found))


@signed_in_only
def records(request: DayRequest, key: str) -> HttpResponse:
    found = get_object_or_404(indicators_visible_to(request.user).filter(awaits=""), pk=key)
    entry, which = _asked_place(request), _which(request)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    listed = queries.records(
        request.user,
        found,
        which,
        entry.unit_id,
        request.day,
        request.today,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    choices = [(each, _records_address(request, key, entry.unit_id, each)) for each in queries.WHICH]
    facts = {
        "indicator": found,
        "entry": entry,
        "which": which,
        "choices": choices,
        "listed": listed,
        "export_href": _records_address(request, key, entry.unit_id, which, "indicator_records_export"),
        "trail": [
            (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
            (str(found), _address(request, "indicator", key, entry.unit_id)),
            (_("Records"), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/records.html", facts)


@signed_in_only
def records_export(request: DayRequest, key: str) -> HttpResponseBase:
    found = get_object_or_404(indicators_visible_to(request.user).filter(awaits=""), pk=key)
    entry, which = _asked_place(request), _which(request)
    if not can_count(request.user, entry.unit):
        return refused(request, Permission.SEE_COUNTS, entry.unit, entry.name)
    asked = (found, which, entry.unit_id, request.day, request.today)
    rows = queries.all_records(request.user, *asked, most=MOST_IN_A_FILE)
    columns = [Column(_("Name"), 36), Column(_("Where"), 28), Column(_("Kind"), 16), Column(_("Heads"), 10, "number")]
    lines = ([row.name, " › ".join(row.where), str(row.kind), row.heads] for row in rows)
    return workbook_response(f"{found}-{entry.name}-{request.day}.xlsx", columns, lines, sheet=str(found))


# == what was asked ==
def _asked_place(request: DayRequest) -> UnitEntry:
    asked = request.GET.get("in", "")
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise Http404
    return _place(request, int(asked))


def _which(request: DayRequest) -> Any:
    asked = request.GET.get("show", "missing")
    if asked not in queries.WHICH:
        raise Http404
    return asked


def _first_of_each_line(figures: list[Figure]) -> list[Figure]:
    found: dict[str, Figure] = {}
    for each in figures:
        if each.indicator.line_id and each.now:
            found.setdefault(each.indicator.line_id, each)
    return sorted(found.values(), key=lambda each: each.indicator.line.position if each.indicator.line else 0)


# == addresses and lines of files ==
def _address(request: DayRequest, name: str, key: str, unit_id: int, **more: str) -> str:
    return keep_day(f"{reverse(name, args=[key])}?{urlencode({'in': str(unit_id), **more})}", request)


def _records_address(request: DayRequest, key: str, unit_id: int, which: str, name: str = "indicator_records") -> str:
    return _address(request, name, key, unit_id, show=which)


def _hrefs(request: DayRequest, figure: Figure, unit_id: int) -> dict[str, str]:
    key = figure.indicator.pk
    doors = {which: _records_address(request, key, unit_id, which) for which in queries.WHICH}
    return doors | {"own": _address(request, "indicator", key, unit_id)}


def _number_columns() -> list[Column]:
    words = (_("Counted"), _("Having it"), _("Missing"), _("Rate") + " (%)", _("Left out"), _("Heads"))
    more = (_("Heads having it"), _("Rate by heads") + " (%)", _("Heads not known of"))
    return [Column(word, 12, "number") for word in (*words, *more)]


def _line(figure: Figure) -> list[Any]:
    return [str(figure.indicator), *_numbers(figure.now, figure.indicator)]


def _place_line(row: PlaceRow) -> list[Any]:
    return [row.name, *_numbers(row.reading, row.reading.indicator if row.reading else None)]


def _numbers(reading: Any, indicator: Indicator | None) -> list[Any]:
    if reading is None:
        return [None] * 9
    by_heads = bool(indicator and indicator.definition.get("heads"))
    heads = (reading.heads, reading.heads_having, _rate(reading.heads_rate), reading.heads_unknown)
    plain = (reading.denominator, reading.numerator, reading.missing, _rate(reading.rate), reading.left_out)
    return [*plain, *(heads if by_heads else (None,) * 4)]


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 1)
