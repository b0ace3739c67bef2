"""Schemes and their versions; rounds, cases and what is given for them; boxes of closed ballots; objections."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.register.models import Body, Line, Unit
from gongjian.register.models.words import Word

LONGEST = 1000


class Scheme(Word):
    """评议办法: by which rules bodies of a line are graded. What the rules are stands in its versions."""

    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="schemes")
    in_force = models.DateField(help_text="from which day its last version holds")
    definition = models.JSONField(help_text="the last version, as the pack has it")
    source = models.CharField(max_length=200, blank=True)


class SchemeVersion(models.Model):
    """办法版本: the rules as they stood from a day on. A round keeps the one it began with."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    since = models.DateField()
    definition = models.JSONField()

    class Meta:
        ordering = ("scheme", "-number")
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="appraisal_version_once")]

    def __str__(self) -> str:
        return f"{self.scheme_id} v{self.number}"


class Round(models.Model):
    """评议轮次: bodies below a keeper are graded by one version of a scheme. `seed`: with what is drawn, if at all.

    `approver`: the body that fixes the grades. `calculation` counts how often it was computed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        SELF = "self", _("bodies score themselves")
        REVIEWING = "reviewing", _("is reviewed")
        PROPOSED = "proposed", _("grades are proposed")
        NOTICE = "notice", _("notice is given")
        FIXED = "fixed", _("grades are fixed")
        FILED = "filed", _("filed")
        CALLED_OFF = "called_off", _("was called off")

    keeper = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appraisal_rounds")
    approver = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=60)
    of_until = models.DateField(help_text="the last day of the time that is appraised")
    receivers = models.JSONField(default=dict, blank=True, help_text="how the bodies are chosen")
    self_due = models.DateField()
    review_due = models.DateField()
    seed = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    opened_on = models.DateField(null=True, blank=True)
    cases_count = models.PositiveIntegerField(default=0)
    calculation = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, blank=True, help_text="grades by class, and quotas that were not met")
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    notice_on = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    fixed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    fixed_on = models.DateField(null=True, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was returned or called off")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="appraisal_round_has_a_title"),
            models.CheckConstraint(condition=Q(self_due__lte=F("review_due")), name="appraisal_self_before_review"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "called_off")) | Q(opened_on__isnull=False),
                name="appraisal_round_opened_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("notice", "fixed", "filed"))
                | Q(notice_on__isnull=False, notice_until__gt=F("notice_on"), proposed_by__isnull=False),
                name="appraisal_notice_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("fixed", "filed"))
                | Q(fixed_by__isnull=False, fixed_on__isnull=False) & ~Q(fixed_by=F("proposed_by")),
                name="appraisal_fixed_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="called_off") | ~Q(reason=""), name="appraisal_off_says_why"),
        ]
        indexes = [models.Index(F("of_until").desc(), F("id").desc(), name="appraisal_round_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """As the asks of its bodies refer to it."""
        return f"appraisal.round:{self.pk}"

    @property
    def about_review(self) -> str:
        """As the asks of those who review refer to it."""
        return f"appraisal.review:{self.pk}"

    @property
    def is_told(self) -> bool:
        """Are grades told to those concerned?"""
        return self.state in (self.State.NOTICE, self.State.FIXED, self.State.FILED)

    @property
    def takes_reviews(self) -> bool:
        return self.state in (self.State.SELF, self.State.REVIEWING)


class Case(models.Model):
    """评议对象: one body in a round: its class, who reviews it, and what came out.

    `unit`: where it sat when the round was opened. `result`: every step of the sum, as computing.py writes it.
    `is_mended`: an objection was upheld, so what was given for it may be mended while notice is given.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cases", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appraisal_cases")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appraisal_reviews", db_index=False)
    group = models.CharField(max_length=80, blank=True, help_text="the class within which quotas count")
    self_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    result = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    left_out = models.CharField(max_length=300, blank=True, help_text="why it is not graded in this round")
    is_mended = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "body"], name="appraisal_case_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=1000), name="appraisal_score_is_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "reviewer"], name="appraisal_case_reviewer"),
            models.Index(fields=["reviewer"], name="appraisal_case_reviewed_by"),
            models.Index(fields=["round", "group", "grade"], name="appraisal_case_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.round_id}"


class Score(models.Model):
    """评分: what one body gave a case for one item, from 0 to 100, and on what it stands. Its own is the self-score."""

    class By(models.TextChoices):
        SELF = "self", _("the body itself")
        PEER = "peer", _("a body beside it")
        SUPERIOR = "superior", _("the body above it")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="scores", db_index=False)
    item = models.CharField(max_length=40)
    by_whom = models.CharField(max_length=8, choices=By.choices)
    giver = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    evidence = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "by_whom", "giver", "item"], name="appraisal_score_once"),
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=100), name="appraisal_score_0_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.case_id}: {self.value}"


class Mark(models.Model):
    """扣分、加分或一票否决: beside the items, with evidence. A veto counts once another person approves it."""

    class Kind(models.TextChoices):
        DEDUCTION = "deduction", _("deduction")
        BONUS = "bonus", _("bonus")
        VETO = "veto", _("veto")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="marks", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    key = models.CharField(max_length=40)
    points = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    evidence = models.CharField(max_length=LONGEST)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "key"], name="appraisal_mark_once"),
            models.CheckConstraint(condition=~Q(evidence=""), name="appraisal_mark_has_evidence"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="appraisal_mark_points"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(by=None) | ~Q(approved_by=F("by")), name="appraisal_veto_by_two"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="appraisal_approved_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.case_id}"


class Box(models.Model):
    """票箱: the closed ballot about one case, as numbers of each option, the last one “do not know”.

    `roll`: how many may vote. Who voted stands apart (`BallotCode`, without what), or on no list at all (paper). Once
    closed it holds only what may be told, and is told once (rollup.branch_counts): of a band the numbers are gone.
    """

    class Kind(models.TextChoices):
        MEMBERS = "members", _("members' ballot")
        PEOPLE = "people", _("people's review")

    class State(models.TextChoices):
        OPEN = "open", _("box is open")
        CLOSED = "closed", _("box is counted")
        VOID = "void", _("too few took part")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="boxes")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    roll = models.PositiveIntegerField()
    phone = ArrayField(models.PositiveIntegerField(), default=list, help_text="cast with codes, until it is closed")
    paper = ArrayField(models.PositiveIntegerField(), null=True, blank=True, help_text="on which two people agreed")
    told = models.JSONField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "boxes"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=~Q(state="void"), name="appraisal_one_box_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", told__isnull=False, paper=None) | ~Q(state="closed") & Q(told=None),
                name="appraisal_box_told_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class BallotCode(models.Model):
    """评议码: that somebody may vote in a box once. What was voted is not with it; nor is when, nor by whom."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="codes")
    hash = models.CharField(max_length=64, unique=True)
    is_used = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"code of {self.box_id}"


class PaperCount(models.Model):
    """纸票计数: the numbers of the papers as one person typed them. Where two agree they count, and this row goes."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="typed", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    numbers = ArrayField(models.PositiveIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "by"], name="appraisal_typed_once_by_each")]

    def __str__(self) -> str:
        return f"papers of {self.box_id}"


class Objection(models.Model):
    """异议: what somebody concerned has against a grade, and the answer, by another person than who proposed it."""

    class State(models.TextChoices):
        RAISED = "raised", _("waits for an answer")
        UPHELD = "upheld", _("was upheld")
        REJECTED = "rejected", _("was not upheld")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="objections")
    reason = models.CharField(max_length=LONGEST)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RAISED)
    answer = models.CharField(max_length=LONGEST, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="appraisal_objection_says_why"),
            models.CheckConstraint(
                condition=Q(state="raised", answered_at=None, answer="")
                | ~Q(state="raised") & Q(answered_at__isnull=False) & ~Q(answer=""),
                name="appraisal_objection_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"objection to {self.case_id}"


class Regrade(models.Model):
    """重新核算: what another calculation made of a case: grade and score before it and after it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="regrades")
    calculation = models.PositiveIntegerField()
    grade_before = models.CharField(max_length=40)
    grade_after = models.CharField(max_length=40)
    score_before = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    score_after = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("calculation", "pk")
        constraints = [models.UniqueConstraint(fields=["case", "calculation"], name="appraisal_regraded_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.grade_before} → {self.grade_after}"
