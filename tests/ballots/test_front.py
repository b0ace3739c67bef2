"""In front of the pages: what is not a ballot reaches them whole."""

from __future__ import annotations

import asyncio

from a2wsgi import WSGIMiddleware

from gongjian.ballots.front import Front


class Given:
    """An awaitable that is no coroutine, as a server written in another language hands them out."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return self.value


def echo(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def asked(parts):
    """What the pages answer to a form that comes in parts."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/i18n/setlang/",
        "raw_path": b"/i18n/setlang/", "root_path": "", "query_string": b"", "scheme": "http", "headers": [],
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    front = Front(WSGIMiddleware(echo, workers=1))
    asyncio.run(front(scope, lambda: Given(messages.pop(0)), send))
    return b"".join(each.get("body", b"") for each in sent)


def test_a_form_reaches_the_pages_whole_from_whatever_server():
    assert asked([b"language=", b"en&next=", b"/" * 70_000]) == b"language=en&next=" + b"/" * 70_000
