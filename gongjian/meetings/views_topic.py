"""The pages of topics: handing one in, reading it with its papers, taking it, putting it off or not taking it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
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

from . import queries, topics
from .access import bodies_for, papers_visible_to, topics_visible_to
from .forms import PaperForm, TopicForm
from .models import Meeting, Paper, Topic
from .states import TOPIC_MOVES, WORDS, moves_of
from .topics import LONG_PAPER
from .views import PLACE, form_page
from .views_meeting import back_to, meeting_of, meeting_trail

SORTABLE = (Meeting.State.COLLECTING, Meeting.State.AGENDA_SET, Meeting.State.HELD)


@signed_in_only
def topic_new(request: DayRequest, meeting_id: int) -> HttpResponseBase:
    found = meeting_of(request, meeting_id)
    ids = list(bodies_for(request.user, found).order_by("line__position", "pk").values_list("pk", flat=True))
    names = body_names(request.user, request.today, ids)
    given = request.POST if request.method == "POST" else None
    is_late = request.today > found.topics_close_on
    form = TopicForm(given, bodies=[(id, names.get(id, "")) for id in ids], is_late=is_late)
    if given is not None and form.is_valid():
        fields = dict(form.cleaned_data)
        body = Body.objects.get(pk=fields.pop("body"))
        try:
            made = topics.hand_in(found, body, today=request.today, by=request.user, **fields)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The topic is handed in. Papers can be added to it."))
            return redirect("topic", found.pk, made.pk)
    more = {"cannot": "" if ids else _("Topics are handed in by whoever keeps the yearly plan of the member.")}
    trail = meeting_trail(request, found)
    return form_page(request, form, _("Hand a topic in"), back_to(found), trail, **more)


@signed_in_only
@require_GET
def topic(request: DayRequest, meeting_id: int, topic_id: int) -> HttpResponse:
    return _page(request, topic_of(request, meeting_id, topic_id), None)


def _page(request: DayRequest, found: Topic, form: PaperForm | None) -> HttpResponse:
    is_kept = office_that_keeps(request.user, found.meeting.series.host) is not None
    is_own = is_kept or office_that_keeps(request.user, found.body) is not None
    verbs = moves_of(found) if is_kept and found.meeting.state in SORTABLE else []
    if found.meeting.state != Meeting.State.COLLECTING:
        verbs = [verb for verb in verbs if verb == "put_off" and found.state == Topic.State.TAKEN]
    collects = found.meeting.state == Meeting.State.COLLECTING
    in_time = is_kept or request.today <= found.meeting.topics_close_on
    facts: dict[str, Any] = {
        "row": queries.topic_shown(request.user, found, request.today),
        "topic": found,
        "meeting": found.meeting,
        "moves": [(verb, WORDS[verb]) for verb in verbs if verb in ("take", "back")],
        "with_reason": [(verb, WORDS[verb]) for verb in verbs if verb in ("put_off", "decline")],
        "may_amend": is_own and collects and in_time,
        "paper_form": form or PaperForm(None) if is_own and not found.meeting.was_held else None,
        "may_remove": is_own and not found.meeting.was_held,
        "long_paper": LONG_PAPER,
        "trail": [*meeting_trail(request, found.meeting), (found.title, None)],
    }
    return render(request, "meetings/topic.html", facts | PLACE, status=400 if form else 200)


@signed_in_only
def topic_edit(request: DayRequest, meeting_id: int, topic_id: int) -> HttpResponseBase:
    found = topic_of(request, meeting_id, topic_id)
    given = request.POST if request.method == "POST" else None
    form = TopicForm(given, topic=found)
    if given is not None and form.is_valid():
        try:
            topics.amend_topic(found, today=request.today, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept. What stood before stays on record."))
            return redirect("topic", meeting_id, found.pk)
    back = reverse("topic", args=[meeting_id, found.pk])
    return form_page(request, form, _("Amend the topic"), back, meeting_trail(request, found.meeting))


@signed_in_only
@require_POST
def sort(request: DayRequest, meeting_id: int, topic_id: int) -> HttpResponse:
    found = topic_of(request, meeting_id, topic_id)
    verb = request.POST.get("do", "")
    if verb not in {known for _state, known in TOPIC_MOVES}:
        raise Http404
    try:
        topics.sort_topic(found, verb, by=request.user, reason=request.POST.get("reason", ""))
    except Refused as no:
        messages.error(request, str(no))
        return redirect("topic", meeting_id, found.pk)
    messages.success(request, _("“%(title)s”: %(state)s") % {"title": found.title, "state": _state(found)})
    return redirect("meeting", meeting_id)


def _state(found: Topic) -> str:
    return str(Topic.objects.get(pk=found.pk).get_state_display())


# == papers ==
@signed_in_only
@require_POST
def paper_add(request: DayRequest, meeting_id: int, topic_id: int) -> HttpResponse:
    found = topic_of(request, meeting_id, topic_id)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            topics.add_paper(found, form.cleaned_data["file"], now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The paper is there. Members can read it."))
            return redirect("topic", meeting_id, topic_id)
    return _page(request, found, form)


@signed_in_only
@require_GET
def paper(request: DayRequest, meeting_id: int, topic_id: int, paper_id: int) -> HttpResponseBase:
    """To be saved and not shown: what came from outside is not run here."""
    found = _paper(request, meeting_id, topic_id, paper_id)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)


@signed_in_only
@require_POST
def paper_remove(request: DayRequest, meeting_id: int, topic_id: int, paper_id: int) -> HttpResponse:
    found = _paper(request, meeting_id, topic_id, paper_id)
    try:
        topics.remove_paper(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The paper is taken away."))
    return redirect("topic", meeting_id, topic_id)


def _paper(request: DayRequest, meeting_id: int, topic_id: int, paper_id: int) -> Paper:
    visible = papers_visible_to(request.user).select_related("topic")
    found = visible.filter(topic__meeting=meeting_id, topic=topic_id, pk=paper_id).first()
    if found is None:
        raise Http404
    return found


def topic_of(request: DayRequest, meeting_id: int, topic_id: int) -> Topic:
    visible = topics_visible_to(request.user).select_related("meeting__series__host__line", "body__line", "came_from")
    found = visible.filter(meeting=meeting_id, pk=topic_id).first()
    if found is None:
        raise Http404
    return found
