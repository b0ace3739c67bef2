"""Counts per place in the structure of then or of today. The totals are equal under both, exactly.

Under today's structure each fact goes to the lowest division it hung on that day, that one is followed to today, and
what it holds is counted where it stands now. What cannot be divided is told as standing between places, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models.expressions import RawSQL

from ..access import Reader, unit_entries_visible_to
from ..models import UnitKind
from ..shares import EXACT, NONE, WHOLE, times, total
from ..walks import TERRITORY, ways_up
from .lineage import Way, went, went_from

Structure = Literal["then", "today"]
DIVISIONS = ["city", "county", "town", "village"]


def nearest_division(reader: Reader, unit_id: int, day: date) -> int:
    """The lowest division that a unit lies in on the day, which may be itself; itself, too, if there is none."""
    above = ways_up(TERRITORY, [unit_id], day).get(unit_id, set())
    divisions = unit_entries_visible_to(reader).on(day).filter(unit__in=above, kind__level__in=DIVISIONS)
    levels = {level: unit for unit, level in divisions.values_list("unit", "kind__level")}
    return next((levels[level] for level in reversed(DIVISIONS) if level in levels), unit_id)


RANK = {level: at for at, level in enumerate(DIVISIONS)}

# Of the units of a level that stood on the day, by the lowest division each lay in: how many, covered, heads, counted.
FACTS = """
    WITH RECURSIVE standing AS MATERIALIZED (
      SELECT e.unit_id AS id, e.parent_id, k.level, e.status FROM register_unitentry e
      JOIN register_unitkind k ON k.key = e.kind_id WHERE e.valid @> %(day)s::date
    ), lies(id, division) AS (
      SELECT id, id FROM standing WHERE level = ANY(%(divisions)s)
      UNION ALL
      SELECT s.id, l.division FROM lies l JOIN standing s ON s.parent_id = l.id WHERE s.level <> ALL(%(divisions)s)
    )
    SELECT l.division, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM register_cover c JOIN register_body b ON b.id = c.body_id
        WHERE c.unit_id = s.id AND c.valid @> %(day)s::date AND b.line_id = %(line)s)),
      coalesce(sum(h.staff), 0), count(h.staff)
    FROM standing s LEFT JOIN lies l ON l.id = s.id
    LEFT JOIN register_headcount h ON h.unit_id = s.id AND h.valid @> %(day)s::date
    WHERE s.level = %(of_level)s AND s.status = 'active' GROUP BY l.division
"""


@dataclass(frozen=True)
class Numbers:
    """How many units, how many of them covered, how many people they count, and of how many units that is known."""

    units: Decimal = NONE
    covered: Decimal = NONE
    heads: Decimal = NONE
    counted: Decimal = NONE

    def plus(self, other: Numbers) -> Numbers:
        return Numbers(*(EXACT.add(one, two) for one, two in zip(self.all(), other.all(), strict=True)))

    def part(self, share: Decimal) -> Numbers:
        return Numbers(*(times(number, share) for number in self.all()))

    def all(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        return self.units, self.covered, self.heads, self.counted


@dataclass(frozen=True)
class Count:
    """What is counted at one place of the level; between several that cannot be told apart; or in none.

    A single place above the level holds what stands right in it, or of which no more is known.
    """

    places: tuple[int, ...]
    numbers: Numbers


@dataclass(frozen=True)
class Tree:
    """The territory of a day, as far as it is asked for: what each place stands in, and its level."""

    above: Mapping[int, int | None]
    levels: Mapping[int, str]

    def way_up(self, id: int) -> Iterable[int]:
        """The place itself and all it stands in, from below."""
        at: int | None = id
        while at is not None and at in self.levels:
            yield at
            at = self.above[at]

    def place(self, id: int, level: str) -> int | None:
        """The place of the level that holds it; else the nearest that ranks above; None outside the divisions."""
        way = [each for each in self.way_up(id) if self.levels[each] in RANK]
        above = (each for each in way if RANK[self.levels[each]] < RANK[level])
        return next((each for each in way if self.levels[each] == level), next(above, None))


def counts_by_place(
    reader: Reader,
    day: date,
    *,
    level: str,
    of_level: str,
    line: str | None = None,
    structure: Structure = "then",
    today: date,
) -> list[Count]:
    """How many units of `of_level` stood on `day`, per place of `level` in the structure of that day or of today.

    Only active units are counted. A bounded number of queries. The sum of all rows is the same for both structures.
    """
    facts = _facts(reader, day, of_level, line)
    tree = _tree(reader, today if structure == "today" else day)
    divisions = [id for id in facts if id is not None]
    ends = ends_by_place(reader, divisions, day, tree, level=level, structure=structure, today=today)
    found: dict[tuple[int, ...], Numbers] = {}
    for id, numbers in facts.items():
        for places, share in ends[id].items() if id is not None else [((), WHOLE)]:
            found[places] = found.get(places, Numbers()).plus(numbers.part(share))
    return [Count(places, numbers) for places, numbers in sorted(found.items()) if numbers.units]


def ends_by_place(
    reader: Reader, divisions: list[int], day: date, tree: Tree, *, level: str, structure: Structure, today: date
) -> dict[int, dict[tuple[int, ...], Decimal]]:
    """For each division of `day`: in which places of `level` it is counted, with its share in each.

    `tree` is that of the day of the structure. Places that cannot be told apart stand together. All shares make 1.
    """
    if structure == "then" or today == day:
        return {id: {_places(tree, level, [id]): WHOLE} for id in divisions}
    return _ends_today(reader, divisions, day, today, tree, level)


def tree_on(reader: Reader, day: date) -> Tree:
    """The places of a day."""
    return _tree(reader, day)


def _facts(reader: Reader, day: date, of_level: str, line: str | None) -> dict[int | None, Numbers]:
    if not reader.is_authenticated:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"day": day, "of_level": of_level, "line": line, "divisions": DIVISIONS})
        return {id: Numbers(*map(Decimal, counts)) for id, *counts in cursor.fetchall()}


def _tree(reader: Reader, day: date) -> Tree:
    kinds = dict(UnitKind.objects.exclude(level="employer").values_list("key", "level"))
    rows = list(
        unit_entries_visible_to(reader).on(day).filter(kind__in=kinds).values_list("unit_id", "parent_id", "kind_id")
    )
    return Tree({id: parent for id, parent, _kind in rows}, {id: kinds[kind] for id, _parent, kind in rows})


def _places(tree: Tree, level: str, ids: Iterable[int]) -> tuple[int, ...]:
    """The places that hold these; where one holds another, the outer one stands for both."""
    found = {place for id in ids if (place := tree.place(id, level)) is not None}
    return tuple(sorted(place for place in found if not found & set(list(tree.way_up(place))[1:])))


def _ends_today(
    reader: Reader, ids: list[int], day: date, today: date, tree: Tree, level: str
) -> dict[int, dict[tuple[int, ...], Decimal]]:
    """For each division of the day: today's places, and the share of it in each. What is not known stays together."""
    ways: dict[int, list[Way]] = {id: [] for id in ids}
    for way in went(reader, ids, day, today) if day <= today else _backwards(ids):
        ways[way.old or 0].append(way)
    lost = _where_lost(reader, [way for its in ways.values() for way in its], today)
    return {id: _shared_out(its, lost, tree, level) for id, its in ways.items()}


def _backwards(ids: list[int]) -> list[Way]:
    """A day to come: what stands then is looked for today under itself."""
    return [Way(id, id, WHOLE, ()) for id in ids]


def _shared_out(
    ways: list[Way], lost: Mapping[int, set[int]], tree: Tree, level: str
) -> dict[tuple[int, ...], Decimal]:
    found: dict[tuple[int, ...], Decimal] = {}
    together: set[int] = set()
    for way in ways:
        ids = {way.new} if way.new is not None else lost[way.lost.id] if way.lost else set()
        if way.share is None:
            together |= ids
        else:
            places = _places(tree, level, ids)
            found[places] = EXACT.add(found.get(places, NONE), way.share)
    rest = EXACT.subtract(WHOLE, total(found.values()))
    if rest:
        places = _places(tree, level, together)
        found[places] = EXACT.add(found.get(places, NONE), rest)
    return found


def _where_lost(reader: Reader, ways: Iterable[Way], today: date) -> dict[int, set[int]]:
    """For each thing whose way is lost: where whatever it stood in last is today; upwards until something stands."""
    parents = {way.lost.id: way.lost for way in ways if way.lost}
    found: dict[int, set[int]] = {}
    ends: dict[int, list[Way]] = {}
    pending = {id: lost for id, lost in parents.items()}
    while pending:
        days: dict[int, date] = {}
        for lost in pending.values():
            if lost.last_parent and lost.on and lost.last_parent not in ends:
                last = lost.on - timedelta(days=1)
                days[lost.last_parent] = min(last, days.get(lost.last_parent, last))
        for way in went_from(reader, days, today):
            ends.setdefault(way.old or 0, []).append(way)
        further = [way.lost for id in days for way in ends.get(id, []) if way.lost]
        pending = {lost.id: lost for lost in further if lost.id not in parents}
        parents |= pending
    for id in parents:
        found[id] = _stands_in(id, parents, ends, set())
    return found


def _stands_in(id: int, parents: Mapping[int, object], ends: Mapping[int, list[Way]], seen: set[int]) -> set[int]:
    parent = getattr(parents.get(id), "last_parent", None)
    if parent is None or id in seen:
        return set()
    found: set[int] = set()
    for way in ends.get(parent, []):
        if way.new is not None:
            found.add(way.new)
        elif way.lost:
            found |= _stands_in(way.lost.id, parents, ends, seen | {id})
    return found


def divisions_below(top: int, day: date) -> RawSQL:
    """The ids of a division and of those that stood below it on `day`, by the dated links: for `…__in`.

    Quicker than all that stood below: an employer or a building holds no division, nor does a village hold one.
    """
    return RawSQL(
        "WITH RECURSIVE holding AS (SELECT array_agg(above) AS levels FROM register_unitkind d, unnest(d.under) above"
        " WHERE d.level = ANY(%s)), t(id, holds) AS (SELECT %s::bigint, true UNION ALL"
        " SELECT e.unit_id, k.level = ANY(holding.levels) FROM t CROSS JOIN holding"
        " JOIN register_unitentry e ON t.holds AND e.parent_id = t.id AND e.valid @> %s::date"
        " JOIN register_unitkind k ON k.key = e.kind_id AND k.level = ANY(%s)) SELECT id FROM t",
        (DIVISIONS, top, day, DIVISIONS),
    )
