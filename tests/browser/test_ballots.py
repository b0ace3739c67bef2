"""A ballot on a phone: sealed on the device, cast, cast again, its receipt; and a result that somebody else checks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from verivote import receipt, verify

from .conftest import Visit
from .looking import flaws
from .polling import PHONE, cast, choose, save_receipt
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHAIR = "county-union-chair"


def test_a_ballot_is_sealed_on_the_phone_cast_and_cast_again(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = visit(CHAIR, "/", **PHONE)
    page.locator("a", has_text="去投票").first.tap()
    page.wait_for_url(re.compile(r"/vote/\w+/$"))
    ((entry,),) = site.asked("SELECT entry FROM ballots_poll WHERE state = 'open' AND basis = ''")
    expect(page.locator("#why")).to_contain_text("还差3个")
    choose(page, "org", ["07", "12", "15", "18"])
    expect(page.locator("#why")).to_contain_text("多选了1个")
    choose(page, "org", ["18"])
    expect(page.locator("#why")).to_contain_text("数目正好")
    assert flaws(page, "zh-Hans") == []
    first = cast(page)
    assert flaws(page, "zh-Hans") == []
    save_receipt(page, tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    receipt.check(told, entry)
    assert receipt.number(told) == first
    page.locator("a", has_text="重投").tap()
    choose(page, "org", ["23", "29", "07"])
    second = cast(page)
    assert second != first
    rows = site.asked("SELECT channel, encode(leaf, 'hex'), octet_length(earlier) FROM ballots_envelope e "
                      "JOIN ballots_poll p ON p.id = e.poll_id WHERE p.state = 'open' AND p.basis = ''")  # fmt: skip
    assert [(channel, earlier) for channel, _leaf, earlier in rows] == [("web", 32)]
    page.locator('[data-receipt="check"]').tap()
    expect(page.locator(".notice--ok")).to_contain_text("在日志里")


def test_a_second_person_checks_a_result_from_the_bundle_alone(visit: Visit, site: Site, tmp_path: Path) -> None:
    ((ref,),) = site.asked("SELECT ref FROM ballots_poll WHERE state = 'published' ORDER BY id LIMIT 1")
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
