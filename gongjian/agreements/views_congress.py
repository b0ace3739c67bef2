"""A union body's workers' congress: its delegates, when it met, what it decided with how many votes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import congresses, queries_congress
from .access import congresses_visible_to, office_that_keeps
from .forms import CongressForm, DecideForm
from .pages import PLACE, body_of, hub_step, refusal_of


@signed_in_only
@require_GET
def congress(request: DayRequest, body_id: int) -> HttpResponse:
    body, name = body_of(request, body_id)
    return _page(request, body, name)


@signed_in_only
@require_POST
def congress_set_up(request: AccountRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    if refusal := refusal_of(request, body):
        return refusal
    form = CongressForm(request.POST, congress=None, today=request.today)

    def act() -> object:
        return congresses.set_up(body, today=request.today, by=request.user, **form.cleaned_data)

    return _done(request, body, name, form, act, set_up=form)


@signed_in_only
@require_POST
def congress_decide(request: AccountRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    if refusal := refusal_of(request, body):
        return refusal
    found = congresses_visible_to(request.user).filter(body=body).select_related("body").first()
    if found is None:
        raise Http404
    form = DecideForm(request.POST, today=request.today)

    def act() -> object:
        return congresses.decide(found, today=request.today, by=request.user, **form.given())

    return _done(request, body, name, form, act, decide=form)


def _done(
    request: AccountRequest, body: Body, name: str, form: forms.Form, act: Callable[[], object], **shown: Any
) -> HttpResponseBase:
    """Back to the page with a sentence; what is refused stays in its form."""
    if form.is_valid():
        try:
            act()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Written down."))
            return redirect("congress", body.pk)
    return _page(request, body, name, status=400, **shown)


def _page(
    request: DayRequest, body: Body, name: str, *, status: int = 200, set_up: Any = None, decide: Any = None
) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = queries_congress.congress_shown(request.user, body, after=after, before=before)
    is_kept = office_that_keeps(request.user, body) is not None
    facts = {
        "shown": shown,
        "name": name,
        "body": body,
        "set_up": (set_up or CongressForm(None, congress=shown.congress, today=request.today)) if is_kept else None,
        "decide": (decide or DecideForm(None, today=request.today)) if is_kept and shown.congress else None,
        "trail": [hub_step(), (_("Workers' congress"), None)],
    }
    return render(request, "agreements/congress.html", facts | PLACE, status=status)
