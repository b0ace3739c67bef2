"""The second wall: row security over persons and memberships, for a role that is not the owner of the tables.

The role is one for all databases of a server. Where nobody has made it and the owner may not, the sentence says what
an administrator types. The owner sees every row: commands and deeds run as the owner.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext as _

ROLE = "gongjian_app"
WALLED = ("register_person", "register_membership")
DIVISIONS = "'city', 'county', 'town', 'village'"


class RoleMissing(Exception):
    """The role of the pages is not there, and may not be made."""


def make_role(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(
            f"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
                BEGIN
                  CREATE ROLE {ROLE} NOLOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
                END;
              END IF;
              IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}')
                 AND NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
                BEGIN
                  EXECUTE format('GRANT {ROLE} TO %I', current_user);
                EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
                END;
              END IF;
            END $$
            """
        )
        cursor.execute(
            f"SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}' "
            f"AND pg_has_role(current_user, oid, 'MEMBER'))"
        )
        owner, there = cursor.fetchone()
    if not there:
        told = _(
            "The pages need a role of their own in the database. Let an administrator of the server type: "
            "CREATE ROLE %(role)s NOLOGIN; GRANT %(role)s TO %(owner)s; – then repeat. "
            "(With the PostgreSQL that Gongjian brings: stop it and start it again.)"
        )
        raise RoleMissing(told % {"role": ROLE, "owner": owner})


GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE};
REVOKE INSERT, UPDATE, DELETE ON {", ".join(WALLED)} FROM {ROLE};
"""
UNGRANT = f"""
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {ROLE};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE};
"""

# Who reads (an account, or 0 for whoever has none), and what their offices open: asked once for each query, not for
# each row. A setting that was set to the end of a transaction reads as empty text after it, not as NULL.
FUNCTIONS = """
CREATE TYPE register_stretch AS (
  walk text, line text, first text COLLATE "C", past text COLLATE "C", deepest integer
);
CREATE FUNCTION register_reader() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('gongjian.account', true), '')::bigint;
CREATE FUNCTION register_person_of(account bigint) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
RETURN (SELECT p.id FROM register_person p WHERE p.account_id = account);
CREATE FUNCTION register_reading_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN register_person_of(register_reader());
CREATE FUNCTION register_people_open() RETURNS register_stretch[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
RETURN (
  SELECT array_agg(ROW(s.walk, s.line_id, s.path, left(s.path, -1) || '/',
                       length(s.path) - length(replace(s.path, '.', '')) + s.depth)::register_stretch)
  FROM register_scope s
  WHERE s.person_id = register_reading_person() AND s.valid @> register_today() AND s.path <> ''
    AND 'see_people' = ANY(s.permissions)
);
"""


def inside(path: str, last: str) -> str:
    """SQL: what has this path lies in the stretch s, or lay in it when it last stood. As in authority/reach.py."""
    steps = "length({0}) - length(replace({0}, '.', ''))"
    return (
        f"({path} >= s.first AND {path} < s.past AND (s.deepest IS NULL OR {steps.format(path)} <= s.deepest)"
        f" OR {path} = '' AND {last} >= s.first AND {last} < s.past"
        f" AND (s.deepest IS NULL OR {steps.format(last)} < s.deepest))"
    )


IN_LINE = f"s.walk = 'line' AND s.line = b.line_id AND {inside('b.line_path', 'b.last_line_path')}"
MEMBERSHIPS = f"""
person_id = (SELECT register_reading_person()) OR EXISTS (
  SELECT 1 FROM register_body b, unnest((SELECT register_people_open())) s
  WHERE b.id = register_membership.body_id AND {IN_LINE})
"""
IN_REACH = f"""EXISTS (
  SELECT 1 FROM unnest((SELECT register_people_open())) s
  WHERE {IN_LINE} OR s.walk = 'leadership' AND {inside("b.lead_path", "b.last_lead_path")}
    OR s.walk = 'territory' AND EXISTS (
      SELECT 1 FROM register_bodyentry e JOIN register_unit n ON n.id = e.seat_id
      WHERE e.body_id = b.id AND e.valid @> register_today() AND {inside("n.path", "n.last_path")}))
"""
SITS_IN_A_DIVISION = f"""
  SELECT 1 FROM register_bodyentry e JOIN register_unitentry u ON u.unit_id = e.seat_id
  JOIN register_unitkind k ON k.key = u.kind_id WHERE k.level IN ({DIVISIONS}) AND e.body_id = b.id
"""
PERSONS = f"""
account_id = (SELECT register_reader())
OR EXISTS (SELECT 1 FROM register_membership m WHERE m.person_id = register_person.id)
OR (SELECT register_reader()) IS NOT NULL AND (
  EXISTS (
    SELECT 1 FROM register_office o JOIN register_body b ON b.id = o.body_id
    WHERE o.person_id = register_person.id
      AND (EXISTS ({SITS_IN_A_DIVISION} AND e.valid && o.valid) OR {IN_REACH}))
  OR EXISTS (
    SELECT 1 FROM register_venue v JOIN register_body b ON b.id = v.owner_id
    WHERE v.keeper_id = register_person.id AND (EXISTS ({SITS_IN_A_DIVISION}) OR {IN_REACH})))
"""
POLICIES = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY {table}_reader ON {table} FOR SELECT TO {ROLE} USING ({condition});
"""
    for table, condition in (("register_person", PERSONS), ("register_membership", MEMBERSHIPS))
)
NO_POLICIES = "".join(
    f"""
DROP POLICY {table}_reader ON {table};
DROP POLICY {table}_owner ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
    for table in WALLED
)


class Migration(migrations.Migration):
    dependencies = [("register", "0012_scopes")]

    operations = [
        migrations.RunPython(make_role, migrations.RunPython.noop),
        migrations.RunSQL(GRANTS, UNGRANT),
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION register_people_open(); DROP FUNCTION register_reading_person(); "
            "DROP FUNCTION register_person_of(bigint); "
            "DROP FUNCTION register_reader(); DROP TYPE register_stretch",
        ),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
