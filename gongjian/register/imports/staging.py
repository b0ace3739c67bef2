"""Drafts of imports: taking in a file, correcting its columns and single rows, and reading it into staging.

Reading fills two temporary tables of the connection, `import_row` and `import_misread`; the preflight goes on from
there. Nothing here touches the register.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gongjian.accounts.models import User

from ..access import Reader
from ..actions import Refused
from ..models import (
    BodyKind,
    Choice,
    DraftBody,
    DraftRow,
    DraftUnit,
    Form,
    ImportDraft,
    Line,
    UnitKind,
)
from ..models.words import Word
from ..progress import Tell, untold
from . import cells
from .columns import FIELDS, Field, Kind, guess, guess_kind
from .sheets import MAX_BYTES, Table, Unreadable, open_table

State = ImportDraft.State
MOVES: dict[str, set[str]] = {
    State.UPLOADED: {State.UPLOADED, State.CHECKING, State.FAILED, State.UNDONE},
    State.CHECKING: {State.CHECKED, State.FAILED, State.UPLOADED, State.CHECKING},
    State.CHECKED: {State.UPLOADED, State.CHECKING, State.APPLYING, State.UNDONE},
    State.APPLYING: {State.APPLIED, State.CHECKED},
    State.APPLIED: {State.UPLOADED, State.CHECKING, State.UNDONE},
    State.UNDONE: {State.UPLOADED, State.CHECKING},
    State.FAILED: {State.UPLOADED, State.CHECKING, State.FAILED, State.UNDONE},
}
ALIVE = 71021  # class of the advisory locks that tell whether somebody works on a draft
BATCH = 5_000
READING = 40  # percent: up to here a check reads the file, from here it settles the rows
REMEMBERED = 50_000
LENGTHS = {"name": 200, "code": 20, "credit_code": 18, "address": 200}
LENGTHS_OF_BODIES = {"name": 200, "code": 24}


def move(draft: ImportDraft, to: str, **fields: Any) -> ImportDraft:
    """Bring the draft into another state, and write the fields that go with it."""
    if to not in MOVES[draft.state]:
        raise Refused(
            _("This is not possible now: the file “%(file)s” is in another state.") % {"file": draft.filename}
        )
    draft.state = to
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=["state", *fields])
    return draft


# == drafts ==
def start_draft(
    file: IO[bytes] | File[bytes], filename: str, kind: str | None, as_of: date, by: Reader | None
) -> ImportDraft:
    """Keep the file and guess what its columns hold; `kind` None = guess that too. Raises Refused if it is no table."""
    with tempfile.NamedTemporaryFile(suffix=Path(filename).suffix) as copy:
        digest = copied(file, copy)
        try:
            table = open_table(copy.name, filename)
        except Unreadable as unreadable:
            raise Refused(unreadable.sentence) from None
        found = kind or guess_kind(table.headers)
        if found not in FIELDS:
            raise Refused(_("The headings do not tell whether these are units or bodies. Choose which."))
        draft = ImportDraft(
            kind=found,
            filename=Path(filename).name[-200:],
            sha256=digest,
            as_of=as_of,
            by=by if isinstance(by, User) else None,
            language=(get_language() or "zh-hans")[:10],
        )
        _describe(draft, table)
        copy.seek(0)
        draft.file.save(f"{digest[:16]}{Path(filename).suffix[:10]}", File(copy), save=False)
        draft.save()
    return draft


def copied(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy no more than a file may have and return the SHA-256."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(1 << 20):
        size += len(piece)
        if size > MAX_BYTES:
            raise Refused(
                _("The file is larger than %(most)s MB. Divide it, and send the parts.") % {"most": MAX_BYTES >> 20}
            )
        digest.update(piece)
        target.write(piece)
    target.flush()
    return digest.hexdigest()


def _describe(draft: ImportDraft, table: Table) -> None:
    draft.sheet, draft.header_row, draft.headers = table.sheet[:100], table.header_row, table.headers
    kind: Kind = "units" if draft.kind == "units" else "bodies"
    draft.mapping = {str(column): key for column, key in guess(table.headers, kind).items()}


def set_mapping(draft: ImportDraft, mapping: Mapping[Any, str]) -> ImportDraft:
    """Say what each column holds; columns that are left out are not read."""
    chosen = {str(int(column)): key for column, key in mapping.items() if key}
    known = {field.key: field for field in FIELDS[draft.kind]}  # type: ignore[index]
    for key in chosen.values():
        if key not in known:
            raise Refused(_("“%(field)s” is not something a column can hold.") % {"field": key})
        if list(chosen.values()).count(key) > 1:
            raise Refused(_("Two columns are given as “%(field)s”. Choose one of them.") % {"field": known[key].label})
    if not chosen:
        raise Refused(_("No column is chosen. Say at least which column holds the name or the code."))
    return move(draft, State.UPLOADED, mapping=chosen)


def look(draft_id: int) -> ImportDraft:
    """The draft as it is. One that a dead process left in the middle is brought back to where it was safe."""
    draft = ImportDraft.objects.get(pk=draft_id)
    if draft.state in {State.CHECKING, State.APPLYING}:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ALIVE, draft.pk])
            if cursor.fetchone()[0]:
                draft.refresh_from_db()
                if draft.state == State.CHECKING:
                    move(draft, State.UPLOADED, progress=0)
                elif draft.state == State.APPLYING:
                    move(draft, State.CHECKED, progress=0)
    return draft


@contextmanager
def working_on(draft: ImportDraft) -> Iterator[None]:
    """Hold the draft for oneself; another process that looks can tell that somebody is alive. Raises Refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ALIVE, draft.pk])
        if not cursor.fetchone()[0]:
            raise Refused(_("Somebody is working on this file just now. Wait until it is done, then look again."))
    try:
        draft.refresh_from_db()
        yield
    finally:
        _let_go(draft.pk)


def _let_go(draft_id: int) -> None:
    """A connection that is gone has let go by itself; one in a failed transaction is let go with its end."""
    if connection.connection is None or connection.connection.closed or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ALIVE, draft_id])


def rows_of(draft: ImportDraft) -> QuerySet[Any]:
    """The staged rows, by their number in the file."""
    model: type[DraftRow] = DraftUnit if draft.kind == "units" else DraftBody
    return model._default_manager.filter(draft=draft).order_by("number")


# == reading ==
def stage(draft: ImportDraft, tell: Tell = untold) -> None:
    """Read the file into the temporary tables. Raises Refused if it cannot be read to its end."""
    with override(draft.language):
        try:
            table = open_table(draft.file.path, draft.filename, draft.sheet or None)
            _copy_rows(draft, table, tell)
        except Unreadable as unreadable:
            raise Refused(unreadable.sentence) from None
        except FileNotFoundError:
            raise Refused(_("The file is no longer there. Send it again.")) from None


def _copy_rows(draft: ImportDraft, table: Table, tell: Tell) -> None:
    fields = {field.key: field for field in FIELDS[draft.kind]}  # type: ignore[index]
    lengths = LENGTHS if draft.kind == "units" else LENGTHS_OF_BODIES
    chosen = [(int(column), fields[key]) for column, key in draft.mapping.items()]
    extra = sorted({key for values in draft.mended.values() for key in values} - set(draft.mapping.values()))
    chosen += [(-1, fields[key]) for key in extra]
    keys = [field.key for _column, field in chosen]
    model = DraftUnit if draft.kind == "units" else DraftBody
    read = _reader_of_rows(chosen, reading_of(draft), lengths)
    make_tables(model)
    done = 0
    for batch in _batches(table.rows(), BATCH):
        rows, misread = read(batch, draft.mended)
        headings = {field.key: heading_of(draft, field.key) for _column, field in chosen}
        with transaction.atomic(), connection.cursor() as cursor:
            names = ", ".join(f'"{key}"' for key in ["number", "misread", *keys])
            with cursor.copy(f"COPY import_row ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if misread:
                with cursor.copy("COPY import_misread FROM STDIN") as copy:
                    for number, key, found, sentence in misread:
                        copy.write_row((number, key, headings[key][:200], found, sentence))
        done += len(batch)
        draft.row_count = done
        tell(min(done / max(table.height, 1), 1))
    draft.counts = {"skipped": len(table.skipped)}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE import_row ADD PRIMARY KEY (number)")
        cursor.execute("ANALYZE import_row")


def restage(draft: ImportDraft, tell: Tell = untold) -> None:
    """Fill the temporary tables from the rows as they were read; from the file if a crash has taken those."""
    model = DraftUnit if draft.kind == "units" else DraftBody
    if rows_of(draft).count() != draft.row_count:
        stage(draft, tell)
        return
    make_tables(model)
    columns = ", ".join(["number", "misread", *(field.key for field in FIELDS[draft.kind])])  # type: ignore[index]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO import_row ({columns}) SELECT {columns} FROM {model._meta.db_table} WHERE draft_id = %s",
            [draft.pk],
        )
        cursor.execute(
            'INSERT INTO import_misread SELECT number, field, "column", found, sentence '
            "FROM register_importproblem WHERE draft_id = %s AND in_reading",
            [draft.pk],
        )
        cursor.execute("ALTER TABLE import_row ADD PRIMARY KEY (number)")
        cursor.execute("ANALYZE import_row")


def make_tables(model: type[DraftRow]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_misread")
        cursor.execute(f"CREATE TEMP TABLE import_row (LIKE {table} INCLUDING DEFAULTS)")
        for column in ("draft_id", "verdict", "misread"):
            cursor.execute(f"ALTER TABLE import_row ALTER {column} DROP NOT NULL")
        cursor.execute(
            'CREATE TEMP TABLE import_misread (number int, field text, "column" text, found text, sentence text)'
        )


def heading_of(draft: ImportDraft, key: str) -> str:
    """The heading as in the file; the name of the field where the file has no such column."""
    for column, mapped in draft.mapping.items():
        if mapped == key and int(column) < len(draft.headers):
            return str(draft.headers[int(column)])
    return next((str(field.label) for field in FIELDS[draft.kind] if field.key == key), "")  # type: ignore[index]


Cell = Callable[[Any], Any]
Misread = tuple[int, str, str, str]


def _reader_of_rows(
    chosen: list[tuple[int, Field]], readers: Mapping[str, Cell], lengths: Mapping[str, int]
) -> Callable[[list[tuple[int, list[object]]], Mapping[str, Mapping[str, str]]], tuple[list[list[Any]], list[Misread]]]:
    plan = [(column, field.key, _checked(readers[field.key], lengths.get(field.key))) for column, field in chosen]

    def read(
        batch: list[tuple[int, list[object]]], mended: Mapping[str, Mapping[str, str]]
    ) -> tuple[list[list[Any]], list[Misread]]:
        rows: list[list[Any]] = []
        misread: list[Misread] = []
        for number, values in batch:
            typed = mended.get(str(number)) if mended else None
            row: list[Any] = [number, False]
            for column, key, cell in plan:
                value: object = values[column] if column >= 0 else ""
                if typed is not None and key in typed:
                    value = typed[key]
                try:
                    row.append(cell(value))
                except cells.Bad as bad:
                    row.append(None)
                    row[1] = True
                    misread.append((number, key, _shown(value), bad.sentence))
            rows.append(row)
        return rows, misread

    return read


def _checked(cell: Cell, longest: int | None) -> Cell:
    """The cell's reader with blank as None, and texts that the register can hold."""

    def read(value: Any) -> Any:
        found = cell(value)
        if found == "" or found is None:
            return None
        if longest and len(found) > longest:
            raise cells.Bad(
                _("This is %(length)s characters long; at most %(longest)s can be kept. Shorten it.")
                % {"length": len(found), "longest": longest}
            )
        return found

    return read


def _shown(value: object) -> str:
    return str(getattr(value, "text", value))[:200].replace("\x00", "")


def reading_of(draft: ImportDraft) -> dict[str, Cell]:
    """How to read each field of the draft's kind."""
    plain: dict[str, Cell] = {
        "text": cells.text,
        "code": cells.code,
        "credit_code": cells.credit_code,
        "day": _remembering(cells.day),
        "count": cells.count,
        "several": _several,
    }
    often = {
        "parent_code",
        "parent_name",
        "seat_code",
        "superior_code",
        "superior_name",
        "leader_code",
        "leader_name",
    }
    found: dict[str, Cell] = {}
    for field in FIELDS[draft.kind]:  # type: ignore[index]
        if field.reads == "choice":
            found[field.key] = _remembering(_chooser(_spellings(draft.kind, field.key)))
        else:
            found[field.key] = _remembering(plain[field.reads]) if field.key in often else plain[field.reads]
    return found


def _several(value: Any) -> str | None:
    """Kept as a JSON list, so that a name may hold any sign."""
    found = cells.several(value)
    return json.dumps(found, ensure_ascii=False) if found else None


def _chooser(options: dict[str, str]) -> Cell:
    return lambda value: cells.choice(value, options)


def _remembering(cell: Cell) -> Cell:
    """The same text is read once. Only texts are remembered: 1 and True are equal, but not the same."""
    seen: dict[str, Any] = {}

    def read(value: Any) -> Any:
        if type(value) is not str:
            return cell(value)
        if value in seen:
            return seen[value]
        found = cell(value)
        if len(seen) < REMEMBERED:
            seen[value] = found
        return found

    return read


def _spellings(kind: str, key: str) -> dict[str, str]:
    """Accepted words → key, for a field whose words come from the pack."""
    models: dict[tuple[str, str], type[Word]] = {
        ("units", "kind"): UnitKind,
        ("bodies", "kind"): BodyKind,
        ("bodies", "line"): Line,
        ("bodies", "form"): Form,
    }
    words: Iterable[Any] = (
        models[kind, key].objects.all() if (kind, key) in models else Choice.objects.filter(list=key)  # type: ignore[attr-defined]
    )
    options: dict[str, str] = {}
    for word in words:
        for spelling in [*word.names.values(), word.key]:
            options.setdefault(str(spelling), word.key)
    return options


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
