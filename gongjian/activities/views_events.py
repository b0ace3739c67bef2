"""The pages of events: what is coming and what is past, one event, signing up, planning and amending one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day, moment

from . import events, sign_ups
from .access import events_visible_to, office_that_hosts
from .forms_events import EventFilterForm, EventForm, SummaryForm
from .hosting import offered_hosts, own_bodies
from .models import Event
from .pages import (
    MOST_IN_A_FILE,
    PLACE,
    chosen_body,
    cursors_of,
    done,
    form_page,
    items_of,
    not_theirs,
    query_of,
    trail_to,
    venues_near,
)
from .queries_events import SOME_PAST, event_shown, events_listed, every_event
from .states import WORDS

SAID = {
    "announce": gettext_lazy("Announced: everybody who is signed in can read it."),
    "take_back": gettext_lazy("It is a draft again, and read by whoever keeps it."),
    "call_off": gettext_lazy("Called off. Whoever signed up gets a letter with the reason."),
    "restore": gettext_lazy("It takes place after all. Whoever signed up gets a letter."),
    "remove": gettext_lazy("The draft is thrown away."),
}
ON_THEIR_PAGE = {"call_off", "sum_up"}  # verbs with something to be written


# == the list ==
@signed_in_only
@require_GET
def events_page(request: AccountRequest) -> HttpResponse:
    form = EventFilterForm(request.GET)
    facts: dict[str, Any] = {"form": form, "trail": trail_to(request, "events", _("Events")), "place": PLACE}
    if not form.is_valid():
        return render(request, "activities/events.html", facts, status=400)
    filters, now = form.filters(), timezone.now()
    past = replace(filters, past=True)
    facts |= {
        "page": events_listed(request.user, filters, now, **cursors_of(request)),
        "past": None if filters.past else events_listed(request.user, past, now, size=SOME_PAST),
        "filters": filters,
        "may_plan": bool(own_bodies(request.user, request.today)),
        "export_href": keep_day(f"{reverse('events_export')}?{query_of(request, form.fields)}", request),
        "past_href": keep_day(f"{reverse('events')}?when=past&{query_of(request, ['kind', 'stage', 'line'])}", request),
    }
    return render(request, "activities/events.html", facts)


@signed_in_only
@require_GET
def events_export(request: AccountRequest) -> HttpResponseBase:
    form = EventFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = every_event(request.user, form.filters(), timezone.now(), most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Narrow the list down and take them from there."))
    columns = [Column(_("Title"), 40), Column(_("Kind"), 16), Column(_("Leading organisation"), 36)]
    columns += [Column(_("Together with"), 40), Column(_("Begins at"), 18), Column(_("Ends at"), 18)]
    columns += [
        Column(_("Where it is"), 30),
        Column(_("Stage"), 20),
        Column(_("State"), 12),
        Column(_("How it was"), 60),
    ]
    rows = (_line(row) for row in found)
    return workbook_response(f"{_('Events')}-{request.today}.xlsx", columns, rows, sheet=_("Events"))


def _line(row: Any) -> list[Any]:
    hosts, stage = "；".join(row.host_names), str(row.stage) if row.stage else ""
    days = [moment(row.starts_at), moment(row.ends_at)]
    what = [row.title, str(row.kind), row.lead_name, hosts, *days, row.where, stage]
    return [*what, str(row.get_state_display()), row.summary]


# == one event ==
@signed_in_only
@require_GET
def event(request: AccountRequest, event_id: int) -> HttpResponse:
    shown = event_shown(request.user, event_id, timezone.now())
    if shown is None:
        raise Http404
    verbs = [verb for verb in shown.verbs if verb not in ON_THEIR_PAGE]
    facts = {
        "shown": shown,
        "event": shown.event,
        "moves": [(verb, WORDS[verb]) for verb in verbs],
        "may_call_off": "call_off" in shown.verbs,
        "may_sum_up": shown.keeps and shown.has_begun and shown.event.state in ("announced", "over"),
        "may_amend": shown.keeps and shown.event.state in ("draft", "announced"),
        "missing": events.missing_in(shown.event) if shown.keeps else [],
        "trail": trail_to(request, "events", _("Events"), shown.event.title),
        "place": PLACE,
    }
    return render(request, "activities/event.html", facts)


@signed_in_only
@require_POST
def event_sign_up(request: AccountRequest, event_id: int) -> HttpResponse:
    """Oneself with one tap; a body with its number. `do=take_back` takes either back."""
    found, now, user = _event(request, event_id), timezone.now(), request.user
    goes, body = request.POST.get("do") != "take_back", _own_body(request)
    if body is None and goes:
        done(request, lambda: sign_ups.sign_up(found, now=now, by=user), _("You have signed up."))
    elif body is None:
        done(request, lambda: sign_ups.take_back(found, now=now, by=user), _("Taken back. You are not on the list."))
    elif goes:
        people = _people(request)
        done(
            request,
            lambda: sign_ups.sign_up_body(found, body, people=people, now=now, by=user),
            _("The organisation has signed up."),
        )
    else:
        said = _("Taken back. The organisation is not on the list.")
        done(request, lambda: sign_ups.take_back_body(found, body, now=now, by=user), said)
    return redirect("event", event_id)


def _own_body(request: AccountRequest) -> Body | None:
    """The body that is signed up; None for oneself. What is no such thing is not found."""
    given = request.POST.get("body", "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 18:
        raise Http404
    body = bodies_visible_to(request.user).filter(pk=given).first()
    if body is None:
        raise Http404
    return body


def _people(request: AccountRequest) -> int:
    """As typed; 0 for what is no number, which the action refuses."""
    given = request.POST.get("people", "").strip()
    return int(given) if given.isdecimal() and len(given) < 9 else 0


@signed_in_only
@require_POST
def event_move(request: AccountRequest, event_id: int) -> HttpResponse:
    found, verb, now = _event(request, event_id), request.POST.get("do", ""), timezone.now()
    if verb not in SAID:
        raise Http404
    try:
        _move(found, verb, request, now)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("event", event_id)
    messages.success(request, SAID[verb])
    return redirect("events") if verb == "remove" else redirect("event", event_id)


def _move(found: Event, verb: str, request: AccountRequest, now: Any) -> None:
    match verb:
        case "announce":
            events.announce(found, now=now, by=request.user)
        case "take_back":
            events.take_back(found, by=request.user)
        case "call_off":
            events.call_off(found, reason=request.POST.get("reason", ""), now=now, by=request.user)
        case "restore":
            events.restore(found, now=now, by=request.user)
        case "remove":
            events.remove(found, by=request.user)


@signed_in_only
@require_POST
def event_lead(request: AccountRequest, event_id: int) -> HttpResponse:
    found, to = _event(request, event_id), _own_body(request)
    if to is None:
        raise Http404
    done(
        request,
        lambda: events.let_lead(found, to=to, today=request.today, by=request.user),
        _("Another organisation leads it from now on."),
    )
    return redirect("event", event_id)


# == planning and amending ==
@signed_in_only
def event_new(request: AccountRequest) -> HttpResponseBase:
    trail = trail_to(request, "events", _("Events"), _("Plan an event"))
    lead = chosen_body(request, trail, _("Plan an event"))
    if isinstance(lead, HttpResponse):
        return lead

    def form(given: Any) -> EventForm:
        return _event_form(request, given, lead)

    def write(filled: Any) -> Event:
        return events.plan(lead, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, form, write, title=_("Plan an event"), said=_("The draft is there. Announce it once it is right."),
        page="event", back=reverse("events"), trail=trail,
        lede=_("It begins as a draft that only its hosts read."),
    )  # fmt: skip


@signed_in_only
def event_edit(request: AccountRequest, event_id: int) -> HttpResponseBase:
    found = _event(request, event_id)
    if office_that_hosts(request.user, found) is None:
        return not_theirs(request, found.lead)

    def form(given: Any) -> EventForm:
        return _event_form(request, given, found.lead, found)

    def write(filled: Any) -> Event:
        return events.amend(found, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, form, write, title=_("Amend the event"), said=_("Kept. What stood before stays on record."),
        page="event", back=reverse("event", args=[found.pk]),
        trail=trail_to(request, "events", _("Events"), found.title),
    )  # fmt: skip


def _event_form(request: AccountRequest, given: Any, lead: Body, found: Event | None = None) -> EventForm:
    known = [each.body_id for each in found.hosts.all()] if found else []
    hosts = offered_hosts(request.user, lead, request.today, known)
    venues, items = venues_near(request, lead), items_of(request, lead)
    if found is not None:
        venues |= venues.model.objects.filter(pk=found.venue_id).order_by("name", "pk")
        items |= items.model.objects.filter(pk=found.item_id).order_by("due_on", "pk")
    return EventForm(given, hosts=hosts, venues=venues, items=items, event=found)


@signed_in_only
def event_sum_up(request: AccountRequest, event_id: int) -> HttpResponseBase:
    found = _event(request, event_id)
    if office_that_hosts(request.user, found) is None:
        return not_theirs(request, found.lead)

    def form(given: Any) -> SummaryForm:
        return SummaryForm(given, initial={"summary": found.summary, "took_part": found.took_part})

    def write(filled: Any) -> Event:
        return events.sum_up(found, now=timezone.now(), by=request.user, **filled.cleaned_data)

    return form_page(
        request, form, write, title=_("How it was"), said=_("Kept. The list of those who signed up is thrown away."),
        page="event", back=reverse("event", args=[found.pk]),
        trail=trail_to(request, "events", _("Events"), found.title),
        lede=_("With this the event is over, and the list of those who signed up is thrown away."),
    )  # fmt: skip


def _event(request: AccountRequest, event_id: int) -> Event:
    found = events_visible_to(request.user).select_related("lead__line").filter(pk=event_id).first()
    if found is None:
        raise Http404
    return found
