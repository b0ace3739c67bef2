"""What looks bought in a poll of a selection: for whoever keeps it, until it is counted. No name, no content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.queries.lists import unit_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import bursts as rules
from . import suspected
from .access import bursts_visible_to
from .aside import UNTIL_COUNTED
from .forms import AsideForm
from .models import Burst, Poll
from .views import PLACE, form_page, poll_of, trail_of


@dataclass(frozen=True)
class Line:
    """One group as the page tells it. `key`: to propose it by; empty where there is nothing to set aside."""

    said: str
    begins: datetime | None
    key: str = ""
    decided: int = 0


@signed_in_only
@require_GET
def bursts(request: DayRequest, poll_id: int) -> HttpResponse:
    """What is found now, what two people decided, and what is looked at at all."""
    poll = _watched(request, poll_id)
    found = suspected.found_in(poll)
    names = unit_names(request.user, request.today, [each.facts["unit"] for each in found if each.rule == "unit"])
    lines = [
        Line(sentence(each.rule, each.facts, names), _moment(each.half_hour), each.key if each.waiting else "",
             each.decided)
        for each in found
    ]  # fmt: skip
    objected = Count("cases", filter=Q(cases__state="objected"))
    rows = bursts_visible_to(request.user).filter(poll=poll).annotate(objections=objected).order_by("pk")
    facts = {
        "poll": poll,
        "is_looked_at": poll.state in UNTIL_COUNTED,
        "is_open": poll.state == Poll.State.OPEN,
        "found": lines,
        "decided": [(each, sentence(each.rule, each.facts, {}), _moment(each.half_hour)) for each in rows],
        "least": rules.LEAST, "units": rules.MIXED_UNITS, "share": round(100 * rules.LARGEST_SHARE),
        "turnout": round(100 * rules.TURNOUT),
        "trail": [*trail_of(request, poll), (_("What looks bought"), None)],
    }  # fmt: skip
    return render(request, "ballots/bursts.html", facts | PLACE)


@signed_in_only
def propose(request: AccountRequest, poll_id: int, key: str) -> HttpResponseBase:
    """The first of two, with the reason that each voter reads."""
    poll = _watched(request, poll_id)
    found = next((each for each in suspected.found_in(poll) if each.key == key and each.waiting), None)
    if found is None:
        messages.error(
            request, _("These ballots are not as they were when the page was shown. Look at the list again.")
        )
        return redirect("poll_bursts", poll.pk)
    given = request.POST if request.method == "POST" else None
    form = AsideForm(given, initial={"reason": "not_own", "words": _for_voters(found)})
    if given is not None and form.is_valid():
        try:
            suspected.propose(poll, key, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Proposed. Somebody else has to agree; then each voter gets a letter."))
            return redirect("poll_bursts", poll.pk)
    title = _("Set %(count)s ballots aside") % {"count": len(found.waiting)}
    return form_page(request, form, title, reverse("poll_bursts", args=[poll.pk]), trail_of(request, poll))


@signed_in_only
@require_POST
def answer(request: AccountRequest, burst_id: int) -> HttpResponse:
    """The second."""
    rows = bursts_visible_to(request.user).select_related("poll__held_by__line")
    found: Burst | None = rows.filter(pk=burst_id).first()
    if found is None:
        raise Http404
    verb = request.POST.get("do")
    if verb not in ("agree", "decline"):
        raise Http404
    try:
        suspected.answer(found, agrees=verb == "agree", today=request.today, now=timezone.now(), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Written down."))
    return redirect("poll_bursts", found.poll_id)


def _watched(request: DayRequest, poll_id: int) -> Poll:
    poll = poll_of(request, poll_id)
    if not poll.keeps_arrivals:
        raise Http404
    return poll


def sentence(rule: str, facts: Mapping[str, Any], names: Mapping[int | None, str]) -> str:
    """What was found, with its numbers; once these are erased the rule alone."""
    if rule == "unit":
        gaps = {"unit": names.get(facts["unit"], str(facts["unit"]))}
        gaps |= {name: f"{100 * facts[name]:.0f}" for name in ("turnout", "middle")}
        return (
            _("%(unit)s: %(turnout)s %% voted; in the middle unit %(middle)s %%. Which ballots, nobody can tell.")
            % gaps
        )
    if not facts:
        return str(Burst.Rule(rule).label)
    if rule == "batch":
        gaps = dict(facts) | {name: f"{100 * facts[name]:.0f}" for name in ("share", "others")}
        return _(
            "%(voters)s ballots by cards of batch %(batch)s within an hour: %(share)s %% of its cards; of the other "
            "batches %(others)s %%."
        ) % gaps  # fmt: skip
    if rule == "night":
        return _("%(voters)s ballots of %(units)s units from one address within an hour at night.") % facts
    return _("%(voters)s ballots of %(units)s units from one address within an hour.") % facts


def _for_voters(found: suspected.Found) -> str:
    """What each voter would read, to begin with; without the hour, which is forgotten once the result is told."""
    if found.rule == "batch":
        return _("It came by a card of a batch of which unusually many were used within an hour.")
    return _("It came within an hour from one address together with many others.")


def _moment(half_hour: int | None) -> datetime | None:
    """When it began, by the local clock."""
    if half_hour is None:
        return None
    local = datetime.fromtimestamp(half_hour * 1800, UTC).replace(tzinfo=None)
    return timezone.make_aware(local)
