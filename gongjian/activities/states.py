"""The states of events, contests, practices and publicity, the moves that are permitted, and what moves them."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Contest, Event, Practice, PublicityItem

Thing: TypeAlias = Event | Contest | Practice | PublicityItem
Moves: TypeAlias = dict[tuple[str, str], str]

EVENT_MOVES: Moves = {
    (Event.State.DRAFT, "announce"): Event.State.ANNOUNCED,
    (Event.State.ANNOUNCED, "take_back"): Event.State.DRAFT,
    (Event.State.ANNOUNCED, "call_off"): Event.State.CALLED_OFF,
    (Event.State.ANNOUNCED, "sum_up"): Event.State.OVER,
    (Event.State.CALLED_OFF, "restore"): Event.State.ANNOUNCED,
}
CONTEST_MOVES: Moves = {
    (Contest.State.DRAFT, "open"): Contest.State.OPEN,
    (Contest.State.OPEN, "take_back"): Contest.State.DRAFT,
    (Contest.State.OPEN, "start"): Contest.State.RUNNING,
    (Contest.State.RUNNING, "open_again"): Contest.State.OPEN,
    (Contest.State.RUNNING, "close"): Contest.State.CLOSED,
    (Contest.State.CLOSED, "resume"): Contest.State.RUNNING,
}
PRACTICE_MOVES: Moves = {
    (Practice.State.HANDED_IN, "check"): Practice.State.CHECKED,
    (Practice.State.HANDED_IN, "send_back"): Practice.State.SENT_BACK,
    (Practice.State.CHECKED, "recommend"): Practice.State.RECOMMENDED,
    (Practice.State.CHECKED, "send_back"): Practice.State.SENT_BACK,
    (Practice.State.RECOMMENDED, "unrecommend"): Practice.State.CHECKED,
    (Practice.State.SENT_BACK, "hand_in"): Practice.State.HANDED_IN,
}
PUBLICITY_MOVES: Moves = {
    (PublicityItem.State.PLANNED, "publish"): PublicityItem.State.PUBLISHED,
    (PublicityItem.State.PLANNED, "drop"): PublicityItem.State.DROPPED,
    (PublicityItem.State.PUBLISHED, "reopen"): PublicityItem.State.PLANNED,
    (PublicityItem.State.DROPPED, "reopen"): PublicityItem.State.PLANNED,
}
TABLES: dict[type[Any], tuple[str, Moves]] = {
    Event: ("event", EVENT_MOVES),
    Contest: ("contest", CONTEST_MOVES),
    Practice: ("practice", PRACTICE_MOVES),
    PublicityItem: ("publicity", PUBLICITY_MOVES),
}
WORDS = {
    "announce": gettext_lazy("Announce"),
    "take_back": gettext_lazy("Back to draft"),
    "call_off": gettext_lazy("Call it off"),
    "sum_up": gettext_lazy("Write how it was"),
    "restore": gettext_lazy("It takes place after all"),
    "open": gettext_lazy("Open for entries"),
    "start": gettext_lazy("Close entries and begin"),
    "open_again": gettext_lazy("Take entries again"),
    "close": gettext_lazy("Conclude with the outcome"),
    "resume": gettext_lazy("Not concluded after all"),
    "check": gettext_lazy("Checked, it is so"),
    "send_back": gettext_lazy("Send back with words"),
    "recommend": gettext_lazy("Recommend it"),
    "unrecommend": gettext_lazy("Recommend it no longer"),
    "hand_in": gettext_lazy("Hand in again"),
    "publish": gettext_lazy("It is out"),
    "drop": gettext_lazy("Drop"),
    "reopen": gettext_lazy("Put it back"),
}


def moves_of(thing: Thing) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in TABLES[type(thing)][1] if state == thing.state]


def move(
    thing: Thing, verb: str, *, by: object, as_office: str, facts: dict[str, Any] | None = None, **fields: Any
) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    noun, moves = TABLES[type(thing)]
    after = moves.get((thing.state, verb))
    if after is None:
        gaps = {"state": thing.get_state_display(), "verb": WORDS[verb]}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": str(thing.state), "to": str(after)} | (facts or {})
    act = note(thing, f"{verb}_{noun}", by=by, as_office=as_office, facts=told)
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def note(thing: Thing, verb: str, *, by: object, as_office: str, facts: dict[str, Any] | None = None) -> Act:
    """Write down what is about to be done to it, and what it was before."""
    act = record(f"activities.{verb}", by=by, subject=subject_of(thing), facts=facts or {}, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    return act


def subject_of(thing: Thing) -> str:
    """As the chronicle names it."""
    return f"activities.{TABLES[type(thing)][0]}:{thing.pk}"
