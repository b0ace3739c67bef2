"""The choice among the ways, and what weighs how much."""

import pytest

from gongjian.gaps.models import Way
from gongjian.gaps.ways import Case, leverage, way_of


def case(**facts):
    return Case(**{"is_employer": True, "least": 25, "members": 10, "is_known_line": True} | facts)


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({"members": 25}, Way.OWN),
        ({"members": 24}, Way.ORGANISER),
        ({"members": 24, "has_area_body": True}, Way.AREA),
        ({"is_grouped": True, "has_area_body": True}, Way.JOINT),
        ({"members": None}, Way.ASK_NUMBERS),
        ({"members": None, "has_area_body": True}, Way.ASK_NUMBERS),
        ({"members": None, "is_known_line": False}, Way.ASK_NUMBERS),
        ({"members": None, "is_known_line": False, "has_area_body": True}, Way.AREA),
        ({"members": None, "is_known_line": False, "is_mass": True}, Way.MASS_FIRST),
        ({"is_employer": False, "members": None}, Way.OWN),
        ({"least": None, "members": None}, Way.OWN),
    ],
)
def test_the_first_way_that_is_open(facts, way):
    assert way_of(case(**facts)) == way


def test_what_nobody_has_counted_weighs_nothing():
    assert [leverage(heads, Way.JOINT, {"joint": 80}) for heads in (None, 0, 10, 11)] == [0, 0, 8, 8]
