from django.db import migrations, models


class Migration(migrations.Migration):
    """A kind may be a word with an id behind it, such as pledge_returned:10000."""

    dependencies = [("notices", "0001_letters")]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                help_text="a word, such as digest, or a word with an id behind a colon", max_length=80
            ),
        ),
    ]
