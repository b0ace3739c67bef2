"""What everybody reads without an account: a body's pledges, one of them, and the notice for the wall."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.register.views.door import DayRequest

from .notice import MOST, as_pdf, sheet_of
from .queries import Row
from .queries_pledge import body_own, body_public, steps_of
from .queries_pledge import public_pledge as read_pledge

KEPT = 60  # seconds that a public page may be old


@require_GET
def public_pledges(request: DayRequest, body_id: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = body_public(request.user, body_id, request.today, after=after, before=before)
    if found is None:
        raise Http404
    facts = {
        "found": found,
        "body_id": body_id,
        "has_notice": any(row.pledge.year == request.today.year and row.pledge.person_id is None for row in found.rows),
        "trail": [(found.name, reverse("body", args=[body_id])), (_("Pledges"), None)],
        "place": "pledges",
        "is_kept": True,
    }
    return kept(render(request, "pledges/public_body.html", facts), request, found.rows)


@require_GET
def public_pledge(request: DayRequest, pledge_id: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = read_pledge(request.user, pledge_id, request.today, after=after, before=before)
    if found is None:
        raise Http404(_("This pledge is not public."))
    pledge = found.row.pledge
    facts = {
        "found": found,
        "row": found.row,
        "pledge": pledge,
        "steps": steps_of(pledge),
        "trail": [(found.row.name, reverse("public_pledges", args=[pledge.body_id])), (pledge.title, None)],
        "place": "pledges",
        "is_kept": True,
    }
    return kept(render(request, "pledges/public_pledge.html", facts), request, [found.row])


@require_GET
def pledge_notice(request: DayRequest, body_id: int) -> HttpResponse:
    """This year's pledges of a body on one sheet, with a code that leads to its page."""
    found = body_own(request.user, body_id, request.today.year, request.today, most=MOST)
    if found is None:
        raise Http404(_("Nothing of this year is public yet, so there is nothing to put on the wall."))
    address = settings.SITE + reverse("public_pledges", args=[body_id])
    pdf = as_pdf(sheet_of(found, request.today, address))
    paper = HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": "inline; filename=notice.pdf"}
    )
    return kept(paper, request, [])


def kept(answer: HttpResponse, request: DayRequest, rows: Sequence[Row]) -> HttpResponse:
    """Told again for a minute to whoever is not signed in (gongjian/ui/kept_pages.py); but never where somebody is
    named, who may take that back."""
    if not request.user.is_authenticated and all(row.pledge.person_id is None for row in rows):
        answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer
