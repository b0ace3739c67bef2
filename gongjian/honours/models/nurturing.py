"""Who is nurtured as a model before any honour: with a mentor, in stages, to an application or an honest end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Person

from .calls import Application
from .catalogue import Honour
from .holders import Held, one_holder


class Nurturing(Held):
    """典型培育: a keeper helps a unit, a body or a person to become an example. `aim`: in which way, in words."""

    class State(models.TextChoices):
        GROWING = "growing", _("is nurtured")
        APPLIED = "applied", _("led to an application")
        ENDED = "ended", _("ended without one")

    keeper = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="nurturings")
    mentor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="nurturings_led")
    honour = models.ForeignKey(Honour, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    aim = models.CharField(max_length=300)
    begun_on = models.DateField()
    agreed_how = models.CharField(max_length=100, blank=True, help_text="how the person agreed")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GROWING)
    application = models.ForeignKey(Application, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            one_holder("honours_nurturing_of_one"),
            models.CheckConstraint(condition=~Q(aim=""), name="honours_nurturing_has_an_aim"),
            models.CheckConstraint(condition=Q(person=None) | ~Q(agreed_how=""), name="honours_nurtured_agreed"),
            models.CheckConstraint(
                condition=Q(state="growing", ended_on=None, application=None)
                | Q(state="applied", ended_on__isnull=False, application__isnull=False)
                | Q(state="ended", ended_on__isnull=False, application=None) & ~Q(ended_because=""),
                name="honours_nurturing_ended_how",
            ),
        ]

    def __str__(self) -> str:
        return self.aim

    @property
    def about(self) -> str:
        return f"honours.nurturing:{self.pk}"


class NurturingStage(models.Model):
    """培育阶段: what is to be reached by a day, and what was said when it was."""

    nurturing = models.ForeignKey(Nurturing, on_delete=models.CASCADE, related_name="stages", db_index=False)
    what = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    word = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="honours_stage_says_what"),
            models.UniqueConstraint(fields=["nurturing", "due_on"], name="honours_stage_one_a_day"),
            models.CheckConstraint(
                condition=Q(done_on=None, word="") | Q(done_on__isnull=False) & ~Q(word=""),
                name="honours_stage_done_how",
            ),
        ]

    def __str__(self) -> str:
        return self.what
