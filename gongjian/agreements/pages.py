"""What the pages share: a form with its act, and the refusal for whoever does not keep a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest
from gongjian.register.views.why import refused

from .access import agreements_visible_to, keeping_body, office_that_keeps
from .models import Agreement

PLACE = {"place": "programme"}


def sent(request: DayRequest) -> Any:
    return request.POST if request.method == "POST" else None


def form_page(
    request: DayRequest, form: forms.Form, act: Callable[[], str], said: str, template: str, facts: dict[str, Any]
) -> HttpResponseBase:
    """Shows the form; once it is sent and right, does the act, which returns the address to go to. What is refused
    stays in the form."""
    if form.is_bound and form.is_valid():
        try:
            address = act()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, said)
            return redirect(address)
    return render(request, template, {"form": form} | PLACE | facts, status=400 if form.is_bound else 200)


def body_of(request: DayRequest, body_id: int) -> tuple[Body, str]:
    """The body with its name, or not found."""
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    return body, name


def found_of(request: DayRequest, agreement_id: int) -> Agreement:
    rows = agreements_visible_to(request.user).select_related("union__line", "previous", "statute")
    found = rows.filter(pk=agreement_id).first()
    if found is None:
        raise Http404
    return found


def refusal_of(request: DayRequest, body: Body) -> HttpResponse | None:
    """The page that says who keeps the matters of this body, for whoever does not."""
    if office_that_keeps(request.user, body) is not None:
        return None
    keeper = keeping_body(body)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def hub_step() -> tuple[str, str | None]:
    return _("Wage agreements"), reverse("agreements")
