"""The pages of activities: what they show, for whom, in how many queries; the forms, the files and the API."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.activities import contests, events, practices, publicity, sign_ups
from gongjian.activities.contests import Compared
from gongjian.activities.models import Contest, Event, Practice, PublicityItem, SignUp

from .conftest import at, event_in

TOLD = {"title": "错时开放阵地", "done": "晚上和周末开门", "came_of": "来的人多了一倍"}


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def rows_of(answer) -> list[tuple]:
    file = b"".join(answer.streaming_content)
    return list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]


def make(town, what: str, number: int) -> None:
    """One more of each list, by the village's secretary or another body, so that names differ."""
    village, by, today = town.bodies["village_party"], town.secretary, town.today
    if what == "events":
        fields = event_in(town, title=f"活动{number}")
        event = events.plan(village, hosts=[town.bodies["joint_union"]], today=today, by=by, **fields)
        events.announce(event, now=at(today, 9), by=by)
    elif what == "contests":
        fields = {"title": "比", "type_id": "post_expert", "prizes": "none", "items": [Compared("建议")]}
        contests.plan(village, begins_on=today, ends_on=today, today=today, by=by, **fields)
    elif what == "practices":
        made = practices.hand_in(village, today=today, by=by, **TOLD)
        Practice.objects.filter(pk=made.pk).update(state=("recommended", "handed_in")[number % 2])
    else:
        fields = {"subject": "专栏", "channel_id": "site", "planned_on": today}
        publicity.plan(village, responsible=village, today=today, by=by, **fields)


@pytest.mark.parametrize("what", ["events", "contests", "practices", "publicity"])
def test_a_list_takes_the_same_queries_with_one_row_and_with_three(town, signed_in, what):
    browser = signed_in(town.secretary)
    make(town, what, 0)
    first = queries(browser, f"/{what}/")
    for number in (1, 2):
        make(town, what, number)
    assert queries(browser, f"/{what}/") == first
    assert len(browser.get(f"/{what}/").context["page"].rows) == 3
    assert len(rows_of(browser.get(f"/{what}.xlsx"))) == 3
    query = f"?first={town.today}&last={town.today}" if what == "publicity" else ""
    assert len(browser.get(f"/api/v1/{what}{query}").json()[what]) == 3


@pytest.mark.parametrize("what", ["events", "contests", "practices", "publicity"])
def test_an_empty_list_says_what_to_do_and_one_that_nothing_fits_what_to_take_away(town, signed_in, what):
    for account, narrowed in ((town.stranger, ""), (town.secretary, ""), (town.stranger, "?line=women&own=on")):
        for language in ("zh-hans", "en"):
            page = signed_in(account).get(f"/{what}/{narrowed}", headers={"Accept-Language": language})
            assert page.status_code == 200 and 'class="empty"' in page.content.decode()
    assert signed_in(town.stranger).get(f"/{what}/?line=men").status_code == 400
    assert signed_in(town.stranger).get(f"/{what}.xlsx?line=men").status_code == 400


def test_nobody_reads_them_without_signing_in_and_the_programme_leads_to_them(town, client, signed_in):
    for what in ("events", "contests", "practices", "publicity"):
        assert client.get(f"/{what}/").status_code == 302
    told = signed_in(town.stranger).get("/programme/").content.decode()
    links = ("/events/", "/contests/", "/practices/", "/publicity/", "/events/?stage=july_first")
    assert all(f'href="{address}"' in told for address in links)


# == events ==
def test_an_event_is_planned_by_form_announced_signed_up_for_with_one_tap_and_summed_up(town, signed_in):
    keeper, stranger = signed_in(town.secretary), signed_in(town.stranger)
    fields = event_in(town)
    sent = {
        "title": fields["title"], "kind": "july_first_series", "place": "文化礼堂", "capacity": "30",
        "hosts": [town.bodies["joint_union"].pk], "stage": "july_first", "sign_up_until": str(fields["sign_up_until"]),
        "starts_at": f"{fields['starts_at']:%Y-%m-%dT%H:%M}", "ends_at": f"{fields['ends_at']:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    assert keeper.get("/events/new/").status_code == 200
    page = keeper.post("/events/new/", sent | {"title": "", "starts_at": "明天"})
    assert page.status_code == 400 and set(page.context["form"].errors) == {"title", "starts_at"}
    assert keeper.post("/events/new/", sent).status_code == 302
    event = Event.objects.get()
    assert (event.starts_at, event.hosts.get().body) == (fields["starts_at"], town.bodies["joint_union"])
    address = f"/events/{event.pk}/"
    assert stranger.get(address).status_code == 404
    keeper.post(f"{address}move/", {"do": "announce"})
    assert stranger.get("/events/?stage=july_first&line=union").context["page"].rows[0].may_sign_up
    stranger.post(f"{address}sign-up/")
    page = stranger.get(address)
    assert page.context["shown"].mine and page.context["shown"].told is None and not page.context["shown"].signed
    assert [each.name for each in keeper.get(address).context["shown"].signed] == ["周样例"]
    stranger.post(f"{address}sign-up/", {"do": "take_back"})
    assert not SignUp.objects.exists()
    Event.objects.filter(pk=event.pk).update(
        starts_at=at(town.today) - timedelta(2), ends_at=at(town.today) - timedelta(1)
    )
    assert keeper.post(f"{address}sum-up/", {"summary": "学了三篇", "took_part": "4"}).status_code == 400
    assert keeper.post(f"{address}sum-up/", {"summary": "学了三篇", "took_part": "36"}).status_code == 302
    (past,) = stranger.get("/events/").context["past"].rows
    assert past.pk == event.pk and "学了三篇" in stranger.get(address).content.decode()
    assert rows_of(stranger.get("/events.xlsx?when=past"))[0][-1] == "学了三篇"


def test_a_body_signs_up_from_the_page_with_a_number_and_what_is_no_number_is_refused(town, signed_in, announced):
    event, union = announced(capacity=8), town.bodies["joint_union"]
    browser, address = signed_in(town.accounts["joint_chair"]), f"/events/{event.pk}/"
    assert [each.people for each in browser.get(address).context["shown"].own] == [None]
    for people, kept in (("七", None), ("-1", None), ("9", None), ("7", 7), ("6", 6)):
        browser.post(f"{address}sign-up/", {"body": union.pk, "people": people})
        assert [each.people for each in browser.get(address).context["shown"].own] == [kept]
    told = browser.get(f"/api/v1/events/{event.pk}").json()
    assert (told["signed_up"], told["hosts"]) == (6, [])
    assert browser.post(f"{address}sign-up/", {"body": "x"}).status_code == 404
    browser.post(f"{address}sign-up/", {"body": union.pk, "do": "take_back"})
    assert not SignUp.objects.exists()


def test_fewer_than_five_are_not_told_to_others_nor_by_the_api(town, signed_in, announced):
    event = announced()
    sign_ups.sign_up(event, now=at(town.today), by=town.stranger)
    assert signed_in(town.clerk).get(f"/api/v1/events/{event.pk}").json()["signed_up"] is None
    assert signed_in(town.secretary).get(f"/api/v1/events/{event.pk}").json()["signed_up"] == 1
    assert "fewer than 5" in signed_in(town.clerk).get(
        f"/events/{event.pk}/", headers={"Accept-Language": "en"}
    ).content.decode()  # fmt: skip


def test_whoever_keeps_nothing_is_told_so_and_of_another_body_who_does(town, signed_in, announced):
    event = announced()
    for what in ("events", "contests", "practices", "publicity"):
        assert signed_in(town.stranger).get(f"/{what}/new/").status_code == 403
        answer = signed_in(town.stranger).get(f"/{what}/new/?body={town.bodies['village_party'].pk}")
        assert answer.status_code == 403 and "王样例" in answer.content.decode()
        assert signed_in(town.secretary).get(f"/{what}/new/?body=99999999").status_code == 404
    for rest in ("edit/", "sum-up/"):
        assert signed_in(town.stranger).get(f"/events/{event.pk}/{rest}").status_code == 403
    signed_in(town.stranger).post(f"/events/{event.pk}/move/", {"do": "call_off", "reason": "样例"})
    event.refresh_from_db()
    assert event.state == "announced"
    assert signed_in(town.secretary).post(f"/events/{event.pk}/move/", {"do": "explode"}).status_code == 404


# == contests ==
def test_a_contest_goes_from_its_form_to_its_outcome(town, signed_in):
    host, entrant = signed_in(town.accounts["county_chair"]), signed_in(town.accounts["joint_chair"])
    sent = {
        "title": "安全生产竞赛", "type": "labour_contest", "begins_on": str(town.today), "ends_on": str(town.today),
        "prizes": "others", "words_0": "事故", "measure_0": "起", "better_0": "less", "words_1": "建议",
    }  # fmt: skip
    page = host.post("/contests/new/", sent)
    assert page.status_code == 400 and page.context["form"].non_field_errors()
    assert host.post("/contests/new/", sent | {"prizes": "none"}).status_code == 302
    contest = Contest.objects.get()
    address = f"/contests/{contest.pk}/"
    assert host.post(f"{address}edit/", sent | {"prizes": "none", "words_1": ""}).status_code == 302
    item = contest.items.get()
    host.post(f"{address}move/", {"do": "open"})
    assert host.get(f"{address}edit/").status_code == 302
    entrant.post(f"{address}enter/", {"body": town.bodies["joint_union"].pk, "team": "二车间"})
    host.post(f"{address}move/", {"do": "start"})
    (row,) = entrant.get(address).context["shown"].rows
    results = f"{address}{row.entrant.pk}/results/"
    assert entrant.get(results).status_code == 403
    assert host.post(results, {f"item_{item.pk}": "很少"}).status_code == 400
    assert host.post(results, {f"item_{item.pk}": "0"}).status_code == 302
    host.post(f"{address}move/", {"do": "close", "outcome": "二车间一年没有事故"})
    assert "二车间一年没有事故" in entrant.get(address).content.decode()
    assert rows_of(entrant.get(f"/contests/{contest.pk}.xlsx")) == [("上下文村联合工会", "二车间", 0)]
    told = signed_in(town.clerk).get(f"/api/v1/contests/{contest.pk}").json()
    assert (told["state"], told["outcome"], told["entrants"]) == ("closed", "", [])
    assert signed_in(town.clerk).get(results).status_code == 404


# == good practice ==
def test_a_practice_goes_from_the_form_to_being_taken_up(town, signed_in):
    own, above, other = (signed_in(each) for each in (town.secretary, town.clerk, town.accounts["joint_chair"]))
    assert own.post("/practices/new/", TOLD | {"title": "长" * 41}).status_code == 400
    assert own.post("/practices/new/", TOLD).status_code == 302
    made = Practice.objects.get()
    address = f"/practices/{made.pk}/"
    assert other.get(address).status_code == 404
    above.post(f"{address}move/", {"do": "send_back", "words": "花了多少"})
    assert "花了多少" in own.get(address).content.decode()
    assert own.post(f"{address}edit/", TOLD | {"conditions": "两千元"}).status_code == 302
    own.post(f"{address}move/", {"do": "hand_in"})
    for verb in ("check", "recommend"):
        above.post(f"{address}move/", {"do": verb})
    assert other.get("/practices/?q=错时 周末").context["page"].rows[0].pk == made.pk
    assert other.get("/practices/?q=夜校").context["page"].rows == []
    union = town.bodies["joint_union"]
    assert other.post(f"{address}take-up/", {"body": union.pk, "since": "x"}).status_code == 400
    other.post(f"{address}take-up/", {"body": union.pk, "since": str(town.today), "effect": "试着办"})
    (row,) = other.get(address).context["shown"].uptakes
    assert row.is_own and own.get(address).context["shown"].takers == []
    other.post(f"{address}{row.uptake.pk}/", {"effect": "晚上来的人多了"})
    told = own.get(f"/api/v1/practices/{made.pk}").json()
    assert [each["effect"] for each in told["uptakes"]] == ["晚上来的人多了"]
    other.post(f"{address}{row.uptake.pk}/", {"do": "give_up"})
    assert not made.uptakes.exists()


def test_what_is_recommended_stands_first_and_pages_follow_that_order(town, signed_in):
    for number in range(4):
        make(town, "practices", number)
    browser, seen, after = signed_in(town.secretary), [], ""
    while after is not None:
        told = browser.get(f"/api/v1/practices?limit=1&after={after}").json()
        seen += [each["state"] for each in told["practices"]]
        after = told["next"]
    assert seen == ["recommended", "recommended", "handed_in", "handed_in"]


# == publicity ==
def test_the_publicity_plan_shows_a_month_and_what_came_of_each_thing(town, signed_in):
    browser, village = signed_in(town.secretary), town.bodies["village_party"]
    sent = {
        "subject": "七一专栏",
        "channel": "paper",
        "planned_on": f"{town.today.year}-07-01",
        "responsible": village.pk,
    }
    assert browser.post("/publicity/new/", sent | {"planned_on": "七月"}).status_code == 400
    assert browser.post("/publicity/new/", sent).status_code == 302
    item = PublicityItem.objects.get()
    address, month = f"/publicity/{item.pk}/", f"?month={town.today.year}-07"
    assert [row.pk for row in browser.get(f"/publicity/{month}&own=on&channel=paper").context["page"].rows] == [item.pk]
    assert browser.get(f"/publicity/?month={town.today.year}-08").context["page"].rows == []
    assert browser.get("/publicity/?month=2026-13").status_code == 400
    assert browser.post(f"{address}edit/", sent | {"subject": "七一特刊"}).status_code == 302
    published = {"do": "publish", "address": "https://example.cn/7", "on": str(town.today)}
    assert browser.post(f"{address}move/", published | {"on": "x"}).status_code == 400
    browser.post(f"{address}move/", published)
    assert 'href="https://example.cn/7"' in browser.get(address).content.decode()
    browser.post(f"{address}move/", {"do": "reopen"})
    browser.post(f"{address}move/", {"do": "drop", "reason": "并到八月"})
    (line,) = rows_of(browser.get(f"/publicity.xlsx{month}"))
    assert (line[1], line[-1]) == ("七一特刊", "并到八月")


def test_an_address_that_is_no_web_address_is_no_link(town, signed_in):
    make(town, "publicity", 0)
    item = PublicityItem.objects.get()
    publicity.publish(item, address="javascript:alert(1)", on=town.today, today=town.today, by=town.secretary)
    assert 'href="javascript' not in signed_in(town.stranger).get(f"/publicity/{item.pk}/").content.decode()
