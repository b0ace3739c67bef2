"""Who is called better than whom, where it is known who is: plain averages and six ways of telling places apart.

Towns whose true rates are drawn, with numbers asked from a few to thousands, 22 beside 6,530 always among them. A pair
is wrong if the one called better is truly worse. It is seen if both have at least 100 asked, they are truly 10 points
apart, and the right one is called better.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import erfc, exp, sqrt

from rollup.apart import Asked, Case, Marked, tell_apart
from rollup.chance import beta_quantile
from rollup.uneven import compare

from .figure import Figure, Turns, figure

Told = Callable[[Sequence[Case]], Callable[[int, int], int | None]]
CLASSES, PLACES = 200, 40
ENOUGH, POINTS, NEAR = 100, 10.0, 0.5
Z = 1.959963984540054


@dataclass
class Town:
    """A class with its truth, in points of 100."""

    true: list[float]
    cases: list[Case]


@dataclass(frozen=True)
class Outcome:
    """Shares of pairs: called the wrong way round, called at all, and seen of those truly apart with enough asked."""

    wrong: float
    called: float
    seen: float
    wrong_small: float  # of the pair of 22 and 6,530


def towns(kind: str, classes: int = CLASSES, places: int = PLACES, seed: int = 2023) -> list[Town]:
    chance = random.Random(f"{kind} {seed}")
    return [_town(kind, places, chance) for _class in range(classes)]


def _town(kind: str, places: int, chance: random.Random) -> Town:
    sizes = [22, 6_530, *(min(max(round(exp(chance.gauss(5.0, 1.5))), 3), 8_000) for _ in range(places - 2))]
    strength = chance.choice([20, 60, 200])  # classes differ much, somewhat, little
    true = [100 * chance.betavariate(0.85 * strength, 0.15 * strength) for _ in sizes]
    draw = _asked if kind == "asked" else _marked
    return Town(true, [draw(rate, size, chance) for rate, size in zip(true, sizes, strict=True)])


def _asked(rate: float, size: int, chance: random.Random) -> Case:
    return Asked(sum(chance.random() < rate / 100 for _ in range(size)), size)


def _marked(rate: float, size: int, chance: random.Random) -> Case:
    """Marks between 0 and 100 around the rate, wide as those of people are (a beta worth four)."""
    marks = [100 * chance.betavariate(0.04 * rate, 4 - 0.04 * rate) for _ in range(size)]
    mean = sum(marks) / size
    return Marked(mean, sum((mark - mean) ** 2 for mark in marks) / max(size - 1, 1), size)


def measured(drawn: Sequence[Town], told: Told) -> Outcome:
    wrong = called = pairs = seen = apart = small = 0
    for town in drawn:
        better = told(town.cases)
        for one, other in combinations(range(len(town.true)), 2):
            found = better(one, other)
            right = one if town.true[one] > town.true[other] else other
            is_wrong = found not in (None, right)
            pairs += 1
            called += found is not None
            wrong += is_wrong
            small += is_wrong and (one, other) == (0, 1)
            enough = min(_number(town.cases[one]), _number(town.cases[other])) >= ENOUGH
            if enough and abs(abs(town.true[one] - town.true[other]) - POINTS) <= NEAR:
                apart += 1
                seen += found == right
    return Outcome(wrong / pairs, called / pairs, seen / max(apart, 1), small / len(drawn))


def _number(case: Case) -> int:
    return case.asked if isinstance(case, Asked) else case.marks


# == the ways ==
def plain(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """Who has the higher average is better."""
    means = [_mean(case) for case in cases]

    def better(one: int, other: int) -> int | None:
        return None if means[one] == means[other] else one if means[one] > means[other] else other

    return better


def least_number(cases: Sequence[Case], least: int = 100) -> Callable[[int, int], int | None]:
    """Plain averages of those with at least 100."""
    better = plain(cases)
    return lambda one, other: better(one, other) if min(_number(cases[one]), _number(cases[other])) >= least else None


def ours(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    return tell_apart(cases).better


def newcombe(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """The 95 % interval of the difference lies on one side of nought (Newcombe, Statistics in Medicine 17, 1998)."""
    return _by_ends([_wilson(case, Z) for case in cases], cases)


def newcombe_holding_for_all(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """The same, with the error shared out among all pairs (Bonferroni)."""
    from statistics import NormalDist  # slow: only here

    pairs = len(cases) * (len(cases) - 1) / 2
    z = NormalDist().inv_cdf(1 - 0.025 / pairs)
    return _by_ends([_wilson(case, z) for case in cases], cases)


def jeffreys(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """The 95 % intervals of both, each by itself (Jeffreys), share nothing."""
    ends = []
    for case in cases:
        assert isinstance(case, Asked)
        a, b = case.satisfied + 0.5, case.asked - case.satisfied + 0.5
        ends.append((beta_quantile(0.025, a, b), beta_quantile(0.975, a, b)))
    return _by_gap(ends)


def shrunken_intervals(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """The 95 % intervals of drawn-in estimates share nothing: the rule of the page of unevenness."""
    assert all(isinstance(case, Asked) for case in cases)
    standings = compare([(case.satisfied, case.asked) for case in cases if isinstance(case, Asked)]).standings
    return _by_gap([(each.low, each.high) for each in standings])


def discoveries(cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    """z tests of all pairs, false discoveries at most 5 % (Benjamini and Hochberg, JRSS B 57, 1995)."""
    means, errors = [_mean(case) for case in cases], [_error(case) for case in cases]
    chances = sorted(
        (erfc(abs(means[one] - means[other]) / sqrt(2 * (errors[one] ** 2 + errors[other] ** 2))), one, other)
        for one, other in combinations(range(len(cases)), 2)
    )
    last = max((at for at, (p, *_pair) in enumerate(chances, 1) if p <= 0.05 * at / len(chances)), default=0)
    found = {(one, other) for _p, one, other in chances[:last]}
    higher = plain(cases)
    return lambda one, other: higher(one, other) if (one, other) in found or (other, one) in found else None


WAYS: dict[str, Told] = {
    "plain averages": plain,
    "plain averages of at least 100": least_number,
    "Newcombe, each pair by itself": newcombe,
    "Newcombe, all pairs at once": newcombe_holding_for_all,
    "Jeffreys, intervals apart": jeffreys,
    "shrunken, intervals apart": shrunken_intervals,
    "z tests, false discoveries": discoveries,
    "shrunken, false signs (ours)": ours,
}


def _mean(case: Case) -> float:
    return case.satisfied / case.asked if isinstance(case, Asked) else case.mean


def _error(case: Case) -> float:
    """With two of each kind added, so that none and all are not sure (Agresti and Caffo, 2000)."""
    if isinstance(case, Marked):
        return sqrt(max(case.variance, 1.0) / case.marks)
    rate = (case.satisfied + 1) / (case.asked + 2)
    return sqrt(rate * (1 - rate) / (case.asked + 2))


def _wilson(case: Case, z: float) -> tuple[float, float]:
    assert isinstance(case, Asked)
    rate, n = case.satisfied / case.asked, case.asked
    middle, away = rate + z * z / (2 * n), z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return (middle - away) / (1 + z * z / n), (middle + away) / (1 + z * z / n)


def _by_ends(ends: Sequence[tuple[float, float]], cases: Sequence[Case]) -> Callable[[int, int], int | None]:
    means = [_mean(case) for case in cases]

    def better(one: int, other: int) -> int | None:
        high, low = (one, other) if means[one] >= means[other] else (other, one)
        down, up = means[high] - ends[high][0], ends[low][1] - means[low]
        return high if means[high] - means[low] > sqrt(down * down + up * up) else None

    return better


def _by_gap(ends: Sequence[tuple[float, float]]) -> Callable[[int, int], int | None]:
    def better(one: int, other: int) -> int | None:
        if ends[one][0] > ends[other][1]:
            return one
        return other if ends[other][0] > ends[one][1] else None

    return better


# == figures ==
def figures(size: str) -> Iterator[Figure]:
    both = f"{CLASSES} drawn classes of {PLACES} places with 3 to 8,000 asked, 22 and 6,530 among them; fixed seed"
    for kind, words in (("asked", "satisfied of asked"), ("marked", "means of marks")):
        drawn = towns(kind)
        mine, beside = measured(drawn, ours), measured(drawn, plain)
        yield figure(
            f"fairness.{kind}.wrong",
            size,
            f"pairs called the wrong way round, {words}",
            Turns({"ours": [100 * mine.wrong], "reference": [100 * beside.wrong]}, 0),
            unit="%",
            reference="plain averages",
            both_sides=both,
            most_ratio=1 / 3,
        )
        yield figure(
            f"fairness.{kind}.seen",
            size,
            f"of pairs truly 10 points apart, 100 asked or more, told apart, {words}",
            Turns({"ours": [100 * mine.seen], "reference": [100 * beside.seen]}, 0),
            unit="%",
            reference="plain averages",
            both_sides=both,
            least=80,
        )


if __name__ == "__main__":
    for kind in ("asked", "marked"):
        drawn = towns(kind)
        for name, way in WAYS.items():
            try:
                found = measured(drawn, way)
            except AssertionError:
                continue
            shares = f"wrong {found.wrong:.4f} called {found.called:.3f} seen {found.seen:.3f}"
            print(f"{kind:7} {name:32} {shares} 22 beside 6,530 wrong {found.wrong_small:.3f}")
