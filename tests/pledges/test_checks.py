"""What the reviewer is told: rules, vague words, texts nearly equal to others, and how many there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gongjian.pledges.checks import RULES, Written, alike, found_in, load_of, missing_of, vague_words
from gongjian.pledges.copies import find_copies
from gongjian.pledges.models import Likeness, Pledge

from .conftest import hand_in, write

WHOLE = {
    "title": "村口装齐路灯", "kind": "practical", "span": "annual", "wish": "晚上看不见路", "counted": True,
    "baseline": Decimal(0), "target": Decimal(26), "unit": "盏", "evidence": "用电户签字", "responsible": "村两委",
    "due_on": date(2026, 11, 30),
}  # fmt: skip


def rules(measures: tuple[str, ...] = ("定点位",), **given: object) -> list[str]:
    return [each.rule for each in found_in(Written(Pledge(**WHOLE | given), measures), ["进一步"])]


def test_a_whole_pledge_has_nothing_to_tell_of():
    assert rules() == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"baseline": None}, ["no_baseline"]),
        ({"target": None}, ["no_target"]),
        ({"target": Decimal(0)}, ["no_change"]),
        ({"unit": ""}, ["no_unit"]),
        ({"evidence": ""}, ["no_evidence"]),
        ({"due_on": None}, ["no_day"]),
        ({"measures": ()}, ["no_measure"]),
        ({"responsible": ""}, ["nobody_responsible"]),
        ({"wish": ""}, ["no_wish"]),
        ({"wish": "", "source": "casework.request:7"}, []),
        ({"title": "招待费比上年下降", "counted": False}, ["no_baseline"]),
        ({"title": "帮5户修屋顶", "counted": False}, ["no_baseline"]),
        ({"title": "村务公开栏按月换", "counted": False}, []),
        ({"title": "进一步改进作风", "counted": False}, ["vague_words"]),
    ],
)
def test_each_rule_finds_its_own(given, found):
    assert rules(**given) == found


def test_every_rule_is_named_and_says_what_to_do():
    assert set(RULES) == {
        "no_baseline", "no_target", "no_change", "no_unit", "no_evidence", "no_day", "no_measure",
        "nobody_responsible", "no_wish",
    }  # fmt: skip
    bare = found_in(Written(Pledge(title="样例", kind="practical", counted=True), ()))
    assert all(each.said.endswith(".") for each in bare) and len(bare) == 8


def test_for_long_no_day_is_needed():
    assert missing_of(Written(Pledge(**WHOLE | {"span": "long", "due_on": None}), ())) == []


def test_words_come_in_every_language_of_the_pack(town):
    assert set(vague_words()) == {"进一步", "further improve"}


def test_a_copied_pledge_is_told_to_who_reviews_and_marked_both_ways(town):
    first = hand_in(write(town), town)
    second = hand_in(write(town, title="村口到小学的580米装齐24盏路灯", target=Decimal(24)), town)
    hand_in(write(town, title="三户漏雨的屋顶修好", measures=["找瓦工", "请住户看过签字"]), town)
    found = alike(town.accounts["street"], second, town.today)
    assert [(each.pledge, each.name, each.percent) for each in found] == [(first, "上下文村党支部", 100)]
    assert set(Likeness.objects.values_list("pledge_id", flat=True)) == {first.pk, second.pk}
    Likeness.objects.all().delete()
    assert find_copies(town.today.year) == 2 and find_copies(town.today.year - 1) == 0


def test_more_than_is_usual_is_said_and_not_refused(town):
    member = town.people["member"]
    pledges = [write(town, person=member, title=f"样例承诺第{n}件") for n in range(4)]
    assert (load_of(pledges[0]).count, load_of(pledges[0]).most) == (4, 3) and "up to 3" in load_of(pledges[0]).said
    assert load_of(write(town)).said == ""
