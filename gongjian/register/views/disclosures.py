"""What waits for a second person: the list of it, the answer, and opening what was agreed, once."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import disclosures
from ..access import can_answer, disclosures_visible_to
from ..actions import Refused
from ..models import Disclosure
from ..queries.people import disclosures_for
from .door import DayRequest, signed_in_only
from .people import account_of, shown_once


@signed_in_only
@never_cache
@require_GET
def listed(request: DayRequest) -> HttpResponse:
    facts = {"asked": disclosures_for(request.user), "trail": [(_("Waiting for a second person"), None)]}
    return render(request, "register/disclosures.html", facts)


@signed_in_only
@require_POST
def agree(request: DayRequest, disclosure_id: int) -> HttpResponse:
    return _answer(request, disclosure_id, disclosures.agree, _("Agreed. It can be opened once, within seven days."))


@signed_in_only
@require_POST
def decline(request: DayRequest, disclosure_id: int) -> HttpResponse:
    return _answer(request, disclosure_id, disclosures.decline, _("Declined. Nothing is opened."))


def _answer(request: DayRequest, disclosure_id: int, verb: Callable[..., Disclosure], said: str) -> HttpResponse:
    disclosure = _disclosure(request, disclosure_id)
    if not can_answer(request.user, disclosure) and disclosure.asked_by_id != request.user.pk:
        raise Http404
    try:
        verb(disclosure, now=timezone.now(), by=account_of(request))
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("disclosures")


@signed_in_only
@never_cache
@require_POST
def opened(request: DayRequest, disclosure_id: int) -> HttpResponse:
    """The identity number in full, on this one answer."""
    disclosure = _disclosure(request, disclosure_id)
    if disclosure.asked_by_id != request.user.pk or disclosure.person is None:
        raise Http404
    try:
        number = disclosures.open_identity_number(disclosure, now=timezone.now(), by=account_of(request))
    except Refused as no:
        messages.error(request, str(no))
        return redirect("disclosures")
    return shown_once(request, disclosure.person, _("Identity number"), number)


def _disclosure(request: DayRequest, disclosure_id: int) -> Disclosure:
    found = disclosures_visible_to(request.user).filter(pk=disclosure_id).select_related("person", "body").first()
    if found is None:
        raise Http404
    return found
