"""Voting: by account or by the code on a card, on a phone first; and the receipt."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.accounts.devices import address_of, hash_of, network_of
from gongjian.accounts.limits import give_back, take
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest
from verivote.ballot import Paper
from verivote.receipt import number

from . import codes, rules
from .access import own_voter, polls_visible_to
from .casting import Cast, NotTaken, cast_one
from .clock import bring_forward
from .forms import CodeForm
from .making import withdrawn_from
from .models import Poll, Voter
from .queries import Group, ballot_of
from .secrets import NO_CODE, Permit, Secret, network_hash, network_key_of, secret_of

PLACE = {"place": "ballots"}
SESSION = "ballots"
PERMIT_LASTS = 2 * 3600  # seconds
CODE_LASTS = 30 * 60


def code(request: DayRequest) -> HttpResponse:
    """For whoever has a card: the code opens the ballot, without an account."""
    if "leave" in request.POST:
        request.session.pop(SESSION, None)
        messages.success(request, _("The ballot is closed on this device. What was cast counts."))
        return redirect("vote_code")
    given = request.POST if request.method == "POST" else None
    form = CodeForm(given)
    if given is not None and form.is_valid():
        pots = codes.pots_of(hash_of(network_of(request)))
        if not take(pots):
            form.add_error("code", _("Too many wrong codes came from here. Wait a few minutes, then type it again."))
        elif (voter := codes.opened_by(form.cleaned_data["code"])) is None:
            form.add_error("code", _("This code opens nothing: mistyped, replaced by another, or over. Look again."))
        else:
            give_back(pots)
            known = [voter.pk, bytes(voter.code or b"")[:8].hex(), int(time.time()) + CODE_LASTS]
            request.session[SESSION] = request.session.get(SESSION, {}) | {voter.poll.ref: known}
            return redirect("vote", voter.poll.ref)
    facts = {"form": form, "trail": [(_("Polls"), reverse("public_polls")), (_("Vote with a code"), None)]}
    return render(request, "ballots/code.html", facts | PLACE, status=400 if form.errors else 200)


def ballot(request: DayRequest, ref: str) -> HttpResponse:
    """The ballot of whoever may vote; else how to come to it. Posted without script, it is sealed on the server."""
    poll = polls_visible_to(request.user).filter(ref=ref, entry__isnull=False).select_related("held_by").first()
    if poll is None:
        return render(request, "ballots/no_ballot.html", {"why": "unknown"} | PLACE, status=404)
    poll = bring_forward(poll)
    voter, shown_code = _voter(request, poll)
    if voter is None or poll.state != Poll.State.OPEN:
        why = "not_open" if poll.state == Poll.State.READY else "over" if poll.state != Poll.State.OPEN else "who"
        facts = {"poll": poll, "why": why, "trail": _trail(poll)}
        return render(request, "ballots/no_ballot.html", facts | PLACE)
    secret = secret_of(poll)
    groups = ballot_of(poll, secret, voter)
    if request.method == "POST":
        chosen = {group.id: list(dict.fromkeys(request.POST.getlist(group.id))) for group in groups}
        return _cast_here(request, poll, voter, shown_code, groups, secret, chosen)
    return _page(request, poll, voter, shown_code, groups, secret)


def _voter(request: HttpRequest, poll: Poll) -> tuple[int | None, bytes]:
    """Whose ballot it is: by the session's code, or by the account. A code that was replaced opens nothing."""
    known = request.session.get(SESSION, {}).get(poll.ref)
    if known and known[2] > time.time():
        return known[0], bytes.fromhex(known[1])
    own: Voter | None = own_voter(request.user, poll)
    return (own.pk if own else None), NO_CODE


def _page(
    request: HttpRequest, poll: Poll, voter: int, shown_code: bytes, groups: list[Group], secret: Secret,
    wrong: str = "", chosen: dict[str, list[str]] | None = None,
) -> HttpResponse:  # fmt: skip
    assert poll.entry is not None
    permit = Permit(voter, "web", int(time.time()) + PERMIT_LASTS, shown_code)
    facts: dict[str, Any] = {
        "poll": poll,
        "rules": poll.rules,
        "groups": groups,
        "chosen": {f"{group}:{id}" for group, ids in (chosen or {}).items() for id in ids},
        "wrong": wrong,
        "is_by_code": shown_code != NO_CODE,
        "wanted": wanted(groups),
        "sealing": {
            "entry": poll.entry,
            "permit": secret.permit(permit), "cast": reverse("cast", args=[poll.ref]),
            "groups": [{"id": each.id, "title": each.title, "least": each.least, "most": each.most}
                       for each in groups],
            "said": _said(),
        },
        "trail": _trail(poll),
    }  # fmt: skip
    return render(request, "ballots/ballot.html", facts | PLACE, status=400 if wrong else 200)


def _said() -> dict[str, str]:
    """The sentences that the script of the ballot says. %s are gaps."""
    return {
        "more": _("{group}: {count} more to choose"),
        "less": _("{group}: {count} too many, take {count} away"),
        "right": _("That is right. Until it closes you can vote again; the last one counts."),
        "away": _("The ballot did not get through. Your choices are still here: try again."),
        "sealing": _("Sealing the ballot on this device …"),
        "stop": "; ",
    }


def wanted(groups: list[Group]) -> list[str]:
    """What is to be chosen, in words."""
    said = []
    for each in groups:
        words = _("%(group)s: exactly %(most)s") if each.is_exact else _("%(group)s: from %(least)s to %(most)s")
        said.append(words % {"group": each.title, "least": each.least, "most": each.most})
    return said


def _cast_here(
    request: HttpRequest, poll: Poll, voter: int, shown_code: bytes, groups: list[Group], secret: Secret,
    chosen: dict[str, list[str]],
) -> HttpResponse:  # fmt: skip
    assert poll.entry is not None
    try:
        rules.check_choices(poll, chosen, withdrawn_from(poll))
    except Refused as no:
        return _page(request, poll, voter, shown_code, groups, secret, str(no), chosen)
    sealed = Paper(poll.entry).seal(chosen)
    network = network_hash(network_key_of(poll), address_of(request))
    answer = cast_one(poll, Cast(voter, sealed, "server", shown_code, network=network))
    if isinstance(answer, NotTaken):
        messages.error(request, answer.sentence)
        return _page(request, poll, voter, shown_code, groups, secret, answer.sentence, chosen)
    facts = {"poll": poll, "rules": poll.rules, "receipt": answer, "number": number(answer), "trail": _trail(poll)}
    facts["is_by_code"] = shown_code != NO_CODE
    facts["head"] = head = answer["signed_head"]["head"]
    facts["moment"] = datetime.fromisoformat(head["moment"])
    return render(request, "ballots/receipt.html", facts | PLACE)


def _trail(poll: Poll) -> list[tuple[str, str | None]]:
    return [(_("Polls"), reverse("public_polls")), (poll.title, None)]
