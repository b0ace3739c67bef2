"""The pages of contests: the list, one contest, planning and amending one, entering, and writing down results."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import contests
from .access import contests_visible_to, entrants_visible_to, office_that_hosts
from .forms_contests import ContestFilterForm, ContestForm, ResultsForm, level_words
from .hosting import offered_hosts, own_bodies
from .models import Contest, Entrant
from .pages import MOST_IN_A_FILE, PLACE, chosen_body, cursors_of, done, form_page, not_theirs, query_of, trail_to
from .queries_contests import ContestFilters, contest_shown, contests_listed, entrant_rows, every_contest
from .states import WORDS

SAID = {
    "open": gettext_lazy("Open: organisations that it is for can enter."),
    "take_back": gettext_lazy("It is a draft again, and read by whoever keeps it."),
    "start": gettext_lazy("It is under way. Results can be written down."),
    "open_again": gettext_lazy("Entries are taken again."),
    "close": gettext_lazy("Concluded. Whoever entered reads the outcome."),
    "resume": gettext_lazy("It is under way again."),
}


# == the list ==
@signed_in_only
@require_GET
def contests_page(request: AccountRequest) -> HttpResponse:
    form = ContestFilterForm(request.GET)
    facts: dict[str, Any] = {"form": form, "trail": trail_to(request, "contests", _("Contests")), "place": PLACE}
    if not form.is_valid():
        return render(request, "activities/contests.html", facts, status=400)
    filters = form.filters()
    facts |= {
        "page": contests_listed(request.user, filters, request.today, **cursors_of(request)),
        "is_narrowed": filters != ContestFilters(),
        "may_plan": bool(own_bodies(request.user, request.today)),
        "export_href": keep_day(f"{reverse('contests_export')}?{query_of(request, form.fields)}", request),
    }
    return render(request, "activities/contests.html", facts)


@signed_in_only
@require_GET
def contests_export(request: AccountRequest) -> HttpResponseBase:
    form = ContestFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = every_contest(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Narrow the list down and take them from there."))
    columns = [Column(_("Title"), 40), Column(_("Type"), 16), Column(_("Leading organisation"), 36)]
    columns += [Column(_("Begins on"), 12, "day"), Column(_("Last day"), 12, "day"), Column(_("State"), 12)]
    columns += [Column(_("Prizes"), 30), Column(_("Document of approval"), 40)]
    rows = (
        [row.title, str(row.type), row.lead_name, row.begins_on, row.ends_on, str(row.get_state_display()),
         str(row.get_prizes_display()), row.approval]
        for row in found
    )  # fmt: skip
    return workbook_response(f"{_('Contests')}-{request.today}.xlsx", columns, rows, sheet=_("Contests"))


# == one contest ==
@signed_in_only
@require_GET
def contest(request: AccountRequest, contest_id: int) -> HttpResponse:
    shown = contest_shown(request.user, contest_id, request.today)
    if shown is None:
        raise Http404
    facts = {
        "shown": shown,
        "contest": shown.contest,
        "moves": [(verb, WORDS[verb]) for verb in shown.verbs if verb != "close"],
        "may_close": "close" in shown.verbs,
        "level": level_words(shown.contest.level),
        "writes_results": shown.keeps and shown.contest.state == Contest.State.RUNNING,
        "trail": trail_to(request, "contests", _("Contests"), shown.contest.title),
        "place": PLACE,
    }
    return render(request, "activities/contest.html", facts)


@signed_in_only
@require_GET
def contest_export(request: AccountRequest, contest_id: int) -> HttpResponseBase:
    """What entrants came to, in the order of their names: all for whoever keeps it, to others their own."""
    found = _contest(request, contest_id)
    items = list(found.items.all())
    columns = [Column(_("Organisation"), 40), Column(_("Team or unit"), 24)]
    columns += [
        Column(f"{each.words}（{each.measure}）" if each.measure else each.words, 18, "number") for each in items
    ]
    rows = (
        [row.name, row.entrant.team, *row.values] for row in entrant_rows(request.user, found, items, request.today)
    )
    return workbook_response(f"{found.title}-{request.today}.xlsx", columns, rows, sheet=_("Results"))


@signed_in_only
@require_POST
def contest_move(request: AccountRequest, contest_id: int) -> HttpResponse:
    found, verb = _contest(request, contest_id), request.POST.get("do", "")
    if verb not in SAID:
        raise Http404
    done(request, lambda: _move(found, verb, request), SAID[verb])
    return redirect("contest", contest_id)


def _move(found: Contest, verb: str, request: AccountRequest) -> None:
    match verb:
        case "open":
            contests.open_for_entries(found, today=request.today, by=request.user)
        case "take_back":
            contests.take_back(found, by=request.user)
        case "start":
            contests.start(found, by=request.user)
        case "open_again":
            contests.open_again(found, by=request.user)
        case "close":
            contests.close(found, outcome=request.POST.get("outcome", ""), by=request.user)
        case "resume":
            contests.resume(found, by=request.user)


@signed_in_only
@require_POST
def contest_lead(request: AccountRequest, contest_id: int) -> HttpResponse:
    found, to = _contest(request, contest_id), _body(request)
    done(
        request,
        lambda: contests.let_lead(found, to=to, today=request.today, by=request.user),
        _("Another organisation leads it from now on."),
    )
    return redirect("contest", contest_id)


@signed_in_only
@require_POST
def contest_enter(request: AccountRequest, contest_id: int) -> HttpResponse:
    found, body, team = _contest(request, contest_id), _body(request), request.POST.get("team", "")
    done(
        request,
        lambda: contests.enter(found, body, team=team, today=request.today, by=request.user),
        _("Entered. It can be taken back as long as entries are taken."),
    )
    return redirect("contest", contest_id)


@signed_in_only
@require_POST
def entrant_withdraw(request: AccountRequest, contest_id: int, entrant_id: int) -> HttpResponse:
    entrant = _entrant(request, contest_id, entrant_id)
    done(request, lambda: contests.withdraw(entrant, by=request.user), _("Taken back. It does not take part."))
    return redirect("contest", contest_id)


@signed_in_only
def entrant_results(request: AccountRequest, contest_id: int, entrant_id: int) -> HttpResponseBase:
    entrant = _entrant(request, contest_id, entrant_id)
    found = entrant.contest
    if office_that_hosts(request.user, found) is None:
        return not_theirs(request, found.lead)
    name = body_names(request.user, request.today, [entrant.body_id]).get(entrant.body_id, "")
    known = dict(entrant.results.values_list("item_id", "value"))

    def form(given: Any) -> ResultsForm:
        return ResultsForm(given, items=found.items.all(), known=known)

    def write(filled: Any) -> Contest:
        contests.enter_results(found, entrant, filled.values(), by=request.user)
        return found

    return form_page(
        request, form, write, title=_("Results of %(name)s") % {"name": f"{name} {entrant.team}".strip()},
        said=_("Kept. The organisation reads its own results."), page="contest",
        back=reverse("contest", args=[found.pk]), trail=trail_to(request, "contests", _("Contests"), found.title),
        lede=_("Empty is not nought: leave empty what is not known."),
    )  # fmt: skip


# == planning and amending ==
@signed_in_only
def contest_new(request: AccountRequest) -> HttpResponseBase:
    trail = trail_to(request, "contests", _("Contests"), _("Plan a contest"))
    lead = chosen_body(request, trail, _("Plan a contest"))
    if isinstance(lead, HttpResponse):
        return lead
    hosts = offered_hosts(request.user, lead, request.today)

    def write(filled: Any) -> Contest:
        return contests.plan(lead, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, lambda given: ContestForm(given, hosts=hosts), write, title=_("Plan a contest"),
        said=_("The draft is there. Open it for entries once it is right."), page="contest",
        back=reverse("contests"), trail=trail,
        lede=_("Organisations and their teams compare themselves; persons do not, and nobody is ranked."),
    )  # fmt: skip


@signed_in_only
def contest_edit(request: AccountRequest, contest_id: int) -> HttpResponseBase:
    found = _contest(request, contest_id)
    if office_that_hosts(request.user, found) is None:
        return not_theirs(request, found.lead)
    if found.state != Contest.State.DRAFT:
        messages.error(request, _("It is open, and organisations go by what it says. Make it a draft again first."))
        return redirect("contest", contest_id)
    hosts = offered_hosts(request.user, found.lead, request.today, [each.body_id for each in found.hosts.all()])

    def write(filled: Any) -> Contest:
        return contests.amend(found, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, lambda given: ContestForm(given, hosts=hosts, contest=found), write, title=_("Amend the contest"),
        said=_("Kept. What stood before stays on record."), page="contest",
        back=reverse("contest", args=[found.pk]), trail=trail_to(request, "contests", _("Contests"), found.title),
    )  # fmt: skip


def _contest(request: AccountRequest, contest_id: int) -> Contest:
    found = contests_visible_to(request.user).select_related("lead__line").filter(pk=contest_id).first()
    if found is None:
        raise Http404
    return found


def _entrant(request: AccountRequest, contest_id: int, entrant_id: int) -> Entrant:
    rows = entrants_visible_to(request.user).filter(contest=contest_id, pk=entrant_id)
    found = rows.select_related("contest__lead", "body").first()
    if found is None:
        raise Http404
    return found


def _body(request: AccountRequest) -> Body:
    given = request.POST.get("body", "")
    found = bodies_visible_to(request.user).filter(pk=given).first() if given.isdecimal() and len(given) < 19 else None
    if found is None:
        raise Http404
    return found
