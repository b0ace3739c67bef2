"""A members' review on a phone: the roll, own words, the meeting, ballots typed by two, grades, told to each, an
objection that the organisation above upholds, approval, filed.

A branch beside the village secretary's, of which four of the sample are members, and the secretary and one more keep it
as long as this test goes on. The working days in which members may object are moved in the database of the site.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visit
from .looking import flaws
from .site import Site
from .test_pledges import PHONE, press
from .test_post_to_grade import fill, send
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.slow]

KEEPER, OTHER, MEMBER = "village-secretary", "county-union-chair", "auditor"
ABOVE, APPROVER = "town-officer", "city-organiser"
WORDS = "今年组织生活参加了11次，路灯报修3回"
WHY, ANSWER = "缺席的两次请过假，假条在台账里", "核对了台账，两次都有假条"
# Of the branches of the town one without a review.
BRANCH = """
SELECT entry.body_id, entry.superior_id FROM register_bodyentry entry
JOIN register_body body ON body.id = entry.body_id AND body.line_id = 'party'
WHERE entry.valid @> current_date AND entry.kind_id = (SELECT kind_id FROM register_bodyentry own
  WHERE own.valid @> current_date AND own.body_id = (SELECT body_id FROM reviews_memberreview WHERE state = 'held'))
  AND entry.superior_id = (SELECT above_id FROM reviews_memberreview WHERE state = 'held')
  AND NOT EXISTS (SELECT FROM reviews_memberreview r WHERE r.body_id = entry.body_id) ORDER BY entry.body_id LIMIT 1
"""
MEMBERS = """
WITH plain AS (INSERT INTO register_person (name) SELECT '走一遍' || n FROM generate_series(1, 9) n RETURNING id)
INSERT INTO register_membership (person_id, body_id, valid, act_id)
SELECT id, %s, daterange(current_date - 400, NULL), (SELECT max(id) FROM chronicle_act)
FROM (SELECT id FROM plain UNION SELECT p.id FROM register_person p JOIN accounts_user u ON u.id = p.account_id
  WHERE u.username IN ('sample-village-secretary', 'sample-county-union-chair', 'sample-auditor')) AS members
RETURNING id
"""
OFFICE = """
INSERT INTO register_office (person_id, body_id, kind_id, valid, act_id)
SELECT p.id, %s, 'party_secretary', daterange(current_date - 400, NULL), (SELECT max(id) FROM chronicle_act)
FROM register_person p JOIN accounts_user u ON u.id = p.account_id WHERE u.username = %s
RETURNING id
"""


@pytest.fixture
def branch(site: Site) -> Iterator[int]:
    ((body, above),) = site.asked(BRANCH)
    members = site.asked(MEMBERS, body)
    offices = [
        site.asked(OFFICE, where, f"sample-{who}")[0][0]
        for who, where in ((KEEPER, body), (OTHER, body), (APPROVER, above))
    ]
    yield body
    site.asked("DELETE FROM register_office WHERE id = ANY(%s) RETURNING id", offices)
    site.asked("DELETE FROM register_membership WHERE id = ANY(%s) RETURNING id", [each[0] for each in members])


def rows(page: Page) -> dict[str, str]:
    """On the page of a review: who is on the roll, and the page of their row."""
    links = page.locator("main a[href^='/reviews/grades/']").all()
    return {link.inner_text(): link.get_attribute("href") or "" for link in links}


def type_ballots(page: Page, address: str) -> None:
    page.goto(f"{address}ballots/")
    for name in page.locator("main input[name^=n_]").evaluate_all("all => all.map(each => each.name)"):
        page.fill(f"[name={name}]", {"0": "4", "1": "5", "2": "2"}.get(name[-1], "0"))
    send(page)


def choose(page: Page, address: str, grades: dict[str, str], reason: str, do: str) -> None:
    """On the page of grades: for everybody but oneself, “good” where nothing else is said."""
    page.goto(f"{address}grades/")
    for name in page.locator("main select[name^=grade_]").evaluate_all("all => all.map(each => each.name)"):
        page.select_option(f"[name={name}]", grades.get(name, "good"))
        if name in grades:
            page.fill(f"[name={name.replace('grade', 'reason')}]", reason)
    press(page, do)


def test_a_branch_reviews_its_members(visit: Visit, site: Site, branch: int) -> None:
    keeper, other = visit(KEEPER, f"/bodies/{branch}/", **PHONE), visit(OTHER, "/", **PHONE)
    keeper.locator(f"main a[href='/bodies/{branch}/reviews/new/']").tap()
    press(keeper, "open")
    address = path_of(keeper)
    expect(keeper.locator("main")).to_contain_text("12")

    member = visit(MEMBER, address, **PHONE)
    its = path_of(member)
    assert its.startswith("/reviews/grades/")
    fill(member, words=WORDS)
    send(member)

    keeper.goto(f"{address}meeting/")
    fill(keeper, came="11", valid="12")
    send(keeper)
    expect(keeper.locator("main .notice--late")).to_be_visible()
    fill(keeper, valid="11")
    send(keeper)
    type_ballots(keeper, address)
    other.goto(f"{address}ballots/")
    assert flaws(other, "zh-Hans") == []
    type_ballots(other, address)
    expect(other.locator("main")).not_to_contain_text("两人填的不一样")

    keeper.goto(address)
    assert its in rows(keeper).values()
    row = its.strip("/").split("/")[-1]
    choose(other, address, {}, "", "keep")
    choose(keeper, address, {f"grade_{row}": "fair"}, "缺席两次", "propose")
    expect(keeper.locator("main .notice--late")).to_have_count(0)
    member.goto(its)
    expect(member.locator("main")).not_to_contain_text("缺席两次")
    keeper.goto(address)
    press(keeper, "tell")

    member.goto("/")
    member.locator(f"main a[href='{address}']").first.tap()
    member.wait_for_url(f"**{its}")
    expect(member.locator("main")).to_contain_text("缺席两次")
    member.locator("main details summary").first.tap()
    fill(member, reason=WHY)
    with member.expect_navigation():
        member.locator("form[action$='/object/'] button").tap()
    above = visit(ABOVE, "/reviews/", **PHONE)
    above.locator(f"main a[href='{its}']").tap()
    expect(above.locator("main")).not_to_contain_text(WORDS)
    fill(above, words=ANSWER, choice="good")
    press(above, "uphold")
    member.goto(its)
    expect(member.locator("main")).to_contain_text(ANSWER)

    keeper.goto(address)
    for each in rows(keeper).values():
        keeper.goto(each)
        if keeper.locator("form[action$='/told/']").count():
            with keeper.expect_navigation():
                keeper.locator("form[action$='/told/'] button").tap()
    told = "UPDATE reviews_membergrade SET told_on = current_date - 20 WHERE told_on IS NOT NULL"
    site.asked(f"{told} AND review_id = %s RETURNING id", address.strip("/").split("/")[-1])
    keeper.goto(address)
    press(keeper, "hand_up")
    above.goto(address)
    expect(above.locator("button[value=approve]")).to_have_count(0)  # who changed a grade does not approve
    press(visit(APPROVER, address, **PHONE), "approve")
    keeper.goto(address)
    press(keeper, "file")
    expect(keeper.locator(".pagehead .chip")).to_have_text("已归档")
