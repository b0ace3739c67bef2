"""The night run: every indicator is read a quarter of an hour after midnight in China; then past quarters."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import date

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gongjian.indicators.models import Run

from .quarters import not_read
from .thinning import thin_out


@app.periodic(cron="15 16 * * *")  # the queue counts in UTC
@app.task(queue="figures", name="figures.read_indicators", queueing_lock="figures.read_indicators")
def read_indicators(timestamp: int = 0) -> None:
    """Read the day that has just begun, unless it was. What fails is told in the run; the readings before stay."""
    close_old_connections()
    today = timezone.localdate()
    if not Run.objects.filter(day=today, state=Run.State.DONE).exists():
        _read(today)
        thin_out(today)
    _read_a_quarter_soon()


@app.task(queue="figures", name="figures.read_quarter", queueing_lock="figures.read_quarter", priority=-10)
def read_quarter() -> None:
    """Read the first day of one past quarter. Each is a job of its own, so that other work comes in between."""
    close_old_connections()
    days = not_read(timezone.localdate())
    if days:
        _read(days[0])
        _read_a_quarter_soon()


def _read_a_quarter_soon() -> None:
    if not_read(timezone.localdate()):
        with suppress(AlreadyEnqueued):
            read_quarter.defer()


def _read(day: date) -> None:
    """Counting takes memory that is given back with its process, while the worker lives on."""
    command = [sys.executable, "-m", "gongjian.cli", "figures", "run", "--on", day.isoformat()]
    subprocess.run(command, check=True)
