"""What is told to everybody on the first day of a quarter. What was told once is never altered."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("publication", "publicfigure")
NEVER_ALTERED = """
CREATE FUNCTION indicators_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What was told to everybody stays: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
""" + "".join(
    f"CREATE TRIGGER indicators_{table}_stays BEFORE UPDATE OR DELETE ON indicators_{table}"
    " FOR EACH ROW EXECUTE FUNCTION indicators_published_stays();\n"
    for table in TABLES
)
ALTERED = (
    "".join(f"DROP TRIGGER indicators_{table}_stays ON indicators_{table};\n" for table in TABLES)
    + "DROP FUNCTION indicators_published_stays();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0003_readings_outlive"),
        ("register", "0019_set_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("published_at", models.DateTimeField()),
                ("least", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ("-day",),
            },
        ),
        migrations.AddField(
            model_name="indicator",
            name="public_to",
            field=models.CharField(
                blank=True, choices=[("city", "city"), ("county", "county"), ("town", "town")], max_length=10
            ),
        ),
        migrations.CreateModel(
            name="PublicFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("denominator", models.PositiveIntegerField()),
                ("openly", models.PositiveIntegerField()),
                ("numerator", models.PositiveIntegerField(null=True)),
                (
                    "above",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.unit",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="indicators.publication",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.unit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["publication", "above"], name="indicators_published_below")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("publication", "unit", "indicator"), name="indicators_published_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("openly__lte", models.F("denominator")),
                            models.Q(
                                ("numerator", None),
                                models.Q(
                                    ("numerator__gte", models.F("openly")), ("numerator__lte", models.F("denominator"))
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="indicators_published_part_of_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(NEVER_ALTERED, ALTERED),
    ]
