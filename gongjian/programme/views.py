"""The pages of the programme: its stages and carriers, and what one tier has reached, by name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import overview, tiers
from .access import enters_some, leads, office_that_enters, tier_entries_visible_to, tiers_visible_to
from .forms import EntryForm
from .models import Tier


@signed_in_only
@require_GET
def programme(request: DayRequest) -> HttpResponse:
    facts = {
        "shown": overview.programmes_shown(request.user, request.day, request.today),
        "trail": [(_("Programme"), None)],
        "place": "programme",
    }
    return render(request, "programme/programme.html", facts)


@signed_in_only
@require_GET
def tier(request: DayRequest, tier_key: str) -> HttpResponse:
    return _tier(request, tier_key, None)


@signed_in_only
@require_GET
def tier_export(request: DayRequest, tier_key: str) -> HttpResponseBase:
    found = get_object_or_404(tiers_visible_to(request.user), pk=tier_key)
    columns = [Column(_("Name"), 44), Column(_("Office"), 20), Column(_("Counts as"), 12, "number")]
    columns += [Column(_("Reached on"), 12, "day"), Column(_("Note"), 40)]
    rows = (
        [row.name, row.office_kind, row.counted, row.since, row.note]
        for row in overview.every_entry(request.user, found, request.day)
    )
    return workbook_response(f"{found}-{request.day}.xlsx", columns, rows, sheet=str(found))


@signed_in_only
@require_POST
def tier_enter(request: DayRequest, tier_key: str) -> HttpResponseBase:
    found = get_object_or_404(tiers_visible_to(request.user).select_related("carrier__line"), pk=tier_key)
    form = EntryForm(request.POST, tier=found, today=request.today)
    if form.is_valid():
        try:
            _enter(request, found, form)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Entered. It counts from now on."))
            return redirect("tier", tier_key)
    return _tier(request, tier_key, form)


@signed_in_only
@require_POST
def tier_take_out(request: DayRequest, tier_key: str, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(tier_entries_visible_to(request.user).filter(tier=tier_key), pk=entry_id)
    try:
        tiers.take_out(entry, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken out. It does not count any more."))
    return redirect("tier", tier_key)


def _tier(request: DayRequest, tier_key: str, form: EntryForm | None) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = overview.tier_shown(request.user, tier_key, request.day, after=after, before=before)
    if shown is None:
        raise Http404
    carrier = shown.row.tier.carrier
    enters_all = office_that_enters(request.user, carrier) is not None
    is_by_body = shown.row.tier.counts != Tier.Counts.PROJECTS
    may_enter = enters_all or (is_by_body and enters_some(request.user, carrier))
    for row in shown.page.rows:
        row.may_take_out = enters_all or bool(row.about and leads(request.user, row.about))
    facts: dict[str, Any] = {
        "shown": shown,
        "carrier": carrier,
        "may_enter": may_enter,
        "form": form or (EntryForm(None, tier=shown.row.tier, today=request.today) if may_enter else None),
        "trail": [
            (_("Programme"), keep_day(reverse("programme"), request)),
            (str(shown.row.tier), None),
        ],
        "place": "programme",
    }
    return render(request, "programme/tier.html", facts, status=400 if form else 200)


def _enter(request: DayRequest, found: Tier, form: EntryForm) -> None:
    """Raises Refused."""
    given: dict[str, Any] = dict(form.cleaned_data)
    typed, kind = given.pop("body", None), given.pop("kind", None)
    days = {"since": given["since"], "today": request.today, "by": request.user, "note": given["note"]}
    if typed is None:
        tiers.enter(found, project=given["project"], **days)
        return
    body = _body(request, found, typed.strip())
    if kind is not None:
        tiers.enter_holders(found, body, kind, **days)
    else:
        tiers.enter(found, body=body, people=given.get("people"), **days)


def _body(request: DayRequest, found: Tier, typed: str) -> Body:
    ids = overview.bodies_called(request.user, found.carrier.line_id, typed, request.today)
    if len(ids) != 1:
        raise Refused(
            _("No organisation of this line is called that. Write the name or the code as in the register.")
            if not ids
            else _("Several organisations are called that. Write the code of the one you mean.")
        )
    return Body.objects.get(pk=ids[0])
