"""What is looked at before anything is written about an agreement or a congress."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body, UnitEntry
from gongjian.register.refusals import Refused, check_texts

from .access import agreements_visible_to, office_that_keeps
from .models import Agreement, Scope

NUMBERS_OF_PERSONS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


def keeping(by: Reader, body: Body) -> str:
    office = office_that_keeps(by, body)
    if office is None:
        raise Refused(_("Your office does not keep the matters of this organisation."))
    return office


def held(agreement: Agreement, by: Reader) -> tuple[Agreement, str]:
    """As it stands now, locked, and the office in which the reader acts. Raises Refused."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("union__line", "previous")
    locked = found.get(pk=agreement.pk)
    if not agreements_visible_to(by).filter(pk=locked.pk).exists():
        raise Refused(_("It is not open to you."))
    return locked, keeping(by, locked.union)


def going_on(agreement: Agreement, by: Reader, *, on: date, today: date) -> tuple[Agreement, str]:
    """As `held`, where both parties stand and the day is one on which the step can have been taken."""
    locked, office = held(agreement, by)
    check_parties(locked, today)
    check_day(locked, on, today)
    return locked, office


def check_parties(agreement: Agreement, today: date) -> None:
    """A party that was dissolved cannot go on. What was done stays, and it can be ended. Raises Refused."""
    if agreement.scope == Scope.SINGLE and employer_is_gone(agreement, today):
        raise Refused(
            _("The employer stands no longer, so it cannot go on. End it with the reason; what was done stays.")
        )
    if not agreement.union.line_path and not agreement.union.last_line_path:
        raise Refused(
            _("The trade union stands no longer, and none above it. End it with the reason; what was done stays.")
        )


def employer_is_gone(agreement: Agreement, today: date) -> bool:
    return not UnitEntry.objects.filter(unit=agreement.employer_id, valid__contains=today).exists()


def check_day(agreement: Agreement, on: date, today: date) -> None:
    """Not after today, and not before the step before it. Raises Refused."""
    last = agreement.steps.order_by("-id").values_list("on", flat=True).first()
    if on > today:
        raise Refused(_("That day is still to come. Write it down once it is done."))
    if last is not None and on < last:
        raise Refused(_("The step before was on %(day)s. Choose that day or a later one.") % {"day": last})


def reason(words: str, missing: str) -> str:
    """Without blanks around it, and not empty. Raises Refused."""
    said = words.strip()
    if not said:
        raise Refused(missing)
    check_texts(Agreement, {"reason": said})
    return said


def for_everybody(words: str) -> str:
    """A text that everybody reads: no phone number or identity number in it. Raises Refused."""
    said = words.strip()
    if not said:
        raise Refused(_("Say in a few sentences what was agreed for all. Everybody reads it."))
    if NUMBERS_OF_PERSONS.search(said):
        raise Refused(_("There is a phone or identity number in it. Everybody reads this: take it out."))
    check_texts(Agreement, {"summary": said})
    return said
