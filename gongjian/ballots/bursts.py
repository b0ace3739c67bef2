"""What looks bought or stuffed among envelopes, each with its reason: plain values in, plain values out; no Django.

Nothing here says that a ballot is false. It says what two people should look at, and by which rule it was found. No
rule looks at what is in an envelope, or counts addresses alone: a village may stand behind one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

HALF_HOURS = 2  # the window: an hour, beginning with each half hour
LEAST = 40  # voters in a window before anything is said: settings, without a source
MIXED_UNITS, LARGEST_SHARE = 4, 0.6  # so many units from one address, none of them with more than this share
TIMES, POINTS = 3.0, 0.10  # a batch of cards beside the others in the same hour
NIGHT = range(2, 10)  # half hours of the day, by the local clock: from 1:00 to 5:00
TURNOUT, SPREAD, BEYOND = 0.9, 4.0, 0.25  # a unit beside the middle of all units
SMALLEST_UNIT, FEWEST_UNITS = 20, 5


@dataclass(frozen=True)
class Arrival:
    """The last envelope of one voter. `network`: a hash that says only that two came from one address; empty for
    paper. `half_hour`: counted from the epoch by the local clock. `batch`: of the card, if it came by one."""

    voter: int
    unit: int
    network: bytes
    half_hour: int
    batch: int | None = None


@dataclass(frozen=True)
class Suspicion:
    """`reason`: network, batch, night, unit. `voters`: whose envelopes it is about; none for a unit as a whole."""

    reason: str
    key: str
    facts: Mapping[str, Any]
    voters: tuple[int, ...] = field(repr=False)


def suspicions(
    arrivals: Iterable[Arrival], roll_by_unit: Mapping[int, int], cards_by_batch: Mapping[int, int]
) -> list[Suspicion]:
    """All that is found, each once: of windows that overlap the one with most voters."""
    every = list(arrivals)
    found = [*_networks(every), *_batches(every, cards_by_batch), *_units(every, roll_by_unit)]
    return sorted(found, key=lambda one: (one.reason, one.key))


def _networks(every: Sequence[Arrival]) -> Iterator[Suspicion]:
    """Many units from one address within an hour; or many at night, of however many units."""
    by_network: defaultdict[bytes, list[Arrival]] = defaultdict(list)
    for each in every:
        if each.network:
            by_network[each.network].append(each)
    for network, some in by_network.items():
        for window in _windows(some):
            units = Counter(each.unit for each in window)
            share = max(units.values()) / len(window)
            facts = {"voters": len(window), "units": len(units), "half_hour": window[0].half_hour}
            key = f"{network.hex()}:{window[0].half_hour}"
            if len(units) >= MIXED_UNITS and share <= LARGEST_SHARE:
                yield Suspicion("network", key, facts, _voters(window))
            elif all(each.half_hour % 48 in NIGHT for each in window):
                yield Suspicion("night", key, facts, _voters(window))


def _batches(every: Sequence[Arrival], cards: Mapping[int, int]) -> Iterator[Suspicion]:
    """Cards of one batch, given out over several units, cast in an hour far beyond the other batches in that hour.

    A batch printed for one place is not judged: there a meeting that votes together looks the same.
    """
    by_batch: defaultdict[int, list[Arrival]] = defaultdict(list)
    for each in every:
        if each.batch is not None:
            by_batch[each.batch].append(each)
    for batch, some in by_batch.items():
        if len({each.unit for each in some}) < MIXED_UNITS:
            continue
        others = [each for other, rows in by_batch.items() if other != batch for each in rows]
        all_cards = sum(number for other, number in cards.items() if other != batch)
        for window in _windows(some):
            until = window[0].half_hour + HALF_HOURS
            beside = (
                sum(window[0].half_hour <= each.half_hour < until for each in others) / all_cards if all_cards else 0
            )
            share = len(window) / cards[batch]
            if all_cards and share >= TIMES * beside + POINTS:
                facts = {"batch": batch, "voters": len(window), "share": round(share, 3), "others": round(beside, 3),
                         "half_hour": window[0].half_hour}  # fmt: skip
                yield Suspicion("batch", f"{batch}:{window[0].half_hour}", facts, _voters(window))


def _units(every: Sequence[Arrival], roll: Mapping[int, int]) -> Iterator[Suspicion]:
    """A unit in which far more voted than in the middle one: at least TURNOUT, and beyond the spread of all."""
    cast = Counter(each.unit for each in every)
    rates = {unit: cast[unit] / size for unit, size in roll.items() if size >= SMALLEST_UNIT}
    if len(rates) < FEWEST_UNITS:
        return
    middle = median(rates.values())
    spread = 1.4826 * median(abs(rate - middle) for rate in rates.values())  # as a deviation, if they were normal
    for unit, rate in rates.items():
        if rate >= TURNOUT and rate - middle > max(BEYOND, SPREAD * spread):
            yield Suspicion(
                "unit", str(unit), {"unit": unit, "turnout": round(rate, 3), "middle": round(middle, 3)}, ()
            )


def _windows(some: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """The hours with at least LEAST voters: the fullest first, then the fullest of what is left."""
    left = sorted(some, key=lambda each: (each.half_hour, each.voter))
    while left:
        counts = Counter(each.half_hour for each in left)
        sums = {start: sum(counts[start + at] for at in range(HALF_HOURS)) for start in counts}
        start = max(sums, key=lambda each: (sums[each], -each))
        if sums[start] < LEAST:
            return
        yield [each for each in left if start <= each.half_hour < start + HALF_HOURS]
        left = [each for each in left if not start <= each.half_hour < start + HALF_HOURS]


def _voters(window: Iterable[Arrival]) -> tuple[int, ...]:
    return tuple(sorted(each.voter for each in window))
