"""What rows of bodies mean: which body each row is, its seat, superior, leader and covers, and what speaks against it.

Works on the temporary tables of `staging`, in whole sets. A row is told by its code on its day, else by its name, its
line and its seat.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from ..progress import Tell, part, untold
from .lives import lasting
from .unit_rows import MOST_LEVELS, circles_among, note, run, run_all

ENTRY = ("name", "code", "kind", "form")
ABOVE = ("superior", "leader")

MATCH = """
CREATE TEMP TABLE import_trouble (number int, field text, what text, facts jsonb) ON COMMIT DROP;
CREATE TEMP TABLE import_dated ON COMMIT DROP AS
SELECT r.number, CASE WHEN r.closed_on <= %(on)s::date THEN r.closed_on - 1
                      WHEN r.opened_on > %(on)s::date THEN r.opened_on ELSE %(on)s::date END AS day FROM import_row r;
ALTER TABLE import_dated ADD PRIMARY KEY (number);
ANALYZE import_dated;
CREATE TEMP TABLE import_known ON COMMIT DROP AS
SELECT r.number, d.day, e.body_id, e.seat_id AS old_seat_id, coalesce(r.line, k.line_id, b.line_id) AS line
FROM import_row r JOIN import_dated d USING (number)
LEFT JOIN register_bodyentry e ON e.code = r.code AND e.code <> '' AND e.valid @> d.day
LEFT JOIN register_body b ON b.id = e.body_id
LEFT JOIN register_bodykind k ON k.key = r.kind;
ALTER TABLE import_known ADD PRIMARY KEY (number);
ANALYZE import_known;
"""

SEATS = """
CREATE TEMP TABLE import_seat ON COMMIT DROP AS
WITH code AS MATERIALIZED (
  SELECT k.seat_code, k.day, coalesce(c.unit_id, s.unit_id) AS unit_id
  FROM (SELECT DISTINCT r.seat_code, d.day FROM import_row r JOIN import_dated d USING (number)
    WHERE r.seat_code IS NOT NULL) k
  LEFT JOIN register_unitentry c ON c.code = k.seat_code AND c.code <> '' AND c.valid @> k.day
  LEFT JOIN register_unitentry s ON s.credit_code = k.seat_code AND s.credit_code <> '' AND s.valid @> k.day
), named AS MATERIALIZED (
  SELECT k.seat_name, k.day, e.unit_id
  FROM (SELECT DISTINCT r.seat_name, d.day FROM import_row r JOIN import_dated d USING (number)
        WHERE r.seat_code IS NULL AND r.seat_name IS NOT NULL) k
  JOIN register_unitentry e ON e.name = k.seat_name AND e.valid @> k.day
), offer AS (
  SELECT r.number, n.unit_id,
         rank() OVER (PARTITION BY r.number ORDER BY coalesce(n.unit_id = w.old_seat_id, false) DESC,
           EXISTS (SELECT 1 FROM register_bodyentry e WHERE e.name = r.name AND e.valid @> w.day
           AND e.seat_id = n.unit_id) DESC) AS place
  FROM import_row r JOIN import_known w USING (number) JOIN named n ON n.seat_name = r.seat_name AND n.day = w.day
  WHERE r.seat_code IS NULL
)
SELECT r.number, c.unit_id, 1::bigint AS offers, NULL::bigint[] AS units
FROM import_row r JOIN import_dated d USING (number) JOIN code c ON c.seat_code = r.seat_code AND c.day = d.day
  WHERE c.unit_id IS NOT NULL
UNION ALL
SELECT number, min(unit_id), count(*), (array_agg(unit_id))[1:12] FROM offer WHERE place = 1 GROUP BY number;
CREATE UNIQUE INDEX ON import_seat (number);
ANALYZE import_seat;
INSERT INTO import_trouble
SELECT s.number, 'seat_name', 'unit_ambiguous', jsonb_build_object('found', r.seat_name, 'units', to_jsonb(s.units))
FROM import_seat s JOIN import_row r USING (number) WHERE s.offers > 1;
"""

# By name: within the line if it is known, at the seat if it is given.
BY_NAME = """
CREATE TEMP TABLE import_named ON COMMIT DROP AS
SELECT r.number, min(e.body_id) AS body_id, (array_agg(DISTINCT e.body_id))[1:12] AS bodies
FROM import_row r JOIN import_known w USING (number) LEFT JOIN import_seat s USING (number)
JOIN register_bodyentry e ON e.name = r.name AND e.valid @> w.day AND (r.code IS NULL OR e.code = '')
JOIN register_body b ON b.id = e.body_id AND (w.line IS NULL OR b.line_id = w.line)
WHERE w.body_id IS NULL AND (s.unit_id IS NULL OR e.seat_id = s.unit_id)
GROUP BY r.number;
INSERT INTO import_trouble
SELECT n.number, 'name', 'body_ambiguous', jsonb_build_object('found', r.name, 'bodies', to_jsonb(n.bodies))
FROM import_named n JOIN import_row r USING (number) WHERE cardinality(n.bodies) > 1;
UPDATE import_known w SET body_id = n.body_id, line = coalesce(w.line, b.line_id)
FROM import_named n JOIN register_body b ON b.id = n.body_id WHERE n.number = w.number AND cardinality(n.bodies) = 1;
ANALYZE import_known;
"""

# The body above: a row of the file or a body of the register. `fits`: of the line it has to be of.
_UP = """
CREATE TEMP TABLE import_{above} ON COMMIT DROP AS
WITH wanted AS MATERIALIZED (
  SELECT r.number, coalesce(r.{above}_code, r.{above}_name) AS ref, r.{above}_code IS NULL AS by_name,
         w.day, w.line, w.body_id, e.{above}_id AS stays
  FROM import_row r JOIN import_known w USING (number)
  LEFT JOIN register_bodyentry e ON e.body_id = w.body_id AND e.valid @> w.day
  WHERE coalesce(r.{above}_code, r.{above}_name) IS NOT NULL
), key AS MATERIALIZED (SELECT DISTINCT ref, by_name, day FROM wanted), found AS MATERIALIZED (
  SELECT k.*, e.body_id, NULL::int AS row, b.line_id AS line
  FROM key k JOIN register_bodyentry e ON NOT k.by_name AND e.code = k.ref AND e.code <> '' AND e.valid @> k.day
    JOIN register_body b ON b.id = e.body_id
  UNION
  SELECT k.*, e.body_id, NULL, b.line_id
  FROM key k JOIN register_bodyentry e ON k.by_name AND e.name = k.ref AND e.valid @> k.day
    JOIN register_body b ON b.id = e.body_id
  UNION
  SELECT k.*, w.body_id, CASE WHEN w.body_id IS NULL THEN f.number END, w.line
  FROM key k JOIN import_row f ON NOT k.by_name AND f.code = k.ref JOIN import_known w ON w.number = f.number
  UNION
  SELECT k.*, w.body_id, CASE WHEN w.body_id IS NULL THEN f.number END, w.line
  FROM key k JOIN import_row f ON k.by_name AND f.name = k.ref JOIN import_known w ON w.number = f.number
), offer AS (
  SELECT w.number, f.body_id, f.row, {fits} AS fits,
         rank() OVER (PARTITION BY w.number ORDER BY coalesce({fits}, false) DESC, coalesce(f.body_id = w.stays,
         false) DESC) AS place
  FROM wanted w JOIN found f ON f.ref = w.ref AND f.by_name = w.by_name AND f.day = w.day LEFT
    JOIN register_line l ON l.key = f.line
  WHERE f.row IS DISTINCT FROM w.number AND (f.body_id IS DISTINCT FROM w.body_id OR f.body_id IS NULL)
)
SELECT w.number, w.ref AS found, w.day, w.by_name, min(o.body_id) AS body_id, min(o.row) AS row,
       coalesce(bool_and(o.fits), false) AS fits, count(o.place) AS offers, (array_agg(o.body_id) FILTER (WHERE
       o.body_id IS NOT NULL))[1:12] AS bodies
FROM wanted w LEFT JOIN offer o ON o.number = w.number AND o.place = 1
GROUP BY w.number, w.ref, w.by_name, w.day;
CREATE UNIQUE INDEX ON import_{above} (number);
ANALYZE import_{above};
INSERT INTO import_trouble
SELECT a.number, CASE WHEN a.by_name THEN '{above}_name' ELSE '{above}_code' END,
       CASE WHEN a.offers = 0 THEN 'no_such_body' WHEN a.offers > 1 THEN 'body_ambiguous' ELSE '{misfit}' END,
       jsonb_build_object('found', a.found, 'day', a.day, 'bodies', to_jsonb(a.bodies))
FROM import_{above} a WHERE a.offers <> 1 OR NOT a.fits;
"""
UP = [
    _UP.format(
        above="superior", fits="(w.line IS NULL OR f.line IS NULL OR f.line = w.line)", misfit="superior_of_other_line"
    ),
    _UP.format(above="leader", fits="(f.line IS NULL OR l.leads)", misfit="leader_not_leading"),
]

FULL = """
CREATE TEMP TABLE import_full ON COMMIT DROP AS
SELECT r.number, w.day, w.body_id, w.line, b.line_id AS old_line, r.line AS given_line, r.misread, r.name, r.code,
  r.kind, r.form,
       e.id AS entry_id, e.valid AS entry_valid,
       e.name AS old_name, e.code AS old_code, e.kind_id AS old_kind, e.form_id AS old_form, e.seat_id AS old_seat_id,
       coalesce(r.name, e.name) AS new_name, coalesce(r.code, e.code) AS new_code, coalesce(r.kind,
       e.kind_id) AS new_kind,
       coalesce(r.form, e.form_id) AS new_form, coalesce(s.unit_id, e.seat_id) AS new_seat_id,
       s.unit_id AS given_seat_id,
       coalesce(r.seat_code, r.seat_name) AS seat, r.seat_code,
       e.superior_id AS old_superior_id, up.row AS superior_number,
       CASE WHEN up.row IS NULL THEN coalesce(up.body_id, e.superior_id) END AS new_superior_id,
       e.leader_id AS old_leader_id, lead.row AS leader_number,
       CASE WHEN lead.row IS NULL THEN coalesce(lead.body_id, e.leader_id) END AS new_leader_id,
       r.covers, NULL::bigint[] AS new_covers, r.term_from, r.term_until, r.opened_on, r.closed_on,
       greatest(coalesce(r.opened_on, %(on)s::date), life.since, up_life.since, lead_life.since) AS starts_on
FROM import_row r JOIN import_known w USING (number)
LEFT JOIN import_seat s ON s.number = r.number AND s.offers = 1
LEFT JOIN import_superior up ON up.number = r.number AND up.offers = 1
LEFT JOIN import_leader lead ON lead.number = r.number AND lead.offers = 1
LEFT JOIN register_body b ON b.id = w.body_id
LEFT JOIN register_bodyentry e ON e.body_id = w.body_id AND e.valid @> w.day
LEFT JOIN LATERAL (
  SELECT lower(span) AS since FROM (SELECT unnest(range_agg(u.valid)) AS span FROM register_unitentry u
    WHERE u.unit_id = s.unit_id AND w.body_id IS NULL AND r.opened_on < %(on)s::date) x WHERE span @> w.day
) life ON true
LEFT JOIN LATERAL (
  SELECT lower(span) AS since FROM (SELECT unnest(range_agg(u.valid)) AS span FROM register_bodyentry u
    WHERE u.body_id = up.body_id AND w.body_id IS NULL AND r.opened_on < %(on)s::date) x WHERE span @> w.day
) up_life ON true
LEFT JOIN LATERAL (
  SELECT lower(span) AS since FROM (SELECT unnest(range_agg(u.valid)) AS span FROM register_bodyentry u
    WHERE u.body_id = lead.body_id AND w.body_id IS NULL AND r.opened_on < %(on)s::date) x WHERE span @> w.day
) lead_life ON true;
ALTER TABLE import_full ADD PRIMARY KEY (number);
CREATE INDEX ON import_full (body_id) WHERE body_id IS NOT NULL;
ANALYZE import_full;
"""

# A new body does not stand before a new one above it: one round a level.
AFTER_ABOVE = """
UPDATE import_full f SET starts_on = a.starts_on FROM import_full a
WHERE f.body_id IS NULL AND a.number IN (f.superior_number, f.leader_number) AND a.starts_on > f.starts_on
"""

# Covered units by code or name; of several with one name, those that stand in the seat of the body.
COVERS = """
CREATE TEMP TABLE import_item ON COMMIT DROP AS
SELECT f.number, f.day, f.body_id, f.new_seat_id, i.item
FROM import_full f CROSS JOIN LATERAL jsonb_array_elements_text(f.covers::jsonb) i(item) WHERE f.covers IS NOT NULL;
ANALYZE import_item;
CREATE TEMP TABLE import_covered ON COMMIT DROP AS
WITH key AS MATERIALIZED (SELECT DISTINCT item, day FROM import_item), found AS MATERIALIZED (
  SELECT k.item, k.day, e.unit_id FROM key k JOIN register_unitentry e ON e.code = k.item AND e.code <> ''
    AND e.valid @> k.day
  UNION SELECT k.item, k.day, e.unit_id FROM key k JOIN register_unitentry e ON e.credit_code = k.item
    AND e.credit_code <> '' AND e.valid @> k.day
  UNION SELECT k.item, k.day, e.unit_id FROM key k JOIN register_unitentry e ON e.name = k.item AND e.valid @> k.day
), offer AS (
  SELECT i.number, i.item, f.unit_id,
         rank() OVER (PARTITION BY i.number, i.item ORDER BY coalesce(s.path <> '' AND starts_with(u.path, s.path),
         false) DESC) AS place
  FROM import_item i JOIN found f ON f.item = i.item AND f.day = i.day
  JOIN register_unit u ON u.id = f.unit_id LEFT JOIN register_unit s ON s.id = i.new_seat_id
)
SELECT i.number, i.item, i.day, i.body_id, min(o.unit_id) AS unit_id, count(o.unit_id) AS offers,
  (array_agg(o.unit_id))[1:12] AS units
FROM import_item i LEFT JOIN offer o ON o.number = i.number AND o.item = i.item AND o.place = 1
GROUP BY i.number, i.item, i.day, i.body_id;
INSERT INTO import_trouble
SELECT DISTINCT ON (number) number, 'covers', CASE WHEN offers = 0 THEN 'no_such_unit' ELSE 'unit_ambiguous' END,
       jsonb_build_object('found', item, 'day', day, 'units', to_jsonb(units))
FROM import_covered WHERE offers <> 1 ORDER BY number, item;
UPDATE import_full f SET new_covers = c.units FROM (
  SELECT n.number, array_agg(DISTINCT n.unit_id) AS units FROM import_covered n
  WHERE n.offers = 1 AND NOT EXISTS (SELECT 1 FROM register_cover c WHERE c.body_id = n.body_id
    AND c.unit_id = n.unit_id AND c.valid @> n.day)
  GROUP BY n.number
) c WHERE c.number = f.number;
"""

_IS_NEW = (
    "f.body_id IS NULL AND f.name IS NOT NULL AND NOT f.misread AND NOT EXISTS "
    "(SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what = 'body_ambiguous' AND t.field = 'name')"
)
CHECKS = [
    note("name", "nothing_to_tell_by", "coalesce(f.code, f.name) IS NULL"),
    note("seat_name", "no_such_unit", "f.seat IS NOT NULL AND f.given_seat_id IS NULL AND NOT EXISTS "
         "(SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.field = 'seat_name')",
         "jsonb_build_object('found', f.seat, 'day', f.day)"),
    note("name", "new_without_name", "f.body_id IS NULL AND f.name IS NULL AND f.code IS NOT NULL",
         "jsonb_build_object('found', f.code, 'day', f.day)"),
    note("kind", "new_body_without_kind", f"{_IS_NEW} AND f.kind IS NULL "
                                          f"AND f.closed_on IS NULL", "jsonb_build_object('name', f.name)"),
    note("seat_name", "new_without_seat", f"{_IS_NEW} AND f.seat IS NULL AND (f.closed_on IS NULL "
                                          f"OR f.kind IS NOT NULL)", "jsonb_build_object('name', f.name)"),
    note("kind", "kind_of_other_line", "k.line_id <> f.line",
         "jsonb_build_object('found', k.names->>'zh-hans', 'kind', "
         "k.names)", "import_full f JOIN register_bodykind k ON k.key = f.kind"),
    note("line", "line_stays", "f.old_line <> f.line", "jsonb_build_object('found', f.given_line)"),
    note("superior_code", "own_superior", "f.new_superior_id = f.body_id OR f.new_leader_id = f.body_id"),
    note("closed_on", "closed_before_opened", "f.closed_on <= f.opened_on",
         "jsonb_build_object('found', f.closed_on, 'opened_on', f.opened_on)"),
    note("closed_on", "closed_unknown", "f.body_id IS NULL AND f.opened_on IS NULL AND (f.closed_on <= %(on)s::date "
                                        "OR f.closed_on IS NOT NULL AND f.kind IS NULL)",
         "jsonb_build_object('found', f.closed_on, 'day', f.day)"),
    note("closed_on", "closed_before_parent", "f.body_id IS NULL AND f.opened_on < f.closed_on "
                                              "AND f.closed_on <= f.starts_on",
         "jsonb_build_object('found', f.closed_on, 'since', f.starts_on)"),
    note("closed_on", "later_entries", "f.body_id IS NOT NULL AND f.closed_on IS NOT NULL",
         "jsonb_build_object('found', f.closed_on, 'since', later.since)",
         "import_full f CROSS JOIN LATERAL (SELECT min(lower(e.valid)) AS since FROM register_bodyentry e "
         "WHERE e.body_id = f.body_id AND lower(e.valid) >= f.closed_on HAVING min(lower(e.valid)) IS NOT NULL) later"),
    note("code", "body_code_taken", "f.code IS NOT NULL AND f.code IS DISTINCT FROM f.old_code",
         "jsonb_build_object('found', f.code, 'name', e.name, 'since', lower(e.valid))",
         "import_full f JOIN register_bodyentry e ON e.code = f.code AND e.code <> '' AND e.body_id IS DISTINCT "
         "FROM f.body_id "
         "AND upper(e.valid) IS DISTINCT FROM lower(e.valid) AND (upper(e.valid) IS NULL OR upper(e.valid) > "
         "CASE WHEN f.body_id IS NULL THEN f.starts_on ELSE f.day END) AND (f.closed_on IS NULL "
         "OR f.closed_on > lower(e.valid)) "
         "AND (f.entry_valid IS NULL OR e.valid && f.entry_valid)"),
    note("term_until", "term_backwards", "f.term_until < f.term_from", "jsonb_build_object('found', f.term_until)"),
    note("term_from", "term_overlaps", "f.term_from IS NOT NULL",
         "jsonb_build_object('found', f.term_from, 'since', lower(t.valid))",
         "import_full f JOIN register_term t ON t.body_id = f.body_id AND lower(t.valid) > f.term_from "
         "AND (f.term_until IS NULL OR lower(t.valid) <= f.term_until)"),
    note("term_until", "term_without_start", "f.term_until IS NOT NULL AND f.term_from IS NULL AND NOT EXISTS "
         "(SELECT 1 FROM register_term t WHERE t.body_id = f.body_id AND t.valid @> f.day "
         "AND lower(t.valid) <= f.term_until)",
         "jsonb_build_object('found', f.term_until)"),
]  # fmt: skip

LASTING = [
    *lasting("seat", "seat_name", "body_id", "register_bodyentry", "unit_id", "register_unitentry"),
    *lasting("superior", "superior_name", "body_id", "register_bodyentry", "body_id", "register_bodyentry"),
    *lasting("leader", "leader_name", "body_id", "register_bodyentry", "body_id", "register_bodyentry"),
]

SAME_UNIT = """
SELECT array_agg(number ORDER BY number) FROM (
  SELECT number, CASE WHEN body_id IS NOT NULL THEN 'b' || body_id WHEN code IS NOT NULL THEN 'c' || code
    ELSE 'n' || name || '/' || coalesce(line, '') || '/' || coalesce(new_seat_id, 0) END AS key
  FROM import_full WHERE coalesce(code, name) IS NOT NULL
) k GROUP BY key HAVING count(*) > 1
"""

# Rows that stand below each other and are all new; and moved bodies that would come out below themselves.
WAITING = """
SELECT number, {above}_number FROM import_full WHERE body_id IS NULL AND {above}_number IS NOT NULL
"""
# In leadership a body of the leading line stands below its superior where it has no leader.
_CIRCLES = """
WITH RECURSIVE node AS NOT MATERIALIZED (
  SELECT f.number, f.body_id, {file_above} AS above, f.day FROM import_full f LEFT
    JOIN register_line l ON l.key = f.line
), moved AS (
  SELECT f.number, f.body_id, n.above, f.day FROM import_full f JOIN node n USING (number)
  WHERE f.body_id IS NOT NULL AND n.above IS NOT NULL
    AND (f.superior_number IS NOT NULL OR f.leader_number IS NOT NULL
         OR f.new_superior_id IS DISTINCT FROM f.old_superior_id OR f.new_leader_id IS DISTINCT FROM f.old_leader_id)
), up(number, body_id, node, day, steps) AS (
  SELECT number, body_id, above, day, 1 FROM moved
  UNION ALL
  SELECT u.number, u.body_id, CASE WHEN n.number IS NOT NULL THEN n.above ELSE {entry_above} END, u.day, u.steps + 1
  FROM up u
  LEFT JOIN node n ON (u.node < 0 AND n.number = -u.node) OR (u.node > 0 AND n.body_id = u.node)
  LEFT JOIN register_bodyentry e ON e.body_id = u.node AND e.valid @> u.day
  LEFT JOIN register_body b ON b.id = e.body_id LEFT JOIN register_line l ON l.key = b.line_id
  WHERE u.node IS NOT NULL AND u.node <> u.body_id AND u.steps < %(most)s
)
INSERT INTO import_trouble
SELECT DISTINCT u.number, '{field}', 'circle_of_bodies', '{{}}'::jsonb FROM up u WHERE u.node = u.body_id
"""
_SUPERIOR = "coalesce(f.new_superior_id, -f.superior_number)"
_LEADER = "coalesce(f.new_leader_id, -f.leader_number)"
CIRCLES = [
    _CIRCLES.format(file_above=_SUPERIOR, entry_above="e.superior_id", field="superior_name"),
    _CIRCLES.format(
        file_above=f"coalesce({_LEADER}, CASE WHEN l.leads THEN {_SUPERIOR} END)",
        entry_above="coalesce(e.leader_id, CASE WHEN l.leads THEN e.superior_id END)",
        field="leader_name",
    ),
]

CLOSING = [
    f"""
INSERT INTO import_trouble
SELECT f.number, 'closed_on', '{what}', jsonb_build_object('found', f.closed_on, 'names', held.names)
FROM import_full f CROSS JOIN LATERAL (SELECT jsonb_agg(h.name) AS names FROM (SELECT DISTINCT x.name
  FROM ({sql}) x LIMIT 6) h) held
WHERE f.body_id IS NOT NULL AND f.closed_on IS NOT NULL AND held.names IS NOT NULL
  AND upper(f.entry_valid) IS DISTINCT FROM f.closed_on
  AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what = '{what}')
"""
    for what, sql in {
        "still_below": "SELECT c.name FROM register_bodyentry c WHERE f.body_id IN (c.superior_id, c.leader_id) "
        "AND c.valid && daterange(f.closed_on, NULL) AND NOT EXISTS (SELECT 1 FROM import_full x "
        "WHERE x.body_id = c.body_id "
        "AND (x.closed_on <= f.closed_on OR x.day <= f.closed_on AND coalesce(x.new_superior_id, 0) <> f.body_id "
        "AND coalesce(x.new_leader_id, 0) <> f.body_id) "
        "AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = x.number)) "
        "UNION SELECT x.new_name FROM import_full x WHERE f.body_id IN (x.new_superior_id, x.new_leader_id) "
        "AND (coalesce(x.closed_on, upper(x.entry_valid)) IS NULL "
        "OR coalesce(x.closed_on, upper(x.entry_valid)) > f.closed_on) "
        "AND NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = x.number)",
        "still_keeps": "SELECT v.name FROM register_venue v WHERE v.owner_id = f.body_id "
        "AND v.valid && daterange(f.closed_on, NULL)",
    }.items()
]
BELOW_TROUBLE = """
INSERT INTO import_trouble
SELECT f.number, CASE WHEN min(above.number) = min(f.superior_number) THEN 'superior_name' ELSE 'leader_name' END,
       'below_trouble', jsonb_build_object('row', min(above.number))
FROM import_full f JOIN import_full above ON above.number IN (f.superior_number, f.leader_number)
WHERE EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = above.number) OR above.misread
GROUP BY f.number
HAVING NOT EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number AND t.what IN ('below_trouble',
  'circle_of_body_rows'))
"""

_SEAT_MOVES = "f.new_seat_id IS DISTINCT FROM f.old_seat_id"
_UP_MOVES = {
    above: f"(f.{above}_number IS NOT NULL OR f.new_{above}_id IS DISTINCT FROM f.old_{above}_id)" for above in ABOVE
}
ENTRY_CHANGES = " OR ".join(
    [*(f"f.new_{field} IS DISTINCT FROM f.old_{field}" for field in ENTRY), _SEAT_MOVES, *_UP_MOVES.values()]
)
# A term that the file names and that does not stand so.
TERM_CHANGES = """(
  f.term_from IS NOT NULL AND NOT EXISTS (SELECT 1 FROM register_term t WHERE t.body_id = f.body_id
    AND lower(t.valid) = f.term_from
    AND (f.term_until IS NULL OR upper(t.valid) = f.term_until + 1))
  OR f.term_from IS NULL AND f.term_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM register_term t
    WHERE t.body_id = f.body_id
    AND upper(t.valid) = f.term_until + 1))"""
ENDS = """f.closed_on IS NOT NULL AND EXISTS (
  SELECT 1 FROM register_bodyentry e WHERE e.body_id = f.body_id AND e.valid @> f.closed_on)"""

_CHANGES = ", ".join(
    f"'{field}', CASE WHEN f.new_{field} IS DISTINCT FROM f.old_{field} THEN jsonb_build_array(f.old_{field}, "
    f"f.new_{field}) END"
    for field in ENTRY
)
VERDICTS = f"""
INSERT INTO register_draftbody (draft_id, verdict, changes, misread, starts_on, day, body_id, seat_id, superior_id,
  superior_number,
                                leader_id, leader_number, new_covers, number, {{columns}})
SELECT %(draft)s, v.verdict,
       CASE WHEN v.verdict IN ('change', 'end') THEN jsonb_strip_nulls(jsonb_build_object({_CHANGES},
         'seat', CASE WHEN {_SEAT_MOVES} THEN jsonb_build_array(f.old_seat_id, f.new_seat_id) END,
         'superior', CASE WHEN {_UP_MOVES["superior"]} THEN jsonb_build_array(f.old_superior_id, f.new_superior_id,
         f.superior_number) END,
         'leader', CASE WHEN {_UP_MOVES["leader"]} THEN jsonb_build_array(f.old_leader_id, f.new_leader_id,
         f.leader_number) END,
         'covers', CASE WHEN f.new_covers IS NOT NULL THEN to_jsonb(f.new_covers) END,
         'term', CASE WHEN {TERM_CHANGES} THEN jsonb_build_array(f.term_from, f.term_until) END,
         'closed_on', CASE WHEN v.verdict = 'end' THEN jsonb_build_array(NULL, f.closed_on) END)) END,
       r.misread, f.starts_on, f.day, f.body_id, f.new_seat_id, f.new_superior_id, f.superior_number, f.new_leader_id,
       f.leader_number, f.new_covers, r.number, {{values}}
FROM import_row r JOIN import_full f USING (number)
CROSS JOIN LATERAL (SELECT CASE
    WHEN r.misread OR EXISTS (SELECT 1 FROM import_trouble t WHERE t.number = f.number) THEN 'problem'
    WHEN f.body_id IS NULL THEN 'add'
    WHEN {ENDS} THEN 'end'
    WHEN f.closed_on <= %(on)s::date THEN 'same'
    WHEN {ENTRY_CHANGES} OR f.new_covers IS NOT NULL OR {TERM_CHANGES} THEN 'change'
    ELSE 'same' END AS verdict) v
"""


def resolve(on: date, tell: Tell = untold) -> None:
    """Settle all rows of `import_row` against the register of `on`, and note what is wrong in `import_trouble`."""
    named = {"on": on}
    with connection.cursor() as cursor:
        scripts = (MATCH, SEATS, BY_NAME, *UP, FULL)
        for done, script in enumerate(scripts, start=1):
            run(cursor, script, named)
            tell(0.5 * done / len(scripts))
        for _level in range(MOST_LEVELS):
            cursor.execute(AFTER_ABOVE)
            if not cursor.rowcount:
                break
        run(cursor, COVERS, named, part(tell, 0.5, 0.7))
        run_all(cursor, [*CHECKS, *LASTING], named, part(tell, 0.7, 1))
        for above in ABOVE:
            cursor.execute(WAITING.format(above=above))
            rows = circles_among(dict(cursor.fetchall()))
            cursor.executemany(
                "INSERT INTO import_trouble SELECT %s, %s, 'circle_of_body_rows', %s::jsonb",
                [(number, f"{above}_name", facts) for number, what, facts in rows if what == "circle"],
            )
        for circles in CIRCLES:
            cursor.execute(circles, {"most": MOST_LEVELS})


def settle_dependents() -> None:
    """Rows that hang on other rows: below one that is not taken, or ending while bodies still stand below."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_trouble (number)")
        for _round in range(MOST_LEVELS):
            found = 0
            for check in [BELOW_TROUBLE, *CLOSING]:
                cursor.execute(check)
                found += cursor.rowcount
            if not found:
                break
