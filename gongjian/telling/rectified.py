"""How many problems were named to each of many bodies, and how many of them were put right and confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from .models import Rectification


@dataclass(frozen=True)
class Share:
    """`named`: problems of published comments; `confirmed`: of them, those found put right by who named them."""

    named: int
    confirmed: int

    @property
    def value(self) -> float | None:
        """None where no problem was named: nothing is said of such a body."""
        return self.confirmed / self.named if self.named else None


NONE = Share(0, 0)


def rectified(bodies: Iterable[int], since: date, until: date) -> dict[int, Share]:
    """By id of the body, for comments of the days from `since` to `until`, both included. One query, for any number."""
    ids = list(bodies)
    of = "point__comment__telling__body"
    rows = (
        Rectification.objects.filter(**{f"{of}__in": ids, "point__comment__on__range": (since, until)})
        .values_list(of)
        .annotate(named=Count("pk"), confirmed=Count("pk", filter=Q(state=Rectification.State.CONFIRMED)))
        .order_by(of)
    )
    return dict.fromkeys(ids, NONE) | {body: Share(named, confirmed) for body, named, confirmed in rows}
