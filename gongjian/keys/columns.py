"""Columns that hold sealed text, and sealing them anew under the newest key.

A value is bound to its table, its column and its row, so that nobody who can write to the database can move one
person's number into another's row. There is no Django field that opens by itself, on purpose: a field knows no row
when it reads, and reading a sensitive value is a deed of its own, not a side effect of loading a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from . import ring

BATCH = 500


@dataclass(frozen=True)
class SealedColumn:
    """A nullable or full bytea column of a table with a key `id`. `bound_to` is the column that names the row."""

    table: str
    column: str
    bound_to: str = "id"

    def context(self, row: object) -> str:
        """What a value of this row is sealed with: table.column:row."""
        return f"{self.table}.{self.column}:{row}"

    def seal(self, plain: str, row: object) -> bytes:
        return ring.seal(plain, self.context(row))

    def unseal(self, sealed: bytes, row: object) -> str:
        """Raises KeyUnknown, Altered."""
        return ring.unseal(sealed, self.context(row))


_sealed: dict[tuple[str, str], SealedColumn] = {}


def sealed(table: str, column: str, *, bound_to: str = "id") -> SealedColumn:
    """Name a column that holds sealed text; said once, when the matter starts. Raises ValueError for odd names."""
    for name in (table, column, bound_to):
        if not name.isidentifier():
            raise ValueError(f"not a name in the database: {name}")
    return _sealed.setdefault((table, column), SealedColumn(table, column, bound_to))


def sealed_column(table: str, column: str) -> SealedColumn | None:
    """The column as it was named; None if nobody has."""
    return _sealed.get((table, column))


def sealed_columns() -> Iterator[SealedColumn]:
    """All that were named."""
    yield from _sealed.values()


def counted(column: SealedColumn) -> dict[str, int]:
    """How many values stand under which key id; "" for what is not sealed text."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT substring({column.column} FROM 1 FOR 2 + get_byte({column.column}, 1)), count(*) "
            f"FROM {column.table} WHERE length({column.column}) > 1 GROUP BY 1"
        )
        for head, count in cursor.fetchall():
            try:
                key_id = ring.key_id_of(head)
            except ring.Altered:
                key_id = ""
            counts[key_id] = counts.get(key_id, 0) + count
    return counts


def rotate(column: SealedColumn, tell: Callable[[int], None] = lambda done: None) -> int:
    """Seal anew what is not under the newest key, batch by batch; a run that is cut off is taken up by the next.

    Returns how many values were sealed anew. Raises KeyUnknown, Altered: then that batch stays as it was.
    """
    done, after = 0, 0
    while True:
        with transaction.atomic():
            count, after = _rotate_batch(column, after)
        if not after:
            return done
        done += count
        tell(done)


def _rotate_batch(column: SealedColumn, after: int) -> tuple[int, int]:
    """How many were sealed anew, and the last id looked at; 0 at the end."""
    newest = ring.ring().newest
    name, table = column.column, column.table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {column.bound_to}, {name} FROM {table} WHERE id > %s AND {name} IS NOT NULL "
            f"AND NOT starts_with(encode({name}, 'hex'), %s) ORDER BY id LIMIT %s FOR UPDATE",
            [after, ring._head(newest).hex(), BATCH],
        )
        rows = cursor.fetchall()
        for id, row, value in rows:
            cursor.execute(
                f"UPDATE {table} SET {name} = %s WHERE id = %s", [column.seal(column.unseal(value, row), row), id]
            )
    return len(rows), rows[-1][0] if rows else 0
