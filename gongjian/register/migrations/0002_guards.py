"""What the database holds beyond columns: no circle in any walk, no cover outside the life of its body.

Both are deferred to the commit, so that an act may pass through a wrong state on its way to a right one. Each guard
first takes the lock of its walk: of two acts that together make a circle the second sees the first and is refused.
"""

from django.db import migrations

STEP = """
CREATE FUNCTION register_step(id bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT chr(96 + length(id::text)) || id::text || '.' $$;
"""

NO_CIRCLE = """
CREATE FUNCTION register_no_circle_in_{walk}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock({lock});
  IF NOT EXISTS (SELECT 1 FROM {table} WHERE {above} = NEW.{below}) THEN
    RETURN NULL;  -- nothing stands below it: it cannot close a circle
  END IF;
  IF NOT EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id AND {above} = NEW.{above} AND valid = NEW.valid) THEN
    RETURN NULL;  -- the same act has changed this row again
  END IF;
  IF EXISTS (
    WITH RECURSIVE up (id, valid) AS (
      SELECT NEW.{above}, NEW.valid
      UNION
      SELECT e.{above}, up.valid * e.valid
      FROM up JOIN {table} e ON e.{below} = up.id AND e.valid && up.valid
      WHERE e.{above} IS NOT NULL AND up.id <> NEW.{below}
    )
    SELECT 1 FROM up WHERE id = NEW.{below}
  ) THEN
    RAISE EXCEPTION 'Circle in the walk by {walk}: % would stand below itself.', NEW.{below}
      USING ERRCODE = '23514', CONSTRAINT = 'register_no_circle_in_{walk}', TABLE = '{table}';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER register_no_circle_in_{walk} AFTER INSERT OR UPDATE OF {above}, valid ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.{above} IS NOT NULL)
  EXECUTE FUNCTION register_no_circle_in_{walk}();
"""

# In the walk by leadership a body stands below its leader; without one, a body of the leading line below its superior.
NO_CIRCLE_IN_LEADERSHIP = """
CREATE FUNCTION register_no_circle_in_leadership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(71014);
  IF NOT EXISTS (SELECT 1 FROM register_bodyentry WHERE leader_id = NEW.body_id)
     AND NOT EXISTS (SELECT 1 FROM register_bodyentry WHERE superior_id = NEW.body_id) THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM register_bodyentry WHERE id = NEW.id AND valid = NEW.valid
                 AND leader_id IS NOT DISTINCT FROM NEW.leader_id
                 AND superior_id IS NOT DISTINCT FROM NEW.superior_id) THEN
    RETURN NULL;
  END IF;
  IF EXISTS (
    WITH RECURSIVE edge AS NOT MATERIALIZED (
      SELECT e.body_id, e.valid, coalesce(e.leader_id, CASE WHEN l.leads THEN e.superior_id END) AS above
      FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
    ), up (id, valid) AS (
      SELECT edge.above, NEW.valid FROM edge WHERE edge.body_id = NEW.body_id AND edge.valid = NEW.valid
      UNION
      SELECT edge.above, up.valid * edge.valid
      FROM up JOIN edge ON edge.body_id = up.id AND edge.valid && up.valid
      WHERE edge.above IS NOT NULL AND up.id <> NEW.body_id
    )
    SELECT 1 FROM up WHERE id = NEW.body_id
  ) THEN
    RAISE EXCEPTION 'Circle in the walk by leadership: % would stand below itself.', NEW.body_id
      USING ERRCODE = '23514', CONSTRAINT = 'register_no_circle_in_leadership', TABLE = 'register_bodyentry';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER register_no_circle_in_leadership AFTER INSERT OR UPDATE OF leader_id, superior_id, valid
  ON register_bodyentry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.leader_id IS NOT NULL OR NEW.superior_id IS NOT NULL)
  EXECUTE FUNCTION register_no_circle_in_leadership();
"""

COVER_WITHIN_BODY = """
CREATE FUNCTION register_body_stands(body bigint, days daterange) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(range_agg(e.valid) @> days, false) FROM register_bodyentry e WHERE e.body_id = body
$$;
CREATE FUNCTION register_cover_within_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(71015);
  IF EXISTS (SELECT 1 FROM register_cover c WHERE c.id = NEW.id AND NOT register_body_stands(c.body_id, c.valid)) THEN
    RAISE EXCEPTION 'A cover of body % reaches outside the life of the body.', NEW.body_id
      USING ERRCODE = '23514', CONSTRAINT = 'register_cover_within_body', TABLE = 'register_cover';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION register_body_holds_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(71015);
  IF EXISTS (
    SELECT 1 FROM register_cover c WHERE c.body_id = OLD.body_id AND NOT register_body_stands(c.body_id, c.valid)
  ) THEN
    RAISE EXCEPTION 'A cover of body % reaches outside the life of the body.', OLD.body_id
      USING ERRCODE = '23514', CONSTRAINT = 'register_cover_within_body', TABLE = 'register_cover';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER register_cover_within_body AFTER INSERT OR UPDATE OF body_id, valid ON register_cover
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register_cover_within_body();
CREATE CONSTRAINT TRIGGER register_body_holds_covers AFTER UPDATE OF body_id, valid OR DELETE ON register_bodyentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register_body_holds_covers();
"""

UNDO = """
DROP TRIGGER register_body_holds_covers ON register_bodyentry;
DROP FUNCTION register_body_holds_covers;
DROP TRIGGER register_cover_within_body ON register_cover;
DROP FUNCTION register_cover_within_body;
DROP FUNCTION register_body_stands;
DROP TRIGGER register_no_circle_in_leadership ON register_bodyentry;
DROP FUNCTION register_no_circle_in_leadership;
DROP TRIGGER register_no_circle_in_line ON register_bodyentry;
DROP FUNCTION register_no_circle_in_line;
DROP TRIGGER register_no_circle_in_places ON register_standsin;
DROP FUNCTION register_no_circle_in_places;
DROP TRIGGER register_no_circle_in_territory ON register_unitentry;
DROP FUNCTION register_no_circle_in_territory;
DROP FUNCTION register_step;
"""


def no_circle(walk: str, lock: int, table: str, below: str, above: str) -> str:
    return NO_CIRCLE.format(walk=walk, lock=lock, table=table, below=below, above=above)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                STEP,
                no_circle("territory", 71011, "register_unitentry", "unit_id", "parent_id"),
                no_circle("places", 71012, "register_standsin", "unit_id", "place_id"),
                no_circle("line", 71013, "register_bodyentry", "body_id", "superior_id"),
                NO_CIRCLE_IN_LEADERSHIP,
                COVER_WITHIN_BODY,
            ],
            UNDO,
        )
    ]
