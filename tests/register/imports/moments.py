"""Bad moments and long ones: somebody holds a table, so that the work waits in its middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def held(table: str) -> Iterator[psycopg.Connection[Any]]:
    """Another connection holds a table, so that whoever writes to it waits in the middle of its work."""
    with psycopg.connect(**parameters()) as other:
        other.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield other


def parameters(**changed: Any) -> dict[str, Any]:
    known = connection.get_connection_params()
    names = {key: value for key, value in known.items() if key in {"dbname", "user", "password", "host", "port"}}
    return {**names, **changed}


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def waiting_for(table: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE datname = current_database() AND relation = %s::regclass AND NOT granted",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def in_thread(deed: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(deed())
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome
