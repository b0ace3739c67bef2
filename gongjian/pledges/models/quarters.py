"""The word of a quarter: of a post or of a pledge, and how it is asked for."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongjian.register.models import Body

from .pledges import Pledge
from .posts import Assignment


class QuarterWord(models.Model):
    """每季一说: how a post or a pledge stands, in a sentence or two, once a quarter."""

    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="words", db_index=False
    )
    pledge = models.ForeignKey(
        Pledge, null=True, blank=True, on_delete=models.PROTECT, related_name="words", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "year", "quarter"], name="pledges_word_of_post_once"),
            models.UniqueConstraint(fields=["pledge", "year", "quarter"], name="pledges_word_of_pledge_once"),
            models.CheckConstraint(
                condition=Q(assignment=None, pledge__isnull=False) | Q(assignment__isnull=False, pledge=None),
                name="pledges_word_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="pledges_word_in_a_quarter"),
            models.CheckConstraint(condition=~Q(words=""), name="pledges_word_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.year} Q{self.quarter}"


class StandingOrder(models.Model):
    """每季征询: a body has the word of each quarter asked of the bodies below it, in the name of who ordered it."""

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    def __str__(self) -> str:
        return f"{self.body_id} since {self.since}"


class QuarterCall(models.Model):
    """季度提醒: a body was asked for the word of a quarter about its pledges, once."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "quarter"], name="pledges_call_once_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="pledges_call_in_a_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.year} Q{self.quarter}"

    @property
    def reference(self) -> str:
        return f"pledges.quartercall:{self.pk}"


def quarter_of(day: date) -> tuple[int, int]:
    """The year and the quarter, 1 to 4, in which a day lies."""
    return day.year, (day.month + 2) // 3
