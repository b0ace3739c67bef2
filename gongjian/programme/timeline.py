"""Where bars and marks stand on the line of a year, in per cent of it; from days alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NARROWEST = 0.8  # per cent: a bar of one day is still seen


@dataclass(frozen=True)
class Bar:
    """A stretch of the year. `key`: where its key date stands, if it has one."""

    at: float
    width: float
    key: float | None = None


@dataclass(frozen=True)
class Year:
    """The line itself: where each month begins, and where today stands, if it lies in the year."""

    year: int
    months: list[tuple[float, int]]
    today: float | None


def year_line(year: int, today: date) -> Year:
    months = [(place(date(year, month, 1), year), month) for month in range(1, 13)]
    return Year(year, months, place(today, year) if today.year == year else None)


def place(day: date, year: int) -> float:
    """How far into the year a day begins; days outside of it stand at its ends."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    return round(100 * (min(max(day, first), end) - first).days / (end - first).days, 2)


def bar(begins_on: date, ends_on: date, year: int, key: date | None = None) -> Bar | None:
    """The part of it that lies in the year, its last day included; None where none does."""
    if ends_on.year < year or begins_on.year > year:
        return None
    at, end = place(begins_on, year), place(ends_on + timedelta(1), year)
    width = max(end - at, NARROWEST)
    return Bar(min(at, 100 - width), round(width, 2), place(key, year) if key and key.year == year else None)


def quarter(day: date) -> int:
    return (day.month + 2) // 3


def moved(days: Iterable[date], years: int) -> list[date]:
    """The same days so many years later; the 29th of February becomes the 28th."""
    return [_later(day, years) for day in days]


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
