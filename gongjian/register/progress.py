"""How far long work has come – on a draft, on the Excel of a list – for whoever waits for it.

The work writes in a transaction of which nobody sees anything before it ends. So the percent goes through a connection
of its own, every `EVERY` seconds or after a large step, and never waits: what cannot be told now is told the next time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

EVERY = 0.4  # seconds
LARGE_STEP = 25  # percent

Tell = Callable[[float], None]

TOLD = """
UPDATE {table} SET progress = %s WHERE id IN (SELECT id FROM {table} WHERE id = %s FOR UPDATE SKIP LOCKED)
"""


def untold(share: float) -> None:
    """Nobody waits."""


def part(tell: Tell, first: float, last: float) -> Tell:
    """Tells 0 to 1 of a part of the work as `first` to `last` of the whole."""
    return lambda share: tell(first + (last - first) * share)


@contextmanager
def telling(thing: models.Model) -> Iterator[Tell]:
    """A function that takes the share of the work that is done, from 0 to 1, and keeps it in the thing's `progress` as
    a percent. Short work opens no connection."""
    told = _Told(thing)
    try:
        yield told.tell
    finally:
        told.close()


class _Told:
    """What was told last, and when."""

    def __init__(self, thing: models.Model) -> None:
        self.table, self.id, self.percent = thing._meta.db_table, thing.pk, 0
        self.first_at = self.next_at = time.monotonic() + EVERY
        self.line: BaseDatabaseWrapper | None = None

    def tell(self, share: float) -> None:
        percent, now = min(99, int(share * 100)), time.monotonic()
        is_due = now >= self.next_at or (now >= self.first_at and percent >= self.percent + LARGE_STEP)
        if percent <= self.percent or not is_due:
            return
        self.percent, self.next_at = percent, now + EVERY
        try:
            self.line = self.line or connection.copy()
            with self.line.cursor() as cursor:
                cursor.execute(TOLD.format(table=self.table), [percent, self.id])
        except Error:  # the database is away: the work itself will notice
            self.close()

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
