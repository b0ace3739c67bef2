"""The ledger of denominators: leaving a unit out of an indicator with a reason, counting it again, and who may.

Whoever sets the target of an indicator in a place decides what counts there: who reaches a target by leaving units out
leaves them out under their name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.actions import Refused, in_sentences, lock
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import Operator, Reader
from gongjian.register.models import Unit
from gongjian.register.refusals import check_texts

from .access import exclusions_visible_to
from .models import Exclusion, Indicator
from .targets import office_for

LOCK = 71032
TABLE = "indicators_exclusion"


def can_leave_out(reader: Reader, indicator: Indicator, unit: Unit) -> bool:
    """May the reader say that this indicator does not count units here?"""
    return indicator.of == Indicator.Of.UNITS and (
        isinstance(reader, Operator) or office_for(reader, indicator, unit) is not None
    )


@in_sentences
def leave_out(
    indicator: Indicator, unit: Unit, *, reason: str, today: date, by: Reader, until: date | None = None
) -> Exclusion:
    """From today on, and before `until` if that is given, the indicator leaves the unit out.

    Raises Refused: no right to, no reason, an end that is over, left out already.
    """
    lock(LOCK)
    as_office = _check_right(by, indicator, unit)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is not counted. The reason is written down, with your name and the day."))
    check_texts(Exclusion, {"reason": reason})
    if until is not None and until <= today:
        raise Refused(_("The day from which it is counted again is over. Choose a day after today."))
    if Exclusion.objects.filter(indicator=indicator, unit=unit, valid__overlap=(today, until)).exists():
        raise Refused(_("It is left out already."))
    facts = {"indicator": indicator.pk, "reason": reason, "until": until.isoformat() if until else None}
    act = record(
        "indicators.leave_out", by=by, subject=f"register.unit:{unit.pk}", on=today, facts=facts, as_office=as_office
    )
    return Exclusion.objects.create(indicator=indicator, unit=unit, reason=reason, valid=(today, until), act=act)


@in_sentences
def count_again(exclusion: Exclusion, *, today: date, by: Reader) -> None:
    """From today on the unit is counted again; what was left out today is as if it never had been. Raises Refused."""
    lock(LOCK)
    as_office = _check_right(by, exclusion.indicator, exclusion.unit)
    standing = Exclusion.objects.on(today).filter(pk=exclusion.pk).first()
    if standing is None:
        raise Refused(_("It is counted again already."))
    facts = {"indicator": standing.indicator_id}
    act = record(
        "indicators.count_again",
        by=by,
        subject=f"register.unit:{standing.unit_id}",
        on=today,
        facts=facts,
        as_office=as_office,
    )
    is_of_today = standing.since >= today
    keep_before(act, TABLE, "r.id = %s", [standing.pk], deleted=is_of_today)
    if is_of_today:
        standing.delete()
        return
    standing.valid, standing.act = (standing.since, today), act
    standing.save(update_fields=["valid", "act"])


@dataclass(frozen=True)
class Entry:
    """Why a unit is left out, since when, until when, and who said so."""

    exclusion: Exclusion
    by: str


def tell(reader: Reader, indicator: Indicator, rows: Sequence[Any], day: date) -> None:
    """Give each row that is left out its `entry`; None where the definition itself does not count it. One query."""
    units = [row.unit_id for row in rows] if indicator.of == Indicator.Of.UNITS else []
    standing = exclusions_visible_to(reader).on(day).filter(indicator=indicator, unit__in=units)
    entries = {
        each.unit_id: Entry(each, each.act.by.name if each.act.by else "")
        for each in standing.select_related("act__by")
    }
    for row in rows:
        row.entry = entries.get(row.unit_id) if units else None


def _check_right(by: Reader, indicator: Indicator, unit: Unit) -> str:
    """The office in which it is done. Raises Refused."""
    if indicator.of != Indicator.Of.UNITS or indicator.awaits:
        raise Refused(_("Only units are left out of a figure, and only where it counts them."))
    if isinstance(by, Operator):
        return ""
    office = office_for(by, indicator, unit)
    if office is None:
        raise Refused(
            _("What is not counted here is said by the Party committees of this place and above, and by each line.")
        )
    return reference_of(office)
