"""The roads of whoever is asked and of whoever asks: the inbox by thumb, a network that drops, an ask to many."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Visit
from .site import Site, own_database, raise_city, served
from .small_city import month_after_next

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
COMMON = {"看一看公示栏": "", "报两个数": "input[type=number]", "讲一句进展": "textarea"}  # and what is filled in


class Thumb:
    """Counts its taps. Typing is not one."""

    def __init__(self) -> None:
        self.taps = 0

    def on(self, what: Locator) -> None:
        what.tap()
        self.taps += 1


def open_ask(page: Page, thumb: Thumb, title: str) -> str:
    """From the inbox to the ask; its id."""
    thumb.on(page.locator(".ask__what a", has_text=title).first)
    page.wait_for_url(re.compile(r"/asks/\d+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def answers(site: Site, ask: str) -> int:
    return site.asked("SELECT count(*) FROM asks_answer WHERE ask_id = %s", int(ask))[0][0]


def test_a_secretary_finishes_three_common_asks_in_under_three_taps_each(visit: Visit, site: Site) -> None:
    page = visit("village-secretary", "/asks/", **PHONE)
    for title, field in COMMON.items():
        thumb = Thumb()
        ask = open_ask(page, thumb, title)
        if field:
            expect(page.locator(f"form[data-keep] {field}")).to_have_count(1)
            page.locator(f"form[data-keep] {field}").fill("12")
        thumb.on(page.locator("form[data-keep] button[type=submit]"))
        page.wait_for_url("**/asks/")
        assert thumb.taps < 3 and answers(site, ask) == 1
        expect(page.locator(".ask__what a", has_text=title)).to_have_count(0)


def test_when_the_network_drops_in_the_middle_of_an_answer_nothing_is_lost_or_doubled(visit: Visit, site: Site) -> None:
    page = visit("town-officer", "/asks/", **PHONE)
    ask = open_ask(page, Thumb(), "讲讲下半年进展")
    page.locator("#id_text").fill("建了两家联合工会。")
    page.context.set_offline(True)
    page.locator("#id_text").press_sequentially("还差一家。")
    page.locator("form[data-keep] button[type=submit]").tap()
    expect(page.locator(".keep-note")).to_be_visible()
    assert answers(site, ask) == 0

    page.context.set_offline(False)
    page.wait_for_url("**/asks/")
    found = site.asked("SELECT text FROM asks_answer WHERE ask_id = %s", int(ask))
    assert found == [("建了两家联合工会。还差一家。",)]
    page.goto(f"/asks/{ask}/")
    page.wait_for_load_state("networkidle")
    assert answers(site, ask) == 1


def test_what_was_begun_is_there_again_when_the_page_was_closed(visit: Visit, site: Site) -> None:
    page = visit("village-secretary", "/asks/", **PHONE)
    ask = open_ask(page, Thumb(), "写两句打算")
    field = page.locator("#id_text")
    field.fill("写到一半")
    page.goto("/asks/")
    expect(page.locator(f'[data-ask="{ask}"] .ask__kept')).to_be_visible()
    page.goto(f"/asks/{ask}/")
    expect(field).to_have_value("写到一半")


def test_whoever_signs_out_on_any_page_leaves_nothing_typed_on_the_device(visit: Visit) -> None:
    page = visit("village-secretary", "/asks/")
    page.evaluate("localStorage.setItem('gongjian.draft.ask.7', '{}')")
    page.goto("/me/")
    page.route("**/sign-out/", lambda route: route.fulfill(status=204))  # the others go on as this persona
    page.locator("form[action$='/sign-out/'] button").first.click()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('gongjian.draft.'))") == []


def test_an_organiser_asks_all_towns_sees_two_over_their_ceiling_and_merges(visit: Visit, site: Site) -> None:
    assert ask_all_towns(visit("city-organiser", "/asks/new/"), site) > 2


@pytest.mark.slow
def test_so_does_the_organiser_of_all_103_towns(browser: Browser, chromium_path: str, home: Path) -> None:
    with own_database(os.environ["DATABASE_URL"], f"gongjian_whole_{os.getpid()}") as database:
        raise_city(database, home, "small_city", "whole")
        with served(database, home) as address:
            page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
            page.goto("/sample/enter/city-organiser/")
            page.goto("/asks/new/")
            assert ask_all_towns(page, Site(address, database)) == 103
            page.context.close()


def ask_all_towns(page: Page, site: Site) -> int:
    """Two of them are over their ceiling; another ask is merged into this one. How many were asked."""
    page.fill("#id_title", "讲讲年底怎么走访")
    page.fill("#id_why", "样例：年度计划")
    page.select_option("#id_kind", "tell")
    page.fill("#id_minutes", "30")
    page.fill("#id_due_on", month_after_next(timezone.localdate(), 20).isoformat())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/to/")
    page.select_option("#id_line", "party")
    page.select_option("#id_level", "town")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/look/")

    (towns,) = site.asked(
        "SELECT count(*) FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id"
        " JOIN register_unitentry u ON u.unit_id = e.seat_id AND u.valid @> current_date"
        " JOIN register_unitkind k ON k.key = u.kind_id"
        " WHERE e.valid @> current_date AND b.line_id = 'party' AND k.level = 'town'"
    )[0]
    over = page.locator("main table tbody tr")
    expect(over).to_have_count(2)
    expect(over.first.locator("td").nth(1)).to_have_text("250")
    expect(page.locator("button[value=send]")).to_have_count(0)

    page.locator("button[value=merge]", has_text="写一写全年总结").click()
    expect(page.locator("main table tbody tr")).to_have_count(0)
    page.locator("button[value=send]").click()
    page.wait_for_url(re.compile(r"/asks/sent/\d+/$"))
    sending = int(page.url.rstrip("/").rpartition("/")[2])
    assert site.asked("SELECT count(*) FROM asks_ask WHERE sending_id = %s", sending) == [(towns,)]
    taken_up = "SELECT state, count(*) FROM asks_ask WHERE minutes = 220 GROUP BY state"
    assert site.asked(taken_up) == [("withdrawn", 2)]
    return int(towns)
