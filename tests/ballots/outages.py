"""What can be killed at any moment, and started again: the web server, and a PostgreSQL of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import psycopg

from gongjian import postgres
from gongjian.serving import free_port
from verivote import count, heads, log, merkle, receipt

from .keys import PRIVATE
from .many import choices_of

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60  # seconds
NAME = "outage"  # of the database server


def kill_all(top: psutil.Process) -> None:
    """kill -9 of a process and all below it."""
    family = [top, *top.children(recursive=True)]
    for each in family:
        each.kill()
    psutil.wait_procs(family, timeout=20)


class Server:
    """The site as it is served live, on one port, whichever of its lives it is in."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port, self._environment, self._log = free_port("127.0.0.1", 0), environment, log
        self.start()

    def start(self) -> None:
        command = [
            sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "1", "--no-ws", "--log-level", "warning", "gongjian.asgi:application",
        ]  # fmt: skip
        with self._log.open("a") as log:
            self._process = psutil.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._process.is_running():
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/static/ui/tokens.css", timeout=5):
                    return
            except HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(self._log.read_text()[-3000:])

    def kill(self) -> None:
        kill_all(self._process)
        self._process.wait()


@dataclass
class Database:
    """A durable PostgreSQL of its own."""

    home: Path
    url: str = ""

    def start(self) -> None:
        self.url = postgres.ensure_running(self.home, name=NAME)

    def kill(self) -> None:
        pid = (postgres.find(self.home, NAME).data / "postmaster.pid").read_text().split()[0]
        kill_all(psutil.Process(int(pid)))

    def asked(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql, values or None).fetchall()


@contextmanager
def own_database() -> Iterator[Database]:
    """Running, with nothing in it; it and its folder are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gongjian-outage-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # as root the server runs under an account of its own, which has to get through here
        database = Database(home)
        try:
            database.start()
            yield database
        finally:
            postgres.remove(home, name=NAME)


class Voters:
    """Processes of voters who do not give up, while something else happens."""

    def __init__(self, port: int, requests: list[Path]) -> None:
        self._confirmed, self._read = 0, dict[Path, int]()
        self.receipts = [each.with_name(each.name.replace("requests", "receipts")) for each in requests]
        self._processes = [
            subprocess.Popen([sys.executable, "-m", "tests.ballots.persistent", str(port), asked, told], cwd=ROOT)
            for asked, told in zip(requests, self.receipts, strict=True)
        ]

    def confirmed(self) -> int:
        """How many have their receipt by now."""
        for file in self.receipts:
            if file.exists():
                with file.open("rb") as opened:
                    opened.seek(self._read.get(file, 0))
                    self._confirmed += opened.read().count(b"\n")
                    self._read[file] = opened.tell()
        return self._confirmed

    def wait_for(self, number: int, seconds: float = 600) -> None:
        until = time.monotonic() + seconds
        while self.confirmed() < number:
            assert time.monotonic() < until, f"{self.confirmed()} of {number}"
            time.sleep(0.05)

    def all_told(self, seconds: float = 900) -> list[dict[str, Any]]:
        for each in self._processes:
            assert each.wait(seconds) == 0
        return [json.loads(line) for file in self.receipts for line in file.read_text().splitlines()]

    def stop(self) -> None:
        for each in self._processes:
            each.kill()


Asked = Callable[..., list[tuple[Any, ...]]]


def look_through(asked: Asked, poll: int, entry: dict[str, Any], told: list[dict[str, Any]]) -> dict[str, int]:
    """That what is in the database is what voters were told, no more and no less. `told`: lines of `persistent`."""
    rows = asked("SELECT index, kind, hash FROM ballots_logrow WHERE poll_id = %s ORDER BY index", poll)
    assert [index for index, _kind, _hash in rows] == list(range(len(rows))), "no gap"
    places = {bytes(hash): index for index, kind, hash in rows if kind == log.ENVELOPE}
    assert len(places) == len(rows) - 1, "no envelope twice, and nothing else but the entry"

    of_receipts = [bytes.fromhex(each["receipt"]["leaf"]) for each in told]
    assert sorted(of_receipts) == sorted(places), "every receipt that was shown is in the log once, and nothing else"
    for each, leaf in zip(told, of_receipts, strict=True):
        receipt.check(each["receipt"], entry)
        assert places[leaf] == each["receipt"]["index"]

    signed = asked("SELECT size, root, moment, signature FROM ballots_signedhead WHERE poll_id = %s ORDER BY 1", poll)
    _heads_hold(entry, rows, signed)
    ((size, edge),) = asked("SELECT size, frontier FROM ballots_log WHERE poll_id = %s", poll)
    whole = merkle.Frontier()
    for _index, kind, hash in rows:
        whole.append(merkle.leaf_hash(log.record(kind, bytes(hash))))
    assert (size, bytes(edge)) == (len(rows), whole.to_bytes()), "the log ends where its last record is"

    kept = asked("SELECT voter_id, sealed, leaf, earlier FROM ballots_envelope WHERE poll_id = %s", poll)
    cast: dict[int, list[bytes]] = {}
    for each, leaf in sorted(zip(told, of_receipts, strict=True), key=lambda pair: pair[0]["at"]):
        cast.setdefault(each["voter"], []).append(leaf)
    found = {voter: _cut(bytes(earlier) + bytes(leaf)) for voter, _sealed, leaf, earlier in kept}
    assert found == cast, "of each voter every ballot, the last one last"
    assert all(sha256(bytes(sealed)).digest() == bytes(leaf) for _voter, sealed, leaf, _earlier in kept)

    last = {each["voter"]: each["at"] for each in sorted(told, key=lambda each: each["at"])}
    wanted = Counter(id for at in last.values() for id in choices_of(at)["org"])
    file = BytesIO()
    nothing = {"format": 1, "superseded": len(told) - len(last), "set_aside": {}, "withdrawn": []}
    count.write(file, entry, (bytes(sealed) for _voter, sealed, _leaf, _earlier in kept), nothing)
    tally = count.count(file, PRIVATE)
    assert (tally.counted, tally.void) == (len(last), {})
    assert Counter(tally.tallies["org"]) == wanted, "the count is that of what voters chose last"
    return {"records": len(rows), "heads": len(signed), "voters": len(last)}


def _cut(leaves: bytes) -> list[bytes]:
    return [leaves[at : at + 32] for at in range(0, len(leaves), 32)]


def _heads_hold(entry: dict[str, Any], rows: list[tuple[Any, ...]], signed: list[tuple[Any, ...]]) -> None:
    """Each is signed by the server over the records before it; the last one over all."""
    edge, at, before = merkle.Frontier(), 0, None
    for size, root, moment, signature in signed:
        for _index, kind, hash in rows[at:size]:
            edge.append(merkle.leaf_hash(log.record(kind, bytes(hash))))
        at = size
        head = {"poll": entry["rules"]["poll"], "size": size, "root": bytes(root).hex(),
                "moment": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
        heads.check({"head": head, "signature": bytes(signature).hex()}, entry["signer"])
        assert edge.root() == bytes(root)
        assert before is None or before <= moment
        before = moment
    assert at == len(rows)


def environment(database: str, home: Path) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "gongjian.settings", "DATABASE_URL": database,
            "GONGJIAN_HOME": str(home)}  # fmt: skip
