"""The vocabulary a pack defines: lines, kinds, forms, and the choices of the smaller lists."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import get_language


def spoken(names: dict[str, str]) -> str:
    """The name in the reader's language; Chinese where there is no other."""
    return names.get(get_language() or "zh-hans") or names.get("zh-hans", "")


class Word(models.Model):
    """A term of the pack, with its name in each language: {"zh-hans": …, "en": …}."""

    key = models.CharField(max_length=40, primary_key=True)
    names = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ("position", "key")

    def __str__(self) -> str:
        return spoken(self.names)


class Line(Word):
    """条线: Party, union, League, women. Exactly one line leads the others."""

    mark = models.CharField(max_length=1, help_text="the character in the ring: 党, 工, 团, 妇")
    leads = models.BooleanField(default=False)


class UnitKind(Word):
    """What kind of place or employer a unit is, and on which level it stands."""

    class Level(models.TextChoices):
        CITY = "city"
        COUNTY = "county"
        TOWN = "town"
        VILLAGE = "village"
        PLACE = "place"
        EMPLOYER = "employer"

    level = models.CharField(max_length=10, choices=Level.choices)
    under = ArrayField(models.CharField(max_length=10), default=list, help_text="levels its parent may have")


class BodyKind(Word):
    """What kind of organisation a body is within its line: committee, branch, federation, joint union …"""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="kinds")
    many_units = models.BooleanField(default=False, help_text="covers several units by its nature (joint, trade, area)")
    has_term = models.BooleanField(default=True, help_text="elected for a term of office")


class Form(Word):
    """Form of establishment 组建形式: single, joint, area, trade, chain, building …"""


class OfficeKind(Word):
    """What office somebody holds in a body: secretary, chair, organiser …"""

    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="offices")
    heads = models.BooleanField(default=False, help_text="whoever holds it heads the body")
    roles = models.ManyToManyField("register.Role", related_name="office_kinds", blank=True)


class Choice(models.Model):
    """One word of a smaller list: trade, ownership, sector, status, plaque, check item, head-count kind."""

    list = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    names = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("list", "position", "key")
        constraints = [models.UniqueConstraint(fields=["list", "key"], name="register_choice_once")]

    def __str__(self) -> str:
        return spoken(self.names)


class Threshold(models.Model):
    """From how many people a line must have which body: a rule with its days and its source."""

    key = models.CharField(max_length=60)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="thresholds")
    least = models.PositiveIntegerField()
    valid = DateRangeField()
    names = models.JSONField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("line", "key", "valid")
        constraints = [
            ExclusionConstraint(
                name="register_threshold_one_a_day",
                expressions=[("key", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{spoken(self.names)} ≥ {self.least}"
