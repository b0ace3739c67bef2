"""A role says whether whoever holds it signs in with a second factor. The pack fills it in at its next loading."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0015_disclosures")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="second_factor",
            field=models.BooleanField(
                db_default=False, default=False, help_text="whoever holds or borrows it signs in with a second factor"
            ),
        ),
    ]
