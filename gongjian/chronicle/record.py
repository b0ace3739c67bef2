"""Writing to the chronicle: deeds, what rows were before them, readings, and forgetting somebody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User

from . import personal
from .models import Act
from .whence import here

READ = "chronicle.read"
FORGOTTEN = "chronicle.forget_person"


class NotInTransaction(RuntimeError):
    """An act must be written in the transaction of its deed, or one could stand without the other."""


def record(
    verb: str,
    *,
    by: object | None = None,
    subject: str = "",
    on: date | None = None,
    facts: dict[str, Any] | None = None,
    as_office: str = "",
) -> Act:
    """Write down a deed. `by` is an account; anybody else is the system itself. `on`: the day from which it counts.

    `facts` hold nothing personal: those are for everybody who may read the act, and for ever. `as_office`: the office
    in which it is done, if it is another than that of the request. Raises NotInTransaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(verb)
    account = by if isinstance(by, User) else None
    whence = here()
    return Act.objects.create(
        verb=verb,
        by=account,
        office=as_office or whence.office,
        subject=subject,
        on=on,
        facts=facts or {},
        address=whence.address,
        request=whence.request,
    )


def keep_before(act: Act, table: str, condition: str, params: Sequence[Any] = (), *, deleted: bool = False) -> int:
    """Keep what the rows of `table` (alias r) that meet `condition` are now, before `act` changes or deletes them.

    Returns how many rows were kept. `table` and `condition` come from code, values go through `params`. Personal
    columns are kept under the key of their person.
    """
    if not table.replace("_", "").isalnum():
        raise ValueError(f"not a table: {table}")
    if table in personal.PERSONAL:
        return _keep_hidden(act, table, condition, params, deleted)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO chronicle_before (act_id, "table", row, was, deleted) '
            f"SELECT %s, %s, r.id, to_jsonb(r), %s FROM {table} r WHERE {condition}",
            [act.pk, table, deleted, *params],
        )
        return cursor.rowcount


def _keep_hidden(act: Act, table: str, condition: str, params: Sequence[Any], deleted: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT r.id, to_jsonb(r) FROM {table} r WHERE {condition}", params)
        rows = personal.hidden(table, {row: json.loads(was) for row, was in cursor})
        cursor.executemany(
            'INSERT INTO chronicle_before (act_id, "table", row, was, deleted) VALUES (%s, %s, %s, %s::jsonb, %s)',
            [(act.pk, table, row, json.dumps(was), deleted) for row, was in rows.items()],
        )
    return len(rows)


class NoReason(ValueError):
    """A sensitive value is opened for a reason, and the reason is written down."""

    def __init__(self) -> None:
        super().__init__(_("Say for what you need this. The reason is written down."))


@transaction.atomic
def note_reading(what: str, subject: str, by: object, reason: str) -> Act:
    """Write down that somebody has read a sensitive field (`what`: its name, never its value). Raises NoReason."""
    if not reason.strip():
        raise NoReason
    return record(READ, by=by, subject=subject, facts={"what": what, "reason": reason.strip()})


def forget_person(person: str, *, by: object | None = None, reason: str = "") -> Act:
    """Make everything the chronicle keeps of a person unreadable, for good. `person`: an opaque reference.

    Acts and seals stay, and the chain holds. Undoing a deed that would put the values back is refused from now on.
    """
    act = record(FORGOTTEN, by=by, subject=person, facts={"reason": reason} if reason else {})
    personal.destroy_key(person)
    return act


def acts_so_far() -> int:
    """How many acts are committed, and written in this transaction: grows with each, and not by sealing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT max(number) FROM chronicle_seal), 0) + (SELECT count(*) FROM chronicle_unsealed)"
        )
        return int(cursor.fetchone()[0])
