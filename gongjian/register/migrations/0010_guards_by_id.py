"""The guards of the walks find their row by its id, never through an index of days.

An index that also orders by days promised one row for “these very days” and read thousands: most entries begin on the
same few days. Days are compared here in a way that no index answers. And a guard never reads a whole table: where few
parents have many children, the database hopes to meet a child soon, and for whoever has none it reads to the end.
What is held is as in 0002.
"""

from django.db import migrations

NO_CIRCLE = """
CREATE OR REPLACE FUNCTION register_no_circle_in_{walk}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock({lock});
  IF NOT EXISTS (SELECT 1 FROM {table} WHERE {above} = NEW.{below}) THEN
    RETURN NULL;  -- nothing stands below it: it cannot close a circle
  END IF;
  IF NOT EXISTS (SELECT 1 FROM {table} r WHERE r.id = NEW.id
                 AND (r.{above}, r.valid) IS NOT DISTINCT FROM (NEW.{above}, NEW.valid)) THEN
    RETURN NULL;  -- the same act has changed this row again
  END IF;
  IF EXISTS (
    WITH RECURSIVE up (id, valid) AS (
      SELECT NEW.{above}, NEW.valid
      UNION
      SELECT e.{above}, up.valid * e.valid
      FROM up JOIN {table} e ON e.{below} = up.id AND NOT isempty(e.valid * up.valid)
      WHERE e.{above} IS NOT NULL AND up.id <> NEW.{below}
    )
    SELECT 1 FROM up WHERE id = NEW.{below}
  ) THEN
    RAISE EXCEPTION 'Circle in the walk by {walk}: % would stand below itself.', NEW.{below}
      USING ERRCODE = '23514', CONSTRAINT = 'register_no_circle_in_{walk}', TABLE = '{table}';
  END IF;
  RETURN NULL;
END $$;
"""

NO_CIRCLE_IN_LEADERSHIP = """
CREATE OR REPLACE FUNCTION register_no_circle_in_leadership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(71014);
  IF NOT EXISTS (SELECT 1 FROM register_bodyentry WHERE leader_id = NEW.body_id)
     AND NOT EXISTS (SELECT 1 FROM register_bodyentry WHERE superior_id = NEW.body_id) THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM register_bodyentry r WHERE r.id = NEW.id AND (r.leader_id, r.superior_id, r.valid)
                 IS NOT DISTINCT FROM (NEW.leader_id, NEW.superior_id, NEW.valid)) THEN
    RETURN NULL;
  END IF;
  IF EXISTS (
    WITH RECURSIVE edge AS NOT MATERIALIZED (
      SELECT e.body_id, e.valid, coalesce(e.leader_id, CASE WHEN l.leads THEN e.superior_id END) AS above
      FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
    ), up (id, valid) AS (
      SELECT edge.above, NEW.valid FROM edge WHERE edge.body_id = NEW.body_id
        AND edge.valid IS NOT DISTINCT FROM NEW.valid
      UNION
      SELECT edge.above, up.valid * edge.valid
      FROM up JOIN edge ON edge.body_id = up.id AND NOT isempty(edge.valid * up.valid)
      WHERE edge.above IS NOT NULL AND up.id <> NEW.body_id
    )
    SELECT 1 FROM up WHERE id = NEW.body_id
  ) THEN
    RAISE EXCEPTION 'Circle in the walk by leadership: % would stand below itself.', NEW.body_id
      USING ERRCODE = '23514', CONSTRAINT = 'register_no_circle_in_leadership', TABLE = 'register_bodyentry';
  END IF;
  RETURN NULL;
END $$;
"""

GUARDS = (
    *(f"no_circle_in_{walk}" for walk in ("territory", "places", "line", "leadership")),
    "cover_within_body",
    "body_holds_covers",
    *(f"{thing}_lineage_fits" for thing in ("unit", "body")),
    *(f"{thing}_holds_lineage" for thing in ("unit", "body")),
)


def no_circle(walk: str, lock: int, table: str, below: str, above: str) -> str:
    return NO_CIRCLE.format(walk=walk, lock=lock, table=table, below=below, above=above)


class Migration(migrations.Migration):
    dependencies = [("register", "0009_businesses")]
    operations = [
        migrations.RunSQL(
            [
                no_circle("territory", 71011, "register_unitentry", "unit_id", "parent_id"),
                no_circle("places", 71012, "register_standsin", "unit_id", "place_id"),
                no_circle("line", 71013, "register_bodyentry", "body_id", "superior_id"),
                NO_CIRCLE_IN_LEADERSHIP,
                *(f"ALTER FUNCTION register_{guard} SET enable_seqscan = off" for guard in GUARDS),
            ],
            migrations.RunSQL.noop,  # the functions before hold the same, only slower
        )
    ]
