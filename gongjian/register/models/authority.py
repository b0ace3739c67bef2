"""Where rights come from: what an office lets its holder do, and what a holder lends to somebody else for a time."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .dated import Dated, by_act, not_empty, one_at_a_time
from .people import Office, Person
from .words import Word


class Permission(models.TextChoices):
    """A permission word. The words are code; which office carries which, and over what, is the pack's to say."""

    SEE_COUNTS = "see_counts", _("see head-counts, covers and gaps")
    SEE_PEOPLE = "see_people", _("see who holds office and who is a member")
    SEE_CHANGES = "see_changes", _("see who wrote what into the register")
    KEEP_REGISTER = "keep_register", _("change the register")
    APPOINT = "appoint", _("appoint and remove office holders")
    SET_TARGETS = "set_targets", _("set targets for places")
    ASK = "ask", _("ask something of organisations")
    ANSWER = "answer", _("answer what an organisation is asked")
    KEEP_PLANS = "keep_plans", _("keep the yearly plan of an organisation")


class Role(Word):
    """A few permission words over a stretch of one walk.

    The stretch begins at the body in which the office is held; in the territory, at the unit where that body sits. It
    reaches `depth` steps below (0 = that one alone), or all the way down when there is no depth.
    """

    class Walk(models.TextChoices):
        TERRITORY = "territory", _("by territory")
        LINE = "line", _("by line")
        LEADERSHIP = "leadership", _("by leadership")

    permissions = ArrayField(models.CharField(max_length=20, choices=Permission.choices))
    walk = models.CharField(max_length=12, choices=Walk.choices)
    depth = models.PositiveSmallIntegerField(null=True, blank=True)
    second_factor = models.BooleanField(
        default=False, db_default=False, help_text="whoever holds or borrows it signs in with a second factor"
    )


class Delegation(Dated):
    """委托: the holder of an office lends its rights to somebody else. It ends by itself: with its own last day, or
    with the office. Appointing is not lent, and what was lent is not lent on."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="delegations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegated")

    class Meta:
        constraints = [
            one_at_a_time("register_delegation_once_a_day", "office", "person"),
            not_empty("register_delegation_has_days"),
            models.CheckConstraint(condition=Q(valid__upper_inf=False), name="register_delegation_ends"),
        ]
        indexes = [by_act("register_delegation_act")]

    @property
    def last_day(self) -> date:
        """The last day on which it is lent."""
        end: date = self.valid.upper
        return end - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.office_id} lent to {self.person_id}"
