"""Puts whole tables of rows into the register at the speed of COPY, with every promise of the database checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

COLUMNS = {
    "register_unit": "id",
    "register_unitentry": (
        "id, unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status, trade, sector, "
        "ownership, address, source, act_id"
    ),
    "register_unitlineage": 'id, "on", how, share, old_id, new_id, document_id, act_id',
    "register_standsin": "id, unit_id, place_id, valid, act_id",
    "register_headcount": "id, unit_id, valid, staff, women, under_35, dispatched, migrant, source, act_id",
    "register_body": "id, line_id",
    "register_bodyentry": (
        "id, body_id, valid, name, code, kind_id, form_id, seat_id, superior_id, leader_id, source, act_id"
    ),
    "register_term": "id, body_id, valid, number, act_id",
    "register_cover": "id, body_id, unit_id, valid, act_id",
    "register_person": "id, name",
    "register_membership": "id, person_id, body_id, valid, act_id",
    "register_office": "id, person_id, body_id, kind_id, valid, act_id",
    "register_venue": "id, name, unit_id, owner_id, keeper_id, address, area, hours, valid, act_id",
    "register_venueshare": "id, venue_id, line_id, valid, act_id",
    "register_plaque": "id, venue_id, kind, valid, act_id",
    "register_venuecheck": "id, venue_id, checked_on, items",
}
# What Django fills in by itself and COPY does not.
CONSTANTS = {"register_unit": {"path": ""}, "register_body": {"line_path": "", "lead_path": ""}}


class Rows(dict[str, list[str]]):
    """Lines for COPY by table; ids run from 1 in the order of writing."""

    def __init__(self) -> None:
        super().__init__({table: [] for table in COLUMNS})
        self.written = dict.fromkeys(COLUMNS, 0)

    def take(self, tables: list[str]) -> dict[str, list[str]]:
        """The lines of these tables that are not loaded yet, and forget them."""
        taken = {table: self[table] for table in tables}
        for table in tables:
            self.written[table] += len(self[table])
            self[table] = []
        return taken

    def next_id(self, table: str) -> int:
        return self.written[table] + len(self[table]) + 1


def load(cursor: psycopg.Cursor, lines: dict[str, list[str]]) -> None:
    """Write the lines. Foreign keys and exclusions are rebuilt over all rows at once, which is far quicker; the
    guards of the walks fire as ever, after ANALYZE so that they are planned for full tables."""
    with _bare(cursor, list(lines)):
        for table, rows in lines.items():
            constants = CONSTANTS.get(table, {})
            columns = ", ".join([COLUMNS[table], *constants])
            tail = "".join(f"\t{value}" for value in constants.values()) + "\n"
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for start in range(0, len(rows), 5000):
                    copy.write(tail.join(rows[start : start + 5000]) + tail)
            rows.clear()
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
            )


@contextmanager
def _bare(cursor: psycopg.Cursor, tables: list[str]) -> Iterator[None]:
    """Takes the foreign keys and exclusions off the tables for the time of the loading, and the wall in front of their
    owner, through which COPY does not go."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('x', 'f') ORDER BY contype DESC, oid",
        [tables],
    )
    taken_off = cursor.fetchall()
    for table, name, _ in taken_off:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) AND relforcerowsecurity", [tables]
    )
    walled = [table for (table,) in cursor.fetchall()]
    for table in walled:
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in walled:
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    cursor.execute(f"ANALYZE {', '.join(tables)}")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name, definition in taken_off:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
