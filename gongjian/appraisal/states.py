"""The states of rounds, boxes and objections, the moves that are permitted, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.refusals import Refused

from .models import Box, Objection, Round

R, B, O = Round.State, Box.State, Objection.State  # noqa: E741

ROUND_MOVES = {
    (R.DRAFT, "open"): R.SELF,
    (R.SELF, "review"): R.REVIEWING,
    (R.REVIEWING, "propose"): R.PROPOSED,
    (R.PROPOSED, "send_back"): R.REVIEWING,
    (R.PROPOSED, "give_notice"): R.NOTICE,
    (R.NOTICE, "recompute"): R.NOTICE,
    (R.NOTICE, "fix"): R.FIXED,
    (R.FIXED, "file"): R.FILED,
    (R.DRAFT, "call_off"): R.CALLED_OFF,
    (R.SELF, "call_off"): R.CALLED_OFF,
    (R.REVIEWING, "call_off"): R.CALLED_OFF,
    (R.PROPOSED, "call_off"): R.CALLED_OFF,
}
BOX_MOVES = {(B.OPEN, "close"): B.CLOSED, (B.OPEN, "void"): B.VOID}
OBJECTION_MOVES = {(O.RAISED, "uphold"): O.UPHELD, (O.RAISED, "reject"): O.REJECTED}
WORDS = {
    "open": gettext_lazy("Open the round"),
    "review": gettext_lazy("Let the bodies above score"),
    "propose": gettext_lazy("Compute and propose the grades"),
    "send_back": gettext_lazy("Send it back to be reviewed"),
    "give_notice": gettext_lazy("Give notice of the grades"),
    "recompute": gettext_lazy("Compute it again"),
    "fix": gettext_lazy("Fix the grades"),
    "file": gettext_lazy("File the round"),
    "call_off": gettext_lazy("Call the round off"),
    "close": gettext_lazy("Close the box and count"),
    "void": gettext_lazy("The ballot does not count"),
    "uphold": gettext_lazy("Uphold the objection"),
    "reject": gettext_lazy("Do not uphold it"),
}
Thing = Round | Box | Objection
_TABLES: dict[type[Thing], tuple[dict[Any, Any], str]] = {
    Round: (ROUND_MOVES, "round"),
    Box: (BOX_MOVES, "box"),
    Objection: (OBJECTION_MOVES, "objection"),
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
        gaps = {"state": thing.get_state_display(), "verb": WORDS[verb]}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": thing.state, "to": after.value} | (facts or {})
    act = record(f"appraisal.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Thing) -> str:
    """As the chronicle names it."""
    return f"appraisal.{_TABLES[type(thing)][1]}:{thing.pk}"
