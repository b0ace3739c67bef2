"""Nights go after five weeks, but for the first of a month and what was read later than on its night."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from gongjian.figures.run import folder
from gongjian.figures.thinning import thin_out
from gongjian.gaps.models import Rewrite
from gongjian.indicators.models import Reading, Run
from tests.figures.test_run import town

assert town  # the fixture: the small town with the pack's indicators
TODAY = date(2026, 6, 20)


def night(town, day: date, *, read_on: date | None = None) -> Run:
    at = timezone.make_aware(datetime.combine(read_on or day, time(0, 15)))
    run = Run.objects.create(day=day, state=Run.State.DONE, engine="duckdb", began_at=at, ended_at=at)
    Reading.objects.create(
        run=run, indicator_id="four_lines", version=1, day=day, walk="territory", unit=town.units["city"], left_out=0,
        denominator=2, numerator=1, heads=0, heads_having=0, heads_unknown=0,
    )  # fmt: skip
    folder(day).mkdir(parents=True, exist_ok=True)
    return run


@pytest.fixture
def nights(town) -> dict[date, Run]:
    return {day: night(town, day) for day in (TODAY - timedelta(days=back) for back in range(80))}


def test_five_weeks_and_first_days_of_months_stay(nights):
    gone = thin_out(TODAY)
    kept = set(nights) - set(gone)
    assert sorted(kept)[:2] == [date(2026, 5, 1), TODAY - timedelta(weeks=5)]
    assert len([day for day in kept if day >= TODAY - timedelta(weeks=5)]) == 36
    assert set(Run.objects.values_list("day", flat=True)) == kept == set(Reading.objects.values_list("day", flat=True))
    assert {day for day in nights if folder(day).exists()} == kept
    assert thin_out(TODAY) == []


def test_what_was_read_later_stays_and_so_does_what_the_gaps_are_of(town):
    by_hand, last, plain = (date(2026, 2, day) for day in (10, 11, 12))
    night(town, by_hand, read_on=TODAY)
    Rewrite.objects.create(run=night(town, last), rules="")
    night(town, plain)
    assert thin_out(TODAY) == [plain]
