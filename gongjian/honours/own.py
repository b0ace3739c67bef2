"""What is held here of one person: for the file that they take away, and when they are forgotten."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import Application, Award, AwardName, Nurturing, Reviewer


def tables_of(person: Person) -> list[Table]:
    """Four tables: what was applied for, what was given, nurturing, and in which calls one reviews."""
    asked = Application.objects.filter(person=person).select_related("call").order_by("pk")
    applied = [(each.call.title, each.get_state_display(), each.agreed_on, each.story) for each in asked]
    given = Award.objects.filter(person=person).select_related("honour").order_by("pk")
    names = dict(AwardName.objects.filter(award__person=person).values_list("award_id", "name"))
    awards = [
        (str(each.honour), each.number, each.awarded_on, each.get_state_display(), names.get(each.pk, ""))
        for each in given
    ]
    helped = Nurturing.objects.filter(Q(person=person) | Q(mentor=person)).order_by("pk")
    nurtured = [(each.aim, each.get_state_display(), each.begun_on, each.ended_on) for each in helped]
    reviewed = Reviewer.objects.filter(person=person).select_related("call").order_by("pk")
    calls = [(each.call.title, each.phase) for each in reviewed]
    call, state = ("call", _("Call")), ("state", _("State"))
    return [
        Table("honours_applied", _("Applications for honours"),
              [call, state, ("agreed_on", _("Agreed on")), ("story", _("What was achieved"))], applied),
        Table("honours", _("My honours"),
              [("honour", _("Honour")), ("number", _("Number")), ("on", _("Day")), state, ("name", _("Public name"))],
              awards),
        Table("nurturing", _("Nurturing, as an example or as a mentor"),
              [("aim", _("Aim")), state, ("since", _("From")), ("until", _("Last day"))], nurtured),
        Table("honour_reviews", _("Calls that I review"), [call, ("phase", _("Phase"))], calls),
    ]  # fmt: skip


def forget_of(person: Person) -> None:
    """No name stays public of somebody who is forgotten."""
    AwardName.objects.filter(award__person=person).delete()
