"""The figures of pledges: the list and a pledge's page with 30,000 in the table, near-copies among all of them, and the
public page over HTTP.

All in a database of its own that is thrown away, in a process of its own: a small sample city, whose organisations
have 30,000 pledges with generated texts. `python -m bench.pledges FILE` measures and writes the figures to the file.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from gongjian import postgres

from .figure import ROOT, Figure, figure, in_turn, percentile, seconds
from .likeness import pledges as generated

PLEDGES, MEASURES = 30_000, 3
READERS = ("city-organiser", "county-union-chair", "town-officer", "village-secretary")
PAGES, LISTS = 60, ("", "?state=open", "?state=late", "?kind=practical", "?of=bodies&state=closed")
STATES = ("public", "doing", "doing", "told", "kept", "late", "review", "draft")
CLIENTS, SECONDS, ROUNDS = 32, 5.0, 3
HEAD = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: zh-CN\r\n\r\n"


def figures(size: str) -> Iterator[Figure]:
    """Measured in another process, whose database is not the one of this."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        subprocess.run([sys.executable, "-m", "bench.pledges", str(file), size], cwd=ROOT, check=True)
        for row in json.loads(file.read_text()):
            yield Figure(**row)


@contextmanager
def city() -> Iterator[None]:
    """A database of its own, durable as people's are, with the small sample city and all the pledges."""
    home = Path(tempfile.mkdtemp(prefix="gongjian-bench-pledges-"))
    home.chmod(0o711)
    os.environ |= {"DATABASE_URL": postgres.ensure_running(home, name="pledges"), "GONGJIAN_HOME": str(home / "files")}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "gongjian.settings", "GONGJIAN_PERSONA_DOORS": "1"}
    import django  # slow: needs the address of the database

    django.setup()
    from django.core.management import call_command  # app ready: needs settings
    from django.db import connections  # app ready: needs settings

    from gongjian.sample.city import build  # app ready: models

    try:
        call_command("migrate", verbosity=0, interactive=False)
        build(scale=0.01, counties=["330681"])
        fill()
        yield
    finally:
        connections.close_all()
        postgres.remove(home, name="pledges")
        shutil.rmtree(home, ignore_errors=True)


def fill() -> None:
    """Spread over all organisations, in every state, each with three measures, and a ledger where it is public."""
    from django.db import connection, transaction  # app ready: needs settings
    from django.utils import timezone  # app ready: models

    from gongjian.chronicle.record import record  # app ready: models
    from gongjian.pledges.models import Measure, Pledge, Progress  # app ready: models
    from gongjian.pledges.models.pledges import CLOSED_STATES, PUBLIC_STATES  # app ready: models
    from gongjian.register.models import BodyEntry  # app ready: models

    today, chance = timezone.localdate(), random.Random(4)
    bodies = list(BodyEntry.objects.on(today).order_by("body_id").values_list("body_id", flat=True))
    texts = [text.split("；") for text in generated(PLEDGES).texts]

    def made(at: int, parts: list[str]) -> Pledge:
        state = STATES[at % len(STATES)]
        return Pledge(
            body_id=chance.choice(bodies), kind=("practical", "common", "post")[at % 3], year=today.year,
            title=parts[0][:120], wish="样例", evidence="签字", responsible="样例", due_on=today, state=state,
            counted=True, baseline=0, target=20, unit="件", public_on=today if state in PUBLIC_STATES else None,
            closed_on=today if state in CLOSED_STATES else None,
        )  # fmt: skip

    rows = Pledge.objects.bulk_create([made(at, parts) for at, parts in enumerate(texts)], batch_size=5_000)
    Measure.objects.bulk_create(
        [
            Measure(pledge=row, position=at, words=words[:200])
            for row, parts in zip(rows, texts, strict=True)
            for at, words in enumerate([*parts[1:], "逐项核对"][:MEASURES], start=1)
        ],
        batch_size=5_000,
    )
    with transaction.atomic():
        act = record("bench.progress")
    Progress.objects.bulk_create(
        [
            Progress(pledge=row, on=today, words=f"样例{at}", value=at + 1, act=act)
            for row in rows
            if row.state in PUBLIC_STATES
            for at in range(2)
        ],
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# == pages ==
def pages(size: str) -> Iterator[Figure]:
    from django.test import Client  # app ready: needs settings

    from gongjian.accounts.models import User  # app ready: models
    from gongjian.pledges.access import pledges_visible_to  # app ready: models

    from .register import CALIBRATION, calibrate  # app ready: models

    clients: dict[str, Client] = {}
    ones: dict[str, list[str]] = {}
    for name in READERS:
        user = User.objects.get(username=f"sample-{name}")
        clients[name] = Client(HTTP_HOST="127.0.0.1")
        clients[name].get(f"/sample/enter/{name}/")
        ids = random.Random(4).sample(list(pledges_visible_to(user).values_list("pk", flat=True)), PAGES)
        ones[name] = [f"/pledges/{id}/" for id in ids]
    lists = {name: [f"/pledges/{query}" for query in LISTS] * (PAGES // len(LISTS)) for name in READERS}
    for key, what, asked in (
        ("list", "the list of pledges, narrowed in five ways", lists),
        ("page", "the page of one pledge", ones),
    ):
        for name in READERS:
            _ask(clients[name], asked[name][0])  # what a process keeps is read once
        took = in_turn(
            ours=lambda asked=asked: 1000 * percentile(  # type: ignore[misc]
                seconds(partial(_ask, clients[name], path)) for name in READERS for path in asked[name]
            ),
            reference=calibrate,
        )  # fmt: skip
        yield figure(
            f"pledges.{key}", size, f"{what}, {PLEDGES:,} in the table: p95 of {PAGES * len(READERS)}", took, unit="ms",
            reference=CALIBRATION, most=50,
            both_sides="Ours is the whole page through Django's test client, read by a city's organiser, a county's "
            "chair, a town's officer and a village's secretary. The reference only tells how fast the machine is.",
        )  # fmt: skip


def _ask(client: Any, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")


# == near-copies ==
def copies(size: str) -> Iterator[Figure]:
    from django.utils import timezone  # app ready: models

    from gongjian.pledges.copies import COMPARED, find_copies, words_of  # app ready: models
    from gongjian.pledges.models import Pledge  # app ready: models
    from rollup.likeness import near_copies  # beside the models

    year = timezone.localdate().year
    Pledge.objects.filter(state="draft").update(state="review")  # so that all are compared
    ids = list(Pledge.objects.filter(year=year, state__in=COMPARED).values_list("pk", flat=True))
    texts = list(words_of(ids).values())
    took = in_turn(
        ours=lambda: seconds(lambda: find_copies(year)), reference=lambda: seconds(lambda: near_copies(texts)), runs=3
    )
    yield figure(
        "pledges.copies", size, f"near-copies among {len(ids):,} pledges, as each night finds them", took, unit="s",
        reference="rollup.likeness alone, on the same texts in memory", most=60,
        both_sides="Ours also reads the texts, leaves out the names of organisations, and writes what it found.",
    )  # fmt: skip


# == without an account ==
def public(size: str) -> Iterator[Figure]:
    from gongjian.pledges.models import Pledge  # app ready: models

    body = Pledge.objects.filter(state="doing").order_by("pk").values_list("body_id", flat=True)[0]
    path = f"/pledges/of/{body}/"
    with served("gongjian.asgi:application") as port:
        page = urlopen(f"http://127.0.0.1:{port}{path}").read()
        os.environ["BENCH_BYTES"] = str(len(page))
        with served("bench.bare:application") as bare:
            took = in_turn(
                ours=lambda: asyncio.run(asked_in_a_second(port, path)),
                reference=lambda: asyncio.run(asked_in_a_second(bare, "/")),
                runs=ROUNDS,
            )
    yield figure(
        "pledges.public", size, f"public pages of an organisation a second, {len(page) // 1000} kB each", took,
        unit="a second", least=1_000,
        reference="the same server, answering as many bytes from memory and nothing else",
        both_sides=f"{CLIENTS} connections that stay open, asked from the same machine of {os.cpu_count()} cores. "
        "Ours is the whole site as it is served; the page is kept for a minute and is made anew once in it.",
    )  # fmt: skip


@contextmanager
def served(application: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-ws", "--log-level", "warning", application]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
    try:
        for _try in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/pledges/of/1/", timeout=10)
                break
            except OSError as problem:
                if getattr(problem, "code", None):  # it answers, with an error or not
                    break
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def asked_in_a_second(port: int, path: str) -> float:
    """Answers a second, over all clients."""
    until = time.perf_counter() + SECONDS
    counts = await asyncio.gather(*(_client(port, path, until) for _each in range(CLIENTS)))
    return sum(counts) / SECONDS


async def _client(port: int, path: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked, count = HEAD.format(path=path).encode(), 0
    while time.perf_counter() < until:
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    target, measured_size = sys.argv[1:]
    with city():
        rows = [each for group in (pages, copies, public) for each in group(measured_size)]
    Path(target).write_text(json.dumps([asdict(each) for each in rows], ensure_ascii=False))
