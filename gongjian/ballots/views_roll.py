"""The roll, the cards with codes, the paper desk, and setting aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import persons_visible_to
from gongjian.register.models import Line
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import aside as setting
from . import codes, paper, roll
from .access import keeps, set_aside_visible_to, voters_visible_to
from .cards import as_pdf
from .forms import AsideForm, ObjectionForm, ReasonForm, RollForm
from .models import PaperBallot, Poll, SetAside, Voter
from .queries import paper_of
from .views import PLACE, done, form_page, poll_of, trail_of

MOST_FOUND = 20


# == the roll ==
@signed_in_only
@require_GET
def roll_page(request: DayRequest, poll_id: int) -> HttpResponse:
    return _roll(request, poll_of(request, poll_id), None)


def _roll(request: DayRequest, found: Poll, form: RollForm | None) -> HttpResponse:
    name = request.GET.get("name", "").strip()
    is_draft = found.state == Poll.State.DRAFT
    facts: dict[str, Any] = {
        "poll": found,
        "is_draft": is_draft,
        "may_change": found.state in (Poll.State.READY, Poll.State.OPEN),
        "takes_paper": {"paper", "desk"} & set(found.channels),
        "on_roll": roll.on_roll(found),
        "by_unit": roll.by_unit(found, found.roll_day or request.today),
        "form": form or (_roll_form(request, found, None) if is_draft else None),
        "name": name,
        "on_it": _called(found, request, name),
        "offered": roll.offered(request.user, found, name) if name else [],
        "trail": [*trail_of(request, found), (_("Roll"), None)],
    }
    return render(request, "ballots/roll.html", facts | PLACE, status=400 if form else 200)


def _called(found: Poll, request: DayRequest, name: str) -> list[Voter]:
    """Those on the roll of this name whom the register shows to the reader."""
    if not name:
        return []
    people = persons_visible_to(request.user).filter(name=name)
    rows = voters_visible_to(request.user).filter(poll=found, is_off=False, person__in=people)
    return list(rows.select_related("person").order_by("pk")[:MOST_FOUND])


def _roll_form(request: DayRequest, found: Poll, given: Any) -> RollForm:
    lines = list(Line.objects.order_by("position", "key")) if found.held_by.line.leads else [found.held_by.line]
    return RollForm(given, lines=lines, own=found.held_by.line_id, today=request.today)


@signed_in_only
@require_POST
def draw_up(request: DayRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    form = _roll_form(request, found, request.POST)
    if form.is_valid():
        try:
            count = roll.draw_up(found, line=form.chosen, day=form.cleaned_data["day"], by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("%(count)s are on the roll now.") % {"count": count})
            return redirect("poll_roll", found.pk)
    return _roll(request, found, form)


@signed_in_only
@require_POST
def clear(request: DayRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    return done(request, found, lambda: roll.clear(found, by=request.user), _("The roll is empty."), "poll_roll")


@signed_in_only
def put_on(request: DayRequest, poll_id: int, person_id: int) -> HttpResponseBase:
    """Onto the roll of a draft; onto a frozen one with a reason that everybody reads."""
    found = poll_of(request, poll_id)
    person = persons_visible_to(request.user).filter(pk=person_id).first()
    if person is None:
        raise Http404
    if found.state == Poll.State.DRAFT and request.method == "POST":
        return done(
            request, found, lambda: roll.put_on(found, [person.pk], day=request.today, by=request.user),
            _("On the roll now."), "poll_roll",
        )  # fmt: skip
    given = request.POST if request.method == "POST" else None
    form = ReasonForm(given)
    if given is not None and form.is_valid():
        try:
            roll.add_later(found, person, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("On the roll now. The log says in which unit, and not who."))
            return redirect("poll_roll", found.pk)
    title = _("Put %(name)s on the roll") % {"name": person.name}
    return form_page(request, form, title, reverse("poll_roll", args=[found.pk]), trail_of(request, found))


@signed_in_only
def take_off(request: DayRequest, poll_id: int, voter_id: int) -> HttpResponseBase:
    found, voter = _voter_of(request, poll_id, voter_id)
    given = request.POST if request.method == "POST" else None
    form = ReasonForm(given)
    if given is not None and form.is_valid():
        try:
            roll.take_off(voter, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Off the roll. The log says in which unit, and not who."))
            return redirect("poll_roll", found.pk)
    title = _("Take %(name)s off the roll") % {"name": voter.person.name}
    return form_page(request, form, title, reverse("poll_roll", args=[found.pk]), trail_of(request, found))


# == cards ==
@signed_in_only
def codes_page(request: AccountRequest, poll_id: int) -> HttpResponseBase:
    """The batches; posted, the next one is printed, which shows its codes this once."""
    found = poll_of(request, poll_id)
    if request.method == "POST":
        try:
            batch, cards = codes.print_batch(found, today=request.today, now=timezone.now(), by=request.user)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("poll_codes", found.pk)
        return _cards(found, batch, cards)
    voters = voters_visible_to(request.user).filter(poll=found, is_off=False)
    facts = {
        "poll": found,
        "may_print": found.state in (Poll.State.READY, Poll.State.OPEN),
        "batches": list(found.code_batches.order_by("-number")),
        "without": voters.filter(code=None).count(),
        "most": codes.MOST_IN_A_BATCH,
        "trail": [*trail_of(request, found), (_("Cards with codes"), None)],
    }
    return render(request, "ballots/codes.html", facts | PLACE)


@signed_in_only
@require_POST
def code_replace(request: AccountRequest, poll_id: int, voter_id: int) -> HttpResponse:
    found, voter = _voter_of(request, poll_id, voter_id)
    try:
        batch, cards = codes.replace(voter, today=request.today, now=timezone.now(), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("poll_roll", found.pk)
    return _cards(found, batch, cards)


def _cards(found: Poll, batch: Any, cards: list[codes.Card]) -> HttpResponse:
    response = HttpResponse(as_pdf(found, cards), content_type="application/pdf")
    name = f"{found.title}-{batch.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


# == paper ==
@signed_in_only
@require_GET
def desk(request: AccountRequest, poll_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    rows = list(found.papers.exclude(state__in=("cast", "spoilt")).order_by("pk"))
    facts = {
        "poll": found,
        "waiting": rows,
        "cast": found.papers.filter(state="cast").count(),
        "is_open": found.state == Poll.State.OPEN,
        "trail": [*trail_of(request, found), (_("Paper ballots"), None)],
    }
    return render(request, "ballots/desk.html", facts | PLACE)


@signed_in_only
@require_POST
def paper_give(request: AccountRequest, poll_id: int, voter_id: int) -> HttpResponse:
    found, voter = _voter_of(request, poll_id, voter_id)
    channel = "paper" if request.POST.get("channel") == "paper" else "desk"
    try:
        made = paper.give_out(voter, channel=channel, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("poll_roll", found.pk)
    said = _("Write the number %(number)s on the paper, and no name. It is typed in by two people.")
    messages.success(request, said % {"number": made.number})
    return redirect("poll_paper", found.pk)


@signed_in_only
def paper_type(request: AccountRequest, poll_id: int, sheet_id: int) -> HttpResponseBase:
    """What stands on a paper, typed in for the first, the second or the third time."""
    found = poll_of(request, poll_id)
    sheet = _paper_of(found, sheet_id)
    if not found.is_frozen:
        raise Http404
    groups = paper_of(found)
    chosen: dict[str, list[str]] = {}
    wrong = ""
    if request.method == "POST":
        chosen = {group.id: list(dict.fromkeys(request.POST.getlist(group.id))) for group in groups}
        try:
            sheet = paper.type_in(sheet, None if "void" in request.POST else chosen, by=request.user)
        except Refused as no:
            wrong = str(no)
        else:
            messages.success(request, _said_of(sheet))
            return redirect("poll_paper", found.pk)
    is_third = sheet.state == "differs" and request.user.pk not in (sheet.first_by_id, sheet.second_by_id)
    facts = {
        "poll": found,
        "sheet": sheet,
        "groups": groups,
        "chosen": {f"{group}:{id}" for group, ids in chosen.items() for id in ids},
        "typed": paper.typed_of(sheet) if is_third else [],
        "wrong": wrong,
        "trail": [*trail_of(request, found), (_("Paper ballots"), reverse("poll_paper", args=[found.pk])),
                  (sheet.number, None)],
    }  # fmt: skip
    return render(request, "ballots/paper.html", facts | PLACE, status=400 if wrong else 200)


def _said_of(sheet: PaperBallot) -> str:
    if sheet.state == "cast":
        return _("The two agree. The ballot is sealed and in the log.")
    if sheet.state == "differs":
        return _("The two differ. Somebody else looks at the paper.")
    return _("Typed in. Now somebody else types it in, without looking here.")


@signed_in_only
@require_POST
def paper_take_back(request: AccountRequest, poll_id: int, sheet_id: int) -> HttpResponse:
    found = poll_of(request, poll_id)
    sheet = _paper_of(found, sheet_id)
    return done(
        request, found, lambda: paper.take_back(sheet, by=request.user),
        _("Taken back. The voter may vote in another way."), "poll_paper",
    )  # fmt: skip


def _paper_of(found: Poll, sheet_id: int) -> PaperBallot:
    sheet = PaperBallot.objects.filter(poll=found, pk=sheet_id).select_related("poll__held_by").first()
    if sheet is None:
        raise Http404
    return sheet


# == setting aside ==
@signed_in_only
def aside_propose(request: AccountRequest, poll_id: int, voter_id: int) -> HttpResponseBase:
    found, voter = _voter_of(request, poll_id, voter_id)
    given = request.POST if request.method == "POST" else None
    form = AsideForm(given)
    if given is not None and form.is_valid():
        try:
            made = setting.propose(voter, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Proposed. Somebody else has to agree; then the voter gets a letter."))
            return redirect("aside", made.pk)
    title = _("Set the ballot of %(name)s aside") % {"name": voter.person.name}
    return form_page(request, form, title, reverse("poll_roll", args=[found.pk]), trail_of(request, found))


@signed_in_only
@require_GET
def aside(request: AccountRequest, case_id: int) -> HttpResponse:
    """What was set aside and why: for the voter, and for whoever keeps the poll."""
    found = _aside_of(request, case_id)
    is_kept = keeps(request.user, found.poll)
    is_mine = found.voter is not None and found.voter.person.account_id == request.user.pk
    counts = found.poll.state in (Poll.State.OPEN, Poll.State.CLOSED)
    facts = {
        "aside": found,
        "poll": found.poll,
        "may_answer": is_kept
        and counts
        and found.state == "proposed"
        and found.burst_id is None
        and found.first_by_id != request.user.pk,
        "may_decide": is_kept and counts and found.state == "objected" and found.first_by_id != request.user.pk,
        "objection_form": ObjectionForm(None) if is_mine and counts and found.state == "agreed" else None,
        "trail": [(_("Polls"), keep_day(reverse("polls"), request)), (found.poll.title, None)],
    }
    return render(request, "ballots/aside.html", facts | PLACE)


@signed_in_only
@require_POST
def aside_answer(request: AccountRequest, case_id: int) -> HttpResponse:
    found = _aside_of(request, case_id)
    agrees = request.POST.get("do") == "agree"
    now, today = timezone.now(), request.today
    return _aside_done(request, found, lambda: setting.answer(found, agrees=agrees, today=today, now=now,
                                                              by=request.user))  # fmt: skip


@signed_in_only
@require_POST
def aside_object(request: AccountRequest, case_id: int) -> HttpResponse:
    found = _aside_of(request, case_id)
    words = request.POST.get("words", "")
    return _aside_done(request, found, lambda: setting.object_to(found, words=words, by=request.user))


@signed_in_only
@require_POST
def aside_decide(request: AccountRequest, case_id: int) -> HttpResponse:
    found = _aside_of(request, case_id)
    lifts, words = request.POST.get("do") == "lift", request.POST.get("words", "")
    return _aside_done(request, found, lambda: setting.decide(found, lifts=lifts, words=words, by=request.user))


def _aside_done(request: DayRequest, found: SetAside, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Written down."))
    return redirect("aside", found.pk)


def _aside_of(request: DayRequest, case_id: int) -> SetAside:
    rows = set_aside_visible_to(request.user).select_related("poll__held_by__line", "voter__person")
    found = rows.filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


def _voter_of(request: DayRequest, poll_id: int, voter_id: int) -> tuple[Poll, Voter]:
    """Somebody on the roll whom the register shows to the reader by name."""
    found = poll_of(request, poll_id)
    rows = voters_visible_to(request.user).filter(poll=found, pk=voter_id)
    voter = rows.filter(person__in=persons_visible_to(request.user)).select_related("person", "poll__held_by").first()
    if voter is None:
        raise Http404
    return found, voter
