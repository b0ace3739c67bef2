"""The doors of the register's pages: for whoever is signed in, and for whoever keeps it. What is public has none."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.whence import act_as
from gongjian.ui.templatetags.ui import keep_day

from ..access import can_change_register
from ..authority.acting import office_that_keeps

View = Callable[..., HttpResponseBase]


class DayRequest(HttpRequest):
    """A request as the middleware hands it on, with the day its page speaks of."""

    day: date
    today: date


class AccountRequest(DayRequest):
    """The same of somebody who is signed in."""

    user: User


def signed_in_only(view: View) -> View:
    """Sends everybody else home with a sentence that says what to do."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("home")})
        said = _("This page is for whoever is signed in. Sign in here, then go there again.")
        messages.warning(request, said)
        return redirect("home")

    return guarded


def keepers_only(view: View) -> View:
    """Not found for whoever may not change the register. What is done there is done in the office that lets one."""

    @signed_in_only
    @wraps(view)
    def guarded(request: DayRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_change_register(request.user):
            raise Http404
        act_as(office_that_keeps(request.user))
        return view(request, *args, **kwargs)

    return guarded


def link_events(events: list[dict[str, Any]], page: str, request: HttpRequest) -> None:
    """Give the events of a life the addresses of the others in them, on the day now shown."""
    for event in events:
        event["links"] = [(keep_day(reverse(page, args=[id]), request), name) for id, name in event.get("ends", ())]
