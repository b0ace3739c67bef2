"""The states of meetings and of topics, the moves that are permitted, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Meeting, Topic

M, T = Meeting.State, Topic.State

MEETING_MOVES = {
    (M.COLLECTING, "set_agenda"): M.AGENDA_SET,
    (M.AGENDA_SET, "open_agenda"): M.COLLECTING,
    (M.AGENDA_SET, "hold"): M.HELD,
    (M.HELD, "not_held"): M.AGENDA_SET,
    (M.HELD, "publish"): M.PUBLISHED,
    (M.COLLECTING, "cancel"): M.CANCELLED,
    (M.AGENDA_SET, "cancel"): M.CANCELLED,
    (M.CANCELLED, "restore"): M.COLLECTING,
}
TOPIC_MOVES = {
    (T.HANDED_IN, "take"): T.TAKEN,
    (T.HANDED_IN, "put_off"): T.PUT_OFF,
    (T.HANDED_IN, "decline"): T.DECLINED,
    (T.TAKEN, "put_off"): T.PUT_OFF,
    (T.TAKEN, "back"): T.HANDED_IN,
    (T.PUT_OFF, "back"): T.HANDED_IN,
    (T.DECLINED, "back"): T.HANDED_IN,
}
WORDS = {
    "set_agenda": gettext_lazy("Set the agenda"),
    "open_agenda": gettext_lazy("Open the agenda again"),
    "hold": gettext_lazy("It was held"),
    "not_held": gettext_lazy("Not held after all"),
    "publish": gettext_lazy("Publish the minutes of the meeting"),
    "cancel": gettext_lazy("Cancel the meeting"),
    "restore": gettext_lazy("Hold it after all"),
    "take": gettext_lazy("Put it on the agenda"),
    "put_off": gettext_lazy("Put it off to the next meeting"),
    "decline": gettext_lazy("Do not take it"),
    "back": gettext_lazy("Back to the topics handed in"),
}
Thing = Meeting | Topic


def moves_of(thing: Thing) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _table(thing) if state == thing.state]


def move(
    thing: Thing, verb: str, *, by: object, as_office: str = "", facts: dict[str, Any] | None = None, **fields: Any
) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = _table(thing).get((thing.state, verb))
    if after is None:
        gaps = {"state": thing.get_state_display(), "verb": WORDS[verb]}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": thing.state, "to": after.value} | (facts or {})
    act = record(f"meetings.{verb}_{_noun(thing)}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Thing) -> str:
    """As the chronicle names it."""
    return f"meetings.{_noun(thing)}:{thing.pk}"


def _table(thing: Thing) -> dict[Any, Any]:
    return MEETING_MOVES if isinstance(thing, Meeting) else TOPIC_MOVES


def _noun(thing: Thing) -> str:
    return "meeting" if isinstance(thing, Meeting) else "topic"
