"""What became of each division: the official steps, known truth, and laws that hold for any two lists."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.hidden import hide, score
from bench.three_rules import same_units
from gongjian.register.identity import LEVELS, Division
from gongjian.register.reconcile.divisions import reconcile
from gongjian.register.reconcile.evidence import KINDS, Evidence
from gongjian.register.reconcile.lists import Listed, listed
from gongjian.register.reconcile.proposals import Proposal

DIVISIONS = Path(__file__).parents[3] / "packs" / "shaoxing" / "divisions"


@cache
def published(day: str) -> tuple[Listed, ...]:
    with (DIVISIONS / f"shaoxing-{day}.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(listed(Division(**row) for row in csv.DictReader(rows)))


@cache
def step(old: str, new: str) -> tuple[Proposal, ...]:
    return tuple(reconcile(published(old), published(new)))


def the(proposals: tuple[Proposal, ...], old: str) -> Proposal:
    (found,) = (p for p in proposals if old in p.old)
    return found


# What is known of the city


@pytest.mark.parametrize(
    ("old", "new", "code", "happened", "into"),
    [
        ("2018-10-31", "2020-06-30", "330681113264", "moved", ["330681005247"]),  # 上下文村, into 大唐街道
        ("2018-10-31", "2020-06-30", "330681113", "merged", ["330681005"]),  # 草塔镇, half of 大唐街道
        ("2018-10-31", "2020-06-30", "330681101", "merged", ["330681005"]),  # 大唐镇, the other half
        ("2016-07-31", "2018-10-31", "330602100", "recoded", ["330602008"]),  # 东湖镇 to 东湖街道
        ("2020-06-30", "2021-10-31", "330604008", "moved", ["330602017"]),  # 沥海街道, to another county
    ],
)
def test_known_places_are_told(old, new, code, happened, into):
    told = the(step(old, new), code)
    assert (told.happened, list(told.new)) == (happened, into)


def test_two_names_joined_are_a_merger():
    told = step("2018-10-31", "2020-06-30")
    for code, name in (("330604005219", "玩石"), ("330604005240", "方梁岙")):
        proposal = the(told, code)
        assert (proposal.happened, proposal.new) == ("merged", ("330604005219",)), name  # 玩石梁岙村


def test_every_row_is_told_once():
    old, new = published("2018-10-31"), published("2020-06-30")
    told = step("2018-10-31", "2020-06-30")
    assert Counter(key for p in told for key in p.old) == Counter(row.key for row in old)
    assert Counter(key for p in told if p.continues or p.happened == "new" for key in p.new) == Counter(
        row.key for row in new
    )


DAYS = ("2016-07-31", "2018-10-31", "2020-06-30", "2021-10-31", "2022-10-31", "2023-06-30")
STEPS = tuple(pairwise(DAYS))


def test_every_town_that_vanished_in_2019_has_its_successors():
    told = [p for p in step("2018-10-31", "2020-06-30") if p.level == "town" and p.old and not p.continues]
    assert len(told) >= 16
    assert [p for p in told if not p.new or p.verdict == "unknown"] == []
    assert all(sum(share.share for share in p.shares or ()) == pytest.approx(1) for p in told)
    old_names, names = ({row.key: row.name for row in published(day)} for day in ("2018-10-31", "2020-06-30"))
    decreed = {
        ("双彩乡", "回山镇"),
        ("巧英乡", "小将镇"),
        ("新林乡", "沃洲镇"),
        ("北漳镇", "金庭镇"),
        ("竹溪乡", "谷来镇"),
        ("王院乡", "谷来镇"),
        ("雅璜乡", "石璜镇"),
        ("通源乡", "石璜镇"),
        ("阮市镇", "店口镇"),
    }
    assert decreed <= {(old_names[p.old[0]], names[p.new[0]]) for p in told}


def test_seven_of_ten_villages_whose_codes_vanished_have_a_successor():
    new_codes = {row.code for row in published("2020-06-30")}
    vanished = {row.key for row in published("2018-10-31") if row.level == "village" and row.code not in new_codes}
    followed = {p.old[0] for p in step("2018-10-31", "2020-06-30") if p.old and p.old[0] in vanished and p.new}
    assert len(vanished) == 1207
    assert len(followed) >= 0.7 * len(vanished)


@pytest.mark.parametrize("days", STEPS, ids=" to ".join)
def test_it_follows_all_that_the_three_rules_follow_but_for_mergers(days):
    then, now = ([Division(r.code, r.name, r.level, r.parent_key) for r in published(day)] for day in days)
    told = {p.old[0]: p for p in step(*days) if p.old}
    other = [
        m for m in same_units(then, now) if not told[m.old_code].continues or told[m.old_code].new != (m.new_code,)
    ]
    assert [m for m in other if told[m.old_code].happened != "merged"] == []
    assert len(other) <= 3


# Known truth


@pytest.mark.parametrize("disturb", [False, True], ids=["as published", "disturbed"])
def test_hidden_codes_are_found_again_by_names_and_neighbours(disturb):
    scores = []
    for days in STEPS:
        then, now = ([Division(r.code, r.name, r.level, r.parent_key) for r in published(day)] for day in days)
        task = hide(then, now, disturb=disturb)
        scores.append(score(task, reconcile(task.old, task.new)))
    right, asserted, sure_right, sure, found, truth = (
        sum(getattr(s, name) for s in scores) for name in ("right", "asserted", "sure_right", "sure", "found", "truth")
    )
    print(f"precision {right / asserted:.5f}, of sure ones {sure_right / sure:.5f}, recall {found / truth:.5f}")
    assert sure_right / sure >= 0.999
    assert right / asserted >= (0.995 if disturb else 0.999)
    assert found / truth >= (0.95 if disturb else 0.99)


# Laws

PLACES = st.text("上下文青山屏坞新东西", min_size=1, max_size=3)


def division_lists(codes: bool = True):
    """Small lists in which names and codes collide often, as they never do in sound data."""

    @st.composite
    def draw_list(draw) -> list[Listed]:
        rows = [Listed("3", "3", "越市", "city", "")]
        counties = draw(st.lists(st.sampled_from("12"), unique=True, min_size=1, max_size=2))
        rows += [Listed(f"k{c}", f"3{c}", f"{c}山县", "county", "3") for c in counties]
        towns = draw(st.lists(st.integers(0, 3), unique=True, max_size=4))
        for number in towns:
            parent = f"k{draw(st.sampled_from(counties))}"
            name = draw(PLACES) + draw(st.sampled_from(("镇", "街道", "乡")))
            rows.append(Listed(f"t{number}", draw(code(codes, f"t{number}")), name, "town", parent))
        for number in draw(st.lists(st.integers(0, 15), unique=True, max_size=14)):
            parent = draw(st.sampled_from([f"t{n}" for n in towns] + [f"k{c}" for c in counties]))
            name = draw(PLACES) + draw(st.sampled_from(("村委会", "村村委会", "居委会", "社区居委会", "社区", "林场")))
            rows.append(Listed(f"v{number}", draw(code(codes, f"v{number}")), name, "village", parent))
        return rows

    return draw_list()


def code(known: bool, key: str):
    return st.sampled_from([key, key, ""]) if known else st.just("")


@given(division_lists(), division_lists())
def test_every_row_is_told_once_in_any_two_lists(old, new):
    told = reconcile(old, new)
    assert Counter(key for p in told for key in p.old) == Counter(row.key for row in old)
    begun = Counter(key for p in told if p.continues or p.happened == "new" for key in p.new)
    assert begun == Counter(row.key for row in new)
    levels = {row.key: row.level for row in new}
    assert all(levels[key] == p.level for p in told for key in p.new)
    assert all(0 <= p.confidence <= 1 for p in told)
    assert all(sum(s.share for s in p.shares) == pytest.approx(1) for p in told if p.shares)
    assert all(e.kind in KINDS for p in told for e in p.evidence)
    assert all(p.new == () for p in told if p.happened in ("closed", "unknown"))


@given(division_lists())
def test_a_list_against_itself_is_unchanged(rows):
    coded = [replace(row, code=row.key) for row in rows]
    told = reconcile(coded, coded)
    assert {(p.happened, p.old, p.verdict) for p in told} == {("unchanged", (row.key,), "sure") for row in rows}
    assert all(p.old == p.new for p in told)


@given(division_lists(), division_lists(), st.randoms())
def test_rows_in_any_order_are_read(old, new, random):
    assert len(reconcile(random.sample(old, len(old)), random.sample(new, len(new)))) >= max(len(old), len(new))


@given(
    st.lists(
        st.builds(
            Listed,
            *[st.sampled_from(("", "a", "b", "c"))] * 3,
            st.sampled_from((*LEVELS, "x")),
            st.sampled_from(("", "a", "b", "c")),
        ),
        max_size=4,
    )
)
def test_garbage_is_refused_with_a_value_error_or_read(rows):
    try:
        told = reconcile(rows, rows)
    except ValueError:
        return
    assert len(told) >= len(rows)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([Listed("a", "", "甲镇", "town", ""), Listed("a", "", "乙镇", "town", "")], "key 'a' stands twice"),
        ([Listed("a", "1", "甲镇", "town", ""), Listed("b", "1", "乙镇", "town", "")], "code 1 stands twice"),
        ([Listed("a", "", "甲镇", "town", "z")], "is not in the list"),
        ([Listed("a", "", "甲镇", "town", "b"), Listed("b", "", "乙镇", "town", "a")], "stands above itself"),
        ([Listed("a", "", "甲镇", "hamlet", "")], "is not a level"),
        ([Listed("", "", "甲镇", "town", "")], "has no key"),
    ],
)
def test_lists_that_cannot_be_read_are_refused(rows, says):
    with pytest.raises(ValueError, match=says):
        reconcile(rows, [])


def test_evidence_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind of evidence"):
        Evidence("same_code", {"number": 1})


# Small towns


def town(key: str, name: str, *villages: str) -> list[Listed]:
    """A county, a town in it and its villages in order, without codes."""
    rows = [Listed("c", "01", "山阴县", "county", ""), Listed(key, "", name, "town", "c")]
    return rows + [Listed(f"{key}{number}", "", village, "village", key) for number, village in enumerate(villages)]


STAY = tuple(f"{place}村委会" for place in ("前溪", "后岸", "石门", "高旺", "冠山", "里蒋", "兴隆", "桥头"))


def what(old: list[Listed], new: list[Listed]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What became of the old villages that did not stay as they were: by name, the names of the successors."""
    names = {row.key: row.name for row in old}, {row.key: row.name for row in new}
    return {
        names[0][p.old[0]]: (p.happened, tuple(names[1][key] for key in p.new))
        for p in reconcile(old, new)
        if p.old and p.level == "village" and p.happened != "unchanged"
    }


def test_a_village_without_any_trace_between_two_neighbours_is_unknown():
    old = town("a", "甲镇", *STAY[:4], "麻车村委会", *STAY[4:])
    assert what(old, town("b", "甲镇", *STAY)) == {"麻车村委会": ("unknown", ())}


def test_a_village_whose_name_two_new_ones_bear_was_split():
    new = town("b", "甲镇", *STAY, "塔山东村委会", "塔山西村委会")
    assert what(town("a", "甲镇", *STAY, "塔山村委会"), new) == {
        "塔山村委会": ("split", ("塔山东村委会", "塔山西村委会"))
    }


def test_a_renamed_village_between_the_same_neighbours_is_followed():
    old = town("a", "甲镇", "前溪村委会", "塔山村委会", *STAY[1:])
    new = town("b", "甲镇", "前溪村委会", "塔上村委会", *STAY[1:])
    assert what(old, new) == {"塔山村委会": ("renamed", ("塔上村委会",))}


def test_the_towns_of_a_new_one_made_of_two_are_merged_and_its_villages_moved():
    county = [Listed("c", "01", "山阴县", "county", "")]
    old = county + town("a", "甲镇", "前溪村委会", "后岸村委会")[1:] + town("b", "乙镇", *STAY[2:4])[1:]
    new = town("d", "丙街道", *STAY[:4])
    told = {p.old[0]: p for p in reconcile(old, new) if p.old}
    assert {key: (told[key].happened, told[key].new) for key in "ab"} == {key: ("merged", ("d",)) for key in "ab"}
    assert {told[key].happened for key in ("a0", "a1", "b0", "b1")} == {"moved"}
    assert [p.happened for p in reconcile(old, new) if p.new == ("d",) and not p.old] == ["new"]
