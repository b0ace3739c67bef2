"""How likely it is by luck: tails of the binomial; the distribution function and the quantiles of the beta.

No scipy: this is all that figures need of it, and a page would pay for the import. The incomplete beta function is
evaluated by its continued fraction, the quantile by Halley's steps inside a bracket (Press et al., Numerical Recipes,
3rd edition, 6.4 and 6.14.11; DLMF 8.17). The tails are exact but for the rounding of floating point.
"""

from __future__ import annotations

from math import exp, floor, inf, lgamma, log, log1p, sqrt

TINY = 1e-300
CLOSE = 1e-13  # of one step of the fraction
NEAR = 1e-6  # of a quantile
STEPS = 100_000


def at_most(having: int, counted: int, rate: float) -> float:
    """The chance that of `counted` no more than `having` have it, each by itself with the chance `rate`."""
    if having < 0:
        return 0.0
    if having >= counted:
        return 1.0
    return beta_cdf(1 - rate, counted - having, having + 1)


def at_least(having: int, counted: int, rate: float) -> float:
    """The chance that of `counted` no fewer than `having` have it."""
    return at_most(counted - having, counted, 1 - rate)


def exactly(having: int, counted: int, rate: float) -> float:
    """The chance that of `counted` just `having` have it."""
    if rate in (0.0, 1.0):
        return float(having == counted * rate)
    ways = lgamma(counted + 1) - lgamma(having + 1) - lgamma(counted - having + 1)
    return exp(ways + having * log(rate) + (counted - having) * log1p(-rate))


def lower_limit(counted: int, rate: float, tail: float) -> float:
    """How many of `counted` stand at the limit below which no more than `tail` of places fall by luck.

    Between whole numbers, by linear interpolation of the distribution function (Spiegelhalter 2005, appendix A.1.1):
    whole numbers at or below the limit are just those with `at_most(…) <= tail`. Below nought where none is.
    """
    spread = sqrt(counted * rate * (1 - rate)) * 2.5
    having = min(max(floor(counted * rate - spread), 0), counted)
    until, here = at_most(having, counted, rate), exactly(having, counted, rate)
    while until <= tail:
        having += 1
        here = exactly(having, counted, rate)
        until += here
    while having > 0 and until - here > tail:
        until -= here
        having -= 1
        here = exactly(having, counted, rate)
    return having - (until - tail) / here if here else float(having)


def beta_cdf(at: float, a: float, b: float) -> float:
    """The share of Beta(a, b) at or below `at`. `a` and `b` above nought."""
    if at <= 0:
        return 0.0
    if at >= 1:
        return 1.0
    return _share(at, a, b, exp(_scale(a, b) + a * log(at) + b * log1p(-at)))


def beta_quantile(share: float, a: float, b: float) -> float:
    """Where the share of Beta(a, b) at or below is `share`, to a hundred-thousandth or nearer."""
    scale = _scale(a, b)
    # The error left is of the third order of a step, where the density has one hump and is not steep.
    small = (NEAR * a * b / ((a + b) ** 2 * (a + b + 1))) ** (1 / 3) if min(a, b) >= 4 else NEAR
    low, high, at = 0.0, 1.0, _near_quantile(share, a, b)
    for _step in range(STEPS):
        front = exp(scale + a * log(at) + b * log1p(-at))
        over = _share(at, a, b, front) - share
        low, high = (low, at) if over > 0 else (at, high)
        following = _halley(at, a, b, over, front)
        if not low < following < high:
            following = (low + high) / 2
            is_near = high - low <= NEAR
        else:
            is_near = abs(following - at) <= small
        if is_near:
            return following
        at = following
    raise ArithmeticError(f"The quantile {share} of Beta({a}, {b}) was not reached in {STEPS} steps.")


def _near_quantile(share: float, a: float, b: float) -> float:
    """Abramowitz and Stegun 26.5.22 and 26.2.23 where that holds; else the mean."""
    if a < 1 or b < 1:
        return min(max(a / (a + b), 1e-9), 1 - 1e-9)
    t = sqrt(-2 * log(min(share, 1 - share)))
    away = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    y = away if share < 0.5 else -away
    bend = (y * y - 3) / 6
    h = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1))
    w = y * sqrt(h + bend) / h - (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (bend + 5 / 6 - 2 / (3 * h))
    return min(max(a / (a + b * exp(2 * w)), 1e-9), 1 - 1e-9)


def _halley(at: float, a: float, b: float, over: float, front: float) -> float:
    """The next guess; outside of 0 to 1 where the density gives no direction. `front`: the density × at × (1 - at)."""
    if front < TINY:
        return inf
    step = over * at * (1 - at) / front
    return at - step / (1 - 0.5 * min(1.0, step * ((a - 1) / at - (b - 1) / (1 - at))))


def _scale(a: float, b: float) -> float:
    return lgamma(a + b) - lgamma(a) - lgamma(b)


def _share(at: float, a: float, b: float, front: float) -> float:
    if at < (a + 1) / (a + b + 2):
        return front * _fraction(at, a, b) / a
    return 1 - front * _fraction(1 - at, b, a) / b


def _fraction(at: float, a: float, b: float) -> float:
    """Long for its size: nothing is called in the loop, in which a page of many places spends most of its time."""
    both, above, below = a + b, a + 1, a - 1
    c, d = 1.0, 1 - both * at / above
    d = 1 / (d if d > TINY or d < -TINY else TINY)
    found = d
    for m in range(1, STEPS):
        twice = 2 * m
        even = m * (b - m) * at / ((below + twice) * (a + twice))
        odd = -(a + m) * (both + m) * at / ((a + twice) * (above + twice))
        for part in (even, odd):
            d = 1 + part * d
            d = 1 / (d if d > TINY or d < -TINY else TINY)
            c = 1 + part / c
            c = c if c > TINY or c < -TINY else TINY
            found *= d * c
        if -CLOSE < d * c - 1 < CLOSE:
            return found
    raise ArithmeticError(f"The incomplete beta function of {at}, {a}, {b} was not reached in {STEPS} steps.")
