"""Choices beside brute force: the best in rank order that meets everything; level ranks; what is refused."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotas import meeting
from quotas.choosing import Candidate, Filter, Rule, cap, choose, share
from quotas.faults import Fault
from quotas.meeting import Bound, can_be_met, holds

AT_LEISURE = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
VALUES = {"county": "zsk", "kind": "om", "woman": "yn", "new": "yn"}


@st.composite
def fields(draw, most: int = 8):
    number = draw(st.integers(1, most))
    return [
        Candidate(str(at), (number - at,), {name: draw(st.sampled_from(values)) for name, values in VALUES.items()})
        for at in range(number)
    ]


@st.composite
def bounds(draw):
    names = [("county",), ("county", "kind"), ("kind",), ("woman",), ("new",)]
    found = []
    for attributes in draw(st.lists(st.sampled_from(names), max_size=4)):
        marks = tuple((name, draw(st.sampled_from(VALUES[name]))) for name in attributes)
        least = draw(st.integers(0, 2))
        found.append(Bound(marks, least, draw(st.none() | st.integers(least, 3))))
    return tuple(found)


def best_by_trying_all(candidates, limits, places):
    """Combinations come in rank order: the first that holds is the best."""
    for some in combinations(candidates, places):
        if holds(limits, [each.marks for each in some]):
            return tuple(each.id for each in some)
    return None


@AT_LEISURE
@given(fields(), bounds(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_choice_is_that_of_trying_all(candidates, limits, places, rng):
    best = best_by_trying_all(candidates, limits, places)
    mixed = rng.sample(candidates, len(candidates))
    if best is None:
        with pytest.raises(Fault) as fault:
            choose(Rule(places, limits), mixed)
        assert fault.value.code in {"bounds_cannot_be_met", "too_few_candidates"}
    else:
        found = choose(Rule(places, limits), mixed)
        assert found.chosen == best
        assert set(found.decided) == {each.id for each in candidates}


@settings(AT_LEISURE, max_examples=50)
@given(fields(), st.integers(0, 5), st.data())
def test_flows_and_sums_say_the_same(candidates, places, data):
    limits = [each for each in data.draw(bounds()) if each.marks[0][0] in ("county", "kind")]
    kinds = Counter(tuple(bound.covers(each.marks) for bound in limits) for each in candidates)
    flows = can_be_met(limits, [0] * len(limits), kinds, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting, "_flows", meeting._reaches)
        patch.setattr(meeting, "_families", lambda sets, found=meeting._families: found(sets) or [[]])
        assert can_be_met(limits, [0] * len(limits), kinds, places) == flows


def candidates_of(*rows):
    return [Candidate(id, (votes,), dict(pair.split("=") for pair in marks.split())) for id, votes, marks in rows]


FIELD = candidates_of(
    ("ada", 90, "county=z woman=y"),
    ("bo", 80, "county=z woman=n"),
    ("cai", 70, "county=s woman=n"),
    ("dan", 60, "county=s woman=n"),
    ("eve", 50, "county=k woman=y"),
)


def test_each_is_told_what_decided():
    women = Bound((("woman", "y"),), least=2)
    rule = Rule(3, (*cap(["county"], 1, FIELD), women), (Filter("leader", lambda each: each.id == "cai"),), reserve=2)
    found = choose(rule, FIELD)
    assert found.chosen == ("ada", "dan", "eve")
    assert found.decided["bo"] == ("full", {"bounds": ["county z"]})
    assert found.decided["cai"] == ("barred", {"filter": "leader"})
    assert choose(Rule(3, (women,)), FIELD).decided["cai"] == ("kept", {"bounds": ["woman y"], "places": 1})
    assert found.reserve == ()
    assert choose(Rule(2, cap(["county"], 1, FIELD), reserve=2), FIELD).reserve == ("bo", "dan")


def test_when_a_place_becomes_free_the_others_stay():
    rule = Rule(2, cap(["county"], 1, FIELD), (Filter("gone", lambda each: each.id == "ada"),))
    found = choose(rule, FIELD, kept_in={"cai"})
    assert found.chosen == ("bo", "cai")
    assert found.decided["cai"].code == "kept_in"


def test_those_of_one_rank_are_left_to_who_decides_or_drawn():
    level = candidates_of(("p", 9, "a=1"), ("q", 7, "a=1"), ("r", 7, "a=2"), ("s", 7, "a=1"), ("t", 1, "a=1"))
    assert choose(Rule(4), level).chosen == ("p", "s", "r", "q")
    found = choose(Rule(3), level)
    assert (found.chosen, found.level) == (("p",), ("q", "r", "s"))
    assert found.decided["t"].code == "waiting"
    by_draw = choose(Rule(3), level, seed="6 11 30")
    assert by_draw == choose(Rule(3), level[::-1], seed="6 11 30")
    assert len(by_draw.chosen) == 3 and Counter(each.code for each in by_draw.decided.values())["drawn"] == 1


@pytest.mark.parametrize(
    ("code", "rule", "extra"),
    [
        ("bounds_cannot_be_met", Rule(3, (Bound((("woman", "y"),), least=3),)), {}),
        ("too_few_candidates", Rule(6), {}),
        ("no_places", Rule(0), {}),
        ("least_above_most", Rule(2, (Bound((("woman", "y"),), 2, 1),)), {}),
        ("kept_in_unknown_or_too_many", Rule(2), {"kept_in": {"zoe"}}),
    ],
)
def test_what_cannot_be_is_refused(code, rule, extra):
    with pytest.raises(Fault) as fault:
        choose(rule, FIELD, **extra)
    assert fault.value.code == code


def test_it_is_said_which_bound_one_could_do_without():
    women, z = Bound((("woman", "y"),), least=2), Bound((("county", "z"),), most=0)
    with pytest.raises(Fault) as fault:
        choose(Rule(2, (women, z)), FIELD)
    assert fault.value.facts["without_one_of"] == ["woman y", "county z"]


def test_bounds_too_tangled_are_refused():
    marks = [{f"m{at}": str(one >> at & 1) for at in range(9)} for one in range(512)]
    field = [Candidate(str(at), (at,), each) for at, each in enumerate(marks)]
    limits = tuple(Bound(((f"m{at}", "1"),), 12, 14) for at in range(9))
    with pytest.raises(Fault, match="bounds_too_tangled"):
        choose(Rule(20, limits), field)


def test_ranks_that_are_no_numbers_are_refused():
    with pytest.raises(Fault, match="rank_not_a_number"):
        choose(Rule(1), [Candidate("p", (Decimal("NaN"),))])


def test_a_share_of_places_is_rounded_to_the_strict_side():
    assert share("new", "y", 20, least=Decimal(33)).least == 7
    assert share("head", "y", 20, most=Decimal("14.9")).most == 2
