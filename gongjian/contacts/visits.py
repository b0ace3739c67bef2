"""Telling of a visit with the problems it found, correcting that, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.asks.models import Sending
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused

from .access import contacts_visible_to, office_that_visits, visits_visible_to
from .models import ContactPoint, Problem, Visit
from .models.points import FEWEST_TOLD, MOST_PROBLEMS
from .refusing import texts
from .states import subject_of


@dataclass(frozen=True)
class Found:
    """A problem as it is told with the visit; `done`: what was done on the spot, empty if it is still open."""

    what: str
    done: str = ""


@in_sentences
def enter(
    contact: ContactPoint,
    *,
    on: date,
    seen: str,
    met: str = "",
    people: int | None = None,
    problems: Sequence[Found] = (),
    today: date,
    by: Reader,
) -> Visit:
    """The leader was there on a day, saw this, and found up to three problems. Raises Refused."""
    contact, as_office = _held(contact, by)
    said = _checked(contact, on, seen, met, people, today)
    if Visit.objects.filter(contact=contact, on=on).exists():
        raise Refused(_("A visit on that day is told already. Correct that one."))
    told = [each for each in problems if each.what.strip()]
    if len(told) > MOST_PROBLEMS:
        raise Refused(_("At most %(most)s problems with one visit. Join some of them.") % {"most": MOST_PROBLEMS})
    facts = {"contact": contact.pk, "problems": len(told)}
    act = record("contacts.visit", by=by, subject=subject_of(contact), on=on, facts=facts, as_office=as_office)
    visit = Visit.objects.create(contact=contact, on=on, people=people, act=act, **said)
    Problem.objects.bulk_create(_problem(visit, each) for each in told)
    return visit


def _problem(visit: Visit, found: Found) -> Problem:
    said = texts(Problem, {"what": found.what, "outcome": found.done}, {})
    solved = {"state": Problem.State.SOLVED, "ended_on": visit.on} if said["outcome"] else {}
    return Problem(visit=visit, **said, **solved)


@in_sentences
def correct(
    visit: Visit, *, on: date, seen: str, met: str = "", people: int | None = None, today: date, by: Reader
) -> Visit:
    """Tell it anew; what stood there before stays in the chronicle. Raises Refused."""
    visit, as_office = _held_visit(visit, by)
    said = _checked(visit.contact, on, seen, met, people, today)
    if Visit.objects.filter(contact=visit.contact_id, on=on).exclude(pk=visit.pk).exists():
        raise Refused(_("A visit on that day is told already. Correct that one."))
    act = record("contacts.correct_visit", by=by, subject=subject_of(visit), on=on, as_office=as_office)
    keep_before(act, Visit._meta.db_table, "r.id = %s", [visit.pk])
    fields: dict[str, Any] = {**said, "on": on, "people": people}
    for name, value in fields.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(fields))
    return visit


@in_sentences
def take_back(visit: Visit, *, by: Reader) -> ContactPoint:
    """It was told by mistake: it goes with its problems, as long as nobody else was asked about one. Raises Refused."""
    visit, as_office = _held_visit(visit, by)
    problems = list(visit.problems.select_for_update())
    if Sending.objects.filter(about__in=[each.reference for each in problems]).exists():
        raise Refused(_("Another organisation was asked about one of its problems, so it stays. Correct it instead."))
    facts = {"contact": visit.contact_id, "problems": len(problems)}
    act = record("contacts.take_back_visit", by=by, subject=subject_of(visit), facts=facts, as_office=as_office)
    keep_before(act, Problem._meta.db_table, "r.visit_id = %s", [visit.pk], deleted=True)
    keep_before(act, Visit._meta.db_table, "r.id = %s", [visit.pk], deleted=True)
    contact = visit.contact
    visit.problems.all().delete()
    visit.delete()
    return contact


# == what is looked at first ==
def may_tell(by: Reader, contact: ContactPoint) -> str:
    """The office in which the reader tells of visits there. Raises Refused."""
    office = office_that_visits(by, contact)
    if office is None:
        raise Refused(
            _("Visits are told by the leader, or by whoever keeps the plan of the leader's organisation. You do not.")
        )
    return office


def _held(contact: ContactPoint, by: Reader) -> tuple[ContactPoint, str]:
    found = contacts_visible_to(by).select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if found is None:
        raise Refused(_("This contact point is not there any more. Go back to the list."))
    return found, may_tell(by, found)


def _held_visit(visit: Visit, by: Reader) -> tuple[Visit, str]:
    rows = visits_visible_to(by).select_for_update(of=("self",)).filter(pk=visit.pk)
    found = rows.select_related("contact").first()
    if found is None:
        raise Refused(_("This visit was taken back by now. Go back to the contact point."))
    return found, may_tell(by, found.contact)


def _checked(contact: ContactPoint, on: date, seen: str, met: str, people: int | None, today: date) -> dict[str, str]:
    said = texts(Visit, {"seen": seen, "met": met}, {"seen": _("Say in a sentence what was seen.")})
    if on > today:
        raise Refused(_("This day has not come yet. Tell of the visit when it was made."))
    if on < contact.since or (contact.until is not None and on >= contact.until):
        raise Refused(_("It was no contact point on that day. Choose a day on which it was one."))
    if people is not None and people < FEWEST_TOLD:
        raise Refused(
            _("Fewer than %(least)s people are not told as a number. Leave it empty.") % {"least": FEWEST_TOLD}
        )
    return said
