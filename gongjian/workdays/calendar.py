"""The working days of this installation. A process reads them once and keeps them for a minute."""

from __future__ import annotations

import time
from datetime import date

from .days import UnknownYear, Workdays
from .models import Year

__all__ = ["UnknownYear", "add_working", "forget", "is_working", "next_working", "published", "working_between"]

KEPT = 60  # seconds a process keeps what it read

_read: tuple[float, Workdays] | None = None


def published() -> Workdays:
    """What is loaded, read again after a minute. One query, or none."""
    global _read
    if _read is None or time.monotonic() - _read[0] > KEPT:
        rows = list(Year.objects.all())
        days_off = (day for row in rows for day in row.days_off)
        days_worked = (day for row in rows for day in row.days_worked)
        _read = (time.monotonic(), Workdays.of((int(row.key) for row in rows), days_off, days_worked))
    return _read[1]


def forget() -> None:
    """A pack was loaded: read it anew."""
    global _read
    _read = None


def is_working(day: date) -> bool:
    """Whether the day is worked. Raises UnknownYear, as all below do."""
    return published().is_working(day)


def next_working(day: date) -> date:
    return published().next_working(day)


def add_working(day: date, n: int) -> date:
    return published().add_working(day, n)


def working_between(a: date, b: date) -> int:
    return published().working_between(a, b)
