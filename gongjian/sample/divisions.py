"""The divisions of the pack's official days as units, reconciled from day to day as an officer's lists are.

What is sure is taken as it is, what is doubtful by the best guess, what is unknown as unknown: the acts say how many,
and the lineage of a guess names a document that says so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from gongjian.packs.read import Pack
from gongjian.register.identity import Division, kind_of, place_of, short_name
from gongjian.register.reconcile.divisions import reconcile
from gongjian.register.reconcile.lists import listed
from gongjian.register.reconciliations.outcome import Outcome, Told, outcome_of

from .stretches import OPEN, Stretch, valid, within
from .world import Place, World


def lists_of(pack: Pack, counties: Iterable[str] | None = None) -> dict[str, list[Division]]:
    """The official lists by day; of these counties and the city only, if any are named."""
    lists = {day.isoformat(): pack.divisions(day) for day in pack.official_days}
    if counties is None:
        return lists
    kept = tuple(counties)
    return {day: [d for d in found if d.level == "city" or d.code.startswith(kept)] for day, found in lists.items()}


@dataclass(frozen=True)
class Step:
    """One official day: its list, what became of the divisions of the day before, and which of that was guessed."""

    divisions: list[Division]
    outcome: Outcome[str, str]
    guessed: set[str]
    counts: dict[str, int]


def steps_of(lists: dict[str, list[Division]], report: Callable[[str, int, int], None]) -> dict[str, Step]:
    """Each list reconciled with the one before it, by day."""
    found: dict[str, Step] = {}
    before: list[Division] = []
    for number, (day, divisions) in enumerate(lists.items()):
        report("divisions", number, len(lists))
        told = reconcile(listed(before), listed(divisions)) if before else []
        outcome = outcome_of(
            Told(
                "unknown" if each.verdict == "unknown" else each.happened,
                each.old,
                each.new,
                None if each.shares is None else tuple(share.share for share in each.shares),
            )
            for each in told
        )
        guessed = {key for each in told if each.verdict == "doubtful" for key in each.old}
        found[day] = Step(divisions, outcome, guessed, dict(Counter(each.verdict for each in told if each.old)))
        before = divisions
    report("divisions", len(lists), len(lists))
    return found


def settle(world: World, steps: dict[str, Step]) -> None:
    """Each division of the lists as a unit with its entries. A change counts from the later of the two days."""
    held: dict[str, Place] = {}
    rows: dict[int, list[tuple[str, str, Division, str, int | None]]] = defaultdict(list)
    for day, step in steps.items():
        before, held = held, {}
        followed = {new: before[old] for old, new in step.outcome.continues.items()}
        for code, place in before.items():
            if code not in step.outcome.continues:
                _close(rows[place.id], day)
        for division in step.divisions:
            held[division.code] = followed.get(division.code) or _open(world, division, held)
        for division in step.divisions:
            place = held[division.code]
            parent = held[division.parent_code].id if division.parent_code else None
            _stand(rows[place.id], day, division, parent)
        _follow(world, day, step, before, held)
    for place in world.places.values():
        _write(world, place, rows[place.id])


def _follow(world: World, day: str, step: Step, before: dict[str, Place], held: dict[str, Place]) -> None:
    """The lineage of what ended on the day, in the order of the codes."""
    outcome = step.outcome
    for code in sorted(outcome.ended() - outcome.closed):
        old, document = before[code].id, world.guess_document if code in step.guessed else None
        if code in outcome.unknown:
            world.write("register_unitlineage", day, "unknown", None, old, None, document, world.acts[day])
            continue
        parts = outcome.split.get(code) or [(outcome.merged[code], Decimal(1))]
        world.went[old] = held[parts[0][0]].id
        how = "split" if code in outcome.split else "merged"
        for new, share in parts:
            world.write("register_unitlineage", day, how, share, old, held[new].id, document, world.acts[day])


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
        self._went = world.went
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
        if place.id in self._went:
            return self._went[place.id]
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
        if town.id in self._went:
            return self._went[town.id]
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
