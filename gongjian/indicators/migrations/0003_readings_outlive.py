"""A reading stays when its unit or body is taken back: it is history. And each would cost a look for each reading."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_targets"),
        ("register", "0018_reach"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reading",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="kept",
                to="indicators.run",
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="readings",
                to="register.unit",
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="body",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="readings",
                to="register.body",
            ),
        ),
    ]
