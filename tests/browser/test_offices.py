"""From an invitation to work, a loan and its end; and what somebody reads and takes away of themselves.

Under the name localhost: no passkey belongs to a number.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import IN_TURN, LOCALES
from .looking import flaws, overheard
from .site import Site
from .test_signing_in import PASSWORD, add_passkey, keep_passkeys, set_up_app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Fresh = Callable[..., Page]
WIDTHS = {1440: 900, 390: 844}


@pytest.fixture
def fresh(browser: Browser, site: Site) -> Iterator[Fresh]:
    """`fresh("/")` is a page in a browser that nobody has used."""
    contexts: list[BrowserContext] = []

    def opened(path: str, width: int = 1440, lang: str = "zh-Hans") -> Page:
        context = browser.new_context(
            base_url=site.address.replace("127.0.0.1", "localhost"), locale=LOCALES[lang], reduced_motion="reduce",
            viewport={"width": width, "height": WIDTHS[width]}, accept_downloads=True, timezone_id="Asia/Shanghai",
        )  # fmt: skip
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def unions(site: Site) -> tuple[int, int]:
    """A union of the county and one directly below it, which has another one below itself."""
    return site.asked(
        "SELECT below.superior_id, below.body_id FROM register_bodyentry below"
        " JOIN register_bodyentry above ON above.body_id = below.superior_id AND above.valid @> current_date"
        " JOIN register_body body ON body.id = below.body_id AND body.line_id = 'union'"
        " JOIN register_office office ON office.body_id = above.body_id AND office.kind_id = 'union_chair'"
        " JOIN register_person person ON person.id = office.person_id"
        " JOIN accounts_user account ON account.id = person.account_id AND username = 'sample-county-union-chair'"
        " JOIN register_bodyentry third ON third.superior_id = below.body_id AND third.valid @> current_date"
        " WHERE below.valid @> current_date AND office.valid @> current_date"
        " ORDER BY below.body_id LIMIT 1"
    )[0]


def invited(fresh: Fresh, site: Site, body: int, name: str, width: int) -> str:
    """The chair above gives an office there to somebody new and invites them: the path of the address."""
    page = fresh("/sample/enter/county-union-chair/", width)
    page.goto(f"/bodies/{body}/offices/")
    page.fill("#id_name", name)
    page.select_option("#id_kind", "union_chair")
    page.locator("main form button.btn--main").click()
    card = page.locator(".card", has_text=name)
    card.locator("summary", has_text="邀请").click()
    card.locator("input[name=username]").fill(f"wu{time.time_ns()}")
    card.locator("details[open] button").click()
    address = page.locator("dd.break").inner_text()
    assert "/account/password/new/" in address
    return re.sub(r"^https?://[^/]+", "", address)


def set_password(fresh: Fresh, site: Site, path: str, width: int) -> tuple[Page, str]:
    """In a browser of their own the invited one opens the address and signs in with the password just set."""
    page = fresh(path, width)
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/password/new/done/")
    ((name,),) = site.asked("SELECT username FROM accounts_user ORDER BY id DESC LIMIT 1")
    page.goto("/account/sign-in/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    return page, name


def an_account(site: Site, person: int, name: str) -> str:
    """An account with a password for somebody on the roll."""
    username = f"sun{time.time_ns()}"
    site.asked(
        "WITH made AS (INSERT INTO accounts_user (password, username, name, email, is_active, joined_at)"
        " VALUES (%s, %s, %s, '', true, now()) RETURNING id)"
        " UPDATE register_person SET account_id = (SELECT id FROM made) WHERE id = %s RETURNING id",
        make_password(PASSWORD), username, name, person,
    )  # fmt: skip
    return username


def a_member(site: Site, body: int, name: str) -> tuple[int, str]:
    """Somebody entered as a member of a body, with an account."""
    ((person,),) = site.asked(
            "WITH somebody AS (INSERT INTO register_person (name) VALUES (%s) RETURNING id)"
            " INSERT INTO register_membership (person_id, body_id, valid, act_id)"
            " SELECT id, %s, daterange('2024-01-01', NULL), (SELECT max(id) FROM chronicle_act) FROM somebody"
            " RETURNING person_id",
            name, body,
        )  # fmt: skip
    return person, an_account(site, person, name)


def signed_in(fresh: Fresh, username: str, width: int) -> Page:
    page = fresh("/account/sign-in/", width)
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    return page


@pytest.mark.parametrize("factor, width", [("app", 390), pytest.param("passkey", 1440, marks=pytest.mark.slow)])
def test_invited_then_a_second_factor_then_work_then_a_loan_that_ends(
    fresh: Fresh, site: Site, factor: str, width: int
) -> None:
    _above, body = unions(site)
    who, to = f"吴样例{factor}", f"孙样例{factor}"
    page, _name = set_password(fresh, site, invited(fresh, site, body, who, width), width)
    with overheard(page) as said:
        page.wait_for_url("**/account/factors/")
        expect(page.locator("main .notice")).to_contain_text("你的职务要求第二道验证")
        page.goto("/me/")
        page.wait_for_url("**/account/factors/")
        if factor == "app":
            set_up_app(page)
        else:
            keep_passkeys(page)
            add_passkey(page)
        # Work: an office in an organisation below.
        ((third,),) = site.asked(
            "SELECT body_id FROM register_bodyentry WHERE superior_id = %s AND valid @> current_date LIMIT 1", body
        )
        page.goto(f"/bodies/{third}/offices/")
        page.fill("#id_name", f"钱样例{factor}")
        page.select_option("#id_kind", "union_chair")
        page.locator("main form button.btn--main").click()
        expect(page.locator("main [role=status]")).to_contain_text(f"钱样例{factor}")
        # A loan.
        _person, borrower = a_member(site, body, to)
        page.goto("/me/")
        page.locator("main a", has_text="委托给别人代办").click()
        page.fill("main input[type=search]", "孙样例")
        page.locator("main form button", has_text="查找").click()
        page.select_option("#id_person", label=to)
        ((last,),) = site.asked("SELECT current_date + 7")
        page.fill("#id_last_day", last.isoformat())
        page.locator("main form button.btn--main").click()
        expect(page.locator("main .notice")).to_contain_text(to)
        page.locator("main form button.btn--main").click()
        expect(page.locator("main [role=status]")).to_contain_text(to)
    assert said == []
    sees = f"/bodies/{body}/access/"
    other = signed_in(fresh, borrower, width)
    other.wait_for_url("**/account/factors/")  # what is lent asks for a second factor like what is held
    set_up_app(other)
    other.goto("/me/")
    expect(other.locator("main")).to_contain_text(f"由{who}委托")
    other.goto(sees)
    expect(other.locator("main")).to_contain_text(f"由{who}委托，最后一天{last.isoformat()}")
    ((seat,),) = site.asked("SELECT seat_id FROM register_bodyentry WHERE body_id = %s AND valid @> current_date", body)
    figures = f"/territory/{seat}/figures/"
    answer = other.goto(figures)
    assert answer is not None and answer.status == 200
    # The clock cannot be moved, so the loan is: its last day was yesterday.
    site.asked(
        "UPDATE register_delegation d SET valid = daterange(current_date - 9, current_date)"
        " FROM register_person p WHERE p.id = d.person_id AND p.name = %s RETURNING d.id",
        to,
    )
    answer = other.goto(figures)
    assert answer is not None and answer.status == 403
    expect(other.locator("h1")).to_contain_text("不对你开放")
    expect(other.locator("main table").first).to_contain_text("主席")
    other.goto("/me/")
    expect(other.locator("main")).not_to_contain_text(f"由{who}委托")


@pytest.mark.parametrize("width", WIDTHS)
def test_somebody_reads_who_can_see_them_and_takes_their_data_along(
    fresh: Fresh, site: Site, tmp_path: Path, width: int
) -> None:
    _above, body = unions(site)
    _person, username = a_member(site, body, f"周样例{width}")
    page = signed_in(fresh, username, width)
    with overheard(page) as said:
        if width == 390:
            page.locator(".foot a", has_text="我的页面").click()
        else:
            page.locator(".me__name").click()
        page.wait_for_url("**/me/")
        expect(page.locator("main")).to_contain_text("谁能看到我")
        expect(page.locator("main table").first).to_contain_text("主席")
        with page.expect_download() as coming:
            page.locator("main button", has_text="下载我的资料").click()
        file = tmp_path / "data.zip"
        coming.value.save_as(file)
    assert said == []
    folder = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
    (inside,) = [name for name in folder.namelist() if name.endswith(".json")]
    told = json.loads(folder.read(inside))
    assert told["account"][0]["username"] == username and len(told["memberships"]) == 1
    assert len(told["sessions"]) == 1


@pytest.mark.parametrize("lang", IN_TURN)
def test_the_pages_of_oneself_have_no_flaw(fresh: Fresh, site: Site, lang: str) -> None:
    found: dict[str, list[str]] = {}
    page = fresh("/sample/enter/county-union-chair/", lang=lang)
    with overheard(page) as said:
        page.goto("/me/")
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        found["own"] = flaws(page, lang)
        page.goto("/me/")
        page.locator("main a[href$='/lend/']").first.click()
        found["lend"] = flaws(page, lang)
        page.select_option("#id_person", index=1)
        ((last,),) = site.asked("SELECT current_date + 7")
        page.fill("#id_last_day", (last + timedelta(days=1)).isoformat())
        page.locator("main form button.btn--main").click()
        found["before lending"] = flaws(page, lang)
        page.goto("/sample/enter/citizen/")
        page.goto("/me/")
        found["nobody's own"] = flaws(page, lang)
    assert {path: flaws for path, flaws in found.items() if flaws} == {}
    assert said == []
