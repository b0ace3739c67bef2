"""The figures of joint bodies: how many uncovered units of the sample city are grouped, beside greedy and bound.

The sample city is made in memory, at true size; no database is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from gongjian.gaps.hoods import Around, hoods_of
from gongjian.packs.read import read_pack
from gongjian.sample import bodies, divisions, employers
from gongjian.sample.city import SEED
from gongjian.sample.world import LAST_DAY, World
from rollup.joining import Group, Rule, Small, bound, covered, greedy, suggest

from .figure import ROOT, Figure, Turns, figure, in_turn, seconds

# By which rule: that of the pack, and a harder one.
SETTINGS = {
    "gaps.joining": (Rule(25, 5), "a joint union: 25 people, at most 5 units"),
    "gaps.joining.few": (Rule(25, 3), "a joint union of at most 3 units"),
}
STAFF = 3  # the column of the staff in a line of head-counts


@dataclass(frozen=True)
class City:
    """The sample city on its last day: how each unit stands, its staff, and the units that each line covers."""

    around: dict[int, Around]
    staff: dict[int, int]
    employers: set[int]
    covered: dict[str, set[int]]

    def uncovered(self, line: str) -> list[Small]:
        """The employers that work and that no body of the line covers."""
        left = self.employers - self.covered.get(line, set())
        return [Small(id, self.staff.get(id), hoods_of(id, self.around)) for id in sorted(left)]


def figures(size: str) -> Iterator[Figure]:
    """Units in groups beside those of the greedy way, for each setting; then the time."""
    units = city().uncovered("union")
    for key, (rule, told) in SETTINGS.items():
        found, simple, most = covered(suggest(units, rule)), covered(greedy(units, rule)), bound(units, rule)
        yield figure(
            key,
            "city",
            f"Uncovered employers in a suggestion of {told}",
            Turns({"ours": [found], "reference": [simple]}, 0),
            unit="units",
            reference="nearest neighbours, greedily",
            both_sides=f"The sample city at true size: {len(units):,} employers without a union, of which "
            f"{_too_small(units, rule):,} are counted and too small for a body of their own. No choice of groups holds "
            f"more than {most:,}. The aim is half of the way from the greedy one to that bound.",
            least=(simple + most) / 2,
        )
    rule, _told = SETTINGS["gaps.joining"]
    yield figure(
        "gaps.joining.time",
        "city",
        "Finding the suggestions of all joint unions",
        in_turn(ours=_timed(suggest, units, rule), reference=_timed(greedy, units, rule)),
        unit="s",
        reference="nearest neighbours, greedily",
        both_sides="The same units as above, in one process.",
        most=5,
    )


def _timed(way: Callable[[list[Small], Rule], list[Group]], units: list[Small], rule: Rule) -> Callable[[], float]:
    return lambda: seconds(lambda: way(units, rule))


def _too_small(units: list[Small], rule: Rule) -> int:
    return sum(each.heads is not None and each.heads < rule.least for each in units)


@cache
def city() -> City:
    """Made once a process, as the sample city is made, but kept in memory."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    steps = divisions.steps_of(divisions.lists_of(pack), lambda *_: None)
    acts = dict.fromkeys([*(day.isoformat() for day in pack.official_days), "employers", "bodies"], 1)
    world = World(SEED, 1.0, lambda *_: None, min(steps), acts)
    divisions.settle(world, steps)
    employers.found(world)
    bodies.set_up_all(world)
    levels = {kind.key: kind.level for kind in pack.unit_kinds}
    standing = {row[1]: row for row in _rows(world, "register_unitentry", 2)}
    places = {row[1]: int(row[2]) for row in _rows(world, "register_standsin", 3)}
    around = {int(id): Around(levels[row[7]], _number(row[8]), places.get(id), row[10]) for id, row in standing.items()}
    lines = {row[0]: row[1] for row in _rows(world, "register_body")}
    held: dict[str, set[int]] = {}
    for row in _rows(world, "register_cover", 3):
        held.setdefault(lines[row[1]], set()).add(int(row[2]))
    working = {int(id) for id, row in standing.items() if row[9] == "active" and levels[row[7]] == "employer"}
    staff = {int(row[1]): int(row[STAFF]) for row in _rows(world, "register_headcount", 2)}
    return City(around, staff, working, held)


def _rows(world: World, table: str, valid: int | None = None) -> Iterator[list[str]]:
    """The rows of a table that hold on the last day; `valid` is the column of their days."""
    for line in world.rows[table]:
        row = line.split("\t")
        if valid is None or _holds(row[valid]):
            yield row


def _holds(days: str) -> bool:
    since, until = days.strip("[)").split(",")
    return since <= LAST_DAY and (not until or until > LAST_DAY)


def _number(text: str) -> int | None:
    return None if text == "\\N" else int(text)
