"""The audit of what is told of a day: linear programmes that try to recover what is held back.

It knows nothing of how cells are chosen to be held back, only what everybody knows: how many there are, of how many it
is seen in the open that they have it, what is told, and that parts add up. All indicators of a day are asked together,
and those that have it and those that lack it are numbers of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

LEAST = 5


@dataclass(frozen=True)
class Told:
    """One cell as it is published: `having` is None where it is held back."""

    indicator: str
    place: int
    above: int | None
    counted: int
    openly: int
    having: int | None

    @property
    def key(self) -> tuple[str, int, bool]:
        return self.indicator, self.place, False


Key = tuple[str, int, bool]  # indicator, place, and whether it is what stands in the place and in none of its parts


class Audit:
    """What can be worked out: the least and the most of any number of those who have it."""

    def __init__(self, told: Iterable[Told], beforehand: Mapping[Key, tuple[int, int]] | None = None) -> None:
        self.told = {each.key: each for each in told}
        parts: dict[Key, list[Told]] = {}
        for each in self.told.values():
            if each.above is not None:
                parts.setdefault((each.indicator, each.above, False), []).append(each)
        self.bounds: dict[Key, tuple[int, int]] = {}
        self.counted: dict[Key, int] = {}
        self.rows: list[dict[Key, int]] = []
        for key, each in self.told.items():
            self._add(key, each.counted, (each.openly, each.counted) if each.having is None else (each.having,) * 2)
            if key in parts:
                rest = (each.indicator, each.place, True)
                counted = each.counted - sum(part.counted for part in parts[key])
                self._add(rest, counted, (each.openly - sum(part.openly for part in parts[key]), counted))
                self.rows.append({key: -1, rest: 1, **{part.key: 1 for part in parts[key]}})
        for key, (low, high) in (beforehand or {}).items():
            own = self.bounds[key]
            self.bounds[key] = (max(own[0], low), min(own[1], high))
        self._lay_out()

    def _add(self, key: Key, counted: int, bounds: tuple[int, int]) -> None:
        self.counted[key], self.bounds[key] = counted, bounds

    def _lay_out(self) -> None:
        """Two numbers for each cell: those who have it, then those who lack it."""
        self.at = {key: at for at, key in enumerate(self.bounds)}
        size = len(self.at)
        places, numbers, right = [], [], []
        for row, terms in enumerate([*self.rows, *({key: 1} for key in self.at)]):
            for key, sign in terms.items():
                places.append((row, self.at[key]))
                numbers.append(sign)
            if row >= len(self.rows):
                key = next(iter(terms))
                places.append((row, size + self.at[key]))
                numbers.append(1)
            right.append(0 if row < len(self.rows) else self.counted[key])
        rows, columns = zip(*places, strict=True)
        self.matrix = csr_array((numbers, (rows, columns)), shape=(len(right), 2 * size))
        self.right = np.array(right)
        self.limits = [*self.bounds.values(), *((0, each) for each in self.counted.values())]

    def possible(self, key: Key) -> tuple[int, int]:
        """The least and the most; the matrix is one of a network, so that both are whole."""
        return self._best(key, 1), self._best(key, -1)

    def _best(self, key: Key, sign: int) -> int:
        aim = np.zeros(self.matrix.shape[1])
        aim[self.at[key]] = sign
        found = linprog(aim, A_eq=self.matrix, b_eq=self.right, bounds=self.limits, method="highs")
        assert found.status == 0, found.message
        return sign * round(found.fun)


def recovered(audit: Audit, sensitive: Iterable[Key]) -> list[tuple[Key, int, int]]:
    """Cells that the totals give away: what is sensitive up to less than is promised, other held cells altogether."""
    needed = {key: 1 for key, each in audit.told.items() if each.having is None}
    for key in sensitive:
        undecided = audit.counted[key] - openly(audit, key)
        needed[key] = min(LEAST, undecided)
    ranges = {key: audit.possible(key) for key in needed}
    return [(key, *ranges[key]) for key, least in needed.items() if ranges[key][1] - ranges[key][0] < least]


def openly(audit: Audit, key: Key) -> int:
    if not key[2]:
        return audit.told[key].openly
    whole = audit.told[key[0], key[1], False]
    parts = [each for each in audit.told.values() if (each.indicator, each.above) == key[:2]]
    return whole.openly - sum(each.openly for each in parts)
