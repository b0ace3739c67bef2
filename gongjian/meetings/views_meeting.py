"""The page of one meeting, moving it, its agenda in order, the reports to it, and its papers as Word and PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import keeping_body, office_that_keeps
from gongjian.register.models import Body, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.templatetags.ui import day as as_day

from . import actions, documents, queries, reports, topics
from . import minutes as minuting
from .access import members_on, reports_visible_to
from .forms import AgendaForm, MeetingForm, ReportForm
from .models import LineReport, Meeting, Topic
from .pdf import as_pdf
from .states import MEETING_MOVES, WORDS, moves_of
from .topics import LONG_PAPER
from .views import PLACE, form_page, refusal_of, trail_of
from .word import DOCX, as_word

SAID = {
    "set_agenda": gettext_lazy("The agenda is set. Whoever keeps the plans of the members gets a letter."),
    "open_agenda": gettext_lazy("The agenda is open again."),
    "hold": gettext_lazy("Written down. Note who was there and what was decided, then publish."),
    "not_held": gettext_lazy("Written down."),
    "cancel": gettext_lazy("Cancelled. It can be held after all, as long as you say so here."),
    "restore": gettext_lazy("It gathers topics again. Look at its day."),
    "publish": gettext_lazy("Published. What was decided stands in the inbox of whoever is to do it."),
}


@signed_in_only
@require_GET
def meeting(request: DayRequest, meeting_id: int) -> HttpResponse:
    shown = queries.meeting_shown(request.user, meeting_id, request.today)
    if shown is None:
        raise Http404
    verbs = moves_of(shown.meeting) if shown.is_kept else []
    is_late = request.today > shown.meeting.topics_close_on
    collects = shown.meeting.state == Meeting.State.COLLECTING
    facts: dict[str, Any] = {
        "shown": shown,
        "meeting": shown.meeting,
        "series": shown.meeting.series,
        "is_kept": shown.is_kept,
        "moves": [(verb, WORDS[verb]) for verb in verbs if verb not in ("cancel", "publish")],
        "may_cancel": "cancel" in verbs,
        "may_publish": "publish" in verbs,
        "is_minuted": shown.is_kept and shown.meeting.state in (Meeting.State.AGENDA_SET, Meeting.State.HELD),
        "may_hand_in": bool(shown.own) and collects and (shown.is_kept or not is_late),
        "is_closed": collects and is_late,
        "long_paper": LONG_PAPER,
        "others": shown.decided_on(None),
        "trail": [*trail_of(request, shown.meeting.series), (as_day(shown.meeting.day), None)],
    }
    return render(request, "meetings/meeting.html", facts | PLACE)


@signed_in_only
def edit(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    found = meeting_of(request, meeting_id)
    if refusal := refusal_of(request, found.series):
        return refusal
    given = request.POST if request.method == "POST" else None
    form = MeetingForm(given, meeting=found)
    if given is not None and form.is_valid():
        try:
            actions.amend_meeting(found, today=request.today, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("meeting", found.pk)
    return form_page(request, form, _("Day and place"), back_to(found), meeting_trail(request, found))


@signed_in_only
@require_POST
def move(request: AccountRequest, meeting_id: int) -> HttpResponse:
    found = meeting_of(request, meeting_id)
    verb, now = request.POST.get("do", ""), timezone.now()
    if verb not in {known for _state, known in MEETING_MOVES}:
        raise Http404
    try:
        if verb == "publish":
            minuting.publish(found, today=request.today, now=now, by=request.user)
        else:
            reason = request.POST.get("reason", "")
            actions.move_meeting(found, verb, today=request.today, now=now, by=request.user, reason=reason)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, SAID[verb])
    return redirect("meeting", found.pk)


@signed_in_only
def agenda(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    """The topics taken, to be put in order and given their minutes."""
    found = meeting_of(request, meeting_id)
    if refusal := refusal_of(request, found.series):
        return refusal
    taken = list(found.topics.filter(state=Topic.State.TAKEN).order_by("position", "pk"))
    given = request.POST if request.method == "POST" else None
    form = AgendaForm(given, topics=taken)
    if given is not None and form.is_valid():
        try:
            topics.order_agenda(found, form.order(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The agenda is in order."))
            return redirect("meeting", found.pk)
    facts = {"form": form, "meeting": found, "back": back_to(found)}
    facts["trail"] = [*meeting_trail(request, found), (_("Put the agenda in order"), None)]
    return render(request, "meetings/agenda.html", facts | PLACE, status=200 if given is None else 400)


# == reports ==
@signed_in_only
def report(request: DayRequest, meeting_id: int, body_id: int) -> HttpResponseBase:
    """A member's report: for whoever writes it a form with what plan and figures say; for the others what was handed
    in."""
    found = meeting_of(request, meeting_id)
    seat = members_on(found).filter(body=body_id).select_related("body__line").first()
    if seat is None:
        raise Http404
    is_own = office_that_keeps(request.user, seat.body) is not None
    written = reports_visible_to(request.user).filter(meeting=found, body=seat.body).select_related("body").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id, "")
    if request.method == "POST":
        if not is_own:
            return refused(request, Permission.KEEP_PLANS, keeping_body(seat.body), name)
        return _write_report(request, found, seat.body, written)
    is_open = found.state in (Meeting.State.COLLECTING, Meeting.State.AGENDA_SET)
    is_written = is_own and is_open and not (written and written.is_handed_in)
    live = reports.facts_of(seat.body, request.user, request.today) if is_written else {}
    facts = {
        "meeting": found, "body": seat.body, "name": name, "report": written, "is_own": is_own,
        "form": ReportForm(initial={"text": written.text if written else ""}) if is_written else None,
        "told": live or (written.facts if written else {}),
        "may_take_back": is_own and is_open and bool(written and written.is_handed_in),
        "trail": [*meeting_trail(request, found), (_("Report"), None)],
    }  # fmt: skip
    return render(request, "meetings/report.html", facts | PLACE)


def _write_report(request: DayRequest, found: Meeting, body: Body, written: LineReport | None) -> HttpResponse:
    form = ReportForm(request.POST)
    verb, text = request.POST.get("do", ""), request.POST.get("text", "") if form.is_valid() else ""
    try:
        if not form.is_valid():
            raise Refused(_("The report is too long. Write at most 5,000 characters."))
        if verb == "take_back" and written is not None:
            reports.take_back_report(written, by=request.user)
            said = _("It is a draft again.")
        else:
            kept = reports.save_report(found, body, text=text, by=request.user)
            said = _("Kept as a draft that only your organisation reads.")
            if verb == "hand_in":
                reports.hand_in_report(kept, today=request.today, now=timezone.now(), by=request.user)
                said = _("Handed in. Plan and figures stand in it as they are today.")
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("meeting_report", found.pk, body.pk)


# == papers ==
@signed_in_only
@require_GET
def paper(request: DayRequest, meeting_id: int, what: str, form: str) -> HttpResponseBase:
    """The agenda, or the minutes, made when asked for. Unpublished minutes are for whoever keeps the series."""
    found = meeting_of(request, meeting_id)
    keeps = office_that_keeps(request.user, found.series.host) is not None
    if what == "minutes" and not (keeps or found.state == Meeting.State.PUBLISHED):
        raise Http404
    makes: Callable[..., documents.Sheet] = documents.minutes_sheet if what == "minutes" else documents.agenda_sheet
    sheet = makes(found, request.user, request.today)
    content, kind = (as_word(sheet), DOCX) if form == "docx" else (as_pdf(sheet), "application/pdf")
    disposition = content_disposition_header(True, f"{sheet.name}.{form}") or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


# == what the views share ==
def meeting_of(request: DayRequest, meeting_id: int) -> Meeting:
    found = queries.meeting_of(request.user, meeting_id)
    if found is None:
        raise Http404
    return found


def back_to(found: Meeting) -> str:
    return reverse("meeting", args=[found.pk])


def meeting_trail(request: DayRequest, found: Meeting) -> list[tuple[str, str | None]]:
    """From the series down: a longer way would not stand beside the day on a tablet."""
    return [*trail_of(request, found.series)[1:], (as_day(found.day), back_to(found))]
