"""Late starters (起步晚): since a target counts, which places of a class have gained nothing, and by when half had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongjian.register.access import Reader

from .access import place_readings_visible_to
from .aims import aims
from .models import Indicator, Run
from .spread import Place


@dataclass(frozen=True)
class Starts:
    """`gained`: by place, the first day on which more had it than when the target began to count; None: not yet.

    Places that had nothing left to do on that day, or have been read once, are not among them. The days are those of
    readings that are kept: of the past, one for each quarter.
    """

    since: date
    gained: dict[int, date | None]
    waiting: list[Place]

    @property
    def half_by(self) -> date | None:
        """By when half of the places had gained; None while fewer have."""
        days = sorted(day for day in self.gained.values() if day)
        half = (len(self.gained) + 1) // 2
        return days[half - 1] if half and len(days) >= half else None


def starts_of(reader: Reader, indicator: Indicator, unit_id: int, places: Sequence[Place], run: Run) -> Starts | None:
    """None where no target holds, or nothing was read twice since it counts. Four queries."""
    aim = aims(reader, [unit_id], run.day, {}).get((unit_id, indicator.pk))
    if aim is None:
        return None
    since = aim.target.baseline_on
    readings = place_readings_visible_to(reader).filter(
        indicator=indicator, unit__in=[place.unit_id for place in places], day__gte=since, day__lte=run.day
    )
    at_first: dict[int, int] = {}
    gained: dict[int, date | None] = {}
    for unit, day, having, counted in readings.order_by("day").values_list("unit", "day", "numerator", "denominator"):
        if unit not in at_first:
            at_first[unit] = having if having < counted else -1
        elif at_first[unit] >= 0 and gained.get(unit) is None:
            gained[unit] = day if having > at_first[unit] else None
    waiting = [place for place in places if place.unit_id in gained and gained[place.unit_id] is None]
    return Starts(since, gained, waiting) if gained else None
