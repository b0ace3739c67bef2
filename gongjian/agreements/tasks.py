"""What the worker does: moves the clocks of all agreements each night."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .watching import look_after


@app.periodic(cron="10 17 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="agreements.look_after", queueing_lock="agreements.look_after")
def look_after_agreements(timestamp: int = 0) -> None:
    close_old_connections()
    look_after(timezone.localdate(), timezone.now())
