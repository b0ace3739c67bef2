"""Which places have to be counted anew, told from the facts of two days laid side by side; the others are as before.

A row is touched if it is not the same on both days, or if a row that a definition looks up beside it is. A leaf (the
lowest division, or a body) is touched if one of its rows is, or if it is part of other places than before; a place, if
one of its leaves is, on either day. All others are calm: the facts show nothing by which their tallies could differ.

Nothing is asked of who wrote what, so nothing can be forgotten: an act, its undo, an import, a term that ran out by the
day alone all show in the facts, or they do not count. Whatever stands above a touched place is touched as well. It is
added up: from the leaves that are counted anew, and from the highest calm places below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
from ibis.expr.types import Table

from .definition import NO, Conditions, Definition, each_of
from .engine import fetched, kept
from .facts import SUBJECTS, TABLES, Relation
from .lake import Facts
from .tally import LEAVES, Tally, tallies

# Asked for what the day before came to at some places of a walk: (what is counted, walk, places).
Known = Callable[[str, str, Sequence[int]], Iterable[Tally]]


@dataclass(frozen=True)
class Recount:
    """Of one kind of thing in one walk: the touched places of both days, the leaves to count, and what to add.

    `below` says for touched places of the later day which calm places lie highest below them.
    """

    of: str
    walk: str
    places: frozenset[int]
    leaves: Table
    below: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Change:
    """The facts of two days of one engine, and the rows that they do not share, found once: of each table, of the ways
    and of the ledger. Such a row says by `more` how much more often it is there now."""

    before: Facts
    now: Facts
    rows: Mapping[str, Table]
    ways: Table
    exclusions: Table


def laid_beside(before: Facts, now: Facts) -> Change:
    """What differs between two days. Both facts are tables of one engine."""
    rows = {name: kept(_differing(before.tables[name], now.tables[name])) for name in TABLES}
    ways, exclusions = _differing(before.ways, now.ways), _differing(before.exclusions, now.exclusions)
    return Change(before, now, rows, kept(ways), kept(exclusions))


def recounts(change: Change, definitions: Sequence[Definition]) -> list[Recount]:
    """What has to be counted anew for these definitions, where something has."""
    asked = [
        (of, walk)
        for of in SUBJECTS
        for walk, leaf in LEAVES.items()
        if leaf in TABLES[of].columns and any(each.of == of for each in definitions)
    ]
    if not asked:
        return []
    found = _places(change, asked, _touched_leaves(change, asked, definitions))
    return [Recount(of, walk, *found(of, walk)) for of, walk in asked]


def retold(now: Facts, definitions: Sequence[Definition], recount: Recount, known: Known) -> Iterator[Tally]:
    """The tallies of the touched places, whole again. Calm places are not told: `known` has them."""
    if not recount.places:
        return
    some = [each for each in definitions if each.of == recount.of]
    leaf = LEAVES[recount.walk]
    rows, ways = now.tables[recount.of], now.ways
    narrowed = replace(
        now,
        tables={**now.tables, recount.of: kept(rows.semi_join(recount.leaves, rows[leaf] == recount.leaves.leaf))},
        ways=kept(ways.filter(ways.walk == recount.walk).semi_join(recount.leaves, "leaf")),
    )
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * len(NUMBERS))
    for tally in tallies(narrowed, some, [recount.walk], few=True):
        _add(sums[tally.indicator, tally.place], tally)
    above = defaultdict(list)
    for place, calm in recount.below:
        above[calm].append(place)
    for tally in known(recount.of, recount.walk, list(above)):
        for place in above[tally.place]:
            _add(sums[tally.indicator, place], tally)
    for (indicator, place), numbers in sums.items():
        yield Tally(indicator, recount.walk, place, *numbers)


def places_of(
    change: Change, definitions: Sequence[Definition], also: Mapping[str, Sequence[str]], level: str
) -> frozenset[int] | None:
    """The places of a level under which the records of these definitions may be others than before, or other rows are.

    `also`: of which other tables which columns count. A row counts, too, if it has other places above than before. None
    where such a row lies under no place of the level, so that it may concern any of them.
    """
    asked = [(of, "territory") for of in SUBJECTS if any(each.of == of for each in definitions)]
    touched = ibis.union(
        _touched_leaves(change, asked, definitions).select("leaf"),
        *(_differing_in(change.rows[name], columns).select(leaf="division") for name, columns in also.items()),
        *(_led_back(change, walk) for walk in LEAVES),
        distinct=True,
    )
    leaves, both = kept(touched), (change.now, change.before)
    units = ibis.union(*(each.tables["units"].filter(ibis._.level == level).select("unit") for each in both))
    ways = ibis.union(*(each.ways.filter(ibis._.walk == "territory").select("leaf", "place") for each in both))
    under = kept(ways.semi_join(leaves, "leaf").semi_join(units, ways.place == units.unit).distinct())
    found = set(fetched(leaves.left_join(under, "leaf").select("place"))["place"].to_pylist())
    return None if None in found else frozenset(found)


def _led_back(change: Change, walk: str) -> Table:
    """`leaf`: the divisions of what is part of other places of a walk than before."""
    leaves = change.ways.filter(change.ways.walk == walk).select("leaf").distinct()
    if LEAVES[walk] == "division":
        return leaves
    parts = []
    for each in (change.now, change.before):
        bodies = each.tables["bodies"]
        parts.append(bodies.semi_join(leaves, bodies.body == leaves.leaf).select(leaf="division"))
    return ibis.union(*parts)


NUMBERS = [name for name in Tally._fields if name not in ("indicator", "walk", "place")]


def _add(sums: list[int], tally: Tally) -> None:
    for at, name in enumerate(NUMBERS):
        sums[at] += getattr(tally, name)


# == rows ==
def _touched_leaves(change: Change, asked: Sequence[tuple[str, str]], definitions: Sequence[Definition]) -> Table:
    """`of`, `walk`, `leaf`: where a row of a thing lies that is touched."""
    parts = []
    for of in dict(asked):
        some = [each for each in definitions if each.of == of]
        columns = dict.fromkeys([LEAVES[walk] for each, walk in asked if each == of])
        rows = _touched(change, of, _conditions(some), columns).union(_excluded(change, of, some, columns))
        parts += [
            rows.select(of=ibis.literal(of), walk=ibis.literal(walk), leaf=rows[LEAVES[walk]])
            for each, walk in asked
            if each == of
        ]
    return kept(ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0].distinct())


def _touched(change: Change, table: str, asked: Sequence[Conditions], columns: Iterable[str]) -> Table:
    """Of a table, of either day, the rows of which the conditions may have other answers than before: some columns."""
    rows = change.rows[table].select(*columns)
    for relation, nested in _looked_up(table, asked).items():
        theirs = _touched(change, relation.table, nested, [relation.theirs])
        keys = kept(theirs.select(touched=theirs[relation.theirs]).distinct())
        rows = rows.union(_with_keys(change, table, relation.ours, keys, columns))
    return rows


def _with_keys(change: Change, table: str, ours: str, keys: Table, columns: Iterable[str]) -> Table:
    """Some columns of the rows of either day whose `ours` is one of the keys, `touched`."""
    both = [each.tables[table] for each in (change.now, change.before)]
    return ibis.union(*(each.semi_join(keys, each[ours] == keys.touched).select(*columns) for each in both))


def _conditions(definitions: Iterable[Definition]) -> list[Conditions]:
    return [each for one in definitions for each in (one.where, one.counted, one.having)]


def _looked_up(table: str, asked: Iterable[Conditions]) -> Mapping[Relation, list[Conditions]]:
    """The relations that the conditions name, each with what is asked of it."""
    found: dict[Relation, list[Conditions]] = defaultdict(list)
    for conditions in asked:
        for name, value in conditions.items():
            relation = TABLES[table].relations.get(name.removeprefix(NO))
            if relation:
                found[relation] += each_of(value)
    return found


def _excluded(change: Change, of: str, definitions: Sequence[Definition], columns: Iterable[str]) -> Table:
    """The rows that the ledger leaves out on one of the days only."""
    told = change.exclusions.filter(change.exclusions.indicator.isin([each.key for each in definitions]))
    return _with_keys(change, of, SUBJECTS[of], told.select(touched="subject").distinct(), columns)


def _differing(old: Table, new: Table) -> Table:
    """The rows that are in one of two tables more often than in the other; `more`, how much more often in the new."""
    both = new.mutate(more=ibis.literal(1)).union(old.select(*new.columns).mutate(more=ibis.literal(-1)))
    return _differing_in(both, new.columns)


def _differing_in(rows: Table, columns: Sequence[str]) -> Table:
    """The same, where only some columns count."""
    counted = rows.group_by(columns).agg(more=rows.more.sum().cast("int64"))
    return counted.filter(counted.more != 0)


# == places ==
def _places(
    change: Change, asked: Sequence[tuple[str, str]], rows: Table
) -> Callable[[str, str], tuple[frozenset[int], Table, list[tuple[int, int]]]]:
    """For what is counted and a walk: the touched places, the leaves to count, and the highest calm places below."""
    walks = ibis.memtable([{"of": of, "walk": walk} for of, walk in asked])
    new, old = change.now.ways.join(walks, "walk"), change.before.ways.join(walks, "walk")
    leaf, place = ["of", "walk", "leaf"], ["of", "walk", "place"]
    touched = kept(rows.union(change.ways.join(walks, "walk").select(*leaf)).distinct())
    places = kept(new.union(old.select(*new.columns)).semi_join(touched, leaf).select(*place).distinct())
    calm = new.anti_join(places, place)  # the ways to calm places
    leaves = kept(new.anti_join(calm, leaf).select(*leaf).distinct())
    lower = calm.filter(calm.leaf != calm.place).select(*leaf).distinct()
    highest = calm.select("of", "walk", leaf="place").distinct().anti_join(lower, leaf)
    below = fetched(new.semi_join(places, place).semi_join(highest, leaf))
    told: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in below.to_pylist():
        told[row["of"], row["walk"]].append((row["place"], row["leaf"]))
    stirred: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in fetched(places).to_pylist():
        stirred[row["of"], row["walk"]].add(row["place"])

    def found(of: str, walk: str) -> tuple[frozenset[int], Table, list[tuple[int, int]]]:
        its = leaves.filter((leaves.of == of) & (leaves.walk == walk)).select("leaf")
        return frozenset(stirred[of, walk]), its, told[of, walk]

    return found
