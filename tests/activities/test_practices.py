"""Good practice and publicity: who hands in, checks, takes up, plans and publishes; what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.activities import practices, publicity
from gongjian.activities.access import office_that_checks, practices_checked_by, practices_visible_to
from gongjian.activities.models import Practice, PublicityItem
from gongjian.chronicle.models import Act
from gongjian.register.refusals import Refused

TOLD = {"title": "错时开放阵地", "done": "晚上和周末开门", "came_of": "来的人多了一倍", "conditions": "有人值班"}


@pytest.fixture
def handed_in(town):
    return practices.hand_in(town.bodies["village_party"], today=town.today, by=town.secretary, **TOLD)


@pytest.fixture
def recommended(town, handed_in):
    for verb in ("check", "recommend"):
        practices.judge(handed_in, verb, today=town.today, by=town.clerk)
    return Practice.objects.get(pk=handed_in.pk)


def test_what_is_handed_in_is_read_by_its_body_and_above_and_by_all_once_it_is_recommended(town, handed_in):
    readers = [town.secretary, town.clerk, town.accounts["county_chair"], town.stranger]

    def read() -> list[bool]:
        return [practices_visible_to(each).filter(pk=handed_in.pk).exists() for each in readers]

    assert read() == [True, True, False, False]
    practices.judge(handed_in, "check", today=town.today, by=town.clerk)
    assert read() == [True, True, False, False]
    practices.judge(handed_in, "recommend", today=town.today, by=town.clerk)
    assert read() == [True] * 4
    told = Act.objects.filter(subject=f"activities.practice:{handed_in.pk}").order_by("id")
    assert [each.verb for each in told][1:] == ["activities.check_practice", "activities.recommend_practice"]


def test_nobody_checks_their_own_and_at_the_top_of_a_line_the_body_that_leads_does(town, handed_in):
    for reader in (town.secretary, town.accounts["county_chair"], town.stranger):
        assert office_that_checks(reader, handed_in, town.today) is None
    with pytest.raises(Refused, match="an organisation above"):
        practices.judge(handed_in, "check", today=town.today, by=town.secretary)
    top = Practice.objects.create(body=town.bodies["city_union"], handed_in_on=town.today, **TOLD)
    assert office_that_checks(town.clerk, top, town.today) is not None
    assert set(practices_checked_by(town.clerk)) == {top, handed_in}
    itself = Practice.objects.create(body=town.bodies["city_party"], handed_in_on=town.today, **TOLD)
    assert office_that_checks(town.clerk, itself, town.today) is not None
    assert set(practices_checked_by(town.clerk)) == {top, handed_in, itself}


def test_it_is_sent_back_with_words_amended_and_handed_in_again(town, handed_in):
    with pytest.raises(Refused, match="what is missing"):
        practices.judge(handed_in, "send_back", words=" ", today=town.today, by=town.clerk)
    practices.judge(handed_in, "send_back", words="说说花了多少", today=town.today, by=town.clerk)
    practices.amend(handed_in, by=town.secretary, **TOLD | {"came_of": "花了两千元"})
    again = practices.hand_in_again(handed_in, by=town.secretary)
    assert (again.state, again.sent_back_words, again.came_of) == ("handed_in", "", "花了两千元")
    practices.judge(handed_in, "check", today=town.today, by=town.clerk)
    with pytest.raises(Refused, match="as it stands"):
        practices.amend(handed_in, by=town.secretary, **TOLD)


@pytest.mark.parametrize("given", [{"title": ""}, {"title": "长" * 41}, {"done": " "}, {"came_of": "\x00"}])
def test_what_is_wrong_with_a_practice_is_refused(town, given):
    with pytest.raises(Refused):
        practices.hand_in(town.bodies["village_party"], today=town.today, by=town.secretary, **TOLD | given)


def test_others_take_up_what_is_recommended_and_its_own_body_does_not(town, handed_in, recommended):
    union, chair = town.bodies["joint_union"], town.accounts["joint_chair"]
    with pytest.raises(Refused, match="own practice"):
        practices.take_up(recommended, recommended.body, since=town.today, today=town.today, by=town.secretary)
    with pytest.raises(Refused, match="has not come"):
        practices.take_up(recommended, union, since=town.today + timedelta(1), today=town.today, by=chair)
    uptake = practices.take_up(recommended, union, since=town.today, effect="试了", today=town.today, by=chair)
    with pytest.raises(Refused, match="taken it up already"):
        practices.take_up(recommended, union, since=town.today, today=town.today, by=chair)
    assert practices.tell_effect(uptake, effect="晚上多来二十人", by=chair).effect == "晚上多来二十人"
    with pytest.raises(Refused, match="None of your offices"):
        practices.tell_effect(uptake, effect="", by=town.secretary)
    practices.judge(recommended, "unrecommend", today=town.today, by=town.clerk)
    with pytest.raises(Refused, match="not there any more"):
        practices.take_up(
            recommended, town.bodies["county_union"], since=town.today, today=town.today,
            by=town.accounts["county_chair"],
        )  # fmt: skip
    practices.give_up(uptake, by=chair)
    assert not recommended.uptakes.exists()


# == publicity ==
@pytest.fixture
def planned(town):
    fields = {"subject": "七一专栏", "channel_id": "public_account", "planned_on": town.today}
    given = {"responsible": town.bodies["joint_union"], "today": town.today, "by": town.secretary}
    return publicity.plan(town.bodies["village_party"], **given, **fields)


def test_the_responsible_body_says_where_it_came_out_and_it_can_be_put_back(town, planned):
    chair = town.accounts["joint_chair"]
    for address, on, said in (
        (" ", town.today, "where it can be read"),
        ("第7期", town.today + timedelta(1), "not come"),
    ):
        with pytest.raises(Refused, match=said):
            publicity.publish(planned, address=address, on=on, today=town.today, by=chair)
    with pytest.raises(Refused, match="responsible organisation"):
        publicity.publish(planned, address="第7期", on=town.today, today=town.today, by=town.clerk)
    out = publicity.publish(planned, address="第7期", on=town.today, today=town.today, by=chair)
    assert (out.state, out.address, out.published_on) == ("published", "第7期", town.today)
    with pytest.raises(Refused, match="Put it back"):
        publicity.amend(
            planned, responsible=town.bodies["joint_union"], subject="x", today=town.today, by=town.secretary
        )
    back = publicity.reopen(planned, by=town.secretary)
    assert (back.state, back.address, back.published_on) == ("planned", "", None)


def test_what_is_dropped_says_why_and_what_is_planned_is_amended_by_whose_plan_it_is(town, planned):
    with pytest.raises(Refused, match="Say why"):
        publicity.drop(planned, reason="", by=town.secretary)
    with pytest.raises(Refused, match="None of your offices"):
        publicity.amend(
            planned, responsible=planned.responsible, subject="改", today=town.today, by=town.accounts["joint_chair"]
        )
    amended = publicity.amend(
        planned, responsible=town.bodies["village_party"], subject="改", today=town.today, by=town.secretary
    )
    assert (amended.subject, amended.responsible) == ("改", town.bodies["village_party"])
    assert publicity.drop(planned, reason="版面没有了", by=town.secretary).dropped_reason == "版面没有了"
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicityItem.objects.filter(pk=planned.pk).update(state="published")
