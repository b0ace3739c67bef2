"""What the worker does: erases the words of deeds that were returned long ago."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .agreeing import erase_old


@app.periodic(cron="50 17 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="deeds.erase_old", queueing_lock="deeds.erase_old")
def erase_returned(timestamp: int = 0) -> None:
    close_old_connections()
    erase_old(timezone.localdate())
