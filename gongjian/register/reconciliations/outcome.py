"""What all decisions together come to: who goes on as whom, who ended and where that leads. No database.

Keys are the register's units on the old side and the rows of the list on the new side; this module does not care which.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Generic, TypeVar

from ..reconcile.proposals import CONTINUES

Old = TypeVar("Old", bound=Hashable)
New = TypeVar("New", bound=Hashable)
SMALLEST = Decimal("0.00000001")  # as the lineage keeps shares


@dataclass(frozen=True)
class Told(Generic[Old, New]):
    """One finding as decided. `shares` stand in the order of `new`; None where nobody can know them."""

    happened: str
    old: tuple[Old, ...]
    new: tuple[New, ...]
    shares: tuple[float, ...] | None = None


@dataclass
class Outcome(Generic[Old, New]):
    """Each old one is in one of these; a new one that continues none has begun."""

    continues: dict[Old, New] = field(default_factory=dict)
    merged: dict[Old, New] = field(default_factory=dict)
    split: dict[Old, list[tuple[New, Decimal | None]]] = field(default_factory=dict)
    closed: set[Old] = field(default_factory=set)
    unknown: set[Old] = field(default_factory=set)

    def ended(self) -> set[Old]:
        return {*self.merged, *self.split, *self.closed, *self.unknown}

    def successor(self, old: Old, parents: Mapping[Old, Old | None]) -> New | None:
        """The one that holds its ground: itself, what it went on in, else that of what it lay in; None at the top."""
        at: Old | None = old
        while at is not None:
            if at in self.continues:
                return self.continues[at]
            if at in self.merged:
                return self.merged[at]
            if at in self.split:
                return self.split[at][0][0]
            at = parents.get(at)
        return None


def outcome_of(told: Iterable[Told[Old, New]]) -> Outcome[Old, New]:
    """Raises ValueError where two old ones would go on as the same new one."""
    found: Outcome[Old, New] = Outcome()
    taken: dict[New, Old] = {}
    for each in told:
        for old in each.old:
            if each.happened in CONTINUES:
                if each.new[0] in taken:
                    raise ValueError(f"{old!r} and {taken[each.new[0]]!r} cannot both go on as {each.new[0]!r}.")
                taken[each.new[0]] = old
                found.continues[old] = each.new[0]
            elif each.happened == "merged" or (each.happened == "split" and len(each.new) == 1):
                found.merged[old] = each.new[0]
            elif each.happened == "split":
                found.split[old] = _shared(each)
            else:
                (found.closed if each.happened == "closed" else found.unknown).add(old)
    return found


def _shared(told: Told[Old, New]) -> list[tuple[New, Decimal | None]]:
    """The parts, the largest first; shares add up to exactly 1."""
    if told.shares is None:
        return [(new, None) for new in told.new]
    parts = sorted(zip(told.new, told.shares, strict=True), key=lambda part: -part[1])
    total = sum(share for _new, share in parts)
    rounded = [(new, Decimal(share / total).quantize(SMALLEST, ROUND_DOWN)) for new, share in parts[1:]]
    rest = Decimal(1) - sum((share for _new, share in rounded), Decimal(0))
    return [(parts[0][0], rest), *rounded]
