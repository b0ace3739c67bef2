"""The pages of a poll for whoever keeps it: the list, making one, and freezing it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.templatetags.ui import keep_day

from . import making, queries
from .access import office_that_keeps, polls_kept_by
from .clock import bring_forward
from .forms import GroupForm, KeyForm, ObserverForm, PollForm, ReasonForm
from .models import Observer, Poll

PLACE = {"place": "ballots"}
MOST_GROUPS = 8
LARGEST_KEY = 10_000


@signed_in_only
@require_GET
def polls(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    listed = queries.polls_listed(request.user, request.today, after=after, before=before)
    facts = {"listed": listed, "trail": [(_("Polls"), None)]}
    return render(request, "ballots/polls.html", facts | PLACE)


@signed_in_only
def poll_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if office_that_keeps(request.user, body) is None:
        return refused(request, Permission.KEEP_PLANS, body, name)
    given = request.POST if request.method == "POST" else None
    form = PollForm(given)
    if given is not None and form.is_valid():
        try:
            with transaction.atomic():  # a new document goes with the poll, or not at all
                made = making.draft(body, now=timezone.now(), by=request.user, **form.given(request.user))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The poll is prepared. Say who or what is chosen, and draw up the roll."))
            return redirect("poll", made.pk)
    return form_page(request, form, _("Prepare a poll"), reverse("polls"), [(_("Polls"), reverse("polls"))])


@signed_in_only
@require_GET
def poll(request: DayRequest, poll_id: int) -> HttpResponse:
    return poll_page(request, poll_id)


def poll_page(request: DayRequest, poll_id: int, **forms: Any) -> HttpResponse:
    """The page, with what was typed wrong in one of its forms."""
    found = poll_of(request, poll_id)
    shown = queries.poll_kept(request.user, found.pk, request.today, timezone.now())
    assert shown is not None
    facts: dict[str, Any] = {
        "shown": shown,
        "poll": shown.poll,
        "is_draft": shown.poll.state == Poll.State.DRAFT,
        "groups": shown.poll.rules["groups"] if shown.poll.is_frozen else shown.poll.groups,
        "may_add_group": len(shown.poll.groups) < MOST_GROUPS,
        "may_change": shown.poll.state in (Poll.State.READY, Poll.State.OPEN),
        "may_call_off": shown.poll.state not in (Poll.State.PUBLISHED, Poll.State.ERASED, Poll.State.CALLED_OFF),
        "observer_form": ObserverForm(None),
        "trail": [(_("Polls"), keep_day(reverse("polls"), request)), (shown.poll.title, None)],
    }
    return render(request, "ballots/poll.html", facts | forms | PLACE, status=400 if forms else 200)


@signed_in_only
def poll_edit(request: DayRequest, poll_id: int) -> HttpResponseBase:
    found = poll_of(request, poll_id)
    given = request.POST if request.method == "POST" else None
    form = PollForm(given, poll=found)
    if given is not None and form.is_valid():
        try:
            with transaction.atomic():
                making.amend(found, now=timezone.now(), by=request.user, **form.given(request.user))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("poll", found.pk)
    return form_page(request, form, _("Amend the poll"), reverse("poll", args=[found.pk]), trail_of(request, found))


# == candidates ==
@signed_in_only
def group_new(request: DayRequest, poll_id: int) -> HttpResponseBase:
    found = poll_of(request, poll_id)
    taken = {each["id"] for each in found.groups}
    id = next(name for name in (f"g{at}" for at in range(1, MOST_GROUPS + 2)) if name not in taken)
    return _group_page(request, found, id, _("Add a group of candidates"))


@signed_in_only
def group_edit(request: DayRequest, poll_id: int, group: str) -> HttpResponseBase:
    found = poll_of(request, poll_id)
    if group not in {each["id"] for each in found.groups}:
        raise Http404
    return _group_page(request, found, group, _("Amend the group"))


def _group_page(request: DayRequest, found: Poll, id: str, title: str) -> HttpResponseBase:
    group = next((each for each in found.groups if each["id"] == id), None)
    step = next((each for each in found.steps if each["group"] == id), None)
    given = request.POST if request.method == "POST" else None
    form = GroupForm(given, request.FILES or None, group=group, step=step)
    if given is not None and form.is_valid():
        try:
            making.set_groups(found, *_with(found, id, form.given(id)), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("poll", found.pk)
    back = reverse("poll", args=[found.pk])
    return form_page(request, form, title, back, trail_of(request, found), is_upload=True)


def _with(found: Poll, id: str, new: tuple[dict[str, Any], dict[str, Any]] | None) -> tuple[list[Any], list[Any]]:
    """The groups and steps with one replaced or added; without it where there is no new one."""
    groups = {each["id"]: each for each in found.groups}
    steps = {each["group"]: each for each in found.steps}
    if new is None:
        groups.pop(id, None)
        steps.pop(id, None)
    else:
        groups[id], steps[id] = new
    return list(groups.values()), list(steps.values())


@signed_in_only
@require_POST
def group_remove(request: DayRequest, poll_id: int, group: str) -> HttpResponse:
    found = poll_of(request, poll_id)
    return done(
        request, found, lambda: making.set_groups(found, *_with(found, group, None), by=request.user),
        _("The group is taken out."),
    )  # fmt: skip


# == key and observers ==
@signed_in_only
def key(request: DayRequest, poll_id: int) -> HttpResponseBase:
    """How the three holders make the key, and its public half."""
    found = poll_of(request, poll_id)
    given = request.POST if request.method == "POST" else None
    form = KeyForm(given, request.FILES or None)
    if given is not None and form.is_valid():
        try:
            told = _read_public(form.cleaned_data["file"].read(LARGEST_KEY))
            making.name_key(found, key=told["key"], holders=told["holders"], by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The key is there. Its holders keep their files and their passphrases."))
            return redirect("poll", found.pk)
    facts = {"form": form, "poll": found, "trail": [*trail_of(request, found), (_("The key"), None)]}
    return render(request, "ballots/key.html", facts | PLACE, status=400 if form.is_bound else 200)


def _read_public(file: bytes) -> dict[str, Any]:
    try:
        told = json.loads(file)
        return {"key": str(told["key"]), "holders": [str(each) for each in told["holders"]]}
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise Refused(_("This is not the public.json of a key. Choose the one that keygen wrote.")) from problem


@signed_in_only
@require_POST
def observer_add(request: DayRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    form = ObserverForm(request.POST)
    if form.is_valid():
        try:
            making.add_observer(found, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The observer is named."))
            return redirect("poll", found.pk)
    return poll_page(request, found.pk, observer_form=form)


@signed_in_only
@require_POST
def observer_remove(request: DayRequest, poll_id: int, observer_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    observer = Observer.objects.filter(poll=found, pk=observer_id).select_related("poll__held_by").first()
    if observer is None:
        raise Http404
    return done(request, found, lambda: making.remove_observer(observer, by=request.user), _("Taken out."))


# == moves ==
@signed_in_only
@require_POST
def make_ready(request: DayRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    now = timezone.now()
    return done(
        request, found, lambda: making.make_ready(found, today=request.today, now=now, by=request.user),
        _("Rules, roll and key are frozen. Everybody can read them from now on."),
    )  # fmt: skip


@signed_in_only
@require_POST
def call_off(request: DayRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    why = request.POST.get("why", "")
    now = timezone.now()
    return done(
        request, found, lambda: making.call_off(found, why=why, now=now, by=request.user),
        _("Called off. What was cast is erased."),
    )  # fmt: skip


@signed_in_only
def withdraw(request: DayRequest, poll_id: int, group: str, candidate: str) -> HttpResponseBase:
    """A candidate withdraws in mid-round."""
    found = poll_of(request, poll_id)
    name = next((one["title"] for each in (found.rules["groups"] if found.is_frozen else ()) if each["id"] == group
                 for one in each["candidates"] if one["id"] == candidate), None)  # fmt: skip
    if name is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = ReasonForm(given)
    if given is not None and form.is_valid():
        try:
            making.withdraw(found, group=group, candidate=candidate, now=timezone.now(), by=request.user,
                            **form.cleaned_data)  # fmt: skip
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Withdrawn. Ballots that chose this candidate stay valid."))
            return redirect("poll", found.pk)
    title = _("Withdraw %(name)s") % {"name": name}
    return form_page(request, form, title, reverse("poll", args=[found.pk]), trail_of(request, found))


# == what the views share ==
def poll_of(request: DayRequest, poll_id: int) -> Poll:
    """A poll that the reader keeps; not found for anybody else. Opened and closed if its minute has come."""
    found = polls_kept_by(request.user).select_related("held_by__line", "approval").filter(pk=poll_id).first()
    if found is None:
        raise Http404
    return bring_forward(found)


def done(request: DayRequest, found: Poll, act: Any, said: str, back: str = "poll") -> HttpResponse:
    """Do it and go back, with what came of it said on top."""
    try:
        act()
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect(back, found.pk)


def form_page(
    request: DayRequest, form: Any, title: str, back: str, trail: list[tuple[str, str | None]], **more: Any
) -> HttpResponse:
    facts = {"form": form, "title": title, "back": back, "trail": [*trail, (title, None)]}
    return render(request, "ballots/form.html", facts | PLACE | more, status=400 if form.is_bound else 200)


def trail_of(request: DayRequest, found: Poll) -> list[tuple[str, str | None]]:
    own = keep_day(reverse("poll", args=[found.pk]), request)
    return [(_("Polls"), keep_day(reverse("polls"), request)), (found.title, own)]
