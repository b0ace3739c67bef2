"""The pages of selections: the list, one selection, preparing, proposing, holding the poll, deciding; and its files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.deeds.views_deed import done
from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.register.views.why import refused

from . import carrying, deciding, polling, preparing, queries
from .access import (
    candidates_visible_to,
    deeds_to_propose,
    keeps,
    objections_visible_to,
    office_that_keeps,
    selections_visible_to,
)
from .forms import AnswerForm, DecideForm, HoldPollForm, ProposeForm, ReasonForm, SelectionForm, WordsForm
from .models import Selection
from .states import moves_of

PLACE = {"place": "selections"}
S = Selection.State


@require_GET
def selections(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    listed = queries.selections_listed(request.user, request.today, after=after, before=before)
    return render(request, "selections/selections.html", {"listed": listed, "trail": [(_("Selections"), None)]} | PLACE)


@signed_in_only
def selection_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if office_that_keeps(request.user, body) is None:
        return refused(request, Permission.KEEP_PLANS, body, name)
    form = SelectionForm(request.POST if request.method == "POST" else None, today=request.today)
    said = _("Prepared. Look the rules over, then let candidates come in.")

    def make() -> str:
        made = preparing.draft(body, today=request.today, by=request.user, **form.said())
        return reverse("selection", args=[made.pk])

    facts = {"title": _("Prepare a selection"), "kind": name, "back": reverse("selections")}
    return form_page(request, form, make, said, facts)


@require_GET
def selection(request: DayRequest, selection_id: int) -> HttpResponse:
    shown = queries.selection_shown(request.user, selection_id, request.today)
    if shown is None:
        raise Http404
    found, moves = shown.selection, set(moves_of(shown.selection))
    poll_is_told = found.poll is not None and found.poll.is_told
    is_notice = found.state == S.NOTICE
    facts: dict[str, Any] = {
        "shown": shown,
        "selection": found,
        "steps": queries.steps_of(found),
        "is_tallied": found.is_told or (shown.keeps and found.state == S.RANKED),
        "may_open": shown.keeps and "open" in moves,
        "may_hold": shown.keeps and "hold_poll" in moves and not shown.missing,
        "may_carry": shown.keeps and "carry_out" in moves and poll_is_told,
        "may_notice": shown.keeps and "give_notice" in moves,
        "may_decide": shown.keeps and "decide" in moves and not shown.missing,
        "may_publish": shown.keeps and "publish" in moves,
        "may_look_again": shown.keeps and is_notice and any(each.state == "upheld" for each in shown.objections),
        "may_call_off": shown.keeps and "call_off" in moves,
        "may_withdraw": shown.keeps and found.state in (S.NOMINATING, S.POLLING, S.RANKED),
        "answers": shown.keeps and request.user.pk != found.carried_out_by_id and is_notice,
        "has_file": poll_is_told and found.is_told,
        "objection_form": WordsForm() if request.user.is_authenticated and is_notice else None,
        "answer_form": AnswerForm(),
        "trail": [(_("Selections"), reverse("selections")), (found.title, None)],
    }
    return render(request, "selections/selection.html", facts | PLACE)


@signed_in_only
@require_POST
def selection_move(request: AccountRequest, selection_id: int) -> HttpResponseBase:
    """Which of them the button says."""
    found = selection_of(request, selection_id)
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    address = reverse("selection", args=[selection_id])
    verb = request.POST.get("do", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "open": (lambda: preparing.open_nominations(found, **given), _("Candidates come in from now on.")),
        "carry_out": (lambda: carrying.carry_out(found, **given), _("Carried out. Look it over, then give notice.")),
        "give_notice": (lambda: deciding.give_notice(found, **given), _("Everybody reads it now, and may object.")),
        "look_again": (lambda: deciding.look_again(found, by=request.user), _("It is open again to be mended.")),
        "publish": (lambda: deciding.publish(found, **given), _("Published.")),
        "call_off": (
            lambda: deciding.call_off(found, why=request.POST.get("why", ""), now=given["now"], by=request.user),
            _("Called off. Everybody reads why."),
        ),
    }
    if verb not in acts:
        raise Http404
    act, said = acts[verb]
    return done(request, None, act, said, address)


# == candidates ==
@signed_in_only
def selection_propose(request: AccountRequest, selection_id: int) -> HttpResponseBase:
    """The deeds that this reader may propose, each with what has to be said of it."""
    found = selection_of(request, selection_id)
    if found.state != S.NOMINATING:
        return redirect("selection", selection_id)
    form = ProposeForm(request.POST if request.method == "POST" else None, selection=found)
    if form.is_bound:
        id = request.POST.get("deed", "")
        deed = (
            deeds_to_propose(request.user, found).filter(pk=int(id) if id.isdecimal() and len(id) < 19 else 0).first()
        )
        if deed is None:
            messages.error(
                request, _("This deed is not shown, stands here already, or is of somebody else. Choose another.")
            )
            return redirect("selection_propose", selection_id)
        said = _("It stands.") if keeps(request.user, found) else _("Proposed. Whoever keeps the selection answers.")
        return done(request, form, lambda: preparing.propose(
            found, deed, marks=form.cleaned_data, today=request.today, by=request.user),
            said, reverse("selection_propose", args=[selection_id]))  # fmt: skip
    proposals = queries.proposals_for(request.user, found, request.today)
    facts = {
        "selection": found, "form": form, "proposals": proposals,
        "most": queries.MOST_DEEDS if len(proposals) >= queries.MOST_DEEDS else None,
        "trail": [*trail_of(found), (_("Propose candidates"), None)],
    }  # fmt: skip
    return render(request, "selections/propose.html", facts | PLACE)


@signed_in_only
@require_POST
def candidate_move(request: AccountRequest, candidate_id: int) -> HttpResponseBase:
    rows = candidates_visible_to(request.user).select_related("selection__held_by__line", "selection__poll")
    found = rows.filter(pk=candidate_id).first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST)
    verb = request.POST.get("do", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "accept": (lambda: preparing.answer(found, "accept", by=request.user), _("It stands.")),
        "refuse": (
            lambda: preparing.answer(found, "refuse", reason=form.cleaned_data["reason"], by=request.user),
            _("Refused. Whoever proposed it reads the reason."),
        ),
        "withdraw": (
            lambda: polling.withdraw(found, why=form.cleaned_data["reason"], now=timezone.now(), by=request.user),
            _("Withdrawn. Ballots that chose this candidate stay valid."),
        ),
    }
    if verb not in acts:
        raise Http404
    act, said = acts[verb]
    return done(request, form, act, said, reverse("selection", args=[found.selection_id]))


# == the poll ==
@signed_in_only
def selection_poll(request: AccountRequest, selection_id: int) -> HttpResponseBase:
    """Closing the list and holding the poll."""
    found = kept_selection(request, selection_id)
    form = HoldPollForm(request.POST if request.method == "POST" else None)

    def hold() -> str:
        with transaction.atomic():  # a new document goes with the poll, or not at all
            made = polling.hold_poll(
                found, today=request.today, now=timezone.now(), by=request.user, **form.given(request.user)
            )
        assert made.poll is not None
        return reverse("poll", args=[made.poll.pk])

    said = _("The list is closed and hashed. Draw up the roll, bring in key and observers, and freeze the poll.")
    facts = {"title": _("Hold the poll"), "kind": found.title, "back": reverse("selection", args=[found.pk])}
    return form_page(request, form, hold, said, facts)


# == objections and the decision ==
@signed_in_only
@require_POST
def selection_object(request: AccountRequest, selection_id: int) -> HttpResponseBase:
    found = selection_of(request, selection_id)
    form = WordsForm(request.POST)
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    said = _("Taken. It is answered before the panel decides.")
    return done(request, form, lambda: deciding.object_to(found, **form.cleaned_data, **given), said,
                reverse("selection", args=[selection_id]))  # fmt: skip


@signed_in_only
@require_POST
def selection_answer(request: AccountRequest, dispute_id: int) -> HttpResponseBase:
    rows = objections_visible_to(request.user).select_related("selection__held_by__line", "selection__poll")
    found = rows.filter(pk=dispute_id).first()
    verb = request.POST.get("do", "")
    if found is None or verb not in ("uphold", "reject"):
        raise Http404
    form = AnswerForm(request.POST)
    act = lambda: deciding.answer(found, verb, words=form.cleaned_data["words"], by=request.user)  # noqa: E731
    return done(request, form, act, _("Answered."), reverse("selection", args=[found.selection_id]))


@signed_in_only
def selection_decide(request: AccountRequest, selection_id: int) -> HttpResponseBase:
    found = kept_selection(request, selection_id)
    shown = queries.selection_shown(request.user, selection_id, request.today)
    assert shown is not None
    rows = [row for group in shown.groups for row in group.rows]
    form = DecideForm(request.POST if request.method == "POST" else None, standing=rows)

    def decide() -> str:
        deciding.decide(found, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data)
        return reverse("selection", args=[found.pk])

    facts = {"title": _("What the panel decided"), "kind": found.title, "back": reverse("selection", args=[found.pk])}
    return form_page(request, form, decide, _("Kept. Publish it now."), facts)


# == files ==
@require_GET
def selection_file(request: DayRequest, selection_id: int) -> HttpResponse:
    """Rules, candidates, votes and outcomes, for `python -m quotas`."""
    found = _told(request, selection_id)
    answer = HttpResponse(carrying.as_bytes(carrying.file_of(found)), content_type="application/json")
    answer["Content-Disposition"] = "attachment; filename=selection.json"
    return answer


@require_GET
def selection_bundle(request: DayRequest, selection_id: int) -> HttpResponseBase:
    """The poll's bundle and the file of the selection in one."""
    found = _told(request, selection_id)
    file = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115 – the response closes it
    carrying.write_bundle(found, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="selection.zip", content_type="application/zip")


def _told(request: DayRequest, selection_id: int) -> Selection:
    rows = selections_visible_to(request.user).select_related("poll__result")
    found = rows.filter(pk=selection_id).first()
    if found is None or not found.is_told:
        raise Http404
    return found


# == what the views share ==
def selection_of(request: DayRequest, selection_id: int) -> Selection:
    rows = selections_visible_to(request.user).select_related("held_by__line", "poll")
    found = rows.filter(pk=selection_id).first()
    if found is None:
        raise Http404
    return found


def kept_selection(request: DayRequest, selection_id: int) -> Selection:
    found = selection_of(request, selection_id)
    if not keeps(request.user, found):
        raise Http404
    return found


def trail_of(found: Selection) -> list[tuple[str, str | None]]:
    return [(_("Selections"), reverse("selections")), (found.title, reverse("selection", args=[found.pk]))]


def form_page(
    request: DayRequest, form: forms.Form, act: Callable[[], str], said: str, facts: dict[str, Any]
) -> HttpResponseBase:
    """Shows the form; once it is sent and right, does the act, which returns the address to go to."""
    if form.is_bound and form.is_valid():
        try:
            address = act()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, said)
            return redirect(address)
    shown = {"form": form, "trail": [(_("Selections"), reverse("selections")), (facts["title"], None)]} | facts | PLACE
    return render(request, "selections/form.html", shown, status=400 if form.is_bound else 200)
