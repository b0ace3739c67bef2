"""The small town, where the county's Party committee opens the year over the branches below it.

The village's branch has 12 on its roll: its secretary and a deputy, who both keep it; two members with accounts; a
probationary one, and seven more without. The street's committee approves; two people keep its matters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.register.models import Person
from gongjian.reviews import deciding, grading, holding, opening
from gongjian.reviews.define import define_review_rule
from gongjian.reviews.grading import Chosen
from gongjian.reviews.models import GradeObjection, MemberGrade, MemberReview, ReviewRule
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.kept import once
from tests.register import town as small
from tests.register.town import Town, build_town

NOW = timezone.now()
FILE = Path(__file__).parents[2] / "packs" / "shaoxing" / "reviews.toml"
RULES = {row["key"]: row for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["review_rule"]}
BESIDE = ("key", "names", "line", "source")
PLAIN = 7


def definition(key: str = "party", **other: Any) -> dict[str, Any]:
    return {name: value for name, value in (RULES[key] | other).items() if name not in BESIDE}


def define(key: str = "party", **other: Any) -> ReviewRule:
    row = RULES[key]
    return define_review_rule(
        key, names=row["names"], position=0, line=row["line"], source=row["source"], definition=definition(key, **other)
    )  # fmt: skip


@dataclass
class Reviewed:
    """A branch's review, and who does what in it."""

    town: Town
    opened: opening.Opened

    @property
    def today(self) -> date:
        return self.town.today

    @property
    def review(self) -> MemberReview:
        return MemberReview.objects.get(body=self.town.bodies["village_party"])

    def by(self, key: str) -> User:
        """As in a request of its own: what offices opened before is not remembered."""
        return User.objects.get(pk=self.town.accounts[key].pk)

    def row(self, key: str) -> MemberGrade:
        return MemberGrade.objects.get(review=self.review, person=self.town.people[key])

    def rows(self) -> list[MemberGrade]:
        return list(self.review.grades.order_by("pk"))


def holder(town: Town, key: str, name: str, body: str, kind: str = "party_secretary") -> Person:
    town.accounts[key] = small.account(name)
    town.people[key] = small.person(name, account=town.accounts[key])
    small.office(town.people[key], town.bodies[body], kind)
    return town.people[key]


def build() -> Reviewed:
    town = build_town()
    for year in range(town.today.year - 1, town.today.year + 3):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    calendar.forget()
    define()
    branch = town.bodies["village_party"]
    holder(town, "county", "吴样例", "county_party")
    holder(town, "street", "郑样例", "street_party")
    holder(town, "street2", "冯样例", "street_party")
    small.membership(holder(town, "deputy", "何样例", "village_party"), branch)
    small.membership(town.people["secretary"], branch)
    for key, name in (("member", "沈样例"), ("other", "钱样例")):
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.membership(town.people[key], branch)
    for at in range(PLAIN):
        town.people[f"plain{at}"] = small.person(f"普通样例{at}")
        small.membership(town.people[f"plain{at}"], branch)
    town.people["new"] = small.person("预备样例")
    small.membership(town.people["new"], branch)
    return Reviewed(town, open_year(town))


def open_year(town: Town, host: str = "county_party", by: str = "county", **given: Any) -> opening.Opened:
    today = town.today
    said = {"year": today.year, "roll_on": today, "due_on": today + timedelta(days=40), "today": today, "now": NOW}
    return opening.open_year(town.bodies[host], **said | {"by": town.accounts[by]} | given)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture
def begun(db: None) -> Reviewed:
    return once(("reviews", timezone.localdate()), build)


def hold(begun: Reviewed, by: str = "secretary", **given: Any) -> MemberReview:
    said = {"held_on": begun.today, "to_come": 12, "came": 11, "valid": 10, "today": begun.today}
    return holding.hold(begun.review, **said | {"by": begun.by(by)} | given)


def mark_new(begun: Reviewed) -> None:
    grade(begun, {"new": Chosen("probationary")})


def type_alike(begun: Reviewed, numbers: Sequence[int] = (3, 7, 0, 0), **of: Sequence[int]) -> None:
    """The same numbers for everybody, but those of `of`; by the secretary and the deputy."""
    given = {each.pk: list(numbers) for each in begun.rows() if not each.ungraded}
    given |= {begun.row(key).pk: list(each) for key, each in of.items()}
    for who in ("secretary", "deputy"):
        holding.type_sheet(begun.review, given, by=begun.by(who))


def grade(begun: Reviewed, chosen: dict[str, Chosen], by: str = "secretary") -> MemberReview:
    review = begun.review
    rows = {begun.row(key).pk: each for key, each in chosen.items()}
    return grading.grade(review, rows, version=review.version, by=begun.by(by))


def grade_all(begun: Reviewed, **other: Chosen) -> None:
    """Everybody qualified, the probationary one without a grade; the secretary's by the deputy."""
    keys = ["deputy", "member", "other", *(f"plain{at}" for at in range(PLAIN))]
    grade(begun, {key: Chosen("good") for key in keys} | {"new": Chosen("probationary")} | other)
    grade(begun, {"secretary": Chosen("good")}, by="deputy")


def propose(begun: Reviewed, **other: Chosen) -> None:
    hold(begun)
    grade_all(begun, **other)
    grading.propose(begun.review, by=begun.by("secretary"))


def tell(begun: Reviewed, **other: Chosen) -> None:
    """Told, the ones without an account today as well."""
    propose(begun, **other)
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    note_all(begun)


def note_all(begun: Reviewed, day: date | None = None) -> None:
    day = day or begun.today
    for row in begun.rows():
        if row.grade and not row.is_told:
            grading.note_told(row, told_on=day, today=day, by=begun.by("secretary"))


def later(begun: Reviewed) -> date:
    """After the time to object."""
    return calendar.add_working(begun.today, 6)


def object_to(begun: Reviewed, key: str = "member", by: str = "", **given: Any) -> GradeObjection:
    said = {"reason": "我全年参加了12次活动", "today": begun.today}
    return grading.object_to(begun.row(key), **said | {"by": begun.by(by or key)} | given)


def answer(begun: Reviewed, objection: GradeObjection, verb: str, by: str, **given: Any) -> GradeObjection:
    said = {"words": "已核对记录", "today": begun.today, "now": NOW}
    return grading.answer(objection, verb, **said | {"by": begun.by(by)} | given)


def hand_up(begun: Reviewed, **other: Chosen) -> str:
    tell(begun, **other)
    return go_up(begun)


def go_up(begun: Reviewed, **given: Any) -> str:
    said = {"today": later(begun), "now": NOW, "by": begun.by("secretary")}
    return grading.hand_up(begun.review, **said | given)


def approve(begun: Reviewed, by: str = "street") -> MemberReview:
    return deciding.approve(begun.review, today=later(begun), now=NOW, by=begun.by(by))


def send_back(begun: Reviewed, by: str = "street", reason: str = "请再核对一人的理由") -> str:
    return deciding.send_back(begun.review, reason=reason, today=later(begun), now=NOW, by=begun.by(by))
