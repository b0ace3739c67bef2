"""Who can be told apart: scores of places with what luck adds to them, and for which two the better one can be named.

A score is a count (so many of those asked are satisfied) or a mean of marks from 0 to 100. Plain averages put the
small places at both ends, by luck. Here

- a count is laid on the scale on which its variance depends on nothing but its number (arcsine, Anscombe, Biometrika
  35, 1948), so that none of one and all of three are taken for as little as they are worth;
- the marks of all places together say how much single marks differ; a place has this from its own as far as it has any;
- how much places truly differ is taken from the class, averaged over all values by their likelihood, and each score is
  drawn towards the mean of the class (Morris, Parametric Empirical Bayes Inference, JASA 78, 1983);
- of each pair there is then a chance that the one that seems better is worse (Stephens, False discovery rates: a new
  deal, Biostatistics 18, 2017: the local false sign rate). Pairs are told apart from the surest downward as long as the
  mean of these chances is no more than WRONG and the chance itself no more than UNSURE: so it does not grow with the
  number of pairs that are looked at.

A place with fewer than LEAST asked is told apart from none: one answer is not to decide about a place, however likely.
Where nobody was asked it has the estimate of its class.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import asin, ceil, erfc, exp, inf, isfinite, log, pi, sin, sqrt
from statistics import NormalDist
from typing import NamedTuple, TypeAlias

WRONG = 0.02  # of pairs told apart, so many the wrong way round, on average
UNSURE = 0.05  # the chance of the wrong way round in any one pair told apart
LEAST = 5
FEW = 5  # with fewer places the class does not say how much its places differ
ENDS = NormalDist().inv_cdf(0.975)
STEPS = 60
SURE = NormalDist().inv_cdf(1 - WRONG)  # so many standard errors apart
LEVEL = 1.1  # from one level of variances to the next
LUCK_OF_MARKS = 20.0**2  # the variance of single marks before any are seen, worth BEFORE marks
BEFORE = 5


class Asked(NamedTuple):
    """Of `asked`, `satisfied` are satisfied."""

    satisfied: int
    asked: int


class Marked(NamedTuple):
    """`marks` marks of 0 to 100, with their mean and the variance of single ones around it (0 for one mark)."""

    mean: float
    variance: float
    marks: int


Case: TypeAlias = Asked | Marked


@dataclass(frozen=True)
class Score:
    """In points of 100. `plain` is the average as counted (None where nobody was asked), `estimate` drawn in.

    The true score lies between `low` and `high` in 95 of 100 cases.
    """

    plain: float | None
    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Class:
    """Places of one class, in the order given. `told` has the pairs (better, worse) that can be told apart."""

    scores: list[Score]
    told: frozenset[tuple[int, int]]

    def better(self, one: int, other: int) -> int | None:
        """Which of two is better; None if that cannot be told."""
        if (one, other) in self.told:
            return one
        return other if (other, one) in self.told else None


def tell_apart(cases: Sequence[Case]) -> Class:
    """Lay the scores of a class beside each other. Raises ValueError for odd numbers, or counts beside marks."""
    if len({type(each) for each in cases}) > 1:
        raise ValueError("Counts and means of marks are not compared with each other.")
    seen = [_seen(each) for each in cases] if cases and isinstance(cases[0], Asked) else _seen_marks(cases)
    back = _share_back if cases and isinstance(cases[0], Asked) else _mark_back
    true = _drawn_in(seen)
    scores = [_score(case, each, back) for case, each in zip(cases, true, strict=True)]
    enough = [each if _number(case) >= LEAST else None for case, each in zip(cases, true, strict=True)]
    return Class(scores, frozenset(_told(enough)))


class _On(NamedTuple):
    """A place on the scale on which places are compared: where, and how surely."""

    at: float
    variance: float


def alike(cases: Sequence[Case]) -> list[tuple[Score, int | None]]:
    """Each score, and with how many others of its class it cannot be told apart; None with fewer than LEAST asked.

    For classes of any size: each pair is looked at by itself, and is told apart only where the chance of the wrong way
    round is no more than WRONG. So both promises of `tell_apart` hold, and a few pairs fewer are told apart. Variances
    are rounded up to a few levels, which errs on the same side.
    """
    seen = [_seen(each) for each in cases] if cases and isinstance(cases[0], Asked) else _seen_marks(cases)
    back = _share_back if cases and isinstance(cases[0], Asked) else _mark_back
    true = _drawn_in(seen)
    told = [each for each, case in zip(true, cases, strict=True) if _number(case) >= LEAST]
    least = min((each.variance for each in told), default=1.0)
    levels: dict[int, list[float]] = {}
    for each in told:
        levels.setdefault(_level(each, least), []).append(each.at)
    for places in levels.values():
        places.sort()
    return [
        (_score(case, each, back), _near(each, levels, least) if _number(case) >= LEAST else None)
        for case, each in zip(cases, true, strict=True)
    ]


def _level(each: _On, least: float) -> int:
    return ceil(log(each.variance / least) / log(LEVEL) - 1e-9)


def _near(each: _On, levels: dict[int, list[float]], least: float) -> int:
    own = least * LEVEL ** _level(each, least)
    found = -1  # itself is among them
    for level, places in levels.items():
        away = SURE * sqrt(own + least * LEVEL**level)
        found += bisect_left(places, each.at + away) - bisect_right(places, each.at - away)
    return max(found, 0)


# == counts and marks on one scale ==
def _seen(case: Case) -> _On:
    assert isinstance(case, Asked)
    satisfied, asked = case
    if not 0 <= satisfied <= asked:
        raise ValueError(f"{satisfied} of {asked} cannot be satisfied.")
    if not asked:
        return _On(0.0, inf)
    return _On(asin(sqrt((satisfied + 0.375) / (asked + 0.75))), 1 / (4 * asked + 2))


def _seen_marks(cases: Sequence[Case]) -> list[_On]:
    found = [each for each in cases if isinstance(each, Marked)]
    for each in found:
        if not (each.marks >= 0 and isfinite(each.mean) and 0 <= each.mean <= 100 and 0 <= each.variance < inf):
            raise ValueError(f"{each} is no mean of marks from 0 to 100.")
    freedom = sum(max(each.marks - 1, 0) for each in found)
    common = (sum(max(each.marks - 1, 0) * each.variance for each in found) + BEFORE * LUCK_OF_MARKS) / (
        freedom + BEFORE
    )
    luck = [
        (max(each.marks - 1, 0) * each.variance + BEFORE * common) / (max(each.marks - 1, 0) + BEFORE) for each in found
    ]
    return [
        _On(each.mean, of / each.marks) if each.marks else _On(0.0, inf) for each, of in zip(found, luck, strict=True)
    ]


def _share_back(at: float) -> float:
    return 100 * sin(min(max(at, 0.0), pi / 2)) ** 2


def _mark_back(at: float) -> float:
    return min(max(at, 0.0), 100.0)


def _number(case: Case) -> int:
    return case.asked if isinstance(case, Asked) else case.marks


def _score(case: Case, true: _On, back: Callable[[float], float]) -> Score:
    plain = None
    if _number(case):
        plain = 100 * case.satisfied / case.asked if isinstance(case, Asked) else case.mean
    if true.variance == inf:
        return Score(plain, 50.0, 0.0, 100.0)
    away = ENDS * sqrt(true.variance)
    return Score(plain, back(true.at), back(true.at - away), back(true.at + away))


# == drawing in ==
def _drawn_in(seen: Sequence[_On]) -> list[_On]:
    """The true places: those seen, drawn towards the mean, averaged over how much places could differ."""
    known = [each for each in seen if each.variance < inf]
    if len(known) < FEW:
        return list(seen)
    widest = max(each.at for each in known) - min(each.at for each in known) or sqrt(
        max(each.variance for each in known)
    )
    guesses = [_guess(known, widest * step / STEPS) for step in range(STEPS + 1)]
    best = max(likelihood for likelihood, *_rest in guesses)
    weighed = [(exp(likelihood - best), *rest) for likelihood, *rest in guesses]
    whole = sum(weight for weight, *_rest in weighed)
    likely = [(weight / whole, *rest) for weight, *rest in weighed if weight > 1e-5 * whole]
    return [_averaged(each, likely) for each in seen]


def _guess(known: Sequence[_On], spread: float) -> tuple[float, float, float, float]:
    """If true places differ by `spread`: the log of the likelihood, the spread squared, the mean and its variance."""
    between = spread * spread
    worth = [1 / (each.variance + between) for each in known]
    whole = sum(worth)
    mean = sum(weight * each.at for weight, each in zip(worth, known, strict=True)) / whole
    likelihood = 0.5 * sum(
        log(weight) - weight * (each.at - mean) ** 2 for weight, each in zip(worth, known, strict=True)
    ) - 0.5 * log(whole)
    return likelihood, between, mean, 1 / whole


def _averaged(each: _On, likely: Sequence[tuple[float, ...]]) -> _On:
    mean = square = 0.0
    for weight, between, middle, unsure in likely:
        own = between / (between + each.variance) if each.variance < inf else 0.0
        at = own * each.at + (1 - own) * middle
        variance = (1 - own) * between + (1 - own) ** 2 * unsure
        mean += weight * at
        square += weight * (variance + at * at)
    return _On(mean, max(square - mean * mean, 1e-18))


# == telling apart ==
def _told(true: Sequence[_On | None]) -> list[tuple[int, int]]:
    pairs = []
    for (one, a), (other, b) in combinations([(at, each) for at, each in enumerate(true) if each], 2):
        better, worse = (one, other) if a.at >= b.at else (other, one)
        wrong = 0.5 * erfc(abs(a.at - b.at) / sqrt(2 * (a.variance + b.variance)))
        if wrong <= UNSURE:
            pairs.append((wrong, better, worse))
    pairs.sort()
    found: list[tuple[int, int]] = []
    sure = 0.0
    for wrong, better, worse in pairs:
        sure += wrong
        if sure > WRONG * (len(found) + 1):
            break
        found.append((better, worse))
    return found
