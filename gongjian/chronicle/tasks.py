"""What the worker does for the chronicle: sealing, every few seconds."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from . import heads
from .sealing import seal_waiting


@app.periodic(cron="* * * * * */5")  # the sixth place counts seconds
@app.task(queue="chronicle", name="chronicle.seal", queueing_lock="chronicle.seal", priority=10)
def seal(timestamp: int = 0) -> None:
    """Seal what is committed, and let the heads leave the database."""
    close_old_connections()
    seal_waiting()
    heads.write_out()
