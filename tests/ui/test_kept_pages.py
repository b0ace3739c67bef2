"""Public pages are kept for everybody as long as they say, and nothing of anybody is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gongjian.ui import kept_pages
from gongjian.ui.kept_pages import ANEW, KeptPages

PUBLIC = [(b"cache-control", b"public, max-age=60"), (b"x-request-id", b"1"), (b"content-length", b"6")]


class Site:
    """Pages behind, which count how often they are asked, and a clock that stands until it is moved."""

    def __init__(self, headers: list[tuple[bytes, bytes]] = PUBLIC, status: int = 200) -> None:
        self.headers, self.status, self.asked, self.now = headers, status, 0, 0.0
        self.front = KeptPages(self.pages, clock=lambda: self.now)

    async def pages(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"page ", "more_body": True})
        await send({"type": "http.response.body", "body": b"%d" % self.asked})

    def get(
        self, path: str = "/p/", method: str = "GET", more: Any = (), **headers: str
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        told: list[Any] = []
        scope = {"type": "http", "method": method, "path": path, "query_string": b""}
        scope["headers"] = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope["headers"] += more

        async def send(message: Any) -> None:
            told.append(message)

        asyncio.run(self.front(scope, None, send))  # type: ignore[arg-type]
        return told[0]["status"], dict(told[0]["headers"]), b"".join(each["body"] for each in told[1:])


def test_a_public_page_is_made_once_in_its_time_and_then_anew():
    site = Site()
    assert [site.get()[2] for _ in range(3)] == [b"page 1"] * 3
    site.now = 59
    _status, headers, body = site.get()
    assert (body, headers[b"age"], headers[b"content-length"]) == (b"page 1", b"59", b"6")
    assert b"x-request-id" not in headers
    site.now = 61
    assert site.get()[2] == b"page 2"


def test_while_one_request_brings_the_next_the_others_read_the_former():
    site = Site()
    site.get()
    site.now = 61
    site.front._pages = None  # type: ignore[assignment]  # it does not come back
    with pytest.raises(TypeError):
        site.get()
    assert site.get()[2] == b"page 1"
    site.now += ANEW
    with pytest.raises(TypeError):
        site.get()


def test_whoever_has_it_already_is_not_sent_it_again():
    site = Site()
    tag = site.get()[1][b"etag"].decode()
    status, headers, body = site.get(if_none_match=tag)
    assert (status, body, headers[b"content-length"]) == (304, b"", b"0")


@pytest.mark.parametrize(
    "site",
    [
        Site([(b"cache-control", b"private, no-store")]),
        Site([*PUBLIC, (b"set-cookie", b"csrftoken=1")]),
        Site(PUBLIC, 404),
        Site([]),
    ],
    ids=["private", "sets a cookie", "not found", "says nothing"],
)
def test_what_is_not_for_everybody_is_made_each_time(site):
    assert [site.get()[2] for _ in range(2)] == [b"page 1", b"page 2"]


@pytest.mark.parametrize(
    "given",
    [
        {"cookie": "gongjian_session=1"},
        {"cookie": "csrftoken=1; gongjian_session=2"},
        {"method": "POST"},
        {"method": "HEAD"},
    ],
)
def test_whoever_is_signed_in_is_answered_anew(given):
    site = Site()
    site.get()
    assert site.get(**given)[2] == b"page 2"
    assert site.get()[2] == b"page 1"


def test_each_language_site_and_address_has_its_own_page():
    site = Site()
    asked = [{}, {"accept_language": "en"}, {"cookie": "gongjian_language=en"}, {"host": "b.cn"}, {"path": "/q/"}]
    assert [site.get(**each)[2] for each in asked + asked] == [b"page %d" % n for n in (1, 2, 3, 4, 5) * 2]
    assert site.get(cookie="csrftoken=7; gongjian_language=en")[2] == b"page 3"


def test_a_page_that_is_no_longer_for_everybody_is_not_told_again():
    site = Site()
    site.get()
    site.now, site.status = 61, 404
    assert [site.get()[0] for _ in range(2)] == [404, 404]


@pytest.mark.parametrize(
    "twice",
    [
        [(b"cookie", b"gongjian_language=zh-hans; gongjian_language=en")],
        [(b"cookie", b"gongjian_language=zh-hans"), (b"cookie", b"gongjian_language=en")],
        [(b"cookie", b"gongjian_language=zh-hans"), (b"accept-language", b""), (b"accept_language", b"en")],
    ],
    ids=["one cookie twice", "two headers of cookies", "two headers of languages"],
)
def test_whoever_says_a_language_twice_does_not_leave_it_to_the_next(twice):
    site = Site()
    site.get(more=twice)
    assert site.get(cookie="gongjian_language=zh-hans", accept_language="")[2] == b"page 2"


def test_all_that_is_kept_fits_into_its_room(monkeypatch):
    monkeypatch.setattr(kept_pages, "ROOM", 200)
    site = Site()
    for n in range(9):
        site.get(f"/{n}/" + "x" * 50)
    assert site.front.size <= 200 and len(site.front._kept) == 3
    site.now = 61
    site.get("/8/" + "x" * 50)
    assert site.front.size <= 200 and len(site.front._kept) == 3


def test_no_more_than_so_many_are_kept_and_none_that_is_too_large(monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST", 2)
    site = Site()
    for path in ("/1/", "/2/", "/3/"):
        site.get(path)
    assert site.get("/3/")[2] == b"page 3" and site.get("/1/")[2] == b"page 4"
    monkeypatch.setattr(kept_pages, "LARGEST", 3)
    assert site.get("/4/")[2] == b"page 5" and site.get("/4/")[2] == b"page 6"
