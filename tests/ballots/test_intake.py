"""Ballots at the front of the site: committed in groups, answered after the commit, and there after a kill -9."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connections

from gongjian.ballots import front, secrets
from gongjian.ballots.front import Front
from gongjian.ballots.models import Envelope, LogRow, SignedHead
from verivote import receipt

from .conftest import Held, build_open, seal

pytestmark = pytest.mark.django_db(transaction=True)


def body_of(held: Held, at: int, sealed: bytes | None = None) -> bytes:
    permit = secrets.Permit(held.voters[at].pk, "web", int(time.time()) + 60)
    told = {"permit": secrets.secret_of(held.poll).permit(permit)}
    return json.dumps(told | {"envelope": base64.b64encode(sealed or seal(held)).decode()}).encode()


async def no_page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def post(site: Front, path: str, body: bytes, method: str = "POST") -> tuple[int, Any]:
    sent: list[Any] = []
    begin = {"type": "http.request", "body": body[:100], "more_body": True}
    parts = [begin, {"type": "http.request", "body": body[100:]}]

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await site({"type": "http", "method": method, "path": path}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def together(held: Held, bodies: list[bytes]) -> list[tuple[int, Any]]:
    async def all_of_them() -> list[tuple[int, Any]]:
        site = Front(no_page)
        try:
            first = await post(site, f"/cast/{held.poll.ref}/", bodies[0])
            others = (post(site, f"/cast/{held.poll.ref}/", body) for body in bodies[1:])
            return [first, *await asyncio.gather(*others)]
        finally:
            for each in site._appenders.values():
                await each.run(connections.close_all)
                each._task.cancel()
            await asyncio.get_running_loop().run_in_executor(site._looking, connections.close_all)

    return asyncio.run(all_of_them())


def test_what_comes_in_at_once_is_committed_in_groups_and_each_gets_its_receipt():
    held = build_open()
    answers = together(held, [body_of(held, at) for at in range(20)])
    for status, answer in answers:
        assert status == 200
        receipt.check(answer["receipt"], held.poll.entry)
    assert Envelope.objects.count() == 20
    assert SignedHead.objects.count() == 3, "of the entry, of whoever came first, and of all the others together"


def test_what_is_wrong_is_told_apart_and_takes_nobody_down():
    held = build_open()
    bodies = [body_of(held, 0), b"{}", body_of(held, 1, b"short"), b"[" * 100_000, b"x" * (front.LARGEST + 1),
              body_of(held, 2)]  # fmt: skip
    answers = together(held, bodies)
    assert [status for status, _answer in answers] == [200, 409, 409, 409, 404, 200]
    assert Envelope.objects.count() == 2

    async def others() -> list[tuple[int, Any]]:
        site = Front(no_page)
        found = [await post(site, "/cast/0/", b"{}"), await post(site, "/units/", b"")]
        found.append(await post(site, "/cast/0/", b"", "GET"))
        await asyncio.get_running_loop().run_in_executor(site._looking, connections.close_all)
        return found

    assert [status for status, _answer in asyncio.run(others())] == [404, 299, 299]


CASTS = """
import sys
import django
django.setup()
from django.db import connection
from gongjian.ballots import casting
from gongjian.ballots.models import Poll, Voter
from gongjian.register.authority.wall import behind_it
poll = Poll.objects.get(ref=sys.argv[1])
box = casting.box_of(poll)
voters = list(Voter.objects.filter(poll=poll).order_by("pk").values_list("pk", flat=True))
number = 0
while True:
    sealed = [(number + at).to_bytes(box.envelope_size, "big") for at in range(len(voters))]
    group = [casting.Cast(voter, each, "web") for voter, each in zip(voters, sealed)]
    number += len(group)
    with behind_it(), connection.cursor() as cursor:
        answers = casting.append(cursor, box, group)
    for each in answers:
        print(each["leaf"], each["index"], flush=True)
"""


def test_every_receipt_that_was_shown_before_a_kill_is_there_and_none_twice(django_db_blocker):
    held = build_open()
    name = connections["default"].settings_dict["NAME"]
    url = os.environ["DATABASE_URL"].replace("@/gongjian?", f"@/{name}?")
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "gongjian.settings"}
    child = subprocess.Popen(
        [sys.executable, "-c", CASTS, held.poll.ref], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    shown = [child.stdout.readline().split() for _line in range(100)]
    os.kill(child.pid, signal.SIGKILL)
    shown += [line.split() for line in child.stdout.read().splitlines() if line.count(" ") == 1]
    child.wait()
    log = {bytes(row.hash).hex(): row.index for row in LogRow.objects.filter(kind=1)}
    assert len(shown) >= 100
    assert all(log.get(leaf) == int(index) for leaf, index in shown if len(leaf) == 64 and index.isdigit())
    assert sorted(log.values()) == list(range(1, len(log) + 1)), "no gap, none twice"
    assert Envelope.objects.count() == len(held.voters)
