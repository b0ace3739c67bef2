"""A ballot on a phone: sealed on the device, cast, cast again, its receipt; and a result that somebody else checks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from verivote import receipt, verify

from .conftest import Visit
from .looking import flaws
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
CHAIR = "county-union-chair"


def choose(page: Page, numbers: list[str]) -> None:
    for number in numbers:
        page.locator(f'input[name="org"][value="{number}"]').tap()


def cast(page: Page) -> str:
    """The number of the receipt."""
    page.locator("#cast").tap()
    card = page.locator("#cast-receipt")
    expect(card).to_be_visible()
    number = card.locator('[data-receipt="number"]').inner_text()
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", number)
    return number


def test_a_ballot_is_sealed_on_the_phone_cast_and_cast_again(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = visit(CHAIR, "/", **PHONE)
    page.locator("a", has_text="去投票").first.tap()
    page.wait_for_url(re.compile(r"/vote/\w+/$"))
    ((entry,),) = site.asked("SELECT entry FROM ballots_poll WHERE state = 'open'")
    expect(page.locator("#why")).to_contain_text("还差3个")
    choose(page, ["07", "12", "15", "18"])
    expect(page.locator("#why")).to_contain_text("多选了1个")
    choose(page, ["18"])
    expect(page.locator("#why")).to_contain_text("数目正好")
    assert flaws(page, "zh-Hans") == []
    first = cast(page)
    assert flaws(page, "zh-Hans") == []
    with page.expect_download() as saved:
        page.locator('[data-receipt="save"]').tap()
    saved.value.save_as(tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    receipt.check(told, entry)
    assert receipt.number(told) == first
    page.locator("a", has_text="重投").tap()
    choose(page, ["23", "29", "07"])
    second = cast(page)
    assert second != first
    rows = site.asked("SELECT channel, encode(leaf, 'hex'), octet_length(earlier) FROM ballots_envelope e "
                      "JOIN ballots_poll p ON p.id = e.poll_id WHERE p.state = 'open'")  # fmt: skip
    assert [(channel, earlier) for channel, _leaf, earlier in rows] == [("web", 32)]
    page.locator('[data-receipt="check"]').tap()
    expect(page.locator(".notice--ok")).to_contain_text("在日志里")


def test_a_second_person_checks_a_result_from_the_bundle_alone(visit: Visit, site: Site, tmp_path: Path) -> None:
    ((ref,),) = site.asked("SELECT ref FROM ballots_poll WHERE state = 'published'")
    page = visit("", f"/polls/{ref}/", **PHONE)
    assert flaws(page, "zh-Hans") == []
    for name, path in (("bundle.zip", f"/polls/{ref}/bundle.zip"), ("verify.html", "/polls/verify.html")):
        answer = page.request.get(site.address + path)
        (tmp_path / name).write_bytes(answer.body())
    assert verify.verify(str(tmp_path / "bundle.zip")).failed == []
    page.goto((tmp_path / "verify.html").as_uri())
    page.locator("input[type=file]").first.set_input_files(tmp_path / "bundle.zip")
    page.locator("button", has_text="核对").last.click()
    expect(page.locator("main")).to_contain_text("闪光言行之星", timeout=30_000)
