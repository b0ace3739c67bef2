import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("programme", "0001_initial"),
        ("register", "0021_keep_plans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContestType",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EventKind",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("names", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position", "key"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("what", models.CharField(blank=True, max_length=2000)),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("city", "City"),
                            ("county", "County"),
                            ("town", "Town"),
                            ("village", "Village"),
                            ("place", "Place"),
                            ("employer", "Employer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(help_text="its last day")),
                (
                    "prizes",
                    models.CharField(
                        choices=[
                            ("none", "There are no prizes"),
                            ("own", "Within the host's own organisation"),
                            ("others", "To other organisations or their people"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "approval",
                    models.CharField(blank=True, help_text="number and title of the document", max_length=200),
                ),
                (
                    "approved_at",
                    models.CharField(
                        blank=True, choices=[("central", "Central"), ("province", "Province")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open for entries"),
                            ("running", "Under way"),
                            ("closed", "Concluded"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=2000)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="led_contests", to="register.body"
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="activities.contesttype",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="activities_contest_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("begins_on"))),
                        name="activities_contest_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("prizes", "others"), _negated=True),
                            models.Q(
                                models.Q(("approval", ""), _negated=True), models.Q(("approved_at", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="activities_prizes_to_others_are_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), models.Q(("outcome", ""), _negated=True)),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("outcome", "")),
                            _connector="OR",
                        ),
                        name="activities_closed_says_what_came_of_it",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("begins_on"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="activities_contest_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ComparedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=80)),
                ("measure", models.CharField(blank=True, max_length=20)),
                (
                    "better",
                    models.CharField(
                        blank=True,
                        choices=[("more", "more is better"), ("less", "less is better"), ("", "neither")],
                        max_length=5,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="activities.contest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="activities_compared_in_words"
                    ),
                    models.UniqueConstraint(fields=("contest", "position"), name="activities_item_position_once"),
                ],
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="ContestHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hosted_contests", to="register.body"
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hosts",
                        to="activities.contest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contest", "body"), name="activities_contest_host_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("team", models.CharField(blank=True, max_length=60)),
                ("entered_on", models.DateField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries_to_contests",
                        to="register.body",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entrants",
                        to="activities.contest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contest", "body", "team"), name="activities_entered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("what", models.CharField(blank=True, max_length=2000)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, max_length=200)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("sign_up_until", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("announced", "Announced"),
                            ("over", "Held"),
                            ("called_off", "Called off"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("called_off_reason", models.CharField(blank=True, max_length=200)),
                ("summary", models.CharField(blank=True, max_length=1000)),
                ("took_part", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="programme.planitem",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="led_events", to="register.body"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="programme.stage",
                    ),
                ),
                (
                    "venue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="register.venue",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="activities.eventkind"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="activities_event_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="activities_event_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity", None), ("capacity__gt", 0), _connector="OR"),
                        name="activities_event_has_room",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "called_off"), models.Q(("called_off_reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "called_off"), _negated=True), ("called_off_reason", "")),
                            _connector="OR",
                        ),
                        name="activities_called_off_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "over"), models.Q(("summary", ""), _negated=True)),
                            models.Q(models.Q(("state", "over"), _negated=True), ("summary", "")),
                            _connector="OR",
                        ),
                        name="activities_held_says_how_it_was",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("took_part", None), models.Q(("state", "over"), ("took_part__gte", 5)), _connector="OR"
                        ),
                        name="activities_event_tells_no_few",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(("place", ""), _negated=True),
                            ("venue__isnull", False),
                            _connector="OR",
                        ),
                        name="activities_event_is_somewhere",
                    ),
                ],
                "indexes": [models.Index(fields=["starts_at", "id"], name="activities_event_start")],
            },
        ),
        migrations.CreateModel(
            name="EventHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hosted_events", to="register.body"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hosts",
                        to="activities.event",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("event", "body"), name="activities_event_host_once")],
            },
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=40)),
                ("done", models.CharField(max_length=2000)),
                ("came_of", models.CharField(max_length=2000)),
                ("conditions", models.CharField(blank=True, max_length=1000)),
                ("handed_in_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("handed_in", "Handed in"),
                            ("checked", "Checked"),
                            ("recommended", "Recommended"),
                            ("sent_back", "Sent back"),
                        ],
                        default="handed_in",
                        max_length=12,
                    ),
                ),
                ("sent_back_words", models.CharField(blank=True, max_length=500)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="practices", to="register.body"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("done", ""), _negated=True),
                            models.Q(("came_of", ""), _negated=True),
                        ),
                        name="activities_practice_says_what_and_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent_back"), models.Q(("sent_back_words", ""), _negated=True)),
                            models.Q(models.Q(("state", "sent_back"), _negated=True), ("sent_back_words", "")),
                            _connector="OR",
                        ),
                        name="activities_sent_back_says_why",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("handed_in_on"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="activities_practice_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicityItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=120)),
                ("planned_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "To come out"), ("published", "Out"), ("dropped", "Dropped")],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("published_on", models.DateField(blank=True, null=True)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("dropped_reason", models.CharField(blank=True, max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        help_text="whose plan it is in",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publicity",
                        to="register.body",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="publicity", to="activities.channel"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publicity",
                        to="programme.planitem",
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="publicity_to_do", to="register.body"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True), name="activities_publicity_has_a_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_on__isnull", False),
                                ("state", "published"),
                                models.Q(("address", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "published"), _negated=True), ("address", ""), ("published_on", None)
                            ),
                            _connector="OR",
                        ),
                        name="activities_published_says_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dropped"), models.Q(("dropped_reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "dropped"), _negated=True), ("dropped_reason", "")),
                            _connector="OR",
                        ),
                        name="activities_publicity_dropped_says_why",
                    ),
                ],
                "indexes": [models.Index(fields=["planned_on", "id"], name="activities_publicity_day")],
            },
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "entrant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="activities.entrant",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="activities.compareditem",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entrant", "item"), name="activities_one_result")],
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.body",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ups",
                        to="activities.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("body", None), ("people", 1)),
                            models.Q(("account", None), ("body__isnull", False)),
                            _connector="OR",
                        ),
                        name="activities_sign_up_of_one_or_of_a_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("people__gte", 1)), name="activities_sign_up_of_somebody"
                    ),
                    models.UniqueConstraint(fields=("event", "account"), name="activities_signed_up_once"),
                    models.UniqueConstraint(fields=("event", "body"), name="activities_body_signed_up_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Uptake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("effect", models.CharField(blank=True, max_length=500)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uptakes", to="register.body"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uptakes",
                        to="activities.practice",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("practice", "body"), name="activities_taken_up_once")],
            },
        ),
    ]
