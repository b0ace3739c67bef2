"""From a post to a grade: the whole year of a village's branch, as its secretary, those above and people live it.

A post is opened and chosen; what people asked for is pledged, returned with reasons, public, worked off; the branch
tells of it, is commented on and puts right what was named; people review it on their phones; it is graded, objects, is
computed again, and the grades are filed. At each step anybody without an account reads what is public.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quotas.__main__ import differences

from .conftest import Visit
from .polling import download
from .site import Site
from .test_pledges import PHONE, body_of, press, take_a_post
from .walking import path_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SECRETARY, TOWN, COUNTY, CITY = "village-secretary", "town-officer", "auditor", "city-organiser"
TITLE, WISH = "文化礼堂到小学的路装8盏灯", "家长反映：孩子放学晚，路上看不见"
PROBLEM, RIGHT = "账目公开栏三个月没有更新", "三个月的账目已贴出，村监委会主任签字"
ROUND, GRADED = "走一遍的讲述点评", "走一遍的星级评定"
PEOPLE = 12
ASKED = count()
# Nobody of the sample acts for the county's Party committee: the auditor does, as long as this test goes on.
LENT = """
INSERT INTO register_office (person_id, body_id, kind_id, valid, act_id)
SELECT auditor.id, above.superior_id, office.kind_id, office.valid, office.act_id
FROM register_office office
JOIN register_person officer ON officer.id = office.person_id
JOIN accounts_user account ON account.id = officer.account_id AND account.username = 'sample-town-officer'
JOIN register_bodyentry above ON above.body_id = office.body_id AND above.valid @> current_date,
  register_person auditor
  JOIN accounts_user other ON other.id = auditor.account_id AND other.username = 'sample-auditor'
RETURNING id
"""


@pytest.fixture
def county(site: Site, visit: Visit) -> Iterator[Page]:
    """Whoever acts for the county's Party committee."""
    ((office,),) = site.asked(LENT)
    yield visit(COUNTY, "/")
    site.asked("DELETE FROM register_office WHERE id = %s RETURNING id", office)


def fill(page: Page, **values: str) -> None:
    """Fields of the page by name; choices by their value."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form .btn--main").last.click()


def reads(visit: Visit, path: str, *words: str) -> None:
    """Anybody, without an account, on a phone. Asked apart from whoever asked within the last minute, whose page a
    process tells again (gongjian/ui/kept_pages.py)."""
    page = visit("", f"{path}?asked={next(ASKED)}", **PHONE)
    for each in words:
        expect(page.locator("main")).to_contain_text(each)
    page.context.close()


def promise(phone: Page, town: Page, body: int, today: date, anybody: Callable[..., None]) -> str:
    """Drafted with what people asked for, returned with reasons, mended, public, and worked off. Its path."""
    take_a_post(phone, body)
    phone.goto(f"/bodies/{body}/pledges/new/")
    fill(phone, title=TITLE, wish=WISH, due_on=(today + timedelta(days=30)).isoformat(), baseline="0", target="8",
         unit="盏", evidence="通电并由用电户签字", measures="定点位\n装灯通电", responsible="村两委")  # fmt: skip
    phone.locator("main form button[type=submit]").tap()
    phone.wait_for_url(re.compile(r"/pledges/\d+/$"))
    pledge = path_of(phone)
    press(phone, "hand_in")
    town.goto(pledge)
    fill(town, reason="写明谁来验收")
    press(town, "return")
    phone.goto(pledge)
    expect(phone.locator(".notice--warn")).to_contain_text("写明谁来验收")
    phone.locator("main a[href$='/edit/']").tap()
    fill(phone, evidence="通电，由小学和用电户一起验收签字")
    phone.locator("main form button[type=submit]").tap()
    phone.wait_for_url(re.compile(r"/pledges/\d+/$"))
    press(phone, "hand_in")
    town.goto(pledge)
    press(town, "pass")
    phone.goto(pledge)
    press(phone, "publish")
    anybody(f"/pledges/of/{body}/", TITLE)
    fill(phone, value="5", words="5盏亮了")
    with phone.expect_navigation():
        phone.locator("main form[action$='/progress/'] button", has_text="记入台账").tap()
    anybody(pledge.replace("/pledges/", "/pledges/public/"), "5/8盏", WISH)
    return pledge


def tell(phone: Page, town: Page, city: Page, body: int, today: date, anybody: Callable[..., None]) -> None:
    """The city opens a round; the branch tells with its pledge there already; the town comments; it is put right."""
    city.goto("/tellings/")
    city.locator("main a[href$='/tellings/new/']").first.click()
    fill(city, name=ROUND, since=(today - timedelta(days=120)).isoformat(), until=today.isoformat(),
         tell_by=(today + timedelta(days=5)).isoformat(), comment_by=(today + timedelta(days=15)).isoformat(),
         line="party", range="public")  # fmt: skip
    with city.expect_navigation():
        city.locator("button[value=open]").click()
    expect(city.locator("h1")).to_contain_text(ROUND)

    phone.goto("/tellings/")
    phone.locator("main li", has_text=ROUND).locator("a[href$='/tell/']").first.tap()
    phone.wait_for_url(re.compile("/tell/$"))
    expect(phone.locator("main")).to_contain_text(TITLE)  # what it pledged stands there
    fill(phone, done="8盏灯装了5盏，孩子放学走亮路", undone="还有3盏没有装", reason="电表箱要等供电所")
    send(phone)
    telling = path_of(phone)

    town.goto(telling)
    town.locator("main a[href$='/comment/']").first.click()
    fill(town, strengths="文化礼堂到小学的路装了5盏灯", problems=PROBLEM, directions="每月5日前把账目贴出来")
    send(town)
    fill(town, range="public")
    with town.expect_navigation():
        town.locator("form[action$='/publish/'] button").click()
    anybody(f"/tellings/of/{body}/", PROBLEM)

    phone.goto(telling)
    fill(phone, measure="排出每月公开的日子", owner="村监委会")
    press(phone, "plan")
    fill(phone, proof=RIGHT)
    press(phone, "finish")
    town.goto(telling)
    press(town, "confirm")
    anybody(f"/tellings/of/{body}/", RIGHT)


def review_on_phones(keeper: Page, visit: Visit, case: str) -> None:
    """Slips with codes; each votes once on a phone, and a code does not count twice."""
    keeper.goto(case)
    keeper.fill("#roll_people", str(PEOPLE))
    with keeper.expect_navigation():
        keeper.locator("form[action$='/boxes/people/'] button").click()
    box = path_of(keeper)
    fill(keeper, count=str(PEOPLE))
    with keeper.expect_navigation():
        keeper.locator("form[action$='/codes/'] button").click()
    codes = keeper.locator("main li b.num").all_inner_texts()
    assert len(set(codes)) == PEOPLE
    someone = visit("", "/appraisal/vote/", **PHONE)
    for at, code in enumerate([*codes, codes[0]]):
        someone.goto("/appraisal/vote/")
        someone.fill("[name=code]", code)
        send(someone)
        if at == PEOPLE:
            expect(someone.locator("main")).to_contain_text("用过")
            break
        someone.locator(f"#option_{(0, 0, 1, 2, 3)[at % 5]}").check()
        send(someone)
        expect(someone.locator("h1")).to_contain_text("已计入")
    keeper.goto(box)
    with keeper.expect_navigation():
        keeper.locator("form[action$='/close/'] button").click()


def score(page: Page, case: str, what: str, **values: str) -> None:
    page.goto(f"{case}score/{what}/")
    for name, value in values.items():
        fill(page, **{f"value_{name}": value})
    send(page)


def move(page: Page, round: str, verb: str) -> None:
    page.goto(round)
    press(page, verb)
    assert page.locator(".notice--late").count() == 0, page.locator("main").inner_text()


def test_from_a_post_to_a_filed_grade(visit: Visit, site: Site, county: Page, tmp_path: Path) -> None:
    body, today = body_of(site), timezone.localdate()
    phone, town, city = visit(SECRETARY, "/", **PHONE), visit(TOWN, "/"), visit(CITY, "/")

    def anybody(path: str, *words: str) -> None:
        reads(visit, path, *words)

    pledge = promise(phone, town, body, today, anybody)
    tell(phone, town, city, body, today, anybody)

    # The town opens a round over the branches of the village; people review it, it scores itself and is scored.
    ((above, place),) = site.asked(
        "SELECT superior_id, seat_id FROM register_bodyentry WHERE body_id = %s AND valid @> current_date", body
    )
    town.goto(f"/bodies/{above}/appraisal/new/")
    fill(
        town, scheme="star_2023", title=GRADED, of_until=today.isoformat(), below=str(place), kind="party_branch",
        self_due=(today + timedelta(days=5)).isoformat(), review_due=(today + timedelta(days=9)).isoformat(),
    )  # fmt: skip
    send(town)
    round = path_of(town)
    press(town, "open")
    phone.goto(round)
    phone.locator("main a[href^='/appraisal/cases/']").first.tap()
    phone.wait_for_url(re.compile(r"/cases/\d+/$"))
    case = path_of(phone)
    move(town, round, "review")
    review_on_phones(town, visit, case)
    score(town, case, "above", base="72")
    move(town, round, "propose")
    move(town, round, "give_notice")

    # The secretary reads the rule that decided and objects; the county upholds it; the town mends the score.
    phone.goto(case)
    expect(phone.locator("main")).to_contain_text("三星")
    phone.locator("#objections summary").tap()
    fill(phone, reason="五盏灯和账目公开没有算进去")
    with phone.expect_navigation():
        phone.locator("form[action$='/object/'] button").tap()
    county.goto(case)
    fill(county, answer="看了验收签字和公开栏，属实，请补评")
    press(county, "uphold")
    score(town, case, "above", base="86")
    move(town, round, "recompute")
    phone.goto(case)
    expect(phone.locator("main")).to_contain_text("四星")

    # The file computes the same elsewhere.
    phone.goto(f"{case}calculation/")
    file = download(phone, "main a[href$='.json']", tmp_path / "calculation.json")
    told = json.loads(file.read_text())
    assert list(differences(told)) == []
    told["case"]["score"] = "99.00"
    assert len(list(differences(told))) == 1

    # Five working days later another one fixes the grades.
    county.goto(round)
    expect(county.locator("main")).to_contain_text("公示")
    site.asked("UPDATE appraisal_round SET notice_on = notice_on - 30, notice_until = notice_until - 30"
               " WHERE title = %s RETURNING id", GRADED)  # fmt: skip
    move(county, round, "fix")
    move(county, round, "file")
    paper = county.request.get(f"{round}grades.pdf")
    assert paper.ok and paper.body().startswith(b"%PDF")
    phone.goto(case)
    expect(phone.locator(".pagehead")).to_contain_text("四星")
    anybody(pledge.replace("/pledges/", "/pledges/public/"), TITLE)
