"""The pages of visits and of the problems they found."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.accounts.models import User
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import problems, visits
from .access import office_that_visits, problems_visible_to, visits_visible_to
from .forms import NewVisitForm, OutcomeForm, TakeOnForm, VisitForm
from .models import ContactPoint, Problem, Visit
from .queries_point import problem_shown
from .states import moves_of
from .views import body_called, contact_of, form_page, refusal_of, trail_of


@signed_in_only
def visit_new(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := _may_not_tell(request, contact):
        return refusal
    form = NewVisitForm(request.POST if request.method == "POST" else None, today=request.today)

    def enter() -> ContactPoint:
        return visits.enter(contact, today=request.today, by=request.user, **form.visit_given()).contact

    facts = _around(request, contact) | {"title": _("Tell of a visit")}
    return form_page(request, form, enter, _("The visit is told."), facts, "contacts/visit.html")


@signed_in_only
def visit_edit(request: DayRequest, visit_id: int) -> HttpResponseBase:
    visit = _visit_of(request, visit_id)
    if refusal := _may_not_tell(request, visit.contact):
        return refusal
    form = VisitForm(request.POST if request.method == "POST" else None, today=request.today, visit=visit)

    def correct() -> ContactPoint:
        return visits.correct(visit, today=request.today, by=request.user, **form.cleaned_data).contact

    facts = _around(request, visit.contact) | {"title": _("Correct the visit"), "visit": visit}
    facts["lede"] = _("What stood there before stays in the chronicle.")
    return form_page(request, form, correct, _("Corrected."), facts, "contacts/visit.html")


@signed_in_only
@require_POST
def visit_take_back(request: DayRequest, visit_id: int) -> HttpResponseBase:
    visit = _visit_of(request, visit_id)
    if refusal := _may_not_tell(request, visit.contact):
        return refusal
    try:
        visits.take_back(visit, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken back, with the problems it found. The chronicle keeps what was told."))
    return redirect("contact_point", visit.contact_id)


# == problems ==
@signed_in_only
@require_GET
def problem(request: DayRequest, problem_id: int) -> HttpResponse:
    return _problem_page(request, problem_id)


@signed_in_only
@require_POST
def problem_move(request: DayRequest, problem_id: int) -> HttpResponseBase:
    """Solved, not to be solved, open again: which of them the button says."""
    found = _problem_of(request, problem_id)
    if refusal := _may_not_tell(request, found.visit.contact):
        return refusal
    form = OutcomeForm(request.POST)
    verb = request.POST.get("do", "")
    if verb not in ("solve", "give_up", "put_back", "reopen"):
        raise Http404
    try:
        _move(request, found, verb, form)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("problem", found.pk)
    messages.success(request, _("Kept. The point reads what became of it."))
    return redirect("contact_point", found.visit.contact_id)


def _move(request: DayRequest, found: Problem, verb: str, form: OutcomeForm) -> None:
    """Raises Refused."""
    if verb == "put_back":
        problems.put_back(found, by=request.user)
    elif verb == "reopen":
        problems.reopen(found, by=request.user)
    elif form.is_valid():
        problems.settle(found, verb, outcome=form.cleaned_data["outcome"], today=request.today, by=request.user)
    else:
        raise Refused(" ".join(str(each) for each in form.errors["outcome"]))


@signed_in_only
@require_POST
def problem_take_on(request: DayRequest, problem_id: int) -> HttpResponseBase:
    found = _problem_of(request, problem_id)
    if refusal := _may_not_tell(request, found.visit.contact):
        return refusal
    form = TakeOnForm(request.POST)
    if not form.is_valid():
        return _problem_page(request, problem_id, form)
    given = form.cleaned_data
    try:
        body = body_called(request, given["body"])
        problems.take_on(
            found, body, what=given["what"], due_on=given["due_on"], today=request.today, now=timezone.now(),
            by=cast(User, request.user),
        )  # fmt: skip
    except Refused as no:
        form.add_error(None, str(no))
        return _problem_page(request, problem_id, form)
    messages.success(request, _("Asked. What becomes of it shows here and at the point."))
    return redirect("contact_point", found.visit.contact_id)


def _problem_page(request: DayRequest, problem_id: int, form: TakeOnForm | None = None) -> HttpResponse:
    row = problem_shown(request.user, problem_id, request.today)
    if row is None:
        raise Http404
    contact = contact_of(request, row.problem.visit.contact_id)
    may = office_that_visits(request.user, contact) is not None
    facts = _around(request, contact) | {
        "row": row,
        "moves": moves_of(row.problem) if may else [],
        "outcome": OutcomeForm(),
        "take_on": form or TakeOnForm(),
        "trail": [*trail_of(request, contact), (_("Problem"), None)],
        "place": "programme",
    }
    return render(request, "contacts/problem.html", facts, status=400 if form else 200)


# == what the views share ==
def _visit_of(request: DayRequest, visit_id: int) -> Visit:
    rows = visits_visible_to(request.user).select_related("contact__leader_body__line")
    found = rows.filter(pk=visit_id).first()
    if found is None:
        raise Http404
    return found


def _problem_of(request: DayRequest, problem_id: int) -> Problem:
    rows = problems_visible_to(request.user).select_related("visit__contact__leader_body__line")
    found = rows.filter(pk=problem_id).first()
    if found is None:
        raise Http404
    return found


def _may_not_tell(request: DayRequest, contact: ContactPoint) -> HttpResponse | None:
    if office_that_visits(request.user, contact) is not None:
        return None
    return refusal_of(request, contact.leader_body)


def _around(request: DayRequest, contact: ContactPoint) -> dict[str, Any]:
    trail = trail_of(request, contact)
    return {"kind": trail[-1][0], "back": reverse("contact_point", args=[contact.pk]), "trail": trail}
