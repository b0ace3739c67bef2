"""How many visits a contact point has of those wanted in a year, and until when the next one is wanted.

The visits of a year are spread evenly over the days on which the point is one in that year: the first of four is wanted
until the end of March, the second until the end of June. Before the first of these days nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Standing(StrEnum):
    REACHED = "reached"
    IN_TIME = "in_time"
    BEHIND = "behind"
    TOO_EARLY = "too_early"
    NONE_WANTED = "none_wanted"


@dataclass(frozen=True)
class Pace:
    """`made` of `wanted` visits in the year; `next_by`: the last day for the next one, None if none is wanted."""

    made: int
    wanted: int
    next_by: date | None
    standing: Standing


def pace(year: int, since: date, until: date | None, wanted_a_year: int, made: int, today: date) -> Pace:
    """Of a contact point from `since` until the day before `until`; a part of the year wants its part of the visits."""
    begins, ends = date(year, 1, 1), date(year + 1, 1, 1)
    first, end = max(begins, since), min(ends, until or ends)
    days = max((end - first).days, 0)
    wanted = (2 * wanted_a_year * days + (ends - begins).days) // (2 * (ends - begins).days)  # rounded half up
    if made >= wanted:
        return Pace(made, wanted, None, Standing.REACHED if wanted else Standing.NONE_WANTED)
    next_by = first + timedelta(days=days * (made + 1) // wanted - 1)
    if next_by < today:
        return Pace(made, wanted, next_by, Standing.BEHIND)
    return Pace(made, wanted, next_by, Standing.IN_TIME if made else Standing.TOO_EARLY)
