"""The pages of public figures, for everybody: a place with its figures, one of them by place, and both as Excel."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongjian.register.views.door import DayRequest
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from .models import Publication
from .published import Table, quarters, rows_of, table, told_on


def public_figures(request: DayRequest) -> HttpResponse:
    """A place with all that is told of it; says so where nothing was told yet."""
    publication = told_on(request.user, request.day)
    if publication is None:
        return render(request, "indicators/public_nothing.html", {"place": "figures"})
    found = _table(request, publication)
    here = found.own.unit_id
    facts = _facts(request, found, "public_figures") | {
        "cells": [(cell, _address(request, "public_figure", here, cell.indicator.pk)) for cell in found.own.cells],
        "rows": _linked(request, found, "public_figures"),
        "export_href": _address(request, "public_figures_export", here),
        "trail": _trail(request, found, "public_figures", _("Public figures")),
    }
    return render(request, "indicators/public.html", facts)


def public_figure(request: DayRequest, key: str) -> HttpResponse:
    """One of the figures, at a place and at those right below it."""
    publication = told_on(request.user, request.day)
    found = _table(request, publication).only(key) if publication else None
    if found is None:
        raise Http404(_("This is not among the figures that are told to everybody on this day."))
    indicator, (own,) = found.indicators[0], found.own.cells
    facts = _facts(request, found, "public_figure", key) | {
        "indicator": indicator,
        "own": own,
        "rows": _linked(request, found, "public_figure", key),
        "export_href": _address(request, "public_figures_export", found.own.unit_id),
        "trail": [
            (_("Public figures"), _address(request, "public_figures", found.own.unit_id)),
            *_trail(request, found, "public_figure", str(indicator), key),
        ],
    }
    return render(request, "indicators/public_figure.html", facts)


def public_figures_export(request: DayRequest) -> HttpResponseBase:
    publication = told_on(request.user, request.day)
    if publication is None:
        raise Http404
    found = _table(request, publication)
    columns = [Column(_("Place"), 24), Column(_("Indicator"), 32)]
    columns += [Column(word, 12, "number") for word in (_("Counted"), _("Having it"), _("Rate") + " (%)")]
    columns.append(Column(_("Note"), 16))
    notes = [(str(each), each.said) for each in found.indicators]
    if found.holds_back:
        notes.append((_("Held back"), why_held_back(found.publication.least)))
    return workbook_response(
        f"{found.own.name}-{publication.day}.xlsx",
        columns,
        [_line(row.name, cell) for row, cell in rows_of(found) if cell.figure],
        sheet=_("Public figures"),
        notes=(_("In words"), notes),
    )


def why_held_back(least: int) -> str:
    """Why some figures are not told."""
    return _(
        "Where fewer than %(least)s have it, or lack it, of those of whom open pages do not say it anyway, the number "
        "would tell of single units. It is held back; and so are some others, from which it would follow by adding up."
    ) % {"least": least}


# == what the pages share ==
def _table(request: DayRequest, publication: Publication) -> Table:
    asked = request.GET.get("in", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) <= 18):
        raise Http404
    found = table(request.user, publication, int(asked) if asked else None)
    if found is None:
        raise Http404(_("Nothing is told to everybody of this place on this day."))
    return found


def _facts(request: DayRequest, found: Table, name: str, *args: str) -> dict[str, Any]:
    return {
        "place": "figures",
        "table": found,
        "why_held_back": why_held_back(found.publication.least) if found.holds_back else "",
        "quarters": [
            (each, f"{_plain(name, found.own.unit_id, *args)}&{urlencode({'on': each.day.isoformat()})}")
            for each in quarters(request.user)
        ],
    }


def _linked(request: DayRequest, found: Table, name: str, *args: str) -> list[tuple[Any, str]]:
    """The places below, with the address of those of which more is told further down."""
    return [(row, _address(request, name, row.unit_id, *args) if row.has_parts else "") for row in found.below]


def _trail(request: DayRequest, found: Table, name: str, here: str, *args: str) -> list[tuple[str, str | None]]:
    around = [(called, _address(request, name, id, *args)) for id, called in found.around]
    return [*around, (f"{found.own.name} · {here}", None)]


def _plain(name: str, unit_id: int, *args: str) -> str:
    return f"{reverse(name, args=args)}?{urlencode({'in': unit_id})}"


def _address(request: DayRequest, name: str, unit_id: int, *args: str) -> str:
    return keep_day(_plain(name, unit_id, *args), request)


def _line(name: str, cell: Any) -> list[Any]:
    figure = cell.figure
    rate = None if figure.rate is None else round(100 * figure.rate, 1)
    return [
        name,
        str(cell.indicator),
        figure.denominator,
        figure.numerator,
        rate,
        _("held back") if figure.is_held_back else "",
    ]
