"""The lists of units and of organisations: filters, orders, pages, and Excel of exactly what is filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, moment, thousands

from ..export import body_sheet, unit_sheet
from ..forms import BodyFilterForm, UnitFilterForm
from ..queries import lists
from .door import DayRequest, signed_in_only


@signed_in_only
def units(request: DayRequest) -> HttpResponse:
    form = UnitFilterForm(request.GET)
    sort = _sort(request, lists.UNIT_SORTS)
    facts: dict[str, Any] = {
        "form": form,
        "sort": sort,
        "place": "lists",
        "is_more_open": form.hides_errors(form.FIRST),
    }
    if not form.is_valid():
        return render(request, "register/units.html", facts | {"trail": [(_("Units"), None)]})
    filters = form.filters()
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
        "tags": _tags(request, form.conditions(names)),
        "clear_href": keep_day(reverse("units"), request),
        "export_href": _address(request, reverse("units_export")),
        "bodies_href": _address(request, reverse("bodies"), keep=("below", "text")),
        "trail": _trail(request, filters.below, names, _("Units")),
    }
    return render(request, "register/units.html", facts)


@signed_in_only
def bodies(request: DayRequest) -> HttpResponse:
    form = BodyFilterForm(request.GET)
    sort = _sort(request, lists.BODY_SORTS)
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
def _sort(request: DayRequest, known: Iterable[str]) -> str:
    """The order asked for; an unknown one is the default order."""
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in known else ""


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


# == Excel ==
@signed_in_only
def units_export(request: DayRequest) -> HttpResponseBase:
    form = UnitFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_first_error(form))
    filters, sort = form.filters(), _sort(request, lists.UNIT_SORTS)
    names = lists.unit_names(request.user, request.day, [filters.below, filters.place])
    columns, rows = unit_sheet(request.user, request.day, request.today, filters, sort)
    said = [words for _name, words in form.conditions(names)]
    return _workbook(request, _("Units"), columns, rows, said)


@signed_in_only
def bodies_export(request: DayRequest) -> HttpResponseBase:
    form = BodyFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_first_error(form))
    filters, sort = form.filters(), _sort(request, lists.BODY_SORTS)
    names = lists.unit_names(request.user, request.day, [filters.below])
    columns, rows = body_sheet(request.user, request.day, request.today, filters, sort)
    said = [words for _name, words in form.conditions(names, _body_names(request, filters))]
    return _workbook(request, _("Organisations"), columns, rows, said)


def _workbook(
    request: DayRequest, title: str, columns: list[Column], rows: Iterator[tuple[Any, ...]], said: list[str]
) -> HttpResponseBase:
    notes = [
        (_("As of"), request.day.isoformat()),
        (_("Filtered by"), "；".join(said) or _("Nothing: the whole register")),
        (_("Exported by"), str(request.user)),
        (_("Exported at"), moment(timezone.now())),
    ]
    name = f"{title} {request.day.isoformat()}.xlsx"
    try:
        return workbook_response(name, columns, rows, sheet=title, notes=(_("About this list"), notes))
    except ValueError as too_long:
        raise BadRequest(str(too_long)) from too_long


def _first_error(form: UnitFilterForm | BodyFilterForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return _("%(what)s: %(which)s") % {"what": label, "which": errors[0]} if label else str(errors[0])
