"""What the worker does with letters: each minute it sends what is due, each night it throws away what is old."""

from __future__ import annotations

from contextlib import suppress

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from .actions import throw_away_old
from .delivery import deliver_batch, keep_out_of_reach

BATCHES = 20  # in one job, so that other work comes in between


@app.periodic(cron="* * * * *")
@app.task(queue="letters", name="notices.deliver", queueing_lock="notices.deliver")
def deliver(timestamp: int = 0) -> None:
    """Send what is due. What the mail server does not take is tried again later; in the end the log tells of it."""
    close_old_connections()
    now = timezone.now()
    keep_out_of_reach()
    for _batch in range(BATCHES):
        if not deliver_batch(now):
            return
    with suppress(AlreadyEnqueued):
        deliver.defer()


@app.periodic(cron="45 16 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="notices.throw_away_old", queueing_lock="notices.throw_away_old")
def throw_away(timestamp: int = 0) -> None:
    close_old_connections()
    throw_away_old(timezone.localdate())
