"""Hits while one types: by keyboard, by hand, with an input method, on the day of the page, on a desk and a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import LOCALES, Readers, Visit
from .looking import PHONE, WIDE, overheard, ready
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WHO = "city-organiser"


def type_in(page: Page, words: str) -> None:
    page.locator("#q").press_sequentially(words)


def options(page: Page) -> Locator:
    return page.locator("#q-hits [role=option]")


def test_arrows_choose_and_enter_opens(visit: Visit, site: Site) -> None:
    page = visit(WHO, "/")
    page.locator("#q").focus()
    type_in(page, "sxwc")
    expect(options(page).first).to_contain_text("上下文村")
    assert options(page).count() <= 8
    box = page.get_by_role("combobox", name="查找")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#live")).to_contain_text("条")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "q-hits-1")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{site.unit('上下文村')}")


def test_escape_closes_and_enter_without_a_choice_searches(visit: Visit) -> None:
    page = visit(WHO, "/")
    type_in(page, "上下文")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#q-hits")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("上下文")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")


def test_one_letter_asks_nothing_and_one_chinese_character_does(visit: Visit) -> None:
    page = visit(WHO, "/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    type_in(page, "s")
    page.wait_for_timeout(500)
    assert asked == []
    page.locator("#q").fill("村")
    expect(options(page).first).to_be_visible()
    assert len(asked) == 1


def test_a_click_opens_and_the_day_is_kept(visit: Visit) -> None:
    page = visit(WHO, "/?on=2018-10-31")
    type_in(page, "上下文村")
    expect(options(page).first).to_contain_text("草塔镇")
    options(page).first.click()
    page.wait_for_url("**/units/*/?on=2018-10-31")


def test_leaving_the_box_closes_it(visit: Visit) -> None:
    page = visit(WHO, "/")
    type_in(page, "上下文村")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#q-hits")).to_be_hidden()


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize(("width", "path", "box"), [(WIDE, "/", "q"), (PHONE, "/search/", "search")])
def test_the_open_list_has_no_flaw(readers: Readers, lang: str, width: int, path: str, box: str) -> None:
    page = readers(WHO, lang).new_page()
    page.set_viewport_size({"width": width, "height": 900})
    with overheard(page) as said:
        page.goto(path)
        page.locator("main input[name=q]" if box == "search" else "#q").fill("大唐")
        expect(page.locator(f"#{box}-hits [role=option]").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        ready(page)
        found = page.evaluate("looking.axe()")
        page.emulate_media(color_scheme="dark")
        found += page.evaluate("looking.axe(['color-contrast'])")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.emulate_media(color_scheme="light")
    page.close()
    assert (found, said) == ([], [])
