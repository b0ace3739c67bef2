"""The bench's own cluster, with one database a size; a filled database is used again while its digest matches."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import psycopg
from psycopg import sql

from gongjian import postgres

from .figure import ROOT

CLUSTER = "bench"
# A database filled by other code, or under other tables, is not the same state.
FILLED_BY = ("bench/fill.py", "bench/city.py", "bench/nation.py", "gongjian/register/spelling.py")
TABLES = "gongjian/*/migrations/*.py"
SAMPLE = ("gongjian/sample/*.py", "bench/night.py")


def folder() -> Path:
    """Where the bench keeps its files: uploads, the fetched divisions, the tables it writes."""
    here = postgres.default_home() / "bench-files"
    here.mkdir(parents=True, exist_ok=True)
    return here


def open_database(size: str) -> str:
    """Start the cluster, with the settings that people's databases have, and make the database of this size."""
    url = postgres.ensure_running(name=CLUSTER)
    name = f"bench_{size}"
    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.replace("@/gongjian?", f"@/{name}?")


def drop_database(size: str) -> None:
    with psycopg.connect(postgres.ensure_running(name=CLUSTER), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(f"bench_{size}")))


def stop() -> None:
    postgres.stop(name=CLUSTER)


def set_up(url: str) -> None:
    """Point Django at the database, and its uploads at the bench's folder."""
    import django  # slow: --help must not wait for it

    os.environ["DATABASE_URL"] = url
    os.environ["GONGJIAN_HOME"] = str(folder())
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongjian.settings"
    django.setup()


def digest(size: str) -> str:
    """Over all that decides what a filled database of this size holds."""
    total = hashlib.sha256(size.encode())
    files = [ROOT / name for name in FILLED_BY]
    files += ROOT.glob(TABLES)
    if size == "sample":
        files += [file for pattern in SAMPLE for file in ROOT.glob(pattern)]
    files += (ROOT / "packs" / "shaoxing").rglob("*.*")
    for file in sorted(files):
        total.update(f"{file.relative_to(ROOT)}".encode() + file.read_bytes())
    return total.hexdigest()


def is_filled(size: str, url: str) -> bool:
    return _note(url) == digest(size)


def note_filled(size: str, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        name = sql.Identifier(database.info.dbname)
        database.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(digest(size))))


def note_changed(url: str) -> None:
    """Take the digest away: until it is put back, the database is in the middle of something."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(sql.SQL("COMMENT ON DATABASE {} IS NULL").format(sql.Identifier(database.info.dbname)))


def _note(url: str) -> str | None:
    with psycopg.connect(url) as database:
        row = database.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return row[0] if row else None
