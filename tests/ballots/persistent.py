"""`python -m tests.ballots.persistent PORT REQUESTS RECEIPTS`: voters who repeat a ballot until they have its receipt.

Neither Django nor the site is imported. A line of REQUESTS is {"voter", "path", "body", …}; each goes to RECEIPTS with
what was answered and how often it was sent, in the order in which the answers came.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from pathlib import Path
from typing import Any, TextIO

AT_ONCE = 16  # connections
PAUSE = 0.05  # seconds before a ballot is sent again
PATIENCE = 20  # seconds that an answer is waited for


class NoAnswer(Exception):
    """The connection broke before the whole answer was there."""


class Caller:
    """One connection at a time to the server, which may not be there."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: str) -> tuple[int, Any]:
        try:
            return await asyncio.wait_for(self._post(path, body.encode()), PATIENCE)
        except (OSError, EOFError, ValueError, IndexError, TimeoutError) as problem:
            await self._hang_up()
            raise NoAnswer from problem

    async def _post(self, path: str, body: bytes) -> tuple[int, Any]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        told = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(told.split("content-length: ")[1].split("\r\n")[0])
        return int(told.split()[1]), json.loads(await self._reader.readexactly(length))

    async def _hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def insist(port: int, waiting: deque[dict[str, Any]], out: TextIO) -> None:
    caller = Caller(port)
    while waiting:
        ballot = waiting.popleft()
        refused: dict[str, int] = {}
        while True:
            try:
                status, answer = await caller.post(ballot["path"], ballot["body"])
            except NoAnswer:
                status, answer = 0, {"code": "no answer"}
            if status == 200:
                break
            refused[answer["code"]] = refused.get(answer["code"], 0) + 1
            await asyncio.sleep(PAUSE)
        kept = {key: value for key, value in ballot.items() if key != "body"}
        out.write(json.dumps(kept | {"refused": refused, "receipt": answer["receipt"]}) + "\n")
        out.flush()


async def insist_all(port: int, requests: Path, receipts: Path) -> None:
    waiting: list[deque[dict[str, Any]]] = [deque() for _connection in range(AT_ONCE)]
    line: dict[int, int] = {}  # a voter's own, so that their ballots come in their order
    with requests.open() as file:
        for ballot in map(json.loads, file):
            waiting[line.setdefault(ballot["voter"], len(line)) % AT_ONCE].append(ballot)
    with receipts.open("w") as out:
        await asyncio.gather(*(insist(port, each, out) for each in waiting))


if __name__ == "__main__":
    asyncio.run(insist_all(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
