"""The night run: every indicator is read a quarter of an hour after midnight in China."""

from __future__ import annotations

import subprocess
import sys

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from gongjian.indicators.models import Run


@app.periodic(cron="15 16 * * *")  # the queue counts in UTC
@app.task(queue="figures", name="figures.read_indicators", queueing_lock="figures.read_indicators")
def read_indicators(timestamp: int = 0) -> None:
    """Read the day that has just begun, unless it was. What fails is told in the run; the readings before stay.

    Counting takes memory that is given back with its process, while the worker lives on.
    """
    close_old_connections()
    if not Run.objects.filter(day=timezone.localdate(), state=Run.State.DONE).exists():
        subprocess.run([sys.executable, "-m", "gongjian.cli", "figures", "run"], check=True)
