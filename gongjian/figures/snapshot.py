"""The facts of a day as files of Parquet: one for each table, without the name or number of any person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from django.db import connection, transaction

from rollup.facts import EXCLUSIONS, TABLES, WAYS, Kind
from rollup.lake import schema_of

DIVISIONS = "('city', 'county', 'town', 'village')"
# Tables of this connection, gone with the transaction. `lying`: the lowest division in which each unit lies on the day;
# a division lies in itself.
PREPARED = f"""
DROP TABLE IF EXISTS pg_temp.standing, pg_temp.lying;
CREATE TEMP TABLE standing ON COMMIT DROP AS
  SELECT e.unit_id AS id, e.parent_id, k.level, e.kind_id, e.status, e.trade, e.ownership
  FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id WHERE e.valid @> %(day)s::date;
ANALYZE pg_temp.standing (id, parent_id, level);
CREATE TEMP TABLE lying ON COMMIT DROP AS
  WITH RECURSIVE lying(id, division) AS (
    SELECT id, id FROM pg_temp.standing WHERE level IN {DIVISIONS}
    UNION ALL
    SELECT s.id, l.division FROM lying l JOIN pg_temp.standing s ON s.parent_id = l.id
    WHERE s.level NOT IN {DIVISIONS}
  ) SELECT id, division FROM lying;
ANALYZE pg_temp.lying;
"""
# What bodies promised, were told and were to put right in the year until the day, each as it stood on that day: whether
# all of it was done. A body without any has no row.
PREPARED_OF_BODIES = """
DROP TABLE IF EXISTS pg_temp.promised, pg_temp.commented, pg_temp.righted;
CREATE TEMP TABLE promised ON COMMIT DROP AS
  SELECT body_id, bool_and(state = 'kept' AND closed_on <= %(day)s::date) AS kept FROM pledges_pledge
  WHERE person_id IS NULL AND public_on <= %(day)s::date
    AND CASE WHEN closed_on <= %(day)s::date THEN closed_on ELSE due_on END
      BETWEEN %(day)s::date - 364 AND %(day)s::date
  GROUP BY body_id;
CREATE TEMP TABLE commented ON COMMIT DROP AS
  SELECT t.body_id, bool_and(coalesce(t.published_on <= %(day)s::date, false)) AS told
  FROM telling_telling t JOIN telling_tellinground o ON o.id = t.round_id
  WHERE o.comment_by BETWEEN %(day)s::date - 365 AND %(day)s::date - 1 GROUP BY t.body_id;
CREATE TEMP TABLE righted ON COMMIT DROP AS
  SELECT t.body_id, bool_and(coalesce(r.confirmed_on <= %(day)s::date, false)) AS mended
  FROM telling_rectification r JOIN telling_point p ON p.id = r.point_id
  JOIN telling_comment c ON c.id = p.comment_id JOIN telling_telling t ON t.id = c.telling_id
  WHERE c."on" BETWEEN %(day)s::date - 364 AND %(day)s::date AND t.published_on <= %(day)s::date GROUP BY t.body_id;
ANALYZE pg_temp.promised, pg_temp.commented, pg_temp.righted;
"""
# Each with the columns of its table of facts, in their order. What is nobody's number is not read.
QUERIES = {
    "units": """
        SELECT s.id, l.division, s.parent_id, i.place_id, s.level, s.kind_id, s.status, s.trade, s.ownership,
          coalesce(p.kind_id, ''), h.staff, h.women, h.under_35, h.dispatched, h.migrant
        FROM pg_temp.standing s LEFT JOIN pg_temp.lying l ON l.id = s.id
        LEFT JOIN register_headcount h ON h.unit_id = s.id AND h.valid @> %(day)s::date
        LEFT JOIN register_standsin i ON i.unit_id = s.id AND i.valid @> %(day)s::date
        LEFT JOIN pg_temp.standing p ON p.id = i.place_id""",
    "bodies": """
        SELECT b.id, l.division, e.seat_id, b.line_id, e.kind_id, e.form_id,
          CASE WHEN NOT k.has_term THEN 'none' WHEN t.runs THEN 'running' WHEN t.runs IS NULL THEN 'unknown'
            ELSE 'expired' END,
          e.leader_id IS NOT NULL, coalesce(o.heads, 0), coalesce(o.held, 0), coalesce(m.members, 0),
          CASE WHEN p.kept THEN 'kept' WHEN p.kept IS NULL THEN 'none' ELSE 'not_kept' END,
          CASE WHEN c.told THEN 'commented' WHEN c.told IS NULL THEN 'none' ELSE 'missing' END,
          CASE WHEN r.mended THEN 'put_right' WHEN r.mended IS NULL THEN 'none' ELSE 'open' END
        FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id
        JOIN register_bodykind k ON k.key = e.kind_id LEFT JOIN pg_temp.lying l ON l.id = e.seat_id
        LEFT JOIN (SELECT body_id, bool_or(valid @> %(day)s::date) AS runs FROM register_term
                   WHERE lower(valid) <= %(day)s::date GROUP BY body_id) t ON t.body_id = b.id
        LEFT JOIN (SELECT f.body_id, count(*) FILTER (WHERE j.heads) AS heads, count(*) AS held
                   FROM register_office f JOIN register_officekind j ON j.key = f.kind_id
                   WHERE f.valid @> %(day)s::date GROUP BY f.body_id) o ON o.body_id = b.id
        LEFT JOIN (SELECT body_id, count(*) AS members FROM register_membership
                   WHERE valid @> %(day)s::date GROUP BY body_id) m ON m.body_id = b.id
        LEFT JOIN pg_temp.promised p ON p.body_id = b.id
        LEFT JOIN pg_temp.commented c ON c.body_id = b.id
        LEFT JOIN pg_temp.righted r ON r.body_id = b.id
        WHERE e.valid @> %(day)s::date""",
    "covers": """
        SELECT c.unit_id, c.body_id, l.division, b.line_id, e.kind_id, e.form_id
        FROM register_cover c JOIN register_body b ON b.id = c.body_id
        JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(day)s::date
        LEFT JOIN pg_temp.lying l ON l.id = c.unit_id WHERE c.valid @> %(day)s::date""",
    "venues": """
        SELECT v.id, l.division, v.unit_id, v.owner_id, coalesce(s.lines, 0), coalesce(cardinality(k.items), 0),
          v.hours <> '', v.keeper_id IS NOT NULL
        FROM register_venue v LEFT JOIN pg_temp.lying l ON l.id = v.unit_id
        LEFT JOIN (SELECT venue_id, count(*) AS lines FROM register_venueshare WHERE valid @> %(day)s::date
                   GROUP BY venue_id) s ON s.venue_id = v.id
        LEFT JOIN LATERAL (SELECT items FROM register_venuecheck WHERE venue_id = v.id AND checked_on <= %(day)s::date
                           ORDER BY checked_on DESC LIMIT 1) k ON true
        WHERE v.valid @> %(day)s::date""",
    "plaques": """
        SELECT p.venue_id, l.division, v.unit_id, p.kind FROM register_plaque p
        JOIN register_venue v ON v.id = p.venue_id AND v.valid @> %(day)s::date
        LEFT JOIN pg_temp.lying l ON l.id = v.unit_id WHERE p.valid @> %(day)s::date""",
    "agreements": """
        SELECT c.unit_id, l.division, c.scope FROM agreements_coveredunit c
        JOIN pg_temp.standing s ON s.id = c.unit_id LEFT JOIN pg_temp.lying l ON l.id = c.unit_id
        WHERE c.valid @> %(day)s::date""",
}
# Of which places each division is a part.
DIVISIONS_QUERY = f"""
WITH RECURSIVE up(leaf, place) AS (
  SELECT id, id FROM pg_temp.standing WHERE level IN {DIVISIONS}
  UNION ALL
  SELECT u.leaf, s.parent_id FROM up u JOIN pg_temp.standing s ON s.id = u.place WHERE s.parent_id IS NOT NULL
)
SELECT 'territory', leaf, place FROM up
"""
# What stands right above each body in its line and in leadership, and whether it is in the walk of leadership at all.
LINKS_QUERY = """
SELECT e.body_id, e.superior_id, coalesce(e.leader_id, CASE WHEN l.leads THEN e.superior_id END),
  e.leader_id IS NOT NULL OR l.leads
FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
WHERE e.valid @> %(day)s::date
"""
LINKS: Mapping[str, Kind] = {"body": "id", "superior": "id", "leader": "id", "is_led": "truth"}
EXCLUSIONS_QUERY = """
SELECT x.indicator_id, x.unit_id FROM indicators_exclusion x
JOIN indicators_indicator i ON i.key = x.indicator_id AND i.of = 'units' WHERE x.valid @> %(day)s::date
"""


@contextmanager
def moment() -> Iterator[None]:
    """All that is read within sees the register as of its first reading; within another transaction, as that does."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def write(folder: Path, day: date) -> None:
    """Write the facts of the day into a folder, in place of what lies there. Nothing is changed if that fails.

    Everything is read as of one moment.
    """
    with moment(), _whole(folder) as part:
        with connection.cursor() as cursor:
            cursor.execute(_on(PREPARED + PREPARED_OF_BODIES, day))
        pyarrow.parquet.write_table(_ways(day), part / "ways.parquet")
        pyarrow.parquet.write_table(_read(EXCLUSIONS_QUERY, day, schema_of(EXCLUSIONS)), part / "exclusions.parquet")
        for name, query in QUERIES.items():
            facts = _read(query, day, schema_of(TABLES[name].columns))
            (part / name).mkdir()
            pyarrow.parquet.write_table(facts, part / name / "facts.parquet")  # of no rows, too


def _ways(day: date) -> pa.Table:
    """Of which places each leaf is a part. In the walks of bodies a place is a body with another one below it."""
    links = _read(LINKS_QUERY, day, schema_of(LINKS)).combine_chunks()
    bodies, led = links["body"], links.filter(links["is_led"])["body"]
    along = [_walk("line", bodies, links["superior"], bodies), _walk("leadership", bodies, links["leader"], led)]
    return pa.concat_tables([_read(DIVISIONS_QUERY, day, schema_of(WAYS)), *along])


def _walk(name: str, bodies: pa.ChunkedArray, above: pa.ChunkedArray, leaves: pa.ChunkedArray) -> pa.Table:
    """The ways from the leaves up, a step at a time for all of them. PostgreSQL takes five times as long for it."""
    schema, places = schema_of(WAYS).to_pyarrow(), pc.unique(above)
    steps, place = [], leaves
    while len(leaves):
        step = pa.table([pa.repeat(name, len(leaves)), leaves, place], schema=schema)
        steps.append(step.filter(pc.is_in(place, value_set=places)))
        higher = above.take(pc.index_in(place, value_set=bodies))
        leaves, place = leaves.filter(higher.is_valid()), higher.drop_null()
    return pa.concat_tables(steps) if steps else schema.empty_table()


def _on(query: str, day: date) -> str:
    """Several statements at once take no parameters: the day is a date, and written as one."""
    return query.replace("%(day)s", f"'{day.isoformat()}'")


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes its name only when all is written."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


# A row of the driver for each row of a table would take longer than reading them: each brings many lines of CSV.
# A value that begins or ends with a bracket stands in quotes, so only those around the row are trimmed.
IN_PIECES = """
SELECT string_agg(btrim(line, '()'), E'\n')
FROM (SELECT t::text AS line, row_number() OVER () / 20000 AS piece FROM ({query}) t) lines GROUP BY piece
"""


def _read(query: str, day: date, schema: ibis.Schema) -> pa.Table:
    with pa.BufferOutputStream() as taken, connection.cursor() as cursor:
        cursor.execute(IN_PIECES.format(query=_on(query, day)))
        for (lines,) in cursor:
            taken.write(f"{lines}\n".encode())
        return _parse(taken.getvalue(), schema)


def _parse(data: pa.Buffer, schema: ibis.Schema) -> pa.Table:
    """A row as PostgreSQL writes it: nothing is null, "" an empty word."""
    arrow = schema.to_pyarrow()
    if not data.size:
        return arrow.empty_table()
    return pyarrow.csv.read_csv(
        pa.BufferReader(data),
        read_options=pyarrow.csv.ReadOptions(column_names=arrow.names),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=arrow,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
