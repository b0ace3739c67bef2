"""The moves of a problem and of an inspection, in one table each, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Inspection, Problem

P, S = Problem.State, Inspection.State

PROBLEM_MOVES = {
    (P.OPEN, "solve"): P.SOLVED,
    (P.OPEN, "take_on"): P.TAKEN_ON,
    (P.OPEN, "give_up"): P.UNSOLVABLE,
    (P.TAKEN_ON, "put_back"): P.OPEN,
    (P.SOLVED, "reopen"): P.OPEN,
    (P.UNSOLVABLE, "reopen"): P.OPEN,
}
INSPECTION_MOVES = {
    (S.WAITING, "agree"): S.STANDS,
    (S.WAITING, "refuse"): S.REFUSED,
    (S.WAITING, "withdraw"): S.WITHDRAWN,
    (S.STANDS, "call_off"): S.CANCELLED,
}


def moves_of(thing: Problem | Inspection) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _table(thing) if state == thing.state]


def move(thing: Problem | Inspection, verb: str, *, by: object, as_office: str, **fields: Any) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = _table(thing).get((thing.state, verb))
    if after is None:
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": thing.get_state_display()})
    told = {"from": thing.state, "to": after.value}
    act = record(f"contacts.{verb}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Any) -> str:
    """As the chronicle names it: contacts.problem:12."""
    return f"contacts.{thing._meta.model_name}:{thing.pk}"


def _table(thing: Problem | Inspection) -> dict[Any, Any]:
    return PROBLEM_MOVES if isinstance(thing, Problem) else INSPECTION_MOVES
