"""Indicators, the runs that read them, their readings, the ledger of what is left out, and what everybody is told."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gongjian.accounts.models import User
from gongjian.register.models import Body, Line, Unit
from gongjian.register.models.dated import Dated, by_act, not_empty, one_at_a_time
from gongjian.register.models.words import Word, spoken

PUBLIC_LEVELS = ("city", "county", "town")


class Indicator(Word):
    """指标: what is counted over what. `definition` is data over rollup's vocabulary; `version` counts its changes.

    `public_to`: the lowest level of places for which it is told to everybody; empty: it is not.
    """

    class Of(models.TextChoices):
        UNITS = "units"
        BODIES = "bodies"
        VENUES = "venues"

    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators")
    of = models.CharField(max_length=10, choices=Of.choices)
    words = models.JSONField(help_text="the definition in words, in each language")
    definition = models.JSONField()
    version = models.PositiveSmallIntegerField(default=1)
    source = models.JSONField(default=dict, blank=True, help_text="where the definition or its target comes from")
    awaits = models.CharField(max_length=40, blank=True, help_text="the matter whose facts are not kept yet")
    public_to = models.CharField(max_length=10, blank=True, choices=[(each, each) for each in PUBLIC_LEVELS])

    @property
    def said(self) -> str:
        """The definition in words, in the language of the page."""
        return spoken(self.words)

    @property
    def source_said(self) -> str:
        """Where it comes from, in the language of the page."""
        return spoken(self.source)


class Run(models.Model):
    """One reading of all indicators on a day. What failed says why; its readings are not there, the ones before are."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    engine = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    readings = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None) | ~Q(state="running") & Q(ended_at__isnull=False),
                name="indicators_run_ended",
            ),
            models.UniqueConstraint(fields=["day"], condition=Q(state="running"), name="indicators_one_run_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class Walk(models.TextChoices):
    TERRITORY = "territory"
    LINE = "line"
    LEADERSHIP = "leadership"


class Reading(models.Model):
    """读数: what an indicator came to at one place on one day. Rates are divided by whoever shows them.

    It outlives its place: a unit entered by mistake can be taken back, though it was counted. Nobody sees it then. Its
    indicator is held by a trigger on indicators, since a foreign key would look for it once for each reading.

    The place is a unit in the walk by territory, a body in the others. `heads_unknown`: of so many of the denominator
    nobody has said how many people they count.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="kept", db_index=False, db_constraint=False)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="readings", db_index=False, db_constraint=False
    )
    version = models.PositiveSmallIntegerField()
    day = models.DateField()
    walk = models.CharField(max_length=10, choices=Walk.choices)
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.DO_NOTHING, related_name="readings", db_index=False, db_constraint=False
    )
    body = models.ForeignKey(
        Body, null=True, on_delete=models.DO_NOTHING, related_name="readings", db_index=False, db_constraint=False
    )
    denominator = models.PositiveIntegerField()
    numerator = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    heads = models.PositiveBigIntegerField()
    heads_having = models.PositiveBigIntegerField()
    heads_unknown = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "day"], condition=Q(unit__isnull=False), name="indicators_once_a_unit"
            ),
            models.UniqueConstraint(
                fields=["body", "walk", "indicator", "day"],
                condition=Q(body__isnull=False),
                name="indicators_once_a_body",
            ),
            models.CheckConstraint(
                condition=Q(walk="territory", unit__isnull=False, body=None)
                | ~Q(walk="territory") & Q(body__isnull=False, unit=None),
                name="indicators_place_of_its_walk",
            ),
            models.CheckConstraint(condition=Q(numerator__lte=F("denominator")), name="indicators_part_of_whole"),
        ]
        indexes = [models.Index(fields=["day", "indicator"], name="indicators_reading_day")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.numerator}/{self.denominator}"

    @property
    def missing(self) -> int:
        return self.denominator - self.numerator

    @property
    def rate(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def heads_rate(self) -> float | None:
        return self.heads_having / self.heads if self.heads else None


class Target(Dated):
    """目标: which rate an indicator is to reach in a place by a day. `valid` tells on which days it was in force.

    It holds for every place below that has none of its own. A revision is a new row from its day on. `baseline` is the
    rate from which the course begins; None: what was read on `baseline_on`, or first after it. Rates in per cent.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    goal = models.DecimalField(max_digits=5, decimal_places=2)
    due = models.DateField()
    baseline_on = models.DateField()
    baseline = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="targets")
    document = models.CharField(max_length=200)

    class Meta:
        constraints = [
            one_at_a_time("indicators_target_once_a_day", "unit", "indicator"),
            not_empty("indicators_target_has_days"),
            models.CheckConstraint(condition=Q(goal__gt=0, goal__lte=100), name="indicators_target_per_cent"),
            models.CheckConstraint(
                condition=Q(baseline=None) | Q(baseline__gte=0, baseline__lt=F("goal")),
                name="indicators_target_above_baseline",
            ),
            models.CheckConstraint(condition=Q(due__gt=F("baseline_on")), name="indicators_target_due_after_baseline"),
            models.CheckConstraint(condition=~Q(document=""), name="indicators_target_says_by_what"),
        ]
        indexes = [by_act("indicators_target_act")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.goal}% {self.due}"


class Exclusion(Dated):
    """未计入: a unit that one indicator leaves out from one day until another, and why. The act says who and when."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="exclusions", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exclusions")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            one_at_a_time("indicators_exclusion_once_a_day", "unit", "indicator"),
            not_empty("indicators_exclusion_has_days"),
            models.CheckConstraint(condition=~Q(reason=""), name="indicators_exclusion_says_why"),
        ]
        indexes = [by_act("indicators_exclusion_act")]

    def __str__(self) -> str:
        return f"{self.unit_id} not in {self.indicator_id}"


class Publication(models.Model):
    """公布: the figures of the first day of a quarter, told to everybody. Written once, and never again.

    `least`: how few are not told.
    """

    day = models.DateField(unique=True)
    published_at = models.DateTimeField()
    least = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return self.day.isoformat()


class PublicFigure(models.Model):
    """公开数: one indicator at one place as everybody is told it; no numerator where it is held back.

    `above` is the place it is a part of in the structure of that day, among those that are told. `openly`: of so many
    everybody can see on open pages that they have it. It outlives its place, as a reading does.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="figures", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    above = models.ForeignKey(
        Unit, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    denominator = models.PositiveIntegerField()
    openly = models.PositiveIntegerField()
    numerator = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "unit", "indicator"], name="indicators_published_once"),
            models.CheckConstraint(
                condition=Q(openly__lte=F("denominator"))
                & (Q(numerator=None) | Q(numerator__gte=F("openly"), numerator__lte=F("denominator"))),
                name="indicators_published_part_of_whole",
            ),
        ]
        indexes = [models.Index(fields=["publication", "above"], name="indicators_published_below")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.numerator}/{self.denominator}"

    @property
    def is_held_back(self) -> bool:
        return self.numerator is None

    @property
    def rate(self) -> float | None:
        return None if self.numerator is None or not self.denominator else self.numerator / self.denominator
