"""The page of unevenness: the places of one class beside each other, drawn, in words, as a table and as Excel."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongjian.register.models import UnitEntry
from gongjian.register.queries.structure import DIVISIONS
from gongjian.register.views.door import DayRequest
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, thousands

from . import queries
from . import spread as spreads
from .access import indicators_visible_to
from .funnel import Funnel
from .models import Indicator, Run
from .spread import PlaceClass, Row, Spread
from .spread_words import sentences, short_verdict, verdict
from .starts import Starts, starts_of
from .views import counted_places_only

WAITING = 60  # named on the page
SHAPES = {"lower": ("late", "s-late"), "low": ("warn", "info"), "high": ("calm", "info"), "higher": ("ok", "s-done")}


@counted_places_only
def spread(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    found, run, classes, picked = _asked(request, entry, key)
    facts: dict[str, Any] = {
        "indicator": found,
        "entry": entry,
        "run": run,
        "picked": picked,
        "choices": [(each, _address(request, "indicator_spread", key, entry, each)) for each in classes],
        "trail": [
            (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
            (str(found), _address(request, "indicator", key, entry)),
            (_("Unevenness"), None),
        ],
        "walk": "territory",
    }
    if picked:
        compared = spreads.spread_of(picked.places)
        facts |= _told(request, key, compared, picked) | _begun(request, found, entry, picked, run)
        facts["export_href"] = _address(request, "indicator_spread_export", key, entry, picked)
    return render(request, "indicators/spread.html", facts)


@counted_places_only
def spread_export(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    found, run, _classes, picked = _asked(request, entry, key)
    if picked is None or run is None:
        raise Http404
    compared = spreads.spread_of(picked.places)
    starts = starts_of(request.user, found, entry.unit_id, picked.places, run)
    notes = [(str(number), said) for number, said in enumerate(sentences(compared, picked.name), start=1)]
    return workbook_response(
        f"{found}-{picked.name}-{entry.name}-{run.day}.xlsx",
        _columns(),
        (_line(row, starts) for row in spreads.sorted_rows(compared.rows, _sort(request))),
        sheet=picked.name,
        notes=(_("In words"), notes),
    )


def _asked(
    request: DayRequest, entry: UnitEntry, key: str
) -> tuple[Indicator, Run | None, list[PlaceClass], PlaceClass | None]:
    """404 for an indicator without facts, and for a level or an order that there is not."""
    found = get_object_or_404(indicators_visible_to(request.user).filter(awaits="").select_related("line"), pk=key)
    level, wanted = request.GET.get("level", ""), request.GET.get("class", "")
    _sort(request)
    if level and level not in DIVISIONS:
        raise Http404
    run = queries.last_read(request.day)
    classes = spreads.classes_below(request.user, found, entry.unit_id, run, request.today) if run else []
    return found, run, classes, spreads.chosen(classes, wanted, level)


def _told(request: DayRequest, key: str, compared: Spread, picked: PlaceClass) -> dict[str, Any]:
    sort = _sort(request)
    first = _number(request, "after") or max(_number(request, "before") - spreads.PAGE, 0)
    page = spreads.page_from(spreads.sorted_rows(compared.rows, sort), first)
    said = _("%(from)s to %(until)s of %(all)s")
    gaps = {"from": first + 1, "until": first + len(page.rows), "all": thousands(len(compared.rows))}
    return {
        "spread": compared,
        "sentences": sentences(compared, picked.name),
        "funnel": Funnel(compared) if len(compared.rows) > 1 else None,
        "page": page,
        "summary": said % gaps,
        "sort": sort,
        "rows": [(row, *_opened(request, key, row)) for row in page.rows],
        "is_under": any(row.place.where for row in page.rows) and picked.level == "village",
    }


def _begun(
    request: DayRequest, found: Indicator, entry: UnitEntry, picked: PlaceClass, run: Run | None
) -> dict[str, Any]:
    starts = starts_of(request.user, found, entry.unit_id, picked.places, run) if run else None
    shown = starts.waiting[:WAITING] if starts else []
    return {"starts": starts, "waiting": [(place, _figure(request, found.pk, place.unit_id)) for place in shown]}


def _opened(request: DayRequest, key: str, row: Row) -> tuple[str, tuple[str, str], str, bool]:
    """The figure of the place, the chip of what is said of it, the words in it, and whether it counts few."""
    address = _figure(request, key, row.place.unit_id)
    return address, SHAPES.get(row.standing.luck, ("", "")), short_verdict(row), row.place.counted < queries.FEW


def _figure(request: DayRequest, key: str, unit_id: int) -> str:
    return keep_day(f"{reverse('indicator', args=[key])}?{urlencode({'in': unit_id})}", request)


# == what was asked ==
def _sort(request: DayRequest) -> str:
    asked = request.GET.get("sort", spreads.SORTS[0])
    if asked not in spreads.SORTS:
        raise Http404
    return asked


def _number(request: DayRequest, name: str) -> int:
    asked = request.GET.get(name, "") or "0"
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 9:
        raise Http404
    return int(asked)


def _address(request: DayRequest, name: str, key: str, entry: UnitEntry, picked: PlaceClass | None = None) -> str:
    asked = {"in": str(entry.unit_id)} | ({"class": picked.key} if picked else {})
    return keep_day(f"{reverse(name, args=[key])}?{urlencode(asked)}", request)


# == the file ==
def _columns() -> list[Column]:
    numbers = (
        _("Counted"), _("Having it"), _("Rate") + " (%)", _("Estimate") + " (%)", _("Lower limit") + " (%)",
        _("Upper limit") + " (%)",
        _("Band, 1 the highest"), _("Places surely higher"), _("Places surely lower"),
    )  # fmt: skip
    texts = (Column(_("Place"), 24), Column(_("Where"), 18))
    return [
        *texts,
        *(Column(word, 12, "number") for word in numbers),
        Column(_("What can be said"), 34),
        _out(),
        _first(),
    ]


def _out() -> Column:
    return Column(_("Stands out even so"), 14)


def _first() -> Column:
    return Column(_("First gain since the target counts"), 18, "day")


def _line(row: Row, starts: Starts | None) -> list[Any]:
    place, standing = row.place, row.standing
    gained = starts.gained.get(place.unit_id) if starts else None
    rates = (standing.count.rate, standing.estimate, standing.low, standing.high)
    numbers = (place.counted, place.having, *(round(100 * each, 2) for each in rates))
    order = (standing.band, standing.behind, standing.ahead)
    return [
        place.name,
        place.where,
        *numbers,
        *order,
        verdict(standing.luck),
        _("yes") if standing.stands_out else "",
        gained,
    ]
