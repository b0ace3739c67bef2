"""What the worker does each night: sign-ups of past events are thrown away."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .sign_ups import erase_old


@app.periodic(cron="25 17 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="activities.erase_sign_ups", queueing_lock="activities.erase_sign_ups")
def erase_sign_ups(timestamp: int = 0) -> None:
    close_old_connections()
    erase_old(timezone.now())
