"""Counts per place in the structure of then or of today: where facts are put, divided, or told as not known."""

from datetime import date
from decimal import Decimal

import pytest

from gongjian.register.access import OPERATOR
from gongjian.register.models import UnitEntry, UnitKind
from gongjian.register.queries.structure import counts_by_place
from gongjian.register.reorganise.units import Part, close_unit, merge_units, split_unit

from . import town as small

DAY, BEFORE = date(2022, 1, 1), date(2021, 6, 30)


@pytest.fixture
def names(town):
    """甲村 with ten firms in 大唐街道, and another street 乙街道."""
    town.units["other"] = small.unit("乙街道", "street", town.units["county"], since=small.REFORM)
    town.units["甲村"] = small.unit("甲村", "village", town.units["street"], since=small.REFORM)
    small.employers(10, town.units["甲村"], since=small.REFORM)
    return town


def counted(town, level, of_level, structure="today", day=BEFORE):
    """Numbers by the names of the places."""
    found = counts_by_place(
        OPERATOR, day, level=level, of_level=of_level, line="union", structure=structure, today=town.today
    )
    named = dict(UnitEntry.objects.order_by("valid").values_list("unit_id", "name"))
    return {tuple(named[id] for id in count.places): count.numbers.units for count in found}


def split(town, parts, *, of="甲村", stays=False):
    kind = UnitKind.objects.get(key="village")
    made = [
        Part(values={"name": name, "kind": kind, "parent": town.units[where]}, share=share and Decimal(share))
        for name, where, share in parts
    ]
    split_unit(town.units[of], parts=made, stays=stays, on=DAY, today=town.today, by=None)


def test_then_and_today_are_the_same_without_reforms(names):
    expected = {("大唐街道",): Decimal(13)}
    assert counted(names, "town", "employer", "then") == counted(names, "town", "employer") == expected


def test_covered_and_heads_are_counted_beside(names):
    (count,) = counts_by_place(OPERATOR, BEFORE, level="city", of_level="employer", line="union", today=names.today)
    assert count.numbers.all() == (13, 2, 370, 2)


def test_a_village_that_moved_is_counted_where_it_stands_now(names):
    small.actions.move_unit(names.units["甲村"], to=names.units["other"], on=DAY, today=names.today, by=None)
    assert counted(names, "town", "employer", "then") == {("大唐街道",): 13}
    assert counted(names, "town", "employer") == {("大唐街道",): 3, ("乙街道",): 10}


def test_known_shares_divide_exactly(names):
    split(names, [("东村", "street", "0.33333333"), ("西村", "other", "0.66666667")])
    assert counted(names, "town", "employer") == {
        ("大唐街道",): Decimal("6.33333330"),
        ("乙街道",): Decimal("6.66666670"),
    }


def test_without_shares_it_stands_between_both_or_where_both_are(names):
    split(names, [("东村", "street", None), ("西村", "other", None)])
    assert counted(names, "town", "employer") == {("大唐街道",): 3, ("大唐街道", "乙街道"): 10} or counted(
        names, "town", "employer"
    ) == {("大唐街道",): 3, ("乙街道", "大唐街道"): 10}
    assert counted(names, "county", "employer") == {("诸暨市",): 13}


def test_what_is_lost_is_counted_in_what_held_it_last(names):
    close_unit(names.units["甲村"], to=names.units["street"], on=DAY, today=names.today, by=None, is_known=False)
    merge_units([names.units["street"]], into=names.units["other"], on=date(2023, 1, 1), today=names.today, by=None)
    assert counted(names, "town", "village") == {("乙街道",): 2}


def test_a_village_and_its_town_that_are_lost_are_counted_in_the_county(town):
    assert counted(town, "county", "village", day=small.BEFORE) == {("诸暨市",): 2}
    assert counted(town, "town", "village", day=small.BEFORE) == {("大唐街道",): 1, ("诸暨市",): 1}
    assert counted(town, "town", "village", "then", day=small.BEFORE) == {("草塔镇",): 2}


def test_a_county_that_ends_is_followed_too(names):
    district = names.units["district"]
    merge_units([names.units["county"]], into=district, on=DAY, today=names.today, by=None)
    assert counted(names, "county", "employer", "then") == {("诸暨市",): 13}
    assert counted(names, "county", "employer") == {("越城区",): 13}
