"""What the worker does: asks for the word of the quarter, and looks for texts that are nearly equal."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from .copies import find_copies
from .quarters import ask_all


@app.periodic(cron="30 0 * 3,6,9,12 *")  # each day of a quarter's last month: whom one cannot ask today, tomorrow
@app.task(queue="letters", name="pledges.ask_for_words", queueing_lock="pledges.ask_for_words")
def ask_for_words(timestamp: int = 0) -> None:
    close_old_connections()
    ask_all(timezone.localdate(), timezone.now())


@app.periodic(cron="40 17 * * *")  # the queue counts in UTC
@app.task(queue="letters", name="pledges.find_copies", queueing_lock="pledges.find_copies")
def find_copies_of_the_year(timestamp: int = 0) -> None:
    close_old_connections()
    find_copies(timezone.localdate().year)
