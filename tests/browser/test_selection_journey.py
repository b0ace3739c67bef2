"""From a deed that a stranger recommends to a published selection that a second person works out from one file."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from verivote import receipt

from .clock import Clock
from .conftest import Enter
from .looking import flaws
from .polling import PHONE, Apart, at, cast, choose, download, fill, hand_in, press, save_receipt
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ROOT = Path(__file__).resolve().parents[2]
KEEPER, ABOVE, BELOW, VOTER = "city-organiser", "town-officer", "village-secretary", "county-union-chair"
HOLDERS, OBSERVERS = ("甲", "乙", "丙"), ("监票一", "监票二")
STORY = "样例：台风那晚，在村口守到天亮，把十二位老人一位一位送到小学。"
TITLE = "样例每月之星（走一遍）"


def test_from_a_deed_to_a_result_that_a_second_person_works_out_alone(
    enter: Enter, clock: Clock, site: Site, tmp_path: Path
) -> None:
    village = site.asked(
        "SELECT o.body_id FROM register_office o JOIN register_person p ON p.id = o.person_id "
        "JOIN accounts_user u ON u.id = p.account_id WHERE u.username = 'sample-village-secretary' LIMIT 1"
    )[0][0]
    stranger, below, above = (
        enter("", "/deeds/", **PHONE),
        enter(BELOW, "/deeds/waiting/"),
        enter(ABOVE, "/deeds/waiting/"),
    )

    # A stranger recommends; the organisation checks, asks and keeps the consent; the one above selects and shows.
    stranger.locator("a.btn--main[href='/deeds/recommend/']").tap()
    stranger.wait_for_url("**/deeds/recommend/")
    stranger.goto(f"/bodies/{village}/deeds/new/")
    recommend(stranger, "other", "样例：台风夜送老人", name="样例人一")
    expect(stranger.locator("main")).not_to_contain_text("样例人一")
    assert flaws(stranger, "zh-Hans") == []
    own = [
        ("other_by_body", "修好三座桥", "样例人二"),
        ("body_by_body", "巡河三年", ""),
        ("body_by_body", "代办到家", ""),
    ]
    for whose, title, name in own:
        below.goto(f"/bodies/{village}/deeds/new/")
        recommend(below, whose, f"样例：{title}", name=name)
    deeds = site.asked('SELECT id, "of", state FROM deeds_deed WHERE body_id = %s ORDER BY id DESC LIMIT 4', village)
    for id, of, state in reversed(deeds):
        below.goto(f"/deeds/{id}/")
        if state == "sent":
            below.locator("button[value=check]").click()
        if of == "person":
            below.locator("[name=kept_where]").fill("支部办公室2号柜")
            below.locator("button[value=paper]").click()
        above.goto(f"/deeds/{id}/")
        above.locator("button[value=select]").click()
        above.locator("button[value=show]").click()
    stranger.reload()
    stranger.locator("main a.btn--main").tap()
    expect(stranger.locator("main")).to_contain_text("样例人一")
    assert flaws(stranger, "zh-Hans") == flaws(above, "zh-Hans") == []

    # The city prepares a selection by rules of the pack, takes them in, and holds the poll.
    page = enter(KEEPER, "/selections/")
    page.locator("a[href^='/bodies/'][href$='/selections/new/']").first.click()
    page.locator("main [name=rule]").select_option("month_small")
    fill(page, title=TITLE)
    ((selection,),) = site.asked("SELECT id FROM selections_selection WHERE title = %s", TITLE)
    own = f"/selections/{selection}/"
    press(page, f"{own}move/")
    page.goto(f"{own}propose/")
    for id, _of, _state in deeds:
        page.locator(f"form:has([name=deed][value='{id}']) button").click()
        page.wait_for_load_state()
    opens = clock.now() + timedelta(minutes=10)
    closes = opens + timedelta(minutes=45)
    page.goto(f"{own}poll/")
    fill(
        page, opens_at=at(opens), closes_at=at(closes), draw="样例：双色球红球", weight="0", objection_days="7",
        draw_held_after=at(closes + timedelta(minutes=1)),
    )  # fmt: skip
    poll, ref, basis = site.asked(
        "SELECT p.id, p.ref, s.basis FROM selections_selection s JOIN ballots_poll p ON p.id = s.poll_id "
        "WHERE s.id = %s", selection)[0]  # fmt: skip
    apart = prepare(page, f"/ballots/{poll}/", site, tmp_path)
    entry = page.request.get(f"/polls/{ref}/log.json").json()["entry"]
    assert entry["rules"]["basis"] == basis and entry["rules"]["weight"] == 0
    everybody = enter("", own)
    expect(everybody.locator("main")).to_contain_text(basis)
    assert flaws(everybody, "zh-Hans") == []

    # A voter casts on a phone and keeps the receipt; the poll is closed, counted, signed and published.
    clock.pass_until(opens)
    voter = enter(VOTER, f"/vote/{ref}/", **PHONE)
    choose(voter, "org", ["01"])
    choose(voter, "per", ["03", "04"])
    cast(voter)
    save_receipt(voter, tmp_path / "receipt.json")
    receipt.check(json.loads((tmp_path / "receipt.json").read_text()), entry)
    page.goto(own)
    expect(page.locator("main button[value=carry_out]")).to_have_count(0)
    clock.pass_until(closes + timedelta(minutes=1))
    count(page, f"/ballots/{poll}/", apart)

    # The rules are carried out, notice is given; the panel decides, and it is published.
    page.goto(own)
    page.locator("button[value=carry_out]").click()
    expect(everybody.locator("main")).not_to_contain_text("由哪条规则决定")
    page.locator("button[value=give_notice]").click()
    everybody.reload()
    expect(everybody.locator("main")).to_contain_text("按票数，并符合全部规则")
    assert flaws(everybody, "zh-Hans") == flaws(page, "zh-Hans") == []
    site.asked(
        "UPDATE selections_selection SET notice_on = current_date - 9, notice_until = current_date - 2 WHERE id = %s "
        "RETURNING id", selection)  # the working days of the notice go by  # fmt: skip
    page.goto(f"{own}decide/")
    fill(page, panel="样例评审组")
    page.locator("button[value=publish]").click()
    assert site.asked("SELECT state FROM selections_selection WHERE id = %s", selection) == [("published",)]
    assert len(site.asked("SELECT id FROM deeds_star WHERE ground = %s", TITLE)) == 3

    # A second person has one file, the receipt, and two packages that know nothing of the site.
    everybody.goto(own)
    second = Apart.at(tmp_path / "second")
    download(everybody, "a[href$='/selection.zip']", second.folder / "selection.zip")
    with zipfile.ZipFile(second.folder / "selection.zip") as both:
        both.extractall(second.folder)
    second.run("verify", "poll.zip")
    second.run("check-receipt", tmp_path / "receipt.json", "poll.zip")
    assert worked_out(second.folder / "selection.zip") == 0
    told = json.loads((second.folder / "selection.json").read_text(encoding="utf-8"))
    told["result"][0]["outcome"] = "reserve"
    (second.folder / "forged.json").write_text(json.dumps(told), encoding="utf-8")
    assert worked_out(second.folder / "forged.json", second.folder / "poll.zip") == 1


def recommend(page: Page, whose: str, title: str, *, name: str) -> None:
    page.locator(f"[name=whose][value={whose}]").check()
    day = page.evaluate("new Date().toISOString().slice(0, 10)")
    fill(page, title=title, story=STORY + title, name=name, done_on=f"{day[:8]}01")
    assert "/deeds/told/" in page.url


def prepare(page: Page, own: str, site: Site, folder: Path) -> Apart:
    """Roll, key and observers; then rules, roll and key are frozen."""
    apart = Apart.at(folder / "apart")
    page.goto(f"{own}roll/")
    page.locator("form[action$='/roll/draw-up/'] .btn--main").click()
    ((id, name),) = site.asked("SELECT p.id, p.name FROM register_person p JOIN accounts_user u ON u.id = p.account_id "
                               "WHERE u.username = %s", f"sample-{VOTER}")  # fmt: skip
    page.goto(f"{own}roll/?name={name}")
    press(page, f"/roll/put-on/{id}/")
    page.goto(f"{own}key/")
    page.locator("input[type=file]").set_input_files(apart.keygen(*HOLDERS))
    page.locator("form[enctype] .btn--main").click()
    for observer in OBSERVERS:
        page.locator("details:has([name=is_by_lot]) summary").click()
        page.locator("[name=name]").fill(observer)
        page.locator("[name=key]").fill(apart.observer_key(observer))
        if observer == OBSERVERS[0]:
            page.locator("[name=is_by_lot]").check()
        press(page, "/observers/")
    press(page, "/ready/")
    return apart


def count(page: Page, own: str, apart: Apart) -> None:
    """Two holders open, the draw is told, two observers sign, and it is published."""
    page.goto(f"{own}opening/")
    download(page, "form[action$='/counting.zip'] button", apart.folder / "counting.zip")
    apart.run("count", "counting.zip", "key/AB.key", typed=HOLDERS[:2], to="result.json")
    hand_in(page, "tally", apart.folder / "result.json")
    page.locator("[name=drawn]").fill("03 07 12 19 25 31")
    press(page, "/opening/draw/")
    download(page, "a[href$='/to-sign.zip']", apart.folder / "to-sign.zip")
    for observer in OBSERVERS:
        apart.run("sign", "to-sign.zip", f"{observer}.key", typed=(observer,), to="signature.json")
        hand_in(page, "signature", apart.folder / "signature.json")
    press(page, "/opening/publish/")


def worked_out(*files: Path) -> int:
    return subprocess.run([sys.executable, "-m", "quotas", *map(str, files)], cwd=ROOT, capture_output=True).returncode
