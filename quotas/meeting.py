"""Can so many places still be filled within all bounds? Exactly, or not at all.

A bound counts those who have certain marks. Who is alike in every bound is of one kind; only numbers of kinds matter.
Two bounds are *nested* if one covers only kinds that the other covers, or none of them. Where the bounds fall into two
families, each nested in itself, a flow with lower bounds through the two trees decides (Ford and Fulkerson, Flows in
Networks, 1962, II.3): that is caps per county and per county and kind, beside caps per trade. Else those bounds that
are not nested in the first family are counted along: all sums that can be reached, as the bits of one number; that is
women, new faces, and front line beside counties. Where there would be more than REACH sums it is refused.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .faults import Fault

REACH = 2**25
WAYS = 20_000
Kind: TypeAlias = tuple[bool, ...]
Cover: TypeAlias = frozenset[Kind]
Limits: TypeAlias = Mapping[Cover, tuple[int, int]]


@dataclass(frozen=True)
class Bound:
    """At least and at most so many who have all these marks."""

    marks: tuple[tuple[str, str], ...]
    least: int = 0
    most: int | None = None

    @property
    def name(self) -> str:
        return ", ".join(f"{attribute} {value}" for attribute, value in self.marks)

    def covers(self, marks: Mapping[str, str]) -> bool:
        return all(marks.get(attribute, "") == value for attribute, value in self.marks)


def holds(bounds: Iterable[Bound], chosen: Sequence[Mapping[str, str]]) -> bool:
    """Do just these meet all bounds?"""
    return all(
        bound.least
        <= sum(bound.covers(marks) for marks in chosen)
        <= (len(chosen) if bound.most is None else bound.most)
        for bound in bounds
    )


def can_be_met(bounds: Sequence[Bound], had: Sequence[int], kinds: Counter[Kind], places: int) -> bool:
    """Whether `places` more, out of so many of each kind, bring every bound to between its least and its most.

    `had`: how many each bound counts already. Raises Fault where that cannot be said exactly.
    """
    lows = [max(bound.least - number, 0) for bound, number in zip(bounds, had, strict=True)]
    highs = [
        places if bound.most is None else min(bound.most - number, places)
        for bound, number in zip(bounds, had, strict=True)
    ]
    if places < 0 or sum(kinds.values()) < places or any(low > high for low, high in zip(lows, highs, strict=True)):
        return False
    # A bound that cannot bind any more is left out, so that those left are nested more often.
    sets = [frozenset(kind for kind in kinds if kind[at]) for at in range(len(bounds))]
    binding = [
        at for at in range(len(bounds)) if lows[at] or highs[at] < min(places, sum(kinds[kind] for kind in sets[at]))
    ]
    merged: dict[Cover, tuple[int, int]] = {}
    for at in binding:
        low, high = merged.get(sets[at], (0, places))
        merged[sets[at]] = max(low, lows[at]), min(high, highs[at])
    if any(low > high for low, high in merged.values()):
        return False
    families = _families(merged)
    if len(families) <= 2:
        return _flows(merged, families, kinds, places)
    return _reaches(merged, families, kinds, places)


def _families(sets: Iterable[Cover]) -> list[list[Cover]]:
    """Families in each of which any two sets are nested or apart: two if that is found, else one large and the rest."""
    ordered = sorted(sets, key=lambda one: (len(one), sorted(one)))
    ways = [_nested(ordered), _nested(ordered[::-1])]
    return min(ways, key=lambda way: (max(len(way), 2), len(ordered) - len(way[0]) if way else 0))


def _nested(sets: Iterable[Cover]) -> list[list[Cover]]:
    families: list[list[Cover]] = []
    for each in sets:
        for family in families:
            if all(each <= other or other <= each or not each & other for other in family):
                family.append(each)
                break
        else:
            families.append([each])
    return sorted(families, key=len, reverse=True)


# == two families: a flow ==
def _flows(limits: Limits, families: Sequence[Sequence[Cover]], kinds: Counter[Kind], places: int) -> bool:
    """From the top of one tree through the kinds to the top of the other: places units, each edge within its bounds."""
    one, other = (*families, [], [])[:2]
    flow = _Flow()
    for side, family in (("a", one), ("b", other)):
        for each in family:
            above = min((larger for larger in family if each < larger), key=len, default=None)
            start, end = ((side, above), (side, each)) if side == "a" else ((side, each), (side, above))
            flow.edge(start, end, *limits[each])
    for kind, number in kinds.items():
        flow.edge(("a", _innermost(one, kind)), ("b", _innermost(other, kind)), 0, min(number, places))
    flow.edge(("b", None), ("a", None), places, places)
    return flow.is_feasible()


def _innermost(family: Iterable[Cover], kind: Kind) -> Cover | None:
    return min((each for each in family if kind in each), key=len, default=None)


class _Flow:
    """A circulation within lower and upper bounds, by shortest augmenting paths."""

    def __init__(self) -> None:
        self.at: dict[object, int] = {}
        self.out: list[list[int]] = []
        self.to: list[int] = []
        self.room: list[int] = []
        self.over: Counter[int] = Counter()

    def edge(self, start: object, end: object, low: int, high: int) -> None:
        a, b = self._node(start), self._node(end)
        self._add(a, b, high - low)
        self.over[b] += low
        self.over[a] -= low

    def is_feasible(self) -> bool:
        source, sink = self._node("source"), self._node("sink")
        asked = 0
        for node, over in list(self.over.items()):
            if over > 0:
                self._add(source, node, over)
                asked += over
            elif over < 0:
                self._add(node, sink, -over)
        return self._most(source, sink) == asked

    def _node(self, name: object) -> int:
        if name not in self.at:
            self.at[name] = len(self.out)
            self.out.append([])
        return self.at[name]

    def _add(self, a: int, b: int, room: int) -> None:
        for start, end, free in ((a, b, room), (b, a, 0)):
            self.out[start].append(len(self.to))
            self.to.append(end)
            self.room.append(free)

    def _most(self, source: int, sink: int) -> int:
        found = 0
        while True:
            came: dict[int, int] = {source: -1}
            queue = deque([source])
            while queue and sink not in came:
                node = queue.popleft()
                for edge in self.out[node]:
                    if self.room[edge] and self.to[edge] not in came:
                        came[self.to[edge]] = edge
                        queue.append(self.to[edge])
            if sink not in came:
                return found
            path = []
            node = sink
            while node != source:
                path.append(came[node])
                node = self.to[came[node] ^ 1]
            room = min(self.room[edge] for edge in path)
            for edge in path:
                self.room[edge] -= room
                self.room[edge ^ 1] += room
            found += room


# == one family, and a few sums beside it ==
def _reaches(limits: Limits, families: Sequence[Sequence[Cover]], kinds: Counter[Kind], places: int) -> bool:
    """Whether some sums within the bounds beside the first family can be reached, filling all places."""
    sums = _Sums(limits, families[0], [each for other in families[1:] for each in other], kinds, places)
    return bool(sums.reached() & sums.wanted())


class _Sums:
    """All (sums of the bounds beside, places filled) that can be reached; each is a number, and a bit of one number.

    To add a vector is to shift. No digit carries over: none exceeds the places filled, and what fills more than all
    places is cut off.
    """

    def __init__(
        self, limits: Limits, family: Sequence[Cover], beside: Sequence[Cover], kinds: Counter[Kind], places: int
    ) -> None:
        self.limits, self.family, self.beside, self.kinds, self.places = limits, family, beside, kinds, places
        self.digit = places + 1
        self.filled: int = self.digit ** len(beside)  # what one place filled is worth
        if self.filled * self.digit > REACH:
            raise Fault("bounds_too_tangled", beside=len(beside), places=places)
        self.worth = {
            kind: self.filled + sum(self.digit**at for at, each in enumerate(beside) if kind in each) for kind in kinds
        }

    def reached(self) -> int:
        whole = (1 << self.filled * self.digit) - 1
        outermost = self._right_below(None)
        found = 1
        for top in outermost:
            found = _shifted(found, self._ways(top)) & whole
        for kind, number in self.kinds.items():
            if not any(kind in top for top in outermost):
                for part in _in_parts(min(number, self.places)):
                    found |= found << part * self.worth[kind] & whole
        return found

    def wanted(self) -> int:
        found: int = 1 << self.places * self.filled
        for at, each in enumerate(self.beside):
            low, high = self.limits[each]
            found = _shifted(found, [number * self.digit**at for number in range(low, high + 1)])
        return found

    def _right_below(self, above: Cover | None) -> list[Cover]:
        inside = [each for each in self.family if above is None or each < above]
        return [each for each in inside if not any(each < other for other in inside)]

    def _ways(self, top: Cover) -> set[int]:
        """What one set can add, within its own bounds and those nested in it."""
        low, high = self.limits[top]
        inner = self._right_below(top)
        parts = [self._ways(each) for each in inner]
        for kind in top:
            if not any(kind in each for each in inner):
                parts.append({number * self.worth[kind] for number in range(min(self.kinds[kind], high) + 1)})
        found = {0}
        for part in parts:
            found = {a + b for a in found for b in part if (a + b) // self.filled <= high}
            if len(found) > WAYS:
                raise Fault("bounds_too_tangled", beside=len(self.beside), places=self.places)
        return {each for each in found if each // self.filled >= low}


def _shifted(number: int, ways: Iterable[int]) -> int:
    found = 0
    for way in ways:
        found |= number << way
    return found


def _in_parts(number: int) -> list[int]:
    """Parts of which every number up to this one is a sum, and none above."""
    parts, part = [], 1
    while number:
        part = min(part, number)
        parts.append(part)
        number -= part
        part *= 2
    return parts
