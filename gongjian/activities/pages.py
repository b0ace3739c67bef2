"""What the pages of activities have in common: for which body something is entered, and a page with one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongjian.programme.access import items_visible_to, keeping_body
from gongjian.programme.models import PlanItem
from gongjian.register.access import bodies_visible_to, body_entries_visible_to, venues_visible_to
from gongjian.register.models import Body, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest
from gongjian.register.views.why import refused
from gongjian.ui.templatetags.ui import keep_day

from .hosting import own_bodies

PLACE = "programme"
MOST_VENUES = 200
MOST_IN_A_FILE = 100_000
Trail = list[tuple[str, str | None]]


def trail_to(request: AccountRequest, page: str, title: str, *more: str) -> Trail:
    """From the programme to a list, and further to what stands in it."""
    start = (_("Programme"), keep_day(reverse("programme"), request))
    here = (title, keep_day(reverse(page), request) if more else None)
    return [start, here, *((each, None) for each in more)]


def chosen_body(request: AccountRequest, trail: Trail, said: str) -> Body | HttpResponse:
    """The body for which something is entered: `?body=`, or the only one the reader keeps; else a page to choose."""
    own = own_bodies(request.user, request.today)
    asked = request.GET.get("body", "")
    ids = [str(id) for id, _name in own]
    if asked in ids or (not asked and len(ids) == 1):
        return Body.objects.select_related("line").get(pk=asked or ids[0])
    if asked:
        body = (
            bodies_visible_to(request.user).filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
        )
        if body is None:
            raise Http404
        return not_theirs(request, body)
    facts = {"own": own, "trail": trail, "place": PLACE, "said": said}
    return render(request, "activities/choose.html", facts, status=200 if own else 403)


def not_theirs(request: AccountRequest, body: Body) -> HttpResponse:
    """The page that says who keeps what the body does."""
    keeper = keeping_body(body)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def form_page(
    request: AccountRequest,
    form: Callable[[Any], forms.Form],
    write: Callable[[Any], Any],
    *,
    title: str,
    said: str,
    page: str,
    back: str,
    trail: Trail,
    lede: str = "",
) -> HttpResponseBase:
    """A page with one form; what was written leads to `page` of what came of it. Refusals stand above the form."""
    given = request.POST if request.method == "POST" else None
    filled = form(given)
    if given is not None and filled.is_valid():
        try:
            made = write(filled)
        except Refused as no:
            filled.add_error(None, str(no))
        else:
            messages.success(request, said)
            return redirect(page, made.pk)
    facts = {"form": filled, "title": title, "back": back, "trail": trail, "place": PLACE, "lede": lede}
    return render(request, "activities/form.html", facts, status=200 if given is None else 400)


def done(request: AccountRequest, write: Callable[[], object], said: str | Promise) -> bool:
    """Do it, and say so or why not; was it done?"""
    try:
        write()
    except Refused as no:
        messages.error(request, str(no))
        return False
    messages.success(request, str(said))
    return True


def cursors_of(request: AccountRequest) -> dict[str, Any]:
    """Where in a list the page begins or ends."""
    return {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}


def query_of(request: AccountRequest, names: Any) -> str:
    """What the list is narrowed to, as a query for another address."""
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def venues_near(request: AccountRequest, lead: Body) -> Any:
    """Venues of the body itself, of those that it leads or that stand where it sits."""
    entries = body_entries_visible_to(request.user).on(request.today)
    near = entries.filter(Q(body=lead) | Q(superior=lead) | Q(leader=lead))
    found = venues_visible_to(request.user).on(request.today)
    owned = Q(owner__in=near.values("body")) | Q(unit__in=entries.filter(body=lead).values("seat"))
    ids = list(found.filter(owned).order_by("name", "pk").values_list("pk", flat=True)[:MOST_VENUES])
    return venues_visible_to(request.user).filter(pk__in=ids).order_by("name", "pk")


def items_of(request: AccountRequest, body: Body) -> Any:
    """Items of the body's plans of this year and later ones that are not finished."""
    rows = items_visible_to(request.user).filter(plan__body=body, plan__year__gte=request.today.year)
    open_states = (PlanItem.State.PLANNED, PlanItem.State.UNDER_WAY)
    return rows.filter(state__in=open_states).order_by("due_on", "pk")
