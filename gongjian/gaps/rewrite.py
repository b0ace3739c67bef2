"""The gaps of today, found anew: what is missing by the facts of the night run, grouped, each with a way, and written.

This module and part.py read facts through the engine. No page imports them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from gongjian.indicators.define import definition_of
from gongjian.indicators.models import Run
from gongjian.register.models import Headcount, Threshold
from rollup.change import Change
from rollup.engine import fetched
from rollup.joining import Group, Rule, Small, suggest
from rollup.lake import Facts
from rollup.tally import missing

from .actions import hold
from .hoods import Around, county_of, hoods_of, way_up
from .models import Decision, Joining, Rewrite, Suggestion, Way
from .part import Part, digest_of_rules, indicators_of, part_of
from .ways import Case, leverage, way_of
from .work import close_finished

BODIES = """
SELECT b.line_id, e.seat_id, b.id, e.form_id, length(b.line_path) - length(replace(b.line_path, '.', ''))
FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id
WHERE e.valid @> %(day)s::date AND e.seat_id = ANY(%(seats)s) AND b.line_path <> '' AND e.form_id <> 'organiser'
"""
WITH_BODY = """
SELECT DISTINCT c.unit_id FROM register_cover c JOIN register_body b ON b.id = c.body_id
WHERE c.valid @> %(day)s::date AND b.line_id = ANY(%(lines)s)
"""
UNDECIDED = """
SELECT s.line_id, s.units, s.id FROM gaps_suggestion s
WHERE NOT EXISTS (SELECT FROM gaps_decision d WHERE d.suggestion_id = s.id) {within}
"""
UNSAFE = re.compile(r"[\t\n\r\\]")
STANDING_SO = ("unit", "level", "parent", "place", "trade", *Headcount.KINDS)
COLUMNS = "line_id, unit_id, indicators, heads, way, suggestion_id, body_id, leverage"


@dataclass
class Register:
    """What of the register all lines need: how units stand and what they count, and where which bodies sit."""

    around: dict[int, Around]
    heads: dict[int, tuple[int | None, ...]]
    nearest: dict[tuple[str, int], int]
    area: dict[tuple[str, int, str], int]

    def is_employer(self, id: int) -> bool:
        return self.around[id].level == "employer"

    def counted(self, id: int, kind: str) -> int | None:
        return self.heads[id][Headcount.KINDS.index(kind)]

    def responsible(self, line: str, parent: int | None) -> int | None:
        """The line's body that sits nearest above what stands in `parent`."""
        above = way_up(parent, self.around)
        return next((self.nearest[line, each] for each in above if (line, each) in self.nearest), None)

    def area_body(self, line: str, spots: Iterable[int | None], forms: Sequence[str]) -> int | None:
        """A body of the line set up for one of these: the building, park or market, village, that a unit stands in."""
        found = (self.area.get((line, each, form)) for each in spots if each for form in forms)
        return next((body for body in found if body), None)


@dataclass
class Work:
    """One line: its rules, the units missing with the indicators they are missing from, and how they are grouped."""

    joining: Joining
    least: int | None
    missing: dict[int, list[str]]
    mass: set[int] = field(default_factory=set)
    suggested: dict[int, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return self.joining.line_id

    @property
    def counts(self) -> str:
        """The head-count that the list shows; without a number for members, the staff."""
        return self.joining.members or "staff"


@transaction.atomic
def rewrite(run: Run, facts: Facts, today: date, since: tuple[Run, Change] | None = None) -> int:
    """Find the gaps of today anew, and put them in place of those that stand; returns how many are new.

    `since`: an earlier run, and what has changed since. If the gaps that stand are of that run and were found by the
    same rules, the counties with the same facts keep theirs. A run of another day than today changes nothing.
    """
    if run.day != today:
        return 0
    hold()
    joinings = list(Joining.objects.all())
    rules = digest_of_rules(joinings, run.day)
    part = part_of(facts, joinings, rules, since)
    written = 0 if part.counties == frozenset() else _find(part, joinings, run.day)
    close_finished(run.began_at)
    Rewrite.objects.all().delete()
    Rewrite.objects.create(run=run, rules=rules)
    return written


def _find(part: Part, joinings: Sequence[Joining], day: date) -> int:
    register, lacking = _register(part, day), _missing(part.facts, joinings)
    works = [_work(joining, lacking, register, day) for joining in joinings]
    _write_suggestions(works, register, part, day)
    return _write([line for work in works for line in _lines(work, register)], part)


# == what is read ==
def _register(part: Part, day: date) -> Register:
    """Of the part's counties, and of what lies above them. What is not there stands in another county."""
    around: dict[int, Around] = {}
    heads: dict[int, tuple[int | None, ...]] = {}
    units = fetched(part.around.select(*STANDING_SO))
    columns = (units[name].to_pylist() for name in STANDING_SO)
    for id, level, parent, place, trade, *counts in zip(*columns, strict=True):
        around[id], heads[id] = Around(level, parent, place, trade), tuple(counts)
    _part_at_counties(around)
    nearest: dict[tuple[str, int], tuple[int, int]] = {}
    area: dict[tuple[str, int, str], int] = {}
    seats = {each for unit in around.values() for each in (unit.parent, unit.place) if each}
    for line, seat, body, form, depth in _asked(BODIES, day=day, seats=list(seats)):
        here = nearest.get((line, seat))
        nearest[line, seat] = min((depth, body), here) if here else (depth, body)
        area[line, seat, form] = min(body, area.get((line, seat, form), body))
    return Register(around, heads, {key: body for key, (_depth, body) in nearest.items()}, area)


def _part_at_counties(around: dict[int, Around]) -> None:
    """A building in another county is nobody's neighbourhood: no body of one county is suggested with units of two."""
    for id, unit in around.items():
        if unit.place and county_of(id, around) != county_of(unit.place, around):
            around[id] = unit._replace(place=None)


def _asked(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def _missing(facts: Facts, joinings: Sequence[Joining]) -> dict[str, list[int]]:
    """The units that each indicator counts and finds missing."""
    indicators = [each for joining in joinings for each in indicators_of(joining)]
    if not indicators:
        return {}
    found = fetched(missing(facts, "units", [definition_of(each) for each in indicators]))
    ids = found["id"]
    return {each.key: ids.filter(found[f"missing_{at}"]).to_pylist() for at, each in enumerate(indicators)}


def _work(joining: Joining, lacking: dict[str, list[int]], register: Register, day: date) -> Work:
    threshold = Threshold.objects.filter(key=joining.threshold, valid__contains=day).first()
    work = Work(joining, threshold.least if threshold else None, defaultdict(list))
    for indicator in indicators_of(joining):
        for id in lacking[indicator.key]:
            if id in register.around:
                work.missing[id].append(indicator.key)
    if joining.mass_from and joining.mass_lines:
        with_body = {id for (id,) in _asked(WITH_BODY, day=day, lines=joining.mass_lines)}
        work.mass = {id for id in with_body & work.missing.keys() if _is_staffed(register, id, joining.mass_from)}
    return work


def _is_staffed(register: Register, id: int, least: int) -> bool:
    return register.is_employer(id) and (register.counted(id, "staff") or 0) >= least


# == suggestions ==
def _write_suggestions(works: list[Work], register: Register, part: Part, day: date) -> None:
    """Keep what was suggested before and still is, and all that was decided about; the rest goes, what is new comes."""
    within = "" if part.counties is None else "AND s.hood_id = ANY(%(units)s)"
    undecided = _asked(UNDECIDED.format(within=within), units=part.units)
    known = {(line, tuple(units)): pk for line, units, pk in undecided}
    still: set[int] = set()
    fresh: list[tuple[Work, Group]] = []
    for work in works:
        for group in _groups(work, register):
            id = known.get((work.line, group.units))
            if id is None:
                fresh.append((work, group))
            else:
                still.add(id)
                work.suggested.update(dict.fromkeys(group.units, id))
    Suggestion.objects.filter(pk__in=set(known.values()) - still).delete()
    for (work, group), id in zip(fresh, _copied(fresh, day), strict=True):
        work.suggested.update(dict.fromkeys(group.units, id))


def _groups(work: Work, register: Register) -> list[Group]:
    """The groups of a line. Units that were accepted together stay so; those set aside are not suggested again."""
    if work.least is None or not work.joining.most_units or not work.joining.members:
        return []
    taken: set[int] = set()
    for decision in Decision.objects.filter(suggestion__line=work.line).select_related("suggestion"):
        taken.update(decision.suggestion.units)
        if decision.verdict == Decision.Verdict.ACCEPTED:
            work.suggested.update(dict.fromkeys(decision.suggestion.units, decision.suggestion_id))
    free = [
        Small(id, heads, hoods_of(id, register.around))
        for id in work.missing
        if id not in taken
        and register.is_employer(id)
        and 0 < (heads := register.counted(id, work.joining.members) or 0) < work.least  # nobody else is in a group
    ]
    return suggest(free, Rule(work.least, work.joining.most_units))


def _copied(fresh: list[tuple[Work, Group]], day: date) -> list[int]:
    """Write new suggestions; their ids in the same order."""
    sql = "SELECT nextval(pg_get_serial_sequence('gaps_suggestion', 'id')) FROM generate_series(1, %(number)s)"
    ids = [id for (id,) in _asked(sql, number=len(fresh))]
    lines = (
        _tabbed(id, work.line, _array(group.units), group.hood.place, group.hood.trade, group.heads, work.least, day)
        for id, (work, group) in zip(ids, fresh, strict=True)
    )
    columns = "id, line_id, units, hood_id, trade, heads, least, found_on"
    with connection.cursor() as cursor, cursor.copy(f"COPY gaps_suggestion ({columns}) FROM STDIN") as rows:
        rows.write("".join(lines))
    return ids


# == gaps ==
MANY = 10_000  # new or gone: then PostgreSQL looks anew at what the table holds
# As _tabbed writes them, behind their ids, in pieces: a row of the driver for each would take longer.
STANDING = """
SELECT string_agg(concat_ws(E'\t', id, line_id, unit_id, indicators, coalesce(heads::text, '\\N'), way,
  coalesce(suggestion_id::text, '\\N'), coalesce(body_id::text, '\\N'), leverage), E'\n')
FROM gaps_gap {within} GROUP BY id / 20000
"""


def _write(lines: Iterable[str], part: Part) -> int:
    """Let the gaps of the part be these lines. Those that stand already stay. Returns how many are new."""
    wanted = set(lines)
    within = "" if part.counties is None else "WHERE unit_id = ANY(%(units)s)"
    gone = []
    for (pieces,) in _asked(STANDING.format(within=within), units=part.units):
        for row in pieces.split("\n"):
            id, line = row.split("\t", 1)
            if line + "\n" in wanted:
                wanted.remove(line + "\n")
            else:
                gone.append(int(id))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gaps_gap WHERE id = ANY(%s)", [gone])
        with cursor.copy(f"COPY gaps_gap ({COLUMNS}) FROM STDIN") as rows:
            rows.write("".join(sorted(wanted)))
        if len(wanted) + len(gone) > MANY:
            cursor.execute("ANALYZE gaps_gap")
    return len(wanted)


def _lines(work: Work, register: Register) -> Iterator[str]:
    """In the order of COLUMNS, as COPY reads them."""
    keys: dict[tuple[str, ...], str] = {}
    near: dict[tuple[int | None, int | None], tuple[int | None, int | None]] = {}
    for id, indicators in work.missing.items():
        heads, unit = register.counted(id, work.counts), register.around[id]
        spot = (unit.place, unit.parent)
        if spot not in near:
            area = register.area_body(work.line, spot, work.joining.area_forms)
            near[spot] = (area, register.responsible(work.line, unit.parent))
        area, responsible = near[spot]
        way = way_of(_case(work, register, id, area))
        body = area if way == Way.AREA else responsible
        suggestion = work.suggested.get(id) if way == Way.JOINT else None
        of = keys.setdefault(tuple(indicators), _array(indicators))
        weight = leverage(heads, way, work.joining.ease)
        yield _tabbed(work.line, id, of, heads, way, suggestion, body, weight)


def _case(work: Work, register: Register, id: int, area: int | None) -> Case:
    members = work.joining.members
    return Case(
        is_employer=register.is_employer(id),
        least=work.least,
        members=register.counted(id, members) if members else None,
        is_known_line=bool(members),
        is_grouped=id in work.suggested,
        is_mass=id in work.mass,
        has_area_body=area is not None,
    )


def _array(values: Iterable[object]) -> str:
    """Keys and numbers need no quotes in an array of PostgreSQL."""
    return f"{{{','.join(map(str, values))}}}"


def _tabbed(*values: object) -> str:
    """A line of COPY, without what would end a value or a line; keys, numbers and days hold nothing of it anyway."""
    told = ["\\N" if each is None else str(each) if isinstance(each, int) else _plain(str(each)) for each in values]
    return "\t".join(told) + "\n"


@lru_cache(1_000)
def _plain(word: str) -> str:
    return UNSAFE.sub("", word)
