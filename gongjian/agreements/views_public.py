"""What everybody reads without an account: the agreements in force, and of each the parties, days and summary."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.register.queries.lists import unit_names
from gongjian.register.views.door import DayRequest

from . import queries

KEPT = 60  # seconds that a public page may be old


@require_GET
def public_agreements(request: DayRequest) -> HttpResponse:
    """All, or those that hold for one employer (`unit`)."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    facts = {
        "found": queries.public_list(request.user, request.today, unit=unit, after=after, before=before),
        "unit": unit,
        "unit_name": unit_names(request.user, request.today, [unit]).get(unit, "") if unit else "",
        "trail": [(_("Wage agreements in force"), None)],
        "place": "programme",
        "is_kept": True,
    }
    return kept(render(request, "agreements/public_list.html", facts), request)


@require_GET
def public_agreement(request: DayRequest, agreement_id: int) -> HttpResponse:
    found = queries.public_one(request.user, agreement_id, request.today)
    if found is None:
        raise Http404(_("This agreement is not public, or not in force."))
    facts = {
        "found": found,
        "agreement": found.row.agreement,
        "trail": [(_("Wage agreements in force"), reverse("public_agreements")), (found.row.agreement.title, None)],
        "place": "programme",
        "is_kept": True,
    }
    return kept(render(request, "agreements/public_one.html", facts), request)


def kept(answer: HttpResponse, request: DayRequest) -> HttpResponse:
    """Told again for a minute to whoever is not signed in; nobody is named in it."""
    if not request.user.is_authenticated:
        answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer
