"""The small town, where the city's union calls for the May Day certificate, and the village's joint union applies.

The joint union covers the hosiery and the hardware firm. It is led by the village's Party branch and stands below the
county's union: both are heard. The city's chair keeps the call; her colleague answers and awards.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.agreements.define import RULES, define_statute
from gongjian.agreements.models import Agreement, CoveredUnit
from gongjian.honours import applying, calling, deciding, opinions, reviewing
from gongjian.honours.define import define_honour
from gongjian.honours.models import Application, Award, Call, Honour, Opinion, Reviewer
from gongjian.register.models import Body
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

FILE = Path(__file__).parents[2] / "packs" / "shaoxing" / "honours.toml"
HONOURS = {row["key"]: row for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["honour"]}
BESIDE = ("key", "names", "line", "holder", "document", "in_force", "source")
DOCUMENT = "样例批〔2026〕1号"


def definition(key: str = "may_day_certificate", **other: Any) -> dict[str, Any]:
    """An honour of the pack, with `other` words in it."""
    return {name: value for name, value in (HONOURS[key] | other).items() if name not in BESIDE}


def define(key: str = "may_day_certificate", **other: Any) -> Honour:
    row = HONOURS[key]
    return define_honour(
        key, names=row["names"], position=0, line=row.get("line"), holder=row["holder"], in_force=row["in_force"],
        document=row.get("document", ""), source=row["source"], definition=definition(key, **other),
    )  # fmt: skip


@dataclass
class Called:
    town: Town
    call: Call

    @property
    def keeper(self) -> User:
        return self.town.accounts["city_chair"]

    @property
    def colleague(self) -> User:
        """Keeps the call too."""
        return self.town.accounts["colleague"]

    @property
    def applicant(self) -> User:
        """Keeps the joint union."""
        return self.town.accounts["chair"]

    @property
    def branch(self) -> User:
        """Leads the joint union, and is heard."""
        return self.town.secretary

    @property
    def county(self) -> User:
        """Stands above the joint union, and is heard."""
        return self.town.accounts["county_chair"]

    @property
    def reviewer(self) -> User:
        return self.town.accounts["reviewer"]

    @property
    def today(self) -> date:
        return self.town.today

    @property
    def joint(self) -> Body:
        return self.town.bodies["joint_union"]

    def again(self) -> Call:
        self.call = Call.objects.get(pk=self.call.pk)
        return self.call

    @property
    def after(self) -> date:
        """A day after the last one for applications."""
        return self.call.apply_until + timedelta(days=1)


def officer(town: Town, key: str, name: str, body: str, kind: str) -> User:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)
    return town.accounts[key]


def build() -> Called:
    town = build_town()
    for year in range(town.today.year - 1, town.today.year + 3):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    calendar.forget()
    officer(town, "city_chair", "钱样例", "city_union", "union_chair")
    officer(town, "colleague", "孙样例", "city_union", "union_chair")
    officer(town, "county_chair", "郑样例", "county_union", "union_chair")
    officer(town, "reviewer", "何样例", "county_party", "party_secretary")
    town.people["chair"].account = town.accounts["chair"] = small.account("陈样例")
    town.people["chair"].save(update_fields=["account"])
    for key in ("hosiery", "hardware"):
        in_agreement(town, key)
    return Called(town, begin(town, define()))


def in_agreement(town: Town, key: str) -> Agreement:
    """One of the unit alone, in force."""
    since, until = town.today - timedelta(days=100), town.today + timedelta(days=600)
    statute = define_statute("sample", names={"zh-hans": "样例"}, position=0, line="union", region="", source="样例",
                             rules={rule: {"value": 9} for rule in RULES})  # fmt: skip
    made = Agreement.objects.create(
        union=town.bodies["joint_union"], employer=town.units[key], title=f"样例{key}", statute=statute,
        state="in_force", since=since, until=until,
    )  # fmt: skip
    CoveredUnit.objects.create(
        agreement=made, unit=town.units[key], scope=made.scope, valid=(since, until + timedelta(days=1))
    )
    return made


def begin(town: Town, honour: Honour, **given: Any) -> Call:
    fields: dict[str, Any] = {
        "title": "样例五一劳动奖状", "year": town.today.year, "places": 2, "document": DOCUMENT,
        "apply_until": town.today + timedelta(days=10), "review_until": town.today + timedelta(days=20),
        "today": town.today, "by": town.accounts["city_chair"],
    }  # fmt: skip
    keeper = town.bodies[given.pop("keeper", "city_union")]
    return calling.begin(keeper, honour, **fields | given)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def called(db: None) -> Called:
    """A call as a draft."""
    return once(("honours", timezone.localdate()), build)


@pytest.fixture
def opened(db: None) -> Called:
    """Open, with somebody named who reviews, and two firms for which the joint union applied."""
    return once(("honours opened", timezone.localdate()), build_opened)


def build_opened() -> Called:
    called = build()
    name_reviewer(called)
    calling.open_call(called.again(), today=called.today, by=called.keeper)
    called.again()
    for key in ("hosiery", "hardware"):
        hand_in(called, key)
    return called


@pytest.fixture
def reviewed(db: None) -> Called:
    """All opinions heard and all reviews given: the hosiery 90, the hardware firm 70."""
    return once(("honours reviewed", timezone.localdate()), build_reviewed)


def build_reviewed() -> Called:
    called = build_opened()
    begin_review(called)
    hear(called)
    for key, value in (("hosiery", "90"), ("hardware", "70")):
        review(called, key, value)
    return called


@pytest.fixture
def noticed(db: None) -> Called:
    """Notice is given of both."""
    return once(("honours noticed", timezone.localdate()), build_noticed)


def build_noticed() -> Called:
    called = build_reviewed()
    deciding.propose(called.again(), today=called.after, now=noon(called.after), by=called.keeper)
    deciding.give_notice(called.again(), today=called.after, by=called.keeper)
    called.again()
    return called


def build_awarded() -> Called:
    called = build_noticed()
    award(called)
    return called


@pytest.fixture
def awarded(db: None) -> Called:
    """Both hold the honour."""
    return once(("honours awarded", timezone.localdate()), build_awarded)


# == steps ==
def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def name_reviewer(called: Called, key: str = "reviewer", phase: str = "panel") -> Reviewer:
    given: dict[str, Any] = {"today": called.today, "now": noon(called.today), "by": called.keeper}
    return calling.name_reviewer(called.call, phase, called.town.people[key], **given)


def draft(called: Called, key: str, **given: Any) -> Application:
    """For a unit of the town, in the name of the joint union."""
    fields: dict[str, Any] = {"unit": called.town.units[key], "today": called.today, "by": called.applicant}
    return applying.apply(called.call, called.joint, **fields | given)


def hand_in(called: Called, key: str, said: dict[str, Any] | None = None, **given: Any) -> Application:
    made = draft(called, key, **given)
    applying.write(made, story="样例：减少了三成损耗", said=said or {}, by=called.applicant)
    return applying.hand_in(made, today=called.today, now=noon(called.today), by=called.applicant)


def application(called: Called, key: str) -> Application:
    return Application.objects.get(call=called.call, unit=called.town.units[key])


def begin_review(called: Called) -> Call:
    calling.begin_review(called.again(), today=called.after, now=noon(called.after), by=called.keeper)
    return called.again()


def hear(called: Called, verdict: str = "clear") -> None:
    for each in Opinion.objects.filter(application__call=called.call, state="asked").order_by("pk"):
        who = called.branch if each.body == called.town.bodies["village_party"] else called.county
        opinions.give(each, verdict, words="样例函1号", now=noon(called.after), by=who)


def review(called: Called, key: str, value: str, who: str = "reviewer") -> None:
    its = Reviewer.objects.get(call=called.call, person=called.town.people[who])
    given = {"work": value, "workers": value}
    reviewing.give(its, application(called, key), given=given, now=noon(called.after), by=called.town.accounts[who])


def award(called: Called, **given: Any) -> list[Award]:
    day = called.again().notice_until + timedelta(days=1)
    fields: dict[str, Any] = {
        "document": "样例〔2026〕9号", "issuer": "样例市总工会", "awarded_on": day, "link": "https://example.com/9",
        "today": day, "now": noon(day), "by": called.colleague,
    }  # fmt: skip
    return deciding.award(called.call, **fields | given)
