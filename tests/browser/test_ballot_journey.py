"""A poll from its draft to a result that a second person checks alone: everybody does their part in the browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from verivote import receipt

from .clock import Clock
from .conftest import Enter
from .looking import flaws
from .polling import PHONE, Apart, at, cast, choose, download, fill, hand_in, press, save_receipt
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TITLE = "季度之星（走一遍）"
KEEPER, VOTER = "city-organiser", "county-union-chair"
HOLDERS, OBSERVERS = ("甲", "乙", "丙"), ("监票一", "监票二")
LINES = "01，样例支部一，，诸暨市\n02，样例支部二，，越城区\n03，样例支部三，，柯桥区\n04，样例支部四，，上虞区"


def test_a_poll_goes_its_whole_way_and_a_second_person_checks_it_alone(
    enter: Enter, clock: Clock, site: Site, tmp_path: Path
) -> None:
    apart = Apart.at(tmp_path / "apart")
    page = enter(KEEPER, "/ballots/")
    opens = clock.now() + timedelta(minutes=10)
    closes = opens + timedelta(minutes=45)

    # The keeper prepares it: title and window, candidates, the roll from the register.
    page.locator("a[href^='/bodies/'][href$='/ballots/new/']").first.click()
    page.locator("[name=kind]").select_option("recommendation")
    fill(
        page, title=TITLE, opens_at=at(opens), closes_at=at(closes), draw="样例：双色球红球",
        draw_held_after=at(closes + timedelta(minutes=1)), weight="0", objection_days="7",
    )  # fmt: skip
    ((poll, ref),) = site.asked("SELECT id, ref FROM ballots_poll WHERE title = %s", TITLE)
    own = f"/ballots/{poll}/"
    page.locator("a[href$='/groups/new/']").click()
    fill(page, title="组织", least="1", most="2", candidates=LINES, places="1", reserves="1", cap="0")
    page.locator(f"a[href='{own}roll/']").click()
    page.locator("form[action$='/roll/draw-up/'] .btn--main").click()
    ((name,),) = site.asked("SELECT p.name FROM register_person p JOIN accounts_user u ON u.id = p.account_id "
                            "WHERE u.username = %s", f"sample-{VOTER}")  # fmt: skip
    page.goto(f"{own}roll/?name={name}")
    press(page, "/roll/put-on/" + str(site.asked(
        "SELECT p.id FROM register_person p JOIN accounts_user u ON u.id = p.account_id WHERE u.username = %s",
        f"sample-{VOTER}")[0][0]) + "/")  # fmt: skip

    # Three make the key apart, two observers theirs; then everything is frozen.
    public = apart.keygen(*HOLDERS)
    page.goto(f"{own}key/")
    page.locator("input[type=file]").set_input_files(public)
    page.locator("form[enctype] .btn--main").click()
    for observer in OBSERVERS:
        page.locator("details:has([name=is_by_lot]) summary").click()
        page.locator("[name=name]").fill(observer)
        page.locator("[name=key]").fill(apart.observer_key(observer))
        if observer == OBSERVERS[0]:
            page.locator("[name=is_by_lot]").check()
        press(page, "/observers/")
    press(page, "/ready/")
    assert flaws(page, "zh-Hans") == []
    entry = page.request.get(f"/polls/{ref}/log.json").json()["entry"]
    assert entry["rules"]["title"] == TITLE and entry["rules"]["roll"]["voters"] >= 20

    # It opens; a voter casts on a phone, casts again, and sees that it is there. Another has no script.
    voter = enter(VOTER, f"/vote/{ref}/", **PHONE)
    expect(voter.locator("#ballot")).to_have_count(0)
    clock.pass_until(opens)
    voter.goto("/")
    voter.locator(f"a[href='/vote/{ref}/']").first.tap()
    choose(voter, "g1", ["03"])
    save_first = cast(voter)
    save_receipt(voter, tmp_path / "first.json")
    voter.locator("a", has_text="重投").tap()
    choose(voter, "g1", ["01", "02"])
    assert cast(voter) != save_first
    assert flaws(voter, "zh-Hans") == []
    save_receipt(voter, tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    receipt.check(told, entry)
    voter.locator('[data-receipt="check"]').tap()
    expect(voter.locator(".notice--ok")).to_contain_text("在日志里")
    page.goto(f"{own}opening/")
    expect(page.locator("form[action$='/counting.zip']")).to_have_count(0)

    # It closes; two holders bring their parts together on the machine apart.
    clock.pass_until(closes)
    voter.goto(f"/vote/{ref}/")
    expect(voter.locator("#ballot")).to_have_count(0)
    kept_head = page.request.get(f"/polls/{ref}/log.json").json()["heads"][-1]
    page.reload()
    download(page, "form[action$='/counting.zip'] button", apart.folder / "counting.zip")
    apart.run("count", "counting.zip", "key/AB.key", typed=HOLDERS[:2], to="result.json")
    hand_in(page, "tally", apart.folder / "result.json")
    clock.pass_until(closes + timedelta(minutes=1))
    page.locator("[name=drawn]").fill("03 07 12 19 25 31")
    press(page, "/opening/draw/")

    # Observers recount with two other holders, check and sign; the keeper publishes.
    download(page, "a[href$='/to-sign.zip']", apart.folder / "to-sign.zip")
    for observer, key, pair in ((OBSERVERS[0], "AC", (0, 2)), (OBSERVERS[1], "BC", (1, 2))):
        typed = tuple(HOLDERS[each] for each in pair)
        again = apart.run("count", "counting.zip", f"key/{key}.key", "--bundle", "to-sign.zip", typed=typed)
        assert again == (apart.folder / "result.json").read_text()
        apart.run("sign", "to-sign.zip", f"{observer}.key", typed=(observer,), to="signature.json")
        hand_in(page, "signature", apart.folder / "signature.json")
    press(page, "/opening/publish/")
    assert site.asked("SELECT state FROM ballots_poll WHERE id = %s", poll) == [("published",)]

    # A second person has the bundle, the page, a head and the receipt: nothing of the site.
    other = enter("", f"/polls/{ref}/")
    expect(other.locator("main")).to_contain_text("样例支部一")
    second = Apart.at(tmp_path / "second")
    bundle = download(other, "a[href$='/bundle.zip']", second.folder / "bundle.zip")
    verifier = download(other, "a[href$='/verify.html']", second.folder / "verify.html")
    (second.folder / "head.json").write_text(json.dumps(kept_head))
    second.run("verify", "bundle.zip", "--head", "head.json")
    for each in ("first.json", "receipt.json"):
        second.run("check-receipt", tmp_path / each, "bundle.zip")
    other.context.set_offline(True)
    other.goto(verifier.as_uri())
    other.locator("#files").set_input_files([bundle])
    other.locator("#receipt").fill(receipt.to_text(told))
    other.locator("#check").click()
    expect(other.locator("#report .notice--ok strong")).to_have_text(re.compile(r"\d+项都对得上"), timeout=30_000)
    expect(other.locator("tr[data-ok=false]")).to_have_count(0)
    expect(other.locator("#report")).to_contain_text(TITLE)
