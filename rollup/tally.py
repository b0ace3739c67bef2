"""From facts and definitions to tallies: for each place of each walk, how many, how many of them having it, how many
heads, and how many were left out.

Everything is a whole number until a page divides, so that every engine gives the same to the last digit. Each table is
read once for all its indicators: first a tally for each leaf of the tree, then the leaves of each place added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Table

from .definition import NO, Conditions, Definition, check, each_of, written
from .facts import SUBJECTS, TABLES, Relation
from .lake import Facts

MEASURES = ("denominator", "numerator", "left_out", "heads", "heads_having", "heads_unknown")
LEAVES = {"territory": "division", "line": "body", "leadership": "body"}


@dataclass(frozen=True)
class Tally:
    """One indicator at one place. `heads_unknown`: of so many of the denominator nobody knows how many people."""

    indicator: str
    walk: str
    place: int
    denominator: int
    numerator: int
    left_out: int
    heads: int
    heads_having: int
    heads_unknown: int


def tallies(facts: Facts, definitions: Sequence[Definition], walks: Sequence[str] = tuple(LEAVES)) -> Iterator[Tally]:
    """The tallies of all places, for all walks that the counted things lie in. Raises Unknown for a bad definition.

    Places under which nothing is meant have no tally.
    """
    for of in SUBJECTS:
        some = [check(each) for each in definitions if each.of == of]
        for walk in walks:
            if some and LEAVES[walk] in TABLES[of].columns:
                table = by_place(facts, of, some, walk).to_pyarrow()
                yield from _told(table, some, walk)


def by_place(facts: Facts, of: str, definitions: Sequence[Definition], walk: str) -> Table:
    """One row for each place of a walk: `place`, then the measures of each definition, as `numerator_0`."""
    leaves = by_leaf(facts, of, definitions, LEAVES[walk])
    ways = facts.ways.filter(facts.ways.walk == walk)
    lying = ways.join(leaves, ways.leaf == leaves.leaf)[["place", *_names(definitions)]]
    return lying.group_by("place").agg(**{name: _whole(lying[name].sum()) for name in _names(definitions)})


def by_leaf(facts: Facts, of: str, definitions: Sequence[Definition], leaf: str) -> Table:
    """One row for each leaf, as the lowest division: `leaf`, then the measures of each definition."""
    rows = _with_relations(facts, of, definitions)
    rows = _with_exclusions(facts, of, definitions, rows)
    sums: dict[str, Any] = {}
    for at, each in enumerate(definitions):
        meant = _fits(rows, of, each.where)
        counted = meant & _fits(rows, of, each.counted) & ~rows[f"out_{at}"]
        having = counted & _fits(rows, of, each.having)
        sums |= {
            f"denominator_{at}": counted,
            f"numerator_{at}": having,
            f"left_out_{at}": meant & ~counted,
        }
        heads = rows[each.heads] if each.heads else ibis.literal(0, "int64")
        sums |= {
            f"heads_{at}": counted.ifelse(heads, 0),
            f"heads_having_{at}": having.ifelse(heads, 0),
            f"heads_unknown_{at}": counted & heads.isnull(),
        }
    told = {name: value.ifelse(1, 0) if isinstance(value, BooleanValue) else value for name, value in sums.items()}
    marked = rows.select(leaf=rows[leaf], **told)
    return marked.group_by("leaf").agg(**{name: _whole(marked[name].coalesce(0).sum()) for name in _names(definitions)})


def records(facts: Facts, definition: Definition) -> Table:
    """The rows that an indicator means: the id, its division, and whether it is counted and has what is asked."""
    check(definition)
    rows = _with_exclusions(facts, definition.of, [definition], _with_relations(facts, definition.of, [definition]))
    meant = rows.filter(_fits(rows, definition.of, definition.where))
    counted = _fits(meant, definition.of, definition.counted) & ~meant["out_0"]
    return meant.select(
        "division",
        id=meant[SUBJECTS[definition.of]],
        is_counted=counted,
        is_having=counted & _fits(meant, definition.of, definition.having),
        heads=meant[definition.heads] if definition.heads else ibis.null("int64"),
    )


def _names(definitions: Sequence[Definition]) -> list[str]:
    return [f"{measure}_{at}" for at in range(len(definitions)) for measure in MEASURES]


def _whole(number: Any) -> Any:
    return number.cast("int64")


# == conditions ==
def _fits(rows: Table, table: str, conditions: Conditions) -> BooleanValue:
    """Whether a row meets all conditions. What is not known meets none, not even `no`."""
    every: BooleanValue = rows[rows.columns[0]].isnull() | ibis.literal(True)
    parts = (_holds(rows, table, name, value) for name, value in conditions.items())
    return reduce(and_, parts, every).fill_null(False)


def _holds(rows: Table, table: str, name: str, value: Any) -> BooleanValue:
    relation = TABLES[table].relations.get(name.removeprefix(NO))
    if relation:
        each: list[BooleanValue] = [rows[_column(relation, one)] for one in each_of(value)]
        return reduce(and_, (~some if name.startswith(NO) else some for some in each))
    if name in TABLES[table].columns:
        found: BooleanValue = rows[name].isin(value) if isinstance(value, list) else rows[name] == value
        return found
    column, end = name.rsplit("_", 1)
    reached: BooleanValue = rows[column] >= value if end == "from" else rows[column] <= value
    return reached


def _column(relation: Relation, conditions: Conditions) -> str:
    """What the column is called that says whether some row of the relation meets the conditions."""
    return f"{relation.table} {relation.theirs} {written(conditions)}"


def _with_relations(facts: Facts, table: str, definitions: Sequence[Definition]) -> Table:
    """The rows, with a column for each relation and its conditions. Each other table is read once."""
    asked: dict[Relation, dict[str, Conditions]] = {}
    for each in definitions:
        for conditions in (each.where, each.counted, each.having):
            for name, value in conditions.items():
                relation = TABLES[table].relations.get(name.removeprefix(NO))
                if relation:
                    asked.setdefault(relation, {}).update({_column(relation, one): one for one in each_of(value)})
    rows = facts.tables[table]
    for relation, columns in asked.items():
        rows = _beside(facts, rows, relation, columns)
    return rows


def _beside(facts: Facts, rows: Table, relation: Relation, columns: dict[str, Conditions]) -> Table:
    theirs = facts.tables[relation.table]
    for conditions in columns.values():
        if any(name.removeprefix(NO) in TABLES[relation.table].relations for name in conditions):
            nested = [Definition("", relation.table, where=each) for each in columns.values()]
            theirs = _with_relations(facts, relation.table, nested)
            break
    some = theirs.group_by(found=theirs[relation.theirs]).agg(
        **{
            column: _fits(theirs, relation.table, conditions).ifelse(1, 0).max() == 1
            for column, conditions in columns.items()
        }
    )
    joined = rows.left_join(some, rows[relation.ours] == some.found).drop("found")
    return joined.mutate(**{column: joined[column].fill_null(False) for column in columns})


def _with_exclusions(facts: Facts, of: str, definitions: Sequence[Definition], rows: Table) -> Table:
    """The rows, with `out_0`, … saying whether the ledger leaves them out of each indicator."""
    key = SUBJECTS[of]
    ledger = facts.exclusions.filter(facts.exclusions.indicator.isin([each.key for each in definitions]))
    out = ledger.group_by(left=ledger.subject).agg(
        **{f"out_{at}": (ledger.indicator == each.key).ifelse(1, 0).max() == 1 for at, each in enumerate(definitions)}
    )
    joined = rows.left_join(out, rows[key] == out.left).drop("left")
    return joined.mutate(**{f"out_{at}": joined[f"out_{at}"].fill_null(False) for at in range(len(definitions))})


# == out ==
def _told(table: Any, definitions: Sequence[Definition], walk: str) -> Iterator[Tally]:
    columns = table.to_pydict()
    for at, each in enumerate(definitions):
        measured = zip(columns["place"], *(columns[f"{measure}_{at}"] for measure in MEASURES), strict=True)
        for place, *numbers in measured:
            if numbers[0] or numbers[2]:  # something is counted here, or left out
                yield Tally(each.key, walk, place, *numbers)
