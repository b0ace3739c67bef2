"""The pages of the programme and of plans: what they show, for whom, in how many queries; the files and the API."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.programme import actions, tiers
from gongjian.programme.models import Plan, PlanItem, Tier, TierEntry
from gongjian.programme.queries import grouped, item_rows
from gongjian.register import actions as register
from tests.register import town as small

from .conftest import YEAR, add, day, plan_of


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def rows_of(answer) -> list[tuple]:
    file = b"".join(answer.streaming_content)
    return list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]


def item_page(item: PlanItem) -> str:
    return f"/plans/{item.plan_id}/items/{item.pk}/"


# == the programme ==
def test_the_programme_shows_stages_carriers_and_tasks_in_both_languages(planned, signed_in):
    browser = signed_in(planned.town.stranger)
    page = browser.get("/programme/")
    (shown,) = page.context["shown"]
    assert {row.stage.pk: row.bar is not None for row in shown.stages} == {"july_first": True, "congress_18": False}
    july = next(row for row in shown.stages if row.stage.pk == "july_first")
    assert (july.begins_on, july.key_date) == (day(1, 1), day(7, 1))
    assert shown.year.today is not None
    told = page.content.decode()
    for said in ("十百千万", "十大项目", "百家团委", "千名团干", "万名团员", "十件实事", "阵地共建共用", "“七一”阶段"):
        assert said in told
    english = browser.get("/programme/", headers={"Accept-Language": "en"}).content.decode()
    assert "A hundred League committees" in english and "Share venues" in english


def test_in_the_year_of_the_congress_its_stage_is_drawn_and_today_is_not(planned, signed_in):
    (shown,) = signed_in(planned.town.stranger).get("/programme/?on=2012-03-01").context["shown"]
    assert all(row.bar for row in shown.stages) and shown.year.today is None


def test_without_a_programme_the_page_says_so(town, signed_in):
    page = signed_in(town.stranger).get("/programme/")
    assert page.status_code == 200 and page.context["shown"] == []


def test_nobody_reads_it_without_signing_in(planned, client):
    for address in ("/programme/", "/plans/", f"/plans/{planned.plan.pk}/", "/programme/tiers/league_members/"):
        assert client.get(address).status_code == 302


def test_a_tier_opens_to_the_names_and_its_file_has_the_same(planned, signed_in):
    browser = signed_in(planned.town.clerk)
    address = "/programme/tiers/league_members/"
    sent = {"body": "上下文村团支部", "people": "12", "since": str(planned.town.today), "note": "样例"}
    assert browser.post(f"{address}enter/", sent).status_code == 302
    page = browser.get(address)
    (row,) = page.context["shown"].page.rows
    assert (row.name, row.counted, row.may_take_out) == ("上下文村团支部", 12, True)
    assert page.context["shown"].row.reached == 12
    (line,) = rows_of(browser.get("/programme/tiers/league_members.xlsx"))
    assert (line[0], line[2], line[4]) == ("上下文村团支部", 12, "样例")
    (shown,) = browser.get("/programme/").context["shown"]
    assert {t.tier.pk: t.reached for c in shown.carriers for t in c.tiers if t.reached} == {"league_members": 12}
    assert browser.post(f"{address}{row.pk}/take-out/").status_code == 302
    assert not TierEntry.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [{"body": "没有这个"}, {"body": "上下文村团支部"}, {"people": "9"}, {"people": "4", "body": "上下文村团支部"}],
)
def test_what_is_wrong_in_an_entry_is_said_on_the_page(planned, signed_in, sent):
    given = {"since": str(planned.town.today), "people": "9"} if sent.get("body") == "没有这个" else {}
    page = signed_in(planned.town.clerk).post(
        "/programme/tiers/league_members/enter/", {"since": str(planned.town.today)} | given | sent
    )
    assert page.status_code == 400 and page.context["form"].errors


def test_who_may_not_enter_is_told_so_and_refused(planned, signed_in):
    browser = signed_in(planned.town.stranger)
    address = "/programme/tiers/league_projects/"
    assert browser.get(address).context["form"] is None
    browser.post(f"{address}enter/", {"project": "样例", "since": str(planned.town.today)})
    assert not TierEntry.objects.exists()


# == plans ==
def test_the_list_is_narrowed_by_year_line_place_and_what_is_late(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.stranger)
    late = add(planned.plan, town.clerk, starts_on=town.today - timedelta(9), due_on=town.today - timedelta(2))
    actions.move_item(late, "start", today=town.today, by=town.clerk)
    (row,) = browser.get("/plans/").context["listed"].page.rows
    assert (row.name, row.counts["items"], row.counts["done"], row.counts["late"]) == ("绍兴市委", 2, 0, 1)

    def found(query: str) -> int:
        return len(browser.get(f"/plans/?{query}").context["listed"].page.rows)

    assert [found(f"year={YEAR}"), found("line=party"), found("late=on"), found("state=published")] == [1] * 4
    assert [found("line=union"), found("state=closed")] == [0, 0]
    assert found(f"below={town.units['city'].pk}") == 1 and found(f"below={town.units['county'].pk}") == 0
    assert browser.get("/plans/?year=1999").status_code == 400
    (line,) = rows_of(browser.get("/plans.xlsx?late=on"))
    assert line[0] == "绍兴市委" and line[-1] == 1


def test_a_draft_is_found_by_whoever_keeps_it_alone(planned, signed_in):
    assert signed_in(planned.town.secretary).get(f"/plans/{planned.draft.pk}/").status_code == 200
    for account in (planned.town.clerk, planned.town.inspector, planned.town.stranger):
        assert signed_in(account).get(f"/plans/{planned.draft.pk}/").status_code == 404
        assert signed_in(account).get(f"/api/v1/plans/{planned.draft.pk}").status_code == 404


def test_the_plan_says_who_may_change_it_and_why_i_may_not(planned, signed_in):
    page = signed_in(planned.town.secretary).get(f"/plans/{planned.plan.pk}/")
    assert not page.context["is_kept"] and "李样例" in page.content.decode()
    for address in (f"/plans/{planned.plan.pk}/items/new/", f"/plans/{planned.plan.pk}/edit/"):
        assert signed_in(planned.town.secretary).get(address).status_code == 403
    assert signed_in(planned.town.secretary).post(f"/plans/{planned.plan.pk}/move/", {"do": "close"}).status_code == 403
    planned.plan.refresh_from_db()
    assert planned.plan.state == "published"


def test_what_is_late_stands_first_with_its_reason_or_that_there_is_none(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.clerk)
    days = {"starts_on": town.today - timedelta(9), "due_on": town.today - timedelta(1)}
    late = add(planned.plan, town.clerk, title="晚了", **days)
    page = browser.get(f"/plans/{planned.plan.pk}/")
    first = page.context["shown"].groups[0]
    assert first.is_late and [row.item.pk for row in first.rows] == [late.pk]
    assert browser.get(item_page(late)).context["may_explain"]
    browser.post(f"{item_page(late)}late/", {"reason": "等文件"})
    assert "等文件" in browser.get(f"/plans/{planned.plan.pk}/").content.decode()


def test_the_rest_stands_by_stage_and_quarter(planned):
    town = planned.town
    add(planned.plan, town.clerk, title="七一", stage_id="july_first", due_on=day(12, 30))
    late = [row for row in item_rows(town.clerk, planned.plan, date_before(town)) if not row.is_late]
    titles = [group.title for group in grouped(late)]
    assert len(titles) == 2 and "4" in titles[1]


def date_before(town):
    return day(1, 1)


def test_an_item_is_added_by_form_with_partners_and_shows_in_the_partners_plan_as_one(planned, signed_in):
    town = planned.town
    union = small.account("钱样例")
    small.office(small.person("钱样例", account=union), town.bodies["city_union"], "union_chair")
    its = plan_of(town.bodies["city_union"], union)
    sent = {
        "title": "共建阵地", "owner": town.bodies["city_party"].pk, "partners": [town.bodies["city_union"].pk],
        "starts_on": str(day(1, 1)), "due_on": str(day(12, 31)),
    }  # fmt: skip
    browser = signed_in(town.clerk)
    assert browser.get(f"/plans/{planned.plan.pk}/items/new/").status_code == 200
    assert browser.post(f"/plans/{planned.plan.pk}/items/new/", sent).status_code == 302
    item = PlanItem.objects.get(title="共建阵地")
    page = browser.get(f"/plans/{its.pk}/")
    shown = {row.item.pk: row.home for row in page.context["shown"].rows}
    assert shown[item.pk] == "绍兴市委" and len(shown) == 2
    told = browser.get(f"/api/v1/plans/{its.pk}").json()["items"]
    assert {each["id"]: each["shared"] for each in told} == {item.pk: True, its.items.get().pk: False}


def test_a_form_that_lacks_something_comes_back_with_what_to_do(planned, signed_in):
    page = signed_in(planned.town.clerk).post(f"/plans/{planned.plan.pk}/items/new/", {"title": ""})
    assert page.status_code == 400 and page.context["form"].errors["title"]


def test_the_plan_above_is_offered_and_several_are_taken_with_one_click(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.secretary)
    second = add(planned.plan, town.clerk, title="第二件")
    dropped = add(planned.plan, town.clerk, title="不办了")
    actions.move_item(dropped, "drop", reason="样例", today=town.today, by=town.clerk)
    address = f"/plans/{planned.draft.pk}/take-down/"
    (name, above, items), = browser.get(address).context["offered"].plans  # fmt: skip
    assert (name, above) == ("绍兴市委", planned.plan)
    assert {each.pk for each in items} == {planned.item.pk, second.pk}
    browser.post(address, {"item": [planned.item.pk, second.pk]})
    assert set(planned.draft.items.values_list("source", flat=True)) == {planned.item.pk, second.pk}
    assert browser.get(address).context["offered"].is_empty
    assert browser.post(address, {"item": [dropped.pk]}).status_code == 200
    page = signed_in(town.clerk).get(item_page(planned.item))
    assert page.context["shown"].below == []  # a draft below is not told to whoever does not keep it


def test_what_is_shared_already_is_not_offered_again_from_further_up(planned, signed_in):
    """The county's committee has taken the city's item down and shares it with the county's union."""
    town = planned.town
    chair = small.account("钱样例")
    small.office(small.person("钱样例", account=chair), town.bodies["county_union"], "union_chair")
    draft = actions.open_plan(town.bodies["county_union"], YEAR, today=town.today, by=chair)
    Plan.objects.create(body=town.bodies["city_union"], year=YEAR, state="published")
    actions.amend_item(
        planned.item, title=planned.item.title, starts_on=day(1, 1), due_on=day(12, 31), owner=planned.item.owner,
        partners=[town.bodies["city_union"]], today=town.today, by=town.clerk,
    )  # fmt: skip
    page = signed_in(chair).get(f"/plans/{draft.pk}/take-down/")
    assert [each.pk for _name, _plan, items in page.context["offered"].plans for each in items] == [planned.item.pk]
    county = Plan.objects.create(body=town.bodies["county_party"], year=YEAR, state="published")
    taken = PlanItem.objects.create(
        plan=county, title="县里的", owner=county.body, starts_on=day(1, 1), due_on=day(12, 31), source=planned.item
    )
    taken.partners.create(body=town.bodies["county_union"])
    assert signed_in(chair).get(f"/plans/{draft.pk}/take-down/").context["offered"].is_empty


def test_the_nearest_published_plan_above_hides_those_further_up(planned, signed_in):
    town = planned.town
    county = Plan.objects.create(body=town.bodies["county_party"], year=YEAR, state="published")
    PlanItem.objects.create(
        plan=county, title="县里的", owner=county.body, starts_on=day(1, 1), due_on=day(12, 31), source=planned.item
    )
    page = signed_in(town.secretary).get(f"/plans/{planned.draft.pk}/take-down/")
    assert [(plan.pk, [each.title for each in items]) for _name, plan, items in page.context["offered"].plans] == [
        (county.pk, ["县里的"])
    ]


def test_at_the_top_of_a_line_tasks_of_the_programme_are_taken_up(planned, signed_in):
    browser = signed_in(planned.town.clerk)
    address = f"/plans/{planned.plan.pk}/take-down/"
    tasks = [each.pk for each in browser.get(address).context["offered"].tasks]
    assert tasks == ["sync_organisations", "sync_teams", "sync_venues", "sync_mechanisms"]
    browser.post(address, {"task": tasks[:2]})
    assert set(planned.plan.items.exclude(task=None).values_list("title", flat=True)) == {
        "组织同步建设",
        "队伍同步建设",
    }
    assert [each.pk for each in browser.get(address).context["offered"].tasks] == tasks[2:]


def test_a_plan_is_drafted_published_and_carried_into_next_year_by_pages(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.clerk)
    body = town.bodies["city_party"]
    page = browser.get(f"/bodies/{body.pk}/plan/")
    assert page.status_code == 302 and page["Location"] == f"/plans/{planned.plan.pk}/"
    address = f"/bodies/{body.pk}/plan/new/"
    assert [year for year, _said in browser.get(address).context["form"].fields["year"].choices] == [YEAR + 1]
    browser.post(address, {"year": YEAR + 1, "theme": "明年", "carries_over": "on"})
    new = Plan.objects.get(body=body, year=YEAR + 1)
    assert (new.based_on, new.items.count(), new.state) == (planned.plan, 1, "draft")
    browser.post(f"/plans/{new.pk}/edit/", {"theme": "改了", "document": "样例文件"})
    browser.post(f"/plans/{new.pk}/move/", {"do": "publish"})
    new.refresh_from_db()
    assert (new.theme, new.state) == ("改了", "published")
    assert browser.post(f"/plans/{new.pk}/move/", {"do": "nonsense"}).status_code == 404


def test_a_body_without_a_plan_has_a_page_that_says_what_to_do(planned, signed_in):
    address = f"/bodies/{planned.town.bodies['joint_union'].pk}/plan/"
    assert not signed_in(planned.town.stranger).get(address).context["may_draft"]
    chair = small.account("陈样例")
    planned.town.people["chair"].account = chair
    planned.town.people["chair"].save()
    page = signed_in(chair).get(address)
    assert page.context["may_draft"]
    own = signed_in(chair).get("/plans/").context["own"]
    assert [(name, plan) for _id, name, plan in own] == [("上下文村联合工会", None)]


def test_an_item_is_moved_dropped_and_reopened_on_its_page_with_its_history(planned, signed_in):
    browser, address = signed_in(planned.town.clerk), item_page(planned.item)
    for sent in ({"do": "start"}, {"do": "drop"}, {"do": "drop", "reason": "合并了"}, {"do": "reopen"}):
        browser.post(f"{address}move/", sent)
    page = browser.get(address)
    assert page.context["item"].state == "planned"
    events = page.context["shown"].events
    assert [event.reason for event in events] == ["", "合并了", "", ""]
    assert all("绍兴市委" in event.office for event in events)
    assert browser.post(f"{address}move/", {"do": "sideways"}).status_code == 404
    for account in (planned.town.stranger, planned.town.inspector):
        signed_in(account).post(f"{address}move/", {"do": "finish"})
    planned.item.refresh_from_db()
    assert planned.item.state == "planned"


def test_the_item_of_a_dissolved_owner_asks_for_a_new_one_and_the_one_above_is_offered_first(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.clerk)
    street, county = town.bodies["street_party"], town.bodies["county_party"]
    item = add(planned.plan, town.clerk, title="街道的", owner=street)
    given = {"on": town.today, "today": town.today, "by": None}
    register.amend_body(town.bodies["village_party"], superior=county, **given)
    register.close_body(street, **given)
    page = browser.get(f"/plans/{planned.plan.pk}/")
    assert {row.item.pk: row.heir for row in page.context["shown"].rows if row.is_orphan} == {
        item.pk: (county.pk, "诸暨市委")
    }
    page = browser.get(item_page(item))
    assert page.context["heirs"][0] == (county.pk, "诸暨市委")
    assert browser.get(f"{item_page(item)}edit/").status_code == 200
    browser.post(f"{item_page(item)}owner/", {"owner": town.bodies["village_party"].pk})
    item.refresh_from_db()
    assert item.owner == street  # only what is offered
    browser.post(f"{item_page(item)}owner/", {"owner": county.pk})
    item.refresh_from_db()
    assert item.owner == county


def test_the_plan_of_a_dissolved_body_says_so(planned, signed_in):
    town = planned.town
    actions.take_down(planned.draft, [planned.item], by=town.secretary)
    actions.move_plan(planned.draft, "publish", by=town.secretary)
    league, union = town.bodies["league"], town.bodies["joint_union"]
    for body in (league, union):
        register.amend_body(body, on=town.today, today=town.today, by=None, leader=town.bodies["street_party"])
    register.close_body(town.bodies["village_party"], on=town.today, today=town.today, by=None)
    page = signed_in(town.clerk).get(f"/plans/{planned.draft.pk}/")
    shown = page.context["shown"]
    assert not shown.stands and shown.keeper == town.bodies["street_party"]
    assert shown.rows[0].is_orphan and page.status_code == 200


def test_the_file_of_a_plan_holds_its_items(planned, signed_in):
    (line,) = rows_of(signed_in(planned.town.stranger).get(f"/plans/{planned.plan.pk}.xlsx"))
    assert (line[0], line[2]) == ("市里的任务", "绍兴市委")


# == how many queries ==
def test_lists_and_pages_take_the_same_number_of_queries_for_more_rows(planned, signed_in):
    town, browser = planned.town, signed_in(planned.town.clerk)
    league = Tier.objects.get(pk="league_committees")
    given = {"since": town.today, "today": town.today, "by": town.clerk}
    tiers.enter(league, body=town.bodies["league"], **given)
    pages = ["/plans/", f"/plans/{planned.plan.pk}/", item_page(planned.item), "/programme/",
             "/programme/tiers/league_committees/", f"/plans/{planned.plan.pk}/take-down/"]  # fmt: skip
    actions.take_down(planned.draft, [planned.item], by=town.secretary)
    actions.move_plan(planned.draft, "publish", by=town.secretary)
    union = [town.bodies["city_union"]]
    add(planned.plan, town.clerk, partners=union)
    before = [queries(browser, page) for page in pages]
    for number in range(2):
        body = small.body(f"样例团委{number}", "league_committee", town.units["county"])
        tiers.enter(league, body=body, **given)
        add(planned.plan, town.clerk, owner=town.bodies["county_party"], partners=union, stage_id="july_first")
        plan = Plan.objects.create(body=body, year=YEAR, state="published")
        PlanItem.objects.create(
            plan=plan, title="x", owner=body, starts_on=day(1, 1), due_on=day(2, 1), source=planned.item
        )
    assert [queries(browser, page) for page in pages] == before
    assert max(before) <= 40


def test_the_api_tells_what_the_pages_list(planned, signed_in):
    browser = signed_in(planned.town.stranger)
    told = browser.get("/api/v1/plans").json()["plans"]
    assert [(each["id"], each["items"], each["late"]) for each in told] == [(planned.plan.pk, 1, 0)]
    one = browser.get(f"/api/v1/plans/{planned.plan.pk}").json()
    assert (one["name"], [each["title"] for each in one["items"]]) == ("绍兴市委", ["市里的任务"])
    (programme,) = browser.get("/api/v1/programme").json()
    assert [each["key"] for each in programme["carriers"]] == ["union_shape", "league_shape"]
    assert browser.get("/api/v1/plans?state=nonsense").status_code == 400
