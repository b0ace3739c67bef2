"""A pledge of a body or of one of its people, with its measures, reviews, ledger, and the consent to show a name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.chronicle.models import Act
from gongjian.register.models import Body, Person

from .posts import Post

LARGEST = 10**12
COUNTED_WHOLE = (
    Q(baseline__isnull=False, target__isnull=False) & ~Q(unit="") & ~Q(evidence="") & ~Q(baseline=F("target"))
)


class Pledge(models.Model):
    """承诺: what is promised, by whom, until when; where it is counted, from how much to how much and how one can tell.

    It is the body's, or that of one person in it. `source` names what people asked for, as an ask's `about` does.
    """

    class Kind(models.TextChoices):
        COMMON = "common", _("common to all")
        POST = "post", _("of the post")
        PRACTICAL = "practical", _("practical help")

    class Span(models.TextChoices):
        LONG = "long", _("for long")
        ANNUAL = "annual", _("for the year")
        IMMEDIATE = "immediate", _("at once")

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        REVIEW = "review", _("waits for review")
        RETURNED = "returned", _("returned with reasons")
        PASSED = "passed", _("reviewed, not yet public")
        PUBLIC = "public", _("made public")
        DOING = "doing", _("being worked off")
        TOLD = "told", _("told how it went")
        JUDGED = "judged", _("judged")
        KEPT = "kept", _("kept")
        LATE = "late", _("kept late")
        EXCUSED = "excused", _("not kept, explained in public")
        BROKEN = "broken", _("not kept")
        WITHDRAWN = "withdrawn", _("taken back before it was public")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="pledges")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="pledges", help_text="None: the body's"
    )
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="pledges")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    span = models.CharField(max_length=10, choices=Span.choices, default=Span.ANNUAL)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    wish = models.CharField(max_length=300, blank=True, help_text="what people asked for")
    source = models.CharField(max_length=60, blank=True, help_text="reference such as casework.request:7")
    counted = models.BooleanField(default=False, help_text="a number is promised")
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    evidence = models.CharField(max_length=200, blank=True, help_text="how one can tell that it is done")
    responsible = models.CharField(max_length=100, blank=True, help_text="office or group, no names")
    with_whom = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    handed_in_at = models.DateTimeField(null=True, blank=True)
    public_on = models.DateField(null=True, blank=True)
    shown_at = models.CharField(max_length=100, blank=True, help_text="the board or place beside this site")
    telling = models.CharField(max_length=1000, blank=True, help_text="how it went, in the pledger's own words")
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True, help_text="what is said in public of how it ended")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="pledges_pledge_says_what"),
            models.CheckConstraint(
                condition=(Q(baseline=None) | Q(baseline__gt=-LARGEST, baseline__lt=LARGEST))
                & (Q(target=None) | Q(target__gt=-LARGEST, target__lt=LARGEST)),
                name="pledges_pledge_numbers_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(counted=True) | Q(counted=False, baseline=None, target=None, unit=""),
                name="pledges_pledge_numbers_if_counted",
            ),
            models.CheckConstraint(
                condition=Q(counted=False) | Q(state__in=("draft", "returned", "withdrawn")) | COUNTED_WHOLE,
                name="pledges_pledge_counted_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(span="long") | Q(state__in=("draft", "returned", "withdrawn")) | Q(due_on__isnull=False),
                name="pledges_pledge_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "review", "returned", "passed", "withdrawn"), public_on=None)
                | ~Q(state__in=("draft", "review", "returned", "passed", "withdrawn")) & Q(public_on__isnull=False),
                name="pledges_pledge_public_since",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("kept", "late", "excused", "broken"), closed_on__isnull=False)
                | ~Q(state__in=("kept", "late", "excused", "broken")) & Q(closed_on=None),
                name="pledges_pledge_closed_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("excused", "broken")) | ~Q(outcome=""), name="pledges_pledge_not_kept_why"
            ),
        ]
        indexes = [
            models.Index(F("year").desc(), F("id").desc(), name="pledges_pledge_by_year"),
            models.Index(fields=["body", "-year", "-id"], name="pledges_pledge_of_body"),
            models.Index(fields=["body"], name="pledges_pledge_waiting", condition=Q(state="review")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """As an ask names it that stands on it."""
        return f"pledges.pledge:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Is it public and not yet closed?"""
        return self.state in OPEN_STATES

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_theirs_to_write(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.RETURNED)

    def is_late(self, today: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < today

    def is_reached_by(self, value: Decimal) -> bool:
        """Does a reading reach what was promised, upwards or downwards?"""
        if self.baseline is None or self.target is None:
            return False
        return value >= self.target if self.target > self.baseline else value <= self.target


P = Pledge.State
OPEN_STATES = (P.PUBLIC, P.DOING, P.TOLD, P.JUDGED)
CLOSED_STATES = (P.KEPT, P.LATE, P.EXCUSED, P.BROKEN)
PUBLIC_STATES = (*OPEN_STATES, *CLOSED_STATES)


class Measure(models.Model):
    """措施: one thing to be done for a pledge; crossed off in its ledger."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="measures")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)
    crossed_off_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["pledge", "position"], name="pledges_measure_one_a_place"),
            models.CheckConstraint(condition=~Q(words=""), name="pledges_measure_says_what"),
        ]

    def __str__(self) -> str:
        return self.words


class Review(models.Model):
    """审诺: a pledge was looked at and passed, or returned with reasons."""

    class Verdict(models.TextChoices):
        PASS = "pass", _("passed")
        RETURN = "return", _("returned")

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="reviews")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="in whose name")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    on = models.DateField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict="pass") | ~Q(reason=""), name="pledges_review_returned_why")
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.verdict}"


class Progress(models.Model):
    """销号台账: an entry in the ledger of a pledge: what was done, a measure crossed off, a number, a proof."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="progress")
    measure = models.OneToOneField(Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="entry")
    on = models.DateField()
    words = models.CharField(max_length=500)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    proof = models.CharField(max_length=300, blank=True, help_text="words or an address")
    file = models.FileField(upload_to="pledges/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "progress"
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="pledges_progress_says_what"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gt=-LARGEST, value__lt=LARGEST), name="pledges_progress_in_bounds"
            ),
            models.UniqueConstraint(fields=["pledge", "on", "words"], name="pledges_progress_told_once"),
        ]

    def __str__(self) -> str:
        return self.words


class PublicName(models.Model):
    """公开署名: a person lets their pledge be read by everybody, under this name. It goes when they take that back."""

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="public_name")
    name = models.CharField(max_length=80)
    given_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="pledges_publicname_is_one")]

    def __str__(self) -> str:
        return self.name


class Likeness(models.Model):
    """雷同: the words of a pledge are nearly equal to another one's. Told to who reviews, never counted."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="+")
    share = models.FloatField()

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["pledge", "other"], name="pledges_likeness_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="pledges_likeness_a_share"),
            models.CheckConstraint(condition=~Q(pledge=F("other")), name="pledges_likeness_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} like {self.other_id}"
