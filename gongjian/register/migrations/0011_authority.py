"""Roles, what is lent, and where that which has ended last lay. The walks fill in `last_path` at the next refresh."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chronicle", "0002_append_only_and_sealed"),
        ("register", "0010_guards_by_id"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("see_counts", "see head-counts, covers and gaps"),
                                ("see_people", "see who holds office and who is a member"),
                                ("see_changes", "see who wrote what into the register"),
                                ("keep_register", "change the register"),
                                ("appoint", "appoint and remove office holders"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                (
                    "walk",
                    models.CharField(
                        choices=[("territory", "by territory"), ("line", "by line"), ("leadership", "by leadership")],
                        max_length=12,
                    ),
                ),
                ("depth", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.RemoveField(
            model_name="officekind",
            name="keeps_register",
        ),
        migrations.AddField(
            model_name="body",
            name="last_lead_path",
            field=models.TextField(blank=True, db_collation="C", db_default="", default=""),
        ),
        migrations.AddField(
            model_name="body",
            name="last_line_path",
            field=models.TextField(blank=True, db_collation="C", db_default="", default=""),
        ),
        migrations.AddField(
            model_name="unit",
            name="last_path",
            field=models.TextField(blank=True, db_collation="C", db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="body",
            index=models.Index(
                condition=models.Q(("last_line_path", ""), _negated=True),
                fields=["last_line_path"],
                name="register_body_last_line",
            ),
        ),
        migrations.AddIndex(
            model_name="body",
            index=models.Index(
                condition=models.Q(("last_lead_path", ""), _negated=True),
                fields=["last_lead_path"],
                name="register_body_last_lead",
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                condition=models.Q(("last_path", ""), _negated=True),
                fields=["last_path"],
                name="register_unit_last_path",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="act",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chronicle.act"
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="register.office"
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="delegated", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="officekind",
            name="roles",
            field=models.ManyToManyField(blank=True, related_name="office_kinds", to="register.role"),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["act"], name="register_delegation_act", pages_per_range=16
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                expressions=[
                    (django.db.models.expressions.CombinedExpression(models.F("office"), "+", models.Value(0)), "="),
                    (django.db.models.expressions.CombinedExpression(models.F("person"), "+", models.Value(0)), "="),
                    ("valid", "&&"),
                ],
                name="register_delegation_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False), ("valid__lower_inf", False)),
                name="register_delegation_has_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__upper_inf", False)), name="register_delegation_ends"
            ),
        ),
    ]
