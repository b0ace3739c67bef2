"""The register as it stands on a day, in tables that last as long as the transaction, for all searches of a round.

Ids are those of the register: unit_now.id is a unit, body_now.id a body. `way` leads from the top down to the unit
itself; `town` and `county` are the divisions of that level in it.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

TABLES = {
    "unit_now": """
        WITH RECURSIVE entry AS MATERIALIZED (
          SELECT e.unit_id AS id, e.parent_id AS parent, k.level, k.under, e.kind_id AS kind, e.name, e.code,
            e.credit_code, e.status
          FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id WHERE e.valid @> %(day)s::date
        ), lying(id, way, town, county) AS (
          SELECT e.id, ARRAY[e.id], CASE e.level WHEN 'town' THEN e.id END, CASE e.level WHEN 'county' THEN e.id END
          FROM entry e WHERE NOT EXISTS (SELECT 1 FROM entry p WHERE p.id = e.parent)
          UNION ALL
          SELECT e.id, l.way || e.id, CASE e.level WHEN 'town' THEN e.id ELSE l.town END,
            CASE e.level WHEN 'county' THEN e.id ELSE l.county END
          FROM lying l JOIN entry e ON e.parent = l.id
        )
        SELECT e.*, l.way, l.town, l.county, s.place_id AS site,
          h.staff, h.women, h.under_35, h.dispatched, h.migrant, lower(h.valid) AS counted_on
        FROM entry e JOIN lying l USING (id)
        LEFT JOIN register_standsin s ON s.unit_id = e.id AND s.valid @> %(day)s::date
        LEFT JOIN register_headcount h ON h.unit_id = e.id AND h.valid @> %(day)s::date""",
    "body_now": """
        SELECT e.body_id AS id, b.line_id AS line, l.leads, e.name, e.kind_id AS kind, k.many_units, k.has_term,
          e.form_id AS form, e.seat_id AS seat, e.superior_id AS superior, e.leader_id AS leader
        FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
        JOIN register_bodykind k ON k.key = e.kind_id WHERE e.valid @> %(day)s::date""",
    "cover_now": """
        SELECT c.id, c.body_id AS body, c.unit_id AS unit, b.line_id AS line
        FROM register_cover c JOIN register_body b ON b.id = c.body_id WHERE c.valid @> %(day)s::date""",
    "venue_now": """
        SELECT v.id, v.name, v.unit_id AS unit, v.owner_id AS owner, v.keeper_id AS keeper, v.hours,
          lower(v.valid) AS since
        FROM register_venue v WHERE v.valid @> %(day)s::date""",
    # The last term that has begun: until is the first day on which it no longer runs.
    "term_now": """
        SELECT DISTINCT ON (t.body_id) t.body_id AS body, lower(t.valid) AS since, upper(t.valid) AS until
        FROM register_term t WHERE lower(t.valid) <= %(day)s::date ORDER BY t.body_id, lower(t.valid) DESC""",
    "officer_now": """
        SELECT o.id, o.person_id AS person, o.body_id AS body, k.heads, k.line_id AS line, lower(o.valid) AS since
        FROM register_office o JOIN register_officekind k ON k.key = o.kind_id WHERE o.valid @> %(day)s::date""",
}
INDEXES = {
    "unit_now": ("id", "parent", "site"),
    "body_now": ("id", "seat"),
    "cover_now": ("unit", "body"),
    "venue_now": ("id",),
    "term_now": ("body",),
    "officer_now": ("body",),
}


def lay_out(day: date) -> None:
    """Make the tables anew for the day, in the transaction that is open."""
    with connection.cursor() as cursor:
        for table, query in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {query}", {"day": day})
            for column in INDEXES[table]:
                cursor.execute(f"CREATE INDEX ON pg_temp.{table} ({column})")
            cursor.execute(f"ANALYZE pg_temp.{table}")
