"""The page of one person's row – their own words, the grade once it is told, the objection and its answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import grading, holding, queries
from .access import may_answer, objections_visible_to
from .forms import AnswerForm, ObjectForm, SayForm, ToldForm
from .models import GradeObjection, MemberGrade
from .pages import PLACE, done, hub_step
from .rules import rules_of


@signed_in_only
@require_GET
def mine(request: DayRequest, grade_id: int) -> HttpResponse:
    shown = queries.grade_shown(request.user, grade_id, request.today)
    if shown is None:
        raise Http404
    row, review = shown.row, shown.review
    objection = shown.objection
    if objection is not None:
        objection.grade = row.grade
    answers = objection is not None and may_answer(request.user, objection)
    untold = shown.keeps and review.state == "told" and row.grade.grade and not row.grade.is_told
    title = _("My review of %(year)s") if row.is_own else _("Members' review of %(year)s")
    facts: dict[str, Any] = {
        "shown": shown, "row": row, "grade": row.grade, "review": review, "title": title % {"year": review.year},
        "say": SayForm(None, initial={"words": row.grade.words}) if shown.may_say else None,
        "objecting": ObjectForm(None) if shown.may_object else None,
        "answering": AnswerForm(None, rules=shown.rules) if answers else None,
        "telling": ToldForm(None, initial={"told_on": request.today})
        if untold and not row.is_own and not row.has_account else None,
        "trail": [hub_step(), (title % {"year": review.year}, None)],
    }  # fmt: skip
    return render(request, "reviews/mine.html", facts | PLACE)


@signed_in_only
@require_POST
def say(request: AccountRequest, grade_id: int) -> HttpResponseBase:
    found, form = _of(request, grade_id), SayForm(request.POST)
    said = _("Kept. You and whoever keeps the branch's matters read it, nobody else.")
    return done(request, form, lambda: holding.say(found, by=request.user, **form.cleaned_data), said, _page(found))


@signed_in_only
@require_POST
def told(request: AccountRequest, grade_id: int) -> HttpResponseBase:
    found, form = _of(request, grade_id), ToldForm(request.POST)

    def note() -> object:
        return grading.note_told(found, today=request.today, by=request.user, **form.cleaned_data)

    return done(request, form, note, _("Noted."), reverse("review", args=[found.review_id]))


@signed_in_only
@require_POST
def object_to(request: AccountRequest, grade_id: int) -> HttpResponseBase:
    found, form = _of(request, grade_id), ObjectForm(request.POST)

    def act() -> object:
        return grading.object_to(found, today=request.today, by=request.user, **form.cleaned_data)

    return done(request, form, act, _("Raised. Another person than who proposed the grade answers it."), _page(found))


@signed_in_only
@require_POST
def answer(request: AccountRequest, grade_id: int) -> HttpResponseBase:
    found = _of(request, grade_id)
    objection = (
        objections_visible_to(request.user)
        .filter(grade=found, state=GradeObjection.State.RAISED)
        .select_related("grade__review")
        .first()
    )
    if objection is None:
        raise Http404
    form = AnswerForm(request.POST, rules=rules_of(found.review.definition))
    verb = request.POST.get("do", "")

    def act() -> object:
        given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
        grading.answer(objection, verb, **form.cleaned_data, **given)
        return None

    # Whoever answers from above reads the row no longer once it is answered.
    return done(request, form, act, _("Answered. The person reads it."), reverse("reviews"))


def _of(request: DayRequest, grade_id: int) -> MemberGrade:
    found = queries.grade_of(request.user, grade_id)
    if found is None:
        raise Http404
    return found


def _page(found: MemberGrade) -> str:
    return reverse("review_mine", args=[found.pk])
