"""Whose an honour is, or is to be: a unit, one team in it, a body, or a person. Exactly one of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Person, Unit


class Holder(models.TextChoices):
    UNIT = "unit", _("a unit, or a team in it")
    BODY = "body", _("an organisation")
    PERSON = "person", _("a person")


def one_holder(name: str) -> models.CheckConstraint:
    """A unit, a body or a person; a team only of a unit."""
    return models.CheckConstraint(
        condition=Q(unit__isnull=False, body=None, person=None)
        | Q(unit=None, body__isnull=False, person=None, team="")
        | Q(unit=None, body=None, person__isnull=False, team=""),
        name=name,
    )


class Held(models.Model):
    """`team`: its name, where the honour is for one team of the unit, which the register does not know."""

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=60, blank=True)
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def holder_kind(self) -> str:
        return "unit" if self.unit_id else "body" if self.body_id else "person"

    @property
    def holder(self) -> tuple[str, int]:
        """Of which kind, and its id in the register."""
        return self.holder_kind, self.unit_id or self.body_id or self.person_id or 0
