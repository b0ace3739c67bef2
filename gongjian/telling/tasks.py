"""What the worker does: looks after the open rounds each night."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .watching import look_after


@app.periodic(cron="50 17 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="telling.look_after", queueing_lock="telling.look_after")
def look_after_rounds(timestamp: int = 0) -> None:
    close_old_connections()
    look_after(timezone.localdate(), timezone.now())
