"""The three simple rules that reconciling is measured beside."""

import csv
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.three_rules import Match, Reason, same_units
from gongjian.register.identity import LEVELS, Division, place_of

DIVISIONS = Path(__file__).parents[2] / "packs" / "shaoxing" / "divisions"
DAYS = ("2016-07-31", "2018-10-31", "2020-06-30", "2021-10-31", "2022-10-31", "2023-06-30")

# How many divisions of each level were unchanged, renamed, moved, recoded, closed and opened.
STEPS = {
    ("2016-07-31", "2018-10-31"): {
        "city": (1, 0, 0, 0, 0, 0),
        "county": (6, 0, 0, 0, 0, 0),
        "town": (107, 0, 0, 12, 0, 0),
        "village": (2315, 39, 0, 285, 46, 48),
    },
    ("2018-10-31", "2020-06-30"): {
        "city": (1, 0, 0, 0, 0, 0),
        "county": (6, 0, 0, 0, 0, 0),
        "town": (88, 0, 0, 11, 20, 4),
        "village": (1368, 82, 182, 313, 742, 223),
    },
    ("2020-06-30", "2021-10-31"): {
        "city": (1, 0, 0, 0, 0, 0),
        "county": (6, 0, 0, 0, 0, 0),
        "town": (102, 0, 0, 0, 1, 1),
        "village": (2080, 14, 0, 3, 71, 48),
    },
    ("2021-10-31", "2022-10-31"): {
        "city": (1, 0, 0, 0, 0, 0),
        "county": (6, 0, 0, 0, 0, 0),
        "town": (103, 0, 0, 0, 0, 0),
        "village": (2133, 4, 0, 0, 8, 15),
    },
    ("2022-10-31", "2023-06-30"): {
        "city": (1, 0, 0, 0, 0, 0),
        "county": (6, 0, 0, 0, 0, 0),
        "town": (103, 0, 0, 0, 0, 0),
        "village": (2151, 1, 0, 0, 0, 16),
    },
}


@pytest.fixture(scope="module")
def lists() -> dict[str, list[Division]]:
    return {day: published(day) for day in DAYS}


def published(day: str) -> list[Division]:
    with (DIVISIONS / f"shaoxing-{day}.csv").open(encoding="utf-8", newline="") as rows:
        return [Division(**row) for row in csv.DictReader(rows)]


def counts(old: list[Division], new: list[Division]) -> dict[str, tuple[int, ...]]:
    level_of = {division.code: division.level for division in old}
    reasons = Counter((level_of[match.old_code], match.reason) for match in same_units(old, new))
    table = {}
    for level in LEVELS:
        kept = [reasons[level, reason] for reason in ("unchanged", "renamed", "moved", "recoded")]
        closed, opened = (sum(d.level == level for d in day) - sum(kept) for day in (old, new))
        table[level] = (*kept, closed, opened)
    return table


# The six official days


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]} to {step[1]}")
def test_each_official_step_keeps_changes_closes_and_opens_as_many_as_before(lists, step):
    assert counts(lists[step[0]], lists[step[1]]) == STEPS[step]


def test_all_five_steps_take_less_than_three_seconds(lists):
    began = time.perf_counter()
    for old, new in pairwise(DAYS):
        same_units(lists[old], lists[new])
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        # The model village of the speech, into the street made of two towns.
        ("2018-10-31", "2020-06-30", Match("330681113264", "330681005247", "moved")),
        # A town that became a street with all its villages, and one of these.
        ("2016-07-31", "2018-10-31", Match("330602100", "330602008", "recoded")),
        ("2016-07-31", "2018-10-31", Match("330602100236", "330602008236", "recoded")),
        # A street that took in another place and kept its name.
        ("2018-10-31", "2020-06-30", Match("330683004", "330683005", "recoded")),
        # A village that became a community.
        ("2018-10-31", "2020-06-30", Match("330602009201", "330602009012", "recoded")),
        # The wording of the committee, one wrong character, and one character more.
        ("2016-07-31", "2018-10-31", Match("330604001001", "330604001001", "renamed")),
        ("2018-10-31", "2020-06-30", Match("330604112226", "330604112226", "renamed")),
        ("2016-07-31", "2018-10-31", Match("330604001200", "330604001200", "renamed")),
        # The same code and name under a town that is another unit.
        ("2018-10-31", "2020-06-30", Match("330681106234", "330681106234", "moved")),
    ],
)
def test_known_places_are_followed(lists, old, new, match):
    assert [m for m in same_units(lists[old], lists[new]) if m.old_code == match.old_code] == [match]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2018-10-31", "2020-06-30", "330681106"),  # 直埠镇, whose code then named 姚江镇, made of two towns
        ("2018-10-31", "2020-06-30", "330681101"),  # 大唐镇, half of 大唐街道
        ("2018-10-31", "2020-06-30", "330604003228"),  # 高旺村, whose code then named 东风村
        ("2020-06-30", "2021-10-31", "330604008"),  # 沥海街道, to another county
    ],
)
def test_what_the_rules_cannot_follow_is_closed(lists, old, new, code):
    assert code not in {match.old_code for match in same_units(lists[old], lists[new])}


# The rules


def town(code: str, name: str, *villages: str, county: str = "01") -> list[Division]:
    """A town with its villages, given as "0012 东村委会": the code after the town's, and the name."""
    rows = [Division(code, name, "town", county)]
    for village in villages:
        tail, village_name = village.split(" ")
        rows.append(Division(code + tail, village_name, "village", code))
    return rows


COUNTY = [Division("01", "山阴县", "county", "")]


def reasons(old: list[Division], new: list[Division]) -> dict[tuple[str, str], Reason]:
    names = {d.code: d.name for d in old}, {d.code: d.name for d in new}
    return {
        (names[0][m.old_code], names[1][m.new_code]): m.reason
        for m in same_units(COUNTY + old, COUNTY + new)
        if m.old_code != "01"
    }


def test_a_code_under_a_wholly_different_name_is_another_unit():
    assert reasons(town("a", "甲镇", "1 高旺村委会"), town("a", "甲镇", "1 东风村委会")) == {
        ("甲镇", "甲镇"): "unchanged"
    }


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("花溪居委会", "花溪社区居委会", True),
        ("花溪社区居民委员会", "花溪社区", True),
        ("花溪村委会", "花溪居委会", True),
        ("沈村委会", "沈村村委会", True),
        ("胜乔村委会", "胜桥村委会", True),
        ("胜利社区", "胜利路社区", True),
        ("花溪社区", "溪花社区", False),
        ("玩石村委会", "玩石梁岙村委会", False),
        ("沈村委会", "陈村委会", False),
    ],
)
def test_nearly_the_same_name_is_another_suffix_or_one_character(old, new, same):
    pair = reasons(town("a", "甲镇", f"1 {old}"), town("a", "甲镇", f"1 {new}")).get((old, new))
    assert pair == ("renamed" if same else None)


def test_nearly_the_same_name_counts_only_under_the_same_parent():
    # Both towns keep their codes; the village's code is the same but it now lies in the other town.
    old = [*town("a", "甲镇"), *town("b", "乙镇"), Division("x", "胜乔村委会", "village", "a")]
    new = [*town("a", "甲镇"), *town("b", "乙镇"), Division("x", "胜桥村委会", "village", "b")]
    assert reasons(old, new) == {("甲镇", "甲镇"): "unchanged", ("乙镇", "乙镇"): "unchanged"}


def test_the_same_parent_means_the_same_unit_and_not_the_same_code():
    # The town's code came back under another name, so its villages with nearly the same names are others.
    assert reasons(town("a", "直埠镇", "1 胜乔村委会"), town("a", "姚江镇", "1 胜桥村委会")) == {}


def test_neighbours_whose_codes_were_swapped_keep_their_names():
    villages = ["3 前溪村委会", "4 后岸村委会"]
    assert reasons(
        town("a", "甲镇", "1 上沈村委会", "2 下沈村委会", *villages),
        town("a", "甲镇", "1 下沈村委会", "2 上沈村委会", *villages),
    ) == {
        ("甲镇", "甲镇"): "unchanged",
        ("上沈村委会", "上沈村委会"): "recoded",
        ("下沈村委会", "下沈村委会"): "recoded",
        ("前溪村委会", "前溪村委会"): "unchanged",
        ("后岸村委会", "后岸村委会"): "unchanged",
    }


def test_villages_follow_their_neighbours_into_another_town():
    old = [
        *town("a", "草塔镇", "1 上下文村委会", "2 青山村委会", "3 屏坞村委会"),
        *town("b", "大唐镇", "9 冠山村委会"),
    ]
    new = town("c", "大唐街道", "1 上下文村委会", "2 青山村委会", "3 屏坞村委会", "4 冠山村委会")
    assert reasons(old, new) == {
        ("上下文村委会", "上下文村委会"): "moved",
        ("青山村委会", "青山村委会"): "moved",
        ("屏坞村委会", "屏坞村委会"): "moved",
    }, "冠山 had no neighbour that could be followed, and 大唐街道 is mostly the other town"


def test_a_village_that_left_its_neighbours_is_not_followed_by_name():
    stay = ["2 青山村委会", "3 屏坞村委会"]
    old = [*town("a", "甲镇", "1 上下文村委会", *stay), *town("b", "乙镇")]
    new = [*town("a", "甲镇", *stay), *town("b", "乙镇", "1 上下文村委会")]
    assert ("上下文村委会", "上下文村委会") not in reasons(old, new)


@pytest.mark.parametrize("day", ["old", "new"])
def test_a_name_that_another_place_in_the_county_bears_is_not_followed(day):
    rows = {
        "old": town("a", "甲镇", "1 联合村委会", "2 青山村委会", "3 屏坞村委会"),
        "new": town("c", "丙街道", "1 联合村委会", "2 青山村委会", "3 屏坞村委会"),
    }
    assert ("联合村委会", "联合村委会") in reasons(rows["old"], rows["new"])
    rows[day] += town("z", "远镇", "1 联合村委会")
    assert ("联合村委会", "联合村委会") not in reasons(rows["old"], rows["new"])


def test_the_same_name_in_another_county_does_not_matter():
    far = [Division("02", "会稽县", "county", ""), *town("z", "远镇", "1 联合村委会", county="02")]
    old = town("a", "甲镇", "1 联合村委会", "2 青山村委会")
    new = town("c", "丙街道", "1 联合村委会", "2 青山村委会")
    assert Match("a1", "c1", "moved") in same_units(COUNTY + old + far, COUNTY + new + far)


def test_a_code_that_stands_twice_is_refused():
    twice = [Division("1", "甲镇", "town", ""), Division("1", "乙镇", "town", "")]
    with pytest.raises(ValueError, match="The code 1 stands twice"):
        same_units(twice, [])


# Laws

SYLLABLES = "上下文青山屏坞新东西"


@st.composite
def city_lists(draw) -> list[Division]:
    """A small city in which names and codes collide often, as they never do in sound data."""
    rows = [Division("3", "越市", "city", "")]
    counties = draw(st.lists(st.sampled_from("12"), unique=True, max_size=2))
    rows += [Division(f"3{c}", draw(names("区县市")), "county", "3") for c in counties]
    towns = [f"t{i}" for i in draw(st.lists(st.integers(0, 3), unique=True, max_size=4))]
    rows += [
        Division(code, draw(names(("镇", "街道", "乡"))), "town", f"3{draw(st.sampled_from('12'))}") for code in towns
    ]
    for number in draw(st.lists(st.integers(0, 15), unique=True, max_size=12)):
        parent = draw(st.sampled_from([*towns, "gone"]))
        name = draw(names(("村委会", "村村委会", "居委会", "社区居委会", "社区", "林场")))
        rows.append(Division(f"v{number}", name, "village", parent))
    return rows


def names(kinds):
    place = st.text(SYLLABLES, min_size=1, max_size=3)
    return st.builds(lambda place, kind: place + kind, place, st.sampled_from(kinds))


@given(city_lists(), city_lists())
def test_pairs_are_one_to_one_and_of_one_level(old, new):
    then, now = ({d.code: d for d in day} for day in (old, new))
    matches = same_units(old, new)
    assert len({m.old_code for m in matches}) == len({m.new_code for m in matches}) == len(matches)
    assert all(then[m.old_code].level == now[m.new_code].level for m in matches)


@given(city_lists())
def test_a_list_against_itself_is_unchanged(rows):
    assert same_units(rows, rows) == [Match(code, code, "unchanged") for code in sorted(d.code for d in rows)]


@given(city_lists(), city_lists(), st.randoms())
def test_the_order_of_rows_does_not_matter(old, new, random):
    mixed_old, mixed_new = random.sample(old, len(old)), random.sample(new, len(new))
    assert same_units(mixed_old, mixed_new) == same_units(old, new)


@given(city_lists(), city_lists())
def test_no_pair_has_wholly_different_names_and_no_rename_another_parent(old, new):
    then, now = ({d.code: d for d in day} for day in (old, new))
    pairs = {m.old_code: m.new_code for m in same_units(old, new)}
    for a, b in ((then[one], now[other]) for one, other in pairs.items()):
        assert set(place_of(a.name, a.level)) & set(place_of(b.name, b.level))
        if a.code == b.code and place_of(a.name, a.level) != place_of(b.name, b.level):
            assert pairs.get(a.parent_code, a.parent_code) == b.parent_code
