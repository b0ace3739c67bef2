"""What a merger says beforehand of whom it opens and closes things to, beside what it then does."""

from urllib.parse import urlencode

import pytest
from django.utils.translation import override

from gongjian.register.authority.policy import openings
from gongjian.register.models import Permission
from gongjian.register.queries.reform_sight import OF_BODIES, OF_UNITS, merger_sight
from gongjian.register.reorganise.bodies import merge_bodies
from gongjian.register.reorganise.units import merge_units
from tests.register import town as small


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture
def district(town):
    """Another county with a union, whose chair oversees a joint union of its own; and the chair of the first county."""
    at = town.units
    union = small.body("越城区总工会", "union_federation", at["district"], superior=town.bodies["city_union"])
    village = small.unit("样例村", "village", at["district"], since=small.REFORM)
    there = small.body("样例村联合工会", "joint_union", village, since=small.REFORM, form="joint", superior=union)
    for name, body in (("吴样例", union), ("郑样例", town.bodies["county_union"]), ("冯样例", there)):
        small.office(small.person(name, account=small.account(name)), body, "union_chair", since=small.REFORM)
    return {"union": union, "there": there, "village": village}


def called(told) -> set[tuple[str, str]]:
    return {(each.permission, holder.body) for each in told for holder in each.holders}


def openers(words, thing, today):
    return {word: {each.office_id for each in openings(word, thing, today)} for word in words}


def test_a_body_that_goes_into_another_county_is_seen_there_and_no_longer_here(town, district):
    joint, there = town.bodies["joint_union"], district["there"]
    [first] = merger_sight(town.clerk, [joint], there, town.today, {joint.pk})
    assert first.thing == joint, "of the one it goes into nothing changes"
    people = {(Permission.SEE_PEOPLE, "越城区总工会"), (Permission.SEE_PEOPLE, "样例村联合工会")}
    assert people <= called(first.opens)
    assert (Permission.SEE_PEOPLE, "诸暨市总工会") in called(first.closes)
    assert "上下文村联合工会" not in {body for _word, body in called(first.closes)}, "that office ends, and is told so"


def test_what_was_said_of_bodies_is_what_comes(town, district):
    joint, there = town.bodies["joint_union"], district["there"]
    was = openers(OF_BODIES, joint, town.today)
    [said, *_] = merger_sight(town.clerk, [joint], there, town.today, {joint.pk})
    merge_bodies([joint], into=there, on=town.today, today=town.today, by=None)
    now = openers(OF_BODIES, there, town.today)
    counts = {each.permission: each.count for each in said.opens}
    assert counts == {word: len(now[word] - was[word]) for word in OF_BODIES if now[word] - was[word]}


def test_what_was_said_of_units_is_what_comes(town, district):
    """The bodies of the village that goes sit in the other one afterwards."""
    old, into = town.units["village"], district["village"]
    was = {unit: openers(OF_UNITS, unit, town.today) for unit in (old, into)}
    said = {each.thing: each for each in merger_sight(town.clerk, [old], into, town.today)}
    merge_units([old], into=into, on=town.today, today=town.today, by=None)
    now = openers(OF_UNITS, into, town.today)
    for unit in (old, into):
        expected = {word: len(now[word] - was[unit][word]) for word in OF_UNITS if now[word] - was[unit][word]}
        assert {each.permission: each.count for each in said[unit].opens} == expected
    assert any(now[word] - was[into][word] for word in OF_UNITS), "somebody from the old village sees the new one"


def test_the_outlook_tells_it(town, district, signed_in):
    joint, there = town.bodies["joint_union"], district["there"]
    asked = urlencode({"step": 2, "on_day": town.today.isoformat(), "into": f"[{there.pk}]"})
    page = signed_in(town.clerk).get(f"/bodies/{joint.pk}/change/merge/?{asked}").content.decode()
    assert "Whose eyes it opens or closes" in page
    assert "诸暨市总工会" in page and "no longer could" in page
