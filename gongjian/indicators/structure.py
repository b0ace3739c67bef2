"""Readings of a past day in the structure of today: each division of that day is followed to where it lies now.

A division that went on as a whole takes its reading along, with all that lay in it. Where its parts went different
ways, its reading less those of its parts is what lay right in it, and each goes its own way. What went on in shares is
counted in shares; what cannot be divided is told as standing between places, as on the pages of the register.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gongjian.register.access import Reader
from gongjian.register.queries.structure import DIVISIONS, Tree, ends_by_place, tree_on
from gongjian.register.shares import EXACT, NONE, WHOLE, times
from rollup.tally import MEASURES

from .models import Indicator, Reading, Run

Places = tuple[int, ...]


@dataclass(frozen=True)
class Gathered:
    """What an indicator came to at places of today on a past day, by the names of rollup's measures. Exact."""

    exact: Mapping[str, Decimal]

    @property
    def denominator(self) -> int | Decimal:
        return _shown(self.exact["denominator"])

    @property
    def numerator(self) -> int | Decimal:
        return _shown(self.exact["numerator"])

    @property
    def left_out(self) -> int | Decimal:
        return _shown(self.exact["left_out"])

    @property
    def heads(self) -> int | Decimal:
        return _shown(self.exact["heads"])

    @property
    def heads_having(self) -> int | Decimal:
        return _shown(self.exact["heads_having"])

    @property
    def heads_unknown(self) -> int | Decimal:
        return _shown(self.exact["heads_unknown"])

    @property
    def missing(self) -> int | Decimal:
        return _shown(EXACT.subtract(self.exact["denominator"], self.exact["numerator"]))

    @property
    def rate(self) -> float | None:
        return _rate(self.exact["numerator"], self.exact["denominator"])

    @property
    def heads_rate(self) -> float | None:
        return _rate(self.exact["heads_having"], self.exact["heads"])


Numbers = Mapping[str, Gathered]  # by the key of the indicator; without those of which nothing is meant


@dataclass(frozen=True)
class Gathering:
    """The numbers of a place of today: of the whole, of each place of the next level in it, and of what stands in none
    of those alone: in the place itself, or between places, some of which may lie outside (and are not in the whole)."""

    whole: Numbers
    parts: Mapping[int, Numbers]
    between: Mapping[Places, Numbers]


def gather(reader: Reader, unit_id: int, indicators: Iterable[Indicator], run: Run, today: date) -> Gathering | None:
    """None where the place does not stand today. A bounded number of queries.

    Whoever asks has to know that the reader may see the counts of the place.
    """
    now, then = tree_on(reader, today), tree_on(reader, run.day)
    at = now.levels.get(unit_id)
    if at not in DIVISIONS:
        return None
    level = DIVISIONS[min(DIVISIONS.index(at) + 1, len(DIVISIONS) - 1)]
    divisions = [id for id, its in then.levels.items() if its in DIVISIONS]
    ends = ends_by_place(reader, divisions, run.day, now, level=level, structure="today", today=today)
    near = {
        places: weights
        for places, weights in _weights(then, divisions, ends).items()
        if any(unit_id in now.way_up(id) for id in places)
    }
    found = _numbers(near, [each.pk for each in indicators], run)
    inside = (its for places, its in found.items() if all(unit_id in now.way_up(id) for id in places))
    parts = {places: its for places, its in found.items() if len(places) == 1 and now.levels[places[0]] == level}
    return Gathering(
        whole=_gathered(_together(inside)),
        parts={places[0]: _gathered(its) for places, its in parts.items() if places != (unit_id,)},
        between={places: _gathered(its) for places, its in found.items() if places not in parts},
    )


# == which readings are taken ==
def _weights(
    then: Tree, divisions: Sequence[int], ends: Mapping[int, Mapping[Places, Decimal]]
) -> dict[Places, dict[int, Decimal]]:
    """For each end the readings whose sum is what came to it: whole ones as far down as they went on as a whole."""
    above = {id: _division_above(then, id) for id in divisions}
    below: dict[int, list[int]] = defaultdict(list)
    for id, its in above.items():
        if its is not None:
            below[its].append(id)
    found: dict[Places, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: NONE))
    alike = _alike(then, divisions, below, ends)

    def take(reading: int, places: Places, share: Decimal) -> None:
        found[places][reading] = EXACT.add(found[places][reading], share)

    pending = [id for id, its in above.items() if its is None]
    while pending:
        id = pending.pop()
        if id in alike:
            take(id, alike[id], WHOLE)
            continue
        for places, share in ends[id].items():
            take(id, places, share)
            for part in below[id]:
                take(part, places, EXACT.minus(share))
        pending += below[id]
    return found


def _division_above(then: Tree, id: int) -> int | None:
    """The nearest: a park may stand between."""
    return next((each for each in then.way_up(id) if each != id and then.levels[each] in DIVISIONS), None)


def _alike(
    then: Tree, divisions: Sequence[int], below: Mapping[int, Sequence[int]], ends: Mapping[int, Mapping[Places, Any]]
) -> dict[int, Places]:
    """The divisions that went to one end, undivided and with all that lay in them."""
    found: dict[int, Places] = {}
    for id in sorted(divisions, key=lambda each: -len(list(then.way_up(each)))):  # what lies lower comes first
        places, *more = ends[id]
        if not more and all(found.get(part) == places for part in below.get(id, ())):
            found[id] = places
    return found


# == their numbers ==
Exact = dict[str, dict[str, Decimal]]


def _numbers(near: Mapping[Places, Mapping[int, Decimal]], keys: Sequence[str], run: Run) -> dict[Places, Exact]:
    ids = {id for weights in near.values() for id in weights}
    rows = Reading.objects.filter(day=run.day, indicator__in=keys, unit__in=ids)
    by_unit = defaultdict(list)
    for unit_id, key, *measured in rows.values_list("unit_id", "indicator_id", *MEASURES):
        by_unit[unit_id].append((key, dict(zip(MEASURES, measured, strict=True))))
    found: dict[Places, Exact] = {}
    for places, weights in near.items():
        parts = ({key: _part(each, share)} for id, share in weights.items() for key, each in by_unit[id])
        found[places] = _together(parts)
    return found


def _part(measured: Mapping[str, int], share: Decimal) -> dict[str, Decimal]:
    return {name: times(number, share) for name, number in measured.items()}


def _together(several: Iterable[Exact]) -> Exact:
    found: Exact = defaultdict(lambda: dict.fromkeys(MEASURES, NONE))
    for numbers in several:
        for key, measured in numbers.items():
            found[key] = {name: EXACT.add(found[key][name], number) for name, number in measured.items()}
    return found


def _gathered(numbers: Exact) -> Numbers:
    return {key: Gathered(its) for key, its in numbers.items() if its["denominator"] or its["left_out"]}


def _shown(number: Decimal) -> int | Decimal:
    """Whole, or to a tenth where a share of something was counted."""
    return int(number) if number == number.to_integral_value() else round(number, 1)


def _rate(part: Decimal, whole: Decimal) -> float | None:
    return float(part / whole) if whole else None
