"""Counting in working days, on calendars of every sort."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from gongjian.workdays.days import UnknownYear, Workdays

YEARS = range(2020, 2031)
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    lambda days: Workdays.of(YEARS, (d for d in days if d.weekday() < 5), (d for d in days if d.weekday() >= 5)),
    st.sets(DAYS, max_size=60),
)
NUMBERS = st.integers(-200, 200)


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@given(CALENDARS, DAYS)
def test_the_week_counts_but_for_the_days_that_are_published(calendar, day):
    departs = day in calendar.days_off or day in calendar.days_worked
    assert calendar.is_working(day) == ((day.weekday() < 5) != departs)


@given(CALENDARS, DAYS)
def test_the_next_working_day_is_worked_and_none_before_it_is(calendar, day):
    found = calendar.next_working(day)
    assert found >= day and calendar.is_working(found)
    assert not any(map(calendar.is_working, every_day(day, found - timedelta(days=1))))
    assert calendar.next_working(found) == found


@given(CALENDARS, DAYS, st.integers(1, 200))
def test_the_nth_working_day_has_n_working_days_until_it(calendar, day, n):
    found = calendar.add_working(day, n)
    assert calendar.is_working(found)
    assert sum(map(calendar.is_working, every_day(day + timedelta(days=1), found))) == n
    assert calendar.working_between(day, found) == n


@given(CALENDARS, DAYS, NUMBERS, NUMBERS)
def test_steps_add_up_from_a_day_that_is_worked(calendar, day, n, m):
    assume(calendar.is_working(day))
    assert calendar.add_working(calendar.add_working(day, n), m) == calendar.add_working(day, n + m)
    assert calendar.working_between(day, calendar.add_working(day, n)) == n


@given(CALENDARS, DAYS, NUMBERS)
def test_a_later_day_never_comes_to_an_earlier_one(calendar, day, n):
    assert calendar.add_working(day, n) <= calendar.add_working(day + timedelta(days=1), n)


@given(CALENDARS, DAYS, DAYS, DAYS)
def test_stretches_add_up_and_turn_round(calendar, a, b, c):
    between = calendar.working_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@pytest.mark.parametrize(
    "asked",
    [
        lambda calendar: calendar.is_working(date(2031, 1, 1)),
        lambda calendar: calendar.next_working(date(2031, 1, 1)),
        lambda calendar: calendar.add_working(date(2030, 12, 31), 1),
        lambda calendar: calendar.working_between(date(2030, 12, 30), date(2031, 1, 1)),
    ],
)
def test_a_year_that_is_not_published_is_never_guessed(asked):
    with override("en"), pytest.raises(UnknownYear, match="The working days of 2031 are not published yet; the State"):
        asked(Workdays.of(YEARS, [], []))
