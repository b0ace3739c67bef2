"""The figures of rolling up: time beside SQL written by hand, peak memory, and growth with the number of bodies.

`python -m bench.figures ours|sql MEMORY FOLDER FILE` is one run in a process of its own; it writes the answers into
FILE and prints JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet

from rollup import engine
from rollup.definition import Definition
from rollup.lake import read
from rollup.tally import MEASURES, columns, told

from . import lake
from .database import folder
from .figure import ROOT, Figure, figure, in_turn, peak_mb

MEMORY_MB = {"city": 1_000, "nation": 1_500}  # for DuckDB; a city's is that of the night run
BATCH = 100_000
UNITS = {"city": 100_000, "tenth": 500_000, "nation": 5_000_000}
BODIES = {"city": 60_000, "tenth": 1_200_000, "nation": 12_000_000}
RUNS = {"city": 5, "nation": 3}
WALKS = {"city": lake.WALKS, "nation": lake.WALKS[:1]}


def figures(size: str) -> Iterator[Figure]:
    facts = _facts(size)
    peaks: dict[str, list[float]] = {}
    sides = {side: _side(side, facts, MEMORY_MB[size], peaks) for side in ("ours", "sql")}
    if size == "nation":
        tenth = _facts("tenth")
        sides["tenth"] = _side("ours", tenth, MEMORY_MB[size], {})
    turns = in_turn(runs=RUNS[size], **sides)  # type: ignore[arg-type]  # none is called runs or restore
    answers = _agreed(facts)
    yield figure(
        f"rollup.{size}",
        size,
        f"{len(HERE)} indicators over {UNITS[size]:,} units and {BODIES[size]:,} bodies, at every place of the "
        f"walks by {', '.join(WALKS[size])}",
        turns,
        unit="s",
        beside="sql",
        reference="DuckDB SQL written by hand",
        most_ratio=1.5 if size == "nation" else None,
        both_sides=(
            f"Both read the same files of facts in a process of their own with {MEMORY_MB[size]:,} MB for DuckDB, and "
            "write all answers into a file of Parquet; the start of Python and of DuckDB is left out. Their answers "
            f"were compared in the same run: {answers:,} rows, all equal. By hand is the SQL of bench/figures.py, "
            "which knows the twelve indicators."
        ),
    )
    if size != "nation":
        return
    kept = {side: iter(values) for side, values in peaks.items()}
    yield figure(
        "rollup.nation_memory",
        size,
        "peak memory of that run",
        in_turn(runs=RUNS[size], ours=lambda: next(kept["ours"]), sql=lambda: next(kept["sql"])),
        unit="MB",
        beside="sql",
        reference="DuckDB SQL written by hand",
        most=2_000,
        both_sides="The greatest resident size of the whole process, Python and the answers in it.",
    )
    yield figure(
        "rollup.nation_growth",
        size,
        "that run beside a tenth of it",
        turns,
        unit="s",
        beside="tenth",
        reference=f"{BODIES['tenth']:,} bodies over {UNITS['tenth']:,} units",
        most_ratio=10,
        both_sides="Ours both times. The tenth lies under provinces with a tenth of all divisions.",
    )


def _facts(size: str) -> Path:
    from . import city, nation  # app ready: needs settings; a run of its own does without

    listed = city.divisions() if size == "city" else nation.divisions() if size == "nation" else _tenth()
    return lake.made(folder(), listed, UNITS[size], BODIES[size], WALKS.get(size, WALKS["nation"]))


def _tenth() -> Iterator[tuple[str, str, str, str]]:
    """The country and its first provinces that together have a tenth of all divisions or a little more."""
    from . import nation  # app ready: needs settings

    rows = list(nation.divisions())
    kept: set[str] = set()
    for province in (code for code, _name, level, _parent in rows if level == "province"):
        if sum(code[:2] in kept for code, *_rest in rows) * 10 >= len(rows):
            break
        kept.add(province)
    yield from (row for row in rows if row == nation.COUNTRY or row[0][:2] in kept)


def _side(side: str, facts: Path, memory: int, peaks: dict[str, list[float]]) -> Callable[[], float]:
    def run() -> float:
        done = _in_own_process(side, facts, memory)
        peaks.setdefault(side, []).append(done["peak_mb"])
        return float(done["seconds"])

    return run


def _answers(side: str, facts: Path) -> Path:
    return facts.with_name(f"{facts.name}-{side}.parquet")


def _in_own_process(side: str, facts: Path, memory: int) -> dict[str, Any]:
    asked = [sys.executable, "-m", "bench.figures", side, str(memory), str(facts), str(_answers(side, facts))]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"{side} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _agreed(facts: Path) -> int:
    """How many answers there were last; raises RuntimeError if the two sides did not give the same ones."""
    files = {side: _answers(side, facts) for side in ("ours", "sql")}
    ours, theirs = (f"(SELECT * FROM '{files[side]}')" for side in ("ours", "sql"))
    [(count, other, apart)] = duckdb.sql(
        f"SELECT (SELECT count(*) FROM {ours}), (SELECT count(*) FROM {theirs}), (SELECT count(*) FROM ("
        f"SELECT * FROM {ours} EXCEPT ALL SELECT * FROM {theirs}))"
    ).fetchall()
    if apart or count != other:
        raise RuntimeError(f"The answers differ: {count:,} of ours, {other:,} by hand, {apart:,} only of ours.")
    return int(count)


# == by hand ==
# What is meant, what of it counts as done, and whose number is added up.
OF_UNITS = {
    "union_enterprises": ("kind = 'enterprise'", "by_union", "staff"),
    "union_enterprises_25": ("kind = 'enterprise' AND staff >= 25", "by_union", "staff"),
    "union_joint_share": ("kind = 'enterprise' AND by_union", "NOT by_single", "staff"),
    "union_women": ("level = 'employer' AND women >= 1", "by_union", "women"),
    "union_villages": ("level = 'village'", "by_union", ""),
    "party_employers": ("level = 'employer'", "by_party", "staff"),
    "league_employers": ("level = 'employer' AND under_35 >= 3", "by_league", "under_35"),
    "four_lines": ("level = 'employer'", "by_party AND by_union AND by_league AND by_women", "staff"),
    "village_venues": ("level = 'village'", "is_shared", ""),
}
OF_BODIES = {
    "terms_running": ("term IN ('running', 'expired', 'unknown')", "term = 'running'", "members"),
    "bodies_headed": ("true", "heads >= 1", "members"),
    "bodies_led": ("line IN ('union', 'league', 'women')", "led", "members"),
}
HERE = (*OF_UNITS, *OF_BODIES)
UNITS_BY_HAND = """
covered AS (
  SELECT unit, bool_or(line = 'union') AS by_union, bool_or(line = 'union' AND form = 'single') AS by_single,
    bool_or(line = 'party') AS by_party, bool_or(line = 'league') AS by_league, bool_or(line = 'women') AS by_women
  FROM covers GROUP BY unit
), shared AS (SELECT DISTINCT unit FROM venues WHERE lines >= 2),
told AS (
  SELECT u.division, u.level, u.kind, u.staff, u.women, u.under_35, coalesce(by_union, false) AS by_union,
    coalesce(by_single, false) AS by_single, coalesce(by_party, false) AS by_party,
    coalesce(by_league, false) AS by_league, coalesce(by_women, false) AS by_women,
    s.unit IS NOT NULL AS is_shared, u.status = 'active' AS stands,
    e.subject IS NOT NULL AS out_union_enterprises, p.subject IS NOT NULL AS out_party_employers
  FROM units u LEFT JOIN covered USING (unit) LEFT JOIN shared s USING (unit)
  LEFT JOIN exclusions e ON e.subject = u.unit AND e.indicator = 'union_enterprises'
  LEFT JOIN exclusions p ON p.subject = u.unit AND p.indicator = 'party_employers'
)"""
BODIES_BY_HAND = "told AS (SELECT *, true AS stands FROM bodies)"
IN_LEDGER = ("union_enterprises", "party_employers")


def by_hand(of: dict[str, tuple[str, str, str]], head: str, walk: str) -> str:
    """Counted for each leaf and then for each place; along the other walks a body is a leaf, and counted at once."""
    if walk == "territory":
        names = [f"{measure}_{at}" for at, (_m, _h, heads) in enumerate(of.values()) for measure in _told_of(heads)]
        sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in names)
        return (
            f"WITH {head}, leaves AS (SELECT division AS leaf, {_measures(of)} FROM told GROUP BY division) "
            f"SELECT place, {sums} FROM leaves JOIN ways USING (leaf) WHERE walk = 'territory' GROUP BY place"
        )
    return (
        f"WITH {head} SELECT place, {_measures(of)} FROM told JOIN ways ON leaf = body "
        f"WHERE walk = '{walk}' GROUP BY place"
    )


def _measures(of: dict[str, tuple[str, str, str]]) -> str:
    parts = []
    for at, (key, (meant, having, heads)) in enumerate(of.items()):
        stands = f"stands AND NOT out_{key}" if key in IN_LEDGER else "stands"
        counted, having = f"{meant} AND {stands}", f"{meant} AND {stands} AND {having}"
        parts += [
            f"count(*) FILTER (WHERE {counted}) AS denominator_{at}",
            f"count(*) FILTER (WHERE {having}) AS numerator_{at}",
            f"count(*) FILTER (WHERE {meant} AND NOT ({stands})) AS left_out_{at}",
        ]
        if heads:
            parts += [
                f"coalesce(sum({heads}) FILTER (WHERE {counted}), 0)::BIGINT AS heads_{at}",
                f"coalesce(sum({heads}) FILTER (WHERE {having}), 0)::BIGINT AS heads_having_{at}",
                f"count(*) FILTER (WHERE {counted} AND {heads} IS NULL) AS heads_unknown_{at}",
            ]
    return ", ".join(parts)


def _told_of(heads: str) -> tuple[str, ...]:
    return MEASURES if heads else MEASURES[:3]


# == one run in a process of its own ==
Answers = Iterator[tuple[str, str, pa.RecordBatch]]


def _definitions() -> list[Definition]:
    pack = tomllib.loads((ROOT / "packs" / "shaoxing" / "indicators.toml").read_text(encoding="utf-8"))
    found = {each["key"]: each for each in pack["indicator"]}
    some = [(key, found[key]) for key in HERE]
    return [Definition(key, x["of"], x["where"], x["having"], x.get("heads", "")) for key, x in some]


def _ours(facts: Path, memory: int) -> Answers:
    with engine.opened(memory_mb=memory) as backend:
        yield from columns(read(backend, facts), _definitions())


def _by_sql(facts: Path, memory: int) -> Answers:
    scratch = facts.with_name(f"{facts.name}-scratch")
    config = {"memory_limit": f"{memory}MB", "temp_directory": str(scratch), "preserve_insertion_order": False}
    with duckdb.connect(config=config) as database:
        for table in ("units", "bodies", "covers", "venues"):
            database.execute(f"CREATE VIEW {table} AS FROM '{facts / table}/*.parquet'")
        for table in ("ways", "exclusions"):
            database.execute(f"CREATE VIEW {table} AS FROM '{facts / table}.parquet'")
        for of, head, walks in (
            (OF_UNITS, UNITS_BY_HAND, ("territory",)),
            (OF_BODIES, BODIES_BY_HAND, lake.WALKS),
        ):
            some = [each for each in _definitions() if each.key in of]
            for walk in walks:
                for batch in database.sql(by_hand(of, head, walk)).to_arrow_reader(BATCH):
                    yield from told(batch, some, [walk])


def _run(side: str, memory: int, facts: Path, file: Path) -> dict[str, Any]:
    engine.duckdb().disconnect()
    answers = (_ours if side == "ours" else _by_sql)(facts, memory)
    began = time.perf_counter()
    _keep(answers, file)
    return {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time(), "peak_mb": peak_mb()}


def _keep(answers: Iterable[tuple[str, str, pa.RecordBatch]], file: Path) -> None:
    words, numbers = ("indicator", "walk"), ("place", *MEASURES)
    names = pa.schema([*((each, pa.string()) for each in words), *((each, pa.int64()) for each in numbers)])
    with pyarrow.parquet.ParquetWriter(file, names) as writer:
        for indicator, walk, batch in answers:
            told_of = [pa.repeat(word, batch.num_rows) for word in (indicator, walk)]
            writer.write_batch(pa.RecordBatch.from_arrays([*told_of, *batch.columns], schema=names))


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))))
