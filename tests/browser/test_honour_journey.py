"""From a call to a withdrawal: a village's branch applies, is heard on, reviewed, proposed, honoured – and loses it.

The county's Party committee keeps the call; two of the sample act for it as long as this test goes on. Days that have
to pass are moved in the database of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import Visit
from .site import Site
from .test_pledges import PHONE, body_of, press
from .test_post_to_grade import fill, reads, send
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SECRETARY, TOWN, KEEPER, COLLEAGUE, REVIEWER = (
    "village-secretary", "town-officer", "auditor", "county-union-chair", "city-organiser",
)  # fmt: skip
TITLE = "走一遍的先进基层党组织评选"
STORY = "三件实事办成三件：路灯、井盖、晚托班；办不了的两件写明了原因"
WHY = "评选以后发现第三件没有验收"
LENT = """
INSERT INTO register_office (person_id, body_id, kind_id, valid, act_id)
SELECT other.id, above.superior_id, office.kind_id, office.valid, office.act_id
FROM register_office office
JOIN register_person officer ON officer.id = office.person_id
JOIN accounts_user account ON account.id = officer.account_id AND account.username = 'sample-town-officer'
JOIN register_bodyentry above ON above.body_id = office.body_id AND above.valid @> current_date,
  register_person other
  JOIN accounts_user its ON its.id = other.account_id
    AND its.username IN ('sample-auditor', 'sample-county-union-chair')
RETURNING id, body_id
"""


@pytest.fixture
def county(site: Site) -> Iterator[int]:
    """The county's Party committee, for which two act."""
    lent = site.asked(LENT)
    yield lent[0][1]
    for office, _body in lent:
        site.asked("DELETE FROM register_office WHERE id = %s RETURNING id", office)


def move(page: Page, address: str, verb: str) -> None:
    page.goto(address)
    press(page, verb)
    assert page.locator(".notice--late").count() == 0, page.locator("main").inner_text()


def days_pass(site: Site, call: str, what: str) -> None:
    site.asked(f"UPDATE honours_call SET {what} WHERE id = %s RETURNING id", re.findall(r"\d+", call)[0])


def reviewer_called(site: Site) -> str:
    found = site.asked(
        "SELECT p.name FROM register_person p JOIN accounts_user u ON u.id = p.account_id"
        " WHERE u.username = 'sample-city-organiser'"
    )
    return str(found[0][0])


def test_a_branch_is_honoured_and_loses_it(visit: Visit, site: Site, county: int) -> None:
    today, branch = timezone.localdate(), body_of(site)
    keeper, colleague = visit(KEEPER, "/honours/"), visit(COLLEAGUE, "/honours/")
    keeper.goto(f"/bodies/{county}/honours/new/")
    fill(keeper, honour="advanced_party_body", title=TITLE, year=str(today.year), document="省表彰办〔2026〕3号",
         places="5", apply_until=(today + timedelta(days=5)).isoformat(),
         review_until=(today + timedelta(days=20)).isoformat())  # fmt: skip
    send(keeper)
    call = path_of(keeper)
    keeper.locator("main summary", has_text="指定评审人").click()
    fill(keeper, name=reviewer_called(site), phase="panel")
    with keeper.expect_navigation():
        keeper.locator("form[action$='/reviewers/'] button").click()
    move(keeper, call, "open")

    phone = visit(SECRETARY, call, **PHONE)
    phone.locator("main a[href*='/apply/']").first.tap()
    send(phone)
    fill(phone, story=STORY)
    send(phone)
    its = path_of(phone)
    expect(phone.locator("main")).to_contain_text("今天登记的情况")
    press(phone, "hand_in")

    days_pass(site, call, "apply_until = current_date - 1")
    move(keeper, call, "review")
    town = visit(TOWN, call)
    town.locator("main a[href$='/opinions/']").click()
    fill(town, words="镇纪委〔2026〕8号函")
    press(town, "clear")
    reviewer = visit(REVIEWER, call)
    reviewer.locator("main a[href$='/reviewing/']").click()
    reviewer.locator("main li a").first.click()
    fill(reviewer, value_five_good="91", value_people="88.5")
    send(reviewer)
    move(keeper, call, "propose")
    expect(keeper.locator("main")).to_contain_text("已提出名单")
    move(keeper, call, "give_notice")

    someone = visit("citizen", its, **PHONE)
    someone.locator("#objections summary").tap()
    fill(someone, reason="第三件是前年办的")
    with someone.expect_navigation():
        someone.locator("form[action$='/object/'] button").tap()
    colleague.goto(its)
    fill(colleague, answer="看了验收单，是今年三月办的")
    press(colleague, "reject")

    days_pass(site, call, "notice_on = current_date - 9, notice_until = current_date - 1")
    colleague.goto(call)
    colleague.locator("main a[href$='/award/']").click()
    fill(colleague, document="诸委〔2026〕18号", issuer="中共诸暨市委", awarded_on=today.isoformat(),
         link="https://example.cn/18")  # fmt: skip
    with colleague.expect_navigation():
        colleague.locator("main .btn--seal").click()
    ((award,),) = site.asked("SELECT id FROM honours_award WHERE document = %s", "诸委〔2026〕18号")
    page = f"/honours/awards/{award}/"
    reads(visit, page, "先进基层党组织", "诸委〔2026〕18号", "有效")
    reads(visit, f"/bodies/{branch}/", "先进基层党组织")
    keeper.goto(page)
    assert keeper.context.request.get(f"{page}certificate.pdf").body().startswith(b"%PDF")

    keeper.goto(page)
    fill(keeper, reason=WHY)
    press(keeper, "withdraw")
    reads(visit, page, "已撤销", WHY)
    reads(visit, f"/bodies/{branch}/honours/", "已撤销")
