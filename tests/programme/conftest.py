"""The small town with a programme: the city's committee has a published plan, the village's branch a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.packs.read import read_pack
from gongjian.programme import actions, define
from gongjian.programme.models import Plan, PlanItem
from gongjian.settings import ROOT
from tests.register.town import Town

YEAR = timezone.localdate().year


@dataclass
class Planned:
    town: Town
    plan: Plan
    item: PlanItem
    draft: Plan


def day(month: int, of_month: int) -> date:
    return date(YEAR, month, of_month)


def add(plan: Plan, by: User, **given: Any) -> PlanItem:
    fields = {"title": "样例任务", "starts_on": day(1, 1), "due_on": day(12, 31), "owner": plan.body}
    return actions.add_item(plan, today=timezone.localdate(), by=by, **fields | given)


def define_shaoxing() -> None:
    """The programme of the pack, as loading it defines it."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    for words, defines in (
        (pack.programmes, define.define_programme),
        (pack.stages, define.define_stage),
        (pack.carriers, define.define_carrier),
        (pack.tiers, define.define_tier),
        (pack.tasks, define.define_task),
    ):
        for each in words:
            defines(**{name: value for name, value in vars(each).items() if name != "unverified"})


def plan_of(body: Any, by: User, **given: Any) -> Plan:
    """A published plan of this year with one item."""
    plan = actions.open_plan(body, YEAR, today=timezone.localdate(), by=by, **given)
    add(plan, by, title="市里的任务")
    return actions.move_plan(plan, "publish", by=by)


@pytest.fixture
def planned(town: Town) -> Planned:
    define_shaoxing()
    plan = plan_of(town.bodies["city_party"], town.clerk, theme="样例主题")
    draft = actions.open_plan(town.bodies["village_party"], YEAR, today=town.today, by=town.secretary)
    return Planned(town, plan, plan.items.get(), draft)
