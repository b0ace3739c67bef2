"""The figures of the import: time beside COPY and beside django-import-export, and peak memory.

`python -m bench.importing ours|checked|unchecked|cached FILE DAY` is one run in a process of its own; it prints JSON.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from .figure import ROOT, Figure, figure, in_turn, peak_mb, seconds

ROWS = {"city": 40_000, "nation": 100_000}
ROWS_OF_THE_OTHER = {"city": 500, "nation": 2_000}
DAY = date(2025, 1, 1)
WORTH_A_VACUUM = 20_000  # rows; it takes seconds, and the few of a small table weigh nothing among the others
MARK = "试样"  # begins the names of the table's firms, which the filling has none of
HEADINGS = ("单位名称", "统一社会信用代码", "单位类别", "所属村社代码", "行业", "地址", "职工总数", "女职工")
TABLES = ("register_headcount", "register_unitentry", "register_unit")
DRAFTS = ("register_importproblem", "register_draftunit", "register_importdraft")
CHRONICLE = ("chronicle_before", "chronicle_unsealed", "chronicle_seal", "chronicle_head", "chronicle_act")
KEY = {"chronicle_unsealed": "act_id", "chronicle_seal": "number", "chronicle_head": "number"}


def imports(size: str) -> Iterator[Figure]:
    rows = _rows_to_import(ROWS[size])
    xlsx, table = _write_xlsx(rows, "firms.xlsx"), _write_csv(rows, "firms.csv")
    restore = _restorer()
    memory: list[float] = []

    def ours(file: Path) -> Callable[[], float]:
        def run() -> float:
            told = _in_own_process("ours", file)
            if told["applied"] != len(_rows_of(file)):
                raise RuntimeError(f"only {told['applied']} rows of {file.name} were applied: {told['counts']}")
            if file == xlsx:
                memory.append(told["peak_mb"])
            return float(told["seconds"])

        return run

    sides = {"xlsx": ours(xlsx), "csv": ours(table)}
    if size == "city":
        del sides["csv"]  # the easier file; at the size of the nation it is measured, too
    turns = in_turn(restore, reference=lambda: _copy(table), **sides)  # type: ignore[arg-type]  # none is called runs
    for key in sides:
        yield figure(
            f"register.import_{key}",
            size,
            f"import of {ROWS[size]:,} employers from {key}, preflight and apply together",
            turns,
            ours=key,
            unit="s",
            reference="COPY and one INSERT … SELECT",
            most_ratio=3,
            both_sides=(
                "Ours, in a process of its own, start of Python and Django left out: reads the file, checks "
                "every cell, settles each row "
                "against the register, keeps draft and verdicts, then writes units, entries, head-counts, "
                "search terms and the act, and "
                "commits. The reference: the same rows from a CSV that is clean already, by COPY into a "
                "temporary table, parents resolved "
                "by code, into the same three tables with the same indexes, exclusions and deferred guards, "
                "and commits. It reads no "
                "Excel, checks nothing, keeps no draft, and writes no search terms."
            ),
        )
    peaks = in_turn(ours=_next(memory), reference=lambda: xlsx.stat().st_size / 1e6, runs=len(memory))
    yield figure(
        "register.import_memory",
        size,
        f"peak memory of the import of {ROWS[size]:,} rows from xlsx",
        peaks,
        unit="MB",
        reference="the file itself",
        most=300,
        both_sides="The greatest resident size of the process that imports, with Python and Django, in the "
        "same runs. The reference is the size of the file.",
    )
    some = rows[: ROWS_OF_THE_OTHER[size]]
    small = _write_csv(some, "some.csv")
    _write_xlsx(some, "some.xlsx")
    some_sides = in_turn(
        restore,
        ours=ours(small),
        checked=_other("checked", small),
        unchecked=_other("unchecked", small),
        cached=_other("cached", small),
    )
    for way, how, least in (
        (
            "checked",
            "clean_model_instances=True: each row is checked and its faults are told, as our preflight does.",
            20,
        ),
        ("unchecked", "Rows are not checked: one that breaks a constraint fails its whole batch, unnamed.", None),
        ("cached", "Unchecked, and tuned: CachedInstanceLoader, and all parents read in one query.", None),
    ):
        yield figure(
            f"register.import_export_{way}",
            size,
            f"import of {len(some):,} employers from csv, preflight and apply together",
            some_sides,
            beside=way,
            unit="s",
            reference=f"django-import-export, {way}",
            least_ratio=least,
            both_sides=(
                "Ours as register.import_csv. django-import-export: a ModelResource over UnitEntry with use_bulk=True, "
                "skip_diff=True, batch_size=1000 (bench/rival.py), units and head-counts written in bulk "
                "with each batch, "
                f"a dry run and then the import, its rows and parents looked for by code. {how}"
            ),
        )


def _other(way: str, file: Path) -> Callable[[], float]:
    return lambda: float(_in_own_process(way, file)["seconds"])


def _next(values: list[float]) -> Callable[[], float]:
    left = iter(values)
    return lambda: next(left)


# == the table ==
def _rows_to_import(count: int) -> list[tuple[Any, ...]]:
    from django.db import connection  # app ready: this module also runs before Django is there

    from gongjian.sample.names import credit_code  # app ready: as above

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.code FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id "
            "WHERE k.level = 'village' AND upper_inf(e.valid) ORDER BY e.code"
        )
        villages = [row[0] for row in cursor.fetchall()]
    words = ("纺织", "机械", "电子", "化工", "食品", "物流", "建材")
    return [
        (
            f"{MARK}{words[number % 7]}{number:06d}有限公司",
            credit_code(number, department="91", region="330600"),
            "企业",
            villages[number * 7919 % len(villages)],
            "C",
            f"样例路{number}号",
            2 + number % 500,
            number % 500 // 3,
        )
        for number in range(1, count + 1)
    ]


def _write_xlsx(rows: list[tuple[Any, ...]], name: str) -> Path:
    import xlsxwriter  # slow: only where a table is written

    from .database import folder

    file = folder() / name
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
    return file


def _write_csv(rows: list[tuple[Any, ...]], name: str) -> Path:
    from .database import folder

    file = folder() / name
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *rows])
    return file


def _rows_of(file: Path) -> list[str]:
    return file.with_suffix(".csv").read_text(encoding="utf-8").splitlines()[1:]


# == the same state for each run ==
def _restorer() -> Callable[[], None]:
    from django.db import connection, transaction  # app ready: as above

    guarded = (*TABLES, *CHRONICLE)
    with connection.cursor() as cursor:
        last = {}
        for table in guarded:
            cursor.execute(f"SELECT coalesce(max({KEY.get(table, 'id')}), 0) FROM {table}")
            last[table] = cursor.fetchone()[0]

    def restore() -> None:
        """Take away whatever was entered since, and give the room back."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(DRAFTS)} CASCADE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            gone = 0
            for table, id in last.items():
                key = KEY.get(table, "id")
                cursor.execute(f"DELETE FROM {table} WHERE {key} > %s", [id])
                gone += cursor.rowcount
                if key == "id":
                    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(%s, 1))", [id])
            cursor.execute("DELETE FROM register_spelling WHERE name LIKE %s", [f"{MARK}%"])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if gone < WORTH_A_VACUUM:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join((*guarded, 'register_spelling'))}")

    return restore


# == the reference ==
STAGING = """
    CREATE TEMP TABLE bare (
      name text, credit_code text, kind text, parent_code text, trade text, address text, staff int, women int
    )
"""
INSERT = """
    WITH act AS (INSERT INTO chronicle_act (verb, subject, facts) VALUES ('bench', '', '{}') RETURNING id),
    row AS MATERIALIZED (
      SELECT nextval(pg_get_serial_sequence('register_unit', 'id')) AS id, s.*, p.unit_id AS parent, u.path,
             act.id AS act
      FROM bare s JOIN register_unitentry p ON p.code = s.parent_code AND p.valid @> %(day)s::date
      JOIN register_unit u ON u.id = p.unit_id CROSS JOIN act
    ),
    unit AS (INSERT INTO register_unit (id, path) SELECT id, path || register_step(id) FROM row),
    entry AS (
      INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id,
                                      status, trade, sector, ownership, address, source, act_id)
      SELECT id, daterange(%(day)s, NULL), name, '', '', credit_code, 'enterprise', parent, 'active', trade, '', '',
             address, '', act
      FROM row
    )
    INSERT INTO register_headcount (unit_id, valid, staff, women, source, act_id)
    SELECT id, daterange(%(day)s, NULL), staff, women, '', act FROM row
"""


def _copy(file: Path) -> float:
    from django.db import connection, transaction  # app ready: as above

    lines = file.read_bytes()

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STAGING)
            with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as into:
                into.write(lines)
            cursor.execute("ANALYZE bare")
            cursor.execute(INSERT, {"day": DAY})

    took = seconds(copy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM register_unitentry WHERE name LIKE %s", [f"{MARK}%"])
        if cursor.fetchone()[0] != len(_rows_of(file)):
            raise RuntimeError("the reference has not written all rows")
        cursor.execute("DROP TABLE bare")
    return took


# == one run in a process of its own ==
def _in_own_process(side: str, file: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.importing", side, str(file), DAY.isoformat()],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=1800,
    )
    if done.returncode:
        raise RuntimeError(f"{side} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _run(side: str, file: Path, day: date) -> dict[str, Any]:
    import django  # slow: only in the process that imports

    django.setup()
    if side == "ours":
        return _import(file, day)
    from . import rival  # app ready: models

    began = time.perf_counter()
    rival.import_file(file, day, checked=side == "checked", cached=side == "cached")
    return {"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}


def _import(file: Path, day: date) -> dict[str, Any]:
    from gongjian.register.imports.apply import apply  # app ready: models
    from gongjian.register.imports.preflight import preflight
    from gongjian.register.imports.staging import start_draft

    steps = [time.perf_counter()]
    with file.open("rb") as opened:
        draft = start_draft(opened, file.name, "units", day, by=None)
    steps.append(time.perf_counter())
    draft = preflight(draft)
    steps.append(time.perf_counter())
    draft = apply(draft, by=None)
    steps.append(time.perf_counter())
    return {
        "seconds": steps[-1] - steps[0],
        "steps": [b - a for a, b in pairwise(steps)],
        "peak_mb": peak_mb(),
        "counts": draft.counts,
        "applied": draft.counts["rows"] - draft.counts["problems"] if draft.state == "applied" else 0,
    }


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]).date())))
