"""What the page of one item shows: where it was taken from, who has taken it down, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongjian.chronicle.models import Act
from gongjian.register.access import Reader
from gongjian.register.queries.changes import offices_told
from gongjian.register.queries.lists import body_names

from .access import items_visible_to
from .models import PlanItem
from .queries import ItemRow, row_of
from .states import subject_of

MOST_BELOW, MOST_ACTS = 100, 50
VERBS: dict[str, str | Promise] = {
    "programme.add_item": _("Added to the plan"),
    "programme.amend_item": _("Amended"),
    "programme.start_item": _("Begun"),
    "programme.put_back_item": _("Not begun after all"),
    "programme.finish_item": _("Finished"),
    "programme.drop_item": _("Dropped"),
    "programme.reopen_item": _("Reopened"),
    "programme.explain_item": _("Reason for being late"),
    "programme.hand_over_item": _("New owner"),
}


@dataclass(frozen=True)
class Below:
    """The same item in a plan below."""

    item: PlanItem
    name: str
    is_late: bool


@dataclass(frozen=True)
class Event:
    """What was done to it, when, and in which office; `reason` where one was given."""

    at: datetime
    said: str
    office: str
    reason: str


@dataclass(frozen=True)
class ItemShown:
    """`above`: the item it was taken from and whose plan that is, if the reader may see it. `count`: how many plans
    below have it, of which `below` are the first."""

    row: ItemRow
    above: tuple[PlanItem, str] | None
    below: list[Below]
    count: int
    events: list[Event]


def item_shown(reader: Reader, item: PlanItem, today: date) -> ItemShown:
    """A fixed number of queries, but for what is dissolved."""
    taken = items_visible_to(reader).filter(source=item).select_related("plan")
    below: list[Any] = list(taken.order_by("due_on", "id")[:MOST_BELOW])
    source = items_visible_to(reader).filter(taken_down=item).select_related("plan").first()
    bodies = [each.plan.body_id for each in below] + ([source.plan.body_id] if source else [])
    names = body_names(reader, today, bodies)
    return ItemShown(
        row=row_of(reader, item, today),
        above=(source, names.get(source.plan.body_id, "")) if source else None,
        below=[Below(each, names.get(each.plan.body_id, ""), each.is_late(today)) for each in below],
        count=taken.count(),
        events=_events(reader, item),
    )


def _events(reader: Reader, item: PlanItem) -> list[Event]:
    """Newest first. In which office something was done is told; by whom, the chronicle tells whoever may read it."""
    acts = list(Act.objects.filter(subject=subject_of(item), verb__in=list(VERBS)).order_by("-id")[:MOST_ACTS])
    offices = offices_told(reader, [act.office for act in acts])
    return [
        Event(act.at, str(VERBS[act.verb]), offices.get(act.office, ""), act.facts.get("reason", "")) for act in acts
    ]
