"""The whole of the register as plain values, to compare what was with what is."""

from django.db import connection

from gongjian.register.undo import WRITTEN

TABLES = [*WRITTEN, "register_unit", "register_body", "register_person"]


def register_state() -> dict[str, list[str]]:
    """Each table as its rows in text, in the order of their ids."""
    with connection.cursor() as cursor:
        state = {}
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(r)::text FROM {table} r ORDER BY id")
            state[table] = [row for (row,) in cursor.fetchall()]
        return state
