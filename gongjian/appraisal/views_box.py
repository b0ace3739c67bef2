"""The pages of a box: papers typed in, codes for phones, closing; and the vote with a code, without an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.accounts.devices import hash_of, network_of
from gongjian.accounts.limits import give_back, take
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import BodyEntry
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from rollup.branch_counts import LEAST, TOGETHER

from . import boxes, words
from .access import boxes_visible_to, may_print_codes, office_for_box
from .forms import BOX_WORDS, BoxForm, CodeForm, CodesForm, CountForm
from .models import Box
from .queries_case import BESIDE, case_of
from .rules import rules_of
from .views import PLACE, round_trail


@signed_in_only
@require_POST
def box_open(request: DayRequest, case_id: int, what: str) -> HttpResponse:
    """`what`: the kind of ballot."""
    found = case_of(request.user, case_id)
    if found is None or what not in Box.Kind.values:
        raise Http404
    form = BoxForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write how many may vote, as a whole number."))
        return redirect("appraisal_case", found.pk)
    try:
        made = boxes.open_box(found, what, roll=form.cleaned_data["roll"], now=timezone.now(), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("appraisal_case", found.pk)
    return redirect("appraisal_box", made.pk)


@signed_in_only
@require_GET
def box(request: AccountRequest, box_id: int) -> HttpResponse:
    return _page(request, box_of(request, box_id))


def _page(request: AccountRequest, found: Box, **forms: Any) -> HttpResponse:
    case, rules = found.case, rules_of(found.case.round.version.definition)
    keeps_it = office_for_box(request.user, case, found.kind) is not None and found.state == Box.State.OPEN
    name = body_names(request.user, request.today, [case.body_id]).get(case.body_id, "")
    with behind_it():
        typed = boxes.typed_shown(found, request.user)
        waits = found.typed.exists() and not typed
        printed = found.codes.count()
    facts = {
        "box": found,
        "case": case,
        "rules": rules,
        "name": name,
        "called": BOX_WORDS[Box.Kind(found.kind)],
        "keeps_it": keeps_it,
        "typed": typed,
        "differ": len(typed) > 1,
        "waits": waits,
        "printed": printed,
        "prints": may_print_codes(request.user, found),
        "on_phone": found.roll >= boxes.LEAST_ON_PHONE[Box.Kind(found.kind)],
        "count_form": forms.get("count_form") or CountForm(None, options=rules.options),
        "codes_form": forms.get("codes_form") or CodesForm(None),
        "told": words.told_box(rules, found.told) if found.told else "",
        "least": LEAST,
        "together": TOGETHER,
        "trail": [*round_trail(request, case.round), (name, reverse("appraisal_case", args=[case.pk])),
                  (str(BOX_WORDS[Box.Kind(found.kind)]), None)],
    }  # fmt: skip
    return render(request, "appraisal/box.html", facts | PLACE, status=400 if forms else 200)


@signed_in_only
@require_POST
def box_codes(request: AccountRequest, box_id: int) -> HttpResponseBase:
    """New codes as slips, shown once."""
    found = box_of(request, box_id)
    form = CodesForm(request.POST)
    if form.is_valid():
        try:
            codes = boxes.print_codes(found, form.cleaned_data["count"], by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            name = body_names(request.user, request.today, [found.case.body_id]).get(found.case.body_id, "")
            facts = {
                "codes": codes,
                "box": found,
                "name": name,
                "address": request.build_absolute_uri(reverse("appraisal_vote")),
            }
            response = render(request, "appraisal/codes.html", facts | PLACE)
            response["Cache-Control"] = "no-store"
            return response
    return _page(request, found, codes_form=form)


@signed_in_only
@require_POST
def box_count(request: AccountRequest, box_id: int) -> HttpResponse:
    found = box_of(request, box_id)
    form = CountForm(request.POST, options=rules_of(found.case.round.version.definition).options)
    if form.is_valid():
        try:
            counted = boxes.type_counts(found, form.numbers(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            agreed = counted.paper is not None
            said = (
                _("Two people agree on the papers.")
                if agreed
                else _("Kept. It counts once another person types the same.")
            )
            messages.success(request, said)
            return redirect("appraisal_box", found.pk)
    return _page(request, found, count_form=form)


@signed_in_only
@require_POST
def box_close(request: DayRequest, box_id: int) -> HttpResponse:
    found = box_of(request, box_id)
    try:
        closed = boxes.close_box(found, now=timezone.now(), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        if closed.state == Box.State.VOID:
            messages.warning(request, _("Too few took part, so the ballot does not count. Another one can be held."))
        else:
            messages.success(request, _("The box is counted. What is told of it stands below."))
    return redirect("appraisal_box", found.pk)


def box_of(request: DayRequest, box_id: int) -> Box:
    beside = [f"case__{each}" for each in BESIDE]
    found = boxes_visible_to(request.user).select_related(*beside).filter(pk=box_id).first()
    if found is None:
        raise Http404
    return found


# == with a code, without an account ==
def vote(request: DayRequest) -> HttpResponse:
    """First the code, then one option. Nothing is kept of who asks: no session, no line with the code."""
    given = request.POST if request.method == "POST" else None
    form = CodeForm(given)
    if given is None or not form.is_valid():
        return _vote_page(request, form)
    code = form.cleaned_data["code"]
    pots = boxes.pots_of(hash_of(network_of(request)))
    if not take(pots):
        form.add_error("code", _("Too many wrong codes came from here. Wait a few minutes, then type it again."))
        return _vote_page(request, form)
    opened = boxes.opened_by(code)
    if opened is None:
        form.add_error("code", _("This code opens nothing: mistyped, used already, or the box is closed. Look again."))
        return _vote_page(request, form)
    give_back(pots)
    option = given.get("option", "")
    if option.isdecimal() and len(option) < 3:
        try:
            is_cast = boxes.cast(code, int(option))
        except Refused as no:
            return _ballot_page(request, opened, code, str(no))
        if is_cast:
            return render(request, "appraisal/voted.html", {"trail": [(_("Review with a code"), None)]} | PLACE)
        form.add_error("code", _("This code was used just now. It counts once."))
        return _vote_page(request, form)
    wrong = _("Choose one of the options.") if "option" in given or "sent" in given else ""
    return _ballot_page(request, opened, code, wrong)


def _vote_page(request: DayRequest, form: CodeForm) -> HttpResponse:
    facts = {"form": form, "trail": [(_("Review with a code"), None)]}
    response = render(request, "appraisal/vote.html", facts | PLACE, status=400 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _ballot_page(request: DayRequest, opened: boxes.Opened, code: str, wrong: str) -> HttpResponse:
    case = opened.box.case
    with behind_it():
        entry = BodyEntry.objects.on(request.today).filter(body=case.body_id).first()
    facts = {
        "name": entry.name if entry else "", "round": case.round, "options": list(enumerate(opened.rules.options)),
        "code": code, "wrong": wrong, "called": BOX_WORDS[Box.Kind(opened.box.kind)], "least": LEAST,
        "together": TOGETHER, "trail": [(_("Review with a code"), None)],
    }  # fmt: skip
    response = render(request, "appraisal/ballot.html", facts | PLACE, status=400 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response
