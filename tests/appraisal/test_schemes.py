"""Schemes: each of the pack worked by hand, and what is refused, with an example of each."""

from decimal import Decimal
from fractions import Fraction

import pytest

from gongjian.appraisal.define import define_scheme
from gongjian.appraisal.models import SchemeVersion
from gongjian.appraisal.refuse import REFUSED, faults
from gongjian.appraisal.rules import rules_of
from gongjian.appraisal.sources import publication, value_of_box, written
from gongjian.register.refusals import Refused
from quotas.adding import added
from quotas.faults import Fault
from quotas.grading import Body, Ceiling, grade
from rollup.branch_counts import may_be_told

from .conftest import SCHEMES, define, definition


def box(rules, *numbers):
    """What a box of these numbers comes to."""
    told = may_be_told(numbers)
    facts = written(told, sum(numbers))
    assert publication(facts) == told
    return value_of_box(told, rules, facts).value


@pytest.mark.parametrize("key", list(SCHEMES))
def test_the_schemes_of_the_pack_are_sound(key):
    assert faults(definition(key)) == []


# == by hand ==
def test_stars_of_2023(db):
    """(94 × 70 + 85.26… × 15 + 94 × 15) / 100 − 1.5; the box: 12 good, 5 fairly good, 2 fair, 1 do not know."""
    rules = rules_of(definition("star_2023"))
    members = box(rules, 12, 5, 2, 0, 1)
    assert members == Fraction(1200 + 350 + 100, 19)
    people = box(rules, 20, 3, 2, 0, 0)
    assert people == Fraction(2000 + 210 + 100, 25)
    found = added(rules.scheme, {"base": Fraction(94), "members": members, "people": people}, minus=Decimal("1.5"))
    assert found.score == Decimal("91.18")  # 65.8 + 13.0263… + 13.86 − 1.5 = 91.186…, cut off
    alone = added(rules.scheme, {"base": Fraction(94)})
    assert (alone.weight, alone.score) == (70, 94)


def test_five_stars_with_a_bonus_and_a_condition(db):
    rules = rules_of(definition("star_110"))
    values = dict.fromkeys(("leaders", "members", "venue", "rules", "safeguards", "results"), Fraction(86))
    found = added(rules.scheme, values | {"people": box(rules, 25, 10, 5, 0, 3)}, bonus=Decimal(8))
    assert found.score == Decimal("94.03")  # (85 × 86 + 15 × 86.25) / 100 + 8 = 94.0375, cut off
    veto = (Ceiling("4", "no_project"),)
    bodies = [
        Body(f"{at:02}", Decimal(score), "party_branch", veto if at == 0 else ())
        for at, score in enumerate(range(105, 95, -1))
    ]
    grades = grade(rules.scheme, bodies).verdicts
    assert "".join(grades[f"{at:02}"].grade for at in range(10)) == "4544333333"


def test_stars_by_shares_alone(db):
    rules = rules_of(definition("star_city_2012"))
    bodies = [Body(f"{at:02}", Decimal(score), "party_branch") for at, score in enumerate(range(40, 0, -1))]
    counts = grade(rules.scheme, bodies).counts
    assert {key: counts["party_branch", key] for key in "54321"} == {"5": 4, "4": 8, "3": 28, "2": 0, "1": 0}


def test_four_grades_of_2012(db):
    """Self 80, above 88; the members nearly all satisfied, which is told as a band, and the people as numbers."""
    rules = rules_of(definition("four_grades"))
    members, people = box(rules, 19, 0, 0, 1, 0), box(rules, 6, 8, 4, 2, 2)
    assert members == Fraction(985, 10)  # 2 of 20 taken for the next option, 85
    assert people == Fraction(600 + 680 + 280 + 60, 20)
    values = {"self": Fraction(80), "members": members, "people": people, "superior": Fraction(88)}
    assert added(rules.scheme, values).score == Decimal("87.90")  # 8 + 19.7 + 16.2 + 44
    bodies = [Body(f"{at:02}", Decimal(score), "party_branch") for at, score in enumerate(range(100, 60, -2))]
    counts = grade(rules.scheme, bodies).counts
    numbers = [counts["party_branch", key.key] for key in rules.grades]
    assert numbers == [2, 11, 6, 1]


def test_nobody_is_rounded_up_over_the_edge_of_a_band(db):
    rules = rules_of(definition("star_2023"))
    assert added(rules.scheme, {"base": Fraction(89_9999, 10_000)}).score == Decimal("89.99")


@pytest.mark.parametrize("values", [{"base": Fraction(101)}, {"base": Fraction(-1)}, {"other": Fraction(1)}, {}])
def test_values_that_cannot_be_are_refused(values):
    with pytest.raises(Fault):
        added(rules_of(definition("star_2023")).scheme, values)


# == what is refused ==
def item(name, source="superior", weight=70, **more):
    names = {"zh-hans": name, "en": more.pop("en", "Item")}
    return {"key": more.pop("key", "item"), "names": names, "source": source, "weight": weight} | more


BALLOT = item("党员评议", "members", 30, key="members", without="left_out")
OF_ACTIVITY = {
    "public_votes": [item("网上投票得票"), item("得票", "public_votes")],
    "likes": [item("公众号点赞"), item("x", "likes")],
    "forwards": [item("转发次数"), item("x", "forwards")],
    "log_ins": [item("平台登录率"), item("每日打卡"), item("x", "log_ins")],
    "time_online": [item("在线时长"), item("学习", "time_online")],
    "articles": [item("信息报送篇数"), item("稿件", en="Articles")],
    "photos": [item("活动照片"), item("工作留痕"), item("台账")],
    "points": [item("积分"), item("排行榜名次")],
}


@pytest.mark.parametrize("key", list(REFUSED))
def test_a_scheme_that_rests_on_activity_or_on_votes_of_the_public_is_refused(key):
    for each in OF_ACTIVITY[key]:
        found = faults(definition("star_2023", items=[each, BALLOT]))
        assert any(str(REFUSED[key][1]) in sentence for sentence in found), each


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"items": [BALLOT | {"weight": 100}]}, "closed ballots alone"),
        ({"items": [BALLOT, item("工作", without="left_out")]}, "a ballot alone would decide"),
        ({"items": [item("自评", "self", 70), BALLOT]}, "Nobody above looks at it"),
        ({"items": [item("工作", "gossip"), BALLOT]}, "nobody can tell"),
        ({"items": [item("工作", "indicator"), BALLOT]}, "Say which one"),
        ({"items": [item("工作", weight=60), BALLOT]}, "come to 90"),
        ({"items": [item("工作", key="members"), BALLOT]}, "stands twice"),
        ({"bands": {"5": 90, "4": 95, "3": 70, "2": 60}}, "Let the bands fall"),
        ({"bands": {"5": 90}}, "every grade but the last"),
        ({"quotas": [{"grade": "6", "most_share": 10}]}, "which is no grade"),
        ({"quotas": [{"grade": "5", "least_share": 60}, {"grade": "4", "least_share": 50}]}, "come to 110"),
        ({"quotas": [{"grade": str(at), "most_share": 10} for at in range(1, 6)]}, "some would have no grade"),
        ({"quotas": [{"grade": "5", "least_share": 20, "most_share": 10}]}, "Mend one"),
        ({"options": [{"key": "a", "names": {"zh-hans": "好"}, "worth": 1}]}, "from the best to the worst"),
        ({"options": definition("star_2023")["options"][:-1]}, "do not know"),
        ({"vetoes": [{"key": "v", "names": {"zh-hans": "x"}, "grade": "9"}]}, "which is no grade"),
        ({"notice_days": 3}, "for 5 at least"),
        ({"quorum": [3, 2]}, "at most 1"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused_with_what_to_do(what, says):
    found = faults(definition("star_2023", **what))
    assert any(says in sentence for sentence in found), found


def test_what_is_refused_is_not_defined(db):
    with pytest.raises(Refused, match="closed ballots alone"):
        define("star_2023", items=[BALLOT | {"weight": 100}])
    assert not SchemeVersion.objects.exists()


def test_the_same_again_is_no_new_version(db, town):
    define()
    define()
    assert [each.number for each in SchemeVersion.objects.all()] == [1]
    row = SCHEMES["four_grades"]
    define_scheme("four_grades", names=row["names"], position=3, line=None, in_force=row["in_force"],
                  definition=definition(quorum=[1, 2]), source="")  # fmt: skip
    assert [each.number for each in SchemeVersion.objects.all()] == [2, 1]
