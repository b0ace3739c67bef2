"""The League's review 教育评议 beside the Party's: its own quorum, its own most of the best; from roll to filed."""

from __future__ import annotations

from typing import Any

import pytest

from gongjian.register.refusals import Refused
from gongjian.reviews import deciding, grading, holding, opening
from gongjian.reviews.grading import Chosen
from gongjian.reviews.models import MemberReview
from tests.register import town as small

from .conftest import NOW, Reviewed, define, holder, later


@pytest.fixture
def review(begun: Reviewed) -> MemberReview:
    """Of a League branch below the street's committee: ten members, of whom the secretary and a deputy keep it."""
    town = begun.town
    define("league")
    committee = small.body("样例街道团委", "league_committee", town.units["street"], since=small.REFORM)
    town.bodies["street_league"] = committee
    branch = small.body("样例团支部", "league_branch", town.units["village"], since=small.REFORM, superior=committee)
    town.bodies["league_branch"] = branch
    for key in ("league", "league2", "above"):
        person = holder(town, key, f"团{key}样例", "street_league" if key == "above" else "league_branch")
        if key != "above":
            small.membership(person, branch)
    for at in range(8):
        small.membership(small.person(f"团员样例{at}"), branch)
    given: dict[str, Any] = {"year": begun.today.year, "roll_on": begun.today, "today": begun.today}
    return opening.begin(branch, **given, by=begun.by("league"))


def hold(begun: Reviewed, review: MemberReview, came: int, valid: int) -> MemberReview:
    numbers = {"to_come": 10, "came": came, "valid": valid}
    return holding.hold(review, held_on=begun.today, **numbers, today=begun.today, by=begun.by("league"))


def test_two_thirds_of_those_who_were_to_come_are_enough_and_fewer_are_not(begun, review):
    with pytest.raises(Refused, match="6 of 10 came; it takes 7"):
        hold(begun, review, 6, 6)
    assert hold(begun, review, 7, 7).state == "held"


def test_the_whole_life_of_a_league_s_review(begun, review):
    hold(begun, review, 10, 10)
    sheet = {each.pk: [4, 6, 0, 0] if at < 9 else [9, 1, 0, 0] for at, each in enumerate(review.grades.order_by("pk"))}
    for who in ("league", "league2"):
        holding.type_sheet(review, sheet, by=begun.by(who))
    rows = list(review.grades.select_related("person").order_by("pk"))
    assert rows[0].ballot is not None and rows[9].ballot == {"as": "band", "option": 0, "outside": 4, "ballots": 10}
    own = begun.town.people["league"]

    def grade(best: int) -> None:
        chosen = {
            row.pk: Chosen("excellent", "样例") if at < best else Chosen("good", "样例") for at, row in enumerate(rows)
        }
        mine = {row.pk: chosen.pop(row.pk) for row in rows if row.person_id == own.pk}
        for given, who in ((chosen, "league"), (mine, "league2")):
            version = MemberReview.objects.get(pk=review.pk).version
            grading.grade(review, given, version=version, by=begun.by(who))

    grade(4)
    with pytest.raises(Refused, match="given to 4; of 10 who are graded 3"):
        grading.propose(review, by=begun.by("league"))
    grade(3)
    with pytest.raises(Refused, match="has changed"):
        grading.grade(review, {rows[5].pk: Chosen("probationary")},
                      version=MemberReview.objects.get(pk=review.pk).version, by=begun.by("league"))  # fmt: skip
    grading.propose(review, by=begun.by("league"))
    grading.tell(review, today=begun.today, now=NOW, by=begun.by("league"))
    for row in review.grades.filter(told_grade="").select_related("person", "review"):
        grading.note_told(row, told_on=begun.today, today=begun.today, by=begun.by("league"))
    grading.hand_up(review, today=later(begun), now=NOW, by=begun.by("league"))
    with pytest.raises(Refused, match="organisation above"):
        deciding.approve(review, today=later(begun), now=NOW, by=begun.by("street"))
    deciding.approve(review, today=later(begun), now=NOW, by=begun.by("above"))
    assert grading.file(review, today=later(begun), by=begun.by("league")).state == "filed"
