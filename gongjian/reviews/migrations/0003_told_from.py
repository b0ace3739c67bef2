"""Since when members are told: a day before it is not noted for anybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_sheets_apart")]

    operations = [
        migrations.AddField(
            model_name="memberreview",
            name="told_from",
            field=models.DateField(blank=True, help_text="since when members are told; none were before", null=True),
        )
    ]
