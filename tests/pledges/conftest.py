"""The small town, where the village's Party branch pledges and its street's secretary reviews; two members beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.pledges import fulfilling, matching, offering, reviewing, writing
from gongjian.pledges.define import define_vague_word
from gongjian.pledges.models import Assignment, Pledge, Post
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

NOW = timezone.now()


def holder(town: Town, key: str, name: str, body: str, kind: str) -> None:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Town:
    town = build_town()
    holder(town, "street", "郑样例", "street_party", "party_secretary")
    holder(town, "county", "吴样例", "county_party", "party_secretary")
    for key, name in (("member", "沈样例"), ("other", "钱样例")):
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.membership(town.people[key], town.bodies["village_party"])
    define_vague_word("further", names=small.names("进一步", "further improve"), position=0)
    return town


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return once(build, build)


def set_up(town: Town, body: str = "village_party", **given: Any) -> Post:
    said = {
        "title": "设施维护岗", "area": "村口到小学", "content": "每月查一遍路灯，坏了3天内报修", "seats": 2,
        "duties": ["每月查路灯", "坏了报修"], "since": town.today, "until": town.today + timedelta(days=200),
    }  # fmt: skip
    by = given.pop("by", town.secretary)
    post = offering.set_up(town.bodies[body], today=town.today, by=by, **said | given)
    return offering.offer(post, "open", today=town.today, by=by)


def on_post(town: Town, post: Post | None = None, key: str = "member") -> Assignment:
    """A member who was nominated and went the whole way; the notice is over."""
    made = matching.nominate(post or set_up(town), town.people[key], today=town.today, by=town.secretary)
    matching.settle(made, "match", reason="就近方便", by=town.secretary)
    shown = matching.show(made, today=town.today, by=town.secretary)
    return matching.begin(shown, today=shown.notice_until + timedelta(days=1), by=town.secretary)


def write(town: Town, **given: Any) -> Pledge:
    """26 lamps, by the village's Party branch."""
    said = {
        "kind": "practical", "span": "annual", "year": town.today.year, "title": "村口到小学的620米装齐26盏路灯",
        "wish": "晚上接孩子看不见路", "counted": True, "baseline": Decimal(0), "target": Decimal(26), "unit": "盏",
        "evidence": "通电并由用电户签字", "measures": ["定点位", "装灯通电"], "responsible": "村两委",
        "due_on": town.today + timedelta(days=30), "body": "village_party", "today": town.today, "by": town.secretary,
    } | given  # fmt: skip
    return writing.write(town.bodies[said.pop("body")], **said)


def hand_in(pledge: Pledge, town: Town, by: Any = None) -> Pledge:
    return writing.hand_in(pledge, today=town.today, now=NOW, by=by or town.secretary)


def reviewed(pledge: Pledge, verdict: str, town: Town, *, by: str = "street", reason: str = "写明哪一段路") -> Pledge:
    reviewing.review(pledge, verdict, reason=reason, today=town.today, now=NOW, by=town.accounts[by])
    pledge.refresh_from_db()
    return pledge


def published(town: Town, *, by: str = "street", **given: Any) -> Pledge:
    pledge = hand_in(write(town, **given), town)
    reviewed(pledge, "pass", town, by=by)
    return reviewing.publish(pledge, shown_at="村务公开栏", today=town.today, by=town.secretary)


def done(pledge: Pledge, town: Town) -> Pledge:
    """All measures crossed off, and the number reached."""
    for measure in pledge.measures.all():
        fulfilling.enter(pledge, on=town.today, measure=measure, today=town.today, by=town.secretary)
    fulfilling.enter(pledge, on=town.today, words="26盏都亮", value=Decimal(26), today=town.today, by=town.secretary)
    pledge.refresh_from_db()
    return pledge


def close(pledge: Pledge, verb: str, town: Town, by: str = "street", **given: Any) -> Pledge:
    said = {"on": town.today, "today": town.today, "now": NOW, "by": town.accounts.get(by) or town.secretary}
    return fulfilling.close(pledge, verb, **said | given)
