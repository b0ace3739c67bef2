"""Telling places apart: nobody asked, one asked, all and none; equal places; true differences; the known simulation."""

from __future__ import annotations

import random
from math import inf, nan

import pytest

from bench import fairness
from rollup.apart import Asked, Marked, alike, tell_apart


def asked(*pairs):
    return [Asked(*pair) for pair in pairs]


def test_twenty_two_are_not_called_better_than_thousands():
    """As in a bulletin where 22 requests, all satisfied, stood above 99.1 % of 6,530."""
    found = tell_apart(asked((22, 22), (6_471, 6_530), (4_196, 4_226), (310, 316), (95, 97), (1_180, 1_195)))
    assert found.better(0, 1) is None
    assert found.scores[0].plain == 100
    assert found.scores[0].estimate < 99.9
    assert found.scores[0].low < found.scores[1].low


def test_where_nobody_was_asked_nothing_is_said():
    found = tell_apart(asked((0, 0), (90, 100), (10, 100), (50, 100), (70, 100), (95, 100)))
    assert found.scores[0].plain is None
    assert not [pair for pair in found.told if 0 in pair]
    assert found.better(1, 2) == 1
    alone = tell_apart(asked((0, 0), (0, 0)))
    assert alone.scores[0] == (alone.scores[1]) and (alone.scores[0].low, alone.scores[0].high) == (0, 100)
    assert tell_apart([]).told == frozenset()


@pytest.mark.parametrize(
    ("one", "other"), [((1, 1), (0, 1)), ((2, 2), (0, 2)), ((1, 1), (50, 100)), ((0, 4), (99, 100))]
)
def test_one_to_four_answers_tell_of_nobody(one, other):
    assert tell_apart(asked(one, other)).told == frozenset()


def test_all_and_none_have_limits_of_their_own():
    every, none, many = tell_apart(asked((10, 10), (0, 10), (1_000, 1_000))).scores
    assert every.low < 90 and none.high > 10 and many.low > 99
    assert tell_apart(asked((10, 10), (0, 10))).better(1, 0) == 0


def test_two_places_alone_are_compared_by_themselves():
    assert tell_apart(asked((900, 1_000), (800, 1_000))).better(0, 1) == 0
    assert tell_apart(asked((90, 100), (87, 100))).better(0, 1) is None


def test_of_equal_places_none_or_few_are_told_apart():
    rng = random.Random(20101215)
    sizes = [5, 22, 80, 300, 1_200, 6_530] * 5
    told = [
        len(tell_apart([Asked(sum(rng.random() < 0.9 for _ in range(of)), of) for of in sizes]).told) for _ in range(30)
    ]
    assert sum(number > 0 for number in told) <= 3


def test_marks_of_one_and_of_none():
    found = tell_apart(
        [Marked(100, 0, 1), Marked(60, 0, 1), Marked(0, 0, 0), Marked(80, 150, 200), Marked(70, 150, 200)]
    )
    assert found.better(0, 1) is None
    assert found.better(3, 4) == 3
    assert found.scores[2].plain is None


@pytest.mark.parametrize(
    "cases", [[Asked(3, 2)], [Asked(-1, 2)], [Marked(nan, 1, 2)], [Marked(50, inf, 2)], [Marked(101, 1, 2)]]
)
def test_odd_numbers_are_refused(cases):
    with pytest.raises(ValueError):
        tell_apart(cases)


def test_counts_are_not_compared_with_marks():
    with pytest.raises(ValueError):
        tell_apart([Asked(1, 2), Marked(50, 1, 2)])


@pytest.mark.parametrize("kind", ["asked", "marked"])
def test_a_third_as_often_wrong_and_true_differences_are_still_seen(kind):
    drawn = fairness.towns(kind, classes=6, places=30)
    ours, plain = fairness.measured(drawn, fairness.ours), fairness.measured(drawn, fairness.plain)
    assert plain.wrong > 0.05
    assert ours.wrong <= plain.wrong / 3
    assert ours.seen >= 0.8


def test_the_order_of_places_decides_nothing():
    cases = asked((9, 10), (80, 100), (700, 1_000), (3, 3), (60, 60), (0, 4))
    forth, back = tell_apart(cases), tell_apart(cases[::-1])
    assert {(5 - a, 5 - b) for a, b in back.told} == set(forth.told)


# == classes of any size ==
def test_alike_tells_no_pair_apart_that_is_not_told_apart_and_few_less():
    """Each pair by itself at 2 of 100, so it errs on the careful side of the rule over all pairs."""
    rng = random.Random(7)
    cases = [Marked(min(100.0, max(0.0, rng.gauss(80, 8))), 200.0 + 50 * (at % 3), 10 + at % 60) for at in range(60)]
    told = tell_apart(cases)
    for one, (score, number) in enumerate(alike(cases)):
        assert score == told.scores[one]
        assert number is not None
        strict = sum(told.better(one, other) is None for other in range(60) if other != one)
        assert strict - 3 <= number <= 59


def test_alike_says_nothing_of_a_place_with_fewer_than_five():
    assert [number for _score, number in alike([Marked(90, 100, 4), Marked(10, 100, 30), Marked(90, 100, 30)])] == [
        None,
        0,
        0,
    ]
    assert alike([]) == []
