"""In front of the pages: keeps in the process, for as long as a page says, what is the same for everybody.

A page says so itself: `Cache-Control: public, max-age=60`, and sets no cookie. It is told again to whoever brings no
cookie of a session; whoever is signed in is always answered anew. Each process keeps its own.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

MOST, LARGEST, ROOM = 1_000, 500_000, 50_000_000  # pages, bytes of one and of all
ANEW = 5.0  # seconds that the former one is told on while one request brings the next
LIFE = re.compile(rb"public, max-age=(\d+)")
OF_ONE = (b"x-request-id", b"content-length")  # headers of one answer, not of the page

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, ...]


@dataclass
class Kept:
    """An answer as it is told again; `made` and `until` on the clock of the process."""

    headers: Headers
    body: bytes
    tag: bytes
    made: float
    until: float


class KeptPages:
    """An application in front of another one. `clock` tells seconds."""

    def __init__(self, pages: Application, clock: Callable[[], float] = time.monotonic) -> None:
        self._pages, self._clock = pages, clock
        self._language, self._token = settings.LANGUAGE_COOKIE_NAME.encode(), settings.CSRF_COOKIE_NAME.encode()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await self._pages(scope, receive, send)
            return
        known, now = self._kept.get(key), self._clock()
        if known is not None and now < known.until:
            await _tell(known, _header(scope, b"if-none-match"), now, send)
            return
        if known is not None:
            known.until = now + ANEW
        await self._pages(scope, receive, self._keeping(key, scope, send))

    def _keeping(self, key: Key, scope: Scope, send: Send) -> Send:
        """Sends on what is not to be kept; collects what is, and tells it once it is whole."""
        start: Message = {}
        parts: list[bytes] = []

        async def sent(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _life(message):
                start = message
            elif not start:
                if message.get("status", 500) < 500:  # in an outage the former one is still told
                    self._drop(key)
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    made = self._keep(key, start, b"".join(parts))
                    await _tell(made, _header(scope, b"if-none-match"), self._clock(), send)

        return sent

    def _key(self, scope: Scope) -> Key | None:
        """Where, for which site and in which language; None for what is never kept."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        cookies = [part.strip().partition(b"=") for part in _header(scope, b"cookie").split(b";") if part.strip()]
        if any(name not in (self._language, self._token) for name, _is, _value in cookies):
            return None
        chosen = b";".join(value for name, _is, value in cookies if name == self._language)
        said = _header(scope, b"accept-language"), _header(scope, b"host")
        return scope["path"].encode(), scope.get("query_string", b""), chosen, *said

    def _keep(self, key: Key, start: Message, body: bytes) -> Kept:
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in OF_ONE]
        tag, now = b'"' + sha256(body).hexdigest()[:32].encode() + b'"', self._clock()
        kept = Kept([*headers, (b"etag", tag)], body, tag, now, now + _life(start))
        self._drop(key)
        if len(body) <= LARGEST:
            self._kept[key] = kept
            self.size += _bytes(key, kept)
        while len(self._kept) > MOST or self.size > ROOM:
            self._drop(next(iter(self._kept)))
        return kept

    def _drop(self, key: Key) -> None:
        former = self._kept.pop(key, None)
        if former is not None:
            self.size -= _bytes(key, former)


async def _tell(kept: Kept, known_tag: bytes, now: float, send: Send) -> None:
    is_known = known_tag == kept.tag
    body = b"" if is_known else kept.body
    headers = [*kept.headers, (b"age", b"%d" % (now - kept.made)), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _life(start: Message) -> int:
    """For how many seconds it may be told again."""
    if start["status"] != 200 or any(name.lower() == b"set-cookie" for name, _value in start["headers"]):
        return 0
    said = [value for name, value in start["headers"] if name.lower() == b"cache-control"]
    found = LIFE.fullmatch(said[0]) if said else None
    return int(found[1]) if found else 0


def _bytes(key: Key, kept: Kept) -> int:
    return len(kept.body) + sum(map(len, key))


def _header(scope: Scope, name: bytes) -> bytes:
    """As the pages read it (a2wsgi): of several all of them, and `_` in a name is as good as `-`."""
    return b",".join(value for key, value in scope["headers"] if key.replace(b"_", b"-") == name)
