"""The programme as the pack has it, who was reached by its carriers, and the plans of bodies with their items."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.chronicle.models import Act
from gongjian.indicators.models import Indicator
from gongjian.register.models import Body, Line, Office, Unit
from gongjian.register.models.words import Word, spoken

FIRST_YEAR, LAST_YEAR = 2000, 2199
FEWEST_TOLD = 5  # persons; fewer are not told as a number


class Programme(Word):
    """活动: what several lines do together under one theme, from a day on, by which document."""

    theme = models.JSONField(help_text="in each language")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="its last day; None: nobody has said")
    lines = ArrayField(models.CharField(max_length=40), help_text="keys of the lines that take part")
    document = models.CharField(max_length=200)

    class Meta(Word.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="programme_days_in_order"
            )
        ]

    @property
    def theme_said(self) -> str:
        return spoken(self.theme)


class Stage(Word):
    """阶段: a stretch of a programme that leads to a key date. A yearly one has the same days in each year."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="stages")
    begins_on = models.DateField()
    ends_on = models.DateField(help_text="its last day")
    key_date = models.DateField()
    yearly = models.BooleanField(default=False)
    purpose = models.JSONField(help_text="what it is for, in each language")

    class Meta(Word.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on"))
                & Q(key_date__gte=F("begins_on"))
                & Q(key_date__lte=F("ends_on")),
                name="programme_stage_holds_its_key_date",
            )
        ]

    @property
    def purpose_said(self) -> str:
        return spoken(self.purpose)


class Carrier(Word):
    """载体: in what a line gives the programme a shape that people see: 十百千万, 十件实事."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="carriers")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="carriers")


class Tier(Word):
    """载体层级: how many bodies, people or projects a carrier is to reach: 百家团委 is a tier of 100 bodies."""

    class Counts(models.TextChoices):
        BODIES = "bodies", _("organisations")
        PEOPLE = "people", _("persons")
        PROJECTS = "projects", _("projects")

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="tiers")
    wanted = models.PositiveIntegerField()
    counts = models.CharField(max_length=10, choices=Counts.choices)

    class Meta(Word.Meta):
        constraints = [models.CheckConstraint(condition=Q(wanted__gt=0), name="programme_tier_wants_some")]


class Task(Word):
    """同步任务: what a programme asks of its lines without a number, such as 组织同步. A plan takes it up as an item.

    `lines`: whose it is; of several it is done together.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tasks")
    lines = ArrayField(models.CharField(max_length=40), help_text="keys of lines")
    words = models.JSONField(help_text="what is to be done, in each language")

    @property
    def said(self) -> str:
        return spoken(self.words)


class TierEntry(models.Model):
    """入列: what counts for a tier, from a day on: a body, a unit, a project by name; of people an office, whoever
    holds it, or how many there are in a body. Nobody is named, and nobody is ranked.

    The office is not held by the database, so that an entry keeps no office from being taken back.
    """

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="entries")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="tier_entries")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="tier_entries")
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    project = models.CharField(max_length=120, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True, help_text="so many of the body's; None: it is one")
    since = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "tier entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, unit=None, office=None, project="")
                | Q(body=None, unit__isnull=False, office=None, project="")
                | Q(body=None, unit=None, office__isnull=False, project="")
                | Q(body=None, unit=None, office=None) & ~Q(project=""),
                name="programme_entry_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(people=None) | Q(people__gte=FEWEST_TOLD, body__isnull=False),
                name="programme_entry_tells_no_few",
            ),
            *(
                models.UniqueConstraint(
                    fields=["tier", thing], condition=Q(**{f"{thing}__isnull": False}), name=f"programme_{thing}_once"
                )
                for thing in ("body", "unit", "office")
            ),
            models.UniqueConstraint(
                fields=["tier", "project"], condition=~Q(project=""), name="programme_project_once"
            ),
        ]
        indexes = [models.Index(F("tier"), F("since").desc(), F("id").desc(), name="programme_entry_since")]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.body_id or self.unit_id or self.office_id or self.project}"

    @property
    def counted(self) -> int:
        """As how many it counts."""
        return self.people or 1


class Plan(models.Model):
    """年度计划: what a body sets out to do in a year. A draft is its own; a published one is read by all."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="plans")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    theme = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=200, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_ones")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "year"], name="programme_one_plan_a_year"),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="programme_plan_of_a_year"
            ),
        ]
        indexes = [models.Index(F("year").desc(), F("id").desc(), name="programme_plan_year")]

    def __str__(self) -> str:
        return f"{self.body_id} {self.year}"

    @property
    def is_open(self) -> bool:
        """May its items still be changed?"""
        return self.state != Plan.State.CLOSED


class PlanItem(models.Model):
    """计划任务: one thing a body sets out to do, by whom and until when. Shared by lines it is still one item.

    `source`: the item of a plan above that it was taken down from. It is reached when the indicator's target is, or
    the milestone. `recurs`: next year's plan has it again.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Finished")
        DROPPED = "dropped", _("Dropped")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items", db_index=False)
    title = models.CharField(max_length=120)
    what = models.TextField(max_length=2000, blank=True)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="plan_items")
    starts_on = models.DateField()
    due_on = models.DateField()
    indicator = models.ForeignKey(Indicator, null=True, blank=True, on_delete=models.PROTECT, related_name="plan_items")
    milestone = models.CharField(max_length=200, blank=True)
    stage = models.ForeignKey(Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    carrier = models.ForeignKey(Carrier, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    source = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_down")
    recurs = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    done_on = models.DateField(null=True, blank=True)
    dropped_reason = models.CharField(max_length=200, blank=True)
    late_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "source"], condition=Q(source__isnull=False), name="programme_taken_down_once"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="programme_item_has_a_title"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="programme_item_due_after_start"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | ~Q(state="done") & Q(done_on=None),
                name="programme_done_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="dropped") & ~Q(dropped_reason="") | ~Q(state="dropped") & Q(dropped_reason=""),
                name="programme_dropped_says_why",
            ),
        ]
        indexes = [models.Index(fields=["plan", "due_on", "id"], name="programme_item_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unfinished(self) -> bool:
        return self.state in (PlanItem.State.PLANNED, PlanItem.State.UNDER_WAY)

    def is_late(self, today: date) -> bool:
        return self.is_unfinished and self.due_on < today


class Partner(models.Model):
    """协同单位: a body of another line that does an item together with its owner. The item shows in its plan too."""

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="partners", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="shared_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "body"], name="programme_partner_once")]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.item_id}"
