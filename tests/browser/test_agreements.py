"""On a phone: a wage agreement from the demand to its publication, voted down once on the way, and its renewal."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import Visit
from .site import ROOT, Site, environment
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
CHAIR = "county-union-chair"
BACK = 120  # days that the demand lies back
SUMMARY = "一线岗位工资上调百分之六，加班工资按法定标准。"
NIGHT = """
import django; django.setup()
from django.utils import timezone
from gongjian.agreements.watching import look_after
look_after(timezone.localdate(), timezone.now())
"""


def the_night_goes_by(site: Site, home: Path) -> None:
    given = {"cwd": ROOT, "env": environment(site.database, home), "check": True, "timeout": 120}
    subprocess.run([sys.executable, "-c", NIGHT], **given)


def a_free_employer(site: Site) -> str:
    """The name of an enterprise with a union of its own and no agreement."""
    found = site.asked(
        "SELECT e.name FROM register_cover c JOIN register_body b ON b.id = c.body_id AND b.line_id = 'union'"
        " JOIN register_unitentry e ON e.unit_id = c.unit_id AND e.kind_id = 'enterprise' AND e.valid @> current_date"
        " WHERE c.valid @> current_date AND b.line_path <> '' AND NOT EXISTS"
        " (SELECT FROM agreements_agreement a WHERE a.employer_id = c.unit_id) ORDER BY e.unit_id DESC LIMIT 1"
    )
    return str(found[0][0])


def begin(page: Page, verb: str) -> None:
    """The main button of the agreement's page is the step that is owed."""
    page.locator(f".pagehead a.btn--main[href$='/do/{verb}/']").tap()
    page.wait_for_url(re.compile(f"/do/{verb}/$"))


def take(page: Page, verb: str, on: date, **typed: str) -> None:
    begin(page, verb)
    for name, value in typed.items():
        page.fill(f"main [name={name}]", value)
    page.fill("main [name=on]", on.isoformat())
    page.locator("main form button[value=do]").tap()
    page.wait_for_url(re.compile(r"/agreements/\d+/$"))


def vote(page: Page, on: date, yes: int, no: int) -> None:
    take(page, "vote", on, present="50", women="20", yes=str(yes), no=str(no), abstained="0")


def write_draft(page: Page, on: date) -> None:
    begin(page, "draft")
    for area in page.locator("main form textarea").all():
        if not area.input_value():
            area.fill("按双方议定的执行")
    page.fill("main [name=on]", on.isoformat())
    page.locator("main form button[value=do]").tap()
    page.wait_for_url(re.compile(r"/agreements/\d+/$"))


def test_from_the_demand_to_publication_voted_down_once_and_renewed(visit: Visit, site: Site, home: Path) -> None:
    today = timezone.localdate()
    day = today - timedelta(days=BACK)
    phone = visit(CHAIR, "/agreements/", **PHONE)
    phone.locator(".pagehead a[href$='/agreements/new/']").first.tap()
    phone.wait_for_url(re.compile(r"/agreements/new/$"))
    demand = path_of(phone)
    employer = a_free_employer(site)
    phone.fill("[name=employer]", employer)
    phone.fill("main [name=on]", day.isoformat())
    phone.locator("main form button[type=submit]").tap()
    phone.wait_for_url(re.compile(r"/agreements/\d+/$"))
    page = path_of(phone)
    expect(phone.locator(".pagehead .chip")).to_have_text("已要约，待答复")

    take(phone, "answer", day, words="愿意协商")
    take(phone, "name", day, workers="工会主席\n缝制车间工人\n财务科职工", employer="总经理\n人事经理\n生产经理")
    take(phone, "call", day, meets_on=day.isoformat(), papers_on=(day - timedelta(days=7)).isoformat())
    take(phone, "meet", day)
    write_draft(phone, day)

    # More votes than were present: a sentence, and what was typed stands there still.
    begin(phone, "vote")
    for name, value in {"present": "50", "yes": "51", "no": "0", "abstained": "0", "on": day.isoformat()}.items():
        phone.fill(f"main [name={name}]", value)
    phone.locator("main form button[value=do]").tap()
    expect(phone.locator(".notice--late")).to_contain_text("共51票，而到会只有50人")
    expect(phone.locator("[name=present]")).to_have_value("50")
    phone.goto(page)
    vote(phone, day, 30, 20)  # half of all 60 is not more than half
    expect(phone.locator(".pagehead .chip")).to_have_text("待重新协商")
    write_draft(phone, day)
    vote(phone, day, 31, 19)
    take(phone, "sign", day, until=(day + timedelta(days=200)).isoformat())
    take(phone, "file", day)

    the_night_goes_by(site, home)
    phone.goto(page)
    expect(phone.locator(".pagehead .chip")).to_contain_text("待公布")
    take(phone, "publish", day + timedelta(days=17), summary=SUMMARY)
    anybody = visit("", "/agreements/public/", **PHONE)
    anybody.goto(f"/agreements/public/{page.split('/')[2]}/")
    expect(anybody.locator("main")).to_contain_text(SUMMARY)
    expect(anybody.locator("main")).not_to_contain_text("缝制车间工人")

    # Eighty days are left: the night asks for the renewal, and the ask leads to the demand.
    the_night_goes_by(site, home)
    phone.goto("/asks/")
    phone.locator("main a", has_text="为本合同期满后提出协商要约").first.click()
    expect(phone.locator(f"main a[href='{demand}']").first).to_be_visible()
    phone.goto(demand)
    phone.fill("[name=employer]", employer)
    phone.locator("main form button[type=submit]").tap()
    phone.wait_for_url(re.compile(r"/agreements/\d+/$"))
    expect(phone.locator("main dl").first).to_contain_text("续签自")
    assert path_of(phone) != page
