"""Who is chosen for some places: the best in rank order who can still meet every bound, with the reason for each.

From the first in rank to the last: a candidate is in if, with those chosen before, all places can still be filled and
all bounds be met; else out. So nobody is passed over but where a rule makes it necessary, and the choice is the
lexicographically best one. “Can still be met” is asked exactly (meeting.py); bounds for which it cannot be are refused.

Those of one rank are in together if they can be. If not, those who could be in no choice are out, and the others are
drawn by a public seed or, without one, left to whoever decides: then choosing stops there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby
from typing import Any, NamedTuple

from .faults import Fault, drawn, exact
from .meeting import Bound, Kind, can_be_met, holds


@dataclass(frozen=True)
class Candidate:
    """`rank`: votes or points, the greater the better; further numbers decide among those of the same first one."""

    id: str
    rank: tuple[Decimal | int, ...]
    marks: Mapping[str, str] = field(default_factory=dict)


class Filter(NamedTuple):
    """Who is passed by no filter is not considered; the first one that bars is the reason."""

    code: str
    bars: Callable[[Candidate], bool]


@dataclass(frozen=True)
class Rule:
    """So many places, within all bounds; `reserve`: so many are to stand ready beyond them."""

    places: int
    bounds: tuple[Bound, ...] = ()
    filters: tuple[Filter, ...] = ()
    reserve: int = 0


class Decided(NamedTuple):
    """Codes: chosen, barred (a filter), full (bounds have their most), kept (places are kept so that bounds can have
    their least), places (all are filled), drawn, level (left to who decides), waiting (behind such), kept_in (chosen
    before).
    """

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """`chosen` and `reserve` in rank order. `level`: those among whom somebody has to decide, if any."""

    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    level: tuple[str, ...]
    decided: dict[str, Decided]


def cap(attributes: Sequence[str], most: int, candidates: Iterable[Candidate]) -> tuple[Bound, ...]:
    """At most so many of each value, or pair of values, that the candidates have."""
    values = {tuple(each.marks.get(name, "") for name in attributes) for each in candidates}
    return tuple(Bound(tuple(zip(attributes, value, strict=True)), most=most) for value in sorted(values))


def share(
    attribute: str, value: str, places: int, *, least: Decimal | None = None, most: Decimal | None = None
) -> Bound:
    """A bound on a share of the places, in hundredths: rounded up for a least and down for a most."""
    low = (
        0
        if least is None
        else int((exact(least, "share_not_a_number") * places / 100).to_integral_value(ROUND_CEILING))
    )
    high = (
        None if most is None else int((exact(most, "share_not_a_number") * places / 100).to_integral_value(ROUND_FLOOR))
    )
    return Bound(((attribute, value),), least=low, most=high)


def choose(rule: Rule, candidates: Iterable[Candidate], *, kept_in: Collection[str] = (), seed: str = "") -> Choice:
    """Choose. Raises Fault if the bounds cannot be met at all, saying which of them one could do without.

    `kept_in`: who was chosen before and stays, when a place has become free.
    """
    return _Choosing(rule, list(candidates), kept_in, seed).choice()


class _Choosing:
    def __init__(self, rule: Rule, candidates: list[Candidate], kept_in: Collection[str], seed: str) -> None:
        _check(rule, candidates, kept_in)
        self.rule, self.seed = rule, seed
        self.decided: dict[str, Decided] = {}
        self.chosen: list[Candidate] = []
        self.dead: set[Kind] = set()
        self.open: list[Candidate] = []
        for each in sorted(candidates, key=lambda each: (each.rank, each.id), reverse=True):
            barred = next((one.code for one in rule.filters if one.bars(each)), None)
            if each.id in kept_in:
                self._take(each, "kept_in")
            elif barred is not None:
                self.decided[each.id] = Decided("barred", {"filter": barred})
            else:
                self.open.append(each)
        self.kinds = {each.id: tuple(bound.covers(each.marks) for bound in rule.bounds) for each in candidates}
        self.considered = tuple(self.open)
        self.level: tuple[str, ...] = ()

    def choice(self) -> Choice:
        if not self._can():
            raise self._fault()
        for _rank, same in groupby(self.considered, key=lambda each: each.rank):
            self._decide(list(same))
            if self.level:
                break
        for each in self.open:
            self.decided[each.id] = Decided("waiting", {"level": len(self.level)})
        chosen = {each.id for each in self.chosen}
        in_order = tuple(each.id for each in sorted(self.chosen, key=lambda each: (each.rank, each.id), reverse=True))
        return Choice(in_order, () if self.level else self._reserve(chosen), self.level, self.decided)

    # == one rank ==
    def _decide(self, same: list[Candidate]) -> None:
        hopeful = [each for each in same if self._is_hopeful(each)]
        if len(hopeful) > 1 and not self._can(hopeful):
            if not self.seed:
                self._leave_to_others(hopeful)
                return
            hopeful.sort(key=lambda each: drawn(self.seed, each.id))
            for each in hopeful:
                self._one_after_another(each)
        else:
            for each in hopeful:
                self._take(each, "chosen")

    def _one_after_another(self, each: Candidate) -> None:
        if self._can([each]):
            self._take(each, "chosen")
        else:
            self.open.remove(each)
            self.decided[each.id] = Decided("drawn", self._why_not(each).facts)

    def _is_hopeful(self, each: Candidate) -> bool:
        """Could be in; else it is out, and so are all behind it who are alike in every bound."""
        if self.kinds[each.id] not in self.dead and self._can([each]):
            return True
        self.dead.add(self.kinds[each.id])
        self.open.remove(each)
        self.decided[each.id] = self._why_not(each)
        return False

    def _leave_to_others(self, hopeful: list[Candidate]) -> None:
        self.level = tuple(sorted(each.id for each in hopeful))
        for each in hopeful:
            self.open.remove(each)
            self.decided[each.id] = Decided("level", {"level": len(hopeful), "places": self._places_left()})

    def _take(self, each: Candidate, code: str) -> None:
        self.chosen.append(each)
        if each in self.open:
            self.open.remove(each)
        self.decided[each.id] = Decided(code, {"place": len(self.chosen)})

    def _why_not(self, each: Candidate) -> Decided:
        if not self._places_left():
            return Decided("places", {"places": self.rule.places})
        kind = self.kinds[each.id]
        had = [sum(bound.covers(one.marks) for one in self.chosen) for bound in self.rule.bounds]
        full = [
            bound.name
            for bound, covers, number in zip(self.rule.bounds, kind, had, strict=True)
            if covers and bound.most is not None and number >= bound.most
        ]
        if full:
            return Decided("full", {"bounds": full})
        lacking = [
            (bound.name, bound.least - number)
            for bound, covers, number in zip(self.rule.bounds, kind, had, strict=True)
            if not covers and bound.least > number
        ]
        return Decided("kept", {"bounds": [name for name, _number in lacking], "places": self._places_left()})

    # == what can still be met ==
    def _places_left(self) -> int:
        return self.rule.places - len(self.chosen)

    def _can(self, more: Sequence[Candidate] = (), *, without: Bound | None = None, places: int | None = None) -> bool:
        bounds = [bound for bound in self.rule.bounds if bound is not without]
        taken = [*self.chosen, *more]
        rest = [each for each in self.open if each not in more]
        kinds: Counter[Kind] = Counter(tuple(bound.covers(each.marks) for bound in bounds) for each in rest)
        had = [sum(bound.covers(each.marks) for each in taken) for bound in bounds]
        left = (self.rule.places if places is None else places) - len(taken)
        return can_be_met(bounds, had, kinds, left)

    def _fault(self) -> Fault:
        spare = [bound.name for bound in self.rule.bounds if self._can(without=bound)]
        if len(self.chosen) + len(self.open) < self.rule.places:
            return Fault("too_few_candidates", places=self.rule.places, candidates=len(self.chosen) + len(self.open))
        return Fault("bounds_cannot_be_met", places=self.rule.places, without_one_of=spare)

    # == the reserve ==
    def _reserve(self, chosen: set[str]) -> tuple[str, ...]:
        """The next in rank who could step in for somebody chosen without breaking a bound."""
        if not self.rule.reserve:
            return ()
        found = []
        members = list(self.chosen)
        for each in self.considered:
            if each.id not in chosen and any(
                holds(self.rule.bounds, [one.marks for one in members if one is not gone] + [each.marks])
                for gone in members
            ):
                found.append(each.id)
                if len(found) == self.rule.reserve:
                    break
        return tuple(found)


def _check(rule: Rule, candidates: list[Candidate], kept_in: Collection[str]) -> None:
    ids = {each.id for each in candidates}
    if len(ids) < len(candidates):
        twice = [id for id, times in Counter(each.id for each in candidates).items() if times > 1]
        raise Fault("candidate_twice", ids=sorted(twice))
    if not set(kept_in) <= ids or len(set(kept_in)) > rule.places:
        raise Fault("kept_in_unknown_or_too_many", ids=sorted(set(kept_in) - ids), places=rule.places)
    if rule.places < 1:
        raise Fault("no_places", places=rule.places)
    for each in candidates:
        for number in each.rank:
            exact(number, "rank_not_a_number", candidate=each.id)
    for bound in rule.bounds:
        if bound.least < 0 or (bound.most is not None and bound.most < bound.least):
            raise Fault("least_above_most", bound=bound.name, least=bound.least, most=bound.most)
