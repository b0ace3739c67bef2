"""An officer lays the list of 2020 over that of 2018: from the file to the register and back, by keyboard and thumb."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gongjian.sample.names import credit_code

from . import site as sites
from .conftest import IN_TURN, LOCALES
from .listed_city import DIVISIONS
from .looking import HEIGHT, WIDE, flaws, overheard
from .site import Site
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("reconciling"), pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
BEFORE, AFTER = "2018-10-31", "2020-06-30"


@dataclass(frozen=True)
class Desk:
    """The site of the city of 2018, and the session by which its officer enters."""

    site: Site
    session: str
    home: Path


@pytest.fixture(scope="module")
def desk(chromium_path: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("reconciling")
    name = f"gongjian_reconciling_{worker_id}_{os.getpid()}"
    with sites.own_database(os.environ["DATABASE_URL"], name) as database:
        session = sites.raise_city(database, home, "listed_city")
        with sites.served(database, home) as address:
            yield Desk(Site(address, database), session, home)


@pytest.fixture
def opened(browser: Browser, desk: Desk) -> Iterator[BrowserContext]:
    context = entered(browser, desk, "zh-Hans")
    yield context
    context.close()


def entered(browser: Browser, desk: Desk, lang: str, **more: object) -> BrowserContext:
    context = browser.new_context(
        base_url=desk.site.address, locale=LOCALES[lang], reduced_motion="reduce",
        **{"viewport": {"width": WIDE, "height": HEIGHT}, **more},
    )  # fmt: skip
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "gongjian_session", "value": desk.session, "url": desk.site.address}])
    return context


def sent(page: Page, content: bytes | None = None, day: str = AFTER, *, goes_there: bool = True) -> str:
    """Send a list, 2020's if none is given; the path of its reconciliation."""
    if goes_there:
        page.goto("/reconciliations/")
    raw = content or (DIVISIONS / f"shaoxing-{AFTER}.csv").read_bytes()
    page.locator("input[type=file]").set_input_files({"name": f"{day}.csv", "mimeType": "text/csv", "buffer": raw})
    page.locator("[name=as_of]").fill(day)
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/reconciliations/(\d+|new)/$"))  # the old page is still there while the list is read
    return path_of(page)


def held(desk: Desk, code: str, day: str) -> tuple[int, str] | None:
    rows = desk.site.asked(
        "SELECT unit_id, name FROM register_unitentry WHERE code = %s AND valid @> %s::date", code, day
    )
    return rows[0] if rows else None


def decided(desk: Desk) -> int:
    return desk.site.asked("SELECT count(*) FROM register_finding WHERE decision <> 'open' AND NOT is_together")[0][0]


# == without writing anything ==
@pytest.mark.parametrize("lang", IN_TURN)
def test_no_page_of_a_reconciliation_has_a_flaw(browser: Browser, desk: Desk, lang: str) -> None:
    context = entered(browser, desk, lang)
    page = context.new_page()
    here = sent(page)
    half = (DIVISIONS / f"shaoxing-{AFTER}.csv").read_bytes().splitlines(keepends=True)
    asked = sent(page, b"".join(half[:500]), "2020-07-01")
    refused = b"code,name\n3306,\xe7\xbb\x8d\xe5\x85\xb4\xe5\xb8\x82\n3307,\xe9\x87\x91\xe5\x8d\x8e\xe5\xb8\x82\n"
    paths = [
        "/reconciliations/", here, asked, f"{here}findings/", f"{here}findings/?verdict=unknown&happened=new",
        f"{here}settle/", f"{here}settle/1/", f"{here}decisions/",
    ]  # fmt: skip
    found: dict[str, list[str]] = {}
    with overheard(page) as said:
        for path in paths:
            page.set_viewport_size({"width": WIDE, "height": HEIGHT})
            answer = page.goto(path)
            assert answer is not None and answer.ok, path
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            found[path] = flaws(page, lang)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        sent(page, refused, "2020-07-02")
        found["refused"] = flaws(page, lang)
    context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert said == []


CODES = [credit_code(number, department="91", region="330681") for number in (1, 2)]
BUSINESSES = f"""企业名称,统一社会信用代码,所在镇街,所在村社,经营地址
诸暨样例甲袜业有限公司,{CODES[0]},草塔镇,上下文村,草塔镇东路1号
诸暨样例乙袜业有限公司,,草塔镇,上旺村,草塔镇东路2号
诸暨样例丙袜业有限公司,{CODES[1]},草塔镇,无此村,草塔镇东路3号
诸暨样例丁袜业有限公司,{CODES[1]},大唐镇,,大唐镇西路4号
"""  # one is sure, one has no code, two claim the same


@pytest.mark.parametrize("lang", IN_TURN)
def test_no_page_of_a_list_of_businesses_has_a_flaw(browser: Browser, desk: Desk, lang: str) -> None:
    context = entered(browser, desk, lang)
    page = context.new_page()
    page.goto("/reconciliations/")
    page.locator("[name=kind]").select_option("firms")
    page.locator("[name=within]").select_option(label="诸暨市")
    here = sent(page, BUSINESSES.encode(), "2019-01-31", goes_there=False)
    doubtful = desk.site.asked(
        "SELECT number FROM register_finding WHERE reconciliation_id = %s::int ORDER BY number", here.split("/")[2]
    )
    assert len(doubtful) == 3
    paths = [here, f"{here}findings/", *(f"{here}settle/{number}/" for (number,) in doubtful)]
    found: dict[str, list[str]] = {}
    with overheard(page) as said:
        for path in paths:
            page.set_viewport_size({"width": WIDE, "height": HEIGHT})
            answer = page.goto(path)
            assert answer is not None and answer.ok, path
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            found[path] = flaws(page, lang)
    context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert said == []


def test_a_finding_is_decided_by_thumb_and_without_script(browser: Browser, desk: Desk) -> None:
    context = entered(browser, desk, "zh-Hans", viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sent(page)}settle/")
    at, before = path_of(page), decided(desk)
    page.locator("button[value=unknown]").click()
    assert path_of(page) != at and decided(desk) == before + 1
    page.locator("form[action$='/undo/'] button").click()
    assert path_of(page) == at and decided(desk) == before
    context.close()


def test_the_keys_are_turned_off_and_stay_off(opened: BrowserContext, desk: Desk) -> None:
    page = opened.new_page()
    page.goto(f"{sent(page)}settle/")
    before = decided(desk)
    page.locator("[data-keys]").click()
    expect(page.locator("[data-keys]")).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.keyboard.press("u")
    page.wait_for_timeout(300)
    assert decided(desk) == before


# == the whole way ==
def test_an_officer_reconciles_2020_with_2018_and_takes_it_back(opened: BrowserContext, desk: Desk) -> None:
    page = opened.new_page()
    here = sent(page)
    page.locator("form[action$='/accept/'] button").click()
    page.wait_for_load_state()
    expect(page.locator("form[action$='/accept/']")).to_have_count(0)

    page.locator("a[href$='/settle/']").first.click()
    page.wait_for_url("**/settle/*/")
    before = decided(desk)
    for key in ("Enter", "u", "Enter", "u", "Enter"):
        at = page.url
        page.keyboard.press(key)
        page.wait_for_url(lambda url, at=at: url != at)
    assert decided(desk) == before + 5
    page.keyboard.press("z")
    page.wait_for_load_state()
    expect(page.locator("[role=status] .notice")).to_have_count(1)
    assert decided(desk) == before + 4
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    at = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != at)
    page.keyboard.press("k")
    page.wait_for_url(at)
    page.keyboard.press("d")
    expect(page.locator("#id_number")).to_be_visible()
    assert held(desk, "330681005247", AFTER) is None  # nothing is in the register yet

    page.goto(here)
    page.locator("main details:has(form[action$='/apply/']) > summary").click()
    page.locator("form[action$='/apply/'] button").click()
    expect(page.locator("#reconciliation-job progress")).to_be_visible()
    sites.work_off(desk.site.database, desk.home)
    page.locator("#reconciliation-job .btn--main").click()
    page.locator("a[href$='/undo/']").wait_for()
    then, now = held(desk, "330681113264", BEFORE), held(desk, "330681005247", AFTER)
    assert then is not None and then == now == (then[0], "上下文村")
    page.goto(f"/units/{then[0]}/?on={BEFORE}")
    expect(page.locator("h1")).to_have_text("上下文村")
    expect(page.locator(".crumbs")).to_contain_text("草塔镇")
    page.goto(f"/units/{then[0]}/?on={AFTER}")
    expect(page.locator(".crumbs")).to_contain_text("大唐街道")

    page.goto(f"{here}undo/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{here}")
    assert held(desk, "330681005247", AFTER) is None
    assert held(desk, "330681113264", AFTER) == then
