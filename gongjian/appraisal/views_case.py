"""The pages of one case: what is given for it, scoring, marks, what came out, its calculation, objections."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import deciding, queries_case, rounds, scoring
from .access import (
    cases_of_own,
    is_told,
    keeps,
    objections_visible_to,
    peers_of,
    scores_from_above,
    scores_itself,
)
from .forms import AnswerForm, BoxForm, MarkForm, ObjectionForm, ScoreForm, marks_offered
from .models import Case, Mark, Round, Score
from .queries_case import CaseShown, case_of
from .rules import rules_of
from .views import PLACE, form_page, round_trail
from .views_cases import taken


@signed_in_only
@require_GET
def case(request: DayRequest, case_id: int) -> HttpResponse:
    return _page(request, case_id)


def _page(request: DayRequest, case_id: int, **forms: Any) -> HttpResponse:
    shown = queries_case.case_shown(request.user, case_id, request.today)
    if shown is None:
        raise Http404
    found = shown.case
    takes = found.round.state in (Round.State.SELF, Round.State.REVIEWING)
    facts = {
        "shown": shown,
        "case": found,
        "round": found.round,
        "rules": shown.rules,
        "mark_form": forms.get("mark_form") or _mark_form(shown),
        "box_form": forms.get("box_form") or BoxForm(None),
        "objection_form": forms.get("objection_form") or ObjectionForm(None),
        "answer_form": forms.get("answer_form") or AnswerForm(None),
        "may_take_in": takes and bool(found.left_out) and keeps(request.user, found.round),
        "trail": [*round_trail(request, found.round), (shown.name, None)],
    }
    return render(request, "appraisal/case.html", facts | PLACE, status=400 if forms else 200)


def _mark_form(shown: CaseShown) -> MarkForm | None:
    return MarkForm(None, rules=shown.rules) if shown.marks_it and marks_offered(shown.rules) else None


# == scores ==
@signed_in_only
def score(request: DayRequest, case_id: int, what: str) -> HttpResponseBase:
    """`what`: self, or above."""
    found = _case_of(request, case_id)
    rules = rules_of(found.round.version.definition)
    if what == "self":
        office, items = scores_itself(request.user, found), rules.of_source("self", "superior")
        given, verb = found.scores.filter(by_whom=Score.By.SELF), scoring.score_itself
        title = _("Score one's own organisation")
    elif what == "above":
        office, items = scores_from_above(request.user, found), rules.of_source("superior")
        given, verb = found.scores.filter(by_whom=Score.By.SUPERIOR), scoring.score_from_above
        title = _("Score from above")
    else:
        raise Http404
    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    form = ScoreForm(request.POST if request.method == "POST" else None, items=items, given=given)
    if office is None:
        cannot = _("It is scored by whoever keeps the yearly plan of the body, or of the one above it, and by nobody "
                   "who holds an office in it.")  # fmt: skip
        return _form(request, found, form, title, name, cannot=cannot)
    if form.is_bound and form.is_valid():
        try:
            verb(found, form.given(), now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The score is kept. It can be mended until grades are proposed."))
            return redirect("appraisal_case", found.pk)
    reference = _("Items that the body above scores are for reference here: its score counts.")
    return _form(request, found, form, title, name, note=reference if what == "self" else "")


@signed_in_only
def beside(request: DayRequest, case_id: int, body_id: int) -> HttpResponseBase:
    """What one's own body gives one beside it."""
    found = Case.objects.filter(pk=case_id).select_related(*queries_case.BESIDE).first()
    own = cases_of_own(request.user).filter(body=body_id, round=found.round_id if found else None).first()
    if found is None or own is None or not peers_of(request.user, found.round).filter(pk=found.pk).exists():
        raise Http404
    giver = Body.objects.get(pk=body_id)
    items = rules_of(found.round.version.definition).of_source("peers")
    given = found.scores.filter(by_whom=Score.By.PEER, giver=giver)
    form = ScoreForm(request.POST if request.method == "POST" else None, items=items, given=given)
    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    if form.is_bound and form.is_valid():
        try:
            scoring.score_beside(found, giver, form.given(), now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The score is kept. It can be mended until grades are proposed."))
            return redirect("appraisal_round", found.round_id)
    note = _("Only the mean of three or more is told, never who gave what.")
    back = reverse("appraisal_round", args=[found.round_id])
    trail = round_trail(request, found.round)
    return form_page(request, form, _("Score an organisation beside one's own"), back, trail, lede=name, note=note)


def _form(request: DayRequest, found: Case, form: Any, title: str, name: str, **more: Any) -> HttpResponse:
    back = reverse("appraisal_case", args=[found.pk])
    trail = [*round_trail(request, found.round), (name, back)]
    return form_page(request, form, title, back, trail, lede=name, **more)


# == marks ==
@signed_in_only
@require_POST
def mark(request: DayRequest, case_id: int) -> HttpResponse:
    found = _case_of(request, case_id)
    form = MarkForm(request.POST, rules=rules_of(found.round.version.definition))
    if form.is_valid():
        kind, key, points, evidence = form.given()
        try:
            scoring.mark(found, kind, key, points=points, evidence=evidence, now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It is entered. A veto counts once another person approves it."))
            return redirect("appraisal_case", found.pk)
    return _page(request, found.pk, mark_form=form)


@signed_in_only
@require_POST
def mark_move(request: DayRequest, mark_id: int) -> HttpResponse:
    found = Mark.objects.filter(pk=mark_id).select_related("case").first()
    if found is None or case_of(request.user, found.case_id) is None:
        raise Http404
    try:
        if request.POST.get("do") == "approve":
            scoring.approve_veto(found, now=timezone.now(), by=request.user)
        else:
            scoring.take_mark_back(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Kept. What stood before stays on record."))
    return redirect("appraisal_case", found.case_id)


@signed_in_only
@require_POST
def take_in(request: DayRequest, case_id: int) -> HttpResponse:
    found = _case_of(request, case_id)
    try:
        rounds.take_in(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    return redirect("appraisal_case", found.pk)


# == what came out ==
@signed_in_only
@require_GET
def calculation(request: DayRequest, case_id: int) -> HttpResponse:
    shown = queries_case.case_shown(request.user, case_id, request.today)
    if shown is None or not shown.is_told:
        raise Http404
    trail = [*round_trail(request, shown.case.round), (shown.name, reverse("appraisal_case", args=[case_id]))]
    facts = {
        "shown": shown,
        "case": shown.case,
        "rules": shown.rules,
        "sum": queries_case.calculation_of(shown.case, shown.rules),
        "trail": [*trail, (_("Calculation"), None)],
    }
    return render(request, "appraisal/calculation.html", facts | PLACE)


@signed_in_only
@require_GET
def calculation_taken(request: DayRequest, case_id: int) -> HttpResponse:
    found = _case_of(request, case_id)
    if not is_told(request.user, found):
        raise Http404
    rules = rules_of(found.round.version.definition)
    return taken(queries_case.taken_away(found, rules), f"appraisal-case-{found.pk}.json")


@signed_in_only
@require_POST
def object_to(request: DayRequest, case_id: int) -> HttpResponse:
    found = _case_of(request, case_id)
    form = ObjectionForm(request.POST)
    if form.is_valid():
        try:
            deciding.raise_objection(
                found, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The objection is with whoever keeps the round. The answer shows here."))
            return redirect("appraisal_case", found.pk)
    return _page(request, found.pk, objection_form=form)


@signed_in_only
@require_POST
def answer(request: DayRequest, objection_id: int) -> HttpResponse:
    found = objections_visible_to(request.user).filter(pk=objection_id).select_related("case__round").first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            verb, words = request.POST.get("do", ""), form.cleaned_data["answer"]
            deciding.answer(found, verb, words=words, now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It is answered. Whoever objected reads it on this page."))
            return redirect("appraisal_case", found.case_id)
    return _page(request, found.case_id, answer_form=form)


def _case_of(request: DayRequest, case_id: int) -> Case:
    found = case_of(request.user, case_id)
    if found is None:
        raise Http404
    return found
