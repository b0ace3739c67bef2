"""A site whose clock stands still behind ours until a test lets time pass: that of its pages and of its database.

It begins in the past and is let on up to now, so that nothing in the database lies in the future of whoever else looks
at it. `tests.browser.earlier` is the site that goes by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg

FILE = "GONGJIAN_TESTS_CLOCK"
SCHEMA = """
CREATE SCHEMA earlier;
GRANT USAGE ON SCHEMA earlier TO gongjian_app;
CREATE TABLE earlier.behind (by interval NOT NULL);
INSERT INTO earlier.behind VALUES ('0');
CREATE FUNCTION earlier.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN (SELECT pg_catalog.clock_timestamp() - by FROM earlier.behind);
"""
SEEN_FIRST = quote("-c search_path=earlier,pg_catalog,public")


@dataclass
class Clock:
    """`database`: the address at which the database tells this clock's time."""

    database: str
    file: Path
    behind: timedelta

    def now(self) -> datetime:
        return datetime.now().astimezone() - self.behind

    def pass_until(self, moment: datetime) -> None:
        """Time goes on to the second after. Raises ValueError: it never goes back, nor beyond our own."""
        on = moment + timedelta(seconds=1) - self.now()
        if not timedelta(0) < on <= self.behind:
            raise ValueError(moment)
        self._set(self.behind - on)

    def _set(self, behind: timedelta) -> None:
        self.behind = behind
        with psycopg.connect(self.database) as connection:
            connection.execute("UPDATE earlier.behind SET by = %s", [behind])
        self.file.write_text(str(behind.total_seconds()))


@contextmanager
def standing_behind(database: str, home: Path, behind: timedelta) -> Iterator[Clock]:
    """A clock over an existing database. While it lasts, servers that are started read it."""
    with psycopg.connect(database) as connection:
        connection.execute(SCHEMA)
    clock = Clock(f"{database}{'&' if '?' in database else '?'}options={SEEN_FIRST}", home / "clock", behind)
    clock._set(behind)
    os.environ[FILE] = str(clock.file)
    try:
        yield clock
    finally:
        del os.environ[FILE]
        with psycopg.connect(database) as connection:
            connection.execute("DROP SCHEMA earlier CASCADE")
