"""The crawler: walks the site as each persona, then asks everything anybody saw as everybody else.

Each request runs in a savepoint that is rolled back, so the town stays as it is, whatever is sent.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, URLResolver, get_resolver, resolve

from .reading import Form, Offered, content_of, offered_by, text_of
from .town import HEADINGS, MarkedTown, addresses_of, may_change

API = "/api/v1/openapi.json"
WRITES = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
GAP = re.compile(r"<(?:\w+:)?(\w+)>")
# What a request may write whoever sends it: where one is signed in, how often one has tried, what one is told next.
OF_THE_DOOR = {"django_session", "usersessions_usersession", "accounts_tries", "accounts_cache"}


@dataclass(frozen=True)
class Request:
    """One request as it is sent: of a page, of a piece of one by htmx, or of a form."""

    method: str
    url: str
    by_htmx: bool = False
    values: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        how = " by htmx" if self.by_htmx else ""
        sent = f" with {urlencode(self.values)[:200]}" if self.values else ""
        return f"{self.method.upper()} {self.url}{how}{sent}"

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def route(self) -> str:
        return route_of(self.path)


@cache
def route_of(path: str) -> str:
    """The name of the route that answers there; "" where none does."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return found.view_name or found.route


@dataclass
class Answer:
    status: int
    kind: str
    content: bytes
    text: str
    rows: list[str]
    wrote: set[str]
    error: str = ""
    location: str = ""


@dataclass
class Limits:
    """How much of what is alike is walked: things of one route, values of one question, forms of one shape."""

    things: int = 2
    of_a_thing: int = 1
    of_a_route: int = 2
    questions: int = 1
    forms: int = 1
    seeds: int = 1


FAR = Limits(things=12, of_a_thing=14, of_a_route=50, questions=3, forms=3, seeds=5)


@dataclass
class Found:
    """What a walk saw, and what was wrong in it."""

    asked: dict[Request, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    keepers: set[str] = field(default_factory=set)
    offered_to: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    leaks: list[str] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    wrote: list[tuple[str, Request, int, set[str]]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def written(self) -> list[str]:
        """What was written by whoever was never offered a way to. Keepers of the whole register may write what a page
        does not offer just now: the check of a file whose columns are not settled yet."""
        return [
            f"{persona}: {request} → {status} wrote {', '.join(sorted(wrote))}"
            for persona, request, status, wrote in self.wrote
            if persona not in self.keepers and persona not in self.offered_to[request.method, request.path]
        ]

    @property
    def routes(self) -> set[str]:
        """Those that answered somebody."""
        return {request.route for request, asked in self.asked.items() if set(asked.values()) - {404, 405}}


class Crawler:
    """Walks a town as its personas."""

    def __init__(self, made: MarkedTown, limits: Limits | None = None) -> None:
        self.made, self.limits, self.found = made, limits or Limits(), Found()
        self.found.keepers = {name for name in made.personas if may_change(made.reader(name))}
        self.browsers = {name: self._browser(name) for name in made.personas}
        self.cookies = {name: browser.cookies.output(header="", sep=";") for name, browser in self.browsers.items()}
        made.ids["session_id"] = list(UserSession.objects.order_by("pk").values_list("pk", flat=True))
        self.seeds = [Request("get", url) for url in seeds(made, self.limits.seeds)]
        self._alike: Counter[tuple[Any, ...]] = Counter()
        self._stood: dict[str, int] = {}  # as counted after the last request; what is undone is counted too
        self.uploads = Path(settings.MEDIA_ROOT)
        self.kept = self.uploads.with_name(f"{self.uploads.name}-kept")
        if not self.kept.exists():
            shutil.copytree(self.uploads, self.kept)

    def _browser(self, persona: str) -> Client:
        address = addresses_of(self.made.personas)[persona]
        language = "en" if list(self.made.personas).index(persona) % 2 else "zh-hans"
        browser = Client(REMOTE_ADDR=address, headers={"Accept-Language": language}, raise_request_exception=False)
        who = self.made.personas[persona]
        if not isinstance(who, AnonymousUser):
            browser.force_login(self.made.reader(persona))  # type: ignore[arg-type]
            browser.get("/account/")  # from here on it is noted where they are signed in
        return browser

    # == walking and replaying ==
    def walk(self, personas: Iterable[str] | None = None) -> Found:
        """As each persona from the home page on, until nothing new is offered."""
        for persona in personas or self.made.personas:
            self._walk_as(persona)
        return self.found

    def replay(self, personas: Iterable[str] | None = None) -> Found:
        """Everything anybody was offered, as everybody who was not."""
        for request, so_far in list(self.found.asked.items()):
            for persona in personas or self.made.personas:
                if persona not in so_far:
                    self.ask(persona, request)
        return self.found

    def _walk_as(self, persona: str) -> None:
        seen: set[Request] = set()
        waiting = [Request("get", "/"), Request("get", API), Request("get", "/account/"), *self.seeds]
        while waiting:
            request = waiting.pop(0)
            if request not in self.seeds:
                self.found.offered_to[request.method, request.path].add(persona)
            if request in seen or not self._is_wanted(request):
                continue
            seen.add(request)
            answer = self.ask(persona, request)
            waiting += list(self._next(request, answer))
            if answer.status == 405 and request.method == "get":
                waiting += list(self._next(request, self.ask(persona, Request("post", request.url))))

    def _is_wanted(self, request: Request) -> bool:
        """Whether there is room left for one that is alike; what is asked already stays asked for everybody."""
        if request in self.found.asked or request in self.seeds:
            return True
        route, parts = request.route, urlsplit(request.url)
        names = tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        if not route or parts.path.startswith("/static/"):
            return False
        is_read = request.method == "get"
        most = self.limits.questions if is_read else self.limits.forms
        thing, of_route = (request.method, parts.path), (request.method, route)
        alike = (request.method, parts.path, request.by_htmx, names, tuple(name for name, _ in request.values))
        things = (request.method, route, "things")
        if self._alike[alike] >= most or self._alike[thing] >= self.limits.of_a_thing:
            return False
        if self._alike[of_route] >= self.limits.of_a_route:
            return False
        if not self._alike[thing]:
            if self._alike[things] >= (self.limits.things if is_read else self.limits.forms):
                return False
            self._alike[things] += 1
        self._alike.update([thing, alike, of_route])
        return True

    def _next(self, request: Request, answer: Answer) -> Iterator[Request]:
        if answer.location:
            yield Request("get", answer.location)
        if request.url == API:
            yield from self._calls(answer)
        if "html" not in answer.kind or request.method != "get":
            return
        offered = offered_by(request.url, answer.content.decode())
        yield from (Request("get", link) for link in sorted(offered.links))
        yield from (Request("get", piece, by_htmx=True) for piece in sorted(offered.pieces))
        yield from self._sent(offered)

    def _calls(self, answer: Answer) -> Iterator[Request]:
        """Every call of the document, of every unit and body that is not like a hundred others."""
        town = self.made.town
        ids = {"unit_id": [u.pk for u in town.units.values()], "body_id": [b.pk for b in town.bodies.values()]}
        for path, methods in json.loads(answer.content)["paths"].items():
            if "get" not in methods:
                continue
            gap = next((name for name in ids if f"{{{name}}}" in path), None)
            for id in ids[gap] if gap else [0]:
                here = path.replace(f"{{{gap}}}", str(id))
                yield Request("get", here)
                yield Request("get", f"{here}?limit=1000" if not gap else f"{here}?on=2021-01-01")
        yield from (Request("get", f"/api/v1/covers?unit={unit.pk}") for unit in town.units.values())

    # == forms ==
    def _sent(self, offered: Offered) -> Iterator[Request]:
        for form in offered.forms:
            yield from self._asked_by(form) if form.method == "get" else self._posted_by(form)

    def _asked_by(self, form: Form) -> Iterator[Request]:
        """As it stands, then with each choice and each number by itself, then with something typed."""
        held = [(name, value) for name, values in form.held().items() for value in values if value]
        base = form.action.partition("?")[0]
        tries = [held]
        for each in form.fields:
            others = [pair for pair in held if pair[0] != each.name]
            for value in each.options or _typed(each.kind, each.name):
                tries.append([*others, (each.name, value)])
        for values in tries:
            yield Request("get", f"{base}?{urlencode([pair for pair in values if pair[1]])}")

    def _posted_by(self, form: Form) -> Iterator[Request]:
        values, files = [], []
        for each in form.fields:
            if each.name == "csrfmiddlewaretoken":
                continue
            if each.kind == "file":
                files.append(each.name)
            elif each.kind in {"checkbox", "radio"}:
                if each.is_checked or not any(name == each.name for name, _ in values):
                    values.append((each.name, each.value))
            else:
                chosen = (
                    each.value
                    or next((o for o in each.options if o), "")
                    or next(iter(_typed(each.kind, each.name)), "")
                )
                values.append((each.name, chosen))
        for button in form.buttons or [None]:
            sent = [*values, button] if button else values
            yield Request("post", form.action, form.by_htmx, tuple(sent), tuple(files))

    # == one request ==
    def ask(self, persona: str, request: Request) -> Answer:
        with self.town_untouched(persona, keeps_files=request.method == "get"):
            before, self._stood = self._stood or _written(), {}
            answer = self._send(persona, request)
            if answer.error == "":
                self._stood = _written()
                answer.wrote = {t for t, rows in self._stood.items() if rows > before.get(t, 0)} - OF_THE_DOOR
            self._look(persona, request, answer)
            if request.method == "post" and answer.location.startswith("/"):
                after = Request("get", answer.location)
                self._look(persona, request, self._send(persona, after))
                self._stood = {}
        self.found.asked[request][persona] = answer.status
        self.found.answers[f"{request.method} {answer.status}"] += 1
        return answer

    def _send(self, persona: str, request: Request) -> Answer:
        browser = self.browsers[persona]
        headers = {"HX-Request": "true"} if request.by_htmx else {}
        if request.method == "get":
            response: Any = browser.get(request.url, headers=headers)
        else:
            sent: dict[str, Any] = {}
            for name, value in request.values:
                sent.setdefault(name, []).append(value)
            for name in request.files:
                sent[name] = SimpleUploadedFile("样例.csv", f"{HEADINGS}大唐街道,样例厂,企业,3\n".encode())
            response = browser.post(request.url, sent, headers=headers)
        content = content_of(response)
        text, rows = text_of(response, content)
        failed = getattr(response, "exc_info", None)
        return Answer(
            status=response.status_code,
            kind=response.get("Content-Type", ""),
            content=content,
            text=text,
            rows=rows,
            wrote=set(),
            error=repr(failed[1]) if failed else "",
            location=response.get("Location", "") or response.get("HX-Redirect", ""),
        )

    @contextmanager
    def town_untouched(self, persona: str, *, keeps_files: bool = False) -> Iterator[None]:
        """Whatever is done inside is not done: rows, uploaded files and cookies are as before."""
        stood = set() if keeps_files else _files(self.uploads)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.browsers[persona].cookies = SimpleCookie(self.cookies[persona])
        left = stood if keeps_files else _files(self.uploads)
        for path in left - stood:
            path.unlink()
        for path in stood - left:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.kept / path.relative_to(self.uploads), path)

    # == comparing with the policy ==
    def _look(self, persona: str, request: Request, answer: Answer) -> None:
        if answer.status >= 500 or answer.error:
            self.found.breaks.append(f"{persona}: {request} → {answer.status} {answer.error}"[:500])
        for secret, may in zip(self.made.secrets, self.made.may_read(persona), strict=True):
            if not may and _tells(secret, request, answer):
                self.found.leaks.append(f"{persona}: {request} tells {secret.of}{_context(secret.mark, answer.text)}")
        if answer.wrote:
            self.found.wrote.append((persona, request, answer.status, answer.wrote))


def seeds(made: MarkedTown, most: int) -> Iterator[str]:
    """Every address of the site with the ids of marked things in its gaps: what no link leads to is asked too."""
    for route in every_route():
        gaps = GAP.findall(route)
        ids = [made.ids.get(gap) for gap in gaps]
        if None in ids:
            continue
        if not gaps:
            yield f"/{route}"
        for some in zip(*(i[:most] for i in ids if i), strict=False):
            here = route
            for gap, id in zip(gaps, some, strict=True):
                here = re.sub(rf"<(\w+:)?{gap}>", str(id), here)
            yield f"/{here}"


def every_route(patterns: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """Every address of the site as it is written in the list of addresses, with its gaps."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern.url_patterns, here)
        else:
            yield here


def names_of_routes(patterns: list[Any] | None = None, space: str = "") -> set[str]:
    """The names of all routes, as `resolve` tells them."""
    names: set[str] = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            within = f"{space}{pattern.namespace}:" if pattern.namespace else space
            names |= names_of_routes(pattern.url_patterns, within)
        else:
            names.add(f"{space}{pattern.name}" if pattern.name else str(pattern.pattern))
    return names


def _files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_file()}


def _tells(secret: Any, request: Request, answer: Answer) -> bool:
    if secret.where is not None and not secret.where.search(request.url):
        return False
    if not re.search(secret.mark, answer.text) or re.search(secret.mark, request.url + repr(request.values)):
        return False
    return not secret.beside or any(secret.mark in row and secret.beside in row for row in answer.rows)


def _context(mark: str, text: str) -> str:
    """What stands around the mark, so that a chance likeness is told from a leak."""
    found = re.search(mark, text)
    return f" in …{text[max(0, found.start() - 60) : found.end() + 40]!r}…" if found else ""


def _typed(kind: str, name: str) -> list[str]:
    """Something to type into a field of this kind."""
    if kind in {"hidden", "checkbox", "radio", "file", "password", "select"}:
        return []
    return {"number": ["1"], "date": ["2021-01-01"], "email": ["a@example.cn"]}.get(kind) or (
        ["2021-01-01"]
        if name.endswith("_on") or name == "on"
        else ["1"]
        if name.endswith(("_from", "_to"))
        else ["样例"]
    )


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return dict(cursor.fetchall())
