"""Checks, the rounds in which they are gone through, the doubts they raise, and which of these are no fault."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Line, Unit, Venue
from gongjian.register.models.dated import Dated, by_act, not_empty, one_at_a_time
from gongjian.register.models.words import Word, spoken


class Check(Word):
    """一致性检查: a search named `finds` with what the pack gives it, and how people are told of what it finds.

    `of` and `sees` are the search's own and only kept here: what its doubts are about, and whether one has to see who
    holds office (offices) or who is a member (members) of the body to be told of them.
    """

    class Severity(models.TextChoices):
        ERROR = "error", _("Error")
        WARNING = "warning", _("Warning")
        HINT = "hint", _("Hint")

    class Of(models.TextChoices):
        UNIT = "unit"
        BODY = "body"
        VENUE = "venue"

    class Sees(models.TextChoices):
        OFFICES = "offices"
        MEMBERS = "members"

    class Owner(models.TextChoices):
        ITSELF = "itself"
        SUPERIOR = "superior"
        LINE = "line"

    finds = models.CharField(max_length=40)
    given = models.JSONField(default=dict, blank=True, help_text="lines, kinds and limits for the search")
    of = models.CharField(max_length=10, choices=Of.choices)
    sees = models.CharField(max_length=10, choices=Sees.choices, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="checks")
    owner = models.CharField(max_length=10, choices=Owner.choices)
    mends = models.CharField(max_length=20, help_text="the page on which it is mended")
    words = models.JSONField(help_text="why it matters, in each language")

    @property
    def said(self) -> str:
        """Why it matters, in the language of the page."""
        return spoken(self.words)


class Round(models.Model):
    """一轮检查: all checks were gone through for a day. Of one day the last round is kept."""

    day = models.DateField(unique=True)
    ended_at = models.DateTimeField()
    doubts = models.PositiveIntegerField(help_text="how many were open at its end")

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day}: {self.doubts}"


# What is found doubtful may still be taken back: the next round ends the doubt.
OUTLIVED: dict[str, Any] = {"on_delete": models.DO_NOTHING, "db_constraint": False}


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def on(self, day: date) -> DoubtQuerySet:
        """What was doubtful on the day: found until it, and not gone yet."""
        return self.filter(Q(gone_on=None) | Q(gone_on__gt=day), first_seen__lte=day)


class Doubt(models.Model):
    """疑点: what a check found, from the day it was first seen until the day it was no longer found.

    It is about one unit, body or venue; people are told of only through their body, and not by name. `place` is the
    unit through which it is seen: where the subject is or sits, or what that last stood in.
    """

    raised_by = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="doubts", db_index=False)
    unit = models.ForeignKey(Unit, null=True, related_name="doubts", db_index=False, **OUTLIVED)
    body = models.ForeignKey(Body, null=True, related_name="doubts", db_index=False, **OUTLIVED)
    venue = models.ForeignKey(Venue, null=True, related_name="doubts", db_index=False, **OUTLIVED)
    place = models.ForeignKey(Unit, related_name="doubts_here", **OUTLIVED)
    first_seen = models.DateField()
    gone_on = models.DateField(null=True, blank=True)

    objects: Any = DoubtQuerySet.as_manager()

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["raised_by", of],
                    condition=Q(gone_on=None) & Q(**{f"{of}__isnull": False}),
                    name=f"consistency_doubt_once_a_{of}",
                )
                for of in Check.Of.values
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, body=None, venue=None)
                | Q(unit=None, body__isnull=False, venue=None)
                | Q(unit=None, body=None, venue__isnull=False),
                name="consistency_doubt_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(gone_on=None) | Q(gone_on__gte=F("first_seen")), name="consistency_doubt_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.raised_by_id} since {self.first_seen}"

    @property
    def about(self) -> tuple[str, int]:
        """What it is about: ("unit", 7)."""
        return next((of, id) for of in Check.Of.values if (id := getattr(self, f"{of}_id")) is not None)

    @property
    def subject(self) -> str:
        """How the chronicle names it."""
        return f"consistency.doubt:{self.pk}"


class SetAside(Dated):
    """不算问题: a doubt that somebody looked at and found to be no fault, until a day. The act says who and when."""

    doubt = models.ForeignKey(Doubt, on_delete=models.CASCADE, related_name="set_asides")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            one_at_a_time("consistency_set_aside_once_a_day", "doubt"),
            not_empty("consistency_set_aside_has_days"),
            models.CheckConstraint(condition=Q(valid__upper_inf=False), name="consistency_set_aside_ends"),
            models.CheckConstraint(condition=~Q(reason=""), name="consistency_set_aside_says_why"),
        ]
        indexes = [by_act("consistency_set_aside_act")]

    def __str__(self) -> str:
        return f"{self.doubt_id} {self.valid}"

    @property
    def last_day(self) -> date:
        """The last day on which it counts as no fault."""
        end: date = self.valid.upper
        return end - timedelta(days=1)
