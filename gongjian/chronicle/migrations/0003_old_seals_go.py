"""Acts are no longer sealed by a trigger at commit. What was sealed so is sealed anew from the first act on (0005)."""

from django.db import migrations

UNSEAL = """
DROP TRIGGER chronicle_act_sealed ON chronicle_act;
DROP FUNCTION chronicle_put_seal;
DROP FUNCTION chronicle_digest;
TRUNCATE chronicle_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("chronicle", "0002_append_only_and_sealed")]
    operations = [migrations.RunSQL(UNSEAL)]  # seals that are gone do not come back: there is no way back
