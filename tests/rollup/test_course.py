"""Courses, how places stand to them, and forecasts with the errors they would have made."""

from __future__ import annotations

import random
from datetime import date, timedelta
from statistics import median

import pytest

from rollup.course import Course, Point, Standing, back_test, forecast, standing, still_needed

BEGINS, DUE = date(2025, 1, 1), date(2027, 1, 1)
COURSE = Course(BEGINS, 0.5, DUE, 0.9)


def line(*rates, first=BEGINS, step=91):
    return [Point(first + timedelta(days=step * at), rate) for at, rate in enumerate(rates)]


def test_the_course_is_straight_and_ends_at_the_goal():
    assert COURSE.wanted(BEGINS - timedelta(days=9)) == COURSE.wanted(BEGINS) == 0.5
    assert COURSE.wanted(date(2026, 1, 1)) == pytest.approx(0.7)
    assert COURSE.wanted(DUE) == COURSE.wanted(DUE + timedelta(days=9)) == 0.9


@pytest.mark.parametrize(
    ("day", "rate", "stands"),
    [
        (date(2025, 2, 1), 0.5, Standing.TOO_EARLY),
        (date(2025, 2, 1), 0.9, Standing.REACHED),
        (date(2026, 1, 1), 0.689, Standing.BEHIND),
        (date(2026, 1, 1), 0.691, Standing.ON_COURSE),
        (date(2026, 1, 1), 0.709, Standing.ON_COURSE),
        (date(2026, 1, 1), 0.711, Standing.AHEAD),
        (DUE, 0.899, Standing.MISSED),
        (DUE, 0.9, Standing.REACHED),
    ],
)
def test_how_a_reading_stands_to_the_course(day, rate, stands):
    assert standing(COURSE, Point(day, rate)) == stands


@pytest.mark.parametrize(
    ("of", "having", "goal", "needed"),
    [(10, 8, 0.9, 1), (10, 9, 0.9, 0), (10, 10, 0.9, 0), (7, 0, 1.0, 7), (0, 0, 1.0, 0)],
)
def test_how_many_are_still_needed(of, having, goal, needed):
    assert still_needed(of, having, goal) == needed


def test_a_straight_line_goes_on_and_stops_at_all():
    points = line(0.5, 0.55, 0.6, 0.65)
    told = forecast(points, points[-1].day + timedelta(days=91), back_test([]))
    assert told.rate == pytest.approx(0.7) and told.pace == pytest.approx(0.05 * 30 / 91)
    assert (told.low, told.high) == (None, None)
    assert forecast(points, points[-1].day + timedelta(days=9100), back_test([])).rate == 1.0


def test_one_odd_reading_does_not_turn_the_line():
    points = line(0.5, 0.55, 0.1, 0.65, 0.7, 0.75)
    assert forecast(points, points[-1].day + timedelta(days=91), back_test([])).rate == pytest.approx(0.8, abs=0.01)


def test_too_few_readings_and_days_already_read_have_no_forecast():
    assert forecast(line(0.5, 0.6), DUE, back_test([])) is None
    assert forecast(line(0.5, 0.6, 0.7), BEGINS + timedelta(days=182), back_test([])) is None
    assert forecast([], DUE, back_test([])) is None


def test_errors_are_of_days_that_were_read_later():
    errors = back_test([line(0.1, 0.2, 0.3, 0.5)])
    assert errors.ahead == (91,)
    assert errors.of_line == (pytest.approx(0.1),) and errors.of_staying == (pytest.approx(0.2),)
    assert not errors.are_enough and errors.within(91) is None


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_eight_of_ten_forecasts_lie_in_the_interval(steps):
    dice = random.Random(5)

    def walk():
        rate, rates = 0.3, []
        for _step in range(9):
            rate = min(max(rate + 0.02 + dice.gauss(0, 0.01), 0), 1)
            rates.append(rate)
        return line(*rates)

    errors = back_test([walk() for _place in range(40)])
    inside = []
    for points in (walk() for _place in range(400)):
        told = forecast(points[: 9 - steps], points[8].day, errors)
        inside.append(told.low <= points[8].rate <= told.high)
    assert 0.7 < sum(inside) / len(inside) < 0.93  # those made from few readings err more
    assert errors.typical < errors.typical_of_staying == pytest.approx(median(map(abs, errors.of_staying)))
