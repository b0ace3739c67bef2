"""The moves of a selection, of a candidate and of an objection, in one table each, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.refusals import Refused

from .models import Candidate, Selection, SelectionObjection

S, C, O = Selection.State, Candidate.State, SelectionObjection.State  # noqa: E741  # O for objection

SELECTION_MOVES = {
    (S.DRAFT, "open"): S.NOMINATING,
    (S.NOMINATING, "hold_poll"): S.POLLING,
    (S.POLLING, "carry_out"): S.RANKED,
    (S.RANKED, "carry_out"): S.RANKED,
    (S.RANKED, "give_notice"): S.NOTICE,
    (S.NOTICE, "look_again"): S.RANKED,
    (S.NOTICE, "decide"): S.DECIDED,
    (S.DECIDED, "publish"): S.PUBLISHED,
}
for _state in (S.DRAFT, S.NOMINATING, S.POLLING, S.RANKED, S.NOTICE, S.DECIDED):
    SELECTION_MOVES[_state, "call_off"] = S.CALLED_OFF
CANDIDATE_MOVES = {
    (C.PROPOSED, "accept"): C.ACCEPTED,
    (C.PROPOSED, "refuse"): C.REFUSED,
    (C.PROPOSED, "withdraw"): C.WITHDRAWN,
    (C.ACCEPTED, "withdraw"): C.WITHDRAWN,
}
OBJECTION_MOVES = {
    (O.RAISED, "uphold"): O.UPHELD,
    (O.RAISED, "reject"): O.REJECTED,
    (O.UPHELD, "look_again"): O.REOPENED,
}
_TABLES: dict[type, tuple[dict[Any, Any], str]] = {
    Selection: (SELECTION_MOVES, "selection"),
    Candidate: (CANDIDATE_MOVES, "candidate"),
    SelectionObjection: (OBJECTION_MOVES, "objection"),
}
Thing = Selection | Candidate | SelectionObjection


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
        raise Refused(_("This is “%(state)s” by now. Look at it again.") % {"state": thing.get_state_display()})
    told = {"from": thing.state, "to": after.value} | (facts or {})
    act = record(f"selections.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Thing) -> str:
    """As the chronicle names it."""
    return f"selections.{_TABLES[type(thing)][1]}:{thing.pk}"
