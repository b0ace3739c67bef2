"""The drawing of unevenness: places as points over their numbers, and the limits of luck as a funnel around the whole.

Plain values for a box of 640 × 320: lines as the `d` of SVG paths, labels with their place in per cent. The axis of the
numbers is by square root, since luck narrows so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, sqrt

from rollup.uneven import SURE, WARNED, limits

from .spread import Row, Spread

WIDE, HIGH = 640, 320
CURVE = 36  # points of a limit
APART = 0.11  # of the width, between two numbers on the axis


@dataclass(frozen=True)
class Label:
    """A text on an axis or beside a point; `at` in per cent of the width and `up` in per cent of the height."""

    text: str
    at: float
    up: float
    is_right: bool = False


class Funnel:
    """What the template draws: `sure` and `warned` are the areas within the limits, `whole` the rate of the whole."""

    def __init__(self, spread: Spread) -> None:
        self._spread = spread
        self._overall = spread.comparison.overall
        self._most = 1.04 * max(row.place.counted for row in spread.rows)
        rates = [row.standing.count.rate for row in spread.rows]
        self._bottom, self._top, self._step = _reach([*rates, *limits(ceil(self._most), self._overall, SURE)])

    # == points ==
    @cached_property
    def within(self) -> str:
        return self._points(self._spread.of("within", "low", "high"))

    @cached_property
    def lower(self) -> str:
        return self._points(self._spread.of("lower"))

    @cached_property
    def higher(self) -> str:
        return self._points(self._spread.of("higher"))

    def _points(self, rows: Iterable[Row]) -> str:
        return "".join(f"M{self._x(row.place.counted):.1f} {self._y(row.standing.count.rate):.1f}h0" for row in rows)

    # == limits ==
    @cached_property
    def sure(self) -> str:
        return self._area(SURE)

    @cached_property
    def warned(self) -> str:
        return self._area(WARNED)

    @cached_property
    def whole(self) -> str:
        return f"M0 {self._y(self._overall):.1f}H{WIDE}"

    def _area(self, tail: float) -> str:
        numbers = sorted({max(1, round(self._most * (at / CURVE) ** 2)) for at in range(1, CURVE + 1)})
        both = [(self._x(number), *limits(number, self._overall, tail)) for number in numbers]
        there = [f"{x:.1f} {self._y(low):.1f}" for x, low, _high in both]
        back = [f"{x:.1f} {self._y(high):.1f}" for x, _low, high in reversed(both)]
        return f"M{'L'.join([*there, *back])}Z"

    # == axes and names ==
    @cached_property
    def grid(self) -> str:
        return "".join(f"M0 {self._y(each):.1f}H{WIDE}" for each in self._steps())

    @cached_property
    def rates(self) -> list[Label]:
        return [Label(f"{100 * each:.0f}", 0, self._share(self._y(each), HIGH)) for each in self._steps()]

    @cached_property
    def numbers(self) -> list[Label]:
        """Round numbers below the axis, from the right, as far apart as can be read."""
        found: list[Label] = []
        last = 2.0 * WIDE
        for number in _round_numbers(self._most):
            if last - self._x(number) >= APART * WIDE and self._x(number) >= APART * WIDE / 2:
                last = self._x(number)
                found.append(Label(f"{number:,}", self._share(last, WIDE), 100))
        return found

    @cached_property
    def named(self) -> list[Label]:
        """The place farthest below the whole and the one farthest above, of those outside the limits."""
        picked: tuple[tuple[Callable[..., Row], list[Row]], ...] = (
            (min, self._spread.of("lower")),
            (max, self._spread.of("higher")),
        )
        rows = [pick(outside, key=self._farness) for pick, outside in picked if outside]
        return [self._named(row) for row in rows]

    def _named(self, row: Row) -> Label:
        x, y = self._x(row.place.counted), self._y(row.standing.count.rate)
        return Label(row.place.name, self._share(x, WIDE), self._share(y, HIGH), is_right=x > WIDE / 2)

    def _farness(self, row: Row) -> float:
        return (row.standing.count.rate - self._overall) * sqrt(row.place.counted)

    # == scales ==
    def _x(self, number: float) -> float:
        return WIDE * sqrt(number / self._most)

    def _y(self, rate: float) -> float:
        """From 0 at the top; what lies outside the box is drawn at its edge."""
        return HIGH * (self._top - min(max(rate, self._bottom), self._top)) / (self._top - self._bottom)

    def _steps(self) -> list[float]:
        count = round((self._top - self._bottom) / self._step)
        return [self._bottom + at * self._step for at in range(count + 1)]

    @staticmethod
    def _share(at: float, whole: float) -> float:
        return round(100 * at / whole, 1)


def _reach(rates: Iterable[float]) -> tuple[float, float, float]:
    """From where to where the axis of rates goes, and in which steps: all of them fit in, within 0 and 1."""
    inside = [min(max(rate, 0.0), 1.0) for rate in rates]
    low, high = min(inside), max(inside)
    step = next(each for each in (0.01, 0.02, 0.05, 0.1, 0.2) if high - low <= 5 * each)
    bottom, top = step * floor(low / step + 1e-9), step * ceil(high / step - 1e-9)
    if bottom == top:
        bottom, top = max(0.0, bottom - step), min(1.0, top + step)
    return max(0.0, bottom), min(1.0, top), step


def _round_numbers(most: float) -> list[int]:
    """1, 2, 5, 10, 20, 50 … up to `most`, the largest first."""
    powers = [10**power for power in range(len(str(int(most))))]
    return sorted((each * power for power in powers for each in (1, 2, 5) if each * power <= most), reverse=True)
