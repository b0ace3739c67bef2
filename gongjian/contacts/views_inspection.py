"""The pages of the calendar of checks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import bodies_kept_by
from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body, Unit
from gongjian.register.queries.lists import body_names, unit_names, units_to_narrow_to
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import inspecting, together
from . import queries_inspection as queries
from .access import inspections_visible_to, stops_visible_to
from .forms_inspection import CalendarForm, CallOffForm, DecideForm, InspectionForm, MergeForm, StopsForm, months_from
from .inspecting import Clash, Place
from .models import Inspection, Stop
from .queries import bodies_that_set
from .views import refusal_of

MOST_IN_A_FILE = 100_000


# == a month ==
@signed_in_only
@require_GET
def inspections(request: DayRequest) -> HttpResponse:
    form = CalendarForm(request.GET, day=request.day)
    facts: dict[str, Any] = {
        "form": form,
        "sets": bodies_that_set(request.user, bodies_kept_by(request.user), request.today),
        "together": len(queries.could_go_together(request.user, request.today)),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Calendar of checks"), None)],
        "place": "programme",
    }
    if not form.is_valid():
        return render(request, "contacts/inspections.html", facts, status=400)
    filters = form.filters()
    form.offer(queries.inspectors_to_choose(request.user, request.today, filters.body), _places(request, filters.below))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    facts |= {
        "listed": queries.stops_listed(request.user, filters, request.today, after=after, before=before),
        "month": filters.month,
        "is_narrowed": filters != queries.StopFilters(filters.month),
        "export_href": keep_day(f"{reverse('inspections_export')}?{query}", request),
    }
    return render(request, "contacts/inspections.html", facts)


def _places(request: DayRequest, below: int | None) -> list[tuple[int, str]]:
    inside = units_to_narrow_to(request.user, request.today, below)
    here = [(below, unit_names(request.user, request.today, [below]).get(below, "?"))] if below else []
    return [*here, *inside]


@signed_in_only
@require_GET
def inspections_export(request: DayRequest) -> HttpResponseBase:
    form = CalendarForm(request.GET, day=request.day)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    filters = form.filters()
    found = queries.every_stop(request.user, filters, request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Choose a place further down and take them from there."))
    columns = [Column(_("Month"), 10), Column(_("Day"), 12, "day"), Column(_("Place that is checked"), 40)]
    columns += [Column(_("Who inspects"), 40), Column(_("Goes along"), 40), Column(_("What is looked at"), 40)]
    columns += [Column(_("Number in the yearly plan"), 16), Column(_("Document it is based on"), 40)]
    columns += [Column(_("State"), 14), Column(_("Also comes in that month"), 40)]
    columns += [Column(_("Times in the year"), 10, "number")]
    name = f"{_('Calendar of checks')}-{filters.month:%Y-%m}.xlsx"
    return workbook_response(name, columns, map(_line, found), sheet=f"{filters.month:%Y-%m}")


def _line(row: queries.StopRow) -> list[Any]:
    stop, check = row.stop, row.stop.inspection
    where = [f"{stop.month:%Y-%m}", stop.on, row.place, row.by, "；".join(row.along)]
    what = [check.title, check.number, check.document, check.get_state_display()]
    return [*where, *what, "；".join(name for _id, name, _on in row.beside), row.trips]


@signed_in_only
@require_GET
def body_inspections(request: DayRequest, body_id: int) -> HttpResponse:
    """Who comes to this body, and when."""
    shown = queries.visited(request.user, body_id, request.today)
    if shown is None:
        raise Http404
    trail = [(shown.name, keep_day(reverse("body", args=[body_id]), request)), (_("Who comes to us when"), None)]
    facts = {"shown": shown, "body_id": body_id, "trail": trail, "place": "programme"}
    return render(request, "contacts/body_inspections.html", facts)


# == one check ==
@signed_in_only
@require_GET
def inspection(request: DayRequest, inspection_id: int) -> HttpResponse:
    return _page(request, inspection_id)


def _page(
    request: DayRequest, inspection_id: int, form: StopsForm | None = None, clash: Clash | None = None
) -> HttpResponse:
    shown = queries.inspection_shown(request.user, inspection_id, request.today)
    if shown is None:
        raise Http404
    found = shown.inspection
    keeps = shown.keeps is not None and found.is_live
    widens = keeps and (found.is_planned or found.state == Inspection.State.WAITING)
    months = [each for each in _months(request) if each.year == found.year]
    facts: dict[str, Any] = {
        "shown": shown,
        "inspection": found,
        "keeps": keeps,
        "decides": shown.decides is not None and found.state == Inspection.State.WAITING,
        "decide": DecideForm(),
        "call_off": CallOffForm(),
        "stops_form": form or (StopsForm(None, months=months) if widens and months else None),
        "others": _others(request, clash),
        "trail": [(_("Calendar of checks"), keep_day(reverse("inspections"), request)), (found.title, None)],
        "place": "programme",
    }
    return render(request, "contacts/inspection.html", facts, status=400 if form else 200)


@signed_in_only
def inspection_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if refusal := refusal_of(request, body):
        return refusal
    form = InspectionForm(request.POST if request.method == "POST" else None, months=_months(request))
    others: list[queries.StopRow] = []
    if form.is_bound and form.is_valid():
        try:
            made = _enter(request, body, form)
        except Clash as clash:
            others = _others(request, clash)
            form.show(row.pk for row in others)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            waits = made.state == Inspection.State.WAITING
            said = _("It waits for the consent of the organisation above.") if waits else _("It is in the calendar.")
            messages.success(request, said)
            return redirect("inspection", made.pk)
    facts = {
        "form": form,
        "name": name,
        "others": others,
        "trail": [(name, reverse("body", args=[body.pk])), (_("New check"), None)],
        "place": "programme",
    }
    return render(request, "contacts/inspection_new.html", facts, status=400 if form.is_bound else 200)


def _enter(request: DayRequest, body: Body, form: InspectionForm) -> Inspection:
    """Raises Refused, Clash."""
    said = {name: form.cleaned_data[name] for name in ("title", "document", "number", "reason")}
    places = _typed(request, form)
    return inspecting.enter(body, places=places, seen=form.seen_ids, today=request.today, by=request.user, **said)


@signed_in_only
@require_POST
def inspection_stop(request: DayRequest, inspection_id: int) -> HttpResponseBase:
    found = _inspection_of(request, inspection_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    form = StopsForm(request.POST, months=_months(request))
    if not form.is_valid():
        return _page(request, found.pk, form)
    try:
        places = _typed(request, form)
        inspecting.add_stops(found, places, seen=form.seen_ids, today=request.today, by=request.user)
    except Clash as clash:
        form.show(each.pk for each in clash.others)
        return _page(request, found.pk, form, clash)
    except Refused as no:
        form.add_error(None, str(no))
        return _page(request, found.pk, form)
    messages.success(request, _("It is in the calendar."))
    return redirect("inspection", found.pk)


@signed_in_only
@require_POST
def inspection_decide(request: DayRequest, inspection_id: int) -> HttpResponseBase:
    found = _inspection_of(request, inspection_id)
    if found.asked_of is None:
        raise Http404
    if refusal := refusal_of(request, found.asked_of):
        return refusal
    form, verb = DecideForm(request.POST), request.POST.get("do", "")
    if verb not in ("agree", "refuse"):
        raise Http404
    try:
        said = form.cleaned_data["said"] if form.is_valid() else request.POST.get("said", "")
        inspecting.decide(found, verb, said=said, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Decided. Whoever asked reads it."))
    return redirect("inspection", found.pk)


@signed_in_only
@require_POST
def inspection_call_off(request: DayRequest, inspection_id: int) -> HttpResponseBase:
    found = _inspection_of(request, inspection_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    try:
        said = request.POST.get("said", "")
        inspecting.call_off(found, said=said, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Called off. Those it came to read why."))
    return redirect("inspection", found.pk)


@signed_in_only
@require_POST
def stop_change(request: DayRequest, stop_id: int) -> HttpResponseBase:
    """It does not come there; or it comes alone again: which of them the button says."""
    rows = stops_visible_to(request.user).select_related("inspection__body__line")
    found = rows.filter(pk=stop_id).first()
    if found is None:
        raise Http404
    if refusal := refusal_of(request, found.inspection.body):
        return refusal
    verb = request.POST.get("do", "")
    if verb not in ("take_out", "go_alone"):
        raise Http404
    try:
        if verb == "go_alone":
            together.go_alone(found, by=request.user)
        else:
            inspecting.take_out_stop(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Kept."))
    return redirect("inspection", found.inspection_id)


# == going together ==
@signed_in_only
@require_GET
def inspections_together(request: DayRequest) -> HttpResponse:
    facts = {
        "groups": queries.could_go_together(request.user, request.today),
        "form": MergeForm(),
        "trail": [(_("Calendar of checks"), keep_day(reverse("inspections"), request)), (_("Go together"), None)],
        "place": "programme",
    }
    return render(request, "contacts/together.html", facts)


@signed_in_only
@require_POST
def inspections_merge(request: DayRequest) -> HttpResponseBase:
    form = MergeForm(request.POST)
    ids = [int(each) for each in request.POST.getlist("stop") if each.isdecimal() and len(each) < 19]
    try:
        if not form.is_valid():
            raise Refused(" ".join(str(sentence) for held in form.errors.values() for sentence in held))
        stops = list(Stop.objects.filter(pk__in=ids))
        together.merge(stops, on=form.cleaned_data["on"], today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("They go together on that day: one joint check."))
    return redirect("inspections_together")


# == what the views share ==
def _inspection_of(request: DayRequest, inspection_id: int) -> Inspection:
    rows = inspections_visible_to(request.user).select_related("body__line", "asked_of__line")
    found = rows.filter(pk=inspection_id).first()
    if found is None:
        raise Http404
    return found


def _months(request: DayRequest) -> list[Any]:
    """From this month until the end of next year."""
    return months_from(request.today, 25 - request.today.month)


def _others(request: DayRequest, clash: Clash | None) -> list[queries.StopRow]:
    return queries.told(request.user, clash.others, request.today) if clash else []


def _typed(request: DayRequest, form: StopsForm) -> list[Place]:
    """The places as they are typed, one a line. Raises Refused."""
    on = form.cleaned_data.get("on")
    return [_place(request, line, Place(form.first_day, on)) for line in form.lines]


def _place(request: DayRequest, typed: str, when: Place) -> Place:
    bodies, units = queries.places_called(request.user, typed, request.today)
    if len(bodies) + len(units) != 1:
        said = (
            _("Nothing stands under “%(name)s” today. Write the name or the code as in the register.")
            if not bodies + units
            else _("Several are called “%(name)s”. Write the code of the one you mean.")
        )
        raise Refused(said % {"name": typed})
    body = Body.objects.get(pk=bodies[0]) if bodies else None
    unit = Unit.objects.get(pk=units[0]) if units else None
    return Place(when.month, when.on, body, unit)
