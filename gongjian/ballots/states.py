"""The states of a poll, the moves that are permitted, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.refusals import Refused

from .models import Poll

S = Poll.State

MOVES = {
    (S.DRAFT, "make_ready"): S.READY,
    (S.READY, "open"): S.OPEN,
    (S.OPEN, "close"): S.CLOSED,
    (S.CLOSED, "tell_result"): S.OPENED,
    (S.OPENED, "count_again"): S.CLOSED,
    (S.OPENED, "publish"): S.PUBLISHED,
    (S.PUBLISHED, "erase"): S.ERASED,
    (S.DRAFT, "call_off"): S.CALLED_OFF,
    (S.READY, "call_off"): S.CALLED_OFF,
    (S.OPEN, "call_off"): S.CALLED_OFF,
    (S.CLOSED, "call_off"): S.CALLED_OFF,
}
WORDS = {
    "make_ready": gettext_lazy("Freeze rules, roll and key"),
    "open": gettext_lazy("Open the poll"),
    "close": gettext_lazy("Close the poll"),
    "tell_result": gettext_lazy("Hand the count in"),
    "count_again": gettext_lazy("Take the count back"),
    "publish": gettext_lazy("Publish the result"),
    "erase": gettext_lazy("Erase the ballots"),
    "call_off": gettext_lazy("Call the poll off"),
}


def may_move(poll: Poll, verb: str) -> bool:
    return (poll.state, verb) in MOVES


def move(
    poll: Poll, verb: str, *, by: object = None, as_office: str = "", facts: dict[str, Any] | None = None, **fields: Any
) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = MOVES.get((Poll.State(poll.state), verb))
    if after is None:
        gaps = {"state": poll.get_state_display(), "verb": WORDS[verb]}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": poll.state, "to": after.value} | (facts or {})
    act = record(f"ballots.{verb}", by=by, subject=subject_of(poll), facts=told, as_office=as_office)
    poll.state = after
    for name, value in fields.items():
        setattr(poll, name, value)
    poll.save(update_fields=["state", *fields])
    return act


def subject_of(poll: Poll) -> str:
    """As the chronicle names it."""
    return f"ballots.poll:{poll.pk}"
