"""Stretches of days as (from, until, value), with ISO days as text: text order is day order."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

Value = TypeVar("Value")
Stretch = tuple[str, str, Value]

OPEN = "9999-12-31"  # as an until: has not ended

_FIRST_DAY = date(2005, 1, 1)
DAYS = [(_FIRST_DAY + timedelta(days=n)).isoformat() for n in range(365 * 30)]
_NUMBER = {day: number for number, day in enumerate(DAYS)}


def later(day: str, days: int) -> str:
    """The day `days` after (before, if negative); never outside the calendar of the sample."""
    return DAYS[max(0, min(len(DAYS) - 1, _NUMBER[day] + days))]


def days_between(first: str, second: str) -> int:
    return _NUMBER[second] - _NUMBER[first]


def valid(since: str, until: str) -> str:
    """As PostgreSQL writes a daterange."""
    return f"[{since},)" if until >= OPEN else f"[{since},{until})"


def within(since: str, until: str, layer: Sequence[Stretch[Value]]) -> list[Stretch[Value]]:
    """The parts of `layer` that lie from `since` until `until`."""
    return [(max(since, a), min(until, b), value) for a, b, value in layer if max(since, a) < min(until, b)]


def weave(since: str, until: str, *layers: Sequence[Stretch[Any]]) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Cut [since, until) wherever a layer changes; each piece with the value of every layer, None in its gaps."""
    cuts = {since, until}
    for layer in layers:
        for a, b, _ in layer:
            if since < a < until:
                cuts.add(a)
            if since < b < until:
                cuts.add(b)
    days = sorted(cuts)
    pieces: list[tuple[str, str, tuple[Any, ...]]] = []
    for a, b in pairwise(days):
        values = tuple(next((value for x, y, value in layer if x <= a < y), None) for layer in layers)
        if pieces and pieces[-1][2] == values:
            pieces[-1] = (pieces[-1][0], b, values)
        else:
            pieces.append((a, b, values))
    return pieces
