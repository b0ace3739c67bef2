"""No page has a flaw that a machine can find: at any width, by day and by night, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from .conftest import LOCALES, Readers
from .looking import HEIGHT, WIDE, flaws, overheard
from .pages import IMPORT_PAGES, PAGES, REFORM_PAGES, Seen
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def named(pages: list[Seen]) -> list[object]:
    return [pytest.param(page, id=page.name) for page in pages]


def in_turn(pages: list[Seen]) -> list[object]:
    """Each page in one language, the next one in the other; in both, and so at both widths, where there is time."""
    return [
        pytest.param(page, lang, id=f"{page.name}-{lang}", marks=() if (at + turn) % 2 else pytest.mark.slow)
        for at, page in enumerate(pages)
        for turn, lang in enumerate(LOCALES)
    ]


def flaws_of(readers: Readers, seen: Seen, path: str, lang: str) -> list[str]:
    page = readers(seen.who, lang).new_page()
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    with overheard(page) as said:
        answer = page.goto(path)
        assert answer is not None and answer.status == seen.status
        if seen.get_ready:
            seen.get_ready(page)
        found = flaws(page, lang)
    page.close()
    return found + said


@pytest.mark.parametrize(("seen", "lang"), in_turn(PAGES + REFORM_PAGES))
def test_a_page_has_no_flaw(readers: Readers, site: Site, seen: Seen, lang: str) -> None:
    assert flaws_of(readers, seen, seen.path_on(site), lang) == []


@pytest.mark.parametrize(("seen", "lang"), in_turn(IMPORT_PAGES))
def test_a_page_of_an_import_has_no_flaw(
    readers: Readers, site: Site, drafts: dict[str, str], seen: Seen, lang: str
) -> None:
    assert flaws_of(readers, seen, seen.path_on(site).format(**drafts), lang) == []


@pytest.mark.parametrize("lang", LOCALES)
def test_the_page_that_tells_that_the_database_is_away_has_no_flaw(
    browser: Browser, site_without_database: str, lang: str
) -> None:
    context = browser.new_context(locale=LOCALES[lang], reduced_motion="reduce")
    page = context.new_page()
    with overheard(page) as said:
        answer = page.goto(f"{site_without_database}/units/")
        assert answer is not None and answer.status == 503
        assert flaws(page, lang) + said == []
    context.close()
