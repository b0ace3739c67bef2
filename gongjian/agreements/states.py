"""All moves of an agreement in one table, and the one function that moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .clocks import CLOCKS, due_of
from .define import numbers_of
from .models import Agreement, AgreementStep
from .models.agreements import UNDER_WAY

S = Agreement.State

MOVES = {
    (S.DEMANDED, "answer"): S.ANSWERED,
    (S.ANSWERED, "name"): S.DELEGATED,
    (S.DELEGATED, "name"): S.DELEGATED,
    (S.DELEGATED, "call"): S.CALLED,
    (S.CALLED, "call"): S.CALLED,  # to another day
    (S.CALLED, "meet"): S.MET,
    (S.MET, "draft"): S.DRAFTED,
    (S.REJECTED, "draft"): S.DRAFTED,
    (S.DRAFTED, "pass"): S.PASSED,
    (S.DRAFTED, "reject"): S.REJECTED,
    (S.PASSED, "sign"): S.SIGNED,
    (S.SIGNED, "file"): S.FILED,
    (S.FILED, "object"): S.REJECTED,
    (S.FILED, "take_effect"): S.IN_FORCE,  # by the clock
    (S.IN_FORCE, "publish"): S.PUBLISHED,
    (S.PUBLISHED, "report"): S.PUBLISHED,
    (S.IN_FORCE, "run_out"): S.EXPIRED,  # by the clock
    (S.PUBLISHED, "run_out"): S.EXPIRED,
    (S.IN_FORCE, "end"): S.ENDED,
    (S.PUBLISHED, "end"): S.ENDED,
    (S.MEDIATED, "prolong"): S.MEDIATED,
    (S.MEDIATED, "resume"): S.ANSWERED,  # no delegates were named yet
    (S.MEDIATED, "settle"): S.MET,
    **{(each, "mediate"): S.MEDIATED for each in (S.DEMANDED, S.ANSWERED, S.DELEGATED, S.CALLED, S.MET, S.REJECTED)},
    **{(each, "give_up"): S.ENDED for each in UNDER_WAY},
}
# Moves that nobody owed by a day: what they follow was no step left undone.
UNOWED = {"object", "take_effect", "run_out", "end", "mediate", "prolong", "give_up"}
# Moves after which the clock that runs goes on.
SAME_CLOCK = {(S.DELEGATED, "name"), (S.REJECTED, "draft")}


def leads_on(agreement: Agreement, verb: str) -> bool:
    """Can the verb be done with it as it stands?"""
    return (S(agreement.state), verb) in MOVES


def move(
    agreement: Agreement, verb: str, *, on: date, by: object = None, as_office: str = "", words: str = "",
    clock: str = "", **fields: Any,
) -> Act:  # fmt: skip
    """Bring it into the next state, with `fields` beside it; the clock of that state, or `clock`, runs from `on`.

    Each move is a step of the agreement and an act of the chronicle. Raises Refused.
    """
    before = S(agreement.state)
    after = MOVES.get((before, verb))
    if after is None:
        raise Refused(_("This is “%(state)s” by now. Look at it again.") % {"state": agreement.get_state_display()})
    told = {"from": before.value, "to": after.value}
    act = record(
        f"agreements.{verb}", by=by, subject=subject_of(agreement), on=on, facts=told, as_office=as_office
    )  # fmt: skip
    keep_before(act, Agreement._meta.db_table, "r.id = %s", [agreement.pk])
    due_on = None if verb in UNOWED else agreement.due_on
    AgreementStep.objects.create(agreement=agreement, verb=verb, on=on, due_on=due_on, words=words)
    agreement.state = after
    for name, value in fields.items():
        setattr(agreement, name, value)
    if (before, verb) not in SAME_CLOCK:
        agreement.clock, agreement.counts_from = clock or CLOCKS.get(after, ""), on
    agreement.due_on = due_of(agreement, numbers_of(agreement.statute_id))
    agreement.save(update_fields=["state", "clock", "counts_from", "due_on", *fields])
    return act


def subject_of(thing: Any) -> str:
    """As the chronicle names it: agreements.agreement:12."""
    return f"agreements.{thing._meta.model_name}:{thing.pk}"
