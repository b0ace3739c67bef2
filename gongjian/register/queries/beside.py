"""Small blocks that matters above show on the page of a unit, a body or a person, as of the day of the page.

A matter adds its block with `add_block` when it starts. A block takes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..access import Reader


class Line(NamedTuple):
    """One thing: its name, its page, and a note of a few words."""

    name: str
    href: str
    note: str


@dataclass(frozen=True)
class Block:
    title: str
    lines: list[Line]


Tell = Callable[[Reader, date, str, int], Block | None]
_blocks: list[Tell] = []


def add_block(tell: Tell) -> None:
    """From now on the pages show it. `tell` takes a reader, a day, one of unit, body and person, and an id."""
    if tell not in _blocks:
        _blocks.append(tell)


def beside(reader: Reader, day: date, kind: str, id: int) -> list[Block]:
    """What there is to show; nothing of what is empty."""
    told = (tell(reader, day, kind, id) for tell in _blocks)
    return [each for each in told if each is not None and each.lines]
