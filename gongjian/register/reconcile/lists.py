"""One published list of divisions, checked and indexed: rows by key and code, and what each lies in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..identity import LEVELS, Division
from .names import place_name


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list. `key` names it within its list and says nothing else; `code` is "" where it is not known.

    The order of the rows is information: who stands beside whom. `parent_key` is "" at the top.
    """

    key: str
    code: str
    name: str
    level: str
    parent_key: str


def listed(divisions: Iterable[Division]) -> list[Listed]:
    """A published list whose codes are known: each row's code is its key."""
    return [Listed(d.code, d.code, d.name, d.level, d.parent_code) for d in divisions]


class Sheet:
    """A list that was checked: keys are there once, parents are there, no row is above itself."""

    def __init__(self, rows: Sequence[Listed]) -> None:
        """Raises ValueError for a key or code that stands twice, an unknown level or parent, and a circle."""
        self.rows: dict[str, Listed] = {}
        self.by_code: dict[str, str] = {}
        for row in rows:
            _refuse_twice(row, self.rows, self.by_code)
            self.rows[row.key] = row
            if row.code:
                self.by_code[row.code] = row.key
        self.children: dict[str, list[str]] = defaultdict(list)
        self.of_level: dict[str, list[str]] = {level: [] for level in LEVELS}
        for key, row in self.rows.items():
            if row.parent_key and row.parent_key not in self.rows:
                raise ValueError(f"The parent {row.parent_key!r} of {row.name} ({key!r}) is not in the list.")
            self.children[row.parent_key].append(key)
            self.of_level[row.level].append(key)
        self.names = {key: place_name(row.name, row.level) for key, row in self.rows.items()}
        self._above = {"": ("", "")}
        for key in self.rows:
            self._climb(key)
        # "" is the parent of what stands at the top, and lies in nothing.
        self.county: dict[str, str] = {key: above[0] for key, above in self._above.items()}
        self.city: dict[str, str] = {key: above[1] for key, above in self._above.items()}
        self.at: dict[str, int] = {"": -1} | {key: number for number, key in enumerate(self.rows)}
        self.villages: dict[str, list[str]] = {}
        for key in self.of_level["village"]:
            self.villages.setdefault(self.rows[key].parent_key, []).append(key)

    def name(self, key: str) -> str:
        return self.rows[key].name if key else ""

    def parent(self, key: str) -> str:
        return self.rows[key].parent_key

    def _climb(self, key: str) -> None:
        """Note the county and the city of a row and of all above it, without recursion."""
        path: list[str] = []
        on_path: set[str] = set()
        while key not in self._above:
            if key in on_path:
                raise ValueError(f"{self.rows[key].name} ({key!r}) stands above itself.")
            path.append(key)
            on_path.add(key)
            key = self.rows[key].parent_key
        county, city = self._above[key]
        for below in reversed(path):
            county = below if self.rows[below].level == "county" else county
            city = below if self.rows[below].level == "city" else city
            self._above[below] = county, city


def _refuse_twice(row: Listed, rows: dict[str, Listed], codes: dict[str, str]) -> None:
    if row.key in rows:
        raise ValueError(f"The key {row.key!r} stands twice in one list.")
    if not row.key:
        raise ValueError(f"{row.name!r} has no key.")
    if row.code and row.code in codes:
        raise ValueError(f"The code {row.code} stands twice in one list; keep one of the two rows.")
    if row.level not in LEVELS:
        raise ValueError(f"{row.level!r} is not a level of divisions; use one of {', '.join(LEVELS)}.")
