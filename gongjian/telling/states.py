"""The moves of a round, of a telling and of a rectification, in one table each, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Rectification, Telling, TellingRound

O, T, R = TellingRound.State, Telling.State, Rectification.State  # noqa: E741  # O for opened

ROUND_MOVES = {(O.OPEN, "close"): O.CLOSED, (O.CLOSED, "reopen"): O.OPEN}
TELLING_MOVES = {
    (T.SCHEDULED, "tell"): T.TOLD,
    (T.TOLD, "tell"): T.TOLD,
    (T.SCHEDULED, "comment"): T.COMMENTED,  # once its day to tell is over
    (T.TOLD, "comment"): T.COMMENTED,
    (T.COMMENTED, "comment"): T.COMMENTED,
    (T.COMMENTED, "publish"): T.PUBLISHED,
    (T.PUBLISHED, "put_right"): T.RECTIFYING,
    (T.PUBLISHED, "fall_due"): T.OVERDUE,
    (T.RECTIFYING, "fall_due"): T.OVERDUE,
    (T.OVERDUE, "put_right"): T.RECTIFYING,  # once nothing of it is late any longer
    (T.RECTIFYING, "verify"): T.VERIFIED,
    (T.OVERDUE, "verify"): T.VERIFIED,
    (T.VERIFIED, "put_right"): T.RECTIFYING,  # reopened by the commenter
}
RECTIFICATION_MOVES = {
    (R.NAMED, "plan"): R.PLANNED,
    (R.PLANNED, "plan"): R.PLANNED,
    (R.PLANNED, "finish"): R.DONE,
    (R.DONE, "confirm"): R.CONFIRMED,
    (R.DONE, "reopen"): R.PLANNED,
    (R.CONFIRMED, "reopen"): R.PLANNED,
}

Thing = TellingRound | Telling | Rectification


def leads_on(thing: Thing, verb: str) -> bool:
    """Can the verb be done with it as it stands?"""
    return (thing.state, verb) in _table(thing)


def move(thing: Thing, verb: str, *, by: object, as_office: str = "", **fields: Any) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = _table(thing).get((thing.state, verb))
    if after is None:
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": thing.get_state_display()})
    noun = thing._meta.model_name
    told = {"from": thing.state, "to": after.value}
    act = record(f"telling.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Any) -> str:
    """As the chronicle names it: telling.telling:12."""
    return f"telling.{thing._meta.model_name}:{thing.pk}"


def _table(thing: Thing) -> dict[Any, Any]:
    if isinstance(thing, Telling):
        return TELLING_MOVES
    return ROUND_MOVES if isinstance(thing, TellingRound) else RECTIFICATION_MOVES
