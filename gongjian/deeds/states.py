"""The moves of a deed and of a comment, in one table each, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.refusals import Refused

from .models import Deed, ReaderComment

D, C = Deed.State, ReaderComment.State

DEED_MOVES = {
    (D.SENT, "check"): D.CHECKED,
    (D.SENT, "return_check"): D.RETURNED,
    (D.CHECKED, "select"): D.SELECTED,
    (D.CHECKED, "return_select"): D.RETURNED,
    (D.SELECTED, "show"): D.SHOWN,
    (D.SHOWN, "run"): D.RUNNING,
    (D.STAR, "run"): D.RUNNING,  # a star of the month stands for the quarter's
    (D.RUNNING, "run_no_more"): D.SHOWN,
    (D.SHOWN, "name_star"): D.STAR,
    (D.STAR, "name_star"): D.STAR,
    (D.RUNNING, "name_star"): D.STAR,
    (D.SHOWN, "be_star_again"): D.STAR,  # it was one before it stood for another time
}
for _state in (D.SENT, D.CHECKED, D.SELECTED, D.SHOWN, D.RUNNING, D.STAR):
    DEED_MOVES[_state, "take_back"] = D.TAKEN_BACK
COMMENT_MOVES = {
    (C.WAITING, "show"): C.SHOWN,
    (C.WAITING, "hide"): C.HIDDEN,
    (C.SHOWN, "hide"): C.HIDDEN,
    (C.HIDDEN, "appeal"): C.APPEALED,
    (C.APPEALED, "grant"): C.SHOWN,
    (C.APPEALED, "uphold"): C.UPHELD,
}


def moves_of(thing: Deed | ReaderComment) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _table(thing) if state == thing.state]


def move(thing: Deed | ReaderComment, verb: str, *, by: object, as_office: str = "", **fields: Any) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused.

    The chronicle keeps the move and no words: a story goes for good once its person does not agree.
    """
    after = _table(thing).get((thing.state, verb))
    if after is None:
        raise Refused(_("This is “%(state)s” by now. Look at it again.") % {"state": thing.get_state_display()})
    noun = thing._meta.model_name
    told = {"from": thing.state, "to": after.value}
    act = record(f"deeds.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Any) -> str:
    """As the chronicle names it: deeds.deed:12."""
    return f"deeds.{thing._meta.model_name}:{thing.pk}"


def _table(thing: Deed | ReaderComment) -> dict[Any, Any]:
    return DEED_MOVES if isinstance(thing, Deed) else COMMENT_MOVES
