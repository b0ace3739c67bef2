"""The pages on which an officer keeps a unit, an organisation or a venue true, and takes back what was a mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongjian.chronicle.models import Act

from .. import keeping
from ..access import (
    bodies_visible_to,
    body_entries_visible_to,
    unit_entries_visible_to,
    units_visible_to,
    venues_visible_to,
)
from ..keep_forms import CountForm, CoverForm, DayForm, LookForm, PlaqueForm, StateForm, TermForm, VenueForm, words
from ..models import Cover, Headcount, Permission, Plaque, Term, Unit, VenueShare
from ..queries.changes import VERBS
from ..refusals import Refused
from ..undo import DAYS, StoodOn, is_undone
from .door import AccountRequest, signed_in_only
from .why import refused

SHOWN = 8
Deed = tuple[Form, Callable[[Any], Any]]


# == a unit ==
@signed_in_only
@require_http_methods(["GET", "POST"])
def unit_keep(request: AccountRequest, unit_id: int) -> HttpResponse:
    unit = units_visible_to(request.user).filter(pk=unit_id).first()
    entry = unit_entries_visible_to(request.user).on(request.today).filter(unit=unit_id).first()
    if unit is None or entry is None:
        raise Http404
    if not keeping.keeps_unit(request.user, unit):
        return refused(request, Permission.KEEP_REGISTER, unit, entry.name)
    data, given = _data(request), _given(request)
    now = Headcount.objects.on(request.today).filter(unit=unit).first()
    forms = {
        "count": CountForm(data("count"), now=now, today=request.today),
        "state": StateForm(data("state"), now=entry, today=request.today),
        "venue": VenueForm(data("venue"), today=request.today, owners=_bodies_at(request, unit)),
    }
    deeds: dict[str, Deed] = {
        "count": (forms["count"], lambda form: keeping.count_heads(
            unit, on=form.cleaned_data["on"], counts=form.counts(), source=form.cleaned_data["source"], **given)),
        "state": (forms["state"], lambda form: keeping.set_state(
            unit, on=form.cleaned_data["on"], values=form.values(), **given)),
        "venue": (forms["venue"], lambda form: keeping.open_venue(
            unit, form.owner(), on=form.cleaned_data["on"], values=form.values(), lines=form.cleaned_data["lines"],
            **given)),
    }  # fmt: skip
    here = reverse("unit_keep", args=[unit_id])
    if (done := _do(request, deeds, here)) is not None:
        return done
    facts = {
        "unit": unit, "name": entry.name, "forms": forms, "now": now,
        "venues": list(venues_visible_to(request.user).on(request.today).filter(unit=unit).order_by("name", "pk")),
        "acts": _acts(f"register.unit:{unit_id}"), "here": here,
        "trail": [(entry.name, reverse("unit", args=[unit_id])), (_("Keep it true"), None)], "walk": "territory",
    }  # fmt: skip
    return render(request, "register/keep_unit.html", facts, status=422 if request.method == "POST" else 200)


def _bodies_at(request: AccountRequest, unit: Unit) -> list[tuple[int, str]]:
    """Those that sit in the unit or cover it today: one of them keeps a venue there."""
    covering = Cover.objects.on(request.today).filter(unit=unit).values("body")
    rows = body_entries_visible_to(request.user).on(request.today).filter(Q(seat=unit) | Q(body__in=covering))
    return list(rows.order_by("body__line__position", "body_id").values_list("body_id", "name")[:100])


# == an organisation ==
@signed_in_only
@require_http_methods(["GET", "POST"])
def body_keep(request: AccountRequest, body_id: int) -> HttpResponse:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    entries = body_entries_visible_to(request.user).filter(body=body_id).select_related("kind")
    entry = entries.on(request.today).first()
    if body is None or entry is None:
        raise Http404
    if not keeping.keeps_body(request.user, body, request.today):
        return refused(request, Permission.KEEP_REGISTER, body, entry.name)
    data, given = _data(request), _given(request)
    forms = {
        "term": TermForm(data("term"), today=request.today),
        "cover": CoverForm(data("cover"), reader=request.user, today=request.today, prefix="cover"),
        "end": CoverForm(data("end"), reader=request.user, today=request.today, prefix="end"),
    }
    deeds: dict[str, Deed] = {
        "term": (forms["term"], lambda form: keeping.elect(
            body, since=form.cleaned_data["on"], until=form.until(), number=form.cleaned_data["number"], **given)),
        "cover": (forms["cover"], lambda form: keeping.cover(
            body, form.cleaned_data["unit"], on=form.cleaned_data["on"], **given)),
        "end": (forms["end"], lambda form: keeping.end_cover(
            body, form.cleaned_data["unit"], on=form.cleaned_data["on"], **given)),
    }  # fmt: skip
    here = reverse("body_keep", args=[body_id])
    if (done := _do(request, deeds, here)) is not None:
        return done
    facts = {
        "body": body, "name": entry.name, "has_term": entry.kind.has_term, "forms": forms,
        "terms": [(each, _last(each)) for each in Term.objects.filter(body=body).order_by("-valid")[:SHOWN]],
        "covers": Cover.objects.on(request.today).filter(body=body).count(),
        "acts": _acts(f"register.body:{body_id}"), "here": here,
        "trail": [(entry.name, reverse("body", args=[body_id])), (_("Keep it true"), None)], "walk": "line",
    }  # fmt: skip
    return render(request, "register/keep_body.html", facts, status=422 if request.method == "POST" else 200)


def _last(term: Term) -> Any:
    return term.until - timedelta(days=1) if term.until else None


# == a venue ==
@signed_in_only
@require_http_methods(["GET", "POST"])
def venue_keep(request: AccountRequest, venue_id: int) -> HttpResponse:
    venue = venues_visible_to(request.user).filter(pk=venue_id).select_related("unit").first()
    if venue is None or request.today not in venue.valid:
        raise Http404
    if not keeping.keeps_unit(request.user, venue.unit):
        return refused(request, Permission.KEEP_REGISTER, venue.unit, venue.name)
    data, given = _data(request), _given(request)
    shared = list(VenueShare.objects.on(request.today).filter(venue=venue).values_list("line_id", flat=True))
    looked = venue.checks.first()
    plaques = list(Plaque.objects.on(request.today).filter(venue=venue).select_related("venue__unit").order_by("kind"))
    forms = {
        "venue": VenueForm(data("venue"), today=request.today, venue=venue, shared_by=shared),
        "plaque": PlaqueForm(data("plaque"), today=request.today),
        "look": LookForm(data("look"), items=looked.items if looked else (), today=request.today),
        "gone": DayForm(data("gone"), today=request.today, prefix="gone"),
    }
    deeds: dict[str, Deed] = {
        "venue": (forms["venue"], lambda form: keeping.amend_venue(
            venue, on=form.cleaned_data["on"], values=form.values(), lines=form.cleaned_data["lines"], **given)),
        "plaque": (forms["plaque"], lambda form: keeping.hang(
            venue, form.cleaned_data["kind"], on=form.cleaned_data["on"], **given)),
        "look": (forms["look"], lambda form: keeping.look_at(
            venue, on=form.cleaned_data["on"], items=form.cleaned_data["items"], **given)),
        "gone": (forms["gone"], lambda form: keeping.end_venue(venue, on=form.cleaned_data["on"], **given)),
    }  # fmt: skip
    downs = []
    for each in plaques:
        prefix = f"down{each.pk}"
        form = DayForm(data(prefix), today=request.today, prefix=prefix)
        deeds[prefix] = (form, partial(_take_down, each, given))
        downs.append((each, dict(words("plaque")).get(each.kind, each.kind), form, prefix))
    here, after = reverse("venue_keep", args=[venue_id]), reverse("unit_keep", args=[venue.unit_id])
    if (done := _do(request, deeds, after if request.POST.get("do") == "gone" else here)) is not None:
        return done
    entry = unit_entries_visible_to(request.user).on(request.today).filter(unit=venue.unit).first()
    facts = {
        "venue": venue, "forms": forms, "plaques": downs, "looked": looked,
        "walk": "territory",
        "trail": [(entry.name if entry else "", after), (venue.name, None)],
    }  # fmt: skip
    return render(request, "register/keep_venue.html", facts, status=422 if request.method == "POST" else 200)


def _take_down(plaque: Plaque, given: dict[str, Any], form: Any) -> Act:
    return keeping.take_down(plaque, on=form.cleaned_data["on"], **given)


# == doing ==
def _given(request: AccountRequest) -> dict[str, Any]:
    return {"today": request.today, "by": request.user}


def _data(request: AccountRequest) -> Callable[[str], Any]:
    """What was typed, for the one form that was sent."""
    return lambda key: request.POST if request.method == "POST" and request.POST.get("do") == key else None


def _do(request: AccountRequest, deeds: dict[str, Deed], to: str) -> HttpResponse | None:
    """Where to go once it is done; None for the page again, with what is wrong in the form."""
    if request.method != "POST":
        return None
    do = request.POST.get("do", "")
    if do == "take_back":
        return _take_back(request, to)
    if do not in deeds:
        raise Http404
    form, deed = deeds[do]
    if not form.is_valid():
        return None
    try:
        done = deed(form)
    except Refused as no:
        form.add_error(None, str(no))
        return None
    if done is None and do in ("count", "state", "venue"):
        messages.info(request, _("The register said so already; nothing was changed."))
    else:
        messages.success(request, _("Entered. The figures count it from the next night on."))
    return redirect(to)


def _take_back(request: AccountRequest, to: str) -> HttpResponse:
    id = request.POST.get("act", "")
    act = Act.objects.filter(pk=int(id), verb__in=keeping.VERBS).first() if id.isdecimal() and len(id) < 19 else None
    if act is None:
        raise Http404
    try:
        keeping.take_back(act, today=request.today, by=request.user)
    except (Refused, StoodOn) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken back. The register stands as it did before."))
    return redirect(to)


def _acts(subject: str) -> list[tuple[Act, str]]:
    """The last things kept here by hand that may still be taken back."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = Act.objects.filter(subject=subject, verb__in=keeping.VERBS, at__gte=since).order_by("-pk")[:SHOWN]
    return [(each, str(VERBS[each.verb])) for each in rows if not is_undone(each)]
