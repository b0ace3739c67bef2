import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0020_ask_and_answer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="role",
            name="permissions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("see_counts", "see head-counts, covers and gaps"),
                        ("see_people", "see who holds office and who is a member"),
                        ("see_changes", "see who wrote what into the register"),
                        ("keep_register", "change the register"),
                        ("appoint", "appoint and remove office holders"),
                        ("set_targets", "set targets for places"),
                        ("ask", "ask something of organisations"),
                        ("answer", "answer what an organisation is asked"),
                        ("keep_plans", "keep the yearly plan of an organisation"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
    ]
