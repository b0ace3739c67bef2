"""The states of plans and of items, the moves that are permitted, and the one function that moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import Plan, PlanItem

PLAN_MOVES = {
    (Plan.State.DRAFT, "publish"): Plan.State.PUBLISHED,
    (Plan.State.PUBLISHED, "withdraw"): Plan.State.DRAFT,
    (Plan.State.PUBLISHED, "close"): Plan.State.CLOSED,
    (Plan.State.CLOSED, "reopen"): Plan.State.PUBLISHED,
}
ITEM_MOVES = {
    (PlanItem.State.PLANNED, "start"): PlanItem.State.UNDER_WAY,
    (PlanItem.State.PLANNED, "finish"): PlanItem.State.DONE,
    (PlanItem.State.PLANNED, "drop"): PlanItem.State.DROPPED,
    (PlanItem.State.UNDER_WAY, "put_back"): PlanItem.State.PLANNED,
    (PlanItem.State.UNDER_WAY, "finish"): PlanItem.State.DONE,
    (PlanItem.State.UNDER_WAY, "drop"): PlanItem.State.DROPPED,
    (PlanItem.State.DONE, "reopen"): PlanItem.State.UNDER_WAY,
    (PlanItem.State.DROPPED, "reopen"): PlanItem.State.PLANNED,
}
WORDS = {
    "publish": gettext_lazy("Publish"),
    "withdraw": gettext_lazy("Back to draft"),
    "close": gettext_lazy("Close the plan"),
    "start": gettext_lazy("Begin"),
    "put_back": gettext_lazy("Not begun after all"),
    "finish": gettext_lazy("Mark as finished"),
    "drop": gettext_lazy("Drop"),
    "reopen": gettext_lazy("Reopen"),
}


def moves_of(thing: Plan | PlanItem) -> list[str]:
    """The verbs that are permitted now, in the order of the table."""
    return [verb for state, verb in _table(thing) if state == thing.state]


def move(
    thing: Plan | PlanItem,
    verb: str,
    *,
    by: object,
    as_office: str = "",
    facts: dict[str, Any] | None = None,
    **fields: Any,
) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = _table(thing).get((thing.state, verb))
    if after is None:
        gaps = {"state": thing.get_state_display(), "verb": WORDS[verb]}
        raise Refused(_("It is “%(state)s” now, so “%(verb)s” does not apply. Look at it again.") % gaps)
    told = {"from": thing.state, "to": after.value} | (facts or {})
    act = record(f"programme.{verb}_{_noun(thing)}", by=by, subject=subject_of(thing), facts=told, as_office=as_office)
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    thing.state = after
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return act


def subject_of(thing: Plan | PlanItem) -> str:
    """As the chronicle names it."""
    return f"programme.{_noun(thing)}:{thing.pk}"


def _table(thing: Plan | PlanItem) -> dict[Any, Any]:
    return PLAN_MOVES if isinstance(thing, Plan) else ITEM_MOVES


def _noun(thing: Plan | PlanItem) -> str:
    return "plan" if isinstance(thing, Plan) else "item"
