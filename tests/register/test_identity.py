"""What a place is called, and what kind it is."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from gongjian.register.identity import Division, kind_of, short_name

DIVISIONS = Path(__file__).parents[2] / "packs" / "shaoxing" / "divisions"
DAYS = ("2016-07-31", "2018-10-31", "2020-06-30", "2021-10-31", "2022-10-31", "2023-06-30")


@pytest.fixture(scope="module")
def lists() -> dict[str, list[Division]]:
    return {day: published(day) for day in DAYS}


def published(day: str) -> list[Division]:
    with (DIVISIONS / f"shaoxing-{day}.csv").open(encoding="utf-8", newline="") as rows:
        return [Division(**row) for row in csv.DictReader(rows)]


# Names and kinds


@pytest.mark.parametrize(
    ("published_name", "place"),
    [
        ("上下文村委会", "上下文村"),
        ("沈村委会", "沈村"),
        ("沈村村委会", "沈村"),
        ("沈村村民委员会", "沈村"),
        ("新村委会", "新村"),
        ("三江新村委会", "三江新村"),
        ("花溪社区居委会", "花溪社区"),
        ("春风社区居民委员会", "春风社区"),
        ("花园社区", "花园社区"),
        ("草塔居委会", "草塔居委会"),
        ("华山居民委员会", "华山居委会"),
        ("三村居委会", "三村居委会"),
        ("百官一村", "百官一村"),
        ("小将林场管理区", "小将林场管理区"),
        ("城胜经济合作社（城胜村）", "城胜经济合作社（城胜村）"),
    ],
)
def test_a_village_is_called_by_its_place(published_name, place):
    assert short_name(published_name, "village") == place


def test_only_villages_are_shortened():
    assert short_name("大唐街道", "town") == "大唐街道"


@pytest.mark.parametrize("day", DAYS)
def test_no_two_units_of_a_town_share_a_short_name(lists, day):
    held = Counter((d.parent_code, short_name(d.name, d.level)) for d in lists[day])
    assert [name for name, times in held.items() if times > 1] == []


@pytest.mark.parametrize("day", DAYS)
def test_a_short_name_tells_the_same_kind_as_the_published_one(lists, day):
    differing = [d for d in lists[day] if kind_of(d.name, d.level) != kind_of(short_name(d.name, d.level), d.level)]
    assert differing == []


def test_kinds_of_the_newest_list_are_as_many_as_the_yearbook_has(lists):
    assert Counter(kind_of(d.name, d.level) for d in lists["2023-06-30"]) == {
        "city": 1,
        "district": 3,
        "county_city": 2,
        "county": 1,
        "street": 47,
        "town": 49,
        "township": 7,
        "village": 1585,
        "community": 581,
        "village_other": 2,
    }


@pytest.mark.parametrize(
    ("name", "level", "kind"),
    [
        ("嵊州经济开发区", "town", "town_other"),
        ("塔山街道办事处", "town", "street"),
        ("三村居委会", "village", "community"),
        ("小将林场", "village", "village_other"),
    ],
)
def test_a_name_tells_the_kind(name, level, kind):
    assert kind_of(name, level) == kind


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="'province' is not a level"):
        kind_of("浙江省", "province")
