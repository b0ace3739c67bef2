"""The pages of asks: what they show, who is refused, that they ask a constant number of queries, the files."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.asks import matters, sending, tasks
from gongjian.asks.models import Answer, Ask, Sending

from .conftest import soon


@pytest.fixture
def at(signed_in):
    """Somebody's browser, in English."""

    def browser(account):
        client = signed_in(account)
        client.cookies["gongjian_language"] = "en"
        return client

    return browser


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# == the inbox ==
def test_nothing_due_says_so_and_nothing_else(town, at):
    page = at(town.secretary).get("/asks/").content.decode()
    assert "Nothing to do" in page and "That is all" not in page


def test_the_inbox_leads_with_what_is_due_first_and_says_who_asks_and_why(town, at, send):
    send(title="后办的样例")
    Ask.objects.update(due_on=town.today)
    send(title="先办的样例", minutes=3)
    Ask.objects.filter(sending__title="先办的样例").update(due_on=town.today.replace(year=town.today.year - 1))
    page = at(town.secretary).get("/asks/")
    told = page.content.decode()
    assert told.index("先办的样例") < told.index("后办的样例")
    assert "绍兴市委" in told and "样例计划第3项" in told and "late by" in told and "8 minutes" in told
    assert (page.context["inbox"].count, page.context["inbox"].minutes) == (2, 8)


def test_the_week_stands_day_by_day(town, at, send):
    send()
    page = at(town.secretary).get("/asks/?view=week")
    assert page.context["inbox"].groups[0].title == town.today.isoformat()
    assert len(page.context["inbox"].groups) == 7


def test_the_inbox_asks_the_same_number_of_queries_for_one_and_for_three(town, at, send):
    send(title="一")
    client = at(town.secretary)
    one = queries(client, "/asks/")
    send(title="二")
    send(title="三")
    assert queries(client, "/asks/") == one


def test_nobody_without_an_account_gets_in(town, client):
    for address in ("/asks/", "/asks/sent/", "/asks/new/", f"/units/{town.units['village'].pk}/burden/"):
        assert client.get(address).status_code == 302


# == one ask ==
def test_it_is_answered_in_two_taps(town, at, send):
    send()
    client = at(town.secretary)
    ask = Ask.objects.get()
    assert f"/asks/{ask.pk}/" in client.get("/asks/").content.decode()
    page = client.get(f"/asks/{ask.pk}/")
    assert "It is done" in page.content.decode()
    answered = client.post(f"/asks/{ask.pk}/answer/", {"token": page.context["form"]["token"].value()}, follow=True)
    assert "Answered: 报一报样例" in answered.content.decode()
    ask.refresh_from_db()
    assert ask.state == "done"


def test_a_form_sent_twice_is_answered_once_and_both_are_led_on(town, at, send):
    send(kind="tell")
    client, ask = at(town.secretary), Ask.objects.get()
    form = {"token": str(uuid4()), "text": "办好了"}
    for _time in range(2):
        assert client.post(f"/asks/{ask.pk}/answer/", form, headers={"X-Kept": "1"}).status_code == 204
    assert client.post(f"/asks/{ask.pk}/answer/", form).status_code == 302
    assert Answer.objects.count() == 1


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(town, at, send):
    send(questions=["会议次数", "是否公开", "方式：当面/书面"])
    client, ask = at(town.secretary), Ask.objects.get()
    ids = [question.pk for question in ask.sending.questions.all()]
    page = client.post(
        f"/asks/{ask.pk}/answer/",
        {"token": str(uuid4()), f"q{ids[0]}": "x3", f"q{ids[1]}": "yes", f"q{ids[2]}": "电话"},
    )
    told = page.content.decode()
    assert page.status_code == 400 and "This does not fit" in told and "x3" in told
    assert not Answer.objects.exists()


def test_a_token_that_is_none_is_refused_and_breaks_nothing(town, at, send):
    send()
    client, ask = at(town.secretary), Ask.objects.get()
    for token in ("", "x", "'; --"):
        assert client.post(f"/asks/{ask.pk}/answer/", {"token": token}).status_code == 400


def test_it_is_not_found_for_whoever_neither_answers_nor_asks(town, at, send):
    send()
    ask = Ask.objects.get()
    for nobody in (town.stranger, town.inspector, town.accounts["chair"]):
        assert at(nobody).get(f"/asks/{ask.pk}/").status_code == 404
        assert at(nobody).post(f"/asks/{ask.pk}/answer/", {"token": str(uuid4())}).status_code == 404
    assert at(town.clerk).get(f"/asks/{ask.pk}/").status_code == 200
    for verb in ("answer", "decline", "take-back"):
        assert at(town.clerk).post(f"/asks/{ask.pk}/{verb}/", {"reason": "x"}).status_code == 404


def test_declined_handed_over_taken_back_and_given_back_on_pages(town, at, send):
    send(kind="tell")
    client, clerk, ask = at(town.secretary), at(town.clerk), Ask.objects.get()
    client.post(f"/asks/{ask.pk}/decline/", {"reason": "没有企业"})
    clerk.post(f"/asks/{ask.pk}/return/", {"reason": "有一家"})
    assert (
        "有一家" in client.get("/asks/").content.decode() or "有一家" in client.get(f"/asks/{ask.pk}/").content.decode()
    )
    client.post(f"/asks/{ask.pk}/answer/", {"token": str(uuid4()), "text": "好"})
    client.post(f"/asks/{ask.pk}/take-back/")
    page = client.get(f"/asks/{ask.pk}/hand-over/")
    assert "样例村党支部" in page.content.decode()
    client.post(f"/asks/{ask.pk}/hand-over/", {"to": town.bodies["other_branch"].pk, "reason": "在你们那里"})
    ask.refresh_from_db()
    assert ask.state == "handed_over" and ask.handed_to.body == town.bodies["other_branch"]


# == asking ==
def written(town, **said):
    return {
        "body": town.bodies["city_party"].pk, "title": "报样例", "why": "样例计划", "kind": "confirm", "minutes": 5,
        "due_on": soon(town).isoformat(),
    } | said  # fmt: skip


def test_the_road_from_writing_to_what_came_back(town, at):
    client = at(town.clerk)
    assert client.post("/asks/new/", written(town)).status_code == 302
    draft = Sending.objects.get()
    assert client.get(f"/asks/sent/{draft.pk}/look/").status_code == 302  # nobody chosen yet
    client.post(f"/asks/sent/{draft.pk}/to/", {"line": "party", "level": "village"})
    page = client.get(f"/asks/sent/{draft.pk}/look/")
    assert "Send to 1 organisations" in page.content.decode() and page.context["seen"].bodies == 1
    sent = client.post(f"/asks/sent/{draft.pk}/do/", {"do": "send"}, follow=True)
    assert "Sent to 1 organisations." in sent.content.decode() and "上下文村党支部" in sent.content.decode()
    assert "报样例" in client.get("/asks/sent/").content.decode()


def test_a_form_of_known_facts_is_refused_with_where_they_stand(town, at):
    page = at(town.clerk).post("/asks/new/", written(town, kind="facts", questions="职工总数\n工会主席\n换届时间"))
    told = page.content.decode()
    assert page.status_code == 400 and "All of it is known already" in told and "whoever keeps the register" in told
    assert not Sending.objects.exists()


def test_over_the_ceiling_the_page_offers_three_ways(town, at, send, write):
    send(minutes=58, title="先前的样例")
    draft = write(minutes=5)
    client = at(town.clerk)
    told = client.get(f"/asks/sent/{draft.pk}/look/").content.decode()
    assert "Merge with “" in told and "Leave them out" in told and "Ask for consent" in told
    assert "Send to" not in told
    earlier = Sending.objects.get(title="先前的样例")
    client.post(f"/asks/sent/{draft.pk}/do/", {"do": "merge", "with": earlier.pk})
    assert "Send to 1 organisations" in client.get(f"/asks/sent/{draft.pk}/look/").content.decode()


def test_consent_is_given_on_its_page_by_the_superior_alone(town, at, send, write):
    send(minutes=58)
    county = town.accounts["county"]
    draft = write(minutes=5, by=county, sender=town.bodies["county_party"])
    sending.ask_consent(draft, reason="汛期要用", today=town.today, by=county)
    address = f"/asks/sent/{draft.pk}/consent/"
    assert at(county).get(address).status_code == 404
    assert "汛期要用" in at(town.clerk).get(address).content.decode()
    at(town.clerk).post(address, {"do": "give"})
    draft.refresh_from_db()
    assert draft.consent.state == "given"


def test_another_ones_draft_is_not_found(town, at, write):
    draft = write(by=town.accounts["county"], sender=town.bodies["county_party"])
    for nobody in (town.secretary, town.stranger, town.clerk):
        for verb in ("look", "edit", "to"):
            assert at(nobody).get(f"/asks/sent/{draft.pk}/{verb}/").status_code == 404
        assert at(nobody).post(f"/asks/sent/{draft.pk}/do/", {"do": "throw_away"}).status_code == 404
    assert Sending.objects.filter(pk=draft.pk).exists()


def test_the_lists_ask_the_same_number_of_queries_for_one_and_for_three(town, at, send):
    found = send(receivers={"bodies": [town.bodies["village_party"].pk]}, title="一")
    client = at(town.clerk)
    one = queries(client, "/asks/sent/"), queries(client, f"/asks/sent/{found.pk}/")
    many = send(receivers={"line": "party"}, title="二")
    send(title="三")
    assert (queries(client, "/asks/sent/"), queries(client, f"/asks/sent/{many.pk}/")) == one


def test_the_file_has_a_column_for_each_question_with_what_was_known(town, at, send):
    found = send(questions=["党组织名称", "会议次数"])
    ask, ids = found.asks.get(), [question.pk for question in found.questions.all()]
    at(town.secretary).post(f"/asks/{ask.pk}/answer/", {"token": str(uuid4()), f"q{ids[1]}": "4"})
    answer = at(town.clerk).get(f"/asks/sent/{found.pk}/answers.xlsx")
    rows = list(openpyxl.load_workbook(BytesIO(b"".join(answer))).active.values)
    assert rows[0][3:5] == ("党组织名称", "会议次数")
    assert (rows[1][0], rows[1][1], *rows[1][3:5]) == ("上下文村党支部", "done", "上下文村党支部", 4)


# == burden ==
def test_what_a_unit_is_asked_for_is_open_to_those_it_concerns(town, at, send):
    send(minutes=58, due_on=soon(town))
    address = f"/units/{town.units['village'].pk}/burden/?month={soon(town):%Y-%m}"
    for reader in (town.secretary, town.clerk):
        told = at(reader).get(address).content.decode()
        assert "58" in told and "绍兴市委" in told and "60 at most" in told
    assert at(town.stranger).get(address).status_code == 404


def test_a_place_sums_up_what_is_below_it_by_sender_and_line(town, at, send):
    send(minutes=58, receivers={"line": "party"})
    page = at(town.clerk).get(f"/units/{town.units['city'].pk}/burden/?month={soon(town):%Y-%m}")
    below = page.context["below"]
    assert (below.units, below.minutes, below.over) == (3, 4 * 58, 0)
    assert [(each.name, each.asks) for each in below.senders] == [("绍兴市委", 4)]
    rows = list(
        openpyxl.load_workbook(
            BytesIO(
                b"".join(at(town.clerk).get(f"/units/{town.units['city'].pk}/burden.xlsx?month={soon(town):%Y-%m}"))
            )
        ).active.values
    )
    assert len(rows) == 4


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1-1", "99999-01"])
def test_a_month_that_is_none_is_not_found(town, at, month):
    assert at(town.clerk).get(f"/units/{town.units['city'].pk}/burden/?month={month}").status_code == 404


def test_a_very_large_sending_goes_to_the_worker(town, at, write, monkeypatch):
    monkeypatch.setattr(sending, "MOST_AT_ONCE", 0)
    draft = write()
    told = at(town.clerk).post(f"/asks/sent/{draft.pk}/do/", {"do": "send"}, follow=True).content.decode()
    assert "It is being sent" in told
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    tasks.send(draft.pk, town.clerk.pk)
    tasks.send(draft.pk, town.clerk.pk)
    assert draft.asks.count() == 1


def test_of_two_who_send_at_once_one_waits_and_the_ceiling_holds(town, write):
    first, second = write(minutes=40, title="一"), write(minutes=40, title="二")
    sending.send(first, today=town.today, now=timezone.now(), by=town.clerk)
    assert sending.what_is_missing(second, today=town.today, by=town.clerk)


# == the API ==
def test_the_inbox_and_one_ask_are_in_the_api_for_the_same_people(town, at, send):
    found = send(kind="tell")
    ask = found.asks.get()
    told = at(town.secretary).get("/api/v1/asks").json()
    assert [(row["id"], row["title"], row["state"]) for row in told["asks"]] == [(ask.pk, "报一报样例", "open")]
    assert at(town.clerk).get("/api/v1/asks").json() == {"asks": [], "next": None}
    at(town.secretary).post(f"/asks/{ask.pk}/answer/", {"token": str(uuid4()), "text": "好"})
    assert at(town.clerk).get(f"/api/v1/asks/{ask.pk}").json()["answers"][0]["text"] == "好"
    assert at(town.stranger).get(f"/api/v1/asks/{ask.pk}").status_code == 404


def test_what_a_unit_is_asked_for_is_in_the_api(town, at, send):
    send(minutes=58)
    address = f"/api/v1/units/{town.units['village'].pk}/burden?month={soon(town):%Y-%m}"
    told = at(town.secretary).get(address).json()
    assert (told["minutes"], told["ceiling"], told["senders"][0]["name"]) == (58, 60, "绍兴市委")
    assert at(town.stranger).get(address).status_code == 404
    for month in ("2026-13", "x", "0000-01"):
        assert at(town.clerk).get(f"/api/v1/units/{town.units['village'].pk}/burden?month={month}").status_code in (
            200,
            400,
        )


# == what it stands on, and where facts stand ==
def test_a_form_of_twelve_known_facts_is_refused_with_a_link_to_each(town, at):
    labels = ["单位名称", "社会信用代码", "单位地址", "行业", "职工总数", "女职工", "农民工人数", "阵地数", "组织全称",
              "党组织书记", "届次", "党员人数"]  # fmt: skip
    given = {"body": town.bodies["city_party"].pk, "title": "报表", "why": "样例", "kind": "facts", "minutes": 5,
             "due_on": soon(town).isoformat(), "questions": "\n".join(labels)}  # fmt: skip
    page = at(town.clerk).post("/asks/new/", given)
    told = page.content.decode()
    assert page.status_code == 400 and "known already and need not be asked" in told and not Sending.objects.exists()
    seat = town.units["city"].pk
    for label, address in zip(labels, ["units"] * 8 + ["bodies"] * 4, strict=True):
        assert f'<a href="/{address}/?below={seat}"><span lang="zh-Hans">{label}</span></a>' in told, label
    for address in ("units", "bodies"):
        assert at(town.clerk).get(f"/{address}/?below={seat}").status_code == 200


def test_an_ask_leads_to_what_it_stands_on_for_whoever_may_read_that(town, at, asked, monkeypatch):
    ask = asked(about="sample.matter:7")
    assert "It belongs to" not in at(town.secretary).get(f"/asks/{ask.pk}/").content.decode()
    monkeypatch.setattr(matters, "_tells", {"sample.matter": lambda _reader, id: (f"样例第{id}项", f"/sample/{id}/")})
    told = at(town.secretary).get(f"/asks/{ask.pk}/").content.decode()
    assert '<a href="/sample/7/">' in told and "样例第7项" in told
    monkeypatch.setattr(matters, "_tells", {"sample.matter": lambda _reader, _id: None})
    assert "It belongs to" not in at(town.secretary).get(f"/asks/{ask.pk}/").content.decode()
