"""What the worker does with polls: opens and closes them at their minutes, signs heads, erases what is over."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .clock import bring_all_forward, sign_heads
from .publishing import erase_due


@app.periodic(cron="* * * * *")
@app.task(queue="ballots", name="ballots.bring_forward", queueing_lock="ballots.bring_forward")
def bring_forward(timestamp: int = 0) -> None:
    close_old_connections()
    bring_all_forward()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="ballots", name="ballots.sign_heads", queueing_lock="ballots.sign_heads")
def heads(timestamp: int = 0) -> None:
    """So that there is a head in each half hour, whether anybody votes or not."""
    close_old_connections()
    sign_heads()


@app.periodic(cron="20 17 * * *")  # twenty past one in China; the queue counts in UTC
@app.task(queue="ballots", name="ballots.erase", queueing_lock="ballots.erase")
def erase(timestamp: int = 0) -> None:
    close_old_connections()
    erase_due(timezone.localdate())
