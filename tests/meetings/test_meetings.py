"""Series, meetings and topics: who begins and keeps them, what is refused and with which words, and what is undone."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gongjian.meetings import actions, topics
from gongjian.meetings.access import meetings_visible_to, papers_visible_to, series_visible_to
from gongjian.meetings.agenda import agenda_of
from gongjian.meetings.models import Meeting, Member, Paper, Topic
from gongjian.meetings.states import moves_of
from gongjian.notices.models import Letter
from gongjian.register.refusals import Refused

from .conftest import AHEAD, call, decide, hand_in, hold, move, taken

FIELDS = {"name": "听取汇报", "chair": "书记", "secretariat": "", "months": 6, "closes_before": 7}


# == series ==
def test_a_series_begins_with_its_host_its_members_and_its_rhythm(called):
    assert (called.series.host, called.series.months) == (called.town.bodies["city_party"], 3)
    assert {each.body for each in called.series.members.on(called.town.today)} == {
        called.town.bodies["city_union"], called.town.bodies["county_party"],
    }  # fmt: skip


def test_whoever_does_not_keep_the_plan_of_the_host_begins_and_calls_nothing(called):
    town = called.town
    with pytest.raises(Refused, match="kept by whoever keeps the yearly plan"):
        actions.begin_series(town.bodies["city_party"], kind="hearing", today=town.today, by=called.chair, **FIELDS)
    with pytest.raises(Refused, match="kept by whoever keeps the yearly plan"):
        call(called.series, called.day + timedelta(1), town, by=called.chair)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "Give the series a name"),
        ({"chair": ""}, "which office chairs it"),
        ({"months": 0}, "every 1 to 12 months"),
        ({"closes_before": 61}, "0 to 60 days before"),
        ({"name": "党群联席会议"}, "has a series of this name already"),
    ],
)
def test_what_is_wrong_with_a_series_is_said(called, given, said):
    town = called.town
    with pytest.raises(Refused, match=said):
        actions.begin_series(
            town.bodies["city_party"], kind="hearing", today=town.today, by=town.clerk, **FIELDS | given
        )


def test_members_join_and_leave_on_days(called):
    town, street = called.town, called.town.bodies["street_party"]
    member = actions.add_member(called.series, street, on=town.today, today=town.today, by=town.clerk)
    with pytest.raises(Refused, match="a member on some of these days already"):
        actions.add_member(called.series, street, on=town.today, today=town.today, by=town.clerk)
    actions.end_member(member, on=town.today + timedelta(5), by=town.clerk)
    assert Member.objects.get(pk=member.pk).until == town.today + timedelta(5)
    with pytest.raises(Refused, match="left already"):
        actions.end_member(member, on=town.today + timedelta(5), by=town.clerk)
    again = actions.add_member(called.series, street, on=called.day, today=town.today, by=town.clerk)
    actions.end_member(again, on=called.day, by=town.clerk)  # it never took part
    assert not Member.objects.filter(pk=again.pk).exists()


def test_a_series_ends_once_no_meeting_is_to_come_and_is_taken_up_again(called):
    town = called.town
    with pytest.raises(Refused, match="still to come"):
        actions.end_series(called.series, today=town.today, by=town.clerk)
    move(called, "cancel", reason="时间冲突")
    actions.end_series(called.series, today=town.today, by=town.clerk)
    with pytest.raises(Refused, match="The series has ended"):
        call(called.series, called.day + timedelta(1), town)
    actions.resume_series(called.series, by=town.clerk)
    assert call(called.series, called.day + timedelta(1), town).state == Meeting.State.COLLECTING


# == meetings ==
def test_topics_close_so_many_days_before_as_the_series_says(called):
    assert called.meeting.topics_close_on == called.day - timedelta(days=7)
    near = call(called.series, called.town.today + timedelta(3), called.town)
    assert near.topics_close_on == called.town.today


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "from today on"), (401, "less than 400 days"), (AHEAD.days, "a meeting on that day already")],
)
def test_a_meeting_is_called_for_a_free_day_to_come(called, days, said):
    with pytest.raises(Refused, match=said):
        call(called.series, called.town.today + timedelta(days), called.town)


def test_an_agenda_is_set_once_each_topic_is_looked_at(called):
    with pytest.raises(Refused, match="Nothing is on the agenda yet"):
        move(called, "set_agenda")
    topic = hand_in(called)
    with pytest.raises(Refused, match="Topics not looked at yet: 1"):
        move(called, "set_agenda")
    topics.sort_topic(topic, "take", by=called.town.clerk)
    assert move(called, "set_agenda").state == Meeting.State.AGENDA_SET
    with pytest.raises(Refused, match="The agenda is set"):
        topics.sort_topic(topic, "back", by=called.town.clerk)
    assert move(called, "open_agenda").state == Meeting.State.COLLECTING


def test_setting_the_agenda_writes_one_letter_to_each_who_keeps_a_members_plan(called):
    taken(called)
    for verb in ("set_agenda", "open_agenda", "set_agenda"):
        move(called, verb)
    letters = Letter.objects.all()
    assert {each.account for each in letters} == {called.chair, called.county}
    assert letters.count() == 2 and "09:00 阵地共建共用" in letters[0].body


def test_a_meeting_is_held_on_its_day_and_not_before(called):
    taken(called)
    move(called, "set_agenda")
    with pytest.raises(Refused, match=f"It is on {called.day}"):
        move(called, "hold", on=called.day - timedelta(1))
    move(called, "hold", on=called.day)
    assert moves_of(called.meeting) == ["not_held", "publish"]


def test_a_meeting_is_cancelled_with_a_reason_and_restored(called):
    with pytest.raises(Refused, match="Say why it is cancelled"):
        move(called, "cancel")
    assert move(called, "cancel", reason="时间冲突").cancelled_reason == "时间冲突"
    with pytest.raises(Refused, match="takes no topics any more"):
        hand_in(called)
    assert move(called, "restore").cancelled_reason == ""


def test_a_meeting_that_decided_something_is_not_cancelled(called):
    taken(called)
    move(called, "set_agenda")
    decide(called)
    with pytest.raises(Refused, match="Something was decided in it"):
        move(called, "cancel", reason="时间冲突")


# == topics ==
def test_a_member_hands_in_until_the_closing_day_and_nobody_else_does(called):
    last = called.meeting.topics_close_on
    assert hand_in(called, today=last).state == Topic.State.HANDED_IN
    for by, body in ((called.county, "city_union"), (called.town.stranger, "city_union"), (called.chair, "league")):
        with pytest.raises(Refused):
            hand_in(called, by=by, body=body)


def test_after_the_closing_day_the_host_alone_still_takes_a_topic_with_a_reason(called):
    late = called.meeting.topics_close_on + timedelta(1)
    with pytest.raises(Refused, match="绍兴市委 may still take it, with a reason"):
        hand_in(called, today=late, late_reason="刚刚发现")
    with pytest.raises(Refused, match="Write why this one is still taken"):
        hand_in(called, today=late, by=called.town.clerk)
    topic = hand_in(called, today=late, by=called.town.clerk, late_reason="防汛急需")
    assert (topic.body, topic.late_reason) == (called.town.bodies["city_union"], "防汛急需")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "The title is empty"),
        ({"problem": " "}, "what the problem is"),
        ({"minutes": 0}, "from 1 to 240"),
        ({"title": "长" * 81}, "at most 80"),
        ({"proposal": "零\x00"}, "cannot be kept"),
    ],
)
def test_what_is_wrong_with_a_topic_is_said(called, given, said):
    with pytest.raises(Refused, match=said):
        hand_in(called, **given)


def test_a_topic_is_amended_by_its_member_until_topics_close(called):
    topic = hand_in(called)
    fields = {"title": "阵地", "problem": "远", "proposal": "", "minutes": 10}
    assert topics.amend_topic(topic, today=called.town.today, by=called.chair, **fields).title == "阵地"
    with pytest.raises(Refused):
        topics.amend_topic(topic, today=called.town.today, by=called.county, **fields)
    with pytest.raises(Refused, match="Tell the host"):
        topics.amend_topic(topic, today=called.day, by=called.chair, **fields)


def test_the_agenda_runs_by_the_clock_and_says_when_it_is_long(called):
    first, second = taken(called), taken(called, title="工资协商", minutes=61)
    agenda = agenda_of(called.meeting)
    assert [f"{each.begins:%H:%M}" for each in agenda.items] == ["09:00", "09:20"]
    assert (agenda.minutes, f"{agenda.ends:%H:%M}", agenda.is_long) == (81, "10:21", True)
    topics.order_agenda(called.meeting, [(second, 60), (first, 30)], by=called.town.clerk)
    agenda = agenda_of(called.meeting)
    assert [each.topic for each in agenda.items] == [second, first] and not agenda.is_long
    with pytest.raises(Refused, match="has changed meanwhile"):
        topics.order_agenda(called.meeting, [(second, 60)], by=called.town.clerk)


def test_what_is_put_off_is_a_topic_of_the_next_meeting_and_can_come_back(called):
    topic = hand_in(called)
    later = call(called.series, called.day + timedelta(90), called.town)
    topics.sort_topic(topic, "put_off", by=called.town.clerk, reason="材料不全")
    (there,) = later.topics.all()
    assert (there.came_from, there.title, there.state) == (topic, topic.title, Topic.State.HANDED_IN)
    topics.sort_topic(topic, "back", by=called.town.clerk)
    assert not later.topics.exists() and Topic.objects.get(pk=topic.pk).state == Topic.State.HANDED_IN


def test_what_was_put_off_before_the_next_meeting_is_called_is_among_its_topics(called):
    topic = taken(called)
    topics.sort_topic(topic, "put_off", by=called.town.clerk)
    later = call(called.series, called.day + timedelta(90), called.town)
    (there,) = later.topics.all()
    topics.sort_topic(there, "take", by=called.town.clerk)
    with pytest.raises(Refused, match="looked at it already"):
        topics.sort_topic(topic, "back", by=called.town.clerk)


def test_what_is_not_taken_says_why(called):
    topic = hand_in(called)
    with pytest.raises(Refused, match="Say why it is not taken"):
        topics.sort_topic(topic, "decline", by=called.town.clerk)
    with pytest.raises(Refused, match="kept by whoever"):
        topics.sort_topic(topic, "take", by=called.chair)
    assert topics.sort_topic(topic, "decline", by=called.town.clerk, reason="已在办").reason == "已在办"


# == papers ==
def word(text: str) -> SimpleUploadedFile:
    file, paper = io.BytesIO(), docx.Document()
    paper.add_paragraph(text)
    paper.save(file)
    return SimpleUploadedFile("材料.docx", file.getvalue())


def test_a_paper_goes_with_its_topic_and_tells_how_long_it_is(called):
    topic = hand_in(called)
    paper = topics.add_paper(topic, word("共 建\n" * 2001), now=timezone.now(), by=called.chair)
    assert (paper.characters, len(paper.sha256)) == (4002, 64)
    broken = SimpleUploadedFile("坏.docx", b"PK\x03\x04 not a file")
    assert topics.add_paper(topic, broken, now=timezone.now(), by=called.chair).characters is None
    with pytest.raises(Refused):
        topics.add_paper(topic, word("别人"), now=timezone.now(), by=called.county)


def test_papers_go_along_when_a_topic_is_put_off_and_stand_once_it_was_held(called):
    topic = hand_in(called)
    topics.add_paper(topic, word("材料"), now=timezone.now(), by=called.chair)
    topics.sort_topic(topic, "put_off", by=called.town.clerk)
    later = call(called.series, called.day + timedelta(90), called.town)
    assert [each.name for each in Paper.objects.filter(topic__meeting=later)] == ["材料.docx"]
    other = hold(called, title="另一项")
    with pytest.raises(Refused, match="The meeting was held"):
        topics.add_paper(other, word("迟到"), now=timezone.now(), by=called.chair)


# == who reads ==
def test_host_members_and_those_above_in_line_read_and_nobody_else(called):
    town = called.town
    topic = hand_in(called)
    paper = topics.add_paper(topic, word("材料"), now=timezone.now(), by=called.chair)
    readers = {
        "clerk": town.clerk, "taker": called.taker, "chair": called.chair, "county": called.county,
        "inspector": town.inspector, "secretary": town.secretary, "stranger": town.stranger,
    }  # fmt: skip
    for visible, thing in (
        (series_visible_to, called.series), (meetings_visible_to, called.meeting), (papers_visible_to, paper),
    ):  # fmt: skip
        seen = {name for name, reader in readers.items() if visible(reader).filter(pk=thing.pk).exists()}
        assert seen == {"clerk", "taker", "chair", "county", "inspector"}


def test_whoever_has_left_reads_the_meetings_of_its_days_and_no_later_ones(called):
    seat = called.series.members.get(body=called.town.bodies["county_party"])
    actions.end_member(seat, on=called.day + timedelta(1), by=called.town.clerk)
    later = call(called.series, called.day + timedelta(90), called.town)
    assert set(meetings_visible_to(called.county)) == {called.meeting}
    assert set(meetings_visible_to(called.chair)) == {called.meeting, later}
