"""Personal values in the chronicle: under a key per person, so that destroying the key forgets them for good.

A matter says which columns of its tables are personal, when it starts. The seals stand over the cipher text, so the
chain holds whether or not anybody can still read it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils.translation import gettext as _

from gongjian.keys import columns, ring

from .models import PersonKey

KEYS = columns.sealed("chronicle_personkey", "key", bound_to="person")
NONCE_BYTES = 12
KEPT, BY_RING, FORGOTTEN = "kept", "by_ring", "forgotten"


class Forgotten(LookupError):
    """The person whose values these were has been forgotten: nobody can read them any more."""

    def __init__(self, person: str) -> None:
        super().__init__(_("The person this is about was forgotten, so it cannot be read or put back any more."))
        self.person = person


@dataclass(frozen=True)
class Personal:
    """The personal columns of a table, and whose they are: `reference` and the value of the column `person`."""

    columns: frozenset[str]
    person: str
    reference: str

    def person_of(self, was: Mapping[str, Any]) -> str:
        """The opaque reference, such as register.person:123. `person` is a column that is never empty."""
        return f"{self.reference}:{was[self.person]}"


PERSONAL: dict[str, Personal] = {}


def are_personal(table: str, names: Iterable[str], *, reference: str, person: str = "id") -> None:
    """Say which columns of a table are personal. `person`: the column that names the person, itself not personal."""
    if person in (named := frozenset(names)):
        raise ValueError(f"{table}.{person} names the person and cannot be hidden")
    PERSONAL[table] = Personal(named, person, reference)


# == keeping ==
def hidden(table: str, rows: Mapping[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Rows by id as they are kept: personal values under the keys of their persons."""
    about = PERSONAL[table]
    keys = _keys_made({about.person_of(was) for was in rows.values()})
    return {row: _hidden_row(table, row, was, keys[about.person_of(was)]) for row, was in rows.items()}


def _hidden_row(table: str, row: int, was: dict[str, Any], key: AESGCM | None) -> dict[str, Any]:
    kept = dict(was)
    for name in PERSONAL[table].columns & was.keys():
        if was[name] is None:
            continue
        if key is None:  # nothing is written down of somebody who was forgotten
            kept[name] = {FORGOTTEN: True}
            continue
        column = columns.sealed_column(table, name)
        # Bytes under the ring are opened first: the ring turns, and what is kept here never changes.
        value = was[name] if column is None else column.unseal(bytes.fromhex(was[name][2:]), was[column.bound_to])
        nonce = os.urandom(NONCE_BYTES)
        cipher = key.encrypt(nonce, json.dumps(value).encode(), _context(table, name, row))
        kept[name] = {KEPT: base64.b64encode(nonce + cipher).decode(), BY_RING: column is not None}
    return kept


def _context(table: str, column: str, row: int) -> bytes:
    return f"{table}.{column}:{row}".encode()


def _keys_made(persons: Iterable[str]) -> dict[str, AESGCM | None]:
    """The key of each person, made if there is none; None for who was forgotten."""
    wanted = sorted(persons)  # in order, so that two at once do not wait for each other
    known = _keys(wanted)
    for person in wanted:
        if person in known:
            continue
        sealed = KEYS.seal(base64.b64encode(os.urandom(ring.KEY_BYTES)).decode(), person)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO chronicle_personkey (person, key) VALUES (%s, %s) ON CONFLICT (person) DO NOTHING",
                [person, sealed],
            )
    return _keys(wanted)


def _keys(persons: Iterable[str]) -> dict[str, AESGCM | None]:
    found = PersonKey.objects.filter(person__in=list(persons)).values_list("person", "key")
    return {person: _opened_key(person, key) for person, key in found}


def _opened_key(person: str, key: bytes | memoryview | None) -> AESGCM | None:
    return None if key is None else AESGCM(base64.b64decode(KEYS.unseal(bytes(key), person)))


# == reading ==
def is_hidden(value: object) -> bool:
    """Whether a value of a kept row is under the key of a person, or gone with it."""
    return isinstance(value, dict) and (KEPT in value or FORGOTTEN in value)


def opened(table: str, row: int, was: dict[str, Any]) -> dict[str, Any]:
    """The row as it was. Raises Forgotten, and KeyUnknown or Altered of the ring."""
    if not any(is_hidden(value) for value in was.values()):
        return was
    person = PERSONAL[table].person_of(was)
    key = _keys([person]).get(person)
    if key is None:
        raise Forgotten(person)
    return {name: _opened_value(table, name, row, value, was, key) for name, value in was.items()}


def _opened_value(table: str, name: str, row: int, value: Any, was: dict[str, Any], key: AESGCM) -> Any:
    if not is_hidden(value):
        return value
    if FORGOTTEN in value:
        raise Forgotten(PERSONAL[table].person_of(was))
    content = base64.b64decode(value[KEPT])
    try:
        plain = json.loads(key.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _context(table, name, row)))
    except InvalidTag as error:
        raise ring.Altered from error
    if not value[BY_RING]:
        return plain
    column = columns.sealed_column(table, name)
    if column is None:
        raise LookupError(f"{table}.{name} was sealed by the key ring, and is not named as such any more")
    return "\\x" + column.seal(plain, was[column.bound_to]).hex()


# == forgetting ==
def destroy_key(person: str) -> None:
    """Nothing kept of this person can be read from the end of this transaction on, and no key is made again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chronicle_personkey AS k (person, key, forgotten_at) VALUES (%s, NULL, now()) "
            "ON CONFLICT (person) DO UPDATE SET key = NULL, forgotten_at = coalesce(k.forgotten_at, now())",
            [person],
        )
