"""The pages: a whole life through them, one step a page, what shows for whom, in how many queries; paper and API."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjian.agreements import watching
from gongjian.agreements.models import Agreement, Congress, ContentHeading
from gongjian.asks.models import Ask

from .conftest import NOW, congress, demand, up_to, vote

BACK = 120  # days that everything below lies back


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def days(bargaining) -> date:
    return bargaining.town.today - timedelta(days=BACK)


def text_of(response) -> str:
    return response.content.decode()


def test_the_whole_life_a_step_a_page(bargaining, signed_in):
    """Demanded, voted down, voted for, filed, in force by the clock, published, renewed."""
    chair, day = signed_in(bargaining.chair), days(bargaining)
    new = f"/bodies/{bargaining.union.pk}/agreements/new/"
    assert "大唐样例袜业001" in text_of(chair.get(new))
    sent = {"scope": "single", "employer": "", "association": "", "trade": "", "demanded_by": "workers", "on": day}
    assert chair.post(new, sent).status_code == 400
    chair.post(new, sent | {"employer": bargaining.firm.pk})
    made = Agreement.objects.get()
    assert made.title == "大唐样例袜业001工资专项集体合同"
    page = f"/agreements/{made.pk}/"
    lines = "工会主席\n缝制车间工人\n财务科职工"
    written = {each.pk: "按双方议定的执行" for each in ContentHeading.objects.all()}
    session = {"present": 50, "women": 20, "abstained": 0}
    steps = [
        ("answer", {"words": "愿意协商"}, "answered"),
        ("name", {"workers": lines, "employer": "总经理\n人事经理", "workers_outside": ""}, None),
        ("name", {"workers": lines, "employer": "总经理\n人事经理\n生产经理"}, "delegated"),
        ("call", {"meets_on": day, "papers_on": day - timedelta(days=6)}, None),
        ("call", {"meets_on": day, "papers_on": day - timedelta(days=7)}, "called"),
        ("meet", {"words": ""}, "met"),
        ("draft", {**written, "leave": "", "do": "keep"}, "met"),
        ("draft", {**written, "leave": ""}, None),
        ("draft", written, "drafted"),
        ("vote", {**session, "yes": 30, "no": 20}, None),  # no congress is entered yet
        ("vote", {**session, "yes": 41, "no": 20}, None),
        ("vote", {**session, "yes": 30, "no": 20}, "rejected"),
        ("draft", written, "drafted"),
        ("vote", {**session, "yes": 31, "no": 19}, "passed"),
        ("sign", {"until": day + timedelta(days=200)}, "signed"),
        ("file", {}, "filed"),
    ]
    for verb, given, state in steps:
        address = f"{page}do/{verb}/"
        if Agreement.objects.get().state == "drafted" and not Congress.objects.exists():
            assert "还没有录入职代会" in text_of(chair.get(address))
            assert chair.post(address, given | {"on": day}).status_code == 400
            held = {"kind": "congress", "delegates": 60, "women": 24, "elected_on": day - timedelta(days=400)}
            assert (
                chair.post(f"/bodies/{bargaining.union.pk}/congress/set-up/", held | {"women": 61}).status_code == 400
            )
            assert chair.post(f"/bodies/{bargaining.union.pk}/congress/set-up/", held).status_code == 302
            continue
        assert chair.get(address).status_code == 200, verb
        answer = chair.post(address, given | {"on": day})
        assert answer.status_code == (400 if state is None else 302), (
            verb,
            answer.context and answer.context["form"].errors,
        )
        if state is not None:
            assert Agreement.objects.get().state == state, verb
    assert made.clauses.count() == 9
    watching.look_after(bargaining.town.today, NOW)
    assert chair.post(f"{page}do/publish/", {"summary": "电话13800138000", "on": day}).status_code == 400
    published = {"summary": "一线岗位工资上调百分之六。", "on": day + timedelta(days=17)}
    assert chair.post(f"{page}do/publish/", published).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.since) == ("published", day + timedelta(days=16))
    assert "一线岗位工资上调百分之六" in text_of(Client().get(f"/agreements/public/{made.pk}/"))
    # 80 days are left: the window is open, and the ask for it leads to the demand.
    watching.look_after(bargaining.town.today, NOW)
    ask = Ask.objects.get(sending__about=made.about_renewal, state="open")
    assert ask.sending.href == new
    chair.post(new, sent | {"employer": bargaining.firm.pk, "on": bargaining.town.today})
    assert Agreement.objects.latest("pk").previous == made
    assert "续签合同" in text_of(chair.get(page))


@pytest.mark.parametrize("step", ["demand", "name", "draft", "publish"])
def test_a_page_takes_as_many_queries_however_much_there_is(bargaining, signed_in, step):
    chair = signed_in(bargaining.chair)
    first = up_to(bargaining, step, days(bargaining)) if step != "demand" else demand(bargaining, days(bargaining))
    addresses = ["/agreements/", "/agreements/public/", f"/agreements/{first.pk}/", f"/agreements/{first.pk}/units/",
                 f"/bodies/{bargaining.union.pk}/congress/"]  # fmt: skip
    before = [queries(chair, each) for each in addresses]
    for key in ("hardware",):
        other = demand(bargaining, days(bargaining), employer=bargaining.town.units[key], title=key)
        if step != "demand":
            up_to(bargaining, step, days(bargaining), other)
    given = {"scope": "area", "employer": None, "association": "协会", "title": "区域"}
    area = demand(bargaining, days(bargaining), **given)
    if step != "demand":
        up_to(bargaining, step, days(bargaining), area)
    assert [queries(chair, each) for each in addresses] == before


def test_the_inbox_of_the_chair_leads_to_the_step_in_one_tap(bargaining, signed_in):
    made = demand(bargaining, bargaining.town.today)
    ask = Ask.objects.get(sending__about=made.about)
    chair = signed_in(bargaining.chair)
    assert f"/agreements/{made.pk}/do/answer/" in text_of(chair.get(f"/asks/{ask.pk}/"))
    assert f"/agreements/{made.pk}/do/answer/" in text_of(chair.get("/agreements/"))
    # A step that is not the next one leads back to the page.
    assert chair.get(f"/agreements/{made.pk}/do/sign/")["Location"] == f"/agreements/{made.pk}/"
    assert chair.get(f"/agreements/{made.pk}/do/nothing/").status_code == 404


def test_the_county_reads_all_below_and_narrows_it_but_writes_no_step(bargaining, signed_in):
    made = demand(bargaining, days(bargaining))
    county = signed_in(bargaining.town.accounts["county"])
    for query, shows in (("", True), ("?due=late", True), ("?due=valid", False), ("?state=demanded", True),
                         ("?scope=area", False), ("?due=soon", False)):  # fmt: skip
        assert (made.title in text_of(county.get(f"/agreements/{query}"))) is shows, query
    assert county.get("/agreements/?due=nothing").status_code == 400
    assert county.get(f"/agreements/{made.pk}/do/answer/").status_code == 403
    assert signed_in(bargaining.town.stranger).get(f"/agreements/{made.pk}/").status_code == 404
    assert "还没有你能看的集体合同" in text_of(signed_in(bargaining.town.stranger).get("/agreements/"))


def test_what_everybody_reads_names_nobody_and_tells_no_votes(bargaining):
    made = up_to(bargaining, "publish", days(bargaining))
    browser = Client()
    listed, page = text_of(browser.get("/agreements/public/")), text_of(browser.get(f"/agreements/public/{made.pk}/"))
    assert made.title in listed and "人均工资上调百分之六" in page and "大唐样例袜业001" in page
    for hidden in ("按双方议定的执行", "缝制车间工人", "31", "孙样例"):
        assert hidden not in page.partition("<main")[2].partition("</main")[0], hidden
    assert made.title in text_of(browser.get(f"/agreements/public/?unit={bargaining.firm.pk}"))
    other = bargaining.town.units["logistics"].pk
    assert made.title not in text_of(browser.get(f"/agreements/public/?unit={other}"))
    assert browser.get("/agreements/public/?unit=x").status_code == 200
    Agreement.objects.update(state="ended", reason="样例")
    assert browser.get(f"/agreements/public/{made.pk}/").status_code == 404


def test_the_draft_goes_out_as_word_with_its_nine_headings_and_the_votes(bargaining, signed_in):
    made = up_to(bargaining, "draft", days(bargaining))
    congress(bargaining)
    vote(bargaining, made, days(bargaining), yes=30)
    answer = signed_in(bargaining.chair).get(f"/agreements/{made.pk}/draft.docx")
    paper = docx.Document(BytesIO(answer.content))
    lines = [each.text for each in paper.paragraphs]
    assert lines[0] == "袜业工资协议（草案）"
    assert [line[:2] for line in lines if line[1:2] == "．"] == [f"{number}．" for number in range(1, 10)]
    cells = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert "应到60人，实到50人，同意30票，反对9票，弃权4票，未通过" in cells["职代会审议"]
    assert cells["职工方协商代表"].splitlines()[0] == "工会主席（首席）"
    assert cells["协商内容"].count("☑") == 9


def test_a_decision_of_the_congress_stands_on_its_page_and_a_wrong_one_stays_in_the_form(bargaining, signed_in):
    congress(bargaining)
    chair, address = signed_in(bargaining.chair), f"/bodies/{bargaining.union.pk}/congress/"
    sent = {
        "title": "通过考勤办法",
        "present": 50,
        "women": 20,
        "yes": 31,
        "no": 10,
        "abstained": 0,
        "on": days(bargaining),
    }
    wrong = chair.post(f"{address}decide/", sent | {"yes": 41})
    assert wrong.status_code == 400 and "共51票，而到会只有50人" in text_of(wrong) and "通过考勤办法" in text_of(wrong)
    assert chair.post(f"{address}decide/", sent).status_code == 302
    assert "通过考勤办法" in text_of(chair.get(address))
    assert signed_in(bargaining.town.accounts["county"]).post(f"{address}decide/", sent).status_code == 403


def test_employers_of_an_area_are_taken_in_and_left_out_on_a_page(bargaining, signed_in):
    given = {"scope": "area", "employer": None, "association": "协会", "title": "区域"}
    made = demand(bargaining, days(bargaining), **given)
    chair, address = signed_in(bargaining.chair), f"/agreements/{made.pk}/units/"
    firm = bargaining.town.units["hardware"].pk
    assert "大唐样例五金003" in text_of(chair.get(address))
    chair.post(address, {"do": "leave_out", "unit": firm})
    assert list(made.units.values_list("unit", flat=True)) == [bargaining.firm.pk]
    chair.post(address, {"do": "take_in", "unit": [firm, "x"]})
    assert made.units.count() == 2


def test_the_api_tells_what_the_pages_tell(bargaining, signed_in):
    made = up_to(bargaining, "pass", days(bargaining))
    chair, stranger = signed_in(bargaining.chair), signed_in(bargaining.town.stranger)
    told = chair.get(f"/api/v1/agreements/{made.pk}").json()
    assert (told["state"], told["units"], len(told["headings"])) == ("passed", 1, 9)
    assert [each["verb"] for each in told["steps"]] == ["demand", "answer", "name", "call", "meet", "draft", "pass"]
    assert told["votes"] == [
        {
            "on": str(days(bargaining)),
            "delegates": 60,
            "present": 50,
            "yes": 31,
            "no": 9,
            "abstained": 4,
            "is_passed": True,
        }
    ]
    assert [each["id"] for each in chair.get(f"/api/v1/agreements?unit={bargaining.firm.pk}").json()["agreements"]] == [
        made.pk
    ]
    assert chair.get("/api/v1/congresses").json()["congresses"][0]["women"] == 24
    assert stranger.get(f"/api/v1/agreements/{made.pk}").status_code == 404
    assert stranger.get("/api/v1/agreements").json() == {"agreements": [], "next": None}


def test_what_is_due_later_is_folded_away(bargaining, signed_in, monkeypatch):
    monkeypatch.setattr("gongjian.agreements.queries.FIRST_OWED", 1)
    chair, first = signed_in(bargaining.chair), demand(bargaining, days(bargaining))
    assert "<details" not in text_of(chair.get("/agreements/")).partition('id="list"')[0].partition("<main")[2]
    later = demand(bargaining, bargaining.town.today, employer=bargaining.town.units["hardware"], title="后到期")
    shown = chair.get("/agreements/")
    hub = shown.context["hub"]
    assert [[row.pk for row in rows] for rows in (hub.owed_first, hub.owed_later)] == [[first.pk], [later.pk]]
    assert "以后到期的：1件" in text_of(shown)
