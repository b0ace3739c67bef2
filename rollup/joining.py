"""Which units, each too small for a body of its own, could set one up together. Numbers in, groups out; no database.

A group holds at least two and at most so many units; together they count enough people; and all of them share one
neighbourhood: a building or park, a village, or a trade within a town. Wanted are groups that hold as many units as
possible; of these the ones with the most people; and of these the nearest. `suggest` looks for them, `greedy` is what
one would do by hand, and `bound` is a number of units that nobody can exceed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import accumulate
from typing import NamedTuple, TypeAlias

ROUNDS = 4  # through all neighbourhoods; more of them change nothing on the sample city
SPARE_TRIES = 20  # releases that may fail while one neighbourhood looks for units to draw in


class Hood(NamedTuple):
    """A neighbourhood: how far it reaches (0 is the nearest kind), the id of its place, and of which trade."""

    reach: int
    place: int
    trade: str = ""


@dataclass(frozen=True)
class Small:
    """A unit without a body. `heads` is None where nobody has counted; `hoods` are those it lies in, nearest first."""

    id: int
    heads: int | None
    hoods: tuple[Hood, ...]


@dataclass(frozen=True)
class Rule:
    """A group counts `least` people or more, in two to `most` units."""

    least: int
    most: int


@dataclass(frozen=True)
class Group:
    """Units that could set up a body together, in the order of their ids, and the neighbourhood that all share."""

    hood: Hood
    units: tuple[int, ...]
    heads: int


Units: TypeAlias = list[int]
Heads: TypeAlias = Mapping[int, int]


def suggest(units: Iterable[Small], rule: Rule) -> list[Group]:
    """The groups found, by neighbourhood. The same units in any order give the same groups.

    Units that reach the threshold alone, that count nobody, or whose heads are not known are in none. First each
    neighbourhood, the nearest kinds first, groups what is free in it as well as it can alone. Then neighbourhoods with
    units left over draw in larger ones from others that can spare them, until that changes nothing.
    """
    board = _Board(units, rule)
    for hood in board.hoods:
        board.settle(hood)
    for _ in range(ROUNDS):
        if not sum([board.take_in(hood) for hood in board.hoods]):
            break
    return board.groups()


def greedy(units: Iterable[Small], rule: Rule) -> list[Group]:
    """The baseline: take a unit, add its nearest free neighbours until the threshold is reached or the group is full.

    A group that is full and still too small is given up; its units stay free for the next one.
    """
    usable = _usable(units, rule)
    members = _members(usable)
    free = set(usable)
    found = []
    for id in sorted(usable):
        group = _nearest_around(usable[id], free, members, usable, rule) if id in free else None
        if group:
            free.difference_update(group.units)
            found.append(group)
    return found


def bound(units: Iterable[Small], rule: Rule) -> int:
    """A number of units that no choice of groups exceeds.

    Proof. A unit that does not reach `least` with the `most` − 1 largest others in any neighbourhood of its own is in
    no group, and may be struck out; so may then those that needed it. Neighbourhoods that share a unit are put
    together; no group reaches out of such a cluster. If in a cluster k units are in g groups, then g ≥ k / most, since
    no group holds more, so g ≥ ⌈k / most⌉; each group counts at least `least`, so the k units count at least
    least · ⌈k / most⌉, and the k largest of the cluster count no fewer than these k. Hence k is at most the largest k
    whose k largest units count least · ⌈k / most⌉. The sum of these over the clusters is the bound.
    """
    usable = _reaching(_usable(units, rule), rule)
    found = 0
    for cluster in _clusters(usable):
        sums = list(accumulate(sorted((usable[id].heads or 0 for id in cluster), reverse=True)))
        fitting = (k for k in range(len(sums), 1, -1) if sums[k - 1] >= rule.least * _groups_for(k, rule))
        found += next(fitting, 0)
    return found


def covered(groups: Iterable[Group]) -> int:
    """How many units are in the groups."""
    return sum(len(each.units) for each in groups)


# == one neighbourhood alone ==
def packed(ids: Iterable[int], heads: Heads, rule: Rule) -> list[Units]:
    """Groups that hold as many of the units as can be, all of which may go together.

    If k units can be grouped, then so can the k largest: put a larger one in the place of a smaller. And ⌈k / most⌉
    groups do: as long as there are more, one of them finds room in the others, which only grow. So it is enough to try
    the k largest in ⌈k / most⌉ groups, for the largest k whose people suffice, and to fill these evenly.
    """
    order = sorted(ids, key=lambda id: (-heads[id], id))
    sums = list(accumulate(heads[id] for id in order))
    for k in range(len(order), 1, -1):
        number = _groups_for(k, rule)
        if sums[k - 1] >= rule.least * number:
            filled = _filled(order[:k], number, heads, rule)
            if filled:
                return filled
    return []


def _groups_for(k: int, rule: Rule) -> int:
    return -(-k // rule.most)


def _filled(order: Units, number: int, heads: Heads, rule: Rule) -> list[Units]:
    """All the units in so many groups, each as large as it must be; nothing if that is not found.

    The largest go first, each into the group that counts the fewest yet and has room.
    """
    groups: list[Units] = [[] for _ in range(number)]
    open_ones = [(0, at) for at in range(number)]
    heapify(open_ones)
    for id in order:
        total, at = heappop(open_ones)
        groups[at].append(id)
        if len(groups[at]) < rule.most:
            heappush(open_ones, (total + heads[id], at))
    return groups if _evened(groups, heads, rule) else []


def _evened(groups: list[Units], heads: Heads, rule: Rule) -> bool:
    """Exchange single units until every group is large enough; False if no exchange helps any more."""
    sums = [sum(heads[id] for id in group) for group in groups]
    while True:
        poorest = min(range(len(groups)), key=sums.__getitem__)
        if sums[poorest] >= rule.least:
            return True
        best = max(_exchanges(groups, sums, poorest, heads, rule), default=None)
        if best is None:
            return False
        _gain, less, rich, at, to = best
        groups[rich][at], groups[poorest][to] = groups[poorest][to], groups[rich][at]
        sums[rich] += less
        sums[poorest] -= less


def _exchanges(
    groups: list[Units], sums: Sequence[int], poorest: int, heads: Heads, rule: Rule
) -> Iterator[tuple[int, int, int, int, int]]:
    """What the poorest group gains of what it lacks, what the other one changes by, which that is, and whom they give.

    No other group falls below the threshold by it.
    """
    lacks = rule.least - sums[poorest]
    for rich, group in enumerate(groups):
        spare = sums[rich] - rule.least
        for at, id in enumerate(group) if spare > 0 else ():
            for to, other in enumerate(groups[poorest]):
                more = heads[id] - heads[other]
                if 0 < more <= spare:
                    yield min(more, lacks), -more, rich, at, to


# == all neighbourhoods ==
class _Board:
    """Which units are grouped, and in which neighbourhood. A unit is in one group at most."""

    def __init__(self, units: Iterable[Small], rule: Rule) -> None:
        self._rule = rule
        self._units = _usable(units, rule)
        self._heads = {id: each.heads or 0 for id, each in self._units.items()}
        self._members = _members(self._units)
        self._groups: dict[Hood, list[Units]] = defaultdict(list)
        self._hood_of: dict[int, Hood] = {}
        self.hoods: Sequence[Hood] = sorted(self._members)

    def groups(self) -> list[Group]:
        return [
            Group(hood, tuple(sorted(ids)), self._sum(ids))
            for hood, groups in sorted(self._groups.items())
            for ids in sorted(map(sorted, groups))
        ]

    def settle(self, hood: Hood) -> None:
        """Group what is free there, and nothing else."""
        self._put(hood, self._groups[hood] + packed(self._free(hood), self._heads, self._rule))

    def take_in(self, hood: Hood) -> int:
        """How many units left over there find a group: where there is room, or with units that others can spare."""
        left = self._free(hood)
        found = self._fill_room(hood, left) if left else 0
        left = self._free(hood) if found else left
        return found + (self._draw_in(hood, left) if left else 0)

    def _fill_room(self, hood: Hood, left: Units) -> int:
        groups = [list(each) for each in self._groups[hood]]
        room = [each for each in groups for _ in range(self._rule.most - len(each))]
        for group, id in zip(room, left, strict=False):
            group.append(id)
        self._put(hood, groups)
        return min(len(room), len(left))

    def _draw_in(self, hood: Hood, left: Units) -> int:
        """Release the largest units of the neighbourhood that others can spare, until what is left can be grouped.

        If that groups no more units than before, everything is put back.
        """
        before: dict[Hood, list[Units]] = {}
        drawn: Units = []
        pool, tries = sum(self._heads[id] for id in left), SPARE_TRIES
        for id in self._elsewhere(hood):
            if pool >= self._rule.least * _groups_for(len(left) + len(drawn), self._rule) or not tries:
                break
            home = self._hood_of[id]
            rest = self._without(id)
            if rest is None:
                tries -= 1
                continue
            before.setdefault(home, self._groups[home])
            self._put(home, rest)
            drawn.append(id)
            pool += self._heads[id]
        fresh = packed([*left, *drawn], self._heads, self._rule)
        gained = sum(map(len, fresh)) - len(drawn)
        grouped = {id for group in fresh for id in group}
        if gained > 0 and grouped.issuperset(drawn):
            self._put(hood, self._groups[hood] + fresh)
            return gained
        for home, groups in before.items():
            self._put(home, groups)
        return 0

    def _elsewhere(self, hood: Hood) -> Iterator[int]:
        """Its units that are grouped in another neighbourhood and larger than a group needs of each, largest first."""
        for id in self._members[hood]:
            if self._heads[id] * self._rule.most <= self._rule.least:
                return
            if self._hood_of.get(id, hood) != hood:
                yield id

    def _without(self, id: int) -> list[Units] | None:
        """The groups of the unit's neighbourhood when it leaves and all others stay grouped; None if they cannot."""
        groups = self._groups[self._hood_of[id]]
        own = next(group for group in groups if id in group)
        if len(own) > 2 and self._sum(own) - self._heads[id] >= self._rule.least:
            return [[each for each in group if each != id] for group in groups]
        rest = [each for group in groups for each in group if each != id]
        again = packed(rest, self._heads, self._rule)
        return again if sum(map(len, again)) == len(rest) else None

    def _put(self, hood: Hood, groups: list[Units]) -> None:
        for group in self._groups[hood]:
            for id in group:
                if self._hood_of.get(id) == hood:
                    del self._hood_of[id]
        self._groups[hood] = groups
        self._hood_of.update((id, hood) for group in groups for id in group)

    def _free(self, hood: Hood) -> Units:
        return [id for id in self._members[hood] if id not in self._hood_of]

    def _sum(self, ids: Iterable[int]) -> int:
        return sum(self._heads[id] for id in ids)


# == the units ==
def _usable(units: Iterable[Small], rule: Rule) -> dict[int, Small]:
    """Those that count somebody and do not reach the threshold alone."""
    return {each.id: each for each in units if each.heads is not None and 0 < each.heads < rule.least}


def _members(units: Mapping[int, Small]) -> dict[Hood, Units]:
    """The units of each neighbourhood, the largest first."""
    found: dict[Hood, Units] = defaultdict(list)
    for id in sorted(units, key=lambda id: (-(units[id].heads or 0), id)):
        for hood in units[id].hoods:
            found[hood].append(id)
    return dict(found)


def _nearest_around(
    seed: Small, free: set[int], members: Mapping[Hood, Units], units: Mapping[int, Small], rule: Rule
) -> Group | None:
    """The group that the nearest free units make with this one, all in one neighbourhood; the nearest that does."""
    for hood in seed.hoods:
        near = sorted(
            (id for id in members[hood] if id in free and id != seed.id),
            key=lambda id: (-len(set(units[id].hoods) & set(seed.hoods)), id),
        )
        group, total = [seed.id], seed.heads or 0
        for id in near[: rule.most - 1]:
            group.append(id)
            total += units[id].heads or 0
            if total >= rule.least:
                return Group(hood, tuple(sorted(group)), total)
    return None


def _reaching(units: dict[int, Small], rule: Rule) -> dict[int, Small]:
    """Without the units that no group can hold, and those which needed them."""
    while True:
        best: dict[Hood, Units] = {
            hood: [units[id].heads or 0 for id in ids[: rule.most]] for hood, ids in _members(units).items()
        }
        kept = {id: each for id, each in units.items() if any(_reaches(each, best[hood], rule) for hood in each.hoods)}
        if len(kept) == len(units):
            return kept
        units = kept


def _reaches(unit: Small, largest: Units, rule: Rule) -> bool:
    """Does the unit reach the threshold with the largest others? `largest` are those of the neighbourhood."""
    heads = unit.heads or 0
    at = largest.index(heads) if heads in largest else len(largest)
    others = [each for place, each in enumerate(largest) if place != at]
    return bool(others) and heads + sum(others[: rule.most - 1]) >= rule.least


def _clusters(units: Mapping[int, Small]) -> list[Units]:
    """The units that hang together by neighbourhoods."""
    above: dict[Hood, Hood] = {}

    def top(hood: Hood) -> Hood:
        while above.setdefault(hood, hood) != hood:
            above[hood] = hood = above[above[hood]]
        return hood

    for each in units.values():
        for hood in each.hoods[1:]:
            above[top(hood)] = top(each.hoods[0])
    found: dict[Hood, Units] = defaultdict(list)
    for id, each in units.items():
        if each.hoods:
            found[top(each.hoods[0])].append(id)
    return list(found.values())
