"""The verbs of contests: prizes and approvals, who may enter, results and who reads them, the outcome."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from gongjian.activities import contests
from gongjian.activities.access import (
    contests_visible_to,
    entrants_visible_to,
    outcomes_visible_to,
    results_visible_to,
)
from gongjian.activities.contests import Compared
from gongjian.activities.models import Contest, Result
from gongjian.activities.queries_contests import contest_shown
from gongjian.register import actions as register
from gongjian.register.refusals import Refused

from .conftest import passing_union

ITEMS = [Compared("合理化建议", "条", "more"), Compared("工伤事故", "起", "less"), Compared(" ")]


def contest_of(town, by="county_chair", body="county_union", **given):
    fields = {"title": "“安康杯”竞赛", "type_id": "labour_contest", "prizes": "none", "items": ITEMS}
    fields |= {"begins_on": town.today, "ends_on": town.today + timedelta(90)}
    return contests.plan(town.bodies[body], today=town.today, by=town.accounts[by], **fields | given)


@pytest.fixture
def opened(town):
    return contests.open_for_entries(contest_of(town), today=town.today, by=town.accounts["county_chair"])


@pytest.fixture
def running(town, opened):
    chair = town.accounts["joint_chair"]
    for team in ("一车间", ""):
        contests.enter(opened, town.bodies["joint_union"], team=team, today=town.today, by=chair)
    return contests.start(opened, by=town.accounts["county_chair"])


@pytest.mark.parametrize("given", [{}, {"approval": "浙总工发〔2026〕1号"}, {"approved_at": "province"}])
def test_prizes_to_others_are_refused_without_their_document(town, given):
    with pytest.raises(Refused, match="approval from the province"):
        contest_of(town, prizes="others", **given)
    contest = contest_of(town, prizes="others", approval="浙总工发〔2026〕1号", approved_at="province")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contest.objects.filter(pk=contest.pk).update(approval="")
    assert contest_of(town, prizes="own", approval="多余", approved_at="central").approval == ""


@pytest.mark.parametrize(
    "given, said",
    [({"title": ""}, "title is empty"), ({"items": [Compared(" ")]}, "at least one thing"),
     ({"items": [Compared("比")] * 13}, "at most 12"), ({"items": [Compared("长" * 81)]}, "at most 80")],
)  # fmt: skip
def test_what_is_wrong_with_a_contest_is_said(town, given, said):
    with pytest.raises(Refused, match=said):
        contest_of(town, **given)


def test_a_draft_is_its_hosts_and_what_was_opened_stands(town):
    contest = contest_of(town, hosts=[town.bodies["county_party"]])
    readers = [town.accounts["county_chair"], town.accounts["joint_chair"], town.clerk]
    assert [contests_visible_to(each).exists() for each in readers] == [True, False, False]
    assert [each.words for each in contest.items.all()] == ["合理化建议", "工伤事故"]
    chair = town.accounts["county_chair"]
    contests.amend(contest, items=[Compared("产值", "万元")], hosts=[], today=town.today, by=chair, title="改了")
    contests.open_for_entries(contest, today=town.today, by=chair)
    assert [contests_visible_to(each).exists() for each in readers] == [True] * 3
    with pytest.raises(Refused, match="Make it a draft again"):
        contests.amend(contest, items=ITEMS, hosts=[], today=town.today, by=chair)
    with pytest.raises(Refused, match="Nobody has entered"):
        contests.start(contest, by=chair)
    assert contests.take_back(contest, by=chair).state == "draft"
    Contest.objects.filter(pk=contest.pk).update(begins_on=town.today - timedelta(9), ends_on=town.today - timedelta(1))
    with pytest.raises(Refused, match="last day is past"):
        contests.open_for_entries(contest, today=town.today, by=chair)


def test_those_below_the_host_enter_themselves_once_and_others_do_not(town, opened):
    union, chair = town.bodies["joint_union"], town.accounts["joint_chair"]
    entrant = contests.enter(opened, union, team=" 一车间 ", today=town.today, by=chair)
    assert entrant.team == "一车间"
    with pytest.raises(Refused, match="entered already"):
        contests.enter(opened, union, team="一车间", today=town.today, by=chair)
    with pytest.raises(Refused, match="None of your offices"):
        contests.enter(opened, union, today=town.today, by=town.accounts["county_chair"])
    with pytest.raises(Refused, match="not for this organisation"):
        contests.enter(opened, town.bodies["village_party"], today=town.today, by=town.secretary)
    with pytest.raises(Refused, match="entered already, so it stands"):
        contests.take_back(opened, by=town.accounts["county_chair"])
    contests.withdraw(entrant, by=chair)
    assert not opened.entrants.exists()


@pytest.mark.parametrize("given, enters", [({"level": "village"}, True), ({"level": "employer"}, False),
                                           ({"prizes": "own"}, False)])  # fmt: skip
def test_whom_it_is_for_is_held(town, given, enters):
    contest = contests.open_for_entries(contest_of(town, **given), today=town.today, by=town.accounts["county_chair"])
    shown = contest_shown(town.accounts["joint_chair"], contest.pk, town.today)
    assert bool(shown.may_enter) == enters
    if enters:
        contests.enter(contest, town.bodies["joint_union"], today=town.today, by=town.accounts["joint_chair"])
        return
    with pytest.raises(Refused, match="not for this organisation"):
        contests.enter(contest, town.bodies["joint_union"], today=town.today, by=town.accounts["joint_chair"])


def test_results_are_written_for_whoever_entered_and_for_nobody_else(town, running):
    chair = town.accounts["county_chair"]
    first, second = running.items.all()
    team = running.entrants.get(team="一车间")
    contests.enter_results(running, team, {first.pk: Decimal("12.5"), second.pk: Decimal(0)}, by=chair)
    contests.enter_results(running, team, {second.pk: None}, by=chair)
    assert list(Result.objects.values_list("value", flat=True)) == [Decimal("12.50")]
    other = contest_of(town)
    for entrant, values, said in (
        (team, {first.pk: Decimal(10) ** 12}, "too large"),
        (team, {other.items.first().pk: Decimal(1)}, "not compared"),
    ):
        with pytest.raises(Refused, match=said):
            contests.enter_results(running, entrant, values, by=chair)
    Contest.objects.filter(pk=other.pk).update(state="running")
    with pytest.raises(Refused, match="has not entered"):
        contests.enter_results(other, team, {}, by=chair)
    with pytest.raises(Refused, match="one of its hosts"):
        contests.enter_results(running, team, {first.pk: Decimal(1)}, by=town.accounts["joint_chair"])
    with pytest.raises(Refused, match="results already"):
        contests.open_again(running, by=chair)


def test_entrants_read_their_own_results_and_the_outcome_the_host_all_by_name_and_others_nothing(town, running):
    chair, joint = town.accounts["county_chair"], town.accounts["joint_chair"]
    (item, _more) = running.items.all()
    for entrant, value in zip(running.entrants.order_by("team"), (1, 99), strict=True):
        contests.enter_results(running, entrant, {item.pk: Decimal(value)}, by=chair)
    with pytest.raises(Refused, match="who did well"):
        contests.close(running, outcome=" ", by=chair)
    contests.close(running, outcome="一车间的建议用上了三条", by=chair)
    for reader, count in ((chair, 2), (joint, 2), (town.clerk, 0), (town.stranger, 0)):
        assert entrants_visible_to(reader).count() == results_visible_to(reader).count() == count
        assert outcomes_visible_to(reader).filter(pk=running.pk).exists() == bool(count)
        shown = contest_shown(reader, running.pk, town.today)
        assert [row.entrant.team for row in shown.rows] == ["", "一车间"][:count]
    assert contests.resume(running, by=chair).outcome == ""


def test_a_contest_goes_on_with_another_host_when_its_lead_is_dissolved(town):
    town.bodies["passing"], town.accounts["passing"] = union, _chair = passing_union(town)
    contest = contest_of(town, by="passing", body="passing", hosts=[town.bodies["village_party"]])
    register.close_body(union, on=town.today, today=town.today, by=None)
    with pytest.raises(Refused, match="does not stand any more"):
        contests.open_for_entries(contest, today=town.today, by=town.secretary)
    contest = contests.let_lead(contest, to=town.bodies["village_party"], today=town.today, by=town.secretary)
    assert contests.open_for_entries(contest, today=town.today, by=town.secretary).state == "open"
