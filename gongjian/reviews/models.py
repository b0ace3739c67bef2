"""The rules of each line; a year that was opened; a branch's review; the grade of each person on its roll."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Line, Person
from gongjian.register.models.words import Word

LONGEST = 1000
FIRST_YEAR, LAST_YEAR = 2010, 2100


class ReviewRule(Word):
    """评议规则: by which rules the members of a line are reviewed. A review keeps those it began with."""

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="review_rule")
    definition = models.JSONField()
    source = models.CharField(max_length=200)


class ReviewYear(models.Model):
    """评议年度: a body has all branches below it in its line review their members of a year."""

    host = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="review_years", db_index=False)
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)])
    roll_on = models.DateField(help_text="the day whose members are on the rolls")
    due_on = models.DateField(help_text="until when branches hand up")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "year"], name="reviews_year_once")]

    name = ""  # the host's, where a page has looked it up

    def __str__(self) -> str:
        return f"{self.host_id}, {self.year}"

    @property
    def about(self) -> str:
        """As the ask to the branches refers to it."""
        return f"reviews.year:{self.pk}"

    @property
    def about_approving(self) -> str:
        """As the ask to those who approve refers to it."""
        return f"reviews.approving:{self.pk}"


class MemberReview(models.Model):
    """民主评议: how a branch reviews its members of a year, from the roll to filed grades.

    `above` approves. Of the meeting only numbers are kept. `version` keeps two who grade at once apart.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("the meeting is to be held")
        HELD = "held", _("grades are to be proposed")
        PROPOSED = "proposed", _("grades are proposed, nobody is told yet")
        TOLD = "told", _("members are told and may object")
        HANDED_UP = "handed_up", _("waits for approval")
        RETURNED = "returned", _("was returned")
        APPROVED = "approved", _("approved")
        FILED = "filed", _("filed")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="member_reviews", db_index=False)
    above = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reviews_to_approve", db_index=False)
    opened = models.ForeignKey(
        ReviewYear, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)])
    roll_on = models.DateField(help_text="the day whose members are on the roll")
    definition = models.JSONField(help_text="the rules it began with")
    state = models.CharField(max_length=9, choices=State.choices, default=State.BEGUN)
    version = models.PositiveIntegerField(default=0)
    held_on = models.DateField(null=True, blank=True)
    to_come = models.PositiveIntegerField(null=True, blank=True)
    came = models.PositiveIntegerField(null=True, blank=True)
    valid = models.PositiveIntegerField(null=True, blank=True, help_text="valid ballots of the meeting")
    is_counted = models.BooleanField(default=False, help_text="two people typed the ballots alike")
    reason = models.CharField(max_length=LONGEST, blank=True, help_text="why it was returned")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    told_from = models.DateField(null=True, blank=True, help_text="since when members are told; none were before")
    handed_up_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    approved_on = models.DateField(null=True, blank=True)
    filed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "year"], name="reviews_review_once_a_year"),
            models.CheckConstraint(condition=~Q(body=F("above")), name="reviews_review_approved_by_another"),
            models.CheckConstraint(
                condition=Q(state="begun", held_on=None, to_come=None, came=None, valid=None)
                | ~Q(state="begun")
                & Q(held_on__isnull=False, to_come__gte=F("came"), came__gte=F("valid"), valid__gte=0),
                name="reviews_review_held_with_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["above", "state"], name="reviews_review_of_above"),
            models.Index(fields=["opened", "state", "id"], name="reviews_review_of_year"),
        ]

    name = ""  # the branch's, where a page has looked it up

    def __str__(self) -> str:
        return f"{self.body_id}, {self.year}"

    @property
    def about(self) -> str:
        """As the ask to go over it again refers to it."""
        return f"reviews.review:{self.pk}"

    @property
    def is_up(self) -> bool:
        return self.state in UP


UP = (MemberReview.State.HANDED_UP, MemberReview.State.APPROVED, MemberReview.State.FILED)
GRADING = (MemberReview.State.HELD, MemberReview.State.RETURNED)


class MemberGrade(models.Model):
    """评议等次: one person on the roll of a review: what they said, their grade, and what of it they were told.

    `ungraded`: why there is none, one of the rules'. `ballot`: what may be told of the ballot about them. They know of
    their grade once `told_grade` is that grade; `told_on` is the day.
    """

    review = models.ForeignKey(MemberReview, on_delete=models.PROTECT, related_name="grades", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST, blank=True)
    ungraded = models.CharField(max_length=40, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    ballot = models.JSONField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    told_grade = models.CharField(max_length=40, blank=True)
    told_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="reviews_grade_once"),
            models.CheckConstraint(condition=Q(ungraded="") | Q(grade=""), name="reviews_grade_or_none"),
            models.CheckConstraint(
                condition=Q(told_on=None, told_grade="") | Q(told_on__isnull=False) & ~Q(told_grade=""),
                name="reviews_grade_told_when_and_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.review_id}"

    @property
    def is_told(self) -> bool:
        return self.told_on is not None and self.told_grade == self.grade


class CountSheet(models.Model):
    """评议票计数: the numbers of a meeting's ballots, as one of two people typed them. Gone once two are alike."""

    review = models.ForeignKey(MemberReview, on_delete=models.CASCADE, related_name="sheets", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    numbers = models.JSONField(help_text="of each grade in the review, how many chose which option")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "by"], name="reviews_sheet_one_each")]

    def __str__(self) -> str:
        return f"{self.by_id} in {self.review_id}"


class GradeObjection(models.Model):
    """对等次的异议: what somebody has against their own grade, and the answer. `by` is the keeper if on paper."""

    class State(models.TextChoices):
        RAISED = "raised", _("waits for an answer")
        UPHELD = "upheld", _("upheld, the grade was changed")
        REJECTED = "rejected", _("not upheld")

    grade = models.ForeignKey(MemberGrade, on_delete=models.CASCADE, related_name="objections")
    reason = models.CharField(max_length=LONGEST)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RAISED)
    before = models.CharField(max_length=40, help_text="the grade that was objected to")
    answer = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    raised_on = models.DateField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grade"], condition=Q(state="raised"), name="reviews_objection_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="raised", answer="", answered_on=None)
                | ~Q(state="raised") & ~Q(answer="") & Q(answered_on__isnull=False),
                name="reviews_objection_answered_when",
            ),
        ]

    said_before = ""  # what that grade is called, where a page has looked it up

    def __str__(self) -> str:
        return f"against {self.grade_id}"
