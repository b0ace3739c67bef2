"""Past quarters: which days are read, one after another, and never twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from gongjian.commands import figures
from gongjian.figures import quarters, tasks
from gongjian.indicators.models import Run

TODAY = date(2026, 11, 28)
EIGHT = [date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10)]


def read_well(day: date, state: str = "done") -> None:
    Run.objects.create(day=day, state=state, engine="duckdb", began_at=timezone.now(), ended_at=timezone.now())


@pytest.mark.parametrize(
    ("since", "today", "days"),
    [
        (date(2024, 11, 1), TODAY, EIGHT),
        (date(2000, 1, 1), TODAY, EIGHT),
        (date(2026, 4, 1), date(2026, 7, 1), [date(2026, 4, 1), date(2026, 7, 1)]),
        (date(2026, 4, 2), date(2026, 6, 30), []),
    ],
)
def test_the_first_days_of_quarters(since, today, days):
    assert quarters.quarter_days(since, today) == days


@pytest.mark.django_db
def test_days_that_were_read_well_are_not_read_again():
    assert quarters.not_read(TODAY) == EIGHT
    read_well(EIGHT[2])
    read_well(EIGHT[3], "failed")
    assert quarters.not_read(TODAY) == [day for day in EIGHT if day != EIGHT[2]]


@pytest.fixture
def worker(db, monkeypatch):
    """What the worker would have run and put in the queue."""
    told: dict[str, list] = {"read": [], "deferred": []}

    def run(command, *, check):
        told["read"].append(command[-1])
        read_well(date.fromisoformat(command[-1]))

    monkeypatch.setattr(tasks.subprocess, "run", run)
    monkeypatch.setattr(tasks.timezone, "localdate", lambda: TODAY)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    monkeypatch.setattr(tasks.read_quarter, "defer", lambda: told["deferred"].append(1))
    return told


def test_after_the_night_run_quarters_are_read_one_job_at_a_time(worker):
    tasks.read_indicators()
    assert (worker["read"], len(worker["deferred"])) == (["2026-11-28"], 1)
    for _each in range(9):
        tasks.read_quarter()
    assert worker["read"][1:] == [day.isoformat() for day in EIGHT]
    assert len(worker["deferred"]) == 8
    tasks.read_indicators()
    assert (len(worker["read"]), len(worker["deferred"])) == (9, 8)


@pytest.mark.django_db
def test_by_hand_each_quarter_not_read_yet_is_read(monkeypatch, capsys, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    monkeypatch.setattr(figures, "local_today", lambda: TODAY)
    for day in EIGHT[2:]:
        read_well(day)
    asked = type("Asked", (), {"quarters": True, "on": None, "master": None})()
    assert figures.run(asked) == 0 and capsys.readouterr().out.count("\n") == 2
    assert set(Run.objects.values_list("day", flat=True)) == set(EIGHT)
    assert figures.run(asked) == 0 and capsys.readouterr().out.count("\n") == 1
