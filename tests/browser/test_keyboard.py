"""Everything is reached and worked by keyboard alone, and the focus is always seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visit
from .pages import IN_2030, VILLAGE
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

IN_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement.matches(':focus-visible') && style.outlineStyle !== 'none'
    && parseFloat(style.outlineWidth) >= 2;
}"""


def press_until(page: Page, key: str, selector: str, *, most: int = 60) -> int:
    """How many presses bring the focus to the first element of the selector; the focus is seen all the way."""
    for pressed in range(1, most + 1):
        page.keyboard.press(key)
        assert page.evaluate(IN_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return pressed
    pytest.fail(f"{selector} is not reached in {most} presses of {key}")


def test_the_first_tab_leads_past_the_header(visit: Visit) -> None:
    page = visit("city-organiser", "/units/")
    assert press_until(page, "Tab", ".skip") == 1
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press_until(page, "Tab", "main .seg a", most=1)


def test_the_search_is_few_tabs_away_and_works_by_enter(visit: Visit) -> None:
    page = visit("city-organiser", "/")
    assert press_until(page, "Tab", "#q") <= 6
    page.keyboard.type("sxwc")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=sxwc*")
    expect(page.locator(".answers").first).to_contain_text("上下文村")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_branch_of_the_tree_unfolds_and_folds_by_key(visit: Visit, key: str) -> None:
    page = visit("city-organiser", "/territory/")
    press_until(page, "Tab", ".tree button")
    button = page.locator(".tree button").first
    page.keyboard.press(key)
    expect(button).to_have_attribute("aria-expanded", "true")
    branch = page.locator(f"#{button.get_attribute('aria-controls')}")
    expect(branch.locator(".tree__row").first).to_be_visible()
    expect(button).to_be_focused()
    assert page.evaluate(IN_FOCUS)
    page.keyboard.press(key)
    expect(branch).to_be_hidden()
    expect(button).to_be_focused()


def test_after_fifty_more_rows_the_focus_is_on_the_first_new_one(visit: Visit, site: Site) -> None:
    crowded = site.asked(
        "SELECT parent_id FROM register_unitentry WHERE valid @> current_date AND parent_id IS NOT NULL"
        " GROUP BY parent_id ORDER BY count(*) DESC LIMIT 1"
    )[0][0]
    page = visit("city-organiser", f"/territory/{crowded}/")
    page.locator(".tree [aria-current=page]").locator("xpath=..").locator("button").click()
    more = page.locator(f"#tree-{crowded} > li > a")
    expect(more).to_have_count(1)
    rows = page.locator(f"#tree-{crowded} > li")
    before = rows.count() - 1
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_count(0)
    expect(rows.nth(before).locator(":focus")).to_have_count(1)
    assert page.evaluate(IN_FOCUS)


def test_the_day_selector_opens_and_closes_by_key(visit: Visit) -> None:
    page = visit("city-organiser", "/units/")
    press_until(page, "Tab", ".asof summary")
    page.keyboard.press("Enter")
    expect(page.locator("#day")).to_be_visible()
    press_until(page, "Tab", "#day", most=1)
    page.keyboard.press("Escape")
    expect(page.locator("#day")).to_be_hidden()
    expect(page.locator(".asof summary")).to_be_focused()


def test_no_stop_of_the_tab_key_is_out_of_sight_on_a_phone(visit: Visit) -> None:
    page = visit("city-organiser", "/units/?text=大唐&level=town", width=390, height=844)
    seen = """() => {
      const { width, height } = document.activeElement.getBoundingClientRect();
      return !document.activeElement.closest('.sr') && width > 2 && height > 2;
    }"""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return
        assert page.evaluate(seen), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert page.evaluate(IN_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_what_is_divided_is_found_by_name_and_keeps_its_choice(visit: Visit, site: Site) -> None:
    page = visit("city-organiser", f"{site.unit_where(VILLAGE)}change/split/?{IN_2030}&name0=东&name1=西")
    rows, shown = page.locator("[data-sift] tbody tr"), page.locator("[data-sift] tbody tr:visible")
    name = rows.first.locator("th").inner_text()
    rows.first.locator("select").select_option("1")
    page.locator("#sift").focus()
    page.keyboard.type("无此名称")
    expect(shown).to_have_count(0)
    expect(page.locator("[data-sift-none]")).to_be_visible()
    at = page.url
    page.keyboard.press("Enter")  # sends nothing
    page.locator("#sift").fill(name)
    expect(shown.first.locator("th")).to_contain_text(name)
    assert page.url == at and rows.first.locator("select").input_value() == "1"
    press_until(page, "Tab", "[data-sift] select", most=4)
    page.locator("#sift").fill("")
    assert page.evaluate("[...document.querySelectorAll('[data-sift] tr, [data-sift] details')].every(e => !e.hidden)")
