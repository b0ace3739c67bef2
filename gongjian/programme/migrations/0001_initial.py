import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("chronicle", "0005_waiting_and_guarded"),
        ("indicators", "0004_published"),
        ("register", "0021_keep_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carrier",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="carriers", to="register.line"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("closed", "Closed")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("theme", models.CharField(blank=True, max_length=200)),
                ("document", models.CharField(blank=True, max_length=200)),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next_ones",
                        to="programme.plan",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="register.body"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("body", "year"), name="programme_one_plan_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 2000), ("year__lte", 2199)), name="programme_plan_of_a_year"
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("year"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="programme_plan_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("what", models.TextField(blank=True, max_length=2000)),
                ("starts_on", models.DateField()),
                ("due_on", models.DateField()),
                ("milestone", models.CharField(blank=True, max_length=200)),
                ("recurs", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("under_way", "Under way"),
                            ("done", "Finished"),
                            ("dropped", "Dropped"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True)),
                ("dropped_reason", models.CharField(blank=True, max_length=200)),
                ("late_reason", models.CharField(blank=True, max_length=200)),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="programme.carrier",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_items",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan_items", to="register.body"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="programme.plan",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_down",
                        to="programme.planitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shared_items", to="register.body"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="programme.planitem",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("item", "body"), name="programme_partner_once")],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("theme", models.JSONField(help_text="in each language")),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, help_text="its last day; None: nobody has said", null=True)),
                (
                    "lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        help_text="keys of the lines that take part",
                        size=None,
                    ),
                ),
                ("document", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("begins_on")), _connector="OR"),
                        name="programme_days_in_order",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="carrier",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="carriers", to="programme.programme"
            ),
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(help_text="its last day")),
                ("key_date", models.DateField()),
                ("yearly", models.BooleanField(default=False)),
                ("purpose", models.JSONField(help_text="what it is for, in each language")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="programme.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gte", models.F("begins_on")),
                            ("key_date__gte", models.F("begins_on")),
                            ("key_date__lte", models.F("ends_on")),
                        ),
                        name="programme_stage_holds_its_key_date",
                    )
                ],
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="planitem",
            name="stage",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="programme.stage",
            ),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), help_text="keys of lines", size=None
                    ),
                ),
                ("words", models.JSONField(help_text="what is to be done, in each language")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="programme.programme"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="planitem",
            name="task",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="programme.task",
            ),
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("wanted", models.PositiveIntegerField()),
                (
                    "counts",
                    models.CharField(
                        choices=[("bodies", "organisations"), ("people", "persons"), ("projects", "projects")],
                        max_length=10,
                    ),
                ),
                (
                    "carrier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="programme.carrier"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("wanted__gt", 0)), name="programme_tier_wants_some")
                ],
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TierEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project", models.CharField(blank=True, max_length=120)),
                (
                    "people",
                    models.PositiveIntegerField(
                        blank=True, help_text="so many of the body's; None: it is one", null=True
                    ),
                ),
                ("since", models.DateField()),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chronicle.act"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_entries",
                        to="register.body",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.office",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="programme.tier"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_entries",
                        to="register.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body__isnull", False), ("office", None), ("project", ""), ("unit", None)),
                            models.Q(("body", None), ("office", None), ("project", ""), ("unit__isnull", False)),
                            models.Q(("body", None), ("office__isnull", False), ("project", ""), ("unit", None)),
                            models.Q(
                                ("body", None),
                                ("office", None),
                                ("unit", None),
                                models.Q(("project", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="programme_entry_is_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("people", None), models.Q(("body__isnull", False), ("people__gte", 5)), _connector="OR"
                        ),
                        name="programme_entry_tells_no_few",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", False)), fields=("tier", "body"), name="programme_body_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)), fields=("tier", "unit"), name="programme_unit_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("office__isnull", False)),
                        fields=("tier", "office"),
                        name="programme_office_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("project", ""), _negated=True),
                        fields=("tier", "project"),
                        name="programme_project_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("tier"),
                        models.OrderBy(models.F("since"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="programme_entry_since",
                    )
                ],
                "verbose_name_plural": "tier entries",
            },
        ),
        migrations.AddIndex(
            model_name="planitem",
            index=models.Index(fields=["plan", "due_on", "id"], name="programme_item_due"),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source__isnull", False)),
                fields=("plan", "source"),
                name="programme_taken_down_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="programme_item_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("starts_on"))), name="programme_item_due_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_on__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("done_on", None)),
                    _connector="OR",
                ),
                name="programme_done_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dropped"), models.Q(("dropped_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "dropped"), _negated=True), ("dropped_reason", "")),
                    _connector="OR",
                ),
                name="programme_dropped_says_why",
            ),
        ),
    ]
