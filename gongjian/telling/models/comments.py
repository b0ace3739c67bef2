"""The comment on a telling, point by point, and what is put right of each problem it names."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongjian.meetings.models import Meeting
from gongjian.register.models import Body

from .rounds import Telling
from .words import CommentKind

MOST_PRESENT = 5000


class Comment(models.Model):
    """点评: what the body above says of a telling. `version` grows with each saving, so that of two none is lost.

    How many were there is counted, of them the outsiders; who it was is not kept.
    """

    telling = models.OneToOneField(Telling, on_delete=models.PROTECT, related_name="comment")
    commenter = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="in whose name")
    kind = models.ForeignKey(CommentKind, on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    where = models.CharField(max_length=120, blank=True)
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    present = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_PRESENT)])
    outsiders = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_PRESENT)])
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outsiders=None)
                | Q(present__isnull=False, outsiders__lte=models.F("present"), present__lte=MOST_PRESENT),
                name="telling_outsiders_are_among_those_present",
            )
        ]
        indexes = [models.Index(fields=["on", "telling"], name="telling_comment_by_day")]

    def __str__(self) -> str:
        return f"comment on {self.telling_id}"


class Point(models.Model):
    """点评意见: one sentence of a comment: what is good, what is a problem, where to go."""

    class Sort(models.TextChoices):
        STRENGTH = "strength", _("main result")
        PROBLEM = "problem", _("problem that was named")
        DIRECTION = "direction", _("advice")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="points", db_index=False)
    sort = models.CharField(max_length=10, choices=Sort.choices)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["comment", "sort", "position"], name="telling_point_one_a_place"),
            models.CheckConstraint(condition=~Q(words=""), name="telling_point_says_what"),
        ]

    def __str__(self) -> str:
        return self.words


class Rectification(models.Model):
    """整改: what is done about one problem: measure, who, until when, how one can tell; confirmed by the commenter."""

    class State(models.TextChoices):
        NAMED = "named", _("no measure yet")
        PLANNED = "planned", _("being worked on")
        DONE = "done", _("done, to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")

    point = models.OneToOneField(Point, on_delete=models.PROTECT, related_name="rectification")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NAMED)
    measure = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=100, blank=True, help_text="office or group, no names")
    due_on = models.DateField()
    proof = models.CharField(max_length=500, blank=True, help_text="in words or a link; no photo is asked for")
    done_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    reopened = models.CharField(max_length=300, blank=True, help_text="why it was opened again")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="named") | ~Q(measure="") & ~Q(owner=""), name="telling_put_right_how_and_by_whom"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "confirmed"), done_on__isnull=False) & ~Q(proof="")
                | Q(state__in=("named", "planned"), done_on=None),
                name="telling_put_right_when_and_how_one_can_tell",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_on__isnull=False)
                | ~Q(state="confirmed") & Q(confirmed_on=None),
                name="telling_put_right_confirmed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="telling_put_right_open", condition=Q(state__in=("named", "planned"))),
            models.Index(fields=["done_on"], name="telling_put_right_waits", condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.point_id}: {self.state}"

    @property
    def is_theirs(self) -> bool:
        """Is it the commented body's turn?"""
        return self.state in (self.State.NAMED, self.State.PLANNED)

    def is_late(self, today: date) -> bool:
        return self.is_theirs and self.due_on < today
