"""What things have become along the links of their lineage, and in which shares. Pure Python: values in, values out.

Where the shares of a division are not known, each of its ends has an unknown share – unless all its parts end alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import reduce

# Shares have eight places; a product of them has eight more for each reform. It is exact, or it fails.
EXACT = Context(prec=4000, traps=[Inexact, InvalidOperation])
NONE, WHOLE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Link:
    """From the day `on`, `share` of `old` goes on in `new`; None where nobody can know the share."""

    id: int
    old: int
    new: int
    on: date
    share: Decimal | None


@dataclass(frozen=True)
class State:
    """A thing on a day, on the way. `next_on` is the day of its next links, on which it `stays` beside them or not.

    Without a next day it is an end: it `stands`, or its way is lost there.
    """

    id: int
    day: date
    next_on: date | None
    stays: bool
    stands: bool


@dataclass(frozen=True)
class End:
    """Where a way ends: in a thing that stands, or lost at the last thing it led to."""

    id: int
    is_lost: bool = False


@dataclass(frozen=True)
class Part:
    """What leads to one end: the share, None where it cannot be known, and the links on the way."""

    share: Decimal | None
    via: frozenset[int] = frozenset()


@dataclass
class Ways:
    """The graph of states and links between two days; `of` gives the ends of one state, each computed once."""

    states: Mapping[tuple[int, date], State]
    links: Mapping[tuple[int, date], Sequence[Link]]
    _known: dict[tuple[int, date], dict[End, Part]] = field(default_factory=dict)

    def of(self, id: int, day: date) -> dict[End, Part]:
        """The ends of a thing that stood on `day`, with their shares. Days run onwards, so that this ends."""
        key = (id, day)
        if key not in self._known:
            self._known[key] = self._follow(self.states[key])
        return self._known[key]

    def _follow(self, state: State) -> dict[End, Part]:
        if state.next_on is None:
            return {End(state.id, is_lost=not state.stands): Part(WHOLE)}
        links = self.links[state.id, state.next_on]
        parts = [(link.share, {link.id}, self.of(link.new, state.next_on)) for link in links]
        if state.stays:
            parts.append((remainder([link.share for link in links]), set(), self.of(state.id, state.next_on)))
        return _alike(parts) or _together(parts)


def remainder(shares: Sequence[Decimal | None]) -> Decimal | None:
    """What a thing that stays beside its parts keeps: 1 less the shares that went; None where those are not known."""
    return None if None in shares else EXACT.subtract(WHOLE, total(share for share in shares if share is not None))


def total(shares: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(EXACT.add, shares, NONE)


def times(one: Decimal | int, other: Decimal) -> Decimal:
    """The exact product."""
    return EXACT.multiply(Decimal(one), other)


Branches = Sequence[tuple[Decimal | None, set[int], dict[End, Part]]]


def _alike(branches: Branches) -> dict[End, Part] | None:
    """Branches that end alike, all known: however it was divided on the way, the shares at the end are these."""
    first = {end: part.share for end, part in branches[0][2].items()}
    if None in first.values() or any({e: p.share for e, p in ends.items()} != first for _s, _l, ends in branches):
        return None
    return {
        end: Part(share, frozenset().union(*(ends[end].via | links for _share, links, ends in branches)))
        for end, share in first.items()
    }


def _together(branches: Branches) -> dict[End, Part]:
    found: dict[End, Part] = {}
    for share, links, ends in branches:
        for end, part in ends.items():
            went = None if share is None or part.share is None else times(share, part.share)
            before = found.get(end, Part(NONE))
            both = None if went is None or before.share is None else EXACT.add(before.share, went)
            found[end] = Part(both, before.via | part.via | links)
    return found
