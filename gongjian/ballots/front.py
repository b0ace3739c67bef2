"""In front of the pages: takes ballots as they come, and commits them in groups, one appender a poll.

A group is what has come in since the last commit, at most MOST. So one durable commit serves many, and whoever is
alone waits for nobody. Everything else is handed on to the pages.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from gongjian.accounts.devices import address_in

from .casting import Answer, Box, Cast, NotTaken, append
from .intake import LARGEST, Desk, desk_of, read, told

log = logging.getLogger(__name__)

MOST = 128  # ballots in a group
WAITING = 4_000  # ballots that wait at most; more are told to come again
KNOWN_FOR = 5.0  # seconds that a desk is taken as it was
BEFORE = "/cast/"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
]


class Prepared(psycopg.Cursor[Any]):
    """Statements are prepared and their values go apart and in binary: much faster for many envelopes than in text."""

    def execute(self, query: Any, params: Any = None, **_more: Any) -> Prepared:
        return super().execute(query, params, prepare=True, binary=True)


def _append(server: psycopg.Connection[Any], box: Box, casts: list[Cast]) -> list[Answer]:
    """One transaction behind the wall, in as few questions to the database as it takes."""
    server.execute("BEGIN; SET LOCAL ROLE none")
    try:
        with Prepared(server) as cursor:
            answers = append(cursor, box, casts)
        server.execute("COMMIT")
    except BaseException:
        server.rollback()
        raise
    return answers


class Appender:
    """Commits what comes in for one poll, group after group, on a thread and a connection of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.known_at = desk, time.monotonic()
        self._queue: asyncio.Queue[tuple[Cast, asyncio.Future[Answer]]] = asyncio.Queue(WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"ballots {desk.poll.pk}")
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def take(self, cast: Cast) -> Answer:
        """The answer, once the group is committed."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((cast, answer))
        except asyncio.QueueFull:
            return NotTaken("busy")
        return await answer

    async def run(self, work: Callable[[], Any]) -> Any:
        """Something else, on the appender's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _go_on(self) -> None:
        while True:
            group = [await self._queue.get()]
            while len(group) < MOST and not self._queue.empty():
                group.append(self._queue.get_nowait())
            casts = [cast for cast, _answer in group]
            answers = await self.run(partial(self._commit, casts))
            for (_cast, answer), one in zip(group, answers, strict=True):
                if not answer.done():
                    answer.set_result(one)

    def _commit(self, casts: list[Cast]) -> list[Answer]:
        """All of them or none; whoever is told “busy” may come again with the same envelope."""
        try:
            connection.close_if_unusable_or_obsolete()
            connection.ensure_connection()
            return _append(connection.connection, self.desk.box, casts)
        except Exception:  # whatever it was, all who wait are answered, and the next group is tried
            log.exception("A group of ballots was not taken in.")
            connection.close()
            return [NotTaken("busy")] * len(casts)


class Front:
    """An application in front of another one."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._appenders: dict[str, Appender] = {}
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="ballots")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(BEFORE):
            ref = scope["path"].removeprefix(BEFORE).rstrip("/")
            status, answer = await self._cast(ref, receive, _address(scope))
            body = json.dumps(answer).encode()
            length = (b"content-length", str(len(body)).encode())
            await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, length]})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._pages(scope, _coroutine(receive), send)

    async def _cast(self, ref: str, receive: Receive, address: str) -> tuple[int, dict[str, object]]:
        body = await _whole(receive)
        try:
            appender = await self._appender(ref)
        except (DatabaseError, InterfaceError):
            return told(NotTaken("busy"))
        if appender is None or body is None:
            return 404, {"code": "closed", "said": NotTaken("closed").sentence}
        found = read(appender.desk, body, time.time(), address)
        return told(found if isinstance(found, NotTaken) else await appender.take(found))

    async def _appender(self, ref: str) -> Appender | None:
        """The one of the poll. What is known of it is looked up again every few seconds."""
        known = self._appenders.get(ref)
        if known is not None and time.monotonic() - known.known_at < KNOWN_FOR:
            return known
        desk = await asyncio.get_running_loop().run_in_executor(self._looking, _desk, ref)
        known = self._appenders.get(ref)
        if desk is None:
            return None
        if known is None:
            known = self._appenders[ref] = Appender(desk)
        known.desk, known.known_at = desk, time.monotonic()
        return known


def _address(scope: Scope) -> str:
    """As `devices.address_of` tells it of a request: several headers of a name are one with commas."""
    peer = (scope.get("client") or ("",))[0]
    said = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    return address_in(peer, ",".join(said) if said else None)


def _desk(ref: str) -> Desk | None:
    """None where there is no such poll. Raises DatabaseError, InterfaceError where the database cannot say so."""
    try:
        connection.close_if_unusable_or_obsolete()
        return desk_of(ref)
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


def _coroutine(receive: Receive) -> Receive:
    """A server may hand out another awaitable; the pages' threads can only wait for a coroutine."""

    async def received() -> MutableMapping[str, Any]:
        return await receive()

    return received


async def _whole(receive: Receive) -> bytes | None:
    """The body of a request; None for one that is too large or was broken off."""
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        more = message.get("more_body", False)
        if length > LARGEST:
            return None
    return b"".join(parts)
