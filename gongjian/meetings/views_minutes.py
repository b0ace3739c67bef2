"""The pages of whoever takes minutes: who was there, what was said on each item, what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import office_that_keeps
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import minutes as verbs
from . import queries
from .access import decisions_visible_to, members_on
from .forms import AttendanceForm, DecisionForm, PassageForm
from .minutes import Overtaken
from .models import Decision, Meeting, Passage, Topic
from .views import PLACE, form_page, refusal_of
from .views_meeting import back_to, meeting_of, meeting_trail
from .views_topic import topic_of

MOST_OWNERS = 200


@signed_in_only
def attendance(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    found = meeting_of(request, meeting_id)
    if refusal := refusal_of(request, found.series):
        return refusal
    seats = members_on(found).select_related("body__line").order_by("body__line__position", "body_id")
    bodies = [found.series.host, *(seat.body for seat in seats)]
    names = body_names(request.user, request.today, [body.pk for body in bodies])
    noted = {each.body_id: each for each in found.attendance.all()}
    given = request.POST if request.method == "POST" else None
    form = AttendanceForm(given, bodies=[(body, names.get(body.pk, "")) for body in bodies], noted=noted)
    if given is not None and form.is_valid():
        try:
            verbs.note_attendance(found, form.given(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Written down."))
            return redirect("meeting", found.pk)
    facts = {"form": form, "meeting": found, "back": back_to(found)}
    facts["trail"] = [*meeting_trail(request, found), (_("Attendance"), None)]
    return render(request, "meetings/attendance.html", facts | PLACE, status=200 if given is None else 400)


# == what was said ==
@signed_in_only
@require_GET
def minutes(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    """Each item of the agenda with its text; each is saved by itself."""
    found = meeting_of(request, meeting_id)
    return refusal_of(request, found.series) or _minutes(request, found)


@signed_in_only
@require_POST
def passage(request: DayRequest, meeting_id: int, topic_id: int) -> HttpResponse:
    found = topic_of(request, meeting_id, topic_id)
    if office_that_keeps(request.user, found.meeting.series.host) is None:
        raise Http404
    form = PassageForm(request.POST)
    text = request.POST.get("text", "")
    if not form.is_valid():
        messages.error(
            request, _("This text cannot be kept: at most 5,000 characters. Nothing of it is lost; shorten it.")
        )
        return _minutes(request, found.meeting, {found.pk: (text, None)}, status=400)
    try:
        verbs.save_passage(found, now=timezone.now(), by=request.user, **form.cleaned_data)
    except Overtaken as no:
        messages.error(request, str(no))
        return _minutes(request, found.meeting, {found.pk: (no.mine, no.theirs)}, status=409)
    except Refused as no:
        messages.error(request, str(no))
        return _minutes(request, found.meeting, {found.pk: (text, None)}, status=400)
    messages.success(request, _("Saved: %(title)s") % {"title": found.title})
    return redirect(f"{reverse('meeting_minutes', args=[meeting_id])}#item-{found.pk}")


def _minutes(
    request: DayRequest, found: Meeting, typed: dict[int, tuple[str, Passage | None]] | None = None, status: int = 200
) -> HttpResponse:
    """`typed`: what could not be saved, by topic, and the text of whoever was quicker."""
    shown = queries.meeting_shown(request.user, found.pk, request.today)
    if shown is None:
        raise Http404
    items = []
    for item in shown.agenda.items:
        kept = shown.passages.get(item.topic.pk)
        mine, theirs = (typed or {}).get(item.topic.pk, (kept.text if kept else "", None))
        items.append({"item": item, "kept": kept, "text": mine, "theirs": theirs,
                      "version": kept.version if kept else 0,
                      "decisions": shown.decided_on(item.topic.pk)})  # fmt: skip
    facts = {
        "shown": shown,
        "meeting": shown.meeting,
        "items": items,
        "others": shown.decided_on(None),
        "is_open": shown.meeting.state in (Meeting.State.AGENDA_SET, Meeting.State.HELD),
        "back": back_to(shown.meeting),
        "trail": [*meeting_trail(request, shown.meeting), (_("Take the minutes of the meeting"), None)],
    }
    return render(request, "meetings/minutes.html", facts | PLACE, status=status)


# == what was decided ==
@signed_in_only
def decision_new(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    found = meeting_of(request, meeting_id)
    if refusal := refusal_of(request, found.series):
        return refusal
    return _decide(request, found, None)


@signed_in_only
def decision_edit(request: DayRequest, meeting_id: int, decision_id: int) -> HttpResponseBase:
    decision = _decision(request, meeting_id, decision_id)
    if refusal := refusal_of(request, decision.meeting.series):
        return refusal
    return _decide(request, decision.meeting, decision)


@signed_in_only
@require_POST
def decision_remove(request: DayRequest, meeting_id: int, decision_id: int) -> HttpResponse:
    decision = _decision(request, meeting_id, decision_id)
    try:
        verbs.remove_decision(decision, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The decision is taken out."))
    return redirect("meeting_minutes", meeting_id)


def _decide(request: DayRequest, found: Meeting, decision: Decision | None) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    taken = list(found.topics.filter(state=Topic.State.TAKEN).order_by("position", "pk"))
    form = DecisionForm(given, topics=taken, owners=_owners(request, found, decision), decision=decision,
                        initial={"minutes": 10, "topic": request.GET.get("topic", "")})  # fmt: skip
    if given is not None and form.is_valid():
        try:
            _write(request, found, decision, form.given())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Written down. It is asked for once the minutes are published."))
            return redirect("meeting_minutes", found.pk)
    title = _("Write down a decision") if decision is None else _("Amend the decision")
    back = reverse("meeting_minutes", args=[found.pk])
    return form_page(request, form, title, back, meeting_trail(request, found))


def _write(request: DayRequest, found: Meeting, decision: Decision | None, given: dict[str, Any]) -> Decision:
    if decision is None:
        return verbs.add_decision(found, today=request.today, by=request.user, **given)
    return verbs.amend_decision(decision, today=request.today, by=request.user, **given)


def _owners(request: DayRequest, found: Meeting, decision: Decision | None) -> list[tuple[Body, str]]:
    """The members first, then others near the host; only those that can be asked in its name."""
    host = found.series.host
    members = list(members_on(found).order_by("body__line__position", "body_id").values_list("body_id", flat=True))
    near = [each.body_id for each in queries.members_offered(request.user, host, request.today)]
    own = [decision.owner_id] if decision else []
    ids = list(dict.fromkeys([*members, *near, *own]))[:MOST_OWNERS]
    asked = {each.pk: each for each in verbs.owners_of(host).filter(pk__in=ids)}
    names = body_names(request.user, request.today, ids)
    return [(asked[id], names.get(id, "")) for id in ids if id in asked]


def _decision(request: DayRequest, meeting_id: int, decision_id: int) -> Decision:
    visible = decisions_visible_to(request.user).select_related("meeting__series__host__line", "owner")
    found = visible.filter(meeting=meeting_id, pk=decision_id).first()
    if found is None:
        raise Http404
    return found
