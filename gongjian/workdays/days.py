"""Counting in working days. Pure: what is published comes in, days go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

ONE = timedelta(days=1)
SATURDAY = 5


class UnknownYear(LookupError):
    """Nobody can say yet which days of the year are worked. The sentence says what to do."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            _(
                "The working days of %(year)s are not published yet; the State Council does so at the end of the year "
                "before. Once they are, add the year to workdays.toml of the pack and load the pack."
            )
            % {"year": year}
        )


@dataclass(frozen=True)
class Workdays:
    """What is published: the years, and the days on which they depart from the week."""

    years: frozenset[int]
    days_off: frozenset[date]
    days_worked: frozenset[date]

    @classmethod
    def of(cls, years: Iterable[int], days_off: Iterable[date], days_worked: Iterable[date]) -> Workdays:
        return cls(frozenset(years), frozenset(days_off), frozenset(days_worked))

    def is_working(self, day: date) -> bool:
        """Raises UnknownYear, as all below do for whatever day they have to look at."""
        if day.year not in self.years:
            raise UnknownYear(day.year)
        return day in self.days_worked or (day.weekday() < SATURDAY and day not in self.days_off)

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the first one after it: a term does not end on a holiday."""
        while not self.is_working(day):
            day += ONE
        return day

    def add_working(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself does not count, or before it if n is less than none.

        With n = 0 it is `day` itself, worked or not.
        """
        step = ONE if n > 0 else -ONE
        for _each in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def working_between(self, a: date, b: date) -> int:
        """How many working days come after `a` until `b`, `b` among them; as a negative number if `b` is before `a`."""
        if b < a:
            return -self.working_between(b, a)
        return sum(self.is_working(a + ONE * n) for n in range(1, (b - a).days + 1))
