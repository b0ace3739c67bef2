"""The small city's site, the system's Chromium, and a visitor who looks at the one with the other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from . import site as sites
from .clock import Clock, standing_behind
from .files import ALL_SOUND, MIXED
from .site import Site, served
from .walking import check, send, write

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO = (
    "No Chromium here. To run the browser tests: sudo apt-get install -y chromium fonts-wqy-microhei "
    "(macOS: brew install --cask chromium; elsewhere set CHROMIUM=/path/to/it)."
)
SWITCHES = ["--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-gpu"]

LOCALES = {"zh-Hans": "zh-CN", "en": "en-GB"}
IN_TURN = ["zh-Hans", pytest.param("en", marks=pytest.mark.slow)]  # for long walks over many pages

Visit = Callable[..., Page]
Enter = Callable[..., Page]
Readers = Callable[[str, str], BrowserContext]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    named = os.environ.get("CHROMIUM")
    path = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO)
    return path


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers keep what is sent to them."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="session")
def site(chromium_path: str, home: Path, worker_id: str) -> Iterator[Site]:
    name = f"gongjian_browser_{worker_id}_{os.getpid()}"
    with sites.own_database(os.environ["DATABASE_URL"], name) as database:
        sites.raise_city(database, home)
        with sites.served(database, home) as address:
            yield Site(address, database)


@pytest.fixture(scope="session")
def site_without_database(chromium_path: str, home: Path) -> Iterator[str]:
    """The address of a server whose database does not answer."""
    nobody = f"postgresql:///gongjian?host={home}"
    with sites.served(nobody, home) as address:
        yield address


# Not for the session: while Playwright runs, its event loop keeps Django from the database in this process.
@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=[*SWITCHES, *(["--no-sandbox"] if is_root else [])]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Site) -> Callable[[str], StorageState | None]:
    """The cookies of a persona; each signs in once. Nobody has none."""
    known: dict[str, StorageState | None] = {"": None}

    def cookies_of(persona: str) -> StorageState | None:
        if persona not in known:
            context = browser.new_context()
            answer = context.request.get(f"{site.address}/sample/enter/{persona}/")
            assert answer.ok, answer.status
            known[persona] = context.storage_state()
            context.close()
        return known[persona]

    return cookies_of


@pytest.fixture(scope="package")
def readers(browser: Browser, site: Site, signed_in: Callable[[str], StorageState | None]) -> Readers:
    """`readers(persona, lang)` is a browser for whoever only looks: kept, so that it has the style sheets already."""
    kept: dict[tuple[str, str], BrowserContext] = {}

    def reader(who: str, lang: str) -> BrowserContext:
        if (who, lang) not in kept:
            kept[who, lang] = browser.new_context(
                base_url=site.address, storage_state=signed_in(who), locale=LOCALES[lang], reduced_motion="reduce"
            )
        return kept[who, lang]

    return reader


@pytest.fixture
def visit(browser: Browser, site: Site, signed_in: Callable[[str], StorageState | None]) -> Iterator[Visit]:
    """`visit("city-organiser", "/units/", width=1440)` is a page, opened by that persona in a browser of their own."""
    contexts = []

    def opened(
        who: str, path: str, *, lang: str = "zh-Hans", width: int = 1440, height: int = 900, **more: Any
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            storage_state=signed_in(who),
            locale=LOCALES[lang],
            viewport={"width": width, "height": height},
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def drafts(browser: Browser, site: Site, signed_in: Callable[[str], StorageState | None]) -> dict[str, str]:
    """Files the organiser has sent, one for each state of an import: state → path of its page."""
    context = browser.new_context(base_url=site.address, storage_state=signed_in("city-organiser"), locale="zh-CN")
    page = context.new_page()
    found = {}
    found["sent"] = send(page, "刚送来的.csv", MIXED.replace("坏", "另一个坏"))
    send(page, "要改的.csv", MIXED)
    found["checked"] = check(page)
    send(page, "写进去的.csv", ALL_SOUND)
    check(page)
    found["applied"] = write(page)
    send(page, "很大的.csv", MIXED + "\n" * 450_000)
    found["waiting"] = check(page)
    context.close()
    return found


# == a site whose clock stands behind ==
@pytest.fixture
def clock(site: Site, home: Path) -> Iterator[Clock]:
    with standing_behind(site.database, home, timedelta(minutes=70)) as clock:
        yield clock


@pytest.fixture
def enter(browser: Browser, clock: Clock, home: Path) -> Iterator[Enter]:
    """`enter("city-organiser", "/ballots/")` is a page of the site by the test's clock; "" is nobody."""
    contexts = []
    with served(clock.database, home, "tests.browser.earlier:application") as address:

        def entered(who: str, path: str, **more: Any) -> Page:
            width, height = more.pop("width", 1440), more.pop("height", 900)
            context = browser.new_context(
                base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
                viewport={"width": width, "height": height}, **more,
            )  # fmt: skip
            context.set_default_timeout(10_000)
            contexts.append(context)
            page = context.new_page()
            if who:
                assert context.request.get(f"/sample/enter/{who}/").ok
            page.goto(path)
            return page

        yield entered
        for context in contexts:
            context.close()
