"""What rows of units mean: which unit each row is, where it would stand, and what speaks against it.

Works on the temporary tables of `staging`, in whole sets. A row is told by its codes on its day, else by its name
under its parent. Rows that stand below other rows of the file wait until those are settled: one round a level.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import connection

from ..progress import Tell, part, untold
from .lives import lasting

ENTRY = ("name", "code", "credit_code", "kind", "status", "trade", "sector", "ownership", "address")
COUNTS = ("staff", "women", "under_35", "dispatched", "migrant")
MOST_LEVELS = 30

# The day a row is looked up on: that of the file, but for a unit closed before it the last day of its life, and for
# one that opens after it the first.
MATCH = """
CREATE TEMP TABLE import_match ON COMMIT DROP AS
SELECT r.number, p.day, c.unit_id AS by_code, s.unit_id AS by_credit, coalesce(c.unit_id, s.unit_id) AS unit_id
FROM import_row r
CROSS JOIN LATERAL (SELECT CASE WHEN r.closed_on <= %(on)s::date THEN r.closed_on - 1
                                WHEN r.opened_on > %(on)s::date THEN r.opened_on ELSE %(on)s::date END AS day) p
LEFT JOIN register_unitentry c ON c.code = r.code AND c.code <> '' AND c.valid @> p.day
LEFT JOIN register_unitentry s ON s.credit_code = r.credit_code AND s.credit_code <> '' AND s.valid @> p.day;
ALTER TABLE import_match ADD PRIMARY KEY (number);
ANALYZE import_match;
CREATE TEMP TABLE import_key ON COMMIT DROP AS
SELECT key, min(number) AS number FROM (
  SELECT code AS key, number FROM import_row WHERE code IS NOT NULL
  UNION ALL SELECT credit_code, number FROM import_row WHERE credit_code IS NOT NULL
) k GROUP BY key;
CREATE TEMP TABLE import_needs ON COMMIT DROP AS
SELECT r.number, k.number AS needs
FROM import_row r JOIN import_key k ON k.key = r.parent_code AND k.number <> r.number
JOIN import_match m ON m.number = k.number AND m.unit_id IS NULL
UNION
SELECT r.number, f.number
FROM import_row r JOIN import_row f ON f.name = r.parent_name AND f.number <> r.number
JOIN import_match m ON m.number = f.number AND m.unit_id IS NULL
WHERE r.parent_code IS NULL;
CREATE INDEX ON import_needs (number);
ANALYZE import_key, import_needs;
CREATE TEMP TABLE import_plan (
  number int PRIMARY KEY, day date, unit_id bigint, parent_id bigint, parent_number int, starts_on date
) ON COMMIT DROP;
CREATE TEMP TABLE import_trouble (number int, field text, what text, facts jsonb) ON COMMIT DROP;
"""

READY = """
CREATE TEMP TABLE import_ready ON COMMIT DROP AS
SELECT r.number, r.code, r.credit_code, r.name, r.kind, r.parent_code, r.parent_name, r.opened_on, m.day, m.unit_id
FROM import_row r JOIN import_match m USING (number)
WHERE NOT EXISTS (SELECT 1 FROM import_plan p WHERE p.number = r.number)
  AND NOT EXISTS (SELECT 1 FROM import_needs n LEFT JOIN import_plan p ON p.number = n.needs
                  WHERE n.number = r.number AND p.number IS NULL);
ANALYZE import_ready;
"""

# Parents by code: a row of the file that is new, or else the unit that holds the code on the day.
PARENTS_BY_CODE = """
CREATE TEMP TABLE import_up ON COMMIT DROP AS
WITH held AS MATERIALIZED (
  SELECT k.parent_code, k.day, coalesce(fp.unit_id, fm.unit_id, c.unit_id, s.unit_id) AS unit_id,
         CASE WHEN f.number IS NOT NULL AND coalesce(fp.unit_id, fm.unit_id) IS NULL THEN f.number END AS number
  FROM (SELECT DISTINCT parent_code, day FROM import_ready WHERE parent_code IS NOT NULL) k
  LEFT JOIN import_key f ON f.key = k.parent_code
  LEFT JOIN import_match fm ON fm.number = f.number
  LEFT JOIN import_plan fp ON fp.number = f.number
  LEFT JOIN register_unitentry c ON c.code = k.parent_code AND c.code <> '' AND c.valid @> k.day
  LEFT JOIN register_unitentry s ON s.credit_code = k.parent_code AND s.credit_code <> '' AND s.valid @> k.day
)
SELECT r.number, CASE WHEN h.number IS NULL THEN h.unit_id END AS parent_id, h.number AS parent_number
FROM import_ready r JOIN held h ON h.parent_code = r.parent_code AND h.day = r.day;
"""

# Parents by name: those on a level the row's kind may stand under, if there are any; a name that means several units
# is narrowed by where the unit stands already, and by the digits its code begins with.
PARENTS_BY_NAME = """
CREATE TEMP TABLE import_candidate ON COMMIT DROP AS
WITH key AS MATERIALIZED (
  SELECT DISTINCT parent_name, day, kind FROM import_ready WHERE parent_code IS NULL AND parent_name IS NOT NULL
), named AS (
  SELECT k.parent_name, k.day, k.kind, e.unit_id, NULL::int AS number, e.kind_id, e.code
  FROM key k JOIN register_unitentry e ON e.name = k.parent_name AND e.valid @> k.day
  UNION
  SELECT k.parent_name, k.day, k.kind, coalesce(p.unit_id, m.unit_id),
         CASE WHEN coalesce(p.unit_id, m.unit_id) IS NULL THEN f.number END, f.kind, f.code
  FROM key k JOIN import_row f ON f.name = k.parent_name
  JOIN import_match m ON m.number = f.number LEFT JOIN import_plan p ON p.number = f.number
  WHERE p.number IS NOT NULL OR m.unit_id IS NOT NULL
), once AS (
  SELECT DISTINCT ON (parent_name, day, kind, unit_id, number) * FROM named
  ORDER BY parent_name, day, kind, unit_id, number, kind_id NULLS LAST
)
SELECT o.parent_name, o.day, o.kind, o.unit_id, o.number, o.code,
       own.key IS NULL OR coalesce(above.level = ANY (own.under), false) AS fits
FROM once o LEFT JOIN register_unitkind own ON own.key = o.kind LEFT JOIN register_unitkind above ON above.key =
  o.kind_id;
ANALYZE import_candidate;
CREATE TEMP TABLE import_offer ON COMMIT DROP AS
SELECT r.number, c.unit_id, c.number AS parent_number, c.fits,
       c.unit_id = own.parent_id AS stays,
       c.code <> '' AND starts_with(r.code, rtrim(c.code, '0')) AS begins
FROM import_ready r
JOIN import_candidate c ON c.parent_name = r.parent_name AND c.day = r.day AND c.kind IS NOT DISTINCT FROM r.kind
LEFT JOIN register_unitentry own ON own.unit_id = r.unit_id AND own.valid @> r.day
WHERE r.parent_code IS NULL AND c.number IS DISTINCT FROM r.number AND (c.unit_id IS DISTINCT FROM r.unit_id
  OR c.unit_id IS NULL);
INSERT INTO import_up
SELECT number, unit_id, parent_number FROM (
  SELECT *, count(*) OVER (PARTITION BY number) AS offers FROM (
    SELECT *, rank() OVER (PARTITION BY number ORDER BY coalesce(fits, false) DESC, coalesce(stays, false) DESC,
                           coalesce(begins, false) DESC) AS place
    FROM import_offer
  ) ranked WHERE place = 1
) best WHERE offers = 1;
INSERT INTO import_trouble
SELECT o.number, 'parent_name', 'parent_ambiguous', jsonb_build_object('found', r.parent_name, 'units',
       jsonb_agg(o.unit_id ORDER BY o.unit_id) FILTER (WHERE o.unit_id IS NOT NULL), 'rows',
       jsonb_agg(o.parent_number) FILTER (WHERE o.parent_number IS NOT NULL))
FROM import_offer o JOIN import_ready r USING (number)
WHERE NOT EXISTS (SELECT 1 FROM import_up u WHERE u.number = o.number)
GROUP BY o.number, r.parent_name;
"""

SETTLE = """
CREATE UNIQUE INDEX ON import_up (number);
ANALYZE import_up;
CREATE TEMP TABLE import_named ON COMMIT DROP AS
SELECT r.number, min(e.unit_id) AS unit_id, array_agg(DISTINCT e.unit_id) AS units
FROM import_ready r JOIN import_up u USING (number)
JOIN register_unitentry e ON e.name = r.name AND e.valid @> r.day AND e.parent_id = u.parent_id
WHERE r.unit_id IS NULL AND (r.code IS NULL OR e.code = '') AND (r.credit_code IS NULL OR e.credit_code = '')
GROUP BY r.number
UNION ALL
SELECT r.number, min(e.unit_id), array_agg(DISTINCT e.unit_id)
FROM import_ready r JOIN register_unitentry e ON e.name = r.name AND e.valid @> r.day
WHERE r.unit_id IS NULL AND r.parent_code IS NULL AND r.parent_name IS NULL
  AND (r.code IS NULL OR e.code = '') AND (r.credit_code IS NULL OR e.credit_code = '')
GROUP BY r.number;
ANALYZE import_named;
INSERT INTO import_trouble
SELECT n.number, 'name', 'unit_ambiguous', jsonb_build_object('found', r.name, 'units', to_jsonb(n.units[1:12]))
FROM import_named n JOIN import_ready r USING (number) WHERE cardinality(n.units) > 1;
WITH life AS MATERIALIZED (
  SELECT p.parent_id, p.day, lower(span) AS since
  FROM (SELECT DISTINCT u.parent_id, r.day FROM import_up u JOIN import_ready r USING (number)
        WHERE u.parent_id IS NOT NULL) p
  CROSS JOIN LATERAL (SELECT unnest(range_agg(e.valid)) AS span FROM register_unitentry e
    WHERE e.unit_id = p.parent_id) s
  WHERE span @> p.day
)
INSERT INTO import_plan
SELECT r.number, r.day, coalesce(r.unit_id, CASE WHEN cardinality(n.units) = 1 THEN n.unit_id END),
       u.parent_id, u.parent_number,
       greatest(coalesce(r.opened_on, %(on)s::date), l.since, above.starts_on)
FROM import_ready r LEFT JOIN import_up u USING (number) LEFT JOIN import_named n USING (number)
LEFT JOIN import_plan above ON above.number = u.parent_number
LEFT JOIN life l ON l.parent_id = u.parent_id AND l.day = r.day;
DROP TABLE import_ready, import_up, import_named;
"""

LEFT_OVER = """
SELECT n.number, min(n.needs) FROM import_needs n LEFT JOIN import_plan p USING (number)
LEFT JOIN import_plan q ON q.number = n.needs WHERE p.number IS NULL AND q.number IS NULL GROUP BY n.number
"""
KEEP_LEFT_OVER = """
INSERT INTO import_plan SELECT m.number, m.day, m.unit_id, NULL, NULL, NULL FROM import_match m
WHERE NOT EXISTS (SELECT 1 FROM import_plan p WHERE p.number = m.number)
"""

# The row beside the entry it would change, with the values it would leave behind (new_…).
FULL = """
ANALYZE import_plan;
CREATE TEMP TABLE import_full ON COMMIT DROP AS
SELECT r.number, p.day, p.unit_id, p.starts_on, m.by_code, m.by_credit, r.misread, e.id AS entry_id,
  e.valid AS entry_valid,
       {given}, {old}, {new},
       r.parent_code, r.parent_name, p.parent_id AS given_parent_id, p.parent_number, e.parent_id AS old_parent_id,
       CASE WHEN p.parent_number IS NULL THEN coalesce(p.parent_id, e.parent_id) END AS new_parent_id,
       r.stands_in, r.opened_on, r.closed_on,
       {counts}, coalesce(r.headcount_on, p.day) AS counted_on, h.id AS headcount_id, h.valid AS counted_valid,
       {old_counts}, {new_counts},
       NULL::bigint AS place_id, NULL::int AS place_number, NULL::bigint AS old_place_id
FROM import_row r JOIN import_plan p USING (number) JOIN import_match m USING (number)
LEFT JOIN register_unitentry e ON e.unit_id = p.unit_id AND e.valid @> p.day
LEFT JOIN register_headcount h ON h.unit_id = p.unit_id AND h.valid @> coalesce(r.headcount_on, p.day)
     AND ({any_count});
ALTER TABLE import_full ADD PRIMARY KEY (number);
CREATE INDEX ON import_full (unit_id) WHERE unit_id IS NOT NULL;
ANALYZE import_full;
""".format(
    given=", ".join(f"r.{field}" for field in ENTRY),
    old=", ".join(f"e.{'kind_id' if field == 'kind' else field} AS old_{field}" for field in ENTRY),
    new=", ".join(
        f"coalesce(r.{field}, e.{'kind_id' if field == 'kind' else field}) AS new_{field}" for field in ENTRY
    ),
    counts=", ".join(f"r.{field}" for field in COUNTS),
    old_counts=", ".join(f"h.{field} AS old_{field}" for field in COUNTS),
    new_counts=", ".join(f"coalesce(r.{field}, h.{field}) AS new_{field}" for field in COUNTS),
    any_count=" OR ".join(f"r.{field} IS NOT NULL" for field in COUNTS),
)

PLACES = """
CREATE TEMP TABLE import_place ON COMMIT DROP AS
WITH key AS MATERIALIZED (SELECT DISTINCT stands_in, day FROM import_full WHERE stands_in IS NOT NULL), named AS (
  SELECT k.stands_in, k.day, e.unit_id, NULL::int AS number, e.parent_id, e.kind_id
  FROM key k JOIN register_unitentry e ON e.name = k.stands_in AND e.valid @> k.day
  UNION
  SELECT k.stands_in, k.day, e.unit_id, NULL, e.parent_id, e.kind_id
  FROM key k JOIN register_unitentry e ON e.code = k.stands_in AND e.code <> '' AND e.valid @> k.day
  UNION
  SELECT k.stands_in, k.day, NULL, f.number, f.new_parent_id, f.kind
  FROM key k JOIN import_full f ON f.name = k.stands_in AND f.unit_id IS NULL
)
SELECT n.*, w.level = 'place' AS is_place FROM named n LEFT JOIN register_unitkind w ON w.key = n.kind_id;
ANALYZE import_place;
CREATE TEMP TABLE import_choice ON COMMIT DROP AS
SELECT number, min(unit_id) AS unit_id, min(place_number) AS place_number, count(*) AS offers, array_agg(unit_id)
  AS units
FROM (
  SELECT f.number, p.unit_id, p.number AS place_number,
         rank() OVER (PARTITION BY f.number ORDER BY coalesce(p.is_place, false) DESC,
                      coalesce(p.parent_id = f.new_parent_id, false) DESC) AS rank
  FROM import_full f JOIN import_place p ON p.stands_in = f.stands_in AND p.day = f.day
  WHERE p.number IS DISTINCT FROM f.number AND (p.unit_id IS DISTINCT FROM f.unit_id OR p.unit_id IS NULL)
) ranked WHERE rank = 1 GROUP BY number;
INSERT INTO import_trouble SELECT f.number, 'stands_in', 'no_such_place', jsonb_build_object('found', f.stands_in)
FROM import_full f LEFT JOIN import_choice c USING (number) WHERE f.stands_in IS NOT NULL AND c.number IS NULL;
INSERT INTO import_trouble
SELECT c.number, 'stands_in', 'place_ambiguous', jsonb_build_object('found', f.stands_in, 'units',
  to_jsonb(c.units[1:12]))
FROM import_choice c JOIN import_full f USING (number) WHERE c.offers > 1;
UPDATE import_full f SET place_id = c.unit_id, place_number = c.place_number FROM import_choice c
WHERE c.number = f.number AND c.offers = 1;
UPDATE import_full f SET old_place_id = s.place_id FROM register_standsin s
WHERE f.stands_in IS NOT NULL AND s.unit_id = f.unit_id AND s.valid @> f.day;
"""


def note(field: str, what: str, condition: str, facts: str = "'{}'::jsonb", source: str = "import_full f") -> str:
    return f"INSERT INTO import_trouble SELECT f.number, '{field}', '{what}', {facts} FROM {source} WHERE {condition};"


_OTHER_HOLDER = """
INSERT INTO import_trouble
SELECT DISTINCT ON (f.number) f.number, '{field}', '{field}_taken', jsonb_build_object('found', f.{field}, 'unit',
  e.unit_id, 'name', e.name, 'since', lower(e.valid))
FROM import_full f JOIN register_unitentry e ON e.{field} = f.{field} AND e.{field} <> ''
 AND e.valid && daterange(CASE WHEN f.unit_id IS NULL THEN f.starts_on ELSE f.day END,
                          CASE WHEN f.unit_id IS NULL THEN f.closed_on ELSE upper(f.entry_valid) END)
WHERE f.{field} IS NOT NULL AND f.{field} IS DISTINCT FROM f.old_{field} AND e.unit_id IS DISTINCT FROM f.unit_id
  AND NOT (f.by_code IS NOT NULL AND f.by_credit IS NOT NULL AND f.by_code <> f.by_credit)
  AND NOT EXISTS (SELECT 1 FROM import_full x WHERE x.unit_id = e.unit_id AND x.closed_on <= CASE
    WHEN f.unit_id IS NULL THEN f.starts_on ELSE f.day END)
  AND (f.closed_on IS NULL OR f.closed_on > CASE WHEN f.unit_id IS NULL THEN f.starts_on ELSE f.day END);
"""

_IS_NEW = (
    "f.unit_id IS NULL AND NOT f.misread AND NOT EXISTS "
    "(SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what = 'unit_ambiguous')"
)
CHECKS = [
    note("code", "codes_of_two_units", "f.by_code <> f.by_credit",
             "jsonb_build_object('found', f.code, 'credit_code', f.credit_code, 'unit', f.by_code, 'other', "
             "f.by_credit)"),
    note("name", "nothing_to_tell_by", "coalesce(f.code, f.credit_code, f.name) IS NULL"),
    note("parent_code", "no_such_parent_code",
             "f.parent_code IS NOT NULL AND f.given_parent_id IS NULL AND f.parent_number IS NULL "
             "AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what IN ('circle', "
             "'below_trouble'))",
             "jsonb_build_object('found', f.parent_code, 'day', f.day)"),
    note("parent_name", "no_such_parent",
             "f.parent_code IS NULL AND f.parent_name IS NOT NULL AND f.given_parent_id IS NULL "
             "AND f.parent_number IS NULL "
             "AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what IN ('circle', "
             "'below_trouble', 'parent_ambiguous'))",
             "jsonb_build_object('found', f.parent_name, 'day', f.day)"),
    note("parent_code", "own_parent", "f.given_parent_id = f.unit_id OR f.parent_number = f.number",
             "jsonb_build_object('found', coalesce(f.parent_code, f.parent_name))"),
    note("name", "new_without_name", "f.unit_id IS NULL AND f.name IS NULL "
                                     "AND coalesce(f.code, f.credit_code) IS NOT NULL",
             "jsonb_build_object('found', coalesce(f.code, f.credit_code), 'day', f.day)"),
    note("kind", "new_without_kind", f"{_IS_NEW} AND f.kind IS NULL AND f.name IS NOT NULL AND f.closed_on IS NULL",
             "jsonb_build_object('name', f.name)"),
    note("parent_name", "new_without_parent",
             _IS_NEW + " AND f.parent_code IS NULL AND f.parent_name IS NULL AND k.under <> '{}'",
             "jsonb_build_object('name', f.name)", "import_full f JOIN register_unitkind k ON k.key = f.kind"),
    note("kind", "may_not_stand_under", "above.level IS NOT NULL AND NOT above.level = ANY (k.under)",
             "jsonb_build_object('found', k.names->>'zh-hans', 'kind', k.names, 'parent_kind', above.names)",
             "import_full f JOIN register_unitkind k ON k.key = f.new_kind "
             "LEFT JOIN import_full row ON row.number = f.parent_number "
             "LEFT JOIN import_full moved ON moved.unit_id = f.new_parent_id AND moved.kind IS NOT NULL "
             "LEFT JOIN register_unitentry pe ON pe.unit_id = f.new_parent_id AND pe.valid @> f.day "
             "JOIN register_unitkind above ON above.key = coalesce(row.new_kind, moved.kind, pe.kind_id) "
             "AND (f.unit_id IS NULL OR f.new_kind <> f.old_kind OR f.parent_number IS NOT NULL "
             "OR f.new_parent_id IS DISTINCT FROM f.old_parent_id)"),
    note("closed_on", "closed_before_opened", "f.closed_on <= f.opened_on",
             "jsonb_build_object('found', f.closed_on, 'opened_on', f.opened_on)"),
    note("closed_on", "closed_unknown", "f.unit_id IS NULL AND f.opened_on IS NULL AND (f.closed_on <= %(on)s::date "
                                        "OR f.closed_on IS NOT NULL AND f.kind IS NULL)",
             "jsonb_build_object('found', f.closed_on, 'day', f.day)"),
    note("closed_on", "closed_before_parent",
             "f.unit_id IS NULL AND f.opened_on < f.closed_on AND f.closed_on <= f.starts_on",
             "jsonb_build_object('found', f.closed_on, 'since', f.starts_on)"),
    note("closed_on", "later_entries",
             "f.unit_id IS NOT NULL AND f.closed_on IS NOT NULL",
             "jsonb_build_object('found', f.closed_on, 'since', later.since)",
             "import_full f CROSS JOIN LATERAL (SELECT min(lower(e.valid)) AS since FROM register_unitentry e "
             "WHERE e.unit_id = f.unit_id AND lower(e.valid) >= f.closed_on HAVING min(lower(e.valid)) IS NOT NULL) "
             "later"),
    *[
        note(part, "part_exceeds_staff",
                 f"f.{part} IS NOT NULL AND f.new_{part} > f.new_staff OR f.staff IS NOT NULL "
                 f"AND f.new_{part} > f.new_staff",
                 f"jsonb_build_object('found', f.new_{part}, 'staff', f.new_staff)")
        for part in ("women", "under_35", "migrant")
    ],
    _OTHER_HOLDER.format(field="code"),
    _OTHER_HOLDER.format(field="credit_code"),
]  # fmt: skip

LASTING = lasting("parent", "parent_code", "unit_id", "register_unitentry", "unit_id", "register_unitentry")
# An employer is housed no longer than its place stands; but one that stands already cannot move in before that.
LASTING.append(
    note(
        "stands_in",
        "above_begins",
        "f.unit_id IS NOT NULL AND a.starts_on > f.day",
        "jsonb_build_object('found', a.new_name, 'since', a.starts_on, 'day', f.day)",
        "import_full f JOIN import_full a ON a.number = f.place_number",
    )
)

# Rows that mean one unit and differ: none is taken.
SAME_UNIT = """
SELECT array_agg(number ORDER BY number) FROM (
  SELECT number, CASE WHEN unit_id IS NOT NULL THEN 'u' || unit_id WHEN code IS NOT NULL THEN 'c' || code
    WHEN credit_code IS NOT NULL THEN 's' || credit_code
    ELSE 'n' || name || '/' || coalesce(new_parent_id, -parent_number, 0) END AS key
  FROM import_full WHERE coalesce(code, credit_code, name) IS NOT NULL
) k GROUP BY key HAVING count(*) > 1
UNION
SELECT array_agg(number ORDER BY number) FROM import_full WHERE unit_id IS NULL AND credit_code IS NOT NULL
GROUP BY credit_code HAVING count(*) > 1 AND count(DISTINCT code) > 1
"""

# Upwards from every unit that moves, through the file and the register, at most MOST_LEVELS steps.
CIRCLES = """
WITH RECURSIVE moved AS (
  SELECT f.number, f.unit_id, coalesce(f.new_parent_id, -f.parent_number) AS above
  FROM import_full f
  WHERE f.unit_id IS NOT NULL AND (f.parent_number IS NOT NULL OR f.new_parent_id IS DISTINCT FROM f.old_parent_id)
    AND EXISTS (SELECT 1 FROM register_unitentry c WHERE c.parent_id = f.unit_id AND (upper(c.valid) IS NULL
      OR upper(c.valid) > f.day)
                UNION ALL SELECT 1 FROM import_plan c WHERE c.parent_id = f.unit_id)
), up(number, unit_id, node, day, steps) AS (
  SELECT m.number, m.unit_id, m.above, f.day, 1 FROM moved m JOIN import_full f USING (number) WHERE m.above IS NOT NULL
  UNION ALL
  SELECT u.number, u.unit_id,
         CASE WHEN r.number IS NOT NULL THEN coalesce(r.new_parent_id, -r.parent_number)
         ELSE e.parent_id END, u.day, u.steps + 1
  FROM up u
  LEFT JOIN import_full r ON (u.node < 0 AND r.number = -u.node) OR (u.node > 0 AND r.unit_id = u.node)
  LEFT JOIN register_unitentry e ON e.unit_id = u.node AND e.valid @> u.day
  WHERE u.node IS NOT NULL AND u.node <> u.unit_id AND u.steps < %(most)s
)
INSERT INTO import_trouble
SELECT DISTINCT u.number, 'parent_code', 'circle_in_register', jsonb_build_object('found', coalesce(f.parent_code,
  f.parent_name))
FROM up u JOIN import_full f USING (number) WHERE u.node = u.unit_id
"""

# What would be left standing in a unit that closes. Things that the file itself closes or moves in time do not count.
_LEAVES = """AND NOT EXISTS (SELECT 1 FROM import_full x WHERE x.unit_id = {thing}
    AND (x.closed_on <= f.closed_on OR x.day <= f.closed_on AND {moves})
    AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = x.number))"""
_HELD = {
    "units": "SELECT c.name FROM register_unitentry c WHERE c.parent_id = f.unit_id "
    "AND c.valid && daterange(f.closed_on, NULL) "
    + _LEAVES.format(
        thing="c.unit_id",
        moves="coalesce(x.new_parent_id, 0) <> f.unit_id "
        "AND (x.given_parent_id IS NOT NULL OR x.parent_number IS NOT NULL)",
    ),
    "housed": "SELECT e.name FROM register_standsin s JOIN register_unitentry e ON e.unit_id = s.unit_id "
    "AND e.valid @> f.day "
    "WHERE s.place_id = f.unit_id AND s.valid && daterange(f.closed_on, NULL) "
    + _LEAVES.format(thing="s.unit_id", moves="coalesce(x.place_id, 0) <> f.unit_id AND x.stands_in IS NOT NULL"),
    "bodies": "SELECT b.name FROM register_bodyentry b WHERE b.seat_id = f.unit_id "
    "AND b.valid && daterange(f.closed_on, NULL)",
    "covers": "SELECT b.name FROM register_cover c JOIN register_bodyentry b ON b.body_id = c.body_id "
    "AND b.valid && c.valid "
    "WHERE c.unit_id = f.unit_id AND c.valid && daterange(f.closed_on, NULL)",
    "venues": "SELECT v.name FROM register_venue v WHERE v.unit_id = f.unit_id "
    "AND v.valid && daterange(f.closed_on, NULL)",
    "rows": "SELECT n.name FROM import_full n WHERE n.unit_id IS DISTINCT FROM f.unit_id "
    "AND f.unit_id IN (n.given_parent_id, n.place_id) "
    "AND (n.closed_on IS NULL OR n.closed_on > f.closed_on) AND NOT EXISTS (SELECT 1 FROM import_trouble t "
    "WHERE t.number = n.number)",
}
CLOSING = [
    f"""
INSERT INTO import_trouble
SELECT f.number, 'closed_on', 'still_{what}', jsonb_build_object('found', f.closed_on, 'names', held.names)
FROM import_full f CROSS JOIN LATERAL (
  SELECT jsonb_agg(DISTINCT h.name) AS names FROM (SELECT DISTINCT x.name FROM ({sql}) x LIMIT 6) h
) held
WHERE f.unit_id IS NOT NULL AND f.closed_on IS NOT NULL AND held.names IS NOT NULL
  AND upper(f.entry_valid) IS DISTINCT FROM f.closed_on
  AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what = 'still_{what}')
"""
    for what, sql in _HELD.items()
]

# A new unit cannot stand on a row that is not taken.
BELOW_TROUBLE = """
INSERT INTO import_trouble
SELECT f.number, min(CASE WHEN f.parent_code IS NULL THEN 'parent_name' ELSE 'parent_code' END), 'below_trouble',
  jsonb_build_object('row', min(above.number))
FROM import_full f JOIN import_full above ON above.number IN (f.parent_number, f.place_number)
WHERE EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = above.number) OR above.misread
GROUP BY f.number
HAVING NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what IN ('below_trouble', 'circle'))
"""

_DIFFERS = [f"f.new_{field} IS DISTINCT FROM f.old_{field}" for field in ENTRY]
_COUNTED = "(" + " OR ".join(f"f.{field} IS NOT NULL" for field in COUNTS) + ")"
_COUNT_DIFFERS = "(" + " OR ".join(f"f.new_{field} IS DISTINCT FROM f.old_{field}" for field in COUNTS) + ")"
_PARENT_MOVES = "(f.parent_number IS NOT NULL OR f.new_parent_id IS DISTINCT FROM f.old_parent_id)"
_PLACE_MOVES = """(f.stands_in IS NOT NULL
  AND (f.place_number IS NOT NULL OR f.place_id IS DISTINCT FROM f.old_place_id))"""
ENDS = """f.closed_on IS NOT NULL AND EXISTS (
  SELECT 1 FROM register_unitentry e WHERE e.unit_id = f.unit_id AND e.valid @> f.closed_on)"""
ENTRY_CHANGES = f"({' OR '.join([*_DIFFERS, _PARENT_MOVES])})"
COUNT_CHANGES = f"({_COUNTED} AND {_COUNT_DIFFERS})"
_IS_PAST = "(f.closed_on IS NOT NULL AND f.closed_on <= %(on)s::date)"

_CHANGES = ", ".join(
    f"'{field}', CASE WHEN f.new_{field} IS DISTINCT FROM f.old_{field} THEN jsonb_build_array(f.old_{field}, "
    f"f.new_{field}) END"
    for field in [*ENTRY, *COUNTS]
)
VERDICTS = f"""
INSERT INTO register_draftunit (draft_id, verdict, changes, misread, starts_on, day, unit_id, parent_id, parent_number,
                                place_id, place_number, number, {{columns}})
SELECT %(draft)s, v.verdict,
       CASE WHEN v.verdict IN ('change', 'end') THEN jsonb_strip_nulls(jsonb_build_object({_CHANGES},
         'parent', CASE WHEN {_PARENT_MOVES} THEN jsonb_build_array(f.old_parent_id, f.new_parent_id,
         f.parent_number) END,
         'stands_in', CASE WHEN {_PLACE_MOVES} THEN jsonb_build_array(f.old_place_id, f.place_id, f.place_number) END,
         'closed_on', CASE WHEN v.verdict = 'end' THEN jsonb_build_array(NULL, f.closed_on) END)) END,
       r.misread, f.starts_on, f.day, f.unit_id, f.new_parent_id, f.parent_number, f.place_id, f.place_number,
       r.number, {{values}}
FROM import_row r JOIN import_full f USING (number)
CROSS JOIN LATERAL (SELECT CASE
    WHEN r.misread OR EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number) THEN 'problem'
    WHEN f.unit_id IS NULL THEN 'add'
    WHEN {ENDS} THEN 'end'
    WHEN {_IS_PAST} THEN 'same'
    WHEN {ENTRY_CHANGES} OR {COUNT_CHANGES} OR {_PLACE_MOVES} THEN 'change'
    ELSE 'same' END AS verdict) v
"""


def resolve(on: date, tell: Tell = untold) -> None:
    """Settle all rows of `import_row` against the register of `on`, and note what is wrong in `import_trouble`."""
    named = {"on": on}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM import_row")
        settled, rows = 0, cursor.fetchone()[0]
        run(cursor, MATCH, named, part(tell, 0, 0.2))
        for _level in range(MOST_LEVELS):
            run(cursor, READY, named)
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE parent_code IS NULL "
                "AND parent_name IS NOT NULL) FROM import_ready"
            )
            ready, by_name = cursor.fetchone()
            if not ready:
                cursor.execute("DROP TABLE import_ready")
                break
            run(cursor, PARENTS_BY_CODE, named)
            if by_name:
                run(cursor, PARENTS_BY_NAME, named)
                cursor.execute("DROP TABLE import_candidate, import_offer")
            run(cursor, SETTLE, named)
            settled += ready
            tell(0.2 + 0.4 * settled / rows)
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM import_match m WHERE NOT EXISTS (SELECT 1 "
                "FROM import_plan p WHERE p.number = m.number))"
            )
            if not cursor.fetchone()[0]:
                break
        cursor.execute(LEFT_OVER)
        needs = dict(cursor.fetchall())
        cursor.executemany(
            "INSERT INTO import_trouble VALUES (%s, 'parent_code', %s, %s::jsonb)",
            circles_among(needs),
        )
        cursor.execute(KEEP_LEFT_OVER)
        run(cursor, FULL, named)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM import_full WHERE stands_in IS NOT NULL)")
        if cursor.fetchone()[0]:
            run(cursor, PLACES, named)
        tell(0.7)
        run_all(cursor, [*CHECKS, *LASTING], named, part(tell, 0.7, 1))
        cursor.execute(CIRCLES, {"most": MOST_LEVELS})


def settle_dependents() -> None:
    """Rows that hang on other rows: below one that is not taken, or closing while something still stands on it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_trouble (number)")
        cursor.execute("SELECT EXISTS (SELECT 1 FROM import_full WHERE unit_id IS NOT NULL AND closed_on IS NOT NULL)")
        closing = CLOSING if cursor.fetchone()[0] else []
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM import_full WHERE coalesce(parent_number, place_number) IS NOT NULL)"
        )
        below = [BELOW_TROUBLE] if cursor.fetchone()[0] else []
        for _round in range(MOST_LEVELS):
            found = 0
            for check in [*below, *closing]:
                cursor.execute(check)
                found += cursor.rowcount
            if not found:
                break


def circles_among(needs: dict[int, int]) -> list[tuple[int, str, str]]:
    """(row, what, facts as JSON) for rows that wait for each other, and for those that merely wait for such a row."""
    circles: dict[int, list[int]] = {}
    seen: set[int] = set()
    for start in sorted(needs):
        way: dict[int, int] = {}
        node: int | None = start
        while node is not None and node not in seen and node not in way:
            way[node] = len(way)
            node = needs.get(node)
        if node is not None and node in way:
            circle = list(way)[way[node] :]
            circles.update(dict.fromkeys(circle, circle))
        seen.update(way)
    return [
        (number, "circle", json.dumps({"rows": circles[number][:12]}))
        if number in circles
        else (number, "below_trouble", json.dumps({"row": above}))
        for number, above in needs.items()
    ]


def run(cursor: Any, script: str, named: dict[str, Any], tell: Tell = untold) -> None:
    run_all(cursor, [statement for statement in script.split(";\n") if statement.strip()], named, tell)


def run_all(cursor: Any, statements: list[str], named: dict[str, Any], tell: Tell = untold) -> None:
    for done, statement in enumerate(statements, start=1):
        cursor.execute(statement, named)
        tell(done / len(statements))
