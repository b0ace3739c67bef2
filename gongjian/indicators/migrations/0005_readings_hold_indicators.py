"""An indicator with readings stays, by a look when one is deleted. A foreign key looks once for each reading written."""

import django.db.models.deletion
from django.db import migrations, models

HOLD = """
CREATE FUNCTION indicators_read_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM indicators_reading WHERE indicator_id = OLD.key) THEN
    RAISE EXCEPTION 'The indicator % has readings.', OLD.key USING ERRCODE = '23503';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER indicators_read_stays BEFORE DELETE ON indicators_indicator
  FOR EACH ROW EXECUTE FUNCTION indicators_read_stays();
"""
UNHOLD = "DROP TRIGGER indicators_read_stays ON indicators_indicator; DROP FUNCTION indicators_read_stays();"


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0004_published"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reading",
            name="indicator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="indicators.indicator",
            ),
        ),
        migrations.RunSQL(HOLD, UNHOLD),
    ]
