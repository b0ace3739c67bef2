"""The organiser goes from a figure to what to do about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from .conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_from_the_city_to_a_joint_union_that_is_accepted_and_back_to_the_records(visit: Visit, site, tmp_path) -> None:
    (town,) = site.asked(
        "SELECT t.name FROM gaps_gap g JOIN register_unit u ON u.id = g.unit_id JOIN register_unit p"
        " ON p.path <> '' AND u.path LIKE p.path || '%%' JOIN register_unitentry t ON t.unit_id = p.id"
        " AND t.valid @> current_date JOIN register_unitkind k ON k.key = t.kind_id AND k.level = 'town'"
        " WHERE g.line_id = 'union' AND g.way = 'joint' AND 'union_enterprises' = ANY (g.indicators)"
        " GROUP BY t.name ORDER BY count(*) DESC, t.name LIMIT 1"
    )[0]
    city = site.unit_where("kind_id = 'city'")
    page = visit("city-organiser", f"{city}indicators/")
    page.locator("table.heat").get_by_role("link", name="诸暨市", exact=True).click()
    page.locator("table").get_by_role("link", name="企业建会", exact=True).click()
    missing = page.locator("dl.facts a[href*='show=missing']")
    number = missing.inner_text()

    page.get_by_role("link", name="怎么办").click()
    expect(page.locator(".counted")).to_contain_text(number)
    page.locator("select[name=place]").select_option(label=town)
    page.locator("select[name=way]").select_option("joint")
    page.locator(".filterbar button").click()
    page.wait_for_url("**way=joint*")
    rows = page.locator("main table tbody tr")
    listed = rows.locator("th a").all_inner_texts()
    with page.expect_download() as download:
        page.locator("a[href*='gaps.xlsx']").click()
    download.value.save_as(tmp_path / "gaps.xlsx")
    taken = CalamineWorkbook.from_path(tmp_path / "gaps.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in taken[1:]][: len(listed)] == listed

    rows.first.locator("a[href*='/gaps/suggestions/']").click()
    expect(page.locator("main")).to_contain_text(listed[0])
    page.locator("form[action$='/accept/'] button").click()
    expect(page.locator(".chip--ok")).to_be_visible()
    page.go_back()
    page.go_back()
    page.reload()
    expect(page.locator("main table .chip--ok").first).to_be_visible()

    page.locator(".crumbs a").last.click()
    page.locator("dl.facts a[href*='show=missing']").click()
    expect(page.locator(".counted")).to_contain_text("记录")  # of the register as it is now, not of the last reading
    page.locator("main table tbody th a").first.click()
    page.wait_for_url("**/units/**")
