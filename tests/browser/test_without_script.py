"""Where scripts do not run, plain links and forms do the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Visit
from .files import ALL_SOUND
from .site import Site
from .walking import check, choose_day, send, write

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("walk", ["/territory/", "/line/union/", "/leadership/"])
def test_a_walk_goes_down_by_links_and_by_the_buttons_of_the_tree(visit: Visit, walk: str) -> None:
    page = visit("city-organiser", walk, java_script_enabled=False)
    link = page.locator("main table tbody th a").first
    name = link.inner_text().strip()
    link.click()
    assert page.locator("h1").inner_text().strip() == name

    page.goto(walk)
    button = page.locator(".tree button[aria-expanded=false]").first
    name = button.locator("xpath=following-sibling::a").evaluate(
        "link => link.firstElementChild?.nextSibling?.data ?? link.firstChild.data"
    )
    button.click()
    assert page.locator("h1").inner_text().strip() in name.strip() or name.strip() in page.locator("h1").inner_text()


def test_lists_search_and_days_work_by_plain_forms(visit: Visit) -> None:
    page = visit("city-organiser", "/units/", java_script_enabled=False)
    page.locator("main [name=text]").fill("草塔镇")
    page.locator("main form .btn--main").first.click()
    expect(page.locator("main table")).to_have_count(0)  # it does not stand today
    choose_day(page, "2018-10-31")
    expect(page.locator("main table tbody th a").first).to_have_text("草塔镇")
    page.locator("#q").fill("sxwc")
    page.locator("#q").press("Enter")
    page.wait_for_url("**q=sxwc*")
    assert "on=2018-10-31" in page.url
    expect(page.locator(".answers").first).to_contain_text("上下文村")


def test_an_import_works_by_plain_forms(visit: Visit, site: Site) -> None:
    page = visit("city-organiser", "/imports/", java_script_enabled=False)
    text = ALL_SOUND.replace("好样例", "无脚本") + "大唐街道,无脚本坏企业,企业,一百二十\n"
    send(page, "无脚本.csv", text)
    check(page)
    page.locator("tbody[id^='row-'] form input.input").fill("120")
    page.locator("tbody[id^='row-'] form button").click()
    expect(page.locator("tbody[id^='row-']")).to_have_count(0)
    draft = write(page)
    counted = "SELECT count(*) FROM register_unitentry WHERE name LIKE '无脚本%%' AND valid @> current_date"
    assert site.asked(counted) == [(4,)]
    page.goto(f"{draft}undo/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{draft}")
    assert site.asked(counted) == [(0,)]
