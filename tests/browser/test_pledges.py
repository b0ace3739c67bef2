"""From a post to a pledge that was kept late: set up, chosen, promised on a phone, returned, mended, public, done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import Visit
from .site import Site
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
SECRETARY, OFFICER = "village-secretary", "town-officer"
PLEDGE = re.compile(r"/pledges/\d+/$")
TITLE, WHY = "晒谷场装6盏灯", "写明装在哪一段，谁来验"
EXPLAINED = "电表箱晚到了两周，灯都亮了"


def body_of(site: Site) -> int:
    found = site.asked(
        "SELECT o.body_id FROM register_office o JOIN register_person p ON p.id = o.person_id"
        " JOIN accounts_user u ON u.id = p.account_id WHERE u.username = 'sample-village-secretary'"
        " AND o.valid @> current_date ORDER BY o.id LIMIT 1"
    )
    return int(found[0][0])


def press(page: Page, value: str) -> None:
    """The button of this name, folded up or not."""
    button = page.locator(f"button[value={value}]").first
    folded = page.locator("details:not([open])").filter(has=button)
    if folded.count():
        folded.first.locator("summary").first.click()
    with page.expect_navigation():
        button.click()


def take_a_post(page: Page, body: int) -> None:
    """Set up from the catalogue, opened, chosen, and matched with the reason."""
    page.goto(f"/bodies/{body}/posts/new/")
    page.locator("main summary").first.click()
    page.locator("main a[href^='?kind=']").first.click()
    page.fill("[name=content]", "每月查一遍，坏了3天内报修")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    press(page, "open")
    with page.expect_navigation():
        page.locator("main form[action$='/choose/'] button").click()
    page.locator("main a[href^='/posts/held/']").first.click()
    page.fill("[name=reason]", "住得近，懂水电")
    press(page, "match")
    press(page, "show")
    expect(page.locator(".pagehead .chip")).to_have_text("上岗前公示")


def hand_in_on_a_phone(page: Page, body: int, until: str) -> str:
    """The path of the pledge."""
    page.goto(f"/bodies/{body}/pledges/new/")
    for name, value in {
        "title": TITLE, "wish": "晚上晒谷看不见", "due_on": until, "baseline": "0", "target": "6", "unit": "盏",
        "evidence": "通电并由用电户签字", "measures": "定点位\n装灯通电", "responsible": "村两委",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.locator("main form button[type=submit]").tap()
    page.wait_for_url(PLEDGE)
    press(page, "hand_in")
    return path_of(page)


@pytest.mark.slow  # the road from a post to a grade goes through all of it
def test_from_a_post_to_a_pledge_that_was_kept_late(visit: Visit, site: Site) -> None:
    body, today = body_of(site), timezone.localdate()
    phone = visit(SECRETARY, "/", **PHONE)
    take_a_post(phone, body)
    pledge = hand_in_on_a_phone(phone, body, (today + timedelta(days=30)).isoformat())

    officer = visit(OFFICER, "/asks/")
    officer.locator("main a", has_text="审一审报上来的承诺").first.click()
    officer.goto("/pledges/review/")
    officer.locator("main a", has_text=TITLE).click()
    officer.fill("[name=reason]", WHY)
    press(officer, "return")

    phone.goto("/asks/")
    expect(phone.locator("main")).to_contain_text("修改退回的承诺")
    phone.goto(pledge)
    expect(phone.locator(".notice--warn")).to_contain_text(WHY)
    phone.locator("main a[href$='/edit/']").tap()
    phone.fill("[name=title]", f"村口{TITLE}")
    phone.locator("main form button[type=submit]").tap()
    phone.wait_for_url(PLEDGE)
    press(phone, "hand_in")
    officer.goto(pledge)
    press(officer, "pass")
    phone.goto(pledge)
    press(phone, "publish")

    anybody = visit("", f"/pledges/of/{body}/", **PHONE)
    anybody.locator("main a", has_text=TITLE).tap()
    expect(anybody.locator("main")).to_contain_text("0/6盏")
    paper = anybody.request.get(f"/pledges/of/{body}/notice.pdf")
    assert paper.ok and paper.body().startswith(b"%PDF")

    for _measure in range(2):  # two taps each: to one's pledges, and the button
        phone.goto("/pledges/mine/")
        mine = phone.locator("li.panel").filter(has=phone.locator("h2", has_text=TITLE))
        with phone.expect_navigation():
            mine.locator("form button").first.tap()
    phone.goto(pledge)
    phone.fill("[name=value]", "6")
    phone.fill("[name=words]", "6盏都亮了")
    with phone.expect_navigation():
        phone.locator("main form[action$='/progress/'] button", has_text="记入台账").tap()
    late = site.asked(
        "UPDATE pledges_pledge SET due_on = due_on - 31 WHERE id = %s RETURNING due_on", pledge.split("/")[2]
    )
    assert late == [(today - timedelta(days=1),)]
    phone.goto(pledge)
    phone.locator("main summary", has_text="销结").tap()
    phone.fill("[name=outcome]", EXPLAINED)
    press(phone, "keep_late")
    told = visit("", pledge.replace("/pledges/", "/pledges/public/"), lang="en")
    expect(told.locator("main")).to_contain_text(EXPLAINED)
    expect(told.locator(".pagehead .chip")).to_have_text("kept late")


def test_a_phone_shows_the_field_that_is_wrong(visit: Visit, site: Site) -> None:
    phone = visit(SECRETARY, f"/bodies/{body_of(site)}/pledges/new/", **PHONE)
    phone.fill("[name=title]", TITLE)
    phone.fill("[name=baseline]", "三")
    with phone.expect_navigation():
        phone.locator("main form button[type=submit]").tap()
    wrong = phone.locator("[name=baseline]")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    expect(phone.locator("#id_baseline_error")).to_be_in_viewport()
