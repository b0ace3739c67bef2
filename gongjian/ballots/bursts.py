"""What looks bought or stuffed among envelopes, each with its reason: plain values in, plain values out; no Django.

Nothing here says that a ballot is false. It says what two people should look at, and by which rule it was found. No
rule looks at what is in an envelope, or counts addresses alone: a village may stand behind one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
class Came:
    """How many came, counted: from each network in each half hour of each unit; of each batch in each half hour, and of
    how many units; of each unit at all. A network may be left out from which fewer than `fewest_in_half_an_hour` came
    in each of them: no hour of it has LEAST."""

    networks: Mapping[bytes, Mapping[int, Mapping[int, int]]]
    batches: Mapping[int, Mapping[int, int]]
    units_of_batch: Mapping[int, int]
    units: Mapping[int, int]


@dataclass(frozen=True)
class Suspicion:
    """`reason`: network, batch, night, unit. It is about whoever came from that `network`, or by that `batch`, in these
    `half_hours`; about nobody, where it is a unit as a whole."""

    reason: str
    key: str
    facts: Mapping[str, Any]
    network: bytes = field(default=b"", repr=False)
    batch: int | None = None
    half_hours: tuple[int, ...] = ()

    def is_about(self, one: Arrival) -> bool:
        is_same = one.network == self.network if self.network else one.batch == self.batch
        return one.half_hour in self.half_hours and is_same


def fewest_in_half_an_hour() -> int:
    """An hour with LEAST has so many in one of its halves."""
    return -(-LEAST // HALF_HOURS)


def counted(arrivals: Iterable[Arrival]) -> Came:
    networks: defaultdict[bytes, defaultdict[int, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    batches: defaultdict[int, Counter[int]] = defaultdict(Counter)
    units_of_batch: defaultdict[int, set[int]] = defaultdict(set)
    units: Counter[int] = Counter()
    for each in arrivals:
        units[each.unit] += 1
        if each.network:
            networks[each.network][each.half_hour][each.unit] += 1
        if each.batch is not None:
            batches[each.batch][each.half_hour] += 1
            units_of_batch[each.batch].add(each.unit)
    return Came(networks, batches, {batch: len(some) for batch, some in units_of_batch.items()}, units)


def suspicions(came: Came, roll_by_unit: Mapping[int, int], cards_by_batch: Mapping[int, int]) -> list[Suspicion]:
    """All that is found, each once: of windows that overlap the one with most voters."""
    found = [*_networks(came), *_batches(came, cards_by_batch), *_units(came, roll_by_unit)]
    return sorted(found, key=lambda one: (one.reason, one.key))


def _networks(came: Came) -> Iterator[Suspicion]:
    """Many units from one address within an hour; or many at night, of however many units."""
    for network, by_time in came.networks.items():
        for window in _windows({at: sum(units.values()) for at, units in by_time.items()}):
            units = sum((Counter(by_time[at]) for at in window), Counter[int]())
            share = max(units.values()) / units.total()
            facts = {"voters": units.total(), "units": len(units), "half_hour": window[0]}
            key = f"{network.hex()}:{window[0]}"
            if len(units) >= MIXED_UNITS and share <= LARGEST_SHARE:
                yield Suspicion("network", key, facts, network=network, half_hours=window)
            elif all(at % 48 in NIGHT for at in window):
                yield Suspicion("night", key, facts, network=network, half_hours=window)


def _batches(came: Came, cards: Mapping[int, int]) -> Iterator[Suspicion]:
    """Cards of one batch, given out over several units, cast in an hour far beyond the other batches in that hour.

    A batch printed for one place is not judged: there a meeting that votes together looks the same.
    """
    in_all = sum((Counter(by_time) for by_time in came.batches.values()), Counter[int]())
    for batch, by_time in came.batches.items():
        all_cards = sum(number for other, number in cards.items() if other != batch)
        if came.units_of_batch[batch] < MIXED_UNITS or not all_cards:
            continue
        for window in _windows(by_time):
            hour = range(window[0], window[0] + HALF_HOURS)
            beside = sum(in_all[at] - by_time.get(at, 0) for at in hour) / all_cards
            voters = sum(by_time[at] for at in window)
            share = voters / cards[batch]
            if share >= TIMES * beside + POINTS:
                facts = {"batch": batch, "voters": voters, "share": round(share, 3), "others": round(beside, 3),
                         "half_hour": window[0]}  # fmt: skip
                yield Suspicion("batch", f"{batch}:{window[0]}", facts, batch=batch, half_hours=window)


def _units(came: Came, roll: Mapping[int, int]) -> Iterator[Suspicion]:
    """A unit in which far more voted than in the middle one: at least TURNOUT, and beyond the spread of all."""
    rates = {unit: came.units.get(unit, 0) / size for unit, size in roll.items() if size >= SMALLEST_UNIT}
    if len(rates) < FEWEST_UNITS:
        return
    middle = median(rates.values())
    spread = 1.4826 * median(abs(rate - middle) for rate in rates.values())  # as a deviation, if they were normal
    for unit, rate in rates.items():
        if rate >= TURNOUT and rate - middle > max(BEYOND, SPREAD * spread):
            yield Suspicion("unit", str(unit), {"unit": unit, "turnout": round(rate, 3), "middle": round(middle, 3)})


def _windows(by_time: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    """The hours with at least LEAST voters, as their half hours: the fullest first, then the fullest of the others."""
    left = dict(by_time)
    while left:
        sums = {start: sum(left.get(start + at, 0) for at in range(HALF_HOURS)) for start in left}
        start = max(sums, key=lambda each: (sums[each], -each))
        if sums[start] < LEAST:
            return
        window = tuple(at for at in range(start, start + HALF_HOURS) if at in left)
        yield window
        for at in window:
            del left[at]
