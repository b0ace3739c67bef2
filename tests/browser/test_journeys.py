"""A few whole ways through the site, as the people go who use it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from .conftest import Visit
from .files import GBK
from .site import Site
from .walking import check, choose_day, path_of, send, write

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AT_ONCE = 50
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


def heading(page: Page) -> str:
    return page.locator("h1").inner_text().strip()


def names(page: Page) -> list[str]:
    """What stands first in each row of the list."""
    return [name.strip() for name in page.locator("main table tbody th a").all_inner_texts()]


# == the secretary of a village, by thumb ==
def test_a_village_secretary_looks_back_with_one_thumb(visit: Visit) -> None:
    page = visit("", "/", **PHONE)
    page.locator("a[href$='/enter/village-secretary/']").tap()
    expect(page.locator("main h2 a").first).to_contain_text("上下文村")
    page.locator(".bottombar a[href='/mine/']").tap()
    assert heading(page) == "上下文村"
    expect(page.locator(".crumbs")).to_contain_text("大唐街道")

    page.locator(".asof summary").tap()
    page.locator("#day").fill("2018-10-31")
    page.locator(".asof button[type=submit]").tap()
    page.wait_for_url("**on=2018-10-31*")
    assert heading(page) == "上下文村"
    expect(page.locator(".where--past .crumbs")).to_contain_text("草塔镇")
    expect(page.locator(".notice--past").first).to_contain_text("大唐街道")

    page.locator(".bottombar a[href*='/search/']").tap()
    page.locator("main input[name=q]").fill("sxwc")
    page.locator("main form button").tap()
    page.wait_for_url("**q=sxwc*")
    assert "on=2018-10-31" in page.url
    expect(page.locator(".answers").first).to_contain_text("上下文村")
    page.locator(".answers a[href*='/bodies/']").first.tap()
    expect(page.locator("h1")).to_contain_text("上下文村")
    page.locator(".notice--past a").first.tap()
    expect(page.locator(".where--past")).to_have_count(0)
    assert "on=" not in page.url


def test_on_a_phone_nothing_waits_for_a_mouse_to_hover(visit: Visit) -> None:
    page = visit("village-secretary", "/mine/", **PHONE)
    for entry in page.locator(".bottombar a").all():
        expect(entry).to_be_in_viewport()


# == the organiser, at a desk ==
def test_the_tree_of_the_territory_fetches_a_branch_once_and_fifty_at_a_time(visit: Visit, site: Site) -> None:
    crowded, name, below = site.asked(
        "SELECT unit_id, name, (SELECT count(*) FROM register_unitentry child WHERE child.parent_id = entry.unit_id"
        " AND child.valid @> current_date) AS below FROM register_unitentry entry"
        " WHERE valid @> current_date ORDER BY below DESC LIMIT 1"
    )[0]
    assert AT_ONCE < below < 2 * AT_ONCE
    page = visit("city-organiser", f"/territory/{crowded}/")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/below/" in request.url else None)
    button = page.get_by_role("button", name=re.compile(name))
    branch = page.locator(f"#{button.get_attribute('aria-controls')}")
    expect(branch).to_be_hidden()

    button.click()
    expect(branch.locator(":scope > li .tree__row")).to_have_count(AT_ONCE)
    expect(page.locator("#live")).to_contain_text(str(AT_ONCE))
    assert len(fetched) == 1
    button.click()
    expect(branch).to_be_hidden()
    button.click()
    expect(branch).to_be_visible()
    assert len(fetched) == 1  # shown again, not fetched again

    branch.locator(":scope > li > a").click()
    expect(branch.locator(":scope > li .tree__row")).to_have_count(below)
    assert len(fetched) == 2


@pytest.mark.parametrize(("walk", "top"), [("/line/union/", "绍兴市总工会"), ("/leadership/", "中共绍兴市委员会")])
def test_a_walk_leads_from_the_top_down_and_back_up(visit: Visit, walk: str, top: str) -> None:
    page = visit("city-organiser", walk)
    if heading(page) != top:
        page.locator("main table").get_by_role("link", name=top, exact=True).click()
    assert heading(page) == top
    first = names(page)[0]
    page.locator("main table tbody th a").first.click()
    assert heading(page) == first
    expect(page.locator(".tree [aria-current=page]")).to_contain_text(first)
    page.locator(".crumbs a").last.click()
    assert heading(page) == top


def test_a_list_is_filtered_sorted_paged_and_its_excel_holds_the_same_rows(visit: Visit, tmp_path) -> None:
    page = visit("city-organiser", "/units/")
    page.locator("main [name=text]").fill("机械")
    page.locator("main details summary").click()
    page.locator("main [name=level]").select_option("employer")
    page.locator("main details button").click()
    page.wait_for_url("**level=employer*")
    expect(page.locator(".tags .tag")).to_have_count(2)
    page.locator("a.sort[href*='sort=staff'], a.sort[href*='sort=-staff']").first.click()
    page.wait_for_url(re.compile("sort=-?staff"))

    listed = names(page)
    while page.locator("a[rel=next]").count():
        assert len(names(page)) == AT_ONCE
        page.locator("a[rel=next]").click()
        page.wait_for_load_state()
        listed += names(page)
    assert len(listed) == len(set(listed)) > AT_ONCE

    with page.expect_download() as download:
        page.locator("a[href*='units.xlsx']").click()
    download.value.save_as(tmp_path / "units.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "units.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == listed


def test_a_file_of_a_county_is_checked_written_and_taken_back(visit: Visit, site: Site) -> None:
    def standing() -> list[str]:
        rows = site.asked(
            "SELECT name FROM register_unitentry WHERE name LIKE '路上%%' AND valid @> current_date ORDER BY name"
        )
        return [name for (name,) in rows]

    page = visit("city-organiser", "/")
    page.locator("main a[href='/imports/']").click()
    send(page, "新增单位.csv", GBK)
    chosen = page.locator("select").evaluate_all("all => all.map((each) => each.value)")
    assert chosen == ["parent_name", "name", "kind", "staff"]
    draft = check(page)
    problem = page.locator("tbody[id^='row-']")
    expect(problem).to_have_count(1)
    expect(problem).to_contain_text("一百二十")
    assert standing() == []

    write(page)
    assert standing() == ["路上企业31", "路上企业32"]
    page.get_by_role("link", name="路上企业31").click()
    assert heading(page) == "路上企业31"

    page.goto(f"{draft}undo/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{draft}")
    assert standing() == []


def test_a_row_is_mended_in_place_and_then_written(visit: Visit, site: Site) -> None:
    page = visit("city-organiser", "/")
    send(page, "要改一行.csv", GBK.replace("路上".encode("gbk"), "改好".encode("gbk")))
    check(page)
    form = page.locator("tbody[id^='row-'] form[hx-post]")
    form.locator("input.input").fill("120")
    form.locator("button").click()
    row = page.locator("tbody[id^='row-']")
    expect(row.locator(".chip--ok")).to_be_visible()
    expect(row.locator(":focus")).to_have_count(1)
    expect(page.locator("#import-findings .notice--ok")).to_be_visible()  # came beside the row
    write(page)
    rows = site.asked("SELECT count(*) FROM register_unitentry WHERE name LIKE '改好%%' AND valid @> current_date")
    assert rows == [(3,)]
    page.goto(f"{path_of(page)}undo/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


# == anybody ==
def test_the_language_is_changed_on_the_page_one_is_on(visit: Visit) -> None:
    page = visit("village-secretary", "/mine/?on=2018-10-31")
    at = page.url
    assert "/units/" in at
    page.locator(".foot button").click()
    page.wait_for_load_state()
    assert (page.url, page.locator("html").get_attribute("lang")) == (at, "en")
    expect(page.locator("h1 [lang=zh-Hans]")).to_have_text("上下文村")
    page.locator(".foot button").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_day_stays_in_the_address_of_every_link_on_a_page(visit: Visit) -> None:
    page = visit("city-organiser", "/territory/")
    choose_day(page, "2018-10-31")
    paths = page.locator("a[href^='/']").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
    assert [path for path in paths if "on=2018-10-31" not in path] == []


# == the officer who merges two villages ==
def test_an_officer_merges_a_village_looks_at_what_it_brings_and_takes_it_back(visit: Visit, site: Site) -> None:
    village, name, parent = site.asked(
        "SELECT unit_id, name, parent_id FROM register_unitentry entry WHERE valid @> current_date"
        " AND kind_id = 'village' AND EXISTS (SELECT FROM register_unitentry firm WHERE firm.parent_id = entry.unit_id"
        " AND firm.valid @> current_date) ORDER BY unit_id DESC LIMIT 1"
    )[0]
    into, other = site.asked(
        "SELECT unit_id, name FROM register_unitentry WHERE valid @> current_date AND parent_id = %s"
        " AND kind_id = 'village' AND unit_id <> %s ORDER BY unit_id LIMIT 1",
        parent,
        village,
    )[0]
    page = visit("city-organiser", f"/units/{village}/")
    page.get_by_role("link", name="并入另一个").click()
    page.get_by_label("并入哪个").fill(f"{other} [{into}]")
    page.get_by_role("button", name="先看会牵动什么").click()
    expect(page.locator(".lede b")).to_have_text(other)
    expect(page.locator("main table").first).to_contain_text("企业")
    page.get_by_text("添上文件").click()
    page.get_by_label("文号").fill("样例发〔2026〕1号")
    page.get_by_role("button", name=re.compile("起办理")).click()
    page.wait_for_url("**/changes/*/")
    expect(page.locator("main dl")).to_contain_text("样例发〔2026〕1号")
    done = page.url

    page.goto(page.url.split("/changes/")[0] + f"/units/{village}/")
    expect(page.locator("main")).to_contain_text("恢复")
    page.goto(done)
    page.get_by_role("button", name="撤回").click()
    expect(page.locator(".chip").first).to_contain_text("已撤回")
    page.goto(page.url.split("/changes/")[0] + f"/units/{village}/")
    assert heading(page) == name
    expect(page.locator(".crumbs")).not_to_contain_text(other)


# == from a figure to what it was counted from ==
def test_a_figure_opens_to_its_places_and_in_two_clicks_to_its_records(visit: Visit, site: Site) -> None:
    county = site.unit_where("kind_id = 'county_city'")
    page = visit("city-organiser", county)
    page.locator(f"a[href^='{county}indicators/']").click()
    page.locator("tbody a[href*='/union_enterprises/?']").first.click()
    assert heading(page).endswith("企业建会")
    told = int(page.locator("dd a[href*='show=missing']").inner_text().replace(",", ""))
    page.locator("dd a[href*='show=missing']").click()
    assert told > 0 and page.locator(".counted").inner_text().endswith(f"{told:,}条")
    with page.expect_download() as file:
        page.locator("a[href*='records.xlsx']").click()
    assert file.value.suggested_filename.startswith("企业建会-")
    page.locator("main tbody th a").first.click()
    assert "/units/" in page.url
