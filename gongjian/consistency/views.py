"""The pages of what does not agree: a place with its checks, one check with its doubts, and setting one aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongjian.chronicle.whence import act_as
from gongjian.indicators.views import count_address, counted_places_only
from gongjian.register.models import UnitEntry
from gongjian.register.queries.lists import Counted
from gongjian.register.queries.structure import nearest_division
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, thousands

from . import actions, queries
from .access import (
    can_set_aside,
    checks_visible_to,
    doubts_visible_to,
    office_that_keeps,
    set_asides_visible_to,
)
from .forms import SetAsideForm
from .mending import own_page, way_to_mend
from .models import Check, Doubt
from .queries import Raised, Which

MOST_IN_A_FILE = 100_000


# == a place ==
@counted_places_only
def place(request: DayRequest, entry: UnitEntry) -> HttpResponse:
    last = queries.last_round(request.day)
    raised = queries.raised_at(request.user, entry, request.day, request.today) if last else []
    groups = [
        (severity, [(each, _address(request, "consistency_check", each.check.pk, entry.unit_id)) for each in held])
        for severity, held in queries.by_severity(raised)
    ]
    facts = {
        "entry": entry,
        "round": last,
        "groups": groups,
        "lines": queries.by_line(raised),
        "severities": queries.SEVERITIES,
        "silent": [each.check for each in raised if not each.open and not each.set_aside],
        "checks": len(raised),
        "export_href": keep_day(reverse("place_consistency_export", args=[entry.unit_id]), request),
        "trail": [
            (entry.name, keep_day(reverse("place_indicators", args=[entry.unit_id]), request)),
            (_("What does not agree"), None),
        ],
        "walk": "territory",
    }
    return render(request, "consistency/place.html", facts)


@counted_places_only
def place_export(request: DayRequest, entry: UnitEntry) -> HttpResponseBase:
    if queries.last_round(request.day) is None:
        raise Http404
    raised = queries.raised_at(request.user, entry, request.day, request.today)
    columns = [Column(_("Check"), 40), Column(_("Severity"), 10), Column(_("Line in charge"), 16)]
    columns += [
        Column(_("Doubts"), 12, "number"),
        Column(_("Set aside"), 12, "number"),
        Column(_("Why it matters"), 80),
    ]
    return workbook_response(
        f"{entry.name}-{request.day}.xlsx", columns, [_line(each) for each in raised], sheet=_("What does not agree")
    )


def _line(raised: Raised) -> list[Any]:
    check = raised.check
    severity = str(Check.Severity(check.severity).label)
    return [str(check), severity, str(check.line), raised.open, raised.set_aside, check.said]


# == one check ==
@counted_places_only
def check(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponse:
    found = get_object_or_404(checks_visible_to(request.user), pk=key)
    which = _which(request)
    asked = (request.user, found, which, entry, request.day, request.today)
    if request.GET.get("part") == "count":
        return HttpResponse(_doubts_said(queries.doubts_counted(*asked)))
    listed = queries.doubts_of(
        *asked,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    facts = {
        "check": found,
        "entry": entry,
        "round": queries.last_round(request.day),
        "which": which,
        "choices": [
            (each, _address(request, "consistency_check", key, entry.unit_id, show=each)) for each in queries.WHICH
        ],
        "listed": listed,
        "said": _doubts_said(queries.doubts_counted(*asked) if "counted" in request.GET else listed.count),
        "count_href": count_address(request, listed.count),
        "rows": [_row(request, found, each) for each in listed.page.rows],
        "severity": Check.Severity(found.severity).label,
        "export_href": _address(request, "consistency_check_export", key, entry.unit_id, show=which),
        "trail": [
            (entry.name, keep_day(reverse("place_consistency", args=[entry.unit_id]), request)),
            (str(found), None),
        ],
        "walk": "territory",
    }
    return render(request, "consistency/check.html", facts)


def _row(request: DayRequest, check: Check, doubt: Doubt) -> dict[str, Any]:
    keeps = request.day == request.today and can_set_aside(request.user, doubt)
    href, words = way_to_mend(doubt, check.mends, request)
    return {"doubt": doubt, "href": own_page(doubt, request), "mend_href": href, "mend": words, "keeps": keeps}


def _doubts_said(count: Counted) -> str:
    said = _("Doubts: more than %(count)s") if count.is_more else _("Doubts: %(count)s")
    return said % {"count": thousands(count.number)}


@counted_places_only
def check_export(request: DayRequest, entry: UnitEntry, key: str) -> HttpResponseBase:
    found = get_object_or_404(checks_visible_to(request.user), pk=key)
    which = _which(request)
    asked = (found, which, entry, request.day, request.today)
    doubts = queries.all_doubts_of(request.user, *asked, most=MOST_IN_A_FILE)
    if doubts is None:
        raise BadRequest(_("More than 100,000 records. Choose a place further down and take them from there."))
    columns = [Column(_("Name"), 40), Column(_("Where"), 28), Column(_("First seen"), 12, "day")]
    columns += [Column(_("Whose matter"), 32), Column(_("Why set aside"), 40), Column(_("Set aside until"), 14, "day")]
    lines = ([each.name, " › ".join(each.where), each.first_seen, *_told(each)] for each in doubts)
    return workbook_response(f"{found}-{entry.name}-{request.day}.xlsx", columns, lines, sheet=str(found))


def _told(doubt: Any) -> tuple[Any, ...]:
    owner = doubt.owner[1] if doubt.owner else None
    return (owner, doubt.aside.reason, doubt.aside.until) if doubt.aside else (owner, None, None)


# == no fault ==
@signed_in_only
@require_http_methods(["GET", "POST"])
def set_aside(request: DayRequest, doubt_id: int) -> HttpResponse:
    doubt = _doubt(request, doubt_id)
    form = SetAsideForm(request.POST if request.method == "POST" else None, today=request.today)
    back = _back(request, doubt)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_aside(doubt, **form.cleaned_data, today=request.today, by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It is set aside. It can be taken back under “Set aside”."))
            return redirect(back)
    queries.tell(request.user, doubt.raised_by, [doubt], request.day)
    facts = {
        "doubt": doubt,
        "check": doubt.raised_by,
        "form": form,
        "back": back,
        "trail": [(str(doubt.raised_by), back), (_("Not a fault"), None)],
    }
    return render(request, "consistency/set_aside.html", facts, status=422 if request.method == "POST" else 200)


@signed_in_only
@require_POST
def take_back(request: DayRequest, aside_id: int) -> HttpResponse:
    aside = get_object_or_404(set_asides_visible_to(request.user), pk=aside_id)
    doubt = _doubt(request, aside.doubt_id)
    try:
        actions.take_back(aside, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It counts again."))
    return redirect(_back(request, doubt))


def _doubt(request: DayRequest, doubt_id: int) -> Doubt:
    """What the reader may set aside; not found for everybody else. It is done in the office that lets them."""
    rows = doubts_visible_to(request.user).on(request.today).select_related("place", "venue", "raised_by__line")
    doubt: Doubt = get_object_or_404(rows, pk=doubt_id)
    if not can_set_aside(request.user, doubt):
        raise Http404
    act_as(office_that_keeps(request.user, doubt))
    return doubt


def _back(request: DayRequest, doubt: Doubt) -> str:
    """The list from which one came, or that of the nearest division."""
    asked = request.GET.get("in", "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= 18:
        return _address(request, "consistency_check", doubt.raised_by_id, int(asked))
    near = nearest_division(request.user, doubt.place_id, request.today)
    return _address(request, "consistency_check", doubt.raised_by_id, near)


# == what was asked ==
def _which(request: DayRequest) -> Which:
    asked = request.GET.get("show", "open")
    if asked not in queries.WHICH:
        raise Http404
    return asked


def _address(request: DayRequest, name: str, key: str, unit_id: int, **more: str) -> str:
    return keep_day(f"{reverse(name, args=[key])}?{urlencode({'in': str(unit_id), **more})}", request)
