"""What an account's offices open today, as a function: its plan is kept, and each request asks it once."""

from django.db import migrations

REACH = """
CREATE FUNCTION register_reach(account bigint)
RETURNS TABLE (
  person_id bigint, office_id bigint, delegation_id bigint, walk text, permissions text[], line text, path text,
  depth integer
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT p.id, s.office_id, s.delegation_id, s.walk::text, s.permissions::text[], s.line_id::text, s.path,
         s.depth::integer
  FROM (SELECT register_person_of(account) AS id) p
  LEFT JOIN register_scope s ON s.person_id = p.id AND s.valid @> register_today() AND s.path <> ''
  ORDER BY s.office_id, s.delegation_id, s.role_id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0017_wall_of_particulars")]

    operations = [migrations.RunSQL(REACH, "DROP FUNCTION register_reach(bigint)")]
