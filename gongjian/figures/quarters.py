"""The first days of past quarters, read one after another, so that lines through time have points."""

from __future__ import annotations

from datetime import date

from gongjian.indicators.models import Run

MONTHS = (1, 4, 7, 10)
YEARS_BACK = 2
MOST = 8


def needed_since(today: date) -> date:
    """The earliest day of which readings are needed: two years back."""
    return date(today.year - YEARS_BACK, today.month, 1)


def is_quarter_day(day: date) -> bool:
    """Whether it is the first day of a quarter."""
    return day.day == 1 and day.month in MONTHS


def quarter_days(since: date, today: date) -> list[date]:
    """The first day of each quarter from one day until another, both included; the last eight, the earliest first."""
    days = [date(year, month, 1) for year in range(since.year, today.year + 1) for month in MONTHS]
    return [day for day in days if since <= day <= today][-MOST:]


def not_read(today: date) -> list[date]:
    """Those that no run has read well, the earliest first."""
    days = quarter_days(needed_since(today), today)
    read = set(Run.objects.filter(state=Run.State.DONE, day__in=days).values_list("day", flat=True))
    return [day for day in days if day not in read]
