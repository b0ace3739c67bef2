"""The catalogue: which honours there are, and the rules of each as they stood from a day on."""

from __future__ import annotations

from django.db import models

from gongjian.register.models import Line
from gongjian.register.models.words import Word

from .holders import Holder


class Honour(Word):
    """荣誉: one that may be given, with its approval, cycle and rules. A pack has it.

    `document`: on what it stands. Where the pack does not know it, each call says it.
    """

    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="honours")
    holder = models.CharField(max_length=10, choices=Holder.choices)
    document = models.CharField(max_length=120, blank=True)
    in_force = models.DateField(help_text="from which day its last version holds")
    definition = models.JSONField(help_text="the last version, as the pack has it")
    source = models.CharField(max_length=300)


class HonourVersion(models.Model):
    """荣誉办法版本: its rules from a day on. A call keeps the one it began with."""

    honour = models.ForeignKey(Honour, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    since = models.DateField()
    definition = models.JSONField()

    class Meta:
        ordering = ("honour", "-number")
        constraints = [models.UniqueConstraint(fields=["honour", "number"], name="honours_version_once")]

    def __str__(self) -> str:
        return f"{self.honour_id} v{self.number}"
