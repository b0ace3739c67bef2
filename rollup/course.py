"""Where a rate ought to be on its way to a target, how far it is from that, and where it goes if nothing changes.

No Django here. A rate is between 0 and 1. The forecast is a line through the readings so far; its interval is made of
the errors that the same line would have made on the days before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from math import ceil
from statistics import median

LOOK_BACK = 750  # days of readings that a forecast looks at
FEWEST_READINGS = 3
FEWEST_ERRORS = 20
ALIKE = 1.5  # as far ahead, up to this factor
COVERED = 0.8  # of ten errors of the past, eight lie in the interval
TOO_EARLY = 0.1  # of the way
TOLERANCE = 0.01  # a point above or below the course is on it


@dataclass(frozen=True)
class Point:
    """The rate that was read on a day."""

    day: date
    rate: float


@dataclass(frozen=True)
class Course:
    """The straight way from a baseline to a goal."""

    begins: date
    start: float
    due: date
    goal: float

    def wanted(self, day: date) -> float:
        """The rate that ought to be there on a day; before the beginning the start, after the end the goal."""
        if day >= self.due:
            return self.goal
        return self.start + (self.goal - self.start) * self.gone(day)

    def gone(self, day: date) -> float:
        """Which part of the time is over, 0 … 1."""
        return min(max((day - self.begins).days / (self.due - self.begins).days, 0.0), 1.0)


class Standing(StrEnum):
    """How a place stands to its course."""

    REACHED = "reached"
    AHEAD = "ahead"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    TOO_EARLY = "too_early"


def standing(course: Course, now: Point) -> Standing:
    """How the last reading stands to the course on its day."""
    if now.rate >= course.goal:
        return Standing.REACHED
    if now.day >= course.due:
        return Standing.MISSED
    if course.gone(now.day) < TOO_EARLY:
        return Standing.TOO_EARLY
    ahead_by = now.rate - course.wanted(now.day)
    if abs(ahead_by) <= TOLERANCE:
        return Standing.ON_COURSE
    return Standing.AHEAD if ahead_by > 0 else Standing.BEHIND


def still_needed(denominator: int, numerator: int, goal: float) -> int:
    """How many more have to have it until the goal is reached, if nothing is added below the line."""
    return max(ceil(round(denominator * goal, 6)) - numerator, 0)


# == forecast ==
@dataclass(frozen=True)
class Errors:
    """By how much forecasts would have been wrong, each with the days it looked ahead, beside staying where one is."""

    ahead: tuple[int, ...]
    of_line: tuple[float, ...]
    of_staying: tuple[float, ...]

    @property
    def typical(self) -> float | None:
        """The middle one of the line's errors, as a part of 1; None with too few of them."""
        return median(map(abs, self.of_line)) if self.are_enough else None

    @property
    def typical_of_staying(self) -> float | None:
        """The middle error of who says that nothing will change."""
        return median(map(abs, self.of_staying)) if self.are_enough else None

    @property
    def are_enough(self) -> bool:
        return len(self.of_line) >= FEWEST_ERRORS

    def within(self, days: int) -> float | None:
        """Within how much of a forecast so many days ahead eight of ten lie; None with too few errors.

        From the errors of forecasts about as far ahead. Where none were, from the furthest ones, grown with the days.
        """
        if not self.are_enough:
            return None
        furthest = min(days, max(self.ahead))
        told = [
            abs(error) * days / furthest
            for ahead, error in zip(self.ahead, self.of_line, strict=True)
            if furthest / ALIKE <= ahead <= furthest * ALIKE
        ]
        if len(told) < FEWEST_ERRORS:
            told = [abs(error) * max(days / ahead, 1) for ahead, error in zip(self.ahead, self.of_line, strict=True)]
        return sorted(told)[ceil(COVERED * len(told)) - 1]


@dataclass(frozen=True)
class Forecast:
    """The rate on a day to come, and between which two eight of ten such forecasts lay; None: cannot be said."""

    day: date
    rate: float
    low: float | None
    high: float | None
    pace: float
    """by how much the rate grows in 30 days"""


def forecast(points: Sequence[Point], day: date, errors: Errors) -> Forecast | None:
    """Where the rate will be on the day; None with fewer than three readings, or for a day that has been read.

    `points`: the earliest first. `errors` come from `back_test`.
    """
    told = _told(points, day)
    if told is None:
        return None
    rate, slope = told
    within = errors.within((day - points[-1].day).days)
    low, high = (None, None) if within is None else (_part(rate - within), _part(rate + within))
    return Forecast(day, rate, low, high, 30 * slope)


def back_test(lines: Iterable[Sequence[Point]]) -> Errors:
    """What forecasts of these lines would have been wrong by, had they been made on each day that was read.

    Each is compared with the next reading after it and with every later one.
    """
    ahead: list[int] = []
    of_line: list[float] = []
    of_staying: list[float] = []
    for points in lines:
        for made in range(FEWEST_READINGS, len(points)):
            known = points[:made]
            for later in points[made:]:
                told = _told(known, later.day)
                if told is not None:
                    ahead.append((later.day - known[-1].day).days)
                    of_line.append(later.rate - told[0])
                    of_staying.append(later.rate - known[-1].rate)
    return Errors(tuple(ahead), tuple(of_line), tuple(of_staying))


def _told(points: Sequence[Point], day: date) -> tuple[float, float] | None:
    """The rate on a day to come and the slope of a day: the middle one of the slopes between each two readings."""
    recent = [each for each in points if (points[-1].day - each.day).days <= LOOK_BACK]
    if len(recent) < FEWEST_READINGS or day <= recent[-1].day:
        return None
    slopes = [(b.rate - a.rate) / (b.day - a.day).days for a, b in combinations(recent, 2) if b.day > a.day]
    slope = median(slopes)
    return _part(recent[-1].rate + slope * (day - recent[-1].day).days), slope


def _part(rate: float) -> float:
    return min(max(rate, 0.0), 1.0)
