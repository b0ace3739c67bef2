"""Which codes were used, pages cannot read: deeds do, behind the wall."""

import importlib

from django.db import migrations

ROLE = importlib.import_module("gongjian.register.migrations.0013_wall").ROLE


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0001_initial"), ("register", "0013_wall")]

    operations = [
        migrations.RunSQL(
            f"REVOKE ALL ON appraisal_ballotcode, appraisal_papercount FROM {ROLE}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON appraisal_ballotcode, appraisal_papercount TO {ROLE}",
        )
    ]
