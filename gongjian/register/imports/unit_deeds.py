"""Writing checked rows of units into the register: new units, split entries, ends, head counts, buildings.

Everything is set-based and carries the act. What a row was before is kept in the chronicle first, unless this same
act wrote it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before

from ..models import ImportDraft
from ..progress import Tell, part, untold
from ..walks import refresh_unit_paths
from .unit_rows import COUNTS, ENTRY, run

DEEDS = """
CREATE TEMP TABLE import_deed ON COMMIT DROP AS
SELECT d.*, CASE WHEN verdict = 'add' THEN nextval(pg_get_serial_sequence('register_unit', 'id'))
  ELSE unit_id END AS the_unit
FROM (SELECT * FROM register_draftunit WHERE draft_id = %(draft)s AND verdict IN ('add', 'change', 'end')
  ORDER BY number) d;
ALTER TABLE import_deed ADD PRIMARY KEY (number);
ANALYZE import_deed;
UPDATE import_deed d SET parent_id = p.the_unit FROM import_deed p WHERE p.number = d.parent_number;
UPDATE import_deed d SET place_id = p.the_unit FROM import_deed p WHERE p.number = d.place_number
"""

# New units get today's path at once, from the top down; what moves is refreshed afterwards.
ADD = """
WITH RECURSIVE standing AS MATERIALIZED (
  SELECT number, the_unit, parent_id, parent_number, daterange(starts_on, closed_on) @> %(today)s::date AS stands
  FROM import_deed WHERE verdict = 'add'
), t AS (
  SELECT s.number, s.the_unit, CASE WHEN s.stands THEN coalesce(u.path, '') || register_step(s.the_unit)
    ELSE '' END AS path
  FROM standing s LEFT JOIN register_unit u ON u.id = s.parent_id WHERE s.parent_number IS NULL
  UNION ALL
  SELECT s.number, s.the_unit, CASE WHEN s.stands THEN t.path || register_step(s.the_unit) ELSE '' END
  FROM t JOIN standing s ON s.parent_number = t.number
)
INSERT INTO register_unit (id, path) SELECT the_unit, path FROM t ORDER BY number;
INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status,
  trade,
                                sector, ownership, address, source, act_id)
SELECT the_unit, daterange(starts_on, closed_on), name, '', coalesce(code, ''), coalesce(credit_code, ''), kind,
  parent_id,
       coalesce(status, 'active'), coalesce(trade, ''), coalesce(sector, ''), coalesce(ownership, ''),
       coalesce(address, ''),
       %(source)s, %(act)s
FROM import_deed WHERE verdict = 'add' ORDER BY number;
INSERT INTO register_headcount (unit_id, valid, staff, women, under_35, dispatched, migrant, source, act_id)
SELECT the_unit, daterange(greatest(headcount_on, starts_on), closed_on), staff, women, under_35, dispatched, migrant,
       %(source)s, %(act)s
FROM import_deed WHERE verdict = 'add' AND coalesce(staff, women, under_35, dispatched, migrant) IS NOT NULL
  AND (closed_on IS NULL OR closed_on > greatest(headcount_on, starts_on)) ORDER BY number;
INSERT INTO register_standsin (unit_id, place_id, valid, act_id)
SELECT d.the_unit, d.place_id, daterange(d.starts_on, d.closed_on) * life.span, %(act)s
FROM import_deed d CROSS JOIN LATERAL (
  SELECT span FROM (SELECT unnest(range_agg(e.valid)) AS span FROM register_unitentry e WHERE e.unit_id = d.place_id) s
  WHERE span && daterange(d.starts_on, d.closed_on) ORDER BY span @> d.day DESC, span LIMIT 1
) life
WHERE d.verdict = 'add' AND d.place_id IS NOT NULL ORDER BY d.number
"""

_COLUMNS = [("kind_id" if field == "kind" else field, field) for field in ENTRY]
_ALL = [*(column for column, _field in _COLUMNS), "parent_id"]
_NEW = [f"coalesce(d.{field}, e.{column}) AS new_{column}" for column, field in _COLUMNS]
_STILL = "d.verdict IN ('change', 'end') AND (d.closed_on IS NULL OR d.closed_on > %(on)s::date)"


def carried(column: str) -> str:
    """A later entry's value: the new one, as long as all entries up to it carry the value that is changed."""
    return (
        f"CASE WHEN c.new_{column} IS DISTINCT FROM c.{column} "
        f"AND bool_and(l.{column} IS NOT DISTINCT FROM c.{column}) OVER w "
        f"THEN c.new_{column} ELSE l.{column} END AS {column}, l.{column} AS was_{column}"
    )


CHANGED = f"""
CREATE TEMP TABLE import_changed ON COMMIT DROP AS
SELECT * FROM (
  SELECT e.id, e.unit_id, d.day, e.valid, {", ".join(f"e.{column}" for column, _field in _COLUMNS)}, e.parent_id,
         e.official_name, {", ".join(_NEW)}, coalesce(d.parent_id, e.parent_id) AS new_parent_id
  FROM import_deed d JOIN register_unitentry e ON e.unit_id = d.the_unit AND e.valid @> d.day
  WHERE {_STILL}
) x WHERE {" OR ".join(f"new_{column} IS DISTINCT FROM {column}" for column in _ALL)};
CREATE TEMP TABLE import_carried ON COMMIT DROP AS
SELECT * FROM (
  SELECT l.id, {", ".join(carried(column) for column in _ALL)}
  FROM import_changed c JOIN register_unitentry l ON l.unit_id = c.unit_id AND lower(l.valid) >= upper(c.valid)
  WINDOW w AS (PARTITION BY l.unit_id ORDER BY l.valid)
) x WHERE {" OR ".join(f"{column} IS DISTINCT FROM was_{column}" for column in _ALL)}
"""
CHANGE = f"""
UPDATE register_unitentry e SET {", ".join(f"{column} = c.new_{column}" for column in _ALL)}, source = %(source)s,
  act_id = %(act)s
FROM import_changed c WHERE e.id = c.id AND lower(c.valid) = c.day;
UPDATE register_unitentry e SET valid = daterange(lower(c.valid), c.day), act_id = %(act)s
FROM import_changed c WHERE e.id = c.id AND lower(c.valid) < c.day;
INSERT INTO register_unitentry (unit_id, valid, official_name, {", ".join(_ALL)}, source, act_id)
SELECT unit_id, daterange(day, upper(valid)), CASE WHEN new_name = name THEN official_name ELSE '' END,
       {", ".join(f"new_{column}" for column in _ALL)}, %(source)s, %(act)s
FROM import_changed WHERE lower(valid) < day;
UPDATE register_unitentry e SET {", ".join(f"{column} = c.{column}" for column in _ALL)}, act_id = %(act)s
FROM import_carried c WHERE e.id = c.id
"""

COUNTED = f"""
CREATE TEMP TABLE import_counted ON COMMIT DROP AS
SELECT d.the_unit, coalesce(d.headcount_on, d.day) AS day, h.id, h.valid,
       coalesce(upper(h.valid), (SELECT min(lower(n.valid)) FROM register_headcount n
                WHERE n.unit_id = d.the_unit AND lower(n.valid) > coalesce(d.headcount_on, d.day))) AS until,
       {", ".join(f"coalesce(d.{field}, h.{field}) AS {field}" for field in COUNTS)}
FROM import_deed d
LEFT JOIN register_headcount h ON h.unit_id = d.the_unit AND h.valid @> coalesce(d.headcount_on, d.day)
WHERE {_STILL} AND ({" OR ".join(f"d.{field} IS NOT NULL" for field in COUNTS)})
  AND (h.id IS NULL OR {" OR ".join(f"coalesce(d.{field}, h.{field}) IS DISTINCT FROM h.{field}" for field in COUNTS)})
"""
COUNT = f"""
UPDATE register_headcount h SET {", ".join(f"{field} = c.{field}" for field in COUNTS)}, source = %(source)s,
  act_id = %(act)s
FROM import_counted c WHERE h.id = c.id AND lower(c.valid) = c.day;
UPDATE register_headcount h SET valid = daterange(lower(c.valid), c.day), act_id = %(act)s
FROM import_counted c WHERE h.id = c.id AND lower(c.valid) < c.day;
INSERT INTO register_headcount (unit_id, valid, {", ".join(COUNTS)}, source, act_id)
SELECT the_unit, daterange(day, until), {", ".join(COUNTS)}, %(source)s, %(act)s
FROM import_counted WHERE id IS NULL OR lower(valid) < day
"""

HOUSED = f"""
CREATE TEMP TABLE import_housed ON COMMIT DROP AS
SELECT d.the_unit, d.day, d.place_id, s.id, s.valid,
       least(coalesce(upper(s.valid), (SELECT min(lower(n.valid)) FROM register_standsin n
                WHERE n.unit_id = d.the_unit AND lower(n.valid) > d.day)),
             (SELECT upper(span) FROM (SELECT unnest(range_agg(e.valid)) AS span FROM register_unitentry e
                WHERE e.unit_id = d.place_id) x WHERE span @> d.day)) AS until
FROM import_deed d LEFT JOIN register_standsin s ON s.unit_id = d.the_unit AND s.valid @> d.day
WHERE {_STILL} AND d.place_id IS NOT NULL AND s.place_id IS DISTINCT FROM d.place_id
"""
HOUSE = """
UPDATE register_standsin s SET place_id = c.place_id, valid = daterange(c.day, c.until), act_id = %(act)s
FROM import_housed c WHERE s.id = c.id AND lower(c.valid) = c.day;
UPDATE register_standsin s SET valid = daterange(lower(c.valid), c.day), act_id = %(act)s
FROM import_housed c WHERE s.id = c.id AND lower(c.valid) < c.day;
INSERT INTO register_standsin (unit_id, place_id, valid, act_id)
SELECT the_unit, place_id, daterange(day, until), %(act)s FROM import_housed WHERE id IS NULL OR lower(valid) < day
"""


def write(draft: ImportDraft, act: Act, today: date, tell: Tell = untold) -> None:
    """Apply the rows that are to be added, changed or ended."""
    named = {"draft": draft.pk, "on": draft.as_of, "today": today, "source": draft.filename, "act": act.pk}
    with connection.cursor() as cursor:
        run(cursor, DEEDS, named, part(tell, 0, 0.1))
        run(cursor, ADD, named, part(tell, 0.1, 0.6))
        cursor.execute("SELECT EXISTS (SELECT 1 FROM import_deed WHERE verdict IN ('change', 'end'))")
        if cursor.fetchone()[0]:
            _change(cursor, act, named, part(tell, 0.6, 0.9))
            _end(cursor, act, named)
            cursor.execute(
                "SELECT unit_id FROM import_changed WHERE new_parent_id IS DISTINCT FROM parent_id "
                "OR upper(valid) IS NOT NULL "
                "UNION SELECT the_unit FROM import_deed WHERE verdict = 'end'"
            )
            refresh_unit_paths(today, [row[0] for row in cursor.fetchall()])


def _change(cursor: Any, act: Act, named: dict[str, Any], tell: Tell) -> None:
    run(cursor, CHANGED, named)
    keep(act, "register_unitentry", "SELECT id FROM import_changed UNION SELECT id FROM import_carried")
    tell(0.2)
    run(cursor, CHANGE, named, part(tell, 0.2, 0.7))
    run(cursor, COUNTED, named)
    keep(act, "register_headcount", "SELECT id FROM import_counted")
    run(cursor, COUNT, named)
    run(cursor, HOUSED, named)
    keep(act, "register_standsin", "SELECT id FROM import_housed")
    run(cursor, HOUSE, named)


def _end(cursor: Any, act: Act, named: dict[str, Any]) -> None:
    cursor.execute(
        "CREATE TEMP TABLE import_end ON COMMIT DROP AS SELECT the_unit AS thing, closed_on "
        "FROM import_deed WHERE verdict = 'end'"
    )
    for table in ("register_unitentry", "register_headcount", "register_standsin"):
        cut(cursor, act, table, "unit_id")


def cut(cursor: Any, act: Act, table: str, owner: str) -> None:
    """End the rows of what is in `import_end`: later rows go, the row that spans the day is shortened."""
    later = f"SELECT x.id FROM {table} x JOIN import_end n ON x.{owner} = n.thing AND lower(x.valid) >= n.closed_on"
    spanning = f"SELECT x.id FROM {table} x JOIN import_end n ON x.{owner} = n.thing AND x.valid @> n.closed_on"
    keep(act, table, later, deleted=True)
    cursor.execute(f"DELETE FROM {table} WHERE id IN ({later})")
    keep(act, table, spanning)
    cursor.execute(
        f"UPDATE {table} x SET valid = daterange(lower(x.valid), n.closed_on), act_id = %s FROM import_end n "
        f"WHERE x.{owner} = n.thing AND x.valid @> n.closed_on",
        [act.pk],
    )


def keep(act: Act, table: str, ids: str, *, deleted: bool = False) -> None:
    """Keep what rows were, unless this act has written them itself."""
    keep_before(act, table, f"r.id IN ({ids}) AND r.act_id <> %s", [act.pk], deleted=deleted)
