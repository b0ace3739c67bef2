"""The pages of demonstration points: entering the approval, looking at one again, and its document."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import demonstrating
from .access import demonstrations_visible_to
from .forms import DemonstrationForm, RecheckForm
from .models import ContactPoint, Demonstration
from .views import contact_of, form_page, refusal_of, trail_of


@signed_in_only
def demonstration_new(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := refusal_of(request, contact.leader_body):
        return refusal
    sent = request.method == "POST"
    form = DemonstrationForm(request.POST if sent else None, request.FILES if sent else None)

    def approve() -> ContactPoint:
        made = demonstrating.approve(contact, today=request.today, by=request.user, **form.cleaned_data)
        return made.contact

    trail = trail_of(request, contact)
    facts = {
        "title": _("Demonstration point"),
        "kind": trail[-1][0],
        "lede": _("Only with its approval. Since 2022 departments and mass organisations of cities and counties, and "
                  "towns and streets, may not name any."),
        "has_file": True,
        "back": reverse("contact_point", args=[contact.pk]),
        "trail": trail,
    }  # fmt: skip
    return form_page(request, form, approve, _("It is a demonstration point by this document."), facts)


@signed_in_only
@require_POST
def demonstration_recheck(request: DayRequest, demonstration_id: int) -> HttpResponseBase:
    found = _demonstration_of(request, demonstration_id)
    if refusal := refusal_of(request, found.contact.leader_body):
        return refusal
    form = RecheckForm(request.POST)
    verb = request.POST.get("do", "")
    if verb not in ("keep", "withdraw"):
        raise Http404
    try:
        if not form.is_valid():
            raise Refused(" ".join(str(sentence) for held in form.errors.values() for sentence in held))
        _recheck(request, found, verb, form.cleaned_data["note"], form.cleaned_data["recheck_on"])
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Written down."))
    return redirect("contact_point", found.contact_id)


def _recheck(request: DayRequest, found: Demonstration, verb: str, note: str, recheck_on: date | None) -> None:
    """Raises Refused."""
    if verb == "withdraw":
        demonstrating.withdraw(found, because=note, today=request.today, by=request.user)
    elif recheck_on is None:
        raise Refused(_("Say by when it is looked at again. That is needed to keep it."))
    else:
        demonstrating.keep(found, note=note, recheck_on=recheck_on, today=request.today, by=request.user)


@signed_in_only
@require_GET
def demonstration_paper(request: DayRequest, demonstration_id: int) -> HttpResponseBase:
    """The document, to be saved and not shown: what came from outside is not run here."""
    found = _demonstration_of(request, demonstration_id)
    if not found.file:
        raise Http404
    name = (found.file.name or "").rsplit("/", 1)[-1]
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name)


def _demonstration_of(request: DayRequest, demonstration_id: int) -> Demonstration:
    rows = demonstrations_visible_to(request.user).select_related("contact__leader_body__line")
    found = rows.filter(pk=demonstration_id).first()
    if found is None:
        raise Http404
    return found
