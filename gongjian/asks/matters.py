"""What an ask stands on – an item of a plan, a decision, a gap –, told by the package whose matter it is.

`Sending.about` holds a reference such as `programme.item:7`. Packages above register their matters when they start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from gongjian.register.access import Reader

Tell = Callable[[Reader, int], tuple[str, str] | None]
Offer = Callable[[Reader, date], Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class Matter:
    """One thing that asks can stand on: what it is called, and the page on which it is looked up."""

    label: str
    href: str


_tells: dict[str, Tell] = {}
_offers: dict[str, Offer] = {}


def add(kind: str, tell: Tell, offer: Offer | None = None) -> None:
    """`tell` takes a reader and an id and returns a label and an address, or None for what is not open to the reader.
    `offer` lists ids and labels that somebody who writes can choose from. The same kind again replaces the former.
    """
    _tells[kind] = tell
    if offer is not None:
        _offers[kind] = offer


def told(reader: Reader, reference: str) -> Matter | None:
    """What the reference means to this reader; None where there is none, or none that is open to the reader."""
    kind, _colon, id = reference.rpartition(":")
    found = _tells[kind](reader, int(id)) if kind in _tells and id.isdecimal() else None
    return Matter(*found) if found else None


def offered(reader: Reader, today: date) -> list[tuple[str, str]]:
    """References and labels of what somebody who writes can say it stands on."""
    return [(f"{kind}:{id}", label) for kind, offer in _offers.items() for id, label in offer(reader, today)]
