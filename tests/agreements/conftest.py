"""The small town, where the village's joint union bargains: with the hosiery firm alone, or for all that it covers.

Its chair writes the steps down; the county's union stands above it. Statute, headings and working days are the pack's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.agreements import congresses, in_force, opening, verbs, watching
from gongjian.agreements.congresses import Votes
from gongjian.agreements.define import define_content_heading, define_statute
from gongjian.agreements.models import Agreement, Congress, ContentHeading
from gongjian.agreements.verbs import Seat
from gongjian.register import actions
from gongjian.register.models import Body, Cover, Unit
from gongjian.settings import ROOT
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

NOW = timezone.now()
PACK = ROOT / "packs" / "shaoxing"
WORKERS = [Seat("工会主席", is_chief=True), Seat("缝制车间工人"), Seat("财务科职工")]
EMPLOYER = [Seat("总经理", is_chief=True), Seat("人事经理"), Seat("生产经理")]


def define_words() -> None:
    """The statute and the headings of the pack, and its working days: of 2027 none are published."""
    told = tomllib.loads((PACK / "agreements.toml").read_text(encoding="utf-8"))
    for at, each in enumerate(told["statute"]):
        define_statute(position=at, **each)
    for at, each in enumerate(told["content_heading"]):
        define_content_heading(position=at, **each)
    for year in tomllib.loads((PACK / "workdays.toml").read_text(encoding="utf-8"))["year"]:
        define_year(**year)


@dataclass
class Bargaining:
    """The town, and who bargains in it."""

    town: Town

    @property
    def chair(self) -> User:
        return self.town.accounts["chair"]

    @property
    def union(self) -> Body:
        return self.town.bodies["joint_union"]

    @property
    def firm(self) -> Unit:
        return self.town.units["hosiery"]


def holder(town: Town, key: str, name: str, body: str, kind: str) -> None:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Bargaining:
    town = build_town()
    define_words()
    holder(town, "chair", "孙样例", "joint_union", "union_chair")
    holder(town, "county", "吴样例", "county_union", "union_chair")
    holder(town, "county_secretary", "郑样例", "county_party", "party_secretary")
    return Bargaining(town)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    calendar.forget()
    with translation.override("en"):
        yield
    calendar.forget()


@pytest.fixture
def bargaining(db: None) -> Bargaining:
    return once(("agreements", timezone.localdate()), build)


# == steps, each done by the chair on its day ==
def demand(bargaining: Bargaining, on: date, **given: Any) -> Agreement:
    said = {
        "scope": "single", "employer": bargaining.firm, "association": "", "trade": "", "title": "袜业工资协议",
        "demanded_by": "workers", "above_scale": False, "on": on, "today": on, "now": NOW, "by": bargaining.chair,
    }  # fmt: skip
    return opening.demand(bargaining.union, **said | given)


def by_chair(bargaining: Bargaining, on: date, **given: Any) -> dict[str, Any]:
    return {"on": on, "today": on, "now": NOW, "by": bargaining.chair} | given


def clauses() -> dict[str, str]:
    return {each.pk: f"{each}按双方议定的执行" for each in ContentHeading.objects.all()}


def congress(bargaining: Bargaining, delegates: int = 60, women: int | None = 24) -> Congress:
    return congresses.set_up(
        bargaining.union, kind="congress", delegates=delegates, women=women, elected_on=date(2024, 1, 10),
        today=date(2024, 1, 10), by=bargaining.chair,
    )  # fmt: skip


def vote(bargaining: Bargaining, agreement: Agreement, on: date, yes: int = 31, no: int = 9, **given: Any) -> Agreement:
    held = Congress.objects.filter(body=bargaining.union).first() or congress(bargaining)
    said = {"present": 50, "women": 20, "votes": Votes(yes, no, 4), "congress": held}
    congresses.vote_on(agreement, **by_chair(bargaining, on, **said | given))
    agreement.refresh_from_db()
    return agreement


STEPS = ("answer", "name", "call", "meet", "draft", "pass", "sign", "file", "take_effect", "publish")


def do(bargaining: Bargaining, step: str, day: date, made: Agreement) -> Agreement:
    """One step of the agreement, on the day; what the clock does and what follows it, after the days for objections."""
    by, later = by_chair(bargaining, day), day + timedelta(days=16)
    acts = {
        "answer": lambda: verbs.answer(made, words="", **by),
        "name": lambda: verbs.name(made, workers=WORKERS, employer=EMPLOYER, **by),
        "call": lambda: verbs.call(made, meets_on=day, papers_on=day - timedelta(days=7), **by),
        "meet": lambda: verbs.meet(made, words="", **by),
        "draft": lambda: verbs.draft(made, clauses=clauses(), **by),
        "pass": lambda: vote(bargaining, made, day),
        "sign": lambda: verbs.sign(made, until=day + timedelta(days=380), **by),
        "file": lambda: verbs.file(made, **by),
        "take_effect": lambda: watching.look_after(later, NOW),
        "publish": lambda: in_force.publish(made, summary="人均工资上调百分之六。", **by_chair(bargaining, later)),
    }
    acts[step]()
    return Agreement.objects.get(pk=made.pk)


def up_to(bargaining: Bargaining, step: str, day: date, agreement: Agreement | None = None, **given: Any) -> Agreement:
    """An agreement on which every step up to this one was taken on the one day."""
    made = agreement or demand(bargaining, day, **given)
    for each in STEPS[: STEPS.index(step) + 1]:
        made = do(bargaining, each, day, made)
    return made


def dissolve(bargaining: Bargaining, on: date) -> None:
    """The firm stands no longer from the day on."""
    Cover.objects.filter(unit=bargaining.firm).update(valid=(small.REFORM, on))
    actions.close_unit(bargaining.firm, on=on, today=bargaining.town.today, by=None)
