"""The lists of units and of organisations: filters, orders, pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import keep_day, thousands

from ..access import counts_everywhere
from ..export import sort_asked
from ..forms import BodyFilterForm, UnitFilterForm
from ..queries import lists
from .door import DayRequest


def units(request: DayRequest) -> HttpResponse:
    form = UnitFilterForm(request.GET)
    sort = sort_asked(request.GET, lists.UNIT_SORTS)
    facts: dict[str, Any] = {
        "form": form,
        "sort": sort,
        "place": "lists",
        "is_more_open": form.hides_errors(form.FIRST),
    }
    if not form.is_valid():
        return render(request, "register/units.html", facts | {"trail": [(_("Units"), None)]})
    filters = form.filters().sorted_by(sort)
    ask = (request.user, request.day, request.today, filters)
    if request.GET.get("part") == "count":
        return HttpResponse(_count_units(request, filters))
    listed = lists.unit_list(*ask, sort=sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    is_counted = "counted" in request.GET
    _name_words(listed.page.rows, form)
    names = lists.unit_names(request.user, request.day, [filters.below, filters.place])
    _offer_units(request, form, filters.below, names)
    facts |= {
        "page": listed.page,
        "summary": (
            _count_units(request, filters)
            if is_counted and listed.count is None
            else _units_counted(filters, listed.count, listed.least, listed.among, lists.NEAR)
        ),
        "is_counted": is_counted or listed.count is not None,
        "leaves_out": filters.asks_for_counts and not counts_everywhere(request.user),
        "tags": _tags(request, form.conditions(names)),
        "clear_href": keep_day(reverse("units"), request),
        "export_href": _address(request, reverse("units_export")),
        "bodies_href": _address(request, reverse("bodies"), keep=("below", "text")),
        "trail": _trail(request, filters.below, names, _("Units")),
    }
    return render(request, "register/units.html", facts)


def bodies(request: DayRequest) -> HttpResponse:
    form = BodyFilterForm(request.GET)
    sort = sort_asked(request.GET, lists.BODY_SORTS)
    facts: dict[str, Any] = {
        "form": form,
        "sort": sort,
        "place": "lists",
        "is_more_open": form.hides_errors(form.FIRST),
    }
    if not form.is_valid():
        return render(request, "register/bodies.html", facts | {"trail": [(_("Organisations"), None)]})
    filters = form.filters()
    ask = (request.user, request.day, request.today, filters)
    if request.GET.get("part") == "count":
        return HttpResponse(_count_bodies(request, filters))
    listed = lists.body_list(*ask, sort=sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    is_counted = "counted" in request.GET
    names = lists.unit_names(request.user, request.day, [filters.below])
    _offer_units(request, form, filters.below, names)
    facts |= {
        "page": listed.page,
        "summary": (
            _count_bodies(request, filters)
            if is_counted and listed.count is None
            else _bodies_counted(listed.count, listed.least)
        ),
        "is_counted": is_counted or listed.count is not None,
        "leaves_out": filters.asks_for_counts and not counts_everywhere(request.user),
        "tags": _tags(request, form.conditions(names, _body_names(request, filters))),
        "clear_href": keep_day(reverse("bodies"), request),
        "export_href": _address(request, reverse("bodies_export")),
        "units_href": _address(request, reverse("units"), keep=("below", "text")),
        "trail": _trail(request, filters.below, names, _("Organisations")),
    }
    return render(request, "register/bodies.html", facts)


def _body_names(request: DayRequest, filters: lists.BodyFilters) -> dict[int | None, str]:
    return lists.body_names(request.user, request.day, [filters.under, filters.led_by])


# == what is around the rows ==
def _address(request: DayRequest, path: str, *, keep: Iterable[str] | None = None, drop: Iterable[str] = ()) -> str:
    """An address with the conditions of this page, or with those to `keep`, at the list's beginning."""
    query = request.GET.copy()
    for name in list(query):
        is_kept = keep is None or name in keep
        if not is_kept or not query.get(name) or name in {*drop, "after", "before", "on", "part", "counted"}:
            del query[name]
    return keep_day(f"{path}?{query.urlencode()}" if query else path, request)


def _tags(request: DayRequest, conditions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(words, _address(request, request.path, drop=(name,))) for name, words in conditions]


def _trail(
    request: DayRequest, below: int | None, names: dict[int | None, str], title: str
) -> list[tuple[str, str | None]]:
    here: tuple[str, str | None] = (title, None)
    if below is None or below not in names:
        return [here]
    return [(names[below], keep_day(reverse("unit", args=[below]), request)), here]


def _offer_units(
    request: DayRequest, form: UnitFilterForm | BodyFilterForm, below: int | None, names: dict[int | None, str]
) -> None:
    """Where the list stands now, and what lies one level further down; at the top, the tops and what they hold."""
    inside = lists.units_to_narrow_to(request.user, request.day, below)
    here = [(below, names.get(below, "?"))] if below else []
    form.offer_units([*here, *inside])


def _count_units(request: DayRequest, filters: lists.UnitFilters) -> str:
    """The count that a page of a long list leaves out."""
    count = lists.count_up_to(lists.unit_rows(request.user, request.day, request.today, filters))
    among = lists.units_in(request.user, filters.below) if request.day == request.today else None
    return _units_counted(filters, count, lists.MOST, among, lists.MOST)


def _count_bodies(request: DayRequest, filters: lists.BodyFilters) -> str:
    """The count that a page of a long list leaves out."""
    count = lists.count_up_to(lists.body_rows(request.user, request.day, request.today, filters))
    return _bodies_counted(count, lists.MOST)


def _units_counted(filters: lists.UnitFilters, count: int | None, most: int, among: int | None, most_among: int) -> str:
    """ "3,498家里的412家": how many fit, and out of how many below the same unit today."""
    is_more = count is None or count > most
    gaps = {"count": thousands(most if is_more else count)}
    bare = filters == lists.UnitFilters(below=filters.below)
    if bare or is_more or among is None:
        return (_("Units: more than %(count)s") if is_more else _("Units: %(count)s")) % gaps
    gaps["all"] = thousands(min(among, most_among))
    if among > most_among:
        return _("Units: %(count)s out of more than %(all)s") % gaps
    return _("Units: %(count)s out of %(all)s") % gaps


def _bodies_counted(count: int | None, most: int) -> str:
    if count is None or count > most:
        return _("Organisations: more than %(count)s") % {"count": thousands(most)}
    return _("Organisations: %(count)s") % {"count": thousands(count)}


def _name_words(rows: Iterable[Any], form: UnitFilterForm) -> None:
    """The words of the smaller lists, and the lines in their order."""
    statuses, trades = dict(form.words["status"]), dict(form.words["trade"])
    for row in rows:
        row.status_name = statuses.get(row.status, row.status)
        row.trade_name = trades.get(row.trade, row.trade)
        row.covering = [line for line in form.lines if line.key in row.lines]
