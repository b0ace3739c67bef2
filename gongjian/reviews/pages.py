"""What the pages share: a button with its act, and a form with its act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest

PLACE = {"place": "programme"}


def sent(request: DayRequest) -> Any:
    return request.POST if request.method == "POST" else None


def form_page(
    request: DayRequest, form: forms.Form, act: Callable[[], str], said: str, template: str, facts: dict[str, Any]
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
    return render(request, template, {"form": form} | PLACE | facts, status=400 if form.is_bound else 200)


def done(
    request: DayRequest, form: forms.Form | None, act: Callable[[], object], said: str, address: str
) -> HttpResponseBase:
    """Does the act of a button and goes back, with a sentence of what became of it; a text it returns is a warning."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            for error in errors:
                messages.error(request, f"{form.fields[name].label}: {error}" if name in form.fields else str(error))
        return redirect(address)
    try:
        warning = act()
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
        if isinstance(warning, str) and warning:
            messages.warning(request, _("It is done, but nobody was asked: %(why)s") % {"why": warning})
    return redirect(address)


def hub_step() -> tuple[str, str | None]:
    return _("Members' review"), reverse("reviews")
