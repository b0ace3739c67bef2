"""Ballots at the front of the site: committed in groups, answered after the commit, and there after a kill -9."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from django.db import OperationalError, connections

from gongjian.ballots import front, secrets
from gongjian.ballots.front import Front
from gongjian.ballots.models import Envelope, SignedHead
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


def test_while_the_database_is_away_voters_are_told_to_try_again(monkeypatch):
    def away(ref: str) -> None:
        raise OperationalError(ref)

    async def one() -> tuple[int, Any]:
        site = Front(no_page)
        found = await post(site, "/cast/0/", b"{}")
        await asyncio.get_running_loop().run_in_executor(site._looking, connections.close_all)
        return found

    monkeypatch.setattr(front, "desk_of", away)
    status, answer = asyncio.run(one())
    assert (status, answer["code"]) == (409, "busy")


def test_whatever_goes_wrong_with_one_group_the_next_is_taken_in(monkeypatch):
    held, append = build_open(), front._append
    wrong = [KeyError("a key that was taken from the ring")]

    def once_wrong(*given: Any) -> list[Any]:
        if wrong:
            raise wrong.pop()
        return append(*given)

    monkeypatch.setattr(front, "_append", once_wrong)
    answers = together(held, [body_of(held, 0), body_of(held, 1)])
    assert [(status, answer.get("code")) for status, answer in answers] == [(409, "busy"), (200, None)]
    assert Envelope.objects.count() == 1
