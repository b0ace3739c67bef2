"""By when a step is owed: counted from a deed, by a number of the statute. Which clock runs in which state stands here.

The day of the deed does not count. Working days that are not published yet leave the day open; it is counted again each
night until they are (watching.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from gongjian.workdays import calendar

from .define import Number
from .models import Agreement

S = Agreement.State

# The meeting has its own day; a draft that comes back after a vote keeps the clock that began with the vote.
CLOCKS: Mapping[str, str] = {
    S.DEMANDED: "answer",
    S.ANSWERED: "name",
    S.DELEGATED: "call",
    S.MET: "write",
    S.DRAFTED: "congress",
    S.REJECTED: "bring_back",
    S.PASSED: "sign",
    S.SIGNED: "file",
    S.FILED: "objection",
    S.IN_FORCE: "publish",
    S.PUBLISHED: "report",
    S.MEDIATED: "mediation",
}


def due(number: Number, since: date) -> date | None:
    """The last day on which it is in time; None as long as the working days it needs are not published."""
    if number.counts == "workdays":
        try:
            return calendar.add_working(since, number.value)
        except calendar.UnknownYear:
            return None
    return months_on(since, number.value) if number.counts == "months" else since + timedelta(days=number.value)


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def last_day(since: date, months: int) -> date:
    """The last day of a time of so many months that begins with `since`."""
    return months_on(since, months) - timedelta(days=1)


def due_of(agreement: Agreement, numbers: Mapping[str, Number]) -> date | None:
    """By when the next step of the agreement is owed, from what stands in it."""
    if agreement.state == S.CALLED:
        return agreement.meets_on
    if not agreement.clock or agreement.counts_from is None:
        return None
    found = due(numbers[agreement.clock], agreement.counts_from)
    if agreement.state == S.FILED and found is not None:
        return max(found, _end_of_previous(agreement) or found)
    if agreement.state == S.PUBLISHED and found is not None and agreement.until is not None:
        return min(found - timedelta(days=1), agreement.until)
    return found


def _end_of_previous(agreement: Agreement) -> date | None:
    return agreement.previous.until if agreement.previous is not None else None
