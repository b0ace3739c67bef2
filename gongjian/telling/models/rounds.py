"""A round of telling and commenting, and the telling of each body in it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body

LONGEST = 1000  # characters of one of the three texts of a telling


class Range(models.TextChoices):
    """公示范围: who reads a comment once it is published."""

    INSIDE = "inside", _("inside: the organisation and those above it")
    MEMBERS = "members", _("the organisation's members as well")
    PUBLIC = "public", _("everybody, without an account")


class TellingRound(models.Model):
    """讲述点评轮次: a body has those below it, or led by it, tell of a quarter or half a year and be commented on.

    `chosen`: how the bodies were found, as it was typed. `range`: how far comments are published unless one says less.
    """

    class Kind(models.TextChoices):
        HALF_YEAR = "half_year", _("half-yearly")
        QUARTER = "quarter", _("quarterly")

    class State(models.TextChoices):
        OPEN = "open", _("goes on")
        CLOSED = "closed", _("is over")

    host = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="rounds_opened", db_index=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HALF_YEAR)
    since = models.DateField(help_text="the first day that is told of")
    until = models.DateField(help_text="the last day that is told of")
    tell_by = models.DateField()
    comment_by = models.DateField()
    days_to_put_right = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(366)])
    range = models.CharField(max_length=8, choices=Range.choices, default=Range.INSIDE)
    chosen = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "name"], name="telling_round_one_of_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="telling_round_has_a_name"),
            models.CheckConstraint(
                condition=Q(since__lte=F("until"), tell_by__gte=F("since"), comment_by__gte=F("tell_by")),
                name="telling_round_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(days_to_put_right__gte=1, days_to_put_right__lte=366), name="telling_round_some_days"
            ),
        ]
        indexes = [models.Index(F("until").desc(), F("id").desc(), name="telling_round_by_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def about(self) -> str:
        """As the ask to tell refers to it."""
        return f"telling.round:{self.pk}"

    @property
    def about_comments(self) -> str:
        """As the ask to comment refers to it."""
        return f"telling.commenting:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Telling(models.Model):
    """讲述: what one body tells in a round, whom it is commented on by, and how far that has come.

    `promised` is frozen as it stood when it was told: what the body had pledged and planned.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("to be told")
        TOLD = "told", _("told, not commented on")
        COMMENTED = "commented", _("comment is written")
        PUBLISHED = "published", _("comment is published")
        RECTIFYING = "rectifying", _("being put right")
        VERIFIED = "verified", _("put right and confirmed")
        OVERDUE = "overdue", _("not put right in time")

    round = models.ForeignKey(TellingRound, on_delete=models.PROTECT, related_name="tellings", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="tellings")
    commenter = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    promised = models.JSONField(default=list, blank=True, help_text="what was promised and planned, as it stood")
    done = models.CharField(max_length=LONGEST, blank=True)
    undone = models.CharField(max_length=LONGEST, blank=True)
    reason = models.CharField(max_length=LONGEST, blank=True, help_text="why it was not done")
    told_on = models.DateField(null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    range = models.CharField(max_length=8, choices=Range.choices, blank=True, help_text="since it is published")
    published_on = models.DateField(null=True, blank=True)
    put_right_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "body"], name="telling_once_in_a_round"),
            models.CheckConstraint(condition=~Q(body=F("commenter")), name="telling_commented_by_another"),
            models.CheckConstraint(
                condition=Q(told_on=None, done="") & ~Q(state="told") | Q(told_on__isnull=False) & ~Q(done=""),
                name="telling_told_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("scheduled", "told", "commented"), published_on=None, range="", put_right_by=None
                )
                | ~Q(state__in=("scheduled", "told", "commented"))
                & Q(published_on__isnull=False, put_right_by__isnull=False)
                & ~Q(range=""),
                name="telling_published_when_and_to_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "id"], name="telling_of_round"),
            models.Index(fields=["commenter", "round"], name="telling_of_commenter"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.round_id}"

    @property
    def about(self) -> str:
        """As the ask to put right what was commented refers to it."""
        return f"telling.telling:{self.pk}"

    @property
    def about_confirming(self) -> str:
        """As the ask to confirm it refers to it."""
        return f"telling.confirming:{self.pk}"

    @property
    def is_told(self) -> bool:
        return self.told_on is not None

    @property
    def is_published(self) -> bool:
        return self.published_on is not None

    def is_late(self, today: date) -> bool:
        """Does the next step wait beyond its day? Takes the round along."""
        due = {"scheduled": self.round.tell_by, "told": self.round.comment_by, "commented": self.round.comment_by}
        by = due.get(self.state)
        return self.state == self.State.OVERDUE or (by is not None and by < today)


UNCOMMENTED = (Telling.State.SCHEDULED, Telling.State.TOLD)
PUBLISHED = (Telling.State.PUBLISHED, Telling.State.RECTIFYING, Telling.State.VERIFIED, Telling.State.OVERDUE)
TO_PUT_RIGHT = (Telling.State.PUBLISHED, Telling.State.RECTIFYING, Telling.State.OVERDUE)
