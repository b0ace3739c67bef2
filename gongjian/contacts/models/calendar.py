"""The calendar of checks: who comes, by which plan, when, and where several go together. What they find is not here."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Unit

FIRST_YEAR, LAST_YEAR = 2000, 2199


class Inspection(models.Model):
    """检查: what one body looks at elsewhere in a year. One of the yearly plan has a plan number 计划编号; any other
    counts only when the superior has agreed to it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for consent")
        STANDS = "stands", _("in the calendar")
        REFUSED = "refused", _("consent refused")
        WITHDRAWN = "withdrawn", _("not wanted any more")
        CANCELLED = "cancelled", _("called off")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="inspections", help_text="who inspects")
    title = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40, blank=True, help_text="in the yearly plan; empty: not planned")
    document = models.CharField(max_length=200, help_text="what it is based on")
    reason = models.CharField(max_length=300, blank=True, help_text="why it is wanted without being planned")
    asked_of = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="inspections_decided",
        help_text="whose consent it takes",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)
    decided_on = models.DateField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True, help_text="with the consent, or why not, or why called off")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "year", "number"], condition=~Q(number=""), name="contacts_inspection_number_once"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="contacts_inspection_of_a_year"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(document=""), name="contacts_inspection_says_what"),
            models.CheckConstraint(
                condition=~Q(number="") & Q(reason="", asked_of=None) & Q(state__in=("stands", "cancelled"))
                | Q(number="", asked_of__isnull=False) & ~Q(reason=""),
                name="contacts_inspection_planned_or_agreed",
            ),
            models.CheckConstraint(
                condition=Q(number="", state="stands", decided_on__isnull=False)
                | ~Q(number="") & Q(state="stands", decided_on=None)
                | Q(state="waiting", decided_on=None)
                | Q(state__in=("refused", "withdrawn", "cancelled"), decided_on__isnull=False) & ~Q(said=""),
                name="contacts_inspection_decided_when",
            ),
        ]
        indexes = [models.Index(fields=["body", "year"], name="contacts_inspection_of")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        return bool(self.number)

    @property
    def is_live(self) -> bool:
        """May it still take place?"""
        return self.state in (Inspection.State.WAITING, Inspection.State.STANDS)


class JointCheck(models.Model):
    """联合检查: stops of several inspections at one place go together, on one day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()

    def __str__(self) -> str:
        return f"{self.unit_id} on {self.on}"


class Stop(models.Model):
    """检查点次: where an inspection comes to, in a month or on a day: a body, at the unit where it sat when that was
    entered, or a unit itself."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="stops", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inspection_stops", db_index=False)
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="inspection_stops")
    month = models.DateField(help_text="its first day")
    on = models.DateField(null=True, blank=True, help_text="None: some day of the month")
    joint = models.ForeignKey(JointCheck, null=True, blank=True, on_delete=models.PROTECT, related_name="stops")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "unit", "month"], name="contacts_stop_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="contacts_stop_month_begins"),
            models.CheckConstraint(condition=Q(on=None) | Q(month=TruncMonth("on")), name="contacts_stop_in_its_month"),
            models.CheckConstraint(condition=Q(joint=None) | Q(on__isnull=False), name="contacts_stop_joint_has_a_day"),
        ]
        indexes = [
            models.Index(fields=["month", "unit", "id"], name="contacts_stop_month"),
            models.Index(fields=["unit", "month"], name="contacts_stop_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} at {self.unit_id}"

    def is_over(self, today: date) -> bool:
        return (self.on or _last_day(self.month)) < today


def _last_day(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1) - date.resolution
