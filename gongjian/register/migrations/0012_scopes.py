"""What each person's offices open: a view, so that nothing is kept that could be out of date.

One row for each role of each office held or lent, whenever it is or was held: `valid` says on which days. `path` is
where the stretch begins today, empty where the body (or, in the territory, its seat) does not stand today.
"""

from django.conf import settings
from django.db import migrations

TODAY = f"""
CREATE FUNCTION register_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
RETURN (now() AT TIME ZONE '{settings.TIME_ZONE}')::date
"""

SCOPE = """
CREATE VIEW register_scope AS
SELECT h.person_id, h.office_id, h.delegation_id, h.body_id, b.line_id, r.key AS role_id, r.walk, r.depth, h.valid,
  CASE WHEN h.delegation_id IS NULL THEN r.permissions ELSE array_remove(r.permissions, 'appoint') END AS permissions,
  CASE r.walk
    WHEN 'line' THEN b.line_path
    WHEN 'leadership' THEN b.lead_path
    ELSE coalesce((SELECT u.path FROM register_bodyentry e JOIN register_unit u ON u.id = e.seat_id
                   WHERE e.body_id = b.id AND e.valid @> register_today()), '')
  END AS path
FROM (
  SELECT o.person_id, o.id AS office_id, NULL::bigint AS delegation_id, o.body_id, o.kind_id, o.valid
  FROM register_office o
  UNION ALL
  SELECT d.person_id, o.id, d.id, o.body_id, o.kind_id, o.valid * d.valid
  FROM register_delegation d JOIN register_office o ON o.id = d.office_id AND o.valid && d.valid
) h
JOIN register_body b ON b.id = h.body_id
JOIN register_officekind_roles k ON k.officekind_id = h.kind_id
JOIN register_role r ON r.key = k.role_id
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0011_authority")]

    operations = [
        migrations.RunSQL(TODAY, "DROP FUNCTION register_today()"),
        migrations.RunSQL(SCOPE, "DROP VIEW register_scope"),
    ]
