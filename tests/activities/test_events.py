"""The verbs of events: who may, what is refused, what is on record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.activities import events, sign_ups
from gongjian.activities.access import events_visible_to, office_that_hosts
from gongjian.activities.models import Event, EventHost, Practice
from gongjian.activities.states import EVENT_MOVES, PRACTICE_MOVES, moves_of
from gongjian.chronicle.models import Act, Before
from gongjian.notices.models import Letter
from gongjian.register import actions as register
from gongjian.register.refusals import Refused
from gongjian.settings import ROOT

from .conftest import at, event_in, passing_union


def test_whoever_keeps_the_plan_of_a_body_plans_its_events_and_nobody_else_does(town):
    village = town.bodies["village_party"]
    event = events.plan(village, today=town.today, by=town.secretary, **event_in(town))
    act = Act.objects.get(verb="activities.plan_event", subject=f"activities.event:{event.pk}")
    assert event.state == "draft" and act.by == town.secretary and act.office.startswith("register.office:")
    for other in (town.clerk, town.inspector, town.stranger):
        with pytest.raises(Refused, match="None of your offices"):
            events.plan(village, today=town.today, by=other, **event_in(town))


def test_a_draft_is_read_by_its_hosts_and_what_is_announced_by_whoever_is_signed_in(town):
    hosts = [town.bodies["joint_union"], town.bodies["joint_union"]]
    event = events.plan(
        town.bodies["village_party"], hosts=hosts, today=town.today, by=town.secretary, **event_in(town)
    )
    readers = [town.secretary, town.accounts["joint_chair"], town.clerk, town.stranger]
    assert [events_visible_to(each).filter(pk=event.pk).exists() for each in readers] == [True, True, False, False]
    assert office_that_hosts(town.accounts["joint_chair"], event) is not None
    events.announce(event, now=at(town.today), by=town.accounts["joint_chair"])
    assert [events_visible_to(each).filter(pk=event.pk).exists() for each in readers] == [True] * 4
    with pytest.raises(Refused, match="one of its hosts"):
        events.call_off(event, reason="样例", now=at(town.today), by=town.stranger)


@pytest.mark.parametrize(
    "given, said",
    [
        ({"title": " "}, "title is empty"),
        ({"ends_at": None}, "end before it begins"),
        ({"sign_up_until": "late"}, "sign up after"),
        ({"title": "长" * 81}, "at most 80"),
        ({"place": "\x00"}, "cannot be kept"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(town, given, said):
    fields = event_in(town)
    if "ends_at" in given:
        given = {"ends_at": fields["starts_at"]}
    if "sign_up_until" in given:
        given = {"sign_up_until": fields["starts_at"].date() + timedelta(1)}
    with pytest.raises(Refused, match=said):
        events.plan(town.bodies["village_party"], today=town.today, by=town.secretary, **fields | given)


@pytest.mark.parametrize(
    "given, said", [({"place": ""}, "place is missing"), ({"capacity": 3, "sign_up_until": None}, "until which day")]
)
def test_what_is_missing_is_said_before_it_is_announced(town, given, said):
    fields = event_in(town, **given)
    event = events.plan(town.bodies["village_party"], today=town.today, by=town.secretary, **fields)
    assert len(events.missing_in(event)) == 1
    with pytest.raises(Refused, match=said):
        events.announce(event, now=at(town.today), by=town.secretary)
    with pytest.raises(Refused, match="begun already"):
        moved = {"place": "礼堂", "sign_up_until": None, "capacity": None}
        events.amend(event, hosts=[], today=town.today, by=town.secretary, **moved)
        events.announce(event, now=event.starts_at, by=town.secretary)


def test_an_event_whose_lead_is_dissolved_goes_on_with_another_host(town, announced):
    (union, chair), village = passing_union(town), town.bodies["village_party"]
    event = announced(lead=union, by=chair, hosts=[village])
    draft = events.plan(union, hosts=[village], today=town.today, by=chair, **event_in(town))
    register.close_body(union, on=town.today, today=town.today, by=None)
    with pytest.raises(Refused, match="does not stand any more"):
        events.announce(draft, now=at(town.today), by=town.secretary)
    with pytest.raises(Refused, match="Another host leads"):
        events.let_lead(event, to=town.bodies["city_party"], today=town.today, by=town.secretary)
    event = events.let_lead(event, to=village, today=town.today, by=town.secretary)
    assert event.lead == village and not event.hosts.exists()
    with pytest.raises(Refused, match="does not stand today"):
        events.plan(union, today=town.today, by=town.accounts["county_chair"], **event_in(town))


def test_whoever_signed_up_is_told_when_it_is_called_off_and_when_it_takes_place_after_all(town, announced):
    event, now = announced(), at(town.today)
    sign_ups.sign_up(event, now=now, by=town.stranger)
    with pytest.raises(Refused, match="Say why"):
        events.call_off(event, reason=" ", now=now, by=town.secretary)
    with pytest.raises(Refused, match="signed up already"):
        events.take_back(event, by=town.secretary)
    events.call_off(event, reason="台风", now=now, by=town.secretary)
    events.restore(event, now=now, by=town.secretary)
    letters = Letter.objects.filter(account=town.stranger).order_by("id")
    assert [each.subject for each in letters] == ["已取消：“七一”主题党日", "照常举行：“七一”主题党日"]
    assert "台风" in letters[0].body and f"/events/{event.pk}/" in letters[0].body
    event.refresh_from_db()
    assert (event.state, event.called_off_reason) == ("announced", "")


def test_how_it_was_is_written_afterwards_and_then_the_sign_ups_are_gone(town, announced):
    event = announced()
    sign_ups.sign_up(event, now=at(town.today), by=town.stranger)
    with pytest.raises(Refused, match="not begun yet"):
        events.sum_up(event, summary="好", now=at(town.today), by=town.secretary)
    for summary, took_part in ((" ", None), ("好" * 1001, None), ("好", 4)):
        with pytest.raises(Refused):
            events.sum_up(event, summary=summary, took_part=took_part, now=event.ends_at, by=town.secretary)
    events.sum_up(event, summary="讲了三件事", took_part=36, now=event.ends_at, by=town.secretary)
    events.sum_up(event, summary="讲了四件事", now=event.ends_at, by=town.secretary)
    event.refresh_from_db()
    assert (event.state, event.summary, event.took_part) == ("over", "讲了四件事", None)
    assert not event.sign_ups.exists()
    assert not Act.objects.filter(subject=f"activities.event:{event.pk}", facts__has_key="account").exists()


def test_amending_keeps_what_stood_before_and_room_for_whoever_signed_up(town, announced):
    event = announced(hosts=[town.bodies["joint_union"]])
    village = town.bodies["village_party"]
    sign_ups.sign_up_body(event, village, people=6, now=at(town.today), by=town.secretary)
    with pytest.raises(Refused, match="would have room"):
        events.amend(event, hosts=[], capacity=5, today=town.today, by=town.secretary)
    events.amend(event, hosts=[village], capacity=6, title="改了", today=town.today, by=town.secretary)
    event.refresh_from_db()
    assert (event.title, event.capacity, event.hosts.count()) == ("改了", 6, 0)
    act = Act.objects.get(verb="activities.amend_event")
    assert {each.table for each in Before.objects.filter(act=act)} == {"activities_event", "activities_eventhost"}


def test_a_draft_can_be_thrown_away_and_what_was_announced_cannot(town, announced):
    event = events.plan(town.bodies["village_party"], today=town.today, by=town.secretary, **event_in(town))
    events.remove(event, by=town.secretary)
    assert not Event.objects.exists()
    with pytest.raises(Refused, match="on record"):
        events.remove(announced(), by=town.secretary)


def test_every_move_that_the_table_lacks_is_refused(town, announced):
    event = announced()
    with pytest.raises(Refused, match="does not apply"):
        events.announce(event, now=at(town.today), by=town.secretary)
    for state in Event.State:
        event.state = state
        assert moves_of(event) == [verb for held, verb in EVENT_MOVES if held == state]


@pytest.mark.parametrize(
    "words, moves",
    [
        ({"a draft": "draft", "announced": "announced", "called off": "called_off", "held": "over"}, EVENT_MOVES),
        ({state.replace("_", " "): state for state in Practice.State.values}, PRACTICE_MOVES),
    ],
)
def test_the_page_of_the_docs_tells_the_same_moves(words, moves):
    page = (ROOT / "docs" / "activities.md").read_text(encoding="utf-8")
    rows = re.findall(rf"^\| ({'|'.join(words)}) \| (.+) \|$", page, re.M)
    told = {words[state]: {value for word, value in words.items() if word in after} for state, after in rows}
    held = {state: {after for (before, _verb), after in moves.items() if before == state} for state in words.values()}
    assert told == {state: after for state, after in held.items() if after}


@pytest.mark.parametrize(
    "fields",
    [{"ends_at": None}, {"state": "over"}, {"state": "called_off"}, {"capacity": 0}, {"took_part": 9}, {"place": ""}],
)
def test_the_database_holds_what_an_event_must_be(town, announced, fields):
    event = announced()
    values = {"ends_at": event.starts_at} if "ends_at" in fields else fields
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**values)


def test_a_host_is_one_once(town, announced):
    event = announced(hosts=[town.bodies["joint_union"]])
    with pytest.raises(IntegrityError), transaction.atomic():
        EventHost.objects.create(event=event, body=town.bodies["joint_union"])
