"""A database with all tables and nothing in them, made once for the code as it is: the others are copies of it.

Migrating takes most of a minute, and each worker and each site that the browser opens needs the tables.
"""

import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
NAME = "gongjian_tables"
LOCK = 2011_0701  # of one who makes it; the others wait


@cache
def tables(url: str) -> str:
    """The name of it beside the database of `url`; made if nobody made it yet, and those of other code are dropped."""
    name = f"{NAME}_{_code()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            for (other,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{NAME}%"]):
                with suppress(psycopg.errors.ObjectInUse):  # another run copies it
                    connection.execute(f'DROP DATABASE "{other}"')
            half = f"{name}_half"
            connection.execute(f"CREATE DATABASE \"{half}\" ENCODING 'UTF8' TEMPLATE template0")
            _migrate(urlunsplit(urlsplit(url)._replace(path=f"/{half}")))
            connection.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    return name


def _code() -> str:
    """What all of the code comes to, since more than the migrations may write when tables are made."""
    whole = hashlib.sha256()
    for path in sorted((ROOT / "gongjian").rglob("*.py")):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:12]


def _migrate(url: str) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--settings", "gongjian.settings"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The tables were not made:\n{done.stdout}{done.stderr}")
