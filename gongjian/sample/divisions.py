"""The divisions of the pack's official days as units, each followed from day to day."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from gongjian.packs.read import Pack
from gongjian.register.identity import Division, kind_of, place_of, same_units, short_name

from .stretches import OPEN, Stretch, valid, within
from .world import Place, World


def lists_of(pack: Pack, counties: Iterable[str] | None = None) -> dict[str, list[Division]]:
    """The official lists by day; of these counties and the city only, if any are named."""
    lists = {day.isoformat(): pack.divisions(day) for day in pack.official_days}
    if counties is None:
        return lists
    kept = tuple(counties)
    return {day: [d for d in found if d.level == "city" or d.code.startswith(kept)] for day, found in lists.items()}


def settle(world: World, lists: dict[str, list[Division]]) -> None:
    """Each division of the lists as a unit with its entries. A change counts from the later of the two days."""
    held: dict[str, Place] = {}
    rows: dict[int, list[tuple[str, str, Division, str, int | None]]] = defaultdict(list)
    before: list[Division] = []
    for number, (day, divisions) in enumerate(lists.items()):
        world.report("divisions", number, len(lists))
        followed = {match.new_code: held[match.old_code] for match in same_units(before, divisions)}
        still = {place.id for place in followed.values()}
        for place in held.values():
            if place.id not in still:
                _close(rows[place.id], day)
        held = {}
        for division in divisions:
            held[division.code] = followed.get(division.code) or _open(world, division, held)
        for division in divisions:
            place = held[division.code]
            parent = held[division.parent_code].id if division.parent_code else None
            _stand(rows[place.id], day, division, parent)
        before = divisions
    for place in world.places.values():
        _write(world, place, rows[place.id])
    world.report("divisions", len(lists), len(lists))


Standings = list[tuple[str, str, Division, str, int | None]]


def _open(world: World, division: Division, held: dict[str, Place]) -> Place:
    id = len(world.places) + 1
    county = id if division.level == "county" else 0
    if division.level in ("town", "village"):
        county = held[division.parent_code].county
    place = world.places[id] = Place(id, division.level, county)
    match division.level:
        case "city":
            world.city = id
        case "county":
            world.counties.append(id)
        case "town":
            world.towns.append(id)
        case "village":
            world.villages.append(id)
    return place


def _close(rows: Standings, day: str) -> None:
    a, _, division, name, parent = rows[-1]
    rows[-1] = (a, day, division, name, parent)


def _stand(rows: Standings, day: str, division: Division, parent: int | None) -> None:
    if rows and rows[-1][1] == OPEN:
        _, _, last, _, last_parent = rows[-1]
        if (last.code, last.name, last_parent) == (division.code, division.name, parent):
            return
        _close(rows, day)
    rows.append((day, OPEN, division, short_name(division.name, division.level), parent))


def _write(world: World, place: Place, rows: Standings) -> None:
    world.rows["register_unit"].append(str(place.id))
    lines = world.rows["register_unitentry"]
    entry = world.rows.next_id("register_unitentry")
    for number, (a, b, division, name, parent) in enumerate(rows):
        kind = kind_of(division.name, division.level)
        official = division.name if division.name != name else ""
        lines.append(
            f"{entry + number}\t{place.id}\t{valid(a, b)}\t{name}\t{official}\t{division.code}\t\t{kind}\t"
            f"{parent or chr(92) + 'N'}\tactive\t\t\t\t\t统计用区划代码\t{world.acts[a]}"
        )
        place.stood.append((a, b, (name, parent, kind)))
        place.codes.append((a, b, division.code))
        world.spellings.append(name)


class Successors:
    """Where those go who stood in a place that closed: day by day a place that holds the old one's ground."""

    def __init__(self, world: World) -> None:
        self._places = world.places
        self._followed: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
        for id in world.villages:
            stood = world.places[id].stood
            for (_, day, (_, old, _)), (_, _, (_, new, _)) in pairwise(stood):
                if old != new and old and new:
                    self._followed[old, day][new] += 1
        self._towns = [world.places[id] for id in world.towns]
        self._villages: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
        for day in sorted({p.until for p in world.places.values() if p.until < OPEN}):
            for id in world.villages:
                for _, _, (code, parent) in _on(world.places[id], day):
                    self._villages[parent, day].append((code, id))
        for found in self._villages.values():
            found.sort()
        self._chains: dict[int, list[Stretch[int]]] = {}

    def homes(self, id: int) -> list[Stretch[int]]:
        """From the first day of the place on, without end: which place it is, or holds its ground, and when."""
        if id not in self._chains:
            place = self._places[id]
            chain: list[Stretch[int]] = [(place.since, place.until, id)]
            if place.until < OPEN:
                chain += within(place.until, OPEN, self.homes(self._after(place)))
            self._chains[id] = chain
        return self._chains[id]

    def _after(self, place: Place) -> int:
        day, (_, _, (_, parent, _)) = place.until, place.stood[-1]
        if place.level == "town":
            return self._town_after(place, day)
        assert parent is not None
        town = self._places[parent]
        if not town.stands_on(day):
            town = self._places[self._town_after(town, day)]
        villages = self._villages[town.id, day]
        if not villages:
            return town.id
        nearest = bisect_left(villages, (place.codes[-1][2], 0))
        return villages[min(nearest, len(villages) - 1)][1]

    def _town_after(self, town: Place, day: str) -> int:
        name = place_of(town.stood[-1][2][0], "town")
        for other in self._towns:
            if other.stands_on(day) and other.since == day and place_of(other.name_on(day), "town") == name:
                return other.id
        if went := self._followed.get((town.id, day)):
            return max(went, key=lambda id: (went[id], -id))
        code = town.codes[-1][2]
        near = [(other.codes[0][2], other.id) for other in self._towns if other.stands_on(day)]
        here = sorted(pair for pair in near if self._places[pair[1]].county == town.county)
        return here[min(bisect_left(here, (code, 0)), len(here) - 1)][1]


def _on(place: Place, day: str) -> list[Stretch[tuple[str, int]]]:
    """The code and the parent of a village on the day, if it stands."""
    code = next((code for a, b, code in place.codes if a <= day < b), None)
    return [
        (a, b, (code, parent))
        for a, b, (_, parent, _) in place.stood
        if a <= day < b and code is not None and parent is not None
    ]
