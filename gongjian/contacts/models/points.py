"""A leader's contact point, its visits, what they found, and what makes it a demonstration point."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.chronicle.models import Act
from gongjian.register.models import Body, Office, OfficeKind
from gongjian.register.models.dated import Dated, by_act, not_empty, one_at_a_time
from gongjian.register.models.words import Word

MOST_VISITS = 52  # a year
FEWEST_TOLD = 5  # persons; fewer are not told as a number
MOST_PROBLEMS = 3  # of one visit


class VisitNorm(Word):
    """走访要求: with how many visits a year a contact point begins, and where that is from. A pack has it."""

    visits = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta(Word.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(visits__gte=1, visits__lte=MOST_VISITS), name="contacts_norm_in_bounds")
        ]


class ContactPoint(Dated):
    """联系点: a leader keeps in touch with one body, from a day on. Which kind it is – 党、工、青、妇 – the line of the
    body says.

    `leader` is an office, whoever holds it; the database does not hold it, so that a contact point keeps no office
    from being taken back. `leader_body` and `leader_kind` say whose it was when the office is gone.
    """

    leader = models.ForeignKey(Office, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    leader_body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="contacts_led")
    leader_kind = models.ForeignKey(OfficeKind, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="contacts")
    wanted = models.PositiveSmallIntegerField(help_text="visits a year")
    why = models.CharField(max_length=300)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_at_a_time("contacts_point_once_a_day", "leader", "point"),
            not_empty("contacts_point_has_days"),
            models.CheckConstraint(condition=~Q(point=F("leader_body")), name="contacts_point_is_another_body"),
            models.CheckConstraint(condition=~Q(why=""), name="contacts_point_says_why"),
            models.CheckConstraint(
                condition=Q(wanted__gte=1, wanted__lte=MOST_VISITS), name="contacts_point_wants_some_visits"
            ),
        ]
        indexes = [by_act("contacts_point_act")]

    def __str__(self) -> str:
        return f"{self.leader_id} at {self.point_id}"

    def has_ended(self, today: date) -> bool:
        return self.until is not None and self.until <= today


class Visit(models.Model):
    """走访: the leader was at the point on a day; what was seen, and whom one met, in words and without names."""

    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="visits", db_index=False)
    on = models.DateField()
    seen = models.CharField(max_length=1000)
    met = models.CharField(max_length=200, blank=True, help_text="groups, no names")
    people = models.PositiveSmallIntegerField(null=True, blank=True, help_text="so many; None: not told")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "on"], name="contacts_visit_once_a_day"),
            models.CheckConstraint(condition=~Q(seen=""), name="contacts_visit_says_what"),
            models.CheckConstraint(
                condition=Q(people=None) | Q(people__gte=FEWEST_TOLD), name="contacts_visit_tells_no_few"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.on}"


class Problem(models.Model):
    """带回的问题: found on a visit. What became of one that was taken on, its ask says."""

    class State(models.TextChoices):
        OPEN = "open", _("noted")
        SOLVED = "solved", _("solved")
        TAKEN_ON = "taken_on", _("taken on")
        UNSOLVABLE = "unsolvable", _("cannot be solved")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="problems")
    what = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=300, blank=True, help_text="what was done, or why it cannot be")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="contacts_problem_says_what"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "taken_on"), outcome="", ended_on=None)
                | Q(state__in=("solved", "unsolvable"), ended_on__isnull=False) & ~Q(outcome=""),
                name="contacts_problem_ended_how",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def reference(self) -> str:
        """As an ask names it that stands on it."""
        return f"contacts.problem:{self.pk}"


class Demonstration(models.Model):
    """示范点: a contact point that others may learn from, by the approval of who may give one, until it is looked at
    again.

    City and county departments, mass organisations, towns and streets may not run 创建示范; a city's or county's Party
    committee or government may when that is approved (《创建示范活动管理办法（试行）》, 2022).
    """

    class Level(models.TextChoices):
        CENTRAL = "central", _("central authorities")
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWN = "town", _("town or street")

    class Approver(models.TextChoices):
        PARTY = "party", _("Party committee")
        GOVERNMENT = "government", _("government")
        DEPARTMENT = "department", _("department")
        MASS = "mass", _("mass organisation")

    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="demonstrations")
    document = models.CharField(max_length=80, help_text="its number")
    approver = models.CharField(max_length=100, help_text="name of who approved it")
    approver_kind = models.CharField(max_length=10, choices=Approver.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    approved_on = models.DateField()
    link = models.URLField(max_length=300, blank=True)
    file = models.FileField(upload_to="contacts/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    recheck_on = models.DateField(help_text="by when it is looked at again")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(withdrawn_on=None), name="contacts_demonstration_one_stands"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="contacts_demonstration_has_a_document"),
            models.CheckConstraint(
                condition=Q(level__in=("central", "province"))
                | Q(level__in=("city", "county"), approver_kind__in=("party", "government")),
                name="contacts_demonstration_may_be_approved_so",
            ),
            models.CheckConstraint(
                condition=Q(recheck_on__gt=F("approved_on")), name="contacts_demonstration_rechecked"
            ),
            models.CheckConstraint(
                condition=Q(file="", sha256="") & ~Q(link="") | ~Q(file="") & ~Q(sha256=""),
                name="contacts_demonstration_has_its_paper",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_because="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_because=""),
                name="contacts_demonstration_withdrawn_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.document

    @property
    def stands(self) -> bool:
        return self.withdrawn_on is None

    def is_due(self, today: date) -> bool:
        """Is it to be looked at again by now?"""
        return self.stands and self.recheck_on <= today


class Recheck(models.Model):
    """复查: a demonstration point was looked at again, and kept or withdrawn."""

    demonstration = models.ForeignKey(Demonstration, on_delete=models.PROTECT, related_name="rechecks")
    on = models.DateField()
    kept = models.BooleanField()
    note = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="contacts_recheck_says_what"),
            models.UniqueConstraint(fields=["demonstration", "on"], name="contacts_recheck_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.demonstration_id} on {self.on}"
