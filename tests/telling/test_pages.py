"""The pages of rounds: the whole life through them, what shows for whom, in how many queries; papers, file, API."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.asks.models import Ask
from gongjian.telling.models import MemberTelling, Rectification, Telling, TellingRound

from .conftest import comment, confirm, finish, open_round, plan, publish, published, tell

SENT = {
    "strengths": "装了26盏路灯\n", "problems": "公开栏三个月没有更新\n说事会只开了一次",
    "directions": "每月5日前贴出来",
    "kind": "meeting", "where": "村文化礼堂", "meeting": "", "present": "26", "outsiders": "12", "version": "0",
}  # fmt: skip


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_the_whole_life_in_the_browser(opened, signed_in):
    today, ahead = opened.town.today, opened.town.today + timedelta(days=20)
    village, street = signed_in(opened.by("village")), signed_in(opened.by("street"))
    one = opened.of()
    page = f"/tellings/{one.pk}/"
    ask = Ask.objects.get(sending__about=opened.round.about, body=one.body)
    assert f"{opened.round.pk}/own/" in village.get(f"/asks/{ask.pk}/").content.decode()
    assert village.get(f"/tellings/rounds/{opened.round.pk}/own/")["Location"] == f"{page}tell/"
    assert village.post(f"{page}tell/", {"done": "", "undone": "", "reason": ""}).status_code == 400
    village.post(f"{page}tell/", {"done": "装了26盏", "undone": "说事会", "reason": "农忙"})
    assert street.get(f"/tellings/rounds/{opened.round.pk}/comment/")["Location"] == f"{page}comment/"
    assert street.get(f"{page}comment/").status_code == 200
    assert street.post(f"{page}comment/", SENT | {"on": today, "problems": " "}).status_code == 400
    assert street.post(f"{page}comment/", SENT | {"on": today}).status_code == 302
    late = street.post(f"{page}comment/", SENT | {"on": today, "problems": "另一条"})
    assert late.status_code == 400 and late.context["overtaken"] == 1 and "另一条" in late.content.decode()
    street.post(f"{page}publish/", {"range": "public", "put_right_by": ahead})
    for each in Rectification.objects.order_by("pk"):
        address = f"/tellings/mending/{each.pk}/"
        for browser, sent, state in (
            (village, {"do": "plan", "measure": "排日子", "owner": "村监委会", "due_on": ahead}, "planned"),
            (village, {"do": "finish", "proof": ""}, "planned"),
            (village, {"do": "finish", "proof": "已贴出"}, "done"),
            (street, {"do": "reopen", "reason": "2月没贴", "due_on": ahead}, "planned"),
            (village, {"do": "finish", "proof": "都贴了"}, "done"),
            (village, {"do": "confirm"}, "done"),
            (street, {"do": "confirm"}, "confirmed"),
        ):
            assert browser.post(address, sent).status_code == 302
            each.refresh_from_db()
            assert each.state == state, sent
            if state == "done":
                assert village.get(page).status_code == street.get(page).status_code == 200
        assert street.post(address, {"do": "nothing"}).status_code == 404
    one.refresh_from_db()
    assert one.state == "verified"


def test_a_round_is_opened_on_its_page_which_says_first_how_many(opened, signed_in):
    county, today = signed_in(opened.by("county")), opened.town.today
    address = f"/bodies/{opened.body('county_party').pk}/tellings/new/"
    assert signed_in(opened.by("street")).get(address).status_code == 403
    assert county.get(address).status_code == 200
    sent = {
        "name": "第四季度", "kind": "quarter", "since": today - timedelta(days=80), "until": today, "range": "members",
        "tell_by": today + timedelta(days=9), "comment_by": today + timedelta(days=20), "days_to_put_right": 30,
        "line": "", "body_kind": "", "level": "", "direct": "on",
    }  # fmt: skip
    assert county.post(address, sent | {"days_to_put_right": "NaN", "do": "open"}).status_code == 400
    assert county.post(address, sent | {"do": "look"}).context["seen"].bodies == 2
    assert TellingRound.objects.count() == 1
    made = county.post(address, sent | {"do": "open"})
    assert made["Location"] == f"/tellings/rounds/{TellingRound.objects.last().pk}/"
    county.post(f"{made['Location']}move/", {"do": "close"})
    assert TellingRound.objects.last().state == "closed"


def test_the_page_of_a_round_says_what_is_missing_both_ways(opened, signed_in):
    tell(opened)
    comment(opened)
    browser = signed_in(opened.by("county"))
    page = f"/tellings/rounds/{opened.round.pk}/"
    shown = browser.get(page).context["shown"]
    stages = [(each.count, each.of) for each in browser.get(page).context["stages"]]
    assert stages == [(1, 5), (1, 5), (0, 5), (0, 0)]
    waiting = {each.id: (each.done, each.of) for each in shown.waiting}
    assert waiting == {opened.body("county_party").pk: (0, 2), opened.body("village_party").pk: (0, 1),
                       opened.body("county_union").pk: (0, 1)}  # fmt: skip
    assert (shown.commenters, shown.commenters_done) == (4, 1)
    for query, count in (("missing=telling", 4), ("missing=comment", 4), ("missing=publishing", 1), ("state=told", 0),
                         ("line=union", 2), (f"by={opened.body('street_party').pk}", 1)):  # fmt: skip
        assert len(browser.get(f"{page}?{query}").context["shown"].rows) == count, query
    assert browser.get(f"{page}?line=nothing").status_code == 400
    told = signed_in(opened.by("village")).get(page).context["shown"]
    assert {row.telling.body_id for row in told.rows} == {
        opened.body(each).pk for each in ("village_party", "league", "joint_union")
    }


def earlier(opened, number: int) -> None:
    """A round before the one there is, told, commented on and published."""
    now = opened.round
    until = opened.town.today - timedelta(days=number)
    opened.round = open_round(opened.town, name=f"第{number}轮", until=until).round
    published(opened)
    opened.round = now


@pytest.mark.parametrize("address", ["/tellings/", "round", "board", "one"])
def test_a_page_takes_as_many_queries_for_three_as_for_one(address, opened, signed_in):
    published(opened)
    earlier(opened, 2)
    known = {
        "round": f"/tellings/rounds/{opened.round.pk}/?missing=putting_right",
        "board": f"/tellings/of/{opened.body('village_party').pk}/", "one": f"/tellings/{opened.of().pk}/",
    }  # fmt: skip
    browser = signed_in(opened.by("county"))
    before = queries(browser, known.get(address, address))
    earlier(opened, 3)
    for each, by in (("county_union", "union"), ("street_party", "street")):
        tell(opened, each, by)
        comment(opened, each, "county")
        publish(opened, each, "county")
    assert queries(browser, known.get(address, address)) == before


def test_what_everybody_reads_names_nobody_and_ends_where_it_is_published(opened, client, signed_in):
    first, _second = published(opened, range="members")
    board = f"/tellings/of/{opened.body('village_party').pk}/"
    assert "公开栏" not in client.get(board).content.decode()
    assert "公开栏" in signed_in(opened.by("member")).get(board).content.decode()
    assert "公开栏" not in signed_in(opened.town.stranger).get(board).content.decode()
    Telling.objects.filter(pk=opened.of().pk).update(range="public")
    plan(opened, first)
    told = client.get(board).content.decode()
    assert "公开栏" in told and "26盏" in told
    for person in opened.town.people.values():
        assert person.name not in told
    assert client.get("/tellings/of/999999/").status_code == 404


def test_the_comment_before_stands_beside_the_new_one(opened, signed_in):
    first, _second = published(opened)
    confirm(opened, finish(opened, plan(opened, first)))
    later = opened.town.today + timedelta(days=10)
    opened.round = open_round(opened.town, name="下一轮", until=later).round
    page = signed_in(opened.by("street")).get(f"/tellings/{opened.of().pk}/comment/")
    assert [each.mending.state for each in page.context["shown"].before.problems] == ["confirmed", "named"]


def test_members_tell_on_the_page_of_their_branch(opened, signed_in):
    address = f"/tellings/{opened.of().pk}/members/"
    published(opened)
    member, village = signed_in(opened.by("member")), signed_in(opened.by("village"))
    member.post(address, {"do": "say", "words": "搭了把手"})
    said = {"strength": "来得早", "problem": "说事会没来", "direction": "先说一声"}
    village.post(address, {"do": "comment", "person": opened.town.people["member"].pk} | said)
    assert MemberTelling.objects.get().problem == "说事会没来"
    assert "说事会没来" in member.get(address).content.decode()
    assert "说事会没来" not in signed_in(opened.by("other")).get(address).content.decode()
    assert signed_in(opened.by("street")).get(address).status_code == 404


def test_the_register_goes_out_as_excel_and_as_word_in_the_customary_form(opened, signed_in):
    first, _second = published(opened)
    plan(opened, first)
    browser = signed_in(opened.by("county"))
    base = f"/tellings/rounds/{opened.round.pk}"
    file = BytesIO(b"".join(browser.get(f"{base}.xlsx?missing=putting_right").streaming_content))
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][0] == "上下文村党支部" and len(rows[0]) == len(rows[1]) == 18
    for address in (f"{base}.docx?missing=putting_right", f"/tellings/{opened.of().pk}/register.docx"):
        paper = docx.Document(BytesIO(browser.get(address).content))
        told = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
        labels = [row[0] for row in told]
        assert paper.paragraphs[0].text == "领导点评登记表"
        assert {"主要成绩", "存在问题", "整改建议", "点评方式", "整改情况"} <= set(labels)
        assert "1．公开栏三个月没有更新" in dict(told)["存在问题"] and "村监委会" in dict(told)["整改情况"]
    assert len(docx.Document(BytesIO(browser.get(f"{base}.docx").content)).tables) == 5


def test_the_api_tells_what_the_pages_tell(opened, signed_in):
    published(opened)
    village, stranger = signed_in(opened.by("village")), signed_in(opened.town.stranger)
    assert [each["name"] for each in stranger.get("/api/v1/tellings/rounds").json()["rounds"]] == ["上半年讲述点评"]
    assert stranger.get("/api/v1/tellings").json()["tellings"] == []
    one = opened.of().pk
    assert stranger.get(f"/api/v1/tellings/{one}").status_code == 404
    told = village.get(f"/api/v1/tellings/{one}").json()
    assert [each["state"] for each in told["comment"]["problems"]] == ["named", "named"]
    assert one in [each["id"] for each in village.get("/api/v1/tellings?state=published").json()["tellings"]]
    assert stranger.get(f"/api/v1/tellings/{10**30}").status_code == 404


def test_who_has_told_stands_first_among_those_to_be_commented_on(opened, signed_in):
    street, today = opened.body("street_party"), opened.town.today
    late = Telling.objects.filter(body__in=[opened.body("league"), opened.body("joint_union")])
    late.update(commenter=street)
    tell(opened)
    TellingRound.objects.update(until=today - timedelta(days=20), tell_by=today - timedelta(days=1))
    Telling.objects.filter(pk=opened.of().pk).update(id=Telling.objects.latest("pk").pk + 1)  # not by its number
    page = signed_in(opened.by("street")).get("/tellings/")
    waits = [row.telling for row in page.context["hub"].to_comment]
    assert [each.state for each in waits] == ["told", "scheduled", "scheduled"]
    assert waits[0].body_id == opened.body("village_party").pk
    assert "<summary" not in page.content.decode().partition("<main")[2].partition("</main")[0]
