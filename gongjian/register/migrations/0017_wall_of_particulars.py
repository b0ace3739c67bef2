"""Row security over what is kept of a person beside the name: for the person, and along their line from above."""

from importlib import import_module

from django.db import migrations

wall = import_module("gongjian.register.migrations.0013_wall")

POLICY = f"""
REVOKE INSERT, UPDATE, DELETE ON register_particulars FROM {wall.ROLE};
ALTER TABLE register_particulars ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_particulars FORCE ROW LEVEL SECURITY;
CREATE POLICY register_particulars_owner ON register_particulars TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY register_particulars_reader ON register_particulars FOR SELECT TO {wall.ROLE} USING (
  person_id = (SELECT register_reading_person())
  OR EXISTS (SELECT 1 FROM register_membership m WHERE m.person_id = register_particulars.person_id)
  OR EXISTS (
    SELECT 1 FROM register_office o JOIN register_body b ON b.id = o.body_id, unnest((SELECT register_people_open())) s
    WHERE o.person_id = register_particulars.person_id AND {wall.IN_LINE})
);
"""
NO_POLICY = f"""
DROP POLICY register_particulars_reader ON register_particulars;
DROP POLICY register_particulars_owner ON register_particulars;
ALTER TABLE register_particulars NO FORCE ROW LEVEL SECURITY;
ALTER TABLE register_particulars DISABLE ROW LEVEL SECURITY;
GRANT INSERT, UPDATE, DELETE ON register_particulars TO {wall.ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0016_second_factor_by_role")]

    operations = [migrations.RunSQL(POLICY, NO_POLICY)]
