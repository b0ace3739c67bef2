"""The whole of the register as plain values, to compare what was with what is; and what in it does not hold."""

from datetime import date

from django.db import connection

from gongjian.register.models import Body, Unit
from gongjian.register.undo import WRITTEN
from gongjian.register.walks import LEADERSHIP, LINE, TERRITORY, refresh_paths

TABLES = [*WRITTEN, "register_unit", "register_body", "register_person"]
UNIT, BODY = ("register_unitentry", "unit_id"), ("register_bodyentry", "body_id")
STANDS_ON = [
    ("register_unitentry", "parent_id", UNIT),
    ("register_standsin", "unit_id", UNIT),
    ("register_standsin", "place_id", UNIT),
    ("register_headcount", "unit_id", UNIT),
    ("register_bodyentry", "seat_id", UNIT),
    ("register_bodyentry", "superior_id", BODY),
    ("register_bodyentry", "leader_id", BODY),
    ("register_cover", "unit_id", UNIT),
    ("register_cover", "body_id", BODY),
    ("register_membership", "body_id", BODY),
    ("register_office", "body_id", BODY),
    ("register_venue", "unit_id", UNIT),
    ("register_venue", "owner_id", BODY),
    ("register_venueshare", "venue_id", ("register_venue", "id")),
    ("register_plaque", "venue_id", ("register_venue", "id")),
]


def register_state() -> dict[str, list[str]]:
    """Each table as its rows in text, in the order of their ids."""
    with connection.cursor() as cursor:
        state = {}
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(r)::text FROM {table} r ORDER BY id")
            state[table] = [row for (row,) in cursor.fetchall()]
        return state


def what_does_not_hold(today: date) -> list[str]:
    """Whatever the register promises of itself and does not keep: guards, paths, and lives within lives."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [*_outside_their_lives(), *_links_that_do_not_fit(), *_paths_that_are_wrong(today)]


def _outside_their_lives() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table, column, (lives, owner) in STANDS_ON:
            cursor.execute(
                f"SELECT to_jsonb(x)::text FROM {table} x WHERE x.{column} IS NOT NULL AND NOT coalesce("
                f"(SELECT range_agg(e.valid) FROM {lives} e WHERE e.{owner} = x.{column}) @> x.valid, false)"
            )
            found += [f"{table}.{column} outside its life: {row}" for (row,) in cursor.fetchall()]
    return found


def _links_that_do_not_fit() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for of, (lives, owner) in (("unit", UNIT), ("body", BODY)):
            stands = f"EXISTS (SELECT 1 FROM {lives} e WHERE e.{owner} = "
            stood, stands = (f'{stands} l.{end}_id AND e.valid @> l."on"' for end in ("old", "new"))
            cursor.execute(
                f"SELECT to_jsonb(l)::text FROM register_{of}lineage l "
                f"WHERE NOT {stood} - 1) OR (l.new_id IS NOT NULL AND NOT {stands}))"
            )
            found += [f"a link of a {of} that does not fit: {row}" for (row,) in cursor.fetchall()]
    return found


def _paths_that_are_wrong(today: date) -> list[str]:
    """Today's paths, against all of them written anew."""
    found = []
    for model, walk in ((Unit, TERRITORY), (Body, LINE), (Body, LEADERSHIP)):
        before = dict(model.objects.values_list("pk", walk.path))
        if refresh_paths(walk, today):
            now = dict(model.objects.values_list("pk", walk.path))
            wrong = {id: (path, now[id]) for id, path in before.items() if path != now[id]}
            found.append(f"paths by {walk.key}, as they were and as they should be: {wrong}")
    return found
