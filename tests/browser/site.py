"""The site that the browser tests look at: a sample city of one county in a database of its own, served as it is live.

It runs in processes of its own, so nothing of it depends on what other tests have set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

from gongjian.serving import free_port
from tests.tables import tables

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 30  # seconds


@dataclass(frozen=True)
class Site:
    """A running site, and what its database holds."""

    address: str
    database: str

    def unit(self, name: str) -> str:
        """The path of the page of the unit that has this name today, the first one if several have it."""
        return f"/units/{self._first_of('unit', 'name = %s', name)}/"

    def unit_where(self, condition: str) -> str:
        return f"/units/{self._first_of('unit', condition)}/"

    def body_where(self, condition: str) -> str:
        return f"/bodies/{self._first_of('body', condition)}/"

    def _first_of(self, thing: str, condition: str, *values: str) -> int:
        """The lowest id whose entry of today, called `entry` in the condition, fits."""
        ids = self.asked(
            f"SELECT {thing}_id FROM register_{thing}entry entry WHERE valid @> current_date AND {condition}"
            f" ORDER BY {thing}_id LIMIT 1",
            *values,
        )
        return ids[0][0]

    def asked(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, options="-c timezone=Asia/Shanghai") as connection:
            return connection.execute(sql, values or None).fetchall()


@contextmanager
def own_database(url: str, name: str) -> Iterator[str]:
    """The address of a database beside the one of `url`, with tables and nothing in them; it is gone afterwards."""
    parts = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as connection:
        _drop(connection, name)
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{tables(url)}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    """By force; but a vacuum at work there belongs to nobody whom this role may end, and a plain DROP sends it away."""
    try:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except psycopg.errors.InsufficientPrivilege:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')


def raise_city(database: str, home: Path, which: str = "small_city", *words: str) -> str:
    """Make the tables and load the small sample city, or another one; what it prints."""
    command = [sys.executable, "-m", f"tests.browser.{which}", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(database, home), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The city was not built:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def served(database: str, home: Path, application: str = "gongjian.asgi:application") -> Iterator[str]:
    """The address of a server on this database, answering until the end."""
    port = free_port("127.0.0.1", 0)
    command = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning", application,
    ]  # fmt: skip
    with (home / f"server-{port}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(database, home), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def work_off(database: str, home: Path) -> None:
    """Let a worker do the jobs that wait, and end."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"]
    subprocess.run(command, cwd=ROOT, env=environment(database, home), check=True, capture_output=True, timeout=120)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/", timeout=10):  # the first page is slower than all others
                return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"No server answered at {address}.")


def environment(database: str, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gongjian.settings",
        "DATABASE_URL": database,
        "GONGJIAN_HOME": str(home),
        "GONGJIAN_PERSONA_DOORS": "1",
    }
