"""What the pages of honours share: a form with its act, a button with its act, and the refusal for who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.programme.access import keeping_body
from gongjian.register.access import Reader, bodies_visible_to, persons_visible_to
from gongjian.register.models import Body, Office, Permission, Person
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest
from gongjian.register.views.why import refused
from gongjian.ui.templatetags.ui import keep_day

from .access import office_that_keeps
from .models import Call

PLACE = {"place": "programme"}
Trail = list[tuple[str, str | None]]


def sent(request: DayRequest) -> Any:
    return request.POST if request.method == "POST" else None


def form_page(
    request: DayRequest, form: forms.Form, act: Callable[[], str], done: str, title: str, back: str, trail: Trail,
    **more: Any,
) -> HttpResponseBase:  # fmt: skip
    """Shows the form; once it is sent and right, does the act, which returns the address to go to."""
    if form.is_bound and form.is_valid():
        try:
            address = act()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, done)
            return redirect(address)
    facts = {"form": form, "title": title, "back": back, "trail": [*trail, (title, None)]}
    return render(request, "honours/form.html", facts | PLACE | more, status=400 if form.is_bound else 200)


def done(
    request: DayRequest, form: forms.Form | None, act: Callable[[], object], said: str, address: str
) -> HttpResponseBase:
    """Does the act of a button and goes back to the page, with a sentence of what became of it."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else None
            for error in errors:
                messages.error(request, f"{label}：{error}" if label else str(error))
        return redirect(address)
    try:
        act()
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect(address)


def body_of(request: DayRequest, body_id: int) -> tuple[Body, str]:
    """The body with its name, or not found."""
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    return body, name


def refusal_of(request: DayRequest, body: Body) -> HttpResponse | None:
    """The page that says who keeps the matters of this body, for whoever does not."""
    if office_that_keeps(request.user, body) is not None:
        return None
    keeper = keeping_body(body)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def officer_called(reader: Reader, name: str, today: Any) -> Person:
    """The one whom the reader may see who is called so and holds an office today. Raises Refused."""
    held = Office.objects.filter(valid__contains=today).values("person")
    found = list(persons_visible_to(reader).filter(name=name.strip(), pk__in=held).order_by("pk")[:2])
    if not found:
        raise Refused(_("Nobody of this name who holds an office is open to you. Look at the spelling."))
    if len(found) > 1:
        raise Refused(_("Several people of this name hold an office. Write to whoever gives offices there."))
    return found[0]


def top(request: DayRequest) -> tuple[str, str | None]:
    return (_("Honours"), keep_day(reverse("honours"), request))


def call_trail(request: DayRequest, call: Call) -> Trail:
    return [top(request), (call.title, keep_day(reverse("honour_call", args=[call.pk]), request))]
