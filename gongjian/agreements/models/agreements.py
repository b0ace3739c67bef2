"""A collective wage agreement on its way and in force: parties, units, delegates, content, and every step taken."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Unit

from .words import ContentHeading, Statute

LONGEST = 1000  # characters of what is agreed under one heading
BARGAINING = (
    "demanded", "answered", "delegated", "called", "met", "drafted", "rejected", "passed", "signed", "filed",
    "mediated",
)  # fmt: skip


class Scope(models.TextChoices):
    """协议类型: for one employer, or for those of an area or of a trade in it."""

    SINGLE = "single", _("one employer")
    AREA = "area", _("area")
    TRADE = "trade", _("trade")


class Side(models.TextChoices):
    WORKERS = "workers", _("workers")
    EMPLOYER = "employer", _("employer")


class Agreement(models.Model):
    """集体合同: a wage agreement between a union body and an employer, or the employers' side of an area or trade.

    `due_on` is the day by which the next step is owed, counted from `counts_from` by the rule `clock`; null while the
    working days it needs are not published. `since` and `until` are its first and last day in force.
    """

    class State(models.TextChoices):
        DEMANDED = "demanded", _("demanded, to be answered")
        ANSWERED = "answered", _("answered, delegates to be named")
        DELEGATED = "delegated", _("delegates named, meeting to be called")
        CALLED = "called", _("meeting called")
        MET = "met", _("met, draft to be written")
        DRAFTED = "drafted", _("draft before the congress")
        REJECTED = "rejected", _("to be negotiated anew")
        PASSED = "passed", _("passed, to be signed")
        SIGNED = "signed", _("signed, to be filed")
        FILED = "filed", _("filed, waits for objections")
        IN_FORCE = "in_force", _("in force, to be published")
        PUBLISHED = "published", _("in force and published")
        MEDIATED = "mediated", _("in mediation")
        EXPIRED = "expired", _("has run out")
        ENDED = "ended", _("ended without going on")

    union = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="agreements", db_index=False)
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.SINGLE)
    employer = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements_of", db_index=False
    )
    association = models.CharField(max_length=120, blank=True, help_text="who speaks for several employers")
    trade = models.CharField(max_length=40, blank=True, help_text="key of the choice, for a trade agreement")
    title = models.CharField(max_length=120)
    statute = models.ForeignKey(Statute, on_delete=models.PROTECT, related_name="+", db_index=False)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    above_scale = models.BooleanField(default=False, help_text="an employer above the statistical scale")
    demanded_by = models.CharField(max_length=8, choices=Side.choices, default=Side.WORKERS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DEMANDED)
    clock = models.CharField(max_length=40, blank=True)
    counts_from = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    meets_on = models.DateField(null=True, blank=True)
    papers_on = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    summary = models.CharField(max_length=LONGEST, blank=True, help_text="what everybody reads; no wage of a person")
    reason = models.CharField(max_length=300, blank=True, help_text="why it ended without going on")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="single", employer__isnull=False, association="", trade="")
                | Q(scope="area", employer=None, trade="") & ~Q(association="")
                | Q(scope="trade", employer=None) & ~Q(association="") & ~Q(trade=""),
                name="agreements_parties_fit_the_scope",
            ),
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(scope="single", state__in=BARGAINING),
                name="agreements_one_of_employer",
            ),
            models.UniqueConstraint(
                fields=["union", "scope", "trade"],
                condition=~Q(scope="single") & Q(state__in=BARGAINING),
                name="agreements_one_of_area_or_trade",
            ),
            models.UniqueConstraint(fields=["previous"], condition=~Q(state="ended"), name="agreements_renewed_once"),
            models.CheckConstraint(condition=~Q(title=""), name="agreements_has_a_title"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until__isnull=False, since__lte=F("until")),
                name="agreements_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("in_force", "published", "expired")) | Q(since__isnull=False),
                name="agreements_in_force_since",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | ~Q(summary=""), name="agreements_published_says_what"
            ),
            models.CheckConstraint(
                condition=Q(papers_on=None) | Q(papers_on__lte=F("meets_on")), name="agreements_papers_before_meeting"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="agreements_by_state"),
            models.Index(fields=["union", "id"], name="agreements_of_union"),
            models.Index(fields=["due_on", "id"], name="agreements_by_due", condition=Q(due_on__isnull=False)),
            models.Index(fields=["employer"], name="agreements_of_employer", condition=Q(employer__isnull=False)),
            models.Index(fields=["until", "id"], name="agreements_by_end", condition=Q(until__isnull=False)),
            models.Index(F("published_on").desc(), F("id").desc(), name="agreements_public",
                         condition=Q(published_on__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """As the ask for the next step refers to it."""
        return f"agreements.step:{self.pk}"

    @property
    def about_report(self) -> str:
        return f"agreements.report:{self.pk}"

    @property
    def about_renewal(self) -> str:
        return f"agreements.renewal:{self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_uncounted(self) -> bool:
        """Does its clock wait for working days that are not published?"""
        return bool(self.clock) and self.due_on is None

    def is_late(self, today: date) -> bool:
        return not self.is_over and self.state != self.State.FILED and self.due_on is not None and self.due_on < today


class CoveredUnit(models.Model):
    """协议覆盖单位: an agreement is for a unit, and in force there on the days of `valid`; null if it never was."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="agreements", db_index=False)
    scope = models.CharField(max_length=6, choices=Scope.choices)
    valid = DateRangeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "unit"], name="agreements_unit_once"),
            models.CheckConstraint(
                condition=Q(valid=None) | Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="agreements_unit_has_days",
            ),
            ExclusionConstraint(
                name="agreements_one_of_a_scope_a_day",
                expressions=[
                    (F("unit") + 0, RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(valid__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["unit"], name="agreements_of_unit")]

    def __str__(self) -> str:
        return f"{self.agreement_id} covers {self.unit_id}"

    @property
    def last_day(self) -> date | None:
        """The last day in force there."""
        return self.valid.upper - timedelta(days=1) if self.valid else None


class Delegate(models.Model):
    """协商代表: a seat at the table, by side and by office or work. Who sits there is not kept."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="delegates", db_index=False)
    side = models.CharField(max_length=8, choices=Side.choices)
    position = models.PositiveSmallIntegerField()
    post = models.CharField(max_length=60, help_text="office or work, no name")
    is_chief = models.BooleanField(default=False)
    is_outside = models.BooleanField(default=False, help_text="an expert from outside")

    class Meta:
        ordering = ("-side", "position")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side", "position"], name="agreements_delegate_one_a_place"),
            models.UniqueConstraint(
                fields=["agreement", "side"], condition=Q(is_chief=True), name="agreements_one_chief_a_side"
            ),
            models.CheckConstraint(condition=~Q(post=""), name="agreements_delegate_of_what"),
            models.CheckConstraint(condition=~Q(is_chief=True, is_outside=True), name="agreements_chief_from_inside"),
        ]

    def __str__(self) -> str:
        return self.post


class AgreementClause(models.Model):
    """协商条款: what is agreed under one heading of content."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="clauses", db_index=False)
    heading = models.ForeignKey(ContentHeading, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=LONGEST)

    class Meta:
        ordering = ("heading__position",)
        constraints = [
            models.UniqueConstraint(fields=["agreement", "heading"], name="agreements_clause_once"),
            models.CheckConstraint(condition=~Q(words=""), name="agreements_clause_says_what"),
        ]

    def __str__(self) -> str:
        return self.words


class AgreementStep(models.Model):
    """协商步骤: one move of an agreement: which, on which day, by when it was owed, and what there is to say of it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="steps", db_index=False)
    verb = models.CharField(max_length=12)
    on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["agreement", "id"], name="agreements_steps")]

    def __str__(self) -> str:
        return f"{self.verb} on {self.on}"

    @property
    def was_late(self) -> bool:
        return self.due_on is not None and self.on > self.due_on


S = Agreement.State
VALID = (S.IN_FORCE, S.PUBLISHED)
OVER = (S.EXPIRED, S.ENDED)
UNDER_WAY = tuple(S(each) for each in BARGAINING)


def not_renewed() -> Q:
    """What no other one renews, or only one that came to nothing."""
    return ~Q(models.Exists(Agreement.objects.filter(previous=models.OuterRef("pk")).exclude(state=S.ENDED)))
