"""The small town with twelve Party branches of one street, and a round over them that the county's committee keeps.

The street's committee stands above the branches and scores them; the city's fixes the grades. The scheme is that of
four grades: self 10, members' ballot 20, people's review 20, scored from above 50; good at most 10 %, poor 5 to 10 %.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.appraisal import boxes, deciding, rounds
from gongjian.appraisal.define import define_scheme
from gongjian.appraisal.models import Box, Case, Round, Scheme
from gongjian.register.models import Body
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

FILE = Path(__file__).parents[2] / "packs" / "shaoxing" / "schemes.toml"
SCHEMES = {row["key"]: row for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["scheme"]}
BESIDE = ("key", "names", "line", "in_force", "source")
BRANCHES = 11


def definition(key: str = "four_grades", **other: Any) -> dict[str, Any]:
    """A scheme of the pack, with `other` words in it."""
    return {name: value for name, value in (SCHEMES[key] | other).items() if name not in BESIDE}


def define(key: str = "four_grades", **other: Any) -> Scheme:
    row = SCHEMES[key]
    return define_scheme(
        key, names=row["names"], position=0, line=row.get("line"), in_force=row["in_force"], source=row["source"],
        definition=definition(key, **other),
    )  # fmt: skip


@dataclass
class Judged:
    """`branches` in the order of their cases; the first is that of the village, whose secretary has an account."""

    town: Town
    round: Round
    branches: list[Body] = field(default_factory=list)

    @property
    def county(self) -> User:
        """Keeps the round."""
        return self.town.accounts["county"]

    @property
    def colleague(self) -> User:
        """Keeps it too."""
        return self.town.accounts["colleague"]

    @property
    def street(self) -> User:
        """Scores the branches."""
        return self.town.accounts["street"]

    @property
    def branch(self) -> User:
        return self.town.secretary

    @property
    def city(self) -> User:
        """Fixes the grades."""
        return self.town.clerk

    @property
    def case(self) -> Case:
        return self.case_of(0)

    def case_of(self, number: int) -> Case:
        return Case.objects.get(round=self.round, body=self.branches[number])

    def again(self) -> Round:
        self.round = Round.objects.get(pk=self.round.pk)
        return self.round


def officer(town: Town, key: str, name: str, body: Body, kind: str) -> User:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], body, kind)
    return town.accounts[key]


def build() -> Judged:
    town = build_town()
    for year in range(town.today.year - 1, town.today.year + 3):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    officer(town, "county", "吴样例", town.bodies["county_party"], "party_secretary")
    officer(town, "colleague", "郑样例", town.bodies["county_party"], "organisation_officer")
    officer(town, "street", "冯样例", town.bodies["street_party"], "party_secretary")
    above, seat = town.bodies["street_party"], town.units["street"]
    more = [small.body(f"样例党支部{at:02}", "party_branch", seat, since=small.REFORM, superior=above)
            for at in range(1, BRANCHES + 1)]  # fmt: skip
    calendar.forget()
    return Judged(town, begin(town, define()), [town.bodies["village_party"], *more])


def begin(town: Town, scheme: Scheme, **given: Any) -> Round:
    today = town.today
    fields: dict[str, Any] = {
        "title": "2026年度分类定级", "of_until": today, "self_due": today + timedelta(days=10),
        "review_due": today + timedelta(days=20), "receivers": {"kind": "party_branch"},
        "today": today, "by": town.accounts["county"],
    }  # fmt: skip
    return rounds.begin(town.bodies["county_party"], scheme, **fields | given)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def judged(db: None) -> Judged:
    return once(("appraisal", timezone.localdate()), build)


@pytest.fixture
def opened(db: None) -> Judged:
    """The round is open."""
    return once(("appraisal opened", timezone.localdate()), build_opened)


def build_opened() -> Judged:
    judged = build()
    judged.round = rounds.open_round(judged.round, today=judged.town.today, now=noon(judged), by=judged.county)
    return judged


def noon(judged: Judged, day: date | None = None) -> datetime:
    return timezone.make_aware(datetime.combine(day or judged.town.today, time(12)))


def score_all(judged: Judged, *, least: int = 60, step: int = 3) -> None:
    """Each branch a few points more than the one before, from itself and from above alike."""
    cases = {each.body_id: each for each in Case.objects.filter(round=judged.round)}
    for at, body in enumerate(judged.branches):
        value = str(least + step * at)
        case, now = cases[body.pk], noon(judged)
        case.scores.create(item="self", by_whom="self", giver=body, value=value, at=now)
        case.scores.create(item="superior", by_whom="superior", giver=case.reviewer, value=value, at=now)


def review(judged: Judged) -> None:
    rounds.let_review(judged.round, today=judged.town.today, now=noon(judged), by=judged.county)
    judged.again()


def propose(judged: Judged, by: User | None = None) -> Round:
    """All scored, the bodies above asked, and proposed."""
    if judged.again().state == Round.State.SELF:
        review(judged)
    judged.round = deciding.propose(judged.round, now=noon(judged), by=by or judged.county)
    return judged.round


def give_notice(judged: Judged) -> Round:
    score_all(judged)
    propose(judged)
    judged.round = deciding.give_notice(judged.round, today=judged.town.today, by=judged.county)
    return judged.round


def counted(case: Case, numbers: list[int], kind: str, one: User, other: User, *, roll: int = 0) -> Box:
    """A box on paper, typed in alike by two people and closed."""
    now = timezone.now()
    box = boxes.open_box(case, kind, roll=roll or sum(numbers), now=now, by=one)
    for who in (one, other):
        boxes.type_counts(box, numbers, by=who)
    return boxes.close_box(box, now=now, by=one)


def given(*pairs: tuple[str, Any]) -> dict[str, tuple[Any, str]]:
    return {item: (value, "") for item, value in pairs}
