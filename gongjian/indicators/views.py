"""The pages of figures: a place with all its indicators, one indicator by place and through time, and the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongjian.register.access import can_count
from gongjian.register.models import Permission, UnitEntry
from gongjian.register.queries.lists import Counted, body_names, unit_names
from gongjian.register.queries.structure import DIVISIONS
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, thousands

from . import ledger, queries
from .access import indicators_visible_to
from .aims import Outlook, earlier, outlook
from .models import Indicator, Reading, Run
from .pace import pace
from .queries import Figure, HeatRow, PlaceRow
from .structure import Gathered, Gathering, gather
from .targets import can_set_target
from .treemap import treemap

MOST_IN_A_FILE = 100_000


def counted_places_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the division over that was asked for, in the path or as `in`, to whoever may see its counts.

    Everybody else is told what they would need. 404 if it never stood; employers and buildings have no figures.
    """

    @signed_in_only
    @wraps(view)
    def guarded(request: DayRequest, unit_id: int | None = None, **asked: Any) -> HttpResponseBase:
        place = queries.place_of(request.user, asked_place(request) if unit_id is None else unit_id, request.day)
        if place is None or place.kind.level not in DIVISIONS:
            raise Http404
        if not can_count(request.user, place.unit):
            return refused(request, Permission.SEE_COUNTS, place.unit, place.name)
        return view(request, place, **asked)

    return guarded


@counted_places_only
def place(request: DayRequest, entry: UnitEntry) -> HttpResponse:
    unit_id = entry.unit_id
    run, today = queries.last_read(request.day), _is_today(request)
    gathering = _gathered(request, unit_id, run) if run and today else None
    figures, heat = _figures_and_heat(request, entry, run, gathering)
    hrefs = {each.indicator: _hrefs(request, each, unit_id) for each in figures}
    facts = {
        "entry": entry,
        "run": run,
        "main": [(each, hrefs[each.indicator]) for each in queries.first_of_each_line(figures)],
        "rows": [(each, hrefs[each.indicator]) for each in figures],
        "heat": heat,
        "export_href": _place_address(request, "place_indicators_export", unit_id),
        "counts_href": keep_day(reverse("figures", args=[unit_id]), request),
        "structures": _structures(request, entry),
        "is_today": today,
        "trail": [(entry.name, keep_day(reverse("unit", args=[unit_id]), request)), (_("Figures"), None)],
        "walk": "territory",
    }
    return render(request, "indicators/place.html", facts)


@counted_places_only
def place_export(request: DayRequest, entry: UnitEntry) -> HttpResponseBase:
    run = queries.last_read(request.day)
    if run is None:
        raise Http404
    gathering = _gathered(request, entry.unit_id, run) if _is_today(request) else None
    rows = [_line(each) for each in _figures(request, entry.unit_id, run, gathering)]
    columns = [Column(_("Indicator"), 32), *_number_columns(), *_target_columns()]
    return workbook_response(f"{entry.name}-{run.day}.xlsx", columns, rows, sheet=_("Figures"))


@counted_places_only
def indicator(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    found = get_object_or_404(indicators_visible_to(request.user).select_related("line"), pk=key)
    run, today = queries.last_read(request.day), _is_today(request)
    through = [] if today else queries.through_time(request.user, found, entry.unit_id, request.day)
    below = []
    if run and today:
        gathering = _gathered(request, entry.unit_id, run, found)
        figure = Figure(found, gathering.whole.get(key))
        below = queries.by_place_today(request.user, found, entry.unit_id, gathering, request.today)
    else:
        now = next((each for each in reversed(through) if run and each.day == run.day), None)
        figure = queries.figure_of(request.user, found, entry.unit_id, request.day, now)
        below = queries.by_place(request.user, found, entry.unit_id, run) if run else []
    told = _outlook(request, figure, entry, through)
    facts = {
        "indicator": found,
        "entry": entry,
        "run": run,
        "figure": figure,
        "hrefs": _hrefs(request, figure, entry.unit_id) | {"gaps": _gaps_address(request, found, entry.unit_id)},
        "treemap": treemap(request.user, found, entry.unit_id, run) if run and not today and len(below) > 1 else [],
        "below": [(row, _hrefs(request, Figure(found, row.reading), row.unit_id or 0)) for row in below],
        "through": through,
        **_told_of(request, figure, told),
        "pace": pace(through, figure.aim, told),
        "may_set": request.day == request.today and can_set_target(request.user, found, entry.unit),
        "target_href": _address(request, "target", key, entry.unit_id),
        "export_href": _address(request, "indicator_export", key, entry.unit_id, **_kept(request)),
        "structures": _structures(request, entry),
        "is_today": today,
        "spread_href": _address(request, "indicator_spread", key, entry.unit_id),
        "trail": [
            (entry.name, _place_address(request, "place_indicators", entry.unit_id)),
            (str(found), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/indicator.html", facts)


@counted_places_only
def indicator_export(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    found = get_object_or_404(indicators_visible_to(request.user), pk=key)
    run = queries.last_read(request.day)
    if run is None:
        raise Http404
    if _is_today(request):
        gathering = _gathered(request, entry.unit_id, run, found)
        below = queries.by_place_today(request.user, found, entry.unit_id, gathering, request.today)
    else:
        below = queries.by_place(request.user, found, entry.unit_id, run)
    rows = [[_called(row), *_numbers(row.reading, found)] for row in below]
    columns = [Column(_("Place"), 24), *_number_columns()]
    return workbook_response(f"{found}-{entry.name}-{run.day}.xlsx", columns, rows, sheet=str(found))


def count_address(request: DayRequest, count: Counted) -> str:
    """Where the count comes from that the page leaves out; empty where it has it."""
    if not count.is_more or "counted" in request.GET:
        return ""
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    asked["part"] = "count"
    return f"?{asked.urlencode()}"


@counted_places_only
def records(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    found = get_object_or_404(indicators_visible_to(request.user).filter(awaits=""), pk=key)
    which = _which(request)
    asked = (request.user, found, which, entry.unit_id, request.day, request.today)
    if request.GET.get("part") == "count":
        return HttpResponse(_records_said(queries.records_counted(*asked)))
    listed = queries.records(
        *asked,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    choices = [(each, _records_address(request, key, entry.unit_id, each)) for each in queries.WHICH]
    leaves_out = request.day == request.today and ledger.can_leave_out(request.user, found, entry.unit)
    if which == "left_out":
        ledger.tell(request.user, found, listed.page.rows, request.day)
    facts = {
        "indicator": found,
        "entry": entry,
        "which": which,
        "choices": choices,
        "listed": listed,
        "said": _records_said(queries.records_counted(*asked) if "counted" in request.GET else listed.count),
        "count_href": count_address(request, listed.count),
        "leaves_out": leaves_out,
        "export_href": _records_address(request, key, entry.unit_id, which, "indicator_records_export"),
        "trail": [
            (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
            (str(found), _address(request, "indicator", key, entry.unit_id)),
            (_("Records"), None),
        ],
        "walk": "territory",
    }
    return render(request, "indicators/records.html", facts)


def _records_said(count: Counted) -> str:
    said = _("Records: more than %(count)s") if count.is_more else _("Records: %(count)s")
    return said % {"count": thousands(count.number)}


@counted_places_only
def records_export(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    found = get_object_or_404(indicators_visible_to(request.user).filter(awaits=""), pk=key)
    which = _which(request)
    asked = (found, which, entry.unit_id, request.day, request.today)
    rows = queries.all_records(request.user, *asked, most=MOST_IN_A_FILE)
    if rows is None:
        raise BadRequest(_("More than 100,000 records. Choose a place further down and take them from there."))
    columns = [Column(_("Name"), 36), Column(_("Where"), 28), Column(_("Kind"), 16), Column(_("Heads"), 10, "number")]
    lines: Iterator[list[Any]] = ([row.name, " › ".join(row.where), str(row.kind_name), row.heads] for row in rows)
    if which == "left_out":
        columns += [Column(_("Why"), 40), Column(_("Said by"), 14), Column(_("From"), 12)]
        lines = _with_reasons(request, found, rows)
    return workbook_response(f"{found}-{entry.name}-{request.day}.xlsx", columns, lines, sheet=str(found))


def _with_reasons(request: DayRequest, indicator: Indicator, rows: Iterable[Any]) -> Iterator[list[Any]]:
    for some in queries.batches(iter(rows)):
        ledger.tell(request.user, indicator, some, request.day)
        for row in some:
            why: list[Any] = [_("by the definition"), "", None]
            if row.entry:
                why = [row.entry.exclusion.reason, row.entry.by, row.entry.exclusion.since]
            yield [row.name, " › ".join(row.where), str(row.kind_name), row.heads, *why]


def _told_of(request: DayRequest, figure: Figure, told: Outlook | None) -> dict[str, Any]:
    """What the page says of a target: whose it is, and paces and errors in points."""
    aim = figure.aim
    if aim is None:
        return {"outlook": None}
    owner, place = aim.target.owner_id, aim.target.unit_id
    facts: dict[str, Any] = {
        "outlook": told,
        "owner_name": body_names(request.user, request.day, [owner]).get(owner, ""),
        "set_for": unit_names(request.user, request.day, [place]).get(place, ""),
        "earlier": earlier(request.user, aim.target, request.day),
        "needed_points": points(aim.needed_pace),
    }
    if told:
        errors = told.errors
        facts |= {"pace_points": points(told.forecast.pace)}
        facts |= {"typical_points": points(errors.typical), "staying_points": points(errors.typical_of_staying)}
    return facts


def points(part: float | None) -> str:
    """A part of 1 as per cent points with two places, as 0.49."""
    return "" if part is None else f"{100 * part:.2f}"


def _outlook(request: DayRequest, figure: Figure, entry: UnitEntry, through: list[Reading]) -> Outlook | None:
    if figure.aim is None or figure.now is None:
        return None
    return outlook(request.user, figure.aim, through, queries.beside(request.user, entry, request.day))


# == what was asked ==
def asked_place(request: DayRequest) -> int:
    """The id given as `in`. Raises Http404."""
    asked = request.GET.get("in", "")
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise Http404
    return int(asked)


def _which(request: DayRequest) -> Any:
    asked = request.GET.get("show", "missing")
    if asked not in queries.WHICH:
        raise Http404
    return asked


# == the structure of that day, or of today ==
def _is_today(request: DayRequest) -> bool:
    """Whether a past day is asked for in the structure of today."""
    return request.day < request.today and request.GET.get("structure") == "today"


def _gathered(request: DayRequest, unit_id: int, run: Run, found: Indicator | None = None) -> Gathering:
    """Of all indicators, or of one. Raises Http404 where the place does not stand today."""
    indicators = [found] if found else list(indicators_visible_to(request.user).filter(awaits=""))
    gathering = gather(request.user, unit_id, indicators, run, request.today)
    if gathering is None:
        raise Http404(_("The place does not stand today. Choose the structure of that day."))
    return gathering


def _figures(request: DayRequest, unit_id: int, run: Run | None, gathering: Gathering | None) -> list[Figure]:
    if gathering:
        return queries.figures_today(request.user, gathering)
    return queries.place_figures(request.user, unit_id, run) if run else []


def _figures_and_heat(
    request: DayRequest, entry: UnitEntry, run: Run | None, gathering: Gathering | None
) -> tuple[list[Figure], list[HeatRow]]:
    if run is None:
        return [], []
    if gathering is None:
        return queries.figures_and_heat(request.user, entry, run)
    figures = queries.figures_today(request.user, gathering)
    shown = [each.indicator for each in queries.first_of_each_line(figures)]
    return figures, queries.heat_today(request.user, shown, entry, gathering, request.today)


def _structures(request: DayRequest, entry: UnitEntry) -> list[tuple[str, str, bool]]:
    """The two ways to gather a past day: called, its address, whether it is shown. None for what stands only then."""
    if request.day >= request.today or not entry.unit.path:
        return []
    asked = request.GET.copy()
    asked.pop("structure", None)
    then = f"?{asked.urlencode()}"
    asked["structure"] = "today"
    today = _is_today(request)
    return [
        (_("in the structure of that day"), then, not today),
        (_("in the structure of today"), f"?{asked.urlencode()}", today),
    ]


def _kept(request: DayRequest) -> dict[str, str]:
    """What an address has to say of the structure now shown."""
    return {"structure": "today"} if _is_today(request) else {}


def _called(row: PlaceRow) -> str:
    names = " / ".join(row.between)
    if len(row.between) > 1:
        return _("Between %(names)s, cannot be divided") % {"names": names}
    return _("In %(names)s, no more is known") % {"names": names} if row.between else row.name


# == addresses and lines of files ==
def _address(request: DayRequest, name: str, key: str, unit_id: int, **more: str) -> str:
    return keep_day(f"{_path(name, key)}?{urlencode({'in': str(unit_id), **more})}", request)


_path = cache(lambda name, key: reverse(name, args=[key]))  # a page of figures has hundreds of them


def _place_address(request: DayRequest, name: str, unit_id: int) -> str:
    asked = urlencode(_kept(request))
    return keep_day(f"{reverse(name, args=[unit_id])}{'?' if asked else ''}{asked}", request)


def _records_address(request: DayRequest, key: str, unit_id: int, which: str, name: str = "indicator_records") -> str:
    return _address(request, name, key, unit_id, show=which)


def _hrefs(request: DayRequest, figure: Figure, unit_id: int) -> dict[str, str]:
    """Where the numbers of a figure lead. In the structure of today they open no records: those lie where they lay."""
    key = figure.indicator.pk
    own = {"own": _address(request, "indicator", key, unit_id, **_kept(request))}
    if _is_today(request):
        return own
    return own | {which: _records_address(request, key, unit_id, which) for which in queries.WHICH}


def _gaps_address(request: DayRequest, indicator: Indicator, unit_id: int) -> str:
    """Where it is said what to do about what is missing; empty where that cannot be said of one line."""
    having = indicator.definition.get("having", {})
    line = having["covered_by"] if list(having) == ["covered_by"] else None
    is_one_line = indicator.of == "units" and not indicator.awaits and isinstance(line, dict) and list(line) == ["line"]
    return _address(request, "indicator_gaps", indicator.pk, unit_id) if is_one_line else ""


def _number_columns() -> list[Column]:
    words = (_("Counted"), _("Having it"), _("Missing"), _("Rate") + " (%)", _("Left out"), _("Heads"))
    more = (_("Heads having it"), _("Rate by heads") + " (%)", _("Heads not known of"))
    return [Column(word, 12, "number") for word in (*words, *more)]


def _target_columns() -> list[Column]:
    return [Column(_("Target") + " (%)", 12, "number"), Column(_("By"), 14), Column(_("Still needed"), 12, "number")]


def _line(figure: Figure) -> list[Any]:
    aim = figure.aim
    target = (float(aim.target.goal), aim.target.due, aim.needed) if aim else (None, None, None)
    return [str(figure.indicator), *_numbers(figure.now, figure.indicator), *target]


def _numbers(reading: Reading | Gathered | None, indicator: Indicator) -> list[Any]:
    if reading is None:
        return [None] * 9
    heads = (reading.heads, reading.heads_having, _rate(reading.heads_rate), reading.heads_unknown)
    plain = (reading.denominator, reading.numerator, reading.missing, _rate(reading.rate), reading.left_out)
    return [*plain, *(heads if indicator.definition.get("heads") else (None,) * 4)]


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 1)
