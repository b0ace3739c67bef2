"""Gaps, the suggestions of joint bodies, what was decided about them, and the pack's rules for both."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.indicators.models import Run
from gongjian.register.models import Body, BodyKind, Line, Unit
from gongjian.register.models.words import Word


class Way(models.TextChoices):
    """How a unit without a body of a line could come to one."""

    OWN = "own", _("a body of its own")
    JOINT = "joint", _("a body with its neighbours")
    AREA = "area", _("the area's body covers it too")
    ORGANISER = "organiser", _("an organiser serves it")
    MASS_FIRST = "mass_first", _("mass organisation first, Party later")
    ASK_NUMBERS = "ask_numbers", _("ask for its numbers first")


class Joining(Word):
    """建组办法: from how many people a unit has a body of its own, how many units go together below that, and of which
    indicators the missing units are listed. The key is the pack's; there is one for each line."""

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="joining")
    indicators = ArrayField(models.CharField(max_length=40), help_text="keys of indicators")
    threshold = models.CharField(max_length=60, blank=True, help_text="key of the threshold for a body of its own")
    members = models.CharField(max_length=20, blank=True, help_text="the head-count that stands for members")
    own = models.ForeignKey(BodyKind, on_delete=models.PROTECT, related_name="+")
    joint = models.ForeignKey(BodyKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area_forms = ArrayField(models.CharField(max_length=40), help_text="keys of forms")
    most_units = models.PositiveSmallIntegerField(null=True, blank=True)
    mass_lines = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    mass_from = models.PositiveIntegerField(null=True, blank=True, help_text="staff")
    ease = models.JSONField(help_text="in %, for each way")
    source = models.CharField(max_length=200, blank=True)


class Suggestion(models.Model):
    """合建建议: units that could set up a body of a line together, all in one neighbourhood.

    It stays as long as the night run finds it, or something was decided about it. Nothing in the register hangs on it,
    so it holds no unit there.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="suggestions", db_index=False)
    units = ArrayField(models.BigIntegerField(), help_text="ids of units, in order")
    hood = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, help_text="what they stand in"
    )
    trade = models.CharField(max_length=40, blank=True, help_text="where only a trade within the place is shared")
    heads = models.PositiveIntegerField()
    least = models.PositiveIntegerField()
    found_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "units"], name="gaps_suggestion_once")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.units}"


class Rewrite(models.Model):
    """缺口更新: the last night run that found the gaps, and a digest of all by which it found them but the facts.

    There is one at most.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="gaps")
    rules = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.run)


class Gap(models.Model):
    """缺口: a unit that no body of a line covers, on the day of the last night run, and how that could change.

    `leverage` is heads × ease of the way. Found anew each night where anything changed; the keys are not held by the
    database, so that no gap keeps a unit from being taken back.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="gaps", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="gaps", db_constraint=False)
    indicators = ArrayField(models.CharField(max_length=40), help_text="keys of the indicators it is missing from")
    heads = models.PositiveIntegerField(null=True, help_text="as the line counts members; None = not known")
    way = models.CharField(max_length=12, choices=Way.choices)
    suggestion = models.ForeignKey(
        Suggestion, null=True, on_delete=models.DO_NOTHING, related_name="gaps", db_constraint=False
    )
    body = models.ForeignKey(
        Body,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="who is responsible",
    )
    leverage = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way="joint", suggestion__isnull=False) | ~Q(way="joint") & Q(suggestion=None),
                name="gaps_joint_has_suggestion",
            )
        ]
        indexes = [models.Index(F("line"), F("leverage").desc(), F("id"), name="gaps_gap_leverage")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.unit_id} {self.way}"


class Decision(models.Model):
    """决定: whether units set up a body of a line together. By line and units, so that it outlives each night run."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("work opened")
        SET_ASIDE = "set_aside", _("set aside")

    suggestion = models.OneToOneField(Suggestion, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="accepted", reason="") | Q(verdict="set_aside") & ~Q(reason=""),
                name="gaps_set_aside_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.verdict}"
