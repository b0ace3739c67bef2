"""What others are asked for an item of a plan: asks that stand on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from gongjian.asks.access import bodies_asked_from, sendings_visible_to
from gongjian.asks.queries import tallies_of
from gongjian.register.access import Reader

from .access import items_visible_to
from .models import Plan, PlanItem

OFFERED, SHOWN = 100, 20


def reference(item: int) -> str:
    return f"programme.item:{item}"


def tell(reader: Reader, id: int) -> tuple[str, str] | None:
    """What an ask that stands on an item leads to."""
    item = items_visible_to(reader).filter(pk=id).first()
    return (item.title, reverse("plan_item", args=[item.plan_id, item.pk])) if item else None


def offer(reader: Reader, today: date) -> list[tuple[int, str]]:
    """The unfinished items of published plans of the bodies in whose name the reader asks, the first due first."""
    bodies = bodies_asked_from(reader).on(today).values("body")
    unfinished = (PlanItem.State.PLANNED, PlanItem.State.UNDER_WAY)
    items = items_visible_to(reader).filter(plan__body__in=bodies, plan__state=Plan.State.PUBLISHED)
    rows = items.filter(state__in=unfinished).order_by("due_on", "id").values_list("id", "plan__year", "title")
    return [(id, f"{year} · {title}") for id, year, title in rows[:OFFERED]]


def sent_for(reader: Reader, item: PlanItem) -> list[Any]:
    """What was sent for the item and the reader may read, the latest first, with how far it is. Two queries and those
    of the right to see."""
    sent = sendings_visible_to(reader).filter(about=reference(item.pk), sent_at__isnull=False)
    rows: list[Any] = list(sent.order_by("-sent_at", "-id")[:SHOWN])
    tallies = tallies_of(rows)
    for row in rows:
        row.tally = tallies[row.pk]
    return rows
