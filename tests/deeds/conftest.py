"""The small town: anybody recommends deeds of the village's Party branch, and the street's secretary selects them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from gongjian.deeds import agreeing, checking, recommending
from gongjian.deeds.models import Deed
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

NOW = timezone.now()
STORY = "7月台风那晚，他带着三个人在村口守到天亮，把十二位老人一位一位背到小学，没有一个人受伤。"


def holder(town: Town, key: str, name: str, body: str, kind: str) -> None:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)


def build() -> Town:
    town = build_town()
    for key, name in (("street", "郑样例"), ("street2", "何样例")):
        holder(town, key, name, "street_party", "party_secretary")
    holder(town, "county", "吴样例", "county_party", "party_secretary")
    for key, name in (("member", "沈样例"), ("other", "钱样例")):
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.membership(town.people[key], town.bodies["village_party"])
    town.people["quiet"] = small.person("孔样例")
    small.membership(town.people["quiet"], town.bodies["village_party"])
    return town


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return once(("deeds", build), build)


def recommend(town: Town, **given: Any) -> Deed:
    """Of a person in the village's branch, by nobody who is known."""
    said = {
        "ref": uuid4().hex, "of": "person", "name": "孔样例", "title": "台风夜背出十二位老人", "story": STORY,
        "service": "people", "done_on": town.today, "today": town.today, "now": NOW, "by": AnonymousUser(),
        "body": "village_party",
    } | given  # fmt: skip
    return recommending.recommend(town.bodies[said.pop("body")], **said)


def when(town: Town, key: str = "") -> dict[str, Any]:
    return {"today": town.today, "now": NOW, "by": town.accounts[key] if key else town.secretary}


def checked(town: Town, verdict: str = "pass", **given: Any) -> Deed:
    deed = recommend(town, **given)
    return checking.check(deed, verdict, reason="写清是哪一晚", **when(town))


def shown(town: Town, **given: Any) -> Deed:
    """All the way, with the consent on paper."""
    deed = checking.select(checked(town, **given), "pass", **when(town, "street"))
    if deed.of == "person":
        agreeing.agreed_on_paper(deed, kept_where="支部办公室2号柜", **when(town))
    return checking.show(Deed.objects.get(pk=deed.pk), **when(town, "street"))
