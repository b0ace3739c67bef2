"""Writing checked rows of bodies into the register: new bodies, split entries, covers, terms, ends.

Everything is set-based and carries the act, as in `unit_deeds`. Covers are only added: a unit that is missing in the
file is not taken from the body.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from gongjian.chronicle.models import Act

from ..models import Form, ImportDraft
from ..progress import Tell, part, untold
from ..walks import refresh_body_paths
from .unit_deeds import carried, cut, keep
from .unit_rows import run

DEEDS = """
CREATE TEMP TABLE import_deed ON COMMIT DROP AS
SELECT d.*, CASE WHEN verdict = 'add' THEN nextval(pg_get_serial_sequence('register_body', 'id'))
  ELSE body_id END AS the_body
FROM (SELECT * FROM register_draftbody WHERE draft_id = %(draft)s AND verdict IN ('add', 'change', 'end')
  ORDER BY number) d;
ALTER TABLE import_deed ADD PRIMARY KEY (number);
ANALYZE import_deed;
UPDATE import_deed d SET superior_id = p.the_body FROM import_deed p WHERE p.number = d.superior_number;
UPDATE import_deed d SET leader_id = p.the_body FROM import_deed p WHERE p.number = d.leader_number
"""

ADD = """
INSERT INTO register_body (id, line_id, line_path, lead_path)
SELECT d.the_body, k.line_id, '', '' FROM import_deed d JOIN register_bodykind k ON k.key = d.kind
  WHERE d.verdict = 'add' ORDER BY d.number;
INSERT INTO register_bodyentry (body_id, valid, name, code, kind_id, form_id, seat_id, superior_id, leader_id,
  source, act_id)
SELECT the_body, daterange(starts_on, closed_on), name, coalesce(code, ''), kind, coalesce(form, %(form)s),
  seat_id, superior_id,
       leader_id, %(source)s, %(act)s
FROM import_deed WHERE verdict = 'add' ORDER BY number
"""

_COLUMNS = {"name": "name", "code": "code", "kind_id": "kind", "form_id": "form"}
_LINKS = ("seat_id", "superior_id", "leader_id")
_ALL = [*_COLUMNS, *_LINKS]
_NEW = [
    *(f"coalesce(d.{field}, e.{column}) AS new_{column}" for column, field in _COLUMNS.items()),
    *(f"coalesce(d.{link}, e.{link}) AS new_{link}" for link in _LINKS),
]
_STILL = "d.verdict IN ('change', 'end') AND (d.closed_on IS NULL OR d.closed_on > %(on)s::date)"

CHANGED = f"""
CREATE TEMP TABLE import_changed ON COMMIT DROP AS
SELECT * FROM (
  SELECT e.id, e.body_id, d.day, e.valid, {", ".join(f"e.{column}" for column in _ALL)}, {", ".join(_NEW)}
  FROM import_deed d JOIN register_bodyentry e ON e.body_id = d.the_body AND e.valid @> d.day
  WHERE {_STILL}
) x WHERE {" OR ".join(f"new_{column} IS DISTINCT FROM {column}" for column in _ALL)};
CREATE TEMP TABLE import_carried ON COMMIT DROP AS
SELECT * FROM (
  SELECT l.id, {", ".join(carried(column) for column in _ALL)}
  FROM import_changed c JOIN register_bodyentry l ON l.body_id = c.body_id AND lower(l.valid) >= upper(c.valid)
  WINDOW w AS (PARTITION BY l.body_id ORDER BY l.valid)
) x WHERE {" OR ".join(f"{column} IS DISTINCT FROM was_{column}" for column in _ALL)}
"""
CHANGE = f"""
UPDATE register_bodyentry e SET {", ".join(f"{column} = c.new_{column}" for column in _ALL)}, source = %(source)s,
  act_id = %(act)s
FROM import_changed c WHERE e.id = c.id AND lower(c.valid) = c.day;
UPDATE register_bodyentry e SET valid = daterange(lower(c.valid), c.day), act_id = %(act)s
FROM import_changed c WHERE e.id = c.id AND lower(c.valid) < c.day;
INSERT INTO register_bodyentry (body_id, valid, {", ".join(_ALL)}, source, act_id)
SELECT body_id, daterange(day, upper(valid)), {", ".join(f"new_{column}" for column in _ALL)}, %(source)s, %(act)s
FROM import_changed WHERE lower(valid) < day;
UPDATE register_bodyentry e SET {", ".join(f"{column} = c.{column}" for column in _ALL)}, act_id = %(act)s
FROM import_carried c WHERE e.id = c.id
"""

# A cover runs to the end of the known life of the body or the unit, or to where the next cover of the same unit begins.
COVER = """
INSERT INTO register_cover (body_id, unit_id, valid, act_id)
SELECT body_id, unit_id, daterange(since, until), %(act)s FROM (
  SELECT d.the_body AS body_id, u.unit_id, greatest(s.since, lower(life.span)) AS since,
         least(upper(life.span),
               (SELECT upper(span) FROM (SELECT unnest(range_agg(e.valid)) AS span FROM register_bodyentry e
                WHERE e.body_id = d.the_body) x WHERE span @> s.since),
               (SELECT min(lower(c.valid)) FROM register_cover c
                WHERE c.body_id = d.the_body AND c.unit_id = u.unit_id AND lower(c.valid) > s.since)) AS until
  FROM import_deed d CROSS JOIN LATERAL unnest(d.new_covers) u(unit_id)
  CROSS JOIN LATERAL (SELECT CASE WHEN d.verdict = 'add' THEN d.starts_on ELSE d.day END AS since) s
  CROSS JOIN LATERAL (SELECT span FROM (SELECT unnest(range_agg(e.valid)) AS span FROM register_unitentry e
    WHERE e.unit_id = u.unit_id) x WHERE span @> d.day) life
  WHERE d.new_covers IS NOT NULL AND (d.verdict = 'add' OR d.closed_on IS NULL OR d.closed_on > %(on)s::date)
) c WHERE until IS NULL OR until > since ORDER BY 1, 2
"""

TERMS = """
CREATE TEMP TABLE import_term ON COMMIT DROP AS
SELECT d.the_body, d.term_from, d.term_until + 1 AS until, t.id AS same_id, o.id AS before_id,
       coalesce(d.term_until + 1, upper(t.valid)) AS new_until
FROM import_deed d
LEFT JOIN register_term t ON t.body_id = d.the_body
  AND (lower(t.valid) = d.term_from OR d.term_from IS NULL AND t.valid @> d.day)
LEFT JOIN register_term o ON o.body_id = d.the_body AND o.valid @> d.term_from AND lower(o.valid) < d.term_from
WHERE (d.term_from IS NOT NULL OR d.term_until IS NOT NULL) AND (d.verdict = 'add' OR d.closed_on IS NULL
  OR d.closed_on > %(on)s::date)
  AND (t.id IS NULL OR upper(t.valid) IS DISTINCT FROM coalesce(d.term_until + 1, upper(t.valid)))
"""
TERM = """
UPDATE register_term t SET valid = daterange(lower(t.valid), n.term_from), act_id = %(act)s
FROM import_term n WHERE t.id = n.before_id AND n.same_id IS NULL;
UPDATE register_term t SET valid = daterange(lower(t.valid), n.new_until), act_id = %(act)s FROM import_term n
  WHERE t.id = n.same_id;
INSERT INTO register_term (body_id, valid, act_id)
SELECT the_body, daterange(term_from, until), %(act)s FROM import_term WHERE same_id IS NULL AND term_from IS NOT NULL
"""


def write(draft: ImportDraft, act: Act, today: date, tell: Tell = untold) -> None:
    """Apply the rows that are to be added, changed or ended."""
    form = Form.objects.order_by("position", "key").values_list("key", flat=True).first()
    named = {"draft": draft.pk, "on": draft.as_of, "source": draft.filename, "act": act.pk, "form": form}
    with connection.cursor() as cursor:
        run(cursor, DEEDS, named, part(tell, 0, 0.1))
        run(cursor, ADD, named, part(tell, 0.1, 0.4))
        run(cursor, CHANGED, named)
        keep(act, "register_bodyentry", "SELECT id FROM import_changed UNION SELECT id FROM import_carried")
        run(cursor, CHANGE, named, part(tell, 0.4, 0.6))
        run(cursor, COVER, named)
        tell(0.8)
        run(cursor, TERMS, named)
        keep(act, "register_term", "SELECT coalesce(same_id, before_id) FROM import_term")
        run(cursor, TERM, named)
        _end(cursor, act)
        cursor.execute("SELECT the_body FROM import_deed")
        refresh_body_paths(today, [row[0] for row in cursor.fetchall()])


def _end(cursor: Any, act: Act) -> None:
    """With a body end its covers, term, members and offices."""
    cursor.execute(
        "CREATE TEMP TABLE import_end ON COMMIT DROP AS SELECT the_body AS thing, closed_on "
        "FROM import_deed WHERE verdict = 'end'"
    )
    for table in ("register_cover", "register_term", "register_membership", "register_office", "register_bodyentry"):
        cut(cursor, act, table, "body_id")
