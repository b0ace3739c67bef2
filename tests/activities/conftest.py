"""The small town with two union chairs who keep plans, and the pack's words for activities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.activities import define, events
from gongjian.activities.models import Event
from gongjian.packs.read import read_pack
from gongjian.register.models import Body
from gongjian.settings import ROOT
from tests.kept import once
from tests.programme.conftest import define_shaoxing
from tests.register import town as small
from tests.register.town import Town, build_town

WORDS = (
    ("event_kinds", define.define_event_kind),
    ("contest_types", define.define_contest_type),
    ("channels", define.define_channel),
)


def define_words() -> None:
    """The words of the pack, as loading it defines them."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    for name, defines in WORDS:
        for each in getattr(pack, name):
            defines(each.key, names=each.names, position=each.position)


def build() -> Town:
    town = build_town()
    define_shaoxing()
    define_words()
    for key, name, body in (("county_chair", "郑样例", "county_union"), ("joint_chair", "孙样例", "joint_union")):
        town.accounts[key] = small.account(name)
        small.office(small.person(name, account=town.accounts[key]), town.bodies[body], "union_chair")
    return town


@pytest.fixture
def town(db: None) -> Town:
    return once(build, build)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


def passing_union(town: Town) -> tuple[Body, User]:
    """A union in a firm of the street that keeps nothing and so can be dissolved, with its chair."""
    superior, chair = town.bodies["county_union"], small.account("钱样例")
    union = small.body("样例袜厂工会", "union_committee", town.units["hosiery"], since=small.REFORM, superior=superior)
    small.office(small.person("钱样例", account=chair), union, "union_chair", since=small.REFORM)
    return union, chair


def at(day: date, hour: int = 14) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def event_in(town: Town, **given: Any) -> dict[str, Any]:
    """The fields of an event in ten days, with signing up."""
    day = town.today + timedelta(10)
    fields = {"title": "“七一”主题党日", "kind_id": "theme_education", "starts_at": at(day), "ends_at": at(day, 16)}
    return fields | {"place": "村文化礼堂", "sign_up_until": day - timedelta(1)} | given


Announced = Callable[..., Event]


@pytest.fixture
def announced(town: Town) -> Announced:
    """An event of the village's Party branch that everybody can read."""

    def made(**given: Any) -> Event:
        lead, by = given.pop("lead", town.bodies["village_party"]), given.pop("by", town.secretary)
        hosts = given.pop("hosts", ())
        event = events.plan(lead, hosts=hosts, today=town.today, by=by, **event_in(town, **given))
        return events.announce(event, now=at(town.today, 9), by=by)

    return made
