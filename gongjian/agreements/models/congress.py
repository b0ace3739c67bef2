"""Workers' congresses: how many delegates, when they met, and what they decided with how many votes."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body

from .agreements import Agreement

MOST_DELEGATES = 5000


class Congress(models.Model):
    """职工代表大会: the workers' congress beside a union body, or the meeting of all staff where there is none."""

    class Kind(models.TextChoices):
        CONGRESS = "congress", _("workers' congress")
        ALL_STAFF = "all_staff", _("meeting of all staff")

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="congress")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.CONGRESS)
    delegates = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DELEGATES)], help_text="of a meeting of all staff: all"
    )
    women = models.PositiveSmallIntegerField(null=True, blank=True)
    elected_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delegates__gte=1, delegates__lte=MOST_DELEGATES), name="agreements_congress_has_delegates"
            ),
            models.CheckConstraint(
                condition=Q(women=None) | Q(women__lte=F("delegates")), name="agreements_women_among_delegates"
            ),
        ]

    def __str__(self) -> str:
        return f"congress of {self.body_id}"


class CongressSession(models.Model):
    """职代会会议: the delegates met on a day. `delegates`: how many there were then, whatever is elected later."""

    congress = models.ForeignKey(Congress, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    on = models.DateField()
    delegates = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField()
    women = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of those present")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["congress", "on"], name="agreements_one_session_a_day"),
            models.CheckConstraint(
                condition=Q(present__gte=1, present__lte=F("delegates")), name="agreements_present_among_delegates"
            ),
            models.CheckConstraint(
                condition=Q(women=None) | Q(women__lte=F("present")), name="agreements_women_among_present"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.congress_id} on {self.on}"


class Resolution(models.Model):
    """职代会决议: what a session decided: votes for and against, and who abstained, never more than were present."""

    class Sort(models.TextChoices):
        AGREEMENT = "agreement", _("draft of an agreement")
        REPORT = "report", _("report on an agreement")
        OTHER = "other", _("another matter")

    session = models.ForeignKey(CongressSession, on_delete=models.PROTECT, related_name="resolutions", db_index=False)
    present = models.PositiveSmallIntegerField(help_text="of the session, so that the database holds the votes")
    sort = models.CharField(max_length=9, choices=Sort.choices)
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="resolutions"
    )
    title = models.CharField(max_length=120)
    yes = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    is_passed = models.BooleanField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(present__gte=F("yes") + F("no") + F("abstained")), name="agreements_votes_among_present"
            ),
            models.CheckConstraint(
                condition=Q(sort="other", agreement=None) | ~Q(sort="other") & Q(agreement__isnull=False),
                name="agreements_resolution_on_what",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="agreements_resolution_has_a_title"),
        ]
        indexes = [models.Index(fields=["session", "id"], name="agreements_resolutions")]

    def __str__(self) -> str:
        return self.title
