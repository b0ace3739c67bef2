"""What a member tells in their branch, and what the branch says to that; for the two of them alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongjian.register.models import Person

from .rounds import LONGEST, Telling


class MemberTelling(models.Model):
    """党员述: what somebody on the roll of a branch tells there, if they want to, and what the branch says to it.

    Read by the person and by whoever keeps the branch's matters, never published, and never added up.
    """

    telling = models.ForeignKey(Telling, on_delete=models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST, blank=True)
    strength = models.CharField(max_length=300, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    direction = models.CharField(max_length=300, blank=True)
    said_on = models.DateField(null=True, blank=True)
    commented_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["telling", "person"], name="telling_member_once"),
            models.CheckConstraint(
                condition=Q(said_on=None, words="") | Q(said_on__isnull=False) & ~Q(words=""),
                name="telling_member_said_when",
            ),
            models.CheckConstraint(
                condition=Q(commented_on=None, strength="", problem="", direction="")
                | Q(commented_on__isnull=False) & ~Q(strength="") & ~Q(problem="") & ~Q(direction=""),
                name="telling_member_commented_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.telling_id}"
