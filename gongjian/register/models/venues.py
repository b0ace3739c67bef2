"""Venues: places that lines share, the plaques on their doors, and the check of their items."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .bodies import Body
from .dated import Dated, by_act, not_empty, one_at_a_time
from .people import Person
from .units import Unit
from .words import Line


class Venue(Dated):
    """阵地: a place for meeting and service in a unit, kept by a body. `valid` is its life."""

    name = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="venues")
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="venues")
    keeper = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    area = models.PositiveIntegerField(null=True, blank=True, help_text="square metres")
    hours = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [not_empty("register_venue_has_days")]
        indexes = [by_act("register_venue_act")]

    def __str__(self) -> str:
        return self.name


class VenueShare(Dated):
    """A line shares a venue."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="shares")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            one_at_a_time("register_share_once_a_day", "venue", "line"),
            not_empty("register_share_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} in {self.venue_id}"


class Plaque(Dated):
    """牌子: 党员之家, 职工之家, 青年之家, 妇女之家 on the door, from–to. `kind` is a choice of the list "plaque"."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="plaques")
    kind = models.CharField(max_length=40)

    class Meta:
        constraints = [
            one_at_a_time("register_plaque_once_a_day", "venue", "kind"),
            not_empty("register_plaque_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.venue_id}"


class VenueCheck(models.Model):
    """Which of the checklist's items a venue had on the day it was looked at. Items are choices of "check_item"."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="checks")
    checked_on = models.DateField()
    items = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        ordering = ("-checked_on",)
        constraints = [models.UniqueConstraint(fields=["venue", "checked_on"], name="register_one_check_a_day")]

    def __str__(self) -> str:
        return f"{self.venue_id} on {self.checked_on}"
