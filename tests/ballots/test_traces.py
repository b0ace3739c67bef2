"""What lies on the disk of the database – tables, log of changes, dumps – tells nobody's choice without the key files.

Everything is searched byte by byte at each stage of a poll, and the search is shown to find what is planted.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gongjian import postgres
from verivote.ballot import Paper

from .keys import PRIVATE
from .outages import NAME, ROOT, Database, environment, own_database
from .traces import ORG, PER

TITLES = ORG | PER
KEEP_ALL = "\nwal_level = replica\nwal_keep_size = 8GB\nautovacuum = off\n"
PAGE, SHORT, LONG = 8192, 24, 40  # bytes: a page of the WAL, and what stands before its data
NEAR = 120  # bytes
BEFORE_COUNTING = ("open", "half typed in", "cast", "closed")
AFTER = ("published", "erased")

ANY = re.compile("|".join([*TITLES, *TITLES.values()]).encode())
BETWEEN = re.compile(rb"[^A-Za-z0-9\x80-\xff]{0,16}")


# == what is searched ==
def pieces(database: Database, home: Path, stage: str) -> Iterator[tuple[str, bytes]]:
    """Every byte there is at a stage: a copy of the files, the WAL without its page heads, the pages in it, a dump, and
    what the site keeps outside of the database."""
    superuser = database.url.replace("//gongjian:", "//postgres:")
    programs, copy = postgres.find(database.home, NAME).programs, home / "copy"
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute("CHECKPOINT")
        server.execute("SELECT pg_backup_start(%s, true)", [stage])
        shutil.copytree(database.home / NAME, copy, ignore=shutil.ignore_patterns("socket"))
        server.execute("SELECT pg_backup_stop()")
    segments = sorted((copy / "data" / "pg_wal").glob("0*"))
    for file in sorted(set(copy.rglob("*")) - set(segments)):
        if file.is_file():
            yield str(file.relative_to(copy)), file.read_bytes()
    yield "wal", b"".join(_data_of(each.read_bytes()) for each in segments)
    pages = home / "pages"
    read = [programs / "pg_waldump", "--save-fullpage", pages, "--path", segments[0].parent, segments[0].name]
    told = subprocess.run([*read, segments[-1].name], capture_output=True)
    yield "waldump", told.stdout
    yield "waldump pages", b"".join(each.read_bytes() for each in sorted(pages.glob("*")))
    yield "dump", subprocess.run([programs / "pg_dump", superuser], capture_output=True, check=True).stdout
    for file in sorted((home / "site").rglob("*")):
        if file.is_file():
            yield f"site/{file.name}", file.read_bytes()
    shutil.rmtree(copy)
    shutil.rmtree(pages)


def _data_of(segment: bytes) -> bytes:
    heads = [LONG, *[SHORT] * (len(segment) // PAGE - 1)]
    return b"".join(segment[at * PAGE + head : (at + 1) * PAGE] for at, head in enumerate(heads))


# == what is looked for ==
def out_of_place(data: bytes) -> Iterator[bytes]:
    """Numbers of candidates without their title after them, and titles without their number before: as they stand in
    the rules, which everybody reads, they do not."""
    for found in ANY.finditer(data):
        title = TITLES.get(found[0].decode(), "")
        after, before = data[found.end() : found.end() + NEAR], data[max(0, found.start() - NEAR) : found.start()]
        if title.encode() not in after or (not title and not ANY.search(before)):
            yield _around(data, found)


def together(data: bytes, ballots: list[dict[str, Any]]) -> Iterator[bytes]:
    """Both choices of a ballot side by side; or a choice near what tells whose it was."""
    chosen = [each["choices"]["org"] for each in ballots]
    pairs = {each.encode(): set[bytes]() for each in TITLES}
    for first, second in [*chosen, *(reversed(each) for each in chosen)]:
        pairs[first.encode()].add(second.encode())
    marks = [mark for each in ballots for mark in _marks_of(each)]
    for found in ANY.finditer(data):
        after = BETWEEN.match(data, found.end())
        assert after is not None
        near = data[max(0, found.start() - NEAR) : found.end() + NEAR]
        beside = data[after.end() : after.end() + 8]
        if beside in pairs.get(found[0], ()) or any(mark in near for mark in marks):
            yield _around(data, found)


def _marks_of(ballot: dict[str, Any]) -> Iterator[bytes]:
    """Whatever tells in bytes whose ballot it was: name, number of the paper, leaf, both ends of the envelope."""
    yield ballot["name"].encode()
    for text in filter(None, (ballot["number"], ballot["leaf"])):
        yield text.encode()
    if sealed := bytes.fromhex(ballot["sealed"]):
        yield from (bytes.fromhex(ballot["leaf"]), sealed[:24], sealed[-24:])
        yield from (sealed[:24].hex().encode(), sealed[-24:].hex().encode())


def _around(data: bytes, found: re.Match[bytes]) -> bytes:
    return data[max(0, found.start() - 60) : found.end() + 60]


@contextmanager
def living(database: Database, home: Path) -> Iterator[Iterator[str]]:
    """The stages of a poll, as they come."""
    command = [sys.executable, "-m", "tests.ballots.traces", str(home / "ballots.json")]
    around = environment(database.url, home / "site")
    process = subprocess.Popen(
        command, cwd=ROOT, env=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None

    def stages() -> Iterator[str]:
        for line in process.stdout or ():
            yield line.strip()
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        assert process.wait() == 0

    try:
        yield stages()
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_no_copy_of_the_database_tells_a_choice_without_the_key_files(tmp_path: Path) -> None:
    with own_database() as database:
        postgres.stop(database.home, name=NAME)
        with (postgres.find(database.home, NAME).data / "postgresql.conf").open("a") as configuration:
            configuration.write(KEEP_ALL)
        database.start()
        (tmp_path / "site").mkdir()
        seen, dumps, wal, searched = [], dict[str, bytes](), b"", set()
        with living(database, tmp_path) as stages:
            for stage in stages:
                seen.append(stage)
                told = tmp_path / "ballots.json"
                ballots = json.loads(told.read_text())["ballots"] if told.exists() else []
                for name, data in pieces(database, tmp_path, stage):
                    known = (sha256(data).digest(), len(ballots), stage in BEFORE_COUNTING)
                    if known in searched:
                        continue
                    searched.add(known)
                    assert list(together(data, ballots)) == [], (stage, name)
                    if stage in BEFORE_COUNTING:
                        assert list(out_of_place(data)) == [], (stage, name)
                    if name == "dump":
                        dumps[stage] = data
                    if name == "wal":
                        wal = data
                assert len(ANY.findall(wal)) > 4 * len(TITLES), "the rules are found, several times over"
        assert seen == [*BEFORE_COUNTING, *AFTER]
        told = json.loads((tmp_path / "ballots.json").read_text())
        _what_is_found_by_design(told["entry"], told["ballots"], dumps, wal)
        _what_is_planted_is_found(database, tmp_path, told["ballots"])


def _what_is_found_by_design(
    entry: dict[str, Any], ballots: list[dict[str, Any]], dumps: dict[str, bytes], wal: bytes
) -> None:
    """Sealed ballots lie there with their voters until they are erased, and in old WAL and old dumps after that."""
    paper = Paper(entry)
    for each in ballots:
        sealed = bytes.fromhex(each["sealed"])
        if sealed:
            assert sealed in wal and each["sealed"].encode() in dumps["cast"]
            assert each["sealed"].encode() not in dumps["erased"] and each["name"].encode() in dumps["erased"]
            assert paper.decode(paper.open(PRIVATE, sealed)) == each["choices"], "with the key of the holders"
    assert list(out_of_place(dumps["published"])), "sums are told"


def _what_is_planted_is_found(database: Database, home: Path, ballots: list[dict[str, Any]]) -> None:
    with psycopg.connect(database.url) as server:
        server.execute("CREATE TABLE planted (name text, choices jsonb)")
        server.execute("INSERT INTO planted VALUES (%s, %s)", [ballots[0]["name"], json.dumps(ballots[0]["choices"])])
    found = {name for name, data in pieces(database, home, "planted") if list(together(data, ballots))}
    assert found >= {"wal", "dump"} and any(name.startswith("data/base/") for name in found)
