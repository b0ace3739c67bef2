"""What the worker does each night: asks for honours to be looked at again, and for stages of nurturing."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .awarding import owe_rechecks
from .growing import owe_stages


@app.periodic(cron="20 18 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="honours.look_after", queueing_lock="honours.look_after")
def look_after_honours(timestamp: int = 0) -> None:
    close_old_connections()
    owe_rechecks(timezone.localdate(), timezone.now())
    owe_stages(timezone.localdate(), timezone.now())
