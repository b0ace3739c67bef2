"""Setting the target of an indicator in a place, revising it, and taking that back; and who may.

A target is set by an office whose territory holds the place: of the line that leads, for every indicator; of another
line, for that line's own. Its body is the owner.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.actions import Refused, in_sentences, lock
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import Operator, Reader, Stretch, reach_of
from gongjian.register.models import Body, Line, Office, Permission, Unit
from gongjian.register.models.authority import Role

from .models import Indicator, Target

LOCK = 71031
DAYS_TO_TAKE_BACK = 30
TABLE = "indicators_target"


def can_set_target(reader: Reader, indicator: Indicator, unit: Unit) -> bool:
    """May the reader set what this indicator is to reach in this place?"""
    return isinstance(reader, Operator) or office_for(reader, indicator, unit) is not None


def office_for(reader: Reader, indicator: Indicator, unit: Unit) -> Stretch | None:
    """The office by which the reader decides what an indicator is to reach in a place."""
    held = [
        each
        for each in reach_of(reader).over(Permission.SET_TARGETS, [Role.Walk.TERRITORY])
        if each.holds(unit.path, unit.last_path)
    ]
    leading = set(Line.objects.filter(leads=True).values_list("pk", flat=True)) if held else set()
    return next((each for each in held if each.line in leading or each.line == indicator.line_id), None)


@in_sentences
def set_target(
    indicator: Indicator,
    unit: Unit,
    *,
    goal: Decimal,
    due: date,
    baseline_on: date,
    document: str,
    today: date,
    by: Reader,
    baseline: Decimal | None = None,
    owner: Body | None = None,
) -> Target:
    """From today on the indicator is to reach `goal` per cent in the place by `due`; an earlier target of it ends.

    Raises Refused: no right to, nothing counted yet, a day that is over, a baseline at or above the goal.
    """
    lock(LOCK)
    office = _check_right(by, indicator, unit)
    _check(indicator, goal, due, baseline_on, baseline, document, today)
    facts = {
        "indicator": indicator.pk,
        "goal": str(goal),
        "due": due.isoformat(),
        "baseline": None if baseline is None else str(baseline),
        "baseline_on": baseline_on.isoformat(),
        "document": document.strip(),
    }
    subject, as_office = f"register.unit:{unit.pk}", reference_of(office) if office else ""
    act = record("indicators.set_target", by=by, subject=subject, on=today, facts=facts, as_office=as_office)
    _end(Target.objects.on(today).filter(indicator=indicator, unit=unit).first(), today, act)
    if office and owner is None:
        owner = Office.objects.get(pk=office.office_id).body
    return Target.objects.create(
        indicator=indicator,
        unit=unit,
        goal=goal,
        due=due,
        baseline=baseline,
        baseline_on=baseline_on,
        owner=owner,
        document=document.strip(),
        valid=(today, None),
        act=act,
    )


@in_sentences
def end_target(target: Target, *, today: date, by: Reader) -> None:
    """From today on the place has no target of its own; one from above holds again. Raises Refused."""
    lock(LOCK)
    office = _check_right(by, target.indicator, target.unit)
    standing = _standing(target)
    facts = {"indicator": standing.indicator_id, "goal": str(standing.goal), "due": standing.due.isoformat()}
    subject, as_office = f"register.unit:{standing.unit_id}", reference_of(office) if office else ""
    act = record("indicators.end_target", by=by, subject=subject, on=today, facts=facts, as_office=as_office)
    _end(standing, today, act)


def can_take_back(target: Target) -> bool:
    """Is it young enough to be taken back as if it had not been set?"""
    return target.until is None and target.act.at >= timezone.now() - timedelta(days=DAYS_TO_TAKE_BACK)


@in_sentences
def take_back(target: Target, *, today: date, by: Reader) -> None:
    """Undo the last setting of a target: what it replaced holds again. Within 30 days. Raises Refused."""
    lock(LOCK)
    office = _check_right(by, target.indicator, target.unit)
    standing = _standing(target)
    if not can_take_back(standing):
        raise Refused(_("It was set more than 30 days ago. Set another target, or end this one."))
    facts = {"acts": [standing.act_id], "indicator": standing.indicator_id}
    subject, as_office = f"register.unit:{standing.unit_id}", reference_of(office) if office else ""
    act = record("indicators.target_undone", by=by, subject=subject, facts=facts, as_office=as_office)
    keep_before(act, TABLE, "r.id = %s", [standing.pk], deleted=True)
    same = Target.objects.filter(indicator=standing.indicator_id, unit=standing.unit_id)
    before = same.filter(valid__endswith=standing.since).first()
    standing.delete()
    if before:
        keep_before(act, TABLE, "r.id = %s", [before.pk])
        before.valid, before.act = (before.since, None), act
        before.save(update_fields=["valid", "act"])


def _check_right(by: Reader, indicator: Indicator, unit: Unit) -> Stretch | None:
    if isinstance(by, Operator):
        return None
    office = office_for(by, indicator, unit)
    if office is None:
        raise Refused(
            _("Targets here are set by the Party committees of this place and above, and by each line its own.")
        )
    return office


def _check(
    indicator: Indicator,
    goal: Decimal,
    due: date,
    baseline_on: date,
    baseline: Decimal | None,
    document: str,
    today: date,
) -> None:
    if indicator.awaits:
        raise Refused(_("What this counts is not kept in the register yet, so nobody could see whether it is reached."))
    if not 0 < goal <= 100:
        raise Refused(_("A target is a rate above 0 and up to 100 per cent. Look at the number again."))
    if due <= today:
        raise Refused(_("The day by which it is to be reached is over. Choose a day after today."))
    if baseline_on >= due:
        raise Refused(_("The course would begin after its end. Choose an earlier first day."))
    if baseline_on > today:
        raise Refused(_("The course would begin on a day that has not come. Choose today or an earlier day."))
    if baseline is not None and not 0 <= baseline < goal:
        raise Refused(_("The rate at the beginning is not below the target, so there is nothing to reach."))
    if not document.strip():
        raise Refused(_("Say which document or decision sets the target."))


def _standing(target: Target) -> Target:
    """The row as it is under the lock. Raises Refused if it has ended or gone meanwhile."""
    standing = Target.objects.filter(pk=target.pk, valid__endswith=None).select_related("act").first()
    if standing is None:
        raise Refused(_("Somebody else has changed this target just now. Look at it again."))
    return standing


def _end(target: Target | None, today: date, act: Act) -> None:
    """It holds until the day before; one that was set today goes altogether."""
    if target is None:
        return
    is_of_today = target.since >= today
    keep_before(act, TABLE, "r.id = %s", [target.pk], deleted=is_of_today)
    if is_of_today:
        target.delete()
        return
    target.valid, target.act = (target.since, today), act
    target.save(update_fields=["valid", "act"])
