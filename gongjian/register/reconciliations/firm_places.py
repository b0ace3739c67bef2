"""What the places of a list of businesses mean: the divisions and places of a stretch, by code, by name, by address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..identity import LEVELS, place_of, short_name
from ..reconcile.firms import OF_A_ROAD, plain

DIGITS = {"city": 4, "county": 6, "town": 9, "village": 12}


@dataclass(frozen=True, slots=True)
class Place:
    """A division, building, park or market that stands on the day."""

    unit: int
    name: str
    official_name: str
    code: str
    level: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class Meant:
    """The unit that a place is understood as, None for none. `by`: "place", "address", or "" for neither."""

    unit: int | None
    by: str = ""
    is_whole: bool = True  # all that was written is understood


class Places:
    """The places of a stretch, asked by what officers write."""

    def __init__(self, places: Iterable[Place], top: int) -> None:
        self.top = top
        self.of: dict[int, Place] = {place.unit: place for place in places}
        self._called: dict[str, set[int]] = defaultdict(set)
        for place in self.of.values():
            for word in self._spellings(place):
                self._called[word].add(place.unit)
        towns: dict[str, set[int]] = defaultdict(set)
        for place in self.of.values():
            if place.level == "town":
                towns[place.name].add(place.unit)
        self._town_named = {name: units.pop() for name, units in towns.items() if len(units) == 1}
        named = sorted(self._town_named, key=len, reverse=True)
        self._villages: dict[int, tuple[re.Pattern[str], dict[str, int]] | None] = {}
        self._below: dict[int, list[Place]] = defaultdict(list)
        for place in self.of.values():
            if place.level == "village" and place.parent is not None:
                self._below[place.parent].append(place)
        self._in_address = re.compile("|".join(map(re.escape, named))) if named else None

    def _spellings(self, place: Place) -> set[str]:
        names = {place.name, place.official_name} - {""}
        if place.level in LEVELS:
            names |= {short_name(name, place.level) for name in names}
            bare = place_of(place.name, place.level)
            names |= {bare} if len(bare) > 1 else set()
        above = self.label(place.parent) if place.parent else ""
        joined = {above + name for name in names} if above else set()
        code = place.code
        digits = DIGITS.get(place.level)
        filled = {code, code.ljust(12, "0")} if digits == len(code) and code.isdigit() else {code}
        return {*names, *joined, *filled} - {""}

    def meant(self, written: str, address: str) -> Meant:
        """What a row says of its place; what that leaves open, the town or the village that its address names."""
        found = [units for word in written.split() if (units := self._units(word))]
        is_whole = len(found) == len(written.split())
        if unit := self._deepest(found):
            village = self._village_in(address, unit)
            return Meant(village or unit, "address" if village else "place", is_whole)
        town = self._in_address.search(address) if self._in_address and address else None
        if town is None:
            return Meant(None, "", not written)
        unit = self._town_named[town[0]]
        narrower = self._deepest([*found, {unit}]) if found else None
        is_whole = is_whole and (not found or narrower is not None)
        return Meant(narrower or self._village_in(address, unit) or unit, "address", is_whole)

    def _village_in(self, address: str, town: int) -> int | None:
        """The village that an address names at once after its town, or at its beginning."""
        if not address or self.of[town].level != "town":
            return None
        if town not in self._villages:
            self._villages[town] = self._names_of_villages(town)
        if (known := self._villages[town]) is None:
            return None
        pattern, named = known
        before, _town, after = plain(address).partition(self.of[town].name)
        found = pattern.match(after or before)
        return named[found[1]] if found else None

    def _names_of_villages(self, town: int) -> tuple[re.Pattern[str], dict[str, int]] | None:
        units: dict[str, set[int]] = defaultdict(set)
        for place in self._below[town]:
            for name in {place.name, place.official_name} - {""}:
                units[name].add(place.unit)
        named = {name: of.pop() for name, of in units.items() if len(name) > 2 and len(of) == 1}
        words = "|".join(map(re.escape, sorted(named, key=len, reverse=True)))
        return (re.compile(f"({words})(?!{OF_A_ROAD})"), named) if named else None

    def _units(self, word: str) -> set[int]:
        found = self._called.get(word, set())
        if not found:  # 诸暨市大唐街道 names the stretch first
            for above in self.names_above:
                if word.startswith(above) and word != above:
                    found = found or self._called.get(word.removeprefix(above), set())
        return found or self._called.get(short_name(word, "village"), set())

    @property
    def names_above(self) -> list[str]:
        top = self.of.get(self.top)
        return [top.name] if top else []

    def _deepest(self, found: list[set[int]]) -> int | None:
        """The one unit that all words agree on, the narrowest of them; None if none or several do."""
        fits = {
            unit
            for units in found
            for unit in units
            if all(any(self.is_within(unit, o) or self.is_within(o, unit) for o in others) for others in found)
        }
        depth = {unit: len(self.way_up(unit)) for unit in fits}
        best = [unit for unit in fits if depth[unit] == max(depth.values())]
        return best[0] if len(best) == 1 else None

    def way_up(self, unit: int | None) -> list[int]:
        """The unit and what it lies in, up to the stretch."""
        way: list[int] = []
        while unit is not None and unit in self.of and unit not in way:
            way.append(unit)
            unit = self.of[unit].parent
        return way

    def is_within(self, unit: int | None, other: int) -> bool:
        """The unit is the other, or lies in it."""
        return other in self.way_up(unit)

    def stays(self, stood: int | None, meant: int | None) -> bool:
        """A list that names only the town, or nothing that is known, moves nobody within the town."""
        return meant is None or self.is_within(stood, meant)

    def label(self, unit: int | None) -> str:
        """The name with that of its town: villages of one name lie in several."""
        names = [self.of[each].name for each in self.way_up(unit) if self.of[each].level not in ("city", "county")]
        return "".join(reversed(names)) or (self.of[unit].name if unit in self.of else "")

    def town(self, unit: int | None) -> Place | None:
        return next((self.of[each] for each in self.way_up(unit) if self.of[each].level == "town"), None)

    def towns(self) -> list[list[str]]:
        """[key, name] of the towns, by code; a town's key is its code."""
        found = sorted((p for p in self.of.values() if p.level == "town"), key=lambda p: (p.code, p.unit))
        return [[key_of(place), place.name] for place in found]


def key_of(town: Place | None) -> str:
    return "" if town is None else (town.code or f"u{town.unit}")
