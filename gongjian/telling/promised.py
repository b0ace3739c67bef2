"""What a body had promised and planned for the time of a round: it stands there already, nobody types it anew."""

from __future__ import annotations

from django.db.models import Q

from gongjian.pledges.models import Pledge
from gongjian.pledges.models.pledges import PUBLIC_STATES
from gongjian.programme.models import Plan, PlanItem

from .models import Telling

MOST = 20  # of pledges, and of items of the plan
STATES = {"pledge": Pledge.State, "plan": PlanItem.State}
DONE = {"kept", "late", "done"}


def promised_of(telling: Telling) -> list[dict[str, object]]:
    """Each with its title, how it stands, and until when. Of a telling that was told, as it stood then."""
    found = list(telling.promised) if telling.is_told else now_promised(telling)
    return [each | {"said": _said(each), "is_done": each["state"] in DONE} for each in found]


def now_promised(telling: Telling) -> list[dict[str, str]]:
    """The pledges of the body itself that were public in the time told of, and the items of its plan in that time."""
    return [*_pledged(telling), *_planned(telling)]


def _pledged(telling: Telling) -> list[dict[str, str]]:
    since, until = telling.round.since, telling.round.until
    running = Q(public_on__lte=until) & (Q(closed_on=None) | Q(closed_on__gte=since))
    pledges = Pledge.objects.filter(running, body=telling.body_id, person=None, state__in=PUBLIC_STATES)
    return [_line("pledge", each.title, each.state, each.due_on) for each in pledges.order_by("due_on", "pk")[:MOST]]


def _planned(telling: Telling) -> list[dict[str, str]]:
    items = PlanItem.objects.filter(
        owner=telling.body_id, plan__state__in=(Plan.State.PUBLISHED, Plan.State.CLOSED),
        starts_on__lte=telling.round.until, due_on__gte=telling.round.since,
    ).exclude(state=PlanItem.State.DROPPED)  # fmt: skip
    return [_line("plan", each.title, each.state, each.due_on) for each in items.order_by("due_on", "pk")[:MOST]]


def _line(of: str, title: str, state: str, due_on: object) -> dict[str, str]:
    return {"of": of, "title": title, "state": state, "due_on": str(due_on or "")}


def _said(each: dict[str, str]) -> str:
    """How it stands, in the reader's language."""
    return str(STATES[each["of"]](each["state"]).label)
