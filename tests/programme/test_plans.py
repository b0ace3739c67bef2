"""The verbs of plans and items: who may, what is refused, what is on record; and what the database holds by itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.chronicle.models import Act, Before
from gongjian.programme import actions
from gongjian.programme.access import (
    bodies_kept_by,
    items_visible_to,
    keeping_body,
    office_that_keeps,
    plans_visible_to,
)
from gongjian.programme.models import Partner, Plan, PlanItem
from gongjian.programme.states import ITEM_MOVES, PLAN_MOVES, moves_of
from gongjian.programme.timeline import moved
from gongjian.register import actions as register
from gongjian.register.appointments import lend
from gongjian.register.models import Office
from gongjian.register.refusals import Refused
from gongjian.settings import ROOT
from tests.register import town as small

from .conftest import YEAR, add, day


def test_the_secretary_drafts_the_plan_of_the_village_and_nobody_else_does(planned):
    town, next_year = planned.town, YEAR + 1
    given = {"theme": "党群共建", "today": town.today, "by": town.secretary}
    plan = actions.open_plan(town.bodies["village_party"], next_year, **given)
    assert (plan.state, plan.theme) == ("draft", "党群共建")
    act = Act.objects.get(verb="programme.open_plan", subject=f"programme.plan:{plan.pk}")
    assert act.by == town.secretary and act.office.startswith("register.office:")
    for other in (town.clerk, town.inspector, town.stranger):
        with pytest.raises(Refused):
            actions.open_plan(town.bodies["village_party"], YEAR + 2, today=town.today, by=other)
    with pytest.raises(Refused):
        actions.open_plan(town.bodies["village_party"], YEAR - 1, today=town.today, by=town.secretary)


def test_a_body_has_one_plan_a_year(planned):
    with pytest.raises(Refused):
        actions.open_plan(planned.town.bodies["city_party"], YEAR, today=planned.town.today, by=planned.town.clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(body=planned.town.bodies["city_party"], year=YEAR)


def test_a_draft_is_read_by_whoever_keeps_it_and_a_published_plan_by_whoever_is_signed_in(planned, client):
    town, draft = planned.town, planned.draft
    readers = [town.clerk, town.secretary, town.inspector, town.stranger]
    assert [plans_visible_to(each).filter(pk=draft.pk).exists() for each in readers] == [False, True, False, False]
    assert [plans_visible_to(each).filter(pk=planned.plan.pk).exists() for each in readers] == [True] * 4
    item = add(draft, town.secretary)
    assert [items_visible_to(each).filter(pk=item.pk).exists() for each in readers] == [False, True, False, False]


def test_an_empty_plan_is_not_published(planned):
    with pytest.raises(Refused):
        actions.move_plan(planned.draft, "publish", by=planned.town.secretary)
    add(planned.draft, planned.town.secretary)
    assert actions.move_plan(planned.draft, "publish", by=planned.town.secretary).state == "published"


def test_items_are_taken_down_once_with_what_they_are(planned):
    town, above = planned.town, planned.item
    (taken,) = actions.take_down(planned.draft, [above], by=town.secretary)
    assert (taken.source, taken.title, taken.due_on, taken.owner) == (
        above, above.title, above.due_on, town.bodies["village_party"],
    )  # fmt: skip
    with pytest.raises(Refused):
        actions.take_down(planned.draft, [above], by=town.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(
            plan=planned.draft, title="x", owner=taken.owner, starts_on=day(1, 1), due_on=day(2, 1), source=above
        )
    with pytest.raises(Refused):
        actions.move_plan(planned.plan, "withdraw", by=town.clerk)


def test_what_was_not_published_is_not_taken_down(planned):
    item = add(planned.draft, planned.town.secretary)
    with pytest.raises(Refused):
        actions.take_down(planned.plan, [item], by=planned.town.clerk)


def test_partners_are_of_other_lines_and_the_item_is_one(planned):
    town = planned.town
    with pytest.raises(Refused):
        add(planned.plan, town.clerk, partners=[town.bodies["county_party"]])
    item = add(planned.plan, town.clerk, partners=[town.bodies["city_union"]])
    assert [each.body_id for each in item.partners.all()] == [town.bodies["city_union"].pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.create(item=item, body=town.bodies["city_union"])
    actions.amend_item(
        item, title="改名", starts_on=item.starts_on, due_on=item.due_on, owner=item.owner, partners=[],
        today=town.today, by=town.clerk,
    )  # fmt: skip
    item.refresh_from_db()
    assert item.title == "改名" and not item.partners.exists()
    act = Act.objects.get(verb="programme.amend_item")
    assert {each.table for each in Before.objects.filter(act=act)} == {"programme_planitem", "programme_partner"}


@pytest.mark.parametrize(
    "verbs, state",
    [
        (["start"], "under_way"), (["start", "put_back"], "planned"), (["finish"], "done"),
        (["start", "finish", "reopen"], "under_way"), (["drop"], "dropped"), (["drop", "reopen"], "planned"),
    ],
)  # fmt: skip
def test_an_item_moves_as_the_table_says(planned, verbs, state):
    item, today = planned.item, planned.town.today
    for verb in verbs:
        item = actions.move_item(item, verb, reason="样例原因", today=today, by=planned.town.clerk)
    assert item.state == state
    assert (item.done_on, item.dropped_reason) == (
        today if state == "done" else None, "样例原因" if state == "dropped" else "",
    )  # fmt: skip
    subject = f"programme.item:{item.pk}"
    told = list(Act.objects.filter(subject=subject).order_by("id").values_list("verb", flat=True))
    assert told[1:] == [f"programme.{verb}_item" for verb in verbs]


def test_the_page_of_the_docs_tells_the_same_moves():
    page = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
    words = {"planned": "planned", "under way": "under_way", "finished": "done", "dropped": "dropped"}
    rows = re.findall(rf"^\| ({'|'.join(words)}) \| (.+) \|$", page, re.M)
    told = {words[state]: {value for word, value in words.items() if word in after} for state, after in rows}
    moves = {
        state.value: {after.value for (held, _verb), after in ITEM_MOVES.items() if held == state}
        for state in PlanItem.State
    }
    assert told == moves


def test_every_move_that_the_table_lacks_is_refused(planned):
    for thing, moves, states in ((planned.item, ITEM_MOVES, PlanItem.State), (planned.plan, PLAN_MOVES, Plan.State)):
        verbs = {verb for _state, verb in moves}
        for state in states:
            thing.state = state
            assert moves_of(thing) == [verb for held, verb in moves if held == state]
            assert set(moves_of(thing)) < verbs
    with pytest.raises(Refused):
        actions.move_item(planned.item, "reopen", today=planned.town.today, by=planned.town.clerk)
    with pytest.raises(Refused):
        actions.move_plan(planned.plan, "reopen", by=planned.town.clerk)


def test_dropping_and_being_late_need_a_reason(planned):
    town, item = planned.town, planned.item
    with pytest.raises(Refused):
        actions.move_item(item, "drop", today=town.today, by=town.clerk)
    with pytest.raises(Refused):
        actions.say_why_late(item, reason="还没到期", today=town.today, by=town.clerk)
    late = add(planned.plan, town.clerk, starts_on=town.today - timedelta(9), due_on=town.today - timedelta(1))
    assert late.is_late(town.today) and not late.is_late(late.due_on)
    with pytest.raises(Refused):
        actions.say_why_late(late, reason=" ", today=town.today, by=town.clerk)
    assert actions.say_why_late(late, reason="等文件", today=town.today, by=town.clerk).late_reason == "等文件"


def test_the_owner_of_an_item_tells_how_it_stands_and_does_not_change_it(planned):
    town = planned.town
    item = add(planned.plan, town.clerk, owner=town.bodies["village_party"])
    assert actions.move_item(item, "start", today=town.today, by=town.secretary).state == "under_way"
    with pytest.raises(Refused):
        actions.hand_over(item, to=town.bodies["city_party"], today=town.today, by=town.secretary)
    for other in (town.inspector, town.stranger):
        with pytest.raises(Refused):
            actions.move_item(item, "finish", today=town.today, by=other)


def test_a_closed_plan_stands_still_until_it_is_reopened(planned):
    town = planned.town
    actions.move_plan(planned.plan, "close", by=town.clerk)
    with pytest.raises(Refused):
        add(planned.plan, town.clerk)
    with pytest.raises(Refused):
        actions.move_item(planned.item, "start", today=town.today, by=town.clerk)
    actions.move_plan(planned.plan, "reopen", by=town.clerk)
    assert actions.move_item(planned.item, "start", today=town.today, by=town.clerk).state == "under_way"


def test_next_years_plan_begins_with_what_is_unfinished_or_comes_again(planned):
    town = planned.town
    again = add(planned.plan, town.clerk, title="每年一次", recurs=True, partners=[town.bodies["city_union"]])
    over = add(planned.plan, town.clerk, title="办完了")
    for item in (again, over):
        actions.move_item(item, "finish", today=town.today, by=town.clerk)
    given = {"today": town.today, "by": town.clerk, "based_on": planned.plan}
    new = actions.open_plan(town.bodies["city_party"], YEAR + 1, **given)
    assert (new.state, new.based_on) == ("draft", planned.plan)
    copies = {each.title: each for each in new.items.all()}
    assert set(copies) == {planned.item.title, "每年一次"}
    copy = copies["每年一次"]
    assert (copy.state, copy.due_on) == ("planned", again.due_on.replace(year=YEAR + 1))
    assert [each.body_id for each in copy.partners.all()] == [town.bodies["city_union"].pk]


def test_the_29th_of_february_becomes_the_28th():
    assert moved([date(2024, 2, 29), date(2024, 3, 1)], 1) == [date(2025, 2, 28), date(2025, 3, 1)]


def test_what_a_dissolved_body_has_left_is_kept_by_the_one_above(planned):
    town, body = planned.town, planned.town.bodies["street_party"]
    county = small.account("吴样例")
    small.office(small.person("吴样例", account=county), town.bodies["county_party"], "party_secretary")
    plan = Plan.objects.create(body=body, year=YEAR)
    assert office_that_keeps(county, body) is None
    register.amend_body(
        town.bodies["village_party"], on=town.today, today=town.today, by=None, superior=town.bodies["county_party"]
    )
    register.close_body(body, on=town.today, today=town.today, by=None)
    body.refresh_from_db()
    assert keeping_body(body) == town.bodies["county_party"]
    assert office_that_keeps(county, body)
    assert plans_visible_to(county).filter(pk=plan.pk).exists()
    assert not plans_visible_to(town.secretary).filter(pk=plan.pk).exists()


def test_lists_and_single_plans_agree_about_who_keeps_what(planned):
    """For everybody and every body: whoever reads its draft keeps it, and nobody else does."""
    town = planned.town
    lent = small.account("蒋样例")
    borrower = small.person("蒋样例", account=lent)
    small.membership(borrower, town.bodies["village_party"])
    held = Office.objects.get(person=town.people["secretary"])
    lend(held, borrower, on=town.today, until=town.today + timedelta(9), today=town.today, by=town.secretary)
    for key, body in town.bodies.items():
        draft = Plan.objects.create(body=body, year=YEAR + 5)
        body.refresh_from_db()
        for name, account in {**town.accounts, "lent": lent}.items():
            reads = plans_visible_to(account).filter(pk=draft.pk).exists()
            assert reads == (office_that_keeps(account, body) is not None), (name, key)
            assert reads == bodies_kept_by(account).filter(pk=body.pk).exists(), (name, key)
    office = office_that_keeps(lent, town.bodies["village_party"])
    assert office and office.startswith("register.delegation:")


def test_an_item_goes_over_to_a_body_that_stands(planned):
    town = planned.town
    street = town.bodies["street_party"]
    with pytest.raises(Refused):
        actions.hand_over(planned.item, to=small.Body.objects.create(line_id="party"), today=town.today, by=town.clerk)
    assert actions.hand_over(planned.item, to=street, today=town.today, by=town.clerk).owner == street


def test_an_item_leaves_a_draft_and_not_a_published_plan(planned):
    item = add(planned.draft, planned.town.secretary)
    actions.remove_item(item, by=planned.town.secretary)
    assert not PlanItem.objects.filter(pk=item.pk).exists()
    with pytest.raises(Refused):
        actions.remove_item(planned.item, by=planned.town.clerk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"due_on": date(YEAR, 1, 1), "starts_on": date(YEAR, 2, 1)}, {"state": "done"},
        {"state": "dropped"}, {"dropped_reason": "x"},
    ],
)  # fmt: skip
def test_the_database_holds_what_an_item_must_be(planned, wrong):
    given = {"title": "x", "starts_on": day(1, 1), "due_on": day(2, 1)} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(plan=planned.plan, owner=planned.plan.body, **given)
