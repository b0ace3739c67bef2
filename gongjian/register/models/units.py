"""Units: places and employers, how each stood from day to day, and how many people it counts."""

from django.db import models
from django.db.models import Q

from .dated import Dated, by_act, not_empty, one_at_a_time
from .words import UnitKind


class Unit(models.Model):
    """单位: one place or employer through all its names, codes and parents.

    `path` is today's place in the territory: the steps of the ids from the top to the unit itself, each step written
    so that text order is number order ("a7.b12."); empty while the unit does not stand. Other days walk `UnitEntry`.
    `last_path` is written only for a unit that does not stand: the path of the nearest unit it last stood in that
    does. Whoever looks after that one may look after what is kept of this one.
    """

    path = models.TextField(default="", blank=True, db_collation="C")
    last_path = models.TextField(default="", db_default="", blank=True, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["path"], name="register_unit_path", condition=~Q(path="")),
            models.Index(fields=["last_path"], name="register_unit_last_path", condition=~Q(last_path="")),
        ]

    def __str__(self) -> str:
        return f"unit {self.pk}"


class UnitEntry(Dated):
    """How a unit stood from one day until another: its name, codes, kind, parent and registration."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entries")
    name = models.CharField(max_length=200)
    official_name = models.CharField(max_length=200, blank=True, help_text="as published, where it differs")
    code = models.CharField(max_length=20, blank=True, help_text="statistical code")
    credit_code = models.CharField(max_length=18, blank=True, help_text="统一社会信用代码")
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT)
    parent = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="child_entries")
    status = models.CharField(max_length=40, default="active")
    trade = models.CharField(max_length=40, blank=True)
    sector = models.CharField(max_length=40, blank=True)
    ownership = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_at_a_time("register_unit_one_entry_a_day", "unit"),
            one_at_a_time("register_unit_code_once_a_day", "code", condition=~Q(code="")),
            one_at_a_time("register_unit_credit_code_once_a_day", "credit_code", condition=~Q(credit_code="")),
            not_empty("register_unit_entry_has_days"),
            models.CheckConstraint(condition=~Q(parent=models.F("unit")), name="register_unit_not_in_itself"),
            models.CheckConstraint(condition=~Q(name=""), name="register_unit_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["name"], name="register_unit_entry_name"),
            models.Index(
                fields=["code"], name="register_unit_entry_code", condition=~Q(code=""), opclasses=["text_pattern_ops"]
            ),
            models.Index(
                fields=["credit_code"],
                name="register_unit_entry_credit",
                condition=~Q(credit_code=""),
                opclasses=["text_pattern_ops"],
            ),
            by_act("register_unit_entry_act"),
        ]

    def __str__(self) -> str:
        return self.name


class StandsIn(Dated):
    """The building, park or market an employer stands in: the second link beside its parent."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="stands_in")
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="houses")

    class Meta:
        constraints = [
            one_at_a_time("register_stands_in_one_a_day", "unit"),
            not_empty("register_stands_in_has_days"),
            models.CheckConstraint(condition=~Q(place=models.F("unit")), name="register_not_stands_in_itself"),
        ]
        indexes = [by_act("register_stands_in_act")]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.place_id}"


class Headcount(Dated):
    """How many people a unit counts, by kind, from a source. None = not known, never zero by default."""

    KINDS = ("staff", "women", "under_35", "dispatched", "migrant")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="headcounts")
    staff = models.PositiveIntegerField(null=True, blank=True)
    women = models.PositiveIntegerField(null=True, blank=True)
    under_35 = models.PositiveIntegerField(null=True, blank=True)
    dispatched = models.PositiveIntegerField(null=True, blank=True)
    migrant = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_at_a_time("register_headcount_one_a_day", "unit"),
            not_empty("register_headcount_has_days"),
            models.CheckConstraint(
                name="register_headcount_parts_within_staff",
                condition=Q(staff__isnull=True)
                | (
                    (Q(women__isnull=True) | Q(women__lte=models.F("staff")))
                    & (Q(under_35__isnull=True) | Q(under_35__lte=models.F("staff")))
                    & (Q(migrant__isnull=True) | Q(migrant__lte=models.F("staff")))
                ),
            ),
        ]
        indexes = [by_act("register_headcount_act")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.staff}"
