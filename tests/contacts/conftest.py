"""The small town, where the county's secretary and the inspector of the city's unions keep in touch with the village.

The secretary keeps the plan of what they lead. The inspector keeps nothing: the chair of the city's unions does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.contacts import inspecting, points, visits
from gongjian.contacts.inspecting import Place
from gongjian.contacts.models import ContactPoint, Inspection, Visit
from gongjian.register.models import Body, Office
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

SINCE = date(timezone.localdate().year - 1, 3, 1)


def holder(town: Town, key: str, name: str, body: str, kind: str) -> None:
    """Somebody with an account and an office."""
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Town:
    town = build_town()
    holder(town, "county", "吴样例", "county_party", "party_secretary")
    holder(town, "city_chair", "钱样例", "city_union", "union_chair")
    holder(town, "county_chair", "郑样例", "county_union", "union_chair")
    town.people["chair"].account = town.accounts["chair"] = small.account("陈样例")
    town.people["chair"].save(update_fields=["account"])
    return town


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return once(build, build)


def office_of(town: Town, key: str) -> Office:
    return Office.objects.get(person=town.people[key])


def set_point(town: Town, leader: str = "county", point: str = "village_party", **given: Any) -> ContactPoint:
    by = given.pop("by", town.accounts["city_chair" if leader == "inspector" else leader])
    said = {"since": SINCE, "wanted": 4, "why": "样例：村里人多事多", "today": town.today, "by": by}
    return points.set_point(office_of(town, leader), town.bodies[point], **said | given)


@pytest.fixture
def contact(town: Town) -> ContactPoint:
    """The village's Party branch, of the county's secretary."""
    return set_point(town)


def tell(contact: ContactPoint, town: Town, **given: Any) -> Visit:
    said = {"on": town.today, "seen": "样例：看了服务大厅", "by": town.accounts["county"], "today": town.today}
    return visits.enter(contact, **said | given)


def month_ahead(town: Town, months: int = 1) -> date:
    """The first day of a month to come; next year, where this one is ending."""
    count = town.today.year * 12 + town.today.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def place(town: Town, months: int = 1, *, day: int | None = None, unit: str = "", body: str = "") -> Place:
    """A stop in a month ahead; at the village's Party branch, if nothing else is said."""
    month = month_ahead(town, months)
    on = month + timedelta(days=day - 1) if day else None
    at: Body | None = None if unit else town.bodies[body or "village_party"]
    return Place(month, on, at, town.units[unit] if unit else None)


def inspect(town: Town, by: str = "county", body: str = "county_party", **given: Any) -> Inspection:
    """A check of the yearly plan."""
    said = {"title": "样例检查", "document": "样例文件1号", "number": "样例1", "places": [place(town)]}
    said |= {"today": town.today, "by": town.accounts[by]}
    return inspecting.enter(town.bodies[body], **said | given)
