"""The night's round of checks, half an hour after midnight in China."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .find import find_doubts
from .models import Round


@app.periodic(cron="30 16 * * *")  # the queue counts in UTC
@app.task(queue="figures", name="consistency.go_round", queueing_lock="consistency.go_round")
def go_round(timestamp: int = 0) -> None:
    """Go through all checks for the day that has just begun, unless that was done."""
    close_old_connections()
    today = timezone.localdate()
    if not Round.objects.filter(day=today).exists():
        find_doubts(today)
