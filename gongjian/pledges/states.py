"""The moves of a post, of who holds it, and of a pledge, in one table each, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Assignment, Pledge, Post

O, A, P = Post.State, Assignment.State, Pledge.State  # noqa: E741  # O for offered

POST_MOVES = {
    (O.DRAFT, "open"): O.OPEN,
    (O.OPEN, "close"): O.CLOSED,
    (O.CLOSED, "reopen"): O.OPEN,
}
ASSIGNMENT_MOVES = {
    (A.CHOSEN, "match"): A.MATCHED,
    (A.NOMINATED, "match"): A.MATCHED,
    (A.CHOSEN, "decline"): A.DECLINED,
    (A.NOMINATED, "decline"): A.DECLINED,
    (A.MATCHED, "show"): A.NOTICE,
    (A.MATCHED, "decline"): A.DECLINED,
    (A.NOTICE, "begin"): A.ON_POST,
    (A.NOTICE, "decline"): A.DECLINED,
    (A.ON_POST, "renew"): A.ON_POST,
    (A.ON_POST, "move"): A.MOVED,
    (A.ON_POST, "end"): A.ENDED,
}
PLEDGE_MOVES = {
    (P.DRAFT, "hand_in"): P.REVIEW,
    (P.RETURNED, "hand_in"): P.REVIEW,
    (P.REVIEW, "take_back"): P.DRAFT,
    (P.REVIEW, "pass"): P.PASSED,
    (P.REVIEW, "return"): P.RETURNED,
    (P.PASSED, "publish"): P.PUBLIC,
    (P.PUBLIC, "begin"): P.DOING,
    (P.DOING, "tell"): P.TOLD,
    (P.TOLD, "go_on"): P.DOING,
    (P.TOLD, "judge"): P.JUDGED,  # the people's review does this, once there is one
    (P.DRAFT, "withdraw"): P.WITHDRAWN,
    (P.RETURNED, "withdraw"): P.WITHDRAWN,
    (P.PASSED, "withdraw"): P.WITHDRAWN,
}
ENDS = {"keep": P.KEPT, "keep_late": P.LATE, "excuse": P.EXCUSED, "break": P.BROKEN}
for _state in (P.DOING, P.TOLD, P.JUDGED):
    PLEDGE_MOVES |= {(_state, verb): end for verb, end in ENDS.items()}
PLEDGE_MOVES |= {(P.PUBLIC, verb): ENDS[verb] for verb in ("excuse", "break")}

Thing = Post | Assignment | Pledge


def moves_of(thing: Thing) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _table(thing) if state == thing.state]


def move(thing: Thing, verb: str, *, by: object, as_office: str = "", **fields: Any) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = _table(thing).get((thing.state, verb))
    if after is None:
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": thing.get_state_display()})
    noun = thing._meta.model_name
    told = {"from": thing.state, "to": after.value}
    act = record(f"pledges.{verb}_{noun}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Any) -> str:
    """As the chronicle names it: pledges.pledge:12."""
    return f"pledges.{thing._meta.model_name}:{thing.pk}"


def _table(thing: Thing) -> dict[Any, Any]:
    if isinstance(thing, Pledge):
        return PLEDGE_MOVES
    return POST_MOVES if isinstance(thing, Post) else ASSIGNMENT_MOVES
