"""Bodies: the organisations of the lines, which units they cover, and their terms of office."""

from django.db import models
from django.db.models import Q

from .dated import Dated, by_act, not_empty, one_at_a_time
from .units import Unit
from .words import BodyKind, Form, Line


class Body(models.Model):
    """组织: one organisation of one line through all its names, seats and superiors. A body is not a unit.

    `line_path` and `lead_path` are today's places in the walk by line and in the walk by leadership, written as
    `Unit.path` is; empty where the body does not stand in that walk today. `last_line_path` and `last_lead_path` are
    to them what `Unit.last_path` is to `Unit.path`.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="bodies", db_index=False)
    line_path = models.TextField(default="", blank=True, db_collation="C")
    lead_path = models.TextField(default="", blank=True, db_collation="C")
    last_line_path = models.TextField(default="", db_default="", blank=True, db_collation="C")
    last_lead_path = models.TextField(default="", db_default="", blank=True, db_collation="C")

    class Meta:
        verbose_name_plural = "bodies"
        indexes = [
            models.Index(fields=["line", "line_path"], name="register_body_line_path", condition=~Q(line_path="")),
            models.Index(fields=["lead_path"], name="register_body_lead_path", condition=~Q(lead_path="")),
            models.Index(fields=["last_line_path"], name="register_body_last_line", condition=~Q(last_line_path="")),
            models.Index(fields=["last_lead_path"], name="register_body_last_lead", condition=~Q(last_lead_path="")),
        ]

    def __str__(self) -> str:
        return f"body {self.pk}"


class BodyEntry(Dated):
    """How a body stood from one day until another: name, code, kind, form, seat, superior in its line, leader."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="entries")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=24, blank=True)
    kind = models.ForeignKey(BodyKind, on_delete=models.PROTECT, db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, db_index=False)
    seat = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="seated_entries")
    superior = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="inferior_entries")
    leader = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="led_entries")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_at_a_time("register_body_one_entry_a_day", "body"),
            one_at_a_time("register_body_code_once_a_day", "code", condition=~Q(code="")),
            not_empty("register_body_entry_has_days"),
            models.CheckConstraint(condition=~Q(superior=models.F("body")), name="register_body_not_its_superior"),
            models.CheckConstraint(condition=~Q(leader=models.F("body")), name="register_body_not_its_leader"),
            models.CheckConstraint(condition=~Q(name=""), name="register_body_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["name"], name="register_body_entry_name"),
            models.Index(
                fields=["code"], name="register_body_entry_code", condition=~Q(code=""), opclasses=["text_pattern_ops"]
            ),
            by_act("register_body_entry_act"),
        ]

    def __str__(self) -> str:
        return self.name


class Term(Dated):
    """届期: the term of office a body was elected for. Past its last day it has expired until a new one begins."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [one_at_a_time("register_term_one_a_day", "body"), not_empty("register_term_has_days")]
        indexes = [by_act("register_term_act")]

    def __str__(self) -> str:
        return f"{self.body_id} {self.valid}"


class Cover(Dated):
    """覆盖: a body covers a unit. Many-to-many: a joint union covers many units, a unit has a body of each line."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="covers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="covers")

    class Meta:
        constraints = [
            one_at_a_time("register_cover_once_a_day", "unit", "body"),
            not_empty("register_cover_has_days"),
        ]
        indexes = [by_act("register_cover_act")]

    def __str__(self) -> str:
        return f"{self.body_id} covers {self.unit_id}"
