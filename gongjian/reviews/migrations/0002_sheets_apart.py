"""What ballots were typed in, pages cannot read: deeds do, behind the wall."""

import importlib

from django.db import migrations

ROLE = importlib.import_module("gongjian.register.migrations.0013_wall").ROLE


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("register", "0013_wall")]

    operations = [
        migrations.RunSQL(
            f"REVOKE ALL ON reviews_countsheet FROM {ROLE}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON reviews_countsheet TO {ROLE}",
        )
    ]
