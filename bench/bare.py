"""An application that answers as many bytes as it is told, from memory: what the server itself takes."""

from __future__ import annotations

import os
from typing import Any

BODY = b"x" * int(os.environ.get("BENCH_BYTES", "10000"))
HEADERS = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(BODY))]


async def application(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
