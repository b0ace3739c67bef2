"""Unevenness without luck: which places of one class differ by more than luck, and by how much.

Each place has a count: of so many counted, so many have it. Three questions, three answers:

- *Is this place lower or higher than luck explains?* The funnel: exact binomial limits around the rate of the whole, at
  each place's own number (Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine
  24, 2005). Small places have wide limits.
- *What is its rate likely to be?* An estimate drawn towards the mean of its class, the more the smaller the place:
  beta-binomial, empirical Bayes (Morris, Parametric Empirical Bayes Inference, JASA 78, 1983). How much the places
  differ is not taken as known: the answer is averaged over all values, weighed by their likelihood, so that the
  intervals are honest with few places and with places that are equal.
- *How much do the places differ beyond luck?* The spread of the true rates, by maximum likelihood, with its interval.

Two places cannot be told apart where their 95 % intervals share a rate. A band is a run of places in order of their
estimates of which no two can be told apart: from the highest downward, each band as long as that allows. Where the
places together differ no more than luck makes them, no two are told apart.

“By luck” is meant as if each one counted had come to it by itself. Where one body covers many at once, counts vary more
than that; then the spread tells so, and `stands_out` asks whether a place differs even from places so different.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, lgamma, log, sqrt
from typing import Literal, NamedTuple, TypeAlias

from .chance import at_least, at_most, beta_quantile, lower_limit

WARNED = 0.025  # on each side: 95 % of places are inside by luck
SURE = 0.001  # on each side: 99.8 %
TELLS = 2.71  # twice the log of the likelihoods: 5 % on the border of the possible (Self and Liang, JASA 82, 1987)
ENDS: tuple[Callable[[Standing], float], ...] = (lambda each: each.low, lambda each: each.high)
Luck: TypeAlias = Literal["lower", "low", "within", "high", "higher"]


class Count(NamedTuple):
    """Of `counted`, at least one, `having` have it."""

    having: int
    counted: int

    @property
    def rate(self) -> float:
        return self.having / self.counted


@dataclass(frozen=True)
class Standing:
    """What can be said of one place.

    `luck`: “lower” and “higher” lie outside the 99.8 % limits, “low” and “high” outside the 95 % ones only.
    `stands_out`: lies outside 99.8 % even if the places differ as much as they seem to. `band` 1 is the highest.
    `behind` and `ahead`: so many places are surely higher, and surely lower. Where the places do not differ by more
    than luck, all are of one band and none is surely higher or lower.
    """

    count: Count
    luck: Luck
    stands_out: bool
    estimate: float
    low: float
    high: float
    band: int = 1
    behind: int = 0
    ahead: int = 0


@dataclass(frozen=True)
class Spread:
    """How the rates of places differ, each as a standard deviation.

    `seen` is that of the rates as counted, `luck` what luck alone would make of equal places, `beyond` that of the true
    rates, between `low` and `high` with 95 %. `is_real`: the places differ more than luck makes them.
    """

    seen: float
    luck: float
    beyond: float
    low: float
    high: float
    is_real: bool


@dataclass(frozen=True)
class Comparison:
    """Places of one class beside each other, in the order in which they were given."""

    overall: float
    standings: list[Standing]
    spread: Spread

    @cached_property
    def lucks(self) -> Counter[str]:
        return Counter(each.luck for each in self.standings)

    @property
    def bands(self) -> int:
        return max(each.band for each in self.standings)

    @property
    def expected_outside(self) -> float:
        """So many places would lie outside the 99.8 % limits by luck alone, at most."""
        return 2 * SURE * len(self.standings)


def compare(counts: Sequence[tuple[int, int]]) -> Comparison:
    """Lay places of one class, each (having, counted), beside each other. Raises ValueError for none or an odd one."""
    places = [Count(*each) for each in counts]
    if not places or any(not 0 <= having <= counted or not counted for having, counted in places):
        raise ValueError("Places are compared by counts of at least one, of which no more than all have it.")
    overall = sum(each.having for each in places) / sum(each.counted for each in places)
    fit = _Fit(places)
    times = Counter(places)
    alone = [_alone(each, overall, fit) for each in times]
    known = {each.count: each for each in (_in_bands(alone, times) if fit.tells else alone)}
    return Comparison(overall, [known[each] for each in places], _spread(places, overall, fit))


def limits(counted: int, overall: float, tail: float) -> tuple[float, float]:
    """The funnel at a number: the rates below and above which a place lies outside, each by luck in `tail` of places.

    Within nought and one where a count could lie outside; beyond them where none could.
    """
    return lower_limit(counted, overall, tail) / counted, 1 - lower_limit(counted, 1 - overall, tail) / counted


# == one place ==
def _alone(count: Count, overall: float, fit: _Fit) -> Standing:
    estimate, low, high = fit.estimate(count)
    luck = _luck(count, overall)
    stands_out = luck in ("lower", "higher") and fit.is_outside(count)
    return Standing(count, luck, stands_out, estimate, low, high)


def _luck(count: Count, overall: float) -> Luck:
    having, counted = count
    if count.rate < overall:
        chance = at_most(having, counted, overall)
        return "lower" if chance <= SURE else "low" if chance <= WARNED else "within"
    chance = at_least(having, counted, overall)
    return "higher" if chance <= SURE else "high" if chance <= WARNED else "within"


# == all places ==
def _in_bands(standings: list[Standing], times: Counter[Count]) -> list[Standing]:
    """Each different count once, with its band, and how many places are surely higher and lower."""
    lows, highs = (sorted(end(each) for each in standings for _time in range(times[each.count])) for end in ENDS)
    found, band, lowest, highest = [], 1, 0.0, 1.0
    for each in sorted(standings, key=lambda each: (-each.estimate, each.count)):
        lowest, highest = max(lowest, each.low), min(highest, each.high)
        if lowest > highest:  # the intervals of the band no longer all share a rate
            band, lowest, highest = band + 1, each.low, each.high
        behind, ahead = len(lows) - bisect_right(lows, each.high), bisect_left(highs, each.low)
        found.append(replace(each, band=band, behind=behind, ahead=ahead))
    return found


def _spread(places: Sequence[Count], overall: float, fit: _Fit) -> Spread:
    seen = sqrt(sum((each.rate - overall) ** 2 for each in places) / len(places))
    luck = sqrt(sum(overall * (1 - overall) / each.counted for each in places) / len(places))
    low, high = fit.between()
    return Spread(seen, luck, fit.best.spread, low, high, fit.tells)


# == how much places differ: beta-binomial ==
class _Guess(NamedTuple):
    """One value of how much places differ, `root` ** 2 being the correlation of two counted in one place.

    `mean` is the mean of the true rates under it and `unsure` its variance; `strength` is how many counted the class is
    worth beside those of a place itself (None: any number, places are equal).
    """

    root: float
    mean: float
    unsure: float
    strength: float | None
    likelihood: float  # its log, but for what is common to all guesses

    @property
    def spread(self) -> float:
        return self.root * sqrt(self.mean * (1 - self.mean))


class _Fit:
    """The guesses about how much places differ, weighed by their likelihood."""

    POINTS, ZOOMS, FAR = 17, 4, 8.0  # guesses less likely than e ** -8 times the best are left out

    def __init__(self, places: Sequence[Count]) -> None:
        self._counted = Counter(each.counted for each in places)
        self._having = Counter(each.having for each in places)
        self._missing = Counter(each.counted - each.having for each in places)
        self._having_of: Mapping[int, int] = _having_of(places)
        self._equal = self._guess(0.0)
        guesses = self._near_the_best()
        self.best = max([*guesses, self._equal], key=lambda guess: guess.likelihood)
        weights = [exp(each.likelihood - self.best.likelihood) for each in guesses]
        self._weighed = [
            (weight / sum(weights), guess) for weight, guess in zip(weights, guesses, strict=True) if weight > 1e-4
        ]

    @property
    def tells(self) -> bool:
        """Do the counts say that places differ?"""
        return 2 * (self.best.likelihood - self._equal.likelihood) > TELLS

    def estimate(self, count: Count) -> tuple[float, float, float]:
        """The rate of a place, and its interval of 95 %: that of the beta with the mean and variance of the guesses."""
        mean = square = 0.0
        for weight, guess in self._weighed:
            rate, variance = _drawn_in(count, guess)
            mean += weight * rate
            square += weight * (variance + rate * rate)
        variance = max(square - mean * mean, 1e-18)
        strength = max(mean * (1 - mean) / variance - 1, 0.01)
        a, b = mean * strength, (1 - mean) * strength
        return mean, beta_quantile(WARNED, a, b), beta_quantile(1 - WARNED, a, b)

    def between(self) -> tuple[float, float]:
        """The interval of 95 % of how much the true rates differ."""
        return self._spread_at(WARNED), self._spread_at(1 - WARNED)

    def _spread_at(self, share: float) -> float:
        """The spread below which this share of the weight lies, half of a guess's weight on each side of it."""
        until, before = 0.0, (0.0, self._weighed[0][1].spread)
        for weight, guess in self._weighed:
            here = (until + weight / 2, guess.spread)
            if here[0] >= share:
                return before[1] + (here[1] - before[1]) * (share - before[0]) / (here[0] - before[0])
            until, before = until + weight, here
        return before[1]

    def is_outside(self, count: Count) -> bool:
        """Is the count outside 99.8 % of what places have that differ so much?"""
        if self.best.strength is None:
            return True
        a, b = self.best.mean * self.best.strength, (1 - self.best.mean) * self.best.strength
        having, counted = count
        if count.rate < self.best.mean:
            return not _exceeds(SURE, having, counted, a, b)
        return not _exceeds(SURE, counted - having, counted, b, a)

    def _near_the_best(self) -> list[_Guess]:
        """Guesses at even steps over all that is not far less likely than the best one.

        Where each place counts one, counts cannot say how much places differ: they are taken for equal.
        """
        if max(self._counted) == 1:
            return [self._equal]
        first, last = 0.0, 0.999
        for _zoom in range(self.ZOOMS):
            step = (last - first) / (self.POINTS - 1)
            guesses = [self._guess(first + at * step) for at in range(self.POINTS)]
            enough = max(each.likelihood for each in guesses) - self.FAR
            near = [each.root for each in guesses if each.likelihood >= enough]
            first, last = max(first, near[0] - step), min(last, near[-1] + step)
        return guesses

    def _guess(self, root: float) -> _Guess:
        correlation = root * root
        mean, unsure = self._mean(correlation)
        strength = (1 - correlation) / correlation if correlation else None
        return _Guess(root, mean, unsure, strength, self._likelihood(mean, strength))

    def _mean(self, correlation: float) -> tuple[float, float]:
        """The mean of the rates, each by what it is worth, and its variance. Half a one is added to both sides."""
        having, counted = 0.5, 1.0
        for number, places in self._counted.items():
            worth = 1 / (1 + (number - 1) * correlation)
            having += worth * self._having_of[number]
            counted += worth * number * places
        mean = having / counted
        return mean, mean * (1 - mean) / counted

    def _likelihood(self, mean: float, strength: float | None) -> float:
        if strength is None:
            having, missing = (sum(n * times for n, times in each.items()) for each in (self._having, self._missing))
            return having * log(mean) + missing * log(1 - mean)
        parts = ((self._having, mean * strength, 1), (self._missing, (1 - mean) * strength, 1))
        return sum(
            sign * sum(times * (lgamma(a + number) - lgamma(a)) for number, times in numbers.items())
            for numbers, a, sign in (*parts, (self._counted, strength, -1))
        )


def _having_of(places: Sequence[Count]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for having, counted in places:
        found[counted] += having
    return found


def _drawn_in(count: Count, guess: _Guess) -> tuple[float, float]:
    """The mean and variance of a place's rate under one guess; the mean of the class is not sure itself."""
    if guess.strength is None:
        return guess.mean, guess.unsure
    both = guess.strength + count.counted
    rate = (guess.mean * guess.strength + count.having) / both
    return rate, rate * (1 - rate) / (both + 1) + (guess.strength / both) ** 2 * guess.unsure


def _exceeds(tail: float, having: int, counted: int, a: float, b: float) -> bool:
    """Is the chance of no more than `having` of `counted` above `tail`, where rates are spread as Beta(a, b)?"""
    ways = lgamma(counted + 1) - lgamma(having + 1) - lgamma(counted - having + 1)
    spread = lgamma(a + having) + lgamma(b + counted - having) - lgamma(a + b + counted)
    here = exp(ways + spread - (lgamma(a) + lgamma(b) - lgamma(a + b)))
    found = here
    for k in range(having, 0, -1):
        here *= k * (b + counted - k) / ((counted - k + 1) * (a + k - 1))
        found += here
        if found > tail or here < 1e-12:
            break
    return found > tail
