"""The second wall before rolls and envelopes: pages read of a roll oneself and the polls one keeps, of envelopes nothing.

Whether somebody has cast stands in the table of envelopes alone, and the role of the pages may not read it: deeds do,
behind the wall.
"""

import importlib

from django.db import migrations

wall = importlib.import_module("gongjian.register.migrations.0013_wall")

KEPT = f"""
CREATE FUNCTION ballots_kept() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
RETURN (
  SELECT array_agg(DISTINCT p.id)
  FROM ballots_poll p JOIN register_body b ON b.id = p.held_by_id
  JOIN (SELECT walk, line_id AS line, path AS first, left(path, -1) || '/' AS past,
               length(path) - length(replace(path, '.', '')) + depth AS deepest
        FROM register_scope
        WHERE person_id = register_reading_person() AND valid @> register_today() AND path <> ''
          AND 'keep_plans' = ANY(permissions)) s ON {wall.IN_LINE}
);
"""
POLICIES = f"""
ALTER TABLE ballots_voter ENABLE ROW LEVEL SECURITY;
ALTER TABLE ballots_voter FORCE ROW LEVEL SECURITY;
CREATE POLICY ballots_voter_owner ON ballots_voter TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY ballots_voter_reader ON ballots_voter FOR SELECT TO {wall.ROLE} USING (
  person_id = (SELECT register_reading_person()) OR poll_id = ANY((SELECT ballots_kept())::bigint[]));
REVOKE INSERT, UPDATE, DELETE ON ballots_voter FROM {wall.ROLE};
REVOKE ALL ON ballots_envelope FROM {wall.ROLE};
"""
NO_POLICIES = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ballots_envelope, ballots_voter TO {wall.ROLE};
DROP POLICY ballots_voter_reader ON ballots_voter;
DROP POLICY ballots_voter_owner ON ballots_voter;
ALTER TABLE ballots_voter NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ballots_voter DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("ballots", "0001_initial"), ("register", "0021_keep_plans")]

    operations = [
        migrations.RunSQL(KEPT, "DROP FUNCTION ballots_kept()"),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
