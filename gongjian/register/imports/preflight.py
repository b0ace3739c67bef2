"""The check before anything is written: what a file would add, change and end, and what is wrong in it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from gongjian.chronicle.record import acts_so_far

from ..actions import Refused
from ..models import ImportDraft
from ..progress import Tell, part, telling, untold
from . import body_rows, unit_rows
from .columns import FIELDS
from .problems import as_facts, told
from .staging import READING, State, heading_of, move, restage, stage, working_on

REPEATS = """
CREATE TEMP TABLE import_repeat ON COMMIT DROP AS
SELECT number, first FROM (
  SELECT number, min(number) OVER (PARTITION BY {columns}) AS first FROM import_row WHERE NOT misread
) r WHERE number <> first;
CREATE TEMP TABLE import_repeated ON COMMIT DROP AS
  SELECT r.*, p.first FROM import_row r JOIN import_repeat p USING (number);
DELETE FROM import_row r USING import_repeat p WHERE p.number = r.number
"""


def preflight(draft: ImportDraft, *, today: date | None = None) -> ImportDraft:
    """Read the file, settle each row against the register, and keep the verdicts. Nothing of the register changes.

    A file that cannot be read leaves the draft `failed` with the sentence in `failure`.
    """
    with working_on(draft), telling(draft) as tell:
        move(draft, State.CHECKING, failure="", progress=0)
        try:
            stage(draft, part(tell, 0, READING / 100))
            check(draft, part(tell, READING / 100, 1))
        except Refused as refused:
            return move(draft, State.FAILED, failure=str(refused))
        return move(draft, State.CHECKED, progress=100)


@transaction.atomic
def check(draft: ImportDraft, tell: Tell = untold) -> ImportDraft:
    """Settle what was staged, and write verdicts, problems and counts."""
    with override(draft.language), connection.cursor() as cursor:
        mark = register_mark()
        _forget_last_check(cursor)
        rows: Any = unit_rows if draft.kind == "units" else body_rows
        keys = [field.key for field in FIELDS[draft.kind]]  # type: ignore[index]
        for statement in REPEATS.format(columns=", ".join(keys)).split(";\n"):
            cursor.execute(statement)
        rows.resolve(draft.as_of, part(tell, 0, 0.7))
        _note_rows_that_differ(cursor, draft, rows.SAME_UNIT, keys)
        rows.settle_dependents()
        tell(0.8)
        _write_rows(cursor, draft, rows, keys)
        tell(0.95)
        _write_problems(cursor, draft)
        draft.counts, draft.seen_mark = _counts(cursor, draft), mark
    draft.save(update_fields=["counts", "seen_mark", "row_count"])
    return draft


def register_mark() -> int:
    """Grows with every act that is committed, and with every act of this transaction."""
    return acts_so_far()


def _forget_last_check(cursor: Any) -> None:
    """Its temporary tables go with its transaction; they are still there when one transaction checks twice."""
    cursor.execute(
        "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relnamespace = pg_my_temp_schema() "
        "AND relkind = 'r' AND starts_with(relname, 'import_') AND relname NOT IN ('import_row', 'import_misread')"
    )
    if tables := cursor.fetchone()[0]:
        cursor.execute(f"DROP TABLE {tables}")


def recheck(draft: ImportDraft, tell: Tell = untold) -> ImportDraft:
    """Settle the rows anew, because the register has changed since."""
    restage(draft, part(tell, 0, 0.4))
    return check(draft, part(tell, 0.4, 1))


def _note_rows_that_differ(cursor: Any, draft: ImportDraft, groups_sql: str, keys: list[str]) -> None:
    cursor.execute(groups_sql)
    groups = [row[0] for row in cursor.fetchall()]
    if not groups:
        return
    cursor.execute(
        f"SELECT number, {', '.join(keys)} FROM import_row WHERE number = ANY(%s)",
        [[n for group in groups for n in group]],
    )
    values = {row[0]: row[1:] for row in cursor.fetchall()}
    headings = {key: heading_of(draft, key) for key in keys}
    notes = []
    for group in groups:
        differing = [headings[key] for at, key in enumerate(keys) if len({values[number][at] for number in group}) > 1]
        facts = {"rows": group[:12], "columns": differing}
        notes += [(number, facts) for number in group]
    with cursor.copy("COPY import_trouble FROM STDIN") as copy:
        for number, facts in notes:
            copy.write_row((number, "name", "rows_differ", json.dumps(facts, ensure_ascii=False)))


def _write_rows(cursor: Any, draft: ImportDraft, rows: Any, keys: list[str]) -> None:
    table = "register_draftunit" if draft.kind == "units" else "register_draftbody"
    named = {"draft": draft.pk, "on": draft.as_of}
    columns, values = ", ".join(keys), ", ".join(f"r.{key}" for key in keys)
    cursor.execute(f"DELETE FROM {table} WHERE draft_id = %(draft)s", named)
    cursor.execute(rows.VERDICTS.format(columns=columns, values=values), named)
    cursor.execute(
        f"INSERT INTO {table} (draft_id, number, misread, verdict, changes, {columns}) "
        f"SELECT %(draft)s, r.number, false, 'repeat', jsonb_build_object('repeats', r.first), {values} "
        f"FROM import_repeated r",
        named,
    )
    cursor.execute(f"ANALYZE {table}")


def _write_problems(cursor: Any, draft: ImportDraft) -> None:
    cursor.execute("DELETE FROM register_importproblem WHERE draft_id = %s", [draft.pk])
    cursor.execute(
        'INSERT INTO register_importproblem (draft_id, number, field, "column", found, sentence, in_reading) '
        'SELECT %s, number, field, "column", found, sentence, true FROM import_misread ORDER BY number',
        [draft.pk],
    )
    cursor.execute(
        "SELECT DISTINCT ON (number, field, what) number, field, what, facts::text FROM import_trouble "
        "ORDER BY number, field, what"
    )
    troubles = [(number, field, what, as_facts(facts)) for number, field, what, facts in cursor.fetchall()]
    rows = told(draft, troubles)
    with cursor.copy(
        'COPY register_importproblem (draft_id, number, field, "column", found, sentence, in_reading) FROM STDIN'
    ) as copy:
        for number, field, heading, found, sentence in rows:
            copy.write_row((draft.pk, number, field, heading[:200], found, sentence, False))


def _counts(cursor: Any, draft: ImportDraft) -> dict[str, Any]:
    table = "register_draftunit" if draft.kind == "units" else "register_draftbody"
    cursor.execute(
        f"SELECT coalesce(f.new_kind, r.kind, ''), r.verdict, count(*) FROM {table} r LEFT "
        f"JOIN import_full f USING (number) "
        "WHERE r.draft_id = %s GROUP BY 1, 2 ORDER BY 1, 2",
        [draft.pk],
    )
    verdicts: dict[str, int] = {}
    kinds: dict[str, dict[str, int]] = {}
    for kind, verdict, count in cursor.fetchall():
        verdicts[verdict] = verdicts.get(verdict, 0) + count
        kinds.setdefault(kind, {})[verdict] = count
    cursor.execute("SELECT count(*) FROM register_importproblem WHERE draft_id = %s", [draft.pk])
    return {
        "rows": sum(verdicts.values()),
        "verdicts": verdicts,
        "kinds": kinds,
        "problems": cursor.fetchone()[0],
        "skipped": draft.counts.get("skipped", 0),
    }
