"""Hostile input into every field, question, gap in an address, header and upload that the crawler sees.

Nothing breaks, no markup comes back as markup, no template is reckoned, and the answer has no header of theirs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from .hostile import BODIES, FILES, HEADERS, LONG, PROBE, SUM, VALUES
from .reading import content_of, text_of
from .town import MarkedTown
from .walk import GAP, Crawler, Limits, every_route

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]


@dataclass(frozen=True)
class Try:
    """One hostile request: what is sent where."""

    method: str
    url: str
    body: bytes = b""
    kind: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()
    about: str = ""

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.url[:200]} {self.about[:120]} {dict(self.headers)!r:.120}"


def quoted(value: str) -> str:
    return quote(value, safe="", errors="surrogatepass")


def tries_of(crawler: Crawler) -> Iterator[Try]:
    """Every field and question that was offered with every value, and the rest beside it."""
    questions, fields, uploads = set(), set(), set()
    for request in crawler.found.asked:
        path = urlsplit(request.url).path
        if request.method == "get":
            questions |= {(path, name) for name, _ in parse_qsl(urlsplit(request.url).query)} | {(path, "on")}
        else:
            fields |= {(request, name) for name, _ in request.values}
            uploads |= {(request, name) for name in request.files}
    for value in VALUES:
        every = 9 if value == LONG else 1  # a megabyte everywhere would be a gigabyte of tries
        for path, name in sorted(questions)[::every]:
            yield Try("get", f"{path}?{name}={quoted(value)}", about=f"{name}={value[:40]!r}")
        for request, name in sorted(fields, key=repr)[::every]:
            sent = [(n, value if n == name else v) for n, v in request.values]
            yield Try("post", request.url, form(sent), about=f"{name}={value[:40]!r}")
        for route in every_route():
            for gap in GAP.findall(route)[:1] if len(value) < 5000 else ():
                gaps = {name: (crawler.made.ids.get(name) or ["1"])[0] for name in GAP.findall(route)}
                yield Try("get", "/" + filled(route, gaps | {gap: quoted(value)}), about=f"<{gap}>")
    for path, name in sorted(questions):
        yield Try(
            "get", f"{path}?{name}=1&{name}=&{name}[]={quoted(PROBE)}&{quoted(PROBE)}={quoted(PROBE)}", about="twice"
        )
    for path in sorted({path for path, _ in questions}):
        for header, values in HEADERS.items():
            yield from (Try("get", path, headers=((header, value),)) for value in values)
    for request, _ in sorted(fields, key=repr):
        yield from (Try("post", request.url, body, kind, about=kind[:60]) for kind, body in BODIES)
        yield from (Try(method, request.url) for method in ("put", "patch", "delete", "options", "head", "trace"))
    for request, name in sorted(uploads, key=repr):
        for filename, content in FILES:
            body = multipart(request.values, name, filename, content)
            yield Try("post", request.url, body, "multipart/form-data; boundary=gj", about=filename[:60])


def filled(route: str, gaps: dict[str, Any]) -> str:
    for name, value in gaps.items():
        for shape in (f"<id:{name}>", f"<int:{name}>", f"<slug:{name}>", f"<{name}>"):
            route = route.replace(shape, str(value))
    return route


def form(values: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in values).encode()


def multipart(values: tuple[tuple[str, str], ...], name: str, filename: str, content: bytes) -> bytes:
    parts = [f'--gj\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in values]
    head = f'--gj\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return b"".join([*parts, head.encode(), content, b"\r\n--gj--\r\n"])


def wrong_in(crawler: Crawler, persona: str, tried: Try) -> str:
    """What is wrong in the answer to it; nothing if all is well."""
    browser = crawler.browsers[persona]
    with crawler.town_untouched(persona):
        headers: Any = {name: value.encode().decode("latin-1") for name, value in tried.headers}
        if tried.method in ("get", "trace"):
            response: Any = getattr(browser, tried.method)(tried.url, **headers)
        else:  # as it is: the client would put it into the charset that it says it has
            response = browser.generic(tried.method.upper(), tried.url, tried.body, tried.kind, **headers)
        content = content_of(response)
    if response.status_code >= 500 or getattr(response, "exc_info", None):
        return f"{response.status_code} {getattr(response, 'exc_info', None)!r:.300}"
    text, _rows = text_of(response, content)
    if "html" in response.get("Content-Type", "") and PROBE.encode() in content:
        return "markup comes back as markup"
    if SUM in text:
        return "a template was reckoned"
    if "gj" in response.cookies or any(line in text for line in ("root:x:0", "root:*:0")):
        return "a header of theirs, or a file of ours"
    if response.get("Location", "").lower().startswith(("javascript:", "//", "https://evil", "\\")):
        return f"leads away: {response['Location']}"
    return ""


@pytest.fixture(scope="module")
def offered(marked_town: MarkedTown) -> Crawler:
    """More of what is alike, as the organiser, who has the most forms."""
    crawler = Crawler(marked_town, Limits(things=1, of_a_thing=12, of_a_route=14, questions=1, forms=2, seeds=1))
    crawler.walk(["organiser"])
    return crawler


def some(offered: Crawler, number: int) -> list[Try]:
    tries = list(dict.fromkeys(tries_of(offered)))
    return random.Random(4).sample(tries, min(number, len(tries)))


def all_wrong(offered: Crawler, number: int) -> list[str]:
    told = []
    for tried in some(offered, number):
        persona = "nobody" if "/account/" in tried.url and "sign-in" in tried.url else "organiser"
        if wrong := wrong_in(offered, persona, tried):
            told.append(f"{tried} → {wrong}")
    return told


def test_hostile_input_breaks_nothing_and_does_not_come_back(walked: Crawler) -> None:
    assert all_wrong(walked, 400) == []


@pytest.mark.slow
def test_ten_thousand_hostile_inputs_break_nothing_and_do_not_come_back(offered: Crawler) -> None:
    assert len(some(offered, 10_000)) == 10_000
    assert all_wrong(offered, 10_000) == []


def test_every_kind_of_value_and_place_is_among_the_tries(walked: Crawler) -> None:
    tries = list(tries_of(walked))
    assert len(tries) > 10_000
    assert {each.method for each in tries} >= {"get", "post", "put", "delete"}
    assert {header for each in tries for header, _ in each.headers} == set(HEADERS)


def test_what_comes_back_as_markup_is_found(walked: Crawler, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    tried = Try("get", f"/search/?q={quoted(PROBE)}&text={quoted(PROBE)}")
    assert wrong_in(walked, "organiser", tried) == "markup comes back as markup"


def test_what_breaks_is_found(walked: Crawler, monkeypatch: Any) -> None:
    monkeypatch.setattr("gongjian.ui.asof.read_day", lambda typed: 1 / 0)
    assert "ZeroDivisionError" in wrong_in(walked, "organiser", Try("get", "/search/?on=2021-01-01"))
