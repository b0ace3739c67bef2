"""Writing to the chronicle, and checking that nobody has altered it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from gongjian.accounts.models import User

from .models import Act


class NotInTransaction(RuntimeError):
    """An act must be written in the transaction of its deed, or one could stand without the other."""


def record(
    verb: str,
    *,
    by: object | None = None,
    subject: str = "",
    on: date | None = None,
    facts: dict[str, Any] | None = None,
) -> Act:
    """Write down a deed. `by` is an account; anybody else is the system itself. `on`: the day from which it counts."""
    if not connection.in_atomic_block:
        raise NotInTransaction(verb)
    account = by if isinstance(by, User) else None
    return Act.objects.create(verb=verb, by=account, subject=subject, on=on, facts=facts or {})


def keep_before(act: Act, table: str, condition: str, params: Sequence[Any] = (), *, deleted: bool = False) -> int:
    """Keep what the rows of `table` (alias r) that meet `condition` are now, before `act` changes or deletes them.

    Returns how many rows were kept. `table` and `condition` come from code, values go through `params`.
    """
    if not table.replace("_", "").isalnum():
        raise ValueError(f"not a table: {table}")
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO chronicle_before (act_id, "table", row, was, deleted) '
            f"SELECT %s, %s, r.id, to_jsonb(r), %s FROM {table} r WHERE {condition}",
            [act.pk, table, deleted, *params],
        )
        return cursor.rowcount


def first_broken_seal() -> int | None:
    """The number of the first seal that does not follow from its act and the seal before it; None if all hold.

    Also finds a missing seal: numbers must run without a gap, and each act must have one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(number) FROM (
              SELECT s.number FROM chronicle_seal s LEFT JOIN chronicle_seal p ON p.number = s.number - 1
              WHERE s.sha256 IS DISTINCT FROM chronicle_digest(s.act_id, p.sha256)
                 OR (s.number > 1 AND p.number IS NULL)
              UNION ALL
              SELECT coalesce(max(s.number), 0) + 1 FROM chronicle_seal s
              HAVING EXISTS (SELECT 1 FROM chronicle_act a LEFT JOIN chronicle_seal s ON s.act_id = a.id
                             WHERE s.number IS NULL)
            ) broken
            """
        )
        row = cursor.fetchone()
    return row[0] if row else None
