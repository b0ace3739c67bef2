"""The order of two lists of villages: which stand between the same two neighbours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# With fewer neighbours that are followed, order says nothing.
FEWEST = 3


@dataclass(frozen=True)
class Order:
    """`kept` is the part of the followed villages that stand in the same order, 0 to 1.

    A gap is what lies between two followed neighbours of the kept order, named by the number of the one before it.
    """

    kept: float
    old: Sequence[str]
    new: Sequence[str]
    old_chain: Sequence[int]
    new_chain: Sequence[int]
    old_at: Mapping[str, int]
    new_at: Mapping[str, int]
    gone: Mapping[int, list[str]]
    added: Mapping[int, list[str]]

    def old_gap(self, key: str) -> int:
        return bisect_left(self.old_chain, self.old_at[key])

    def new_gap(self, key: str) -> int:
        return bisect_left(self.new_chain, self.new_at[key])

    def beside(self, key: str) -> tuple[str, str]:
        """The followed old neighbours before and after an old key, "" at an end."""
        gap = self.old_gap(key)
        before = self.old[self.old_chain[gap - 1]] if gap else ""
        after = bisect_right(self.old_chain, self.old_at[key])
        return before, self.old[self.old_chain[after]] if after < len(self.old_chain) else ""

    def agreement(self, old: str, new: str) -> float:
        """−1 to 1: whether the two stand between the same neighbours, by how well the order is kept at all."""
        if len(self.old_chain) < FEWEST:
            return 0.0
        gap = self.old_gap(old)
        if gap != self.new_gap(new):
            return -self.kept
        gone, added = self.gone.get(gap, []), self.added.get(gap, [])
        if len(gone) == len(added) and old in gone and new in added:
            return self.kept if gone.index(old) == added.index(new) else 0.3 * self.kept
        return 0.6 * self.kept


def order_of(old: Sequence[str], new: Sequence[str], pairs: Mapping[str, str], back: Mapping[str, str]) -> Order:
    """The order of two lists of keys; `pairs` and `back` say which continue, also outside these lists."""
    old_at = {key: number for number, key in enumerate(old)}
    new_at = {key: number for number, key in enumerate(new)}
    points = [(at, new_at[pairs[key]]) for key, at in old_at.items() if pairs.get(key) in new_at]
    chain = _longest_rising(points)
    old_chain, new_chain = [point[0] for point in chain], [point[1] for point in chain]
    gone: dict[int, list[str]] = {}
    added: dict[int, list[str]] = {}
    for key in old:
        if key not in pairs:
            gone.setdefault(bisect_left(old_chain, old_at[key]), []).append(key)
    for key in new:
        if key not in back:
            added.setdefault(bisect_left(new_chain, new_at[key]), []).append(key)
    kept = len(chain) / len(points) if points else 0.0
    return Order(kept, old, new, old_chain, new_chain, old_at, new_at, gone, added)


def _longest_rising(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the points that rises in the second number as in the first (patience sorting)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, height) in enumerate(points):
        at = bisect_left(ends, height)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(height)
            last.append(number)
        else:
            ends[at], last[at] = height, number
    chain = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(points[at])
        at = before[at]
    return chain[::-1]
