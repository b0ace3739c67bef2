"""The small town with a poll: the city's union asks its 24 members whom they name; three hold the key, two observe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.ballots import casting, making, roll
from gongjian.ballots.casting import Answer, Cast
from gongjian.ballots.clock import bring_forward
from gongjian.ballots.models import Poll, Voter
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town
from verivote.ballot import Paper
from verivote.keys import sealing_hex, signer_hex

from .keys import OBSERVERS, PRIVATE

GROUPS = [
    {
        "id": "org", "title": "组织", "least": 1, "most": 2,
        "candidates": [
            {"id": f"{at:02}", "title": f"样例支部{at}", "note": "大唐街道", "place": "zhuji" if at < 4 else "yuecheng"}
            for at in range(1, 6)
        ],
    },
    {
        "id": "per", "title": "个人", "least": 1, "most": 1,
        "candidates": [{"id": f"{at}", "title": f"样例{at}"} for at in range(21, 25)],
    },
]  # fmt: skip
STEPS = [{"kind": "most_votes", "group": "org", "places": 2, "reserves": 1, "caps": [{"by": "place", "most": 1}]},
         {"kind": "most_votes", "group": "per", "places": 1}]  # fmt: skip
CHOICES = {"org": ["01", "04"], "per": ["22"]}
MEMBERS = 24


@dataclass
class Held:
    """`voters` are on the roll in the order of their names; the first three have accounts."""

    town: Town
    poll: Poll
    voters: list[Voter]

    @property
    def chair(self) -> User:
        """Keeps the poll."""
        return self.town.accounts["union_chair"]

    @property
    def second(self) -> User:
        """Keeps it too."""
        return self.town.accounts["deputy_chair"]

    def account(self, at: int) -> User:
        return self.town.accounts[f"member{at}"]


def fields(**given: Any) -> dict[str, Any]:
    at = (timezone.now() + timedelta(hours=1)).replace(second=0, microsecond=0)
    return {
        "title": "闪光言行之星", "kind": "members", "opens_at": at, "closes_at": at + timedelta(days=4),
        "channels": ["web", "paper", "desk"], "weight": 0, "approval": None,
        "draw": "中国福利彩票双色球红球", "draw_held_after": at + timedelta(days=5),
    } | given  # fmt: skip


def build_draft() -> Held:
    town = build_town()
    for key, name in (("union_chair", "郑样例"), ("deputy_chair", "冯样例"), ("third_chair", "何样例")):
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.office(town.people[key], town.bodies["city_union"], "union_chair")
    for at in range(MEMBERS - 1):  # the chair of the joint union is a member already
        account = small.account(f"样例会员{at:02}") if at < 3 else None
        member = town.people[f"member{at}"] = small.person(f"样例会员{at:02}", account=account)
        if account:
            town.accounts[f"member{at}"] = account
        small.membership(member, town.bodies["joint_union" if at % 2 else "county_union"], since=small.REFORM)
    by, now = town.accounts["union_chair"], timezone.now()
    poll = making.draft(town.bodies["city_union"], now=now, by=by, **fields())
    making.set_groups(poll, GROUPS, STEPS, by=by)
    roll.draw_up(poll, line=None, day=town.today, by=by)
    making.name_key(poll, key=sealing_hex(PRIVATE), holders=["保管甲", "保管乙", "保管丙"], by=by)
    for at, (name, key) in enumerate(OBSERVERS.items()):
        making.add_observer(poll, name=name, key=signer_hex(key), is_by_lot=at == 0, by=by)
    return Held(town, Poll.objects.get(pk=poll.pk), _voters(poll))


def build_ready() -> Held:
    held = build_draft()
    making.make_ready(held.poll, today=held.town.today, now=timezone.now(), by=held.chair)
    return Held(held.town, Poll.objects.get(pk=held.poll.pk), held.voters)


def _voters(poll: Poll) -> list[Voter]:
    return list(Voter.objects.filter(poll=poll).select_related("person").order_by("person__name"))


def build_open() -> Held:
    held = build_ready()
    open_now(held)
    return held


def open_now(held: Held) -> None:
    """As if its minute had come."""
    Poll.objects.filter(pk=held.poll.pk).update(opens_at=timezone.now() - timedelta(minutes=5))
    held.poll.refresh_from_db()
    held.poll = bring_forward(held.poll)


def close_now(held: Held) -> None:
    """As if its closing minute had come: the rules stay, and the clock of the database is the one that counts."""
    at = timezone.now().replace(second=0, microsecond=0)
    Poll.objects.filter(pk=held.poll.pk).update(closes_at=at, draw_held_after=at)
    held.poll.refresh_from_db()
    held.poll = bring_forward(held.poll)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def drafted(db: None) -> Held:
    return once(("ballots draft", timezone.localdate()), build_draft)


@pytest.fixture
def ready(db: None) -> Held:
    return once(("ballots ready", timezone.localdate()), build_ready)


@pytest.fixture
def held(db: None) -> Held:
    """Open."""
    return once(("ballots open", timezone.localdate()), build_open)


def seal(held: Held, choices: dict[str, list[str]] | None = None) -> bytes:
    assert held.poll.entry is not None
    return Paper(held.poll.entry).seal(choices or CHOICES)


def cast(held: Held, at: int, sealed: bytes | None = None, **given: Any) -> Answer:
    """Voter number `at` casts."""
    sealed = sealed if sealed is not None else seal(held)
    return casting.cast_one(held.poll, Cast(held.voters[at].pk, sealed, given.pop("channel", "web"), **given))


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
