"""The page of a person, opening what stays hidden on it, and the roll of a body with its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gongjian.accounts.models import User
from gongjian.ui.excel import workbook_response
from gongjian.ui.templatetags.ui import keep_day

from .. import disclosures, particulars
from .. import roll as rolls
from ..access import (
    bodies_visible_to,
    body_entries_visible_to,
    can_see_particulars,
    can_see_roll,
    persons_visible_to,
)
from ..actions import Refused
from ..models import Body, Disclosure, Permission, Person
from ..people_forms import ReasonForm
from ..queries.beside import beside
from ..queries.people import own_disclosures, person_page
from .door import DayRequest, signed_in_only
from .why import refused


@signed_in_only
@never_cache
@require_GET
def person(request: DayRequest, person_id: int) -> HttpResponse:
    page = person_page(request.user, person_id)
    if page is None:
        raise Http404
    facts: dict[str, Any] = {"page": page, "form": ReasonForm(), "trail": [(page.person.name, None)]}
    facts["beside"] = beside(request.user, request.day, "person", person_id)
    if can_see_particulars(request.user, page.person):
        asked = own_disclosures(request.user, person=person_id)
        facts |= {"sees_particulars": True, "kept": particulars.masked(page.person), "asked": asked}
    return render(request, "register/person.html", facts)


@signed_in_only
@never_cache
@require_POST
def phone(request: DayRequest, person_id: int) -> HttpResponse:
    """The phone in full, on this one answer: not in the address, not in the log, not kept by the browser."""
    someone = _person(request, person_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _said(request, str(form.errors["reason"][0]), reverse("person", args=[person_id]))
    try:
        number = particulars.open_phone(someone, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as no:
        return _said(request, str(no), reverse("person", args=[person_id]))
    return shown_once(request, someone, _("Phone"), number)


def shown_once(request: DayRequest, someone: Person, what: str, number: str) -> HttpResponse:
    """The answer page that shows a number in full."""
    home = keep_day(reverse("person", args=[someone.pk]), request)
    facts = {
        "person": someone,
        "what": what,
        "number": number,
        "back": home,
        "trail": [(someone.name, home), (what, None)],
    }
    return render(request, "register/opened.html", facts)


@signed_in_only
@require_POST
def ask_identity_number(request: DayRequest, person_id: int) -> HttpResponse:
    someone = _person(request, person_id)

    def ask(reason: str) -> Disclosure:
        return disclosures.ask_identity_number(someone, reason=reason, now=timezone.now(), by=account_of(request))

    return _ask(request, ask, reverse("person", args=[person_id]))


def _ask(request: DayRequest, ask: Callable[[str], Disclosure], back: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _said(request, str(form.errors["reason"][0]), back)
    try:
        ask(form.cleaned_data["reason"])
    except Refused as no:
        return _said(request, str(no), back)
    messages.success(request, _("It is asked for. Somebody else who may see this has seven days to agree."))
    return redirect(keep_day(back, request))


def account_of(request: DayRequest) -> User:
    """Behind `signed_in_only` there is one."""
    return cast(User, request.user)


def _said(request: DayRequest, sentence: str, back: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(keep_day(back, request))


def _person(request: DayRequest, person_id: int) -> Person:
    """Not found for whoever may not see the particulars."""
    someone = persons_visible_to(request.user).filter(pk=person_id).first()
    if someone is None or not can_see_particulars(request.user, someone):
        raise Http404
    return someone


# == the roll of a body ==
@signed_in_only
@require_GET
def roll(request: DayRequest, body_id: int) -> HttpResponse:
    body, name = _body(request, body_id)
    if not can_see_roll(request.user, body):
        return refused(request, Permission.SEE_PEOPLE, body, name)
    asked = own_disclosures(request.user, body=body_id)
    facts = {
        "body": body,
        "name": name,
        "roll": rolls.roll_of(request.user, body, request.today),
        "form": ReasonForm(),
        "asked": asked,
        "is_agreed": any(each.disclosure.state == Disclosure.State.AGREED for each in asked),
        "trail": [(name, keep_day(reverse("body", args=[body_id]), request)), (_("People"), None)],
        "walk": "line",
    }
    return render(request, "register/roll.html", facts)


@signed_in_only
@require_POST
def ask_roll(request: DayRequest, body_id: int) -> HttpResponse:
    body, _name = _open_body(request, body_id)

    def ask(reason: str) -> Disclosure:
        persons = rolls.roll_of(request.user, body, request.today).hidden
        return disclosures.ask_export(body, persons=persons, reason=reason, now=timezone.now(), by=account_of(request))

    return _ask(request, ask, reverse("roll", args=[body_id]))


@signed_in_only
@never_cache
@require_POST
def roll_export(request: DayRequest, body_id: int) -> HttpResponseBase:
    body, name = _open_body(request, body_id)
    try:
        rows = rolls.take_out(body, today=request.today, now=timezone.now(), by=account_of(request))
    except Refused as no:
        return _said(request, str(no), reverse("roll", args=[body_id]))
    filename = f"{name} {request.today.isoformat()}.xlsx"
    return workbook_response(filename, rolls.columns(), rows, sheet=_("People"))


def _open_body(request: DayRequest, body_id: int) -> tuple[Body, str]:
    body, name = _body(request, body_id)
    if not can_see_roll(request.user, body):
        raise Http404
    return body, name


def _body(request: DayRequest, body_id: int) -> tuple[Body, str]:
    body = bodies_visible_to(request.user).filter(pk=body_id).first()
    entry = body_entries_visible_to(request.user).filter(body=body_id).order_by("-valid").first()
    if body is None or entry is None:
        raise Http404
    return body, entry.name
