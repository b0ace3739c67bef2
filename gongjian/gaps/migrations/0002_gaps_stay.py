"""Gaps stay where nothing changed: their day is that of the run that last found them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gaps", "0001_gaps"),
        ("indicators", "0003_readings_outlive"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="gap",
            name="day",
        ),
        migrations.CreateModel(
            name="Rewrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rules", models.CharField(max_length=64)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gaps", to="indicators.run"
                    ),
                ),
            ],
        ),
    ]
