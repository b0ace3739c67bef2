"""The small town with a joint conference: the city's committee is its host, the city's union and a county's committee
are its members, and its next meeting gathers topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.meetings import actions, minutes, topics
from gongjian.meetings.models import Decision, Meeting, Series, Topic
from gongjian.register.models import Body, OfficeKind
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

AHEAD = timedelta(days=20)


@dataclass
class Called:
    """`day` is that of the meeting; until `closes` members hand topics in."""

    town: Town
    series: Series
    meeting: Meeting

    @property
    def day(self) -> date:
        return self.meeting.day

    @property
    def chair(self) -> User:
        """Keeps the plans of the city's union, a member."""
        return self.town.accounts["union_chair"]

    @property
    def county(self) -> User:
        """Keeps the plans of the county's committee, a member."""
        return self.town.accounts["county_secretary"]

    @property
    def taker(self) -> User:
        """Keeps the plans of the host, and asks nobody in its name."""
        return self.town.accounts["taker"]


def officer(town: Town, key: str, name: str, body: str, kind: str) -> None:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Called:
    town = build_town()
    officer(town, "union_chair", "郑样例", "city_union", "union_chair")
    officer(town, "county_secretary", "吴样例", "county_party", "party_secretary")
    kind = OfficeKind.objects.create(
        key="minutes_taker", line_id="party", names=small.names("记录员", "Minutes taker"), heads=False, position=9
    )
    kind.roles.set(["keeps_plan"])
    officer(town, "taker", "孙样例", "city_party", "minutes_taker")
    members = [town.bodies["city_union"], town.bodies["county_party"]]
    series = actions.begin_series(
        town.bodies["city_party"], kind="conference", members=members, name="党群联席会议", chair="市委副书记",
        secretariat="市委组织部", months=3, closes_before=7, today=town.today, by=town.clerk,
    )  # fmt: skip
    return Called(town, series, call(series, town.today + AHEAD, town))


def call(series: Series, day: date, town: Town, **given: Any) -> Meeting:
    fields = {"day": day, "begins_at": time(9), "place": "市委201会议室", "today": town.today, "by": town.clerk}
    return actions.call_meeting(series, **fields | given)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def called(db: None) -> Called:
    return once(("meetings", timezone.localdate()), build)


def hand_in(called: Called, by: User | None = None, body: str = "city_union", **given: Any) -> Topic:
    fields = {"title": "阵地共建共用", "problem": "两家阵地隔一条街", "proposal": "合用一处", "minutes": 20}
    return topics.hand_in(
        called.meeting, called.town.bodies[body], today=given.pop("today", called.town.today), by=by or called.chair,
        **fields | given,
    )  # fmt: skip


def taken(called: Called, **given: Any) -> Topic:
    return topics.sort_topic(hand_in(called, **given), "take", by=called.town.clerk)


def at(day: date, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def move(called: Called, verb: str, *, on: date | None = None, by: User | None = None, reason: str = "") -> Meeting:
    day = on or called.town.today
    called.meeting = actions.move_meeting(
        called.meeting, verb, today=day, now=at(day), by=by or called.town.clerk, reason=reason
    )
    return called.meeting


def hold(called: Called, **topic: Any) -> Topic:
    """One topic, the agenda set, the meeting held, the union noted as present."""
    found = taken(called, **topic)
    move(called, "set_agenda")
    move(called, "hold", on=called.day)
    union = called.town.bodies["city_union"]
    minutes.note_attendance(called.meeting, [(union, "present", None)], by=called.town.clerk)
    return found


def decide(called: Called, words: str = "合用一处阵地", owner: str = "city_union", **given: Any) -> Decision:
    fields: dict[str, Any] = {
        "words": words, "due_on": called.day + timedelta(days=30), "minutes": 10, "kind": "decision", "topic": None,
    }  # fmt: skip
    whom: Body = called.town.bodies[owner]
    return minutes.add_decision(called.meeting, owner=whom, today=called.day, by=called.town.clerk, **fields | given)


def publish(called: Called, *, by: User | None = None, on: date | None = None) -> Meeting:
    day = on or called.day + timedelta(days=1)
    called.meeting = minutes.publish(called.meeting, today=day, now=at(day), by=by or called.town.clerk)
    return called.meeting
