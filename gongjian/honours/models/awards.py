"""What was given: an award with its document, what became of it, under which name a person lets everybody read it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.register.models import Body

from .calls import Application
from .catalogue import Honour
from .holders import Held, one_holder


class EarlierFile(models.Model):
    """既有荣誉导入: a file of honours given earlier: looked at first, then entered as a whole, taken back as one."""

    class State(models.TextChoices):
        CHECKED = "checked", _("looked at")
        ENTERED = "entered", _("entered")
        UNDONE = "undone", _("taken back")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKED)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    act = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Award(Held):
    """授予: an honour that was given on a day by a document. Published it is only with that document.

    `giver` keeps it. `number`: of the certificate. `of_body`: the body that applied, or to which the person belongs.
    """

    class State(models.TextChoices):
        ENTERED = "entered", _("not published yet")
        STANDING = "standing", _("stands")
        WARNED = "warned", _("was warned")
        WITHDRAWN = "withdrawn", _("was withdrawn")
        LAPSED = "lapsed", _("has ended")

    honour = models.ForeignKey(Honour, on_delete=models.PROTECT, related_name="awards", db_index=False)
    giver = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="honours_given")
    of_body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="honours_of_people")
    application = models.OneToOneField(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="award"
    )
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40, unique=True)
    document = models.CharField(max_length=120, blank=True, help_text="the decision: its number and title")
    issuer = models.CharField(max_length=100, help_text="whose decision it is, as on the document")
    awarded_on = models.DateField()
    link = models.URLField(max_length=300, blank=True)
    file = models.FileField(upload_to="honours/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ENTERED)
    recheck_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    earlier = models.ForeignKey(EarlierFile, null=True, blank=True, on_delete=models.PROTECT, related_name="awards")

    class Meta:
        constraints = [
            one_holder("honours_award_of_one"),
            models.CheckConstraint(
                condition=Q(state="entered") | ~Q(document="") & (~Q(link="") | ~Q(file="") & ~Q(sha256="")),
                name="honours_award_published_with_its_document",
            ),
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(number=""), name="honours_award_says_whose"),
            models.CheckConstraint(
                condition=Q(state__in=("withdrawn", "lapsed"), ended_on__isnull=False)
                | Q(state__in=("entered", "standing", "warned"), ended_on=None),
                name="honours_award_ended_when",
            ),
        ]
        indexes = [
            models.Index(F("awarded_on").desc(), F("id").desc(), name="honours_award_by_day"),
            models.Index("honour", F("awarded_on").desc(), F("id").desc(), name="honours_award_of_one_honour"),
            models.Index(
                "giver", "recheck_on", condition=Q(state__in=("standing", "warned")), name="honours_award_to_recheck"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stands(self) -> bool:
        return self.state in (self.State.STANDING, self.State.WARNED)

    @property
    def is_published(self) -> bool:
        return self.state != self.State.ENTERED

    def is_due(self, today: date) -> bool:
        """Is it to be looked at again by now?"""
        return self.stands and self.recheck_on is not None and self.recheck_on <= today


class AwardStep(models.Model):
    """复核与处理: what became of an award on a day, and why."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=10)
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.verb} {self.award_id}"


class AwardName(models.Model):
    """公开姓名: the person lets everybody read of the award, under this name. Gone once they take it back."""

    award = models.OneToOneField(Award, on_delete=models.CASCADE, related_name="public_name")
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="honours_public_name_is_one")]

    def __str__(self) -> str:
        return f"of {self.award_id}"
