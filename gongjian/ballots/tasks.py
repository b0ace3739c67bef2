"""What the worker does with polls: opens and closes them in time, signs heads, asks keepers to look, erases."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .clock import bring_all_forward, sign_heads
from .publishing import erase_due
from .suspected import owe_looks


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


@app.periodic(cron="40 * * * *")
@app.task(queue="ballots", name="ballots.owe_looks", queueing_lock="ballots.owe_looks")
def look(timestamp: int = 0) -> None:
    """Whoever keeps a poll is asked once something in it looks bought."""
    close_old_connections()
    owe_looks(timezone.localdate(), timezone.now())


@app.periodic(cron="20 17 * * *")  # twenty past one in China; the queue counts in UTC
@app.task(queue="ballots", name="ballots.erase", queueing_lock="ballots.erase")
def erase(timestamp: int = 0) -> None:
    close_old_connections()
    erase_due(timezone.localdate())
