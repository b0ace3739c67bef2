"""The small town, where the county's Party committee opens a round over the five bodies below it or led from it:

the street's committee and the county's union are commented on by the county, the village's branch by the street,
its League branch by the village's branch, and its joint union by the county's union.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.register.models import Body
from gongjian.telling import putting_right, rounds, verbs
from gongjian.telling.define import define_comment_kind, define_hollow_phrase
from gongjian.telling.models import Comment, CommentKind, Rectification, Telling, TellingRound
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

NOW = timezone.now()
LISTS = {
    "strength": ["村口到小学装了26盏路灯"],
    "problem": ["公开栏三个月没有更新", "说事会只开了一次"],
    "direction": ["每月5日前把账目贴出来"],
}
FIVE = ["street_party", "village_party", "county_union", "joint_union", "league"]


@dataclass
class Set:
    """A round, and who does what in it."""

    town: Town
    round: TellingRound

    def of(self, body: str = "village_party") -> Telling:
        return Telling.objects.get(round=self.round, body=self.town.bodies[body])

    def by(self, key: str) -> User:
        return self.town.secretary if key == "village" else self.town.accounts[key]

    def body(self, key: str) -> Body:
        return self.town.bodies[key]


def holder(town: Town, key: str, name: str, body: str, kind: str) -> None:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Set:
    town = build_town()
    holder(town, "county", "吴样例", "county_party", "party_secretary")
    holder(town, "street", "郑样例", "street_party", "party_secretary")
    holder(town, "union", "孙样例", "county_union", "union_chair")
    for key, name in (("member", "沈样例"), ("other", "钱样例")):
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.membership(town.people[key], town.bodies["village_party"])
    define_comment_kind("meeting", names=small.names("集中点评", "At a meeting"), position=0)
    define_hollow_phrase("on", names=small.names("继续努力", "keep it up"), position=0)
    return Set(town, open_round(town).round)


def open_round(town: Town, by: Any = None, host: str = "county_party", **given: Any) -> rounds.Opened:
    today = town.today
    said = {
        "name": "上半年讲述点评", "kind": "half_year", "since": today - timedelta(days=150), "until": today,
        "tell_by": today + timedelta(days=10), "comment_by": today + timedelta(days=40), "days_to_put_right": 30,
        "range": "public", "chosen": {}, "today": today, "now": NOW, "by": by or town.accounts["county"],
    }  # fmt: skip
    return rounds.open_round(town.bodies[host], **said | given)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def opened(db: None) -> Set:
    return once(("telling", timezone.localdate()), build)


def tell(opened: Set, body: str = "village_party", by: str = "village", **given: Any) -> Telling:
    said = {
        "done": "装了26盏路灯",
        "undone": "说事会只开了一次",
        "reason": "农忙",
        "today": opened.town.today,
        "now": NOW,
    }
    return verbs.tell(opened.of(body), **said | {"by": opened.by(by)} | given)


def comment(opened: Set, body: str = "village_party", by: str = "street", **given: Any) -> Comment:
    said = {
        "kind": CommentKind.objects.get(), "on": opened.town.today, "lists": LISTS, "version": 0, "where": "村文化礼堂",
        "today": opened.town.today, "now": NOW, "by": opened.by(by),
    }  # fmt: skip
    return verbs.comment(opened.of(body), **said | given)


def publish(opened: Set, body: str = "village_party", by: str = "street", **given: Any) -> str:
    said = {
        "range": "members", "put_right_by": opened.town.today + timedelta(days=30), "today": opened.town.today,
        "now": NOW, "by": opened.by(by),
    }  # fmt: skip
    return verbs.publish(opened.of(body), **said | given)


def published(opened: Set, **given: Any) -> list[Rectification]:
    """Told by the village's secretary, commented on by the street's, published: what is to be put right."""
    tell(opened)
    comment(opened)
    publish(opened, **given)
    return list(Rectification.objects.order_by("pk"))


def plan(opened: Set, each: Rectification, **given: Any) -> Rectification:
    said = {"measure": "排出每月公开的日子", "owner": "村监委会", "due_on": opened.town.today + timedelta(days=20)}
    given = {"today": opened.town.today, "by": opened.by("village")} | given
    return putting_right.plan(each, **said | given)


def finish(opened: Set, each: Rectification, **given: Any) -> Rectification:
    said = {"proof": "三个月的账目已贴出", "today": opened.town.today, "now": NOW, "by": opened.by("village")}
    return putting_right.finish(each, **said | given)


def confirm(opened: Set, each: Rectification, by: str = "street") -> Rectification:
    return putting_right.confirm(each, today=opened.town.today, now=NOW, by=opened.by(by))


def reopen(opened: Set, each: Rectification, by: str = "street", reason: str = "2月的没有贴") -> str:
    due = opened.town.today + timedelta(days=9)
    return putting_right.reopen(
        each, reason=reason, due_on=due, today=opened.town.today, now=NOW, by=opened.by(by)
    )  # fmt: skip
