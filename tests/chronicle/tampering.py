"""Somebody who owns the database and alters it past every guard – but has no signing key."""

import hashlib

from django.db import connection, transaction

from gongjian.chronicle.digests import OF_ACT, OF_BEFORES
from gongjian.chronicle.record import record
from gongjian.chronicle.sealing import seal_waiting

TABLES = ("chronicle_act", "chronicle_before", "chronicle_seal", "chronicle_head", "chronicle_unsealed")
REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) AND confrelid = 'chronicle_act'::regclass
"""


def past_every_guard(*statements: str) -> None:
    """Run statements with triggers and foreign keys off, as the owner of the tables may."""
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, [list(TABLES)])
        references = cursor.fetchall()
        for table, name, _definition in references:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            if table != "chronicle_unsealed":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_emptied")  # as the tests leave it
        for table, name, definition in references:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")


def deeds(count: int) -> list[int]:
    """So many acts of one transaction each, sealed one by one, each with its head; returns their ids."""
    acts = []
    for number in range(count):
        with transaction.atomic():
            acts.append(record("test.deed", subject=f"test.thing:{number}", facts={"name": f"{number} 号"}).pk)
        seal_waiting()
    return acts


def rewrite_chain_from(number: int) -> None:
    """Seal anew, as the rule says, every entry from this one on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256 FROM chronicle_seal WHERE number = %s", [number - 1])
        previous = bytes((cursor.fetchone() or (b"",))[0])
        cursor.execute(
            f"SELECT s.number, a.id, {OF_ACT}, {OF_BEFORES} FROM chronicle_seal s "
            "JOIN chronicle_act a ON a.id = s.act_id WHERE s.number >= %s ORDER BY 1",
            [number],
        )
        for entry, act, of_act, of_befores in cursor.fetchall():
            place = entry.to_bytes(8, "big") + act.to_bytes(8, "big")
            previous = hashlib.sha256(previous + place + of_act + of_befores).digest()
            past_every_guard(
                f"UPDATE chronicle_seal SET of_act = '\\x{of_act.hex()}', of_befores = '\\x{of_befores.hex()}', "
                f"sha256 = '\\x{previous.hex()}' WHERE number = {entry}"
            )
