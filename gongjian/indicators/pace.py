"""The drawing of a rate through time beside its course: where each line and word stands, in per cent of the box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from .aims import Aim, Outlook
from .models import Reading

STEPS = (1, 2, 5, 10, 20, 25)  # points between two lines of the grid
MOST_LINES = 6


@dataclass(frozen=True)
class Mark:
    """A word beside the drawing; `at`: how far from the left or from the top, in per cent."""

    at: float
    said: str


@dataclass(frozen=True)
class Pace:
    """Points and paths are written for a view box of 100 × 100, its top the highest rate."""

    was: str
    grid: list[Mark]
    days: list[tuple[float, date]]
    now: tuple[float, float]
    goal: float | None
    need: str
    may: str
    may_mid: str
    may_ends: float | None

    @property
    def shows_end(self) -> bool:
        """Is there room for the word at the end of the forecast, beside the one of the goal?"""
        return self.may_ends is not None and (self.goal is None or abs(self.may_ends - self.goal) > 8)


def pace(through: Sequence[Reading], aim: Aim | None, told: Outlook | None) -> Pace | None:
    """The drawing; None with fewer than two days to draw."""
    rated = [(each.day, 100 * each.rate) for each in through if each.rate is not None]
    if not rated:
        return None
    due = aim.target.due if aim else rated[-1][0]
    first, last = rated[0][0], max(due, rated[-1][0])
    if first == last:
        return None
    values = [rate for _day, rate in rated]
    if aim:
        values.append(100 * aim.goal)
    if told:
        values += [
            100 * each for each in (told.forecast.low, told.forecast.high, told.forecast.rate) if each is not None
        ]
    grid = _grid(min(values), max(values))
    low, high = grid[0], grid[-1]

    def across(day: date) -> float:
        return round(100 * (day - first).days / (last - first).days, 2)

    def down(rate: float) -> float:
        return round(100 * (high - rate) / (high - low), 2)

    day_now, rate_now = rated[-1]
    x, y = across(day_now), down(rate_now)
    goal = down(100 * aim.goal) if aim else None
    is_ahead = day_now < due
    middle = down(100 * told.forecast.rate) if told else None
    band = ""
    if told and told.forecast.low is not None and told.forecast.high is not None:
        band = f"M{x} {y}L100 {down(100 * told.forecast.high)}V{down(100 * told.forecast.low)}Z"
    return Pace(
        was=" ".join(f"{across(day)},{down(rate)}" for day, rate in rated),
        grid=[Mark(down(each), str(each)) for each in grid],
        days=[(0.0, first), (100.0, last)] if not 15 < x < 85 else [(0.0, first), (x, day_now), (100.0, last)],
        now=(x, y),
        goal=goal,
        need=f"M{x} {y}L100 {goal}" if aim and is_ahead and rate_now < 100 * aim.goal else "",
        may=band,
        may_mid=f"M{x} {y}L100 {middle}" if middle is not None else "",
        may_ends=middle,
    )


def _grid(least: float, most: float) -> list[int]:
    """Round per cents around what is drawn, at most six of them, and never one without height."""
    for step in STEPS:
        low, high = step * floor(least / step), step * ceil(most / step)
        if low == high:
            low, high = max(low - step, 0), min(high + step, 100)
        if (high - low) / step < MOST_LINES:
            return list(range(low, high + 1, step))
    return [0, 25, 50, 75, 100]
