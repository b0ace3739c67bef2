"""The states of calls, applications, opinions, objections, awards and nurturing; which moves are permitted; the one
function that moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.refusals import Refused

from .models import Application, Award, Call, Nurturing, Objection, Opinion

C, P, W, N = Call.State, Application.State, Award.State, Nurturing.State
O, J = Opinion.State, Objection.State  # noqa: E741

CALL_MOVES = {
    (C.DRAFT, "open"): C.OPEN,
    (C.OPEN, "review"): C.REVIEWING,
    (C.REVIEWING, "propose"): C.PROPOSED,
    (C.PROPOSED, "send_back"): C.REVIEWING,
    (C.PROPOSED, "give_notice"): C.NOTICE,
    (C.NOTICE, "renew_notice"): C.NOTICE,
    (C.NOTICE, "send_back"): C.REVIEWING,
    (C.NOTICE, "award"): C.AWARDED,
    (C.DRAFT, "call_off"): C.CALLED_OFF,
    (C.OPEN, "call_off"): C.CALLED_OFF,
    (C.REVIEWING, "call_off"): C.CALLED_OFF,
    (C.PROPOSED, "call_off"): C.CALLED_OFF,
    (C.NOTICE, "call_off"): C.CALLED_OFF,
}
APPLICATION_MOVES = {
    (P.DRAFT, "hand_in"): P.HANDED_IN,
    (P.RETURNED, "hand_in"): P.HANDED_IN,
    (P.HANDED_IN, "return"): P.RETURNED,
    (P.HANDED_IN, "exclude"): P.EXCLUDED,
    (P.NOT_PROPOSED, "exclude"): P.EXCLUDED,
    (P.PROPOSED, "exclude"): P.EXCLUDED,
    (P.HANDED_IN, "choose"): P.PROPOSED,
    (P.NOT_PROPOSED, "choose"): P.PROPOSED,
    (P.HANDED_IN, "pass_over"): P.NOT_PROPOSED,
    (P.PROPOSED, "reopen"): P.HANDED_IN,
    (P.NOT_PROPOSED, "reopen"): P.HANDED_IN,
    (P.PROPOSED, "award"): P.AWARDED,
    (P.DRAFT, "take_back"): P.WITHDRAWN,
    (P.RETURNED, "take_back"): P.WITHDRAWN,
    (P.HANDED_IN, "take_back"): P.WITHDRAWN,
    (P.PROPOSED, "take_back"): P.WITHDRAWN,
    (P.NOT_PROPOSED, "take_back"): P.WITHDRAWN,
}
OPINION_MOVES = {(O.ASKED, "clear"): O.CLEAR, (O.ASKED, "against"): O.AGAINST}
OBJECTION_MOVES = {(J.RAISED, "uphold"): J.UPHELD, (J.RAISED, "reject"): J.REJECTED}
AWARD_MOVES = {
    (W.ENTERED, "publish"): W.STANDING,
    (W.STANDING, "keep"): W.STANDING,
    (W.STANDING, "warn"): W.WARNED,
    (W.WARNED, "clear"): W.STANDING,
    (W.STANDING, "withdraw"): W.WITHDRAWN,
    (W.WARNED, "withdraw"): W.WITHDRAWN,
    (W.STANDING, "lapse"): W.LAPSED,
    (W.WARNED, "lapse"): W.LAPSED,
}
NURTURING_MOVES = {(N.GROWING, "apply"): N.APPLIED, (N.GROWING, "end"): N.ENDED}
WORDS = {
    "open": gettext_lazy("Open it for applications"),
    "review": gettext_lazy("Begin reviewing"),
    "propose": gettext_lazy("Add up and propose a list"),
    "send_back": gettext_lazy("Send it back to the reviewers"),
    "give_notice": gettext_lazy("Give notice of the list"),
    "renew_notice": gettext_lazy("Give notice of the mended list"),
    "award": gettext_lazy("Award"),
    "call_off": gettext_lazy("Break the call off"),
    "hand_in": gettext_lazy("Hand the application in"),
    "return": gettext_lazy("Return it with reasons"),
    "exclude": gettext_lazy("Leave it out"),
    "choose": gettext_lazy("Propose it"),
    "pass_over": gettext_lazy("Do not propose it"),
    "reopen": gettext_lazy("Review it again"),
    "take_back": gettext_lazy("Take the application back"),
    "clear": gettext_lazy("There is nothing against it any more"),
    "against": gettext_lazy("Something is against it"),
    "uphold": gettext_lazy("Uphold the objection"),
    "reject": gettext_lazy("Do not uphold it"),
    "publish": gettext_lazy("Make the honour public"),
    "keep": gettext_lazy("Looked at again and kept"),
    "warn": gettext_lazy("Warn"),
    "withdraw": gettext_lazy("Withdraw the honour"),
    "lapse": gettext_lazy("It has ended"),
    "apply": gettext_lazy("It led to an application"),
    "end": gettext_lazy("End it without one"),
}
Thing = Call | Application | Opinion | Objection | Award | Nurturing
_TABLES: dict[type[Thing], tuple[dict[Any, Any], str]] = {
    Call: (CALL_MOVES, "call"),
    Application: (APPLICATION_MOVES, "application"),
    Opinion: (OPINION_MOVES, "opinion"),
    Objection: (OBJECTION_MOVES, "objection"),
    Award: (AWARD_MOVES, "award"),
    Nurturing: (NURTURING_MOVES, "nurturing"),
}


def moves_of(thing: Thing) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _TABLES[type(thing)][0] if state == thing.state]


def move(
    thing: Thing, verb: str, *, by: object, as_office: str = "", facts: dict[str, Any] | None = None, **fields: Any
) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    table, noun = _TABLES[type(thing)]
    after = table.get((thing.state, verb))
    if after is None:
        gaps = {"state": thing.get_state_display(), "verb": WORDS.get(verb, verb)}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": thing.state, "to": after.value} | (facts or {})
    act = record(f"honours.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Thing) -> str:
    """As the chronicle names it."""
    return f"honours.{_TABLES[type(thing)][1]}:{thing.pk}"


def move_all(things: Sequence[Thing], verb: str, *, by: object, subject: str, fields: Sequence[str]) -> Act | None:
    """Bring all into the next state, with what stands in `fields` of each, in one statement and one act. Raises
    Refused. None, if there are none."""
    if not things:
        return None
    table, noun = _TABLES[type(things[0])]
    for thing in things:
        after = table.get((thing.state, verb))
        if after is None:
            gaps = {"state": thing.get_state_display(), "verb": WORDS.get(verb, verb)}
            raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
        thing.state = after
    facts = {"ids": [thing.pk for thing in things]}
    act = record(f"honours.{verb}_{noun}s", by=by, subject=subject, facts=facts)
    type(things[0])._default_manager.bulk_update(things, ["state", *fields])  # type: ignore[arg-type]
    return act
