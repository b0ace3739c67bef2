"""The small town, where the city committee's clerk asks and the village's Party secretary answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.asks import sending, writing
from gongjian.asks.define import define_ceiling
from gongjian.asks.models import Ask, Sending
from gongjian.asks.reading import asked_in
from tests.kept import once
from tests.register import town as small
from tests.register.town import REFORM, Town, build_town

CEILINGS = {"village": 60, "town": 240, "employer": 45}


def build() -> Town:
    town = build_town()
    for position, (level, minutes) in enumerate(CEILINGS.items()):
        define_ceiling(level, names=small.names(level, level), position=position, minutes=minutes, source="")
    town.accounts["chair"] = town.people["chair"].account = small.account("陈样例")
    town.people["chair"].save(update_fields=["account"])
    town.accounts["county"] = small.account("吴样例")
    small.office(
        small.person("吴样例", account=town.accounts["county"]), town.bodies["county_party"], "party_secretary"
    )
    town.bodies["other_branch"] = small.body(
        "样例村党支部", "party_branch", town.units["street"], since=REFORM, superior=town.bodies["street_party"]
    )
    return town


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return once(build, build)


Write = Callable[..., Sending]


@pytest.fixture
def write(town: Town) -> Write:
    """A draft by the city's clerk; to the Party organisations in villages, if nothing else is said."""

    def made(*, questions: list[str] = (), receivers: dict[str, Any] | None = None, **said: Any) -> Sending:  # type: ignore[assignment]
        by = said.pop("by", town.clerk)
        sender = said.pop("sender", town.bodies["city_party"])
        what = {"title": "报一报样例", "why": "样例计划第3项", "minutes": 5, "due_on": soon(town)} | said
        if questions:
            what["kind"] = Sending.Kind.FACTS
        asked = [asked_in(each) if isinstance(each, str) else each for each in questions]
        draft = writing.write(sender, questions=asked, today=town.today, now=timezone.now(), by=by, **what)
        chosen = {"line": "party", "level": "village"} if receivers is None else receivers
        return writing.choose(draft, receivers=chosen, by=by)

    return made


@pytest.fixture
def send(town: Town, write: Write) -> Write:
    def sent(**said: Any) -> Sending:
        by = said.get("by", town.clerk)
        return sending.send(write(**said), today=town.today, now=timezone.now(), by=by)

    return sent


@pytest.fixture
def asked(town: Town, send: Write) -> Callable[..., Ask]:
    """What the village's Party branch is asked."""
    return lambda **said: send(**said).asks.get(body=town.bodies["village_party"])


def soon(town: Town) -> Any:
    """A day in the same month where there is one, so that what is asked counts together."""
    later = town.today + timedelta(days=5)
    return later if later.month == town.today.month else town.today + timedelta(days=40)
