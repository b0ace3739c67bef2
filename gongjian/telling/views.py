"""The pages of rounds: what the reader owes, opening one, one with all that is missing in it, and the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import queries, register_sheet, rounds
from .access import rounds_visible_to, tellings_to_comment
from .define import norms
from .forms import RoundFilterForm, RoundForm
from .models import TellingRound
from .pages import PLACE, body_of, done, hub_step, refusal_of, sent

MOST_IN_A_FILE, MOST_IN_A_PAPER = 20_000, 300
S = queries.T


@signed_in_only
@require_GET
def tellings(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    facts = {
        "hub": queries.hub(request.user, request.today, after=after, before=before),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Telling and comments"), None)],
    }
    return render(request, "telling/tellings.html", facts | PLACE)


@signed_in_only
def round_new(request: AccountRequest, body_id: int) -> HttpResponseBase:
    """Says first how many it finds; opens with the second button."""
    host, name = body_of(request, body_id)
    if refusal := refusal_of(request, host):
        return refusal
    form, seen = RoundForm(sent(request), today=request.today, norms=norms()), None
    if form.is_bound and form.is_valid():
        seen = rounds.outlook(host, form.chosen(), request.today)
        if request.POST.get("do") == "open":
            try:
                opened = _open(request, host, form)
            except Refused as no:
                form.add_error(None, str(no))
            else:
                messages.success(request, _("The round is open."))
                for sentence in opened.unasked:
                    messages.warning(request, sentence)
                return redirect("telling_round", opened.round.pk)
    facts = {"form": form, "name": name, "seen": seen, "trail": [hub_step(), (_("Open a round"), None)]}
    return render(request, "telling/round_new.html", facts | PLACE, status=400 if form.errors else 200)


def _open(request: AccountRequest, host: Any, form: RoundForm) -> rounds.Opened:
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    return rounds.open_round(host, chosen=form.chosen(), **form.fields_of_round(), **given)


@signed_in_only
@require_GET
def telling_round(request: DayRequest, round_id: int) -> HttpResponse:
    form = RoundFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    filters = form.filters()
    shown = queries.round_shown(request.user, round_id, filters, request.today, after=after, before=before)
    if shown is None:
        raise Http404
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    facts = {
        "shown": shown,
        "round": shown.round,
        "stages": _stages(shown),
        "form": form,
        "is_narrowed": filters != queries.Filters(),
        "query": f"?{query}" if query else "",
        "trail": [hub_step(), (shown.round.name, None)],
    }
    return render(request, "telling/round.html", facts | PLACE)


def _stages(shown: queries.RoundShown) -> list[queries.Stage]:
    counts, total = shown.at_least, shown.total
    published = counts(S.PUBLISHED, S.RECTIFYING, S.OVERDUE, S.VERIFIED)
    return [
        queries.Stage(_("Has told"), total - counts(S.SCHEDULED), total, "telling"),
        queries.Stage(_("Was commented on"), published + counts(S.COMMENTED), total, "comment"),
        queries.Stage(_("Comment is published"), published, total, "publishing"),
        queries.Stage(_("Put right and confirmed"), counts(S.VERIFIED), published, "putting_right"),
    ]


@signed_in_only
@require_POST
def round_move(request: AccountRequest, round_id: int) -> HttpResponseBase:
    found = _round_of(request, round_id)
    if request.POST.get("do") == "reopen":
        act, said = lambda: rounds.reopen_round(found, by=request.user), _("The round goes on.")
    else:
        act, said = lambda: rounds.close_round(found, now=timezone.now(), by=request.user), _("The round is closed.")
    return done(request, None, act, said, reverse("telling_round", args=[found.pk]))


@signed_in_only
@require_GET
def telling_own(request: DayRequest, round_id: int) -> HttpResponseBase:
    """Where the ask to tell leads: to the form, where one tells for one organisation alone."""
    found = _round_of(request, round_id)
    own = queries.own_tellings(request.user, found.pk)
    if len(own) == 1 and found.is_open and own[0].state in (S.SCHEDULED, S.TOLD):
        return redirect("telling_tell", own[0].pk)
    return redirect("telling", own[0].pk) if len(own) == 1 else redirect("tellings")


@signed_in_only
@require_GET
def telling_to_comment(request: DayRequest, round_id: int) -> HttpResponseBase:
    """Where the ask to comment leads: to the first that waits."""
    found = _round_of(request, round_id)
    waits = tellings_to_comment(request.user).filter(queries.to_comment_on(request.today), round=found)
    first = waits.exclude(state=S.COMMENTED).order_by("pk").first() if found.is_open else None
    return redirect("telling_comment", first.pk) if first else redirect("tellings")


@signed_in_only
@require_GET
def register_xlsx(request: DayRequest, round_id: int) -> HttpResponseBase:
    found, rows = _register(request, round_id, MOST_IN_A_FILE)
    return register_sheet.as_excel(found, rows, request.user, request.today)


@signed_in_only
@require_GET
def register_docx(request: DayRequest, round_id: int) -> HttpResponseBase:
    found, rows = _register(request, round_id, MOST_IN_A_PAPER)
    return register_sheet.as_word(found.name, rows, request.user, request.today)


def _register(request: DayRequest, round_id: int, most: int) -> tuple[TellingRound, list[Any]]:
    found, form = _round_of(request, round_id), RoundFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    rows = queries.register_rows(request.user, found.pk, form.filters(), request.today, most=most)
    if rows is None:
        raise BadRequest(_("More than %(most)s organisations. Choose a line or what is missing.") % {"most": most})
    return found, rows


def _round_of(request: DayRequest, round_id: int) -> TellingRound:
    found = rounds_visible_to(request.user).select_related("host__line").filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found
