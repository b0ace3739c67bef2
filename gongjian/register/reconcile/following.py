"""The work on two lists: which old row continues as which new one so far, and the measures taken of that."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ..identity import place_of
from .evidence import Evidence
from .lists import Sheet
from .names import PlaceName


@dataclass(frozen=True, slots=True)
class Link:
    """Part of an old town's villages lie in a new town: how many, of how many whose way is known."""

    new_town: str
    moved: float
    of: float

    @property
    def share(self) -> float:
        return self.moved / self.of if self.of else 0.0


@dataclass
class Following:
    """`to` and `back` hold who continues as whom; `why` the evidence and confidence of a pair, by its old key."""

    old: Sheet
    new: Sheet
    to: dict[str, str] = field(default_factory=dict)
    back: dict[str, str] = field(default_factory=dict)
    why: dict[str, tuple[float, tuple[Evidence, ...]]] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict)

    def pair(self, old: str, new: str) -> None:
        self.to[old] = new
        self.back[new] = old

    def part(self, old: str) -> None:
        self.back.pop(self.to.pop(old))

    def is_free(self, old: str, new: str) -> bool:
        return old not in self.to and new not in self.back

    def link(self, old_town: str, new_town: str) -> Link | None:
        return next((link for link in self.links.get(old_town, ()) if link.new_town == new_town), None)

    def old_name(self, key: str) -> PlaceName:
        return self.old.names[key]

    def new_name(self, key: str) -> PlaceName:
        return self.new.names[key]

    def villages_gone(self, old_town: str) -> list[str]:
        return [key for key in self.old.villages.get(old_town, ()) if key not in self.to]

    def villages_new(self, new_town: str) -> list[str]:
        return [key for key in self.new.villages.get(new_town, ()) if key not in self.back]

    def moves(self) -> dict[str, Counter[str]]:
        """For each old town, how many of its villages that are followed lie in which new town."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for old, new in self.to.items():
            if self.old.rows[old].level == "village":
                found[self.old.parent(old)][self.new.parent(new)] += 1
        return found


def town_place(sheet: Sheet, key: str) -> str:
    """The place of a town's name, "" at the top."""
    return place_of(sheet.rows[key].name, sheet.rows[key].level) if key else ""


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))
