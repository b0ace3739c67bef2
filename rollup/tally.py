"""From facts and definitions to tallies: for each place of each walk, how many, how many of them having it, how many
heads, and how many were left out.

Everything is a whole number until a page divides, so that every engine gives the same to the last digit. Walks that
count by the same leaf are counted together, all indicators at once: first a tally for each leaf of the tree, then the
leaves of each place added up. Where each thing counted is a leaf of its own, the first step falls away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from hashlib import sha256
from itertools import repeat
from operator import and_, or_
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import BooleanValue, Table

from .definition import NO, Conditions, Definition, check, each_of, written
from .engine import fetched, kept
from .facts import SUBJECTS, TABLES, Relation
from .lake import Facts

OF_ROWS = ("denominator", "numerator", "left_out")
OF_HEADS = ("heads", "heads_having", "heads_unknown")
MEASURES = (*OF_ROWS, *OF_HEADS)
LEAVES = {"territory": "division", "line": "body", "leadership": "body"}
BATCH = 100_000  # places at a time on their way out


class Tally(NamedTuple):
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


def tallies(
    facts: Facts, definitions: Sequence[Definition], walks: Sequence[str] = tuple(LEAVES), *, few: bool = False
) -> Iterator[Tally]:
    """The tallies of all places, for all walks that the counted things lie in. Raises Unknown for a bad definition.

    Places under which nothing is meant have no tally. Of `few` things it is held first which of them are counted: that
    is quicker than long expressions.
    """
    for indicator, walk, table in columns(facts, definitions, walks, few=few):
        values = (table[name].to_numpy(zero_copy_only=False).tolist() for name in ("place", *MEASURES))
        yield from map(Tally._make, zip(repeat(indicator), repeat(walk), *values))


def columns(
    facts: Facts, definitions: Sequence[Definition], walks: Sequence[str] = tuple(LEAVES), *, few: bool = False
) -> Iterator[tuple[str, str, pa.RecordBatch]]:
    """The same as columns: an indicator, a walk, and a batch with `place` and the measures. Raises Unknown.

    An indicator and a walk come in several batches where there are many places.
    """
    for each in definitions:
        check(each)
    for of in SUBJECTS:
        some = [each for each in definitions if each.of == of]
        for leaf, along in _by_leaf(of, walks).items():
            if some:
                for batch in fetched(by_place(facts, of, some, leaf, along, few)).to_batches(BATCH):
                    yield from told(batch, some, along)


def _by_leaf(of: str, walks: Sequence[str]) -> dict[str, list[str]]:
    """The walks along which such things lie, by the column that says where."""
    found: dict[str, list[str]] = {}
    for walk in walks:
        if LEAVES[walk] in TABLES[of].columns:
            found.setdefault(LEAVES[walk], []).append(walk)
    return found


def by_place(
    facts: Facts, of: str, definitions: Sequence[Definition], leaf: str, along: Sequence[str], few: bool = False
) -> Table:
    """One row for each place of these walks: `walk`, `place`, then the measures of each definition as `numerator_0`."""
    marked = _marked(facts, of, definitions, leaf)
    if few:
        marked = kept(marked)
    ways = facts.ways.filter(facts.ways.walk.isin(along))
    if leaf == SUBJECTS[of]:
        lying = ways.join(marked, ways.leaf == marked.leaf)
        return lying.group_by("walk", "place").agg(**_sums(lying, definitions))
    # Of one leaf all fits into 32 bits, or the run stops; the sums over it then take half the memory.
    leaves = marked.group_by("leaf").agg(**{k: v.cast("int32") for k, v in _sums(marked, definitions).items()})
    lying = ways.join(leaves, ways.leaf == leaves.leaf)
    return lying.group_by("walk", "place").agg(**{name: _sum(lying[name]) for name in _names(definitions)})


def _marked(facts: Facts, of: str, definitions: Sequence[Definition], leaf: str) -> Table:
    """Each row that is counted: `leaf`, its heads, and for each definition `counted_0`, `having_0` and `left_out_0`."""
    rows = _with_exclusions(facts, of, definitions, _with_relations(facts, of, definitions))
    marks: dict[str, Any] = {each.heads: rows[each.heads].cast("int32") for each in definitions if each.heads}
    for at, each in enumerate(definitions):
        meant = _fits(rows, of, each.where)
        counted = meant & _fits(rows, of, each.counted) & ~rows[f"out_{at}"]
        marks[f"counted_{at}"] = counted
        marks[f"having_{at}"] = counted & _fits(rows, of, each.having)
        marks[f"left_out_{at}"] = meant & ~counted
    return rows.select(leaf=rows[leaf], **marks)


def _sums(marked: Table, definitions: Sequence[Definition]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for at, each in enumerate(definitions):
        counted, having = marked[f"counted_{at}"], marked[f"having_{at}"]
        sums[f"denominator_{at}"] = marked.count(where=counted)
        sums[f"numerator_{at}"] = marked.count(where=having)
        sums[f"left_out_{at}"] = marked.count(where=marked[f"left_out_{at}"])
        if each.heads:
            heads = marked[each.heads]
            sums[f"heads_{at}"] = _sum(counted.ifelse(heads, 0))
            sums[f"heads_having_{at}"] = _sum(having.ifelse(heads, 0))
            sums[f"heads_unknown_{at}"] = marked.count(where=counted & heads.isnull())
    return sums


def _sum(values: Any) -> Any:
    """Added up, as a whole number; of nothing known, nought."""
    return values.sum().coalesce(0).cast("int64")


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


def missing(facts: Facts, of: str, definitions: Sequence[Definition]) -> Table:
    """What is counted and has not what is asked, of all definitions at once: `id`, and `missing_0` for the first one.

    Without the things of which none of them misses anything.
    """
    for each in definitions:
        check(each)
    marked = _marked(facts, of, definitions, SUBJECTS[of])
    marks = {f"missing_{at}": marked[f"counted_{at}"] & ~marked[f"having_{at}"] for at in range(len(definitions))}
    told = marked.select(id="leaf", **marks)
    return told.filter(reduce(or_, (told[name] for name in marks)))


def _names(definitions: Sequence[Definition]) -> list[str]:
    return [f"{measure}_{at}" for at, each in enumerate(definitions) for measure in _measures(each)]


def _measures(definition: Definition) -> tuple[str, ...]:
    return MEASURES if definition.heads else OF_ROWS


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
    return f"{relation.table}_{relation.theirs}_{sha256(written(conditions).encode()).hexdigest()[:16]}"


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
    fitting = {column: _fits(theirs, relation.table, conditions) for column, conditions in columns.items()}
    marked = theirs.select(found=theirs[relation.theirs], **fitting)
    marked = marked.filter(reduce(or_, (marked[column] for column in fitting)))
    some = marked.group_by("found").agg(**{column: marked[column].any() for column in fitting})
    joined = rows.left_join(some, rows[relation.ours] == some.found).drop("found")
    return joined.mutate(**{column: joined[column].fill_null(False) for column in columns})


def _with_exclusions(facts: Facts, of: str, definitions: Sequence[Definition], rows: Table) -> Table:
    """The rows, with `out_0`, … saying whether the ledger leaves them out of each indicator."""
    key = SUBJECTS[of]
    ledger = facts.exclusions.filter(facts.exclusions.indicator.isin([each.key for each in definitions]))
    out = ledger.group_by(left=ledger.subject).agg(
        **{f"out_{at}": (ledger.indicator == each.key).any() for at, each in enumerate(definitions)}
    )
    joined = rows.left_join(out, rows[key] == out.left).drop("left")
    return joined.mutate(**{f"out_{at}": joined[f"out_{at}"].fill_null(False) for at in range(len(definitions))})


# == out ==
def told(batch: pa.RecordBatch, definitions: Sequence[Definition], along: Sequence[str]) -> Iterator[Any]:
    """The measures of each definition apart, of the places where something is counted or left out."""
    for walk in along:
        here = batch if len(along) == 1 else batch.filter(pc.equal(batch["walk"], walk))
        for at, each in enumerate(definitions):
            found = {measure: here[f"{measure}_{at}"] for measure in _measures(each)}
            nought = pa.repeat(pa.scalar(0, pa.int64()), here.num_rows)
            measured = [found.get(measure, nought) for measure in MEASURES]
            some = pa.RecordBatch.from_arrays([here["place"], *measured], names=["place", *MEASURES])
            is_told = pc.or_(pc.greater(found["denominator"], 0), pc.greater(found["left_out"], 0))
            yield each.key, walk, some.filter(is_told)
