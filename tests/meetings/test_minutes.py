"""Minutes: who was there, two who write at once, decisions that become asks once, and what became of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from gongjian.asks import answering
from gongjian.asks.models import Ask, Sending
from gongjian.meetings import minutes, reports
from gongjian.meetings.access import decisions_visible_to, reports_visible_to
from gongjian.meetings.models import Attendance, LineReport, Meeting, Passage
from gongjian.meetings.outcomes import Fate, outcomes, report_back
from gongjian.meetings.states import move as move_state
from gongjian.programme import actions as planning
from gongjian.programme.models import Plan, PlanItem
from gongjian.register import actions as register
from gongjian.register.models import OfficeKind
from gongjian.register.refusals import Refused

from .conftest import at, build, call, decide, hold, move, publish, taken


def test_attendance_is_by_organisation_and_office(called):
    hold(called)
    union, office = called.town.bodies["city_union"], OfficeKind.objects.get(pk="union_chair")
    county = called.town.bodies["county_party"]
    rows = [(union, "present", office), (county, "excused", None)]
    minutes.note_attendance(called.meeting, rows, by=called.town.clerk)
    told = {each.body: (each.how, each.office) for each in Attendance.objects.all()}
    assert told == {union: ("present", office), county: ("excused", None)}
    with pytest.raises(Refused, match="no member"):
        minutes.note_attendance(called.meeting, [(called.town.bodies["league"], "present", None)], by=called.town.clerk)
    with pytest.raises(Refused, match="another line"):
        minutes.note_attendance(called.meeting, [(county, "present", office)], by=called.town.clerk)


def test_a_passage_is_saved_again_by_whoever_read_its_last_version(called):
    topic = hold(called)
    first = minutes.save_passage(topic, text="听取了汇报", version=0, now=timezone.now(), by=called.town.clerk)
    second = minutes.save_passage(topic, text="议了三点", version=1, now=timezone.now(), by=called.taker)
    assert (first.version, second.version) == (1, 2)
    with pytest.raises(minutes.Overtaken) as refusal:
        minutes.save_passage(topic, text="只议了两点", version=1, now=timezone.now(), by=called.town.clerk)
    assert (refusal.value.theirs.text, refusal.value.mine) == ("议了三点", "只议了两点")
    same = minutes.save_passage(topic, text="议了三点", version=1, now=timezone.now(), by=called.town.clerk)
    assert same.version == 2  # a retry of what is there already is no quarrel
    with pytest.raises(Refused, match="kept by whoever"):
        minutes.save_passage(topic, text="我", version=2, now=timezone.now(), by=called.chair)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_refused_and_neither_text_is_lost():
    called = build()
    topic, start = hold(called), Barrier(2)

    def save(by, text: str) -> str:
        try:
            start.wait(10)
            minutes.save_passage(topic, text=text, version=0, now=timezone.now(), by=by)
        except minutes.Overtaken as no:
            return f"{no.theirs.text}|{no.mine}"
        finally:
            connection.close()
        return text

    with ThreadPoolExecutor(2) as both:
        told = [
            each.result()
            for each in [both.submit(save, called.town.clerk, "甲"), both.submit(save, called.taker, "乙")]
        ]
    kept = Passage.objects.get().text
    assert sorted(told) == sorted([kept, f"{kept}|{'乙' if kept == '甲' else '甲'}"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": " "}, "Say what was decided"),
        ({"minutes": 0}, "from 1 to 240"),
        ({"owner": "city_party"}, "below it in its line, or led from it"),
        ({"owner": "gone"}, "does not stand today"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(called, given, said):
    town = called.town
    hold(called)
    town.bodies["gone"] = town.bodies["league"]
    if given.get("owner") == "gone":
        register.close_body(town.bodies["gone"], on=called.day, today=town.today, by=town.clerk)
    with pytest.raises(Refused, match=said):
        decide(called, **given)


def test_a_decision_is_due_after_the_meeting(called):
    hold(called)
    with pytest.raises(Refused, match="Choose a later day"):
        decide(called, due_on=called.day)
    decision = decide(called)
    fields = {"words": "改", "owner": decision.owner, "due_on": called.day, "minutes": 5, "kind": "decision"}
    with pytest.raises(Refused, match="Choose a later day"):
        minutes.amend_decision(decision, today=called.day, by=called.town.clerk, **fields)
    minutes.remove_decision(decision, by=called.town.clerk)
    assert not called.meeting.decisions.exists()


def test_publishing_asks_each_owner_once_in_the_name_of_the_host(called):
    hold(called)
    decision, opinion = decide(called), decide(called, "多跑基层", "county_party", kind="opinion")
    published = publish(called)
    assert (published.issue, published.issue_year) == (1, called.day.year)
    sent = {each.about: each for each in Sending.objects.all()}
    assert set(sent) == {decision.about, opinion.about}
    found = sent[decision.about]
    assert (found.body, found.title, found.minutes) == (called.town.bodies["city_party"], "合用一处阵地", 10)
    assert found.asks.get().body == called.town.bodies["city_union"] and "党群联席会议" in found.why
    assert "意见" in sent[opinion.about].why
    with pytest.raises(Refused, match="minutes are published"):
        publish(called)
    assert Sending.objects.count() == 2


def test_minutes_have_numbers_within_their_year(called):
    hold(called)
    publish(called)
    before = called.meeting
    called.meeting = call(called.series, called.day + timedelta(1), called.town)
    hold(called)
    publish(called)
    same_year = before.day.year == called.day.year
    assert (called.meeting.issue, called.meeting.issue_year) == (2 if same_year else 1, called.day.year)


def test_minutes_are_not_published_without_who_was_there_nor_with_what_is_due_or_dissolved(called):
    town = called.town
    taken(called)
    move(called, "set_agenda")
    move(called, "hold", on=called.day)
    decide(called, due_on=called.day + timedelta(2))
    decide(called, "村里的事", "league")
    register.close_body(town.bodies["league"], on=called.day, today=town.today, by=town.clerk)
    with pytest.raises(Refused) as refusal:
        publish(called, on=called.day + timedelta(2))
    for said in ("Nobody is written down as present", "was due on", "does not stand any more"):
        assert said in str(refusal.value)
    assert Meeting.objects.get().state == Meeting.State.HELD and not Sending.objects.exists()


def test_whoever_keeps_but_does_not_ask_is_told_who_can_publish(called):
    hold(called)
    decide(called)
    with pytest.raises(Refused, match="Whoever does can publish"):
        publish(called, by=called.taker)
    assert Meeting.objects.get().state == Meeting.State.HELD


def test_if_one_of_the_asks_is_refused_none_is_sent(called):
    hold(called)
    decide(called)
    decide(called, "明年底前完成", due_on=called.day + timedelta(days=500))
    with pytest.raises(Refused, match=r"“明年底前完成” could not be asked for: .*400 days"):
        publish(called)
    assert not Ask.objects.exists() and Meeting.objects.get().state == Meeting.State.HELD


def test_published_minutes_stand(called):
    topic = hold(called)
    decision = decide(called)
    publish(called)
    for verb in (
        lambda: minutes.save_passage(topic, text="改", version=0, now=timezone.now(), by=called.town.clerk),
        lambda: minutes.remove_decision(decision, by=called.town.clerk),
        lambda: decide(called, "又一件"),
    ):
        with pytest.raises(Refused, match="are published, so they stand"):
            verb()


def test_what_is_being_minuted_is_read_by_whoever_keeps_the_series_and_then_by_all(called):
    hold(called)
    decide(called)
    assert decisions_visible_to(called.taker).count() == 1 and not decisions_visible_to(called.chair).exists()
    publish(called)
    assert decisions_visible_to(called.chair).count() == 1
    assert not decisions_visible_to(called.town.secretary).exists()


# == what became of them ==
def answer(decision, verb: str, by, called) -> None:
    ask = Ask.objects.get(sending__about=decision.about)
    now = timezone.now()
    if verb == "decline":
        answering.decline(ask, reason="没有场地", now=now, by=by)
    else:
        Ask.objects.filter(pk=ask.pk).update(state="done", ended_at=now)


def test_the_next_meeting_opens_with_what_became_of_the_last_decisions(called):
    hold(called)
    done, declined, late = decide(called), decide(called, "腾一间房"), decide(called, "先摸底", "county_party")
    assert [each.fate for each in outcomes(called.town.clerk, [done], called.day)] == [Fate.WRITTEN]
    publish(called)
    answer(done, "done", called.chair, called)
    answer(declined, "decline", called.chair, called)
    following = call(called.series, called.day + timedelta(90), called.town)
    last, told, earlier = report_back(called.chair, following, called.day + timedelta(60))
    assert last == called.meeting and earlier == []
    assert [(each.decision, each.fate, each.reason) for each in told] == [
        (done, Fate.DONE, ""), (declined, Fate.DECLINED, "没有场地"), (late, Fate.LATE, ""),
    ]  # fmt: skip
    assert [each.owner for each in told] == ["绍兴市总工会", "绍兴市总工会", "诸暨市委"]


def test_what_is_open_from_further_back_is_not_forgotten(called):
    hold(called)
    open_one = decide(called)
    publish(called)
    called.meeting = call(called.series, called.day + timedelta(1), called.town)
    hold(called)
    publish(called)
    following = call(called.series, called.day + timedelta(90), called.town)
    last, told, earlier = report_back(called.chair, following, called.day)
    assert (last, told, [each.decision for each in earlier]) == (called.meeting, [], [open_one])


def test_a_decision_that_was_handed_over_is_followed(called):
    hold(called)
    decision = decide(called, "摸底", "county_union")
    publish(called)
    ask = Ask.objects.get()
    Ask.objects.filter(pk=ask.pk).update(state="handed_over", ended_at=timezone.now())
    joint = called.town.bodies["joint_union"]
    fields = {"due_on": ask.due_on, "minutes": 5, "unit": ask.unit, "handed_from": ask}
    Ask.objects.create(sending=ask.sending, body=joint, **fields)
    (told,) = outcomes(called.chair, [decision], called.day)
    assert (told.fate, told.by_name, told.went_on) == (Fate.OPEN, "上下文村联合工会", True)


# == reports ==
@pytest.fixture
def planned(called):
    """The union's plan of the year, with an item that is finished, one that is late with its reason, one due next."""
    today, union, by = called.town.today, called.town.bodies["city_union"], called.chair
    plan = Plan.objects.create(body=union, year=today.year, state="published")
    days = {"starts_on": today - timedelta(9), "owner": union, "plan": plan}
    PlanItem.objects.create(
        title="建会", due_on=today - timedelta(2), state="done", done_on=today - timedelta(3), **days
    )
    PlanItem.objects.create(title="协商", due_on=today - timedelta(1), late_reason="等签字", **days)
    return PlanItem.objects.create(title="慰问", due_on=today + timedelta(5), **days), planning, by


def test_a_report_is_filled_from_the_plan_and_frozen_when_it_is_handed_in(called, planned):
    item, _planning, by = planned
    union, today = called.town.bodies["city_union"], called.town.today
    report = reports.save_report(called.meeting, union, text="缺人手", by=by)
    assert set(reports_visible_to(by)) == {report} and not reports_visible_to(called.town.clerk).exists()
    report = reports.hand_in_report(report, today=today, now=at(today), by=by)
    plan = report.facts["plan"]
    assert [row["title"] for name in ("finished", "late", "next") for row in plan[name]] == ["建会", "协商", "慰问"]
    assert plan["late"][0]["reason"] == "等签字"
    PlanItem.objects.filter(pk=item.pk).update(title="改名")
    assert LineReport.objects.get().facts["plan"]["next"][0]["title"] == "慰问"
    assert set(reports_visible_to(called.town.clerk)) == {report}
    with pytest.raises(Refused, match="Take it back, then change it"):
        reports.save_report(called.meeting, union, text="改", by=by)
    reports.take_back_report(report, by=by)
    assert not reports_visible_to(called.town.clerk).exists() and LineReport.objects.get().facts == {}


def test_a_report_is_written_by_its_member_until_the_meeting_is_held(called):
    town = called.town
    with pytest.raises(Refused, match="no member"):
        reports.save_report(called.meeting, town.bodies["league"], text="", by=called.chair)
    with pytest.raises(Refused, match="written by whoever keeps its yearly plan"):
        reports.save_report(called.meeting, town.bodies["city_union"], text="", by=town.clerk)
    hold(called)
    with pytest.raises(Refused, match="Its reports stand"):
        reports.save_report(called.meeting, town.bodies["city_union"], text="", by=called.chair)


def test_no_verb_moves_a_meeting_past_its_table(called):
    with pytest.raises(Refused, match="does not apply"):
        move_state(called.meeting, "publish", by=called.town.clerk)
