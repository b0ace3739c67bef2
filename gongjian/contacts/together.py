"""Several who come to one place in a month: finding them, letting them go together on one day, and apart again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused

from .access import first_office, inspectors_kept_or_below, stops_visible_to
from .models import Inspection, JointCheck, Stop
from .states import subject_of

LIVE = (Inspection.State.WAITING, Inspection.State.STANDS)


def live_stops() -> QuerySet[Stop]:
    return Stop.objects.filter(inspection__state__in=LIVE)


def beside(stops: Iterable[Stop]) -> list[Stop]:
    """What other checks come to the same places in the same months, whoever sends them; not what goes together already.

    Two of the stops can be beside each other.
    """
    here = list(stops)
    rows = live_stops().filter(unit__in={each.unit_id for each in here}, month__in={each.month for each in here})
    found = rows.select_related("inspection").order_by("month", "unit", "id")
    return [each for each in found if any(are_beside(each, stop) for stop in here)]


def are_beside(one: Stop, other: Stop) -> bool:
    """Do two checks come to one place in a month, each by itself?"""
    together = one.joint_id is not None and one.joint_id == other.joint_id
    is_another = one.inspection_id != other.inspection_id
    return is_another and not together and (one.unit_id, one.month) == (other.unit_id, other.month)


def is_beside_another() -> Q:
    """Another inspection comes to the same place in the same month, and not together with this one."""
    others = live_stops().filter(unit=OuterRef("unit"), month=OuterRef("month"))
    others = others.exclude(inspection=OuterRef("inspection"))
    return Q(Exists(others.filter(Q(joint=None) | ~Q(joint=OuterRef("joint"))))) | Q(joint=None) & Q(Exists(others))


@in_sentences
def merge(stops: Sequence[Stop], *, on: date, today: date, by: Reader) -> JointCheck:
    """They go together on one day: one joint check by several bodies. Raises Refused.

    Whoever keeps all that go, or stands above them, chooses the day; whoever keeps one alone goes along on the day that
    the others have fixed.
    """
    rows = _held(by, stops)
    _check_merging(rows, on, today)
    _check_right(rows, on, by)
    joined = {each.joint_id for each in rows if each.joint_id}
    joint = JointCheck.objects.get(pk=joined.pop()) if joined else JointCheck.objects.create(unit=rows[0].unit, on=on)
    facts = {"stops": [each.pk for each in rows], "on": on.isoformat()}
    act = record(
        "contacts.merge_stops", by=by, subject=subject_of(joint), on=on, facts=facts, as_office=first_office(by)
    )
    keep_before(act, Stop._meta.db_table, "r.id = ANY(%s)", [[each.pk for each in rows]])
    Stop.objects.filter(pk__in=[each.pk for each in rows]).update(joint=joint, on=on)
    return joint


def _held(by: Reader, stops: Sequence[Stop]) -> list[Stop]:
    """The stops with their checks under the lock, checks first and always in one order; so of two who merge at once
    one waits. Raises Refused."""
    ids = {each.pk for each in stops}
    checks = Inspection.objects.select_for_update(of=("self",)).filter(stops__in=ids).order_by("pk")
    inspections = {each.pk: each for each in checks.select_related("body")}
    found = list(Stop.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    mine = set(stops_visible_to(by).filter(pk__in=ids).values_list("pk", flat=True))
    own = [each for each in found if each.pk in mine]
    near = {each.pk for each in beside(own)} | {each.pk for each in found if any(_goes_along(each, o) for o in own)}
    if not own or len(found) != len(ids) or not {each.pk for each in found} <= mine | near:
        raise Refused(_("One of these is not there any more, or not open to you. Look at the list again."))
    for each in found:
        each.inspection = inspections[each.inspection_id]
    return found


def _goes_along(one: Stop, other: Stop) -> bool:
    return one.joint_id is not None and one.joint_id == other.joint_id


def _check_merging(rows: Sequence[Stop], on: date, today: date) -> None:
    if len({each.inspection_id for each in rows}) < 2:
        raise Refused(_("Choose two checks at least that go together."))
    if any(each.inspection.state == Inspection.State.WAITING for each in rows):
        raise Refused(_("One of them waits for consent. It can go together with others once it is agreed to."))
    if any(each.inspection.state != Inspection.State.STANDS for each in rows):
        raise Refused(_("One of them was called off or refused. Look at the list again."))
    if len({each.unit_id for each in rows}) > 1:
        raise Refused(_("They come to different places. Only those at one place go together."))
    if len({each.month for each in rows}) > 1:
        raise Refused(_("They are of different months. Only those of one month go together; move one first."))
    joined = {each.joint_id for each in rows if each.joint_id}
    if len(joined) > 1 or (joined and all(each.joint_id for each in rows)):
        raise Refused(_("They go together already. Look at the list again."))
    if on.replace(day=1) != rows[0].month:
        raise Refused(_("This day is not in their month. Choose a day of %(month)s.")
                      % {"month": f"{rows[0].month:%Y-%m}"})  # fmt: skip
    fixed = next((each.on for each in rows if each.joint_id), None)
    if fixed is not None and fixed != on:
        raise Refused(_("Some of them go together on %(day)s already. Choose that day.") % {"day": fixed})
    if on < today:
        raise Refused(_("That time is over. Choose a day from today on."))


def _check_right(rows: Sequence[Stop], on: date, by: Reader) -> None:
    mine = inspectors_kept_or_below(by, [each.inspection.body for each in rows])
    others = [each for each in rows if each.inspection.body_id not in mine]
    if len(others) == len(rows):
        raise Refused(
            _("They are let go together by whoever keeps the plan of one of them, or of one above. You do not.")
        )
    if any(each.on != on for each in others):
        raise Refused(
            _("The other one has not fixed that day. Choose the day it has fixed, or ask whoever stands above both.")
        )


@in_sentences
def go_alone(stop: Stop, *, by: Reader) -> Stop:
    """It does not go together with the others any more; the day stays. Raises Refused."""
    row = Stop.objects.select_for_update(of=("self",)).filter(pk=stop.pk).exclude(joint=None).first()
    if row is None:
        raise Refused(_("It does not go together with others any more. Look at it again."))
    if not inspectors_kept_or_below(by, [row.inspection.body]):
        raise Refused(_("Whoever keeps the plan of the organisation that inspects decides about it. You do not."))
    act = record("contacts.go_alone", by=by, subject=subject_of(row.inspection), as_office=first_office(by))
    leave(row, act)
    return row


def leave(stop: Stop, act: Act) -> None:
    """Out of the joint check it is in, if it is in one; where one alone would be left, that one goes alone too."""
    if stop.joint_id is None:
        return
    rows = list(Stop.objects.select_for_update(of=("self",)).filter(joint=stop.joint_id).order_by("pk"))
    freed = [each.pk for each in rows] if len(rows) <= 2 else [stop.pk]
    keep_before(act, Stop._meta.db_table, "r.id = ANY(%s)", [freed])
    Stop.objects.filter(pk__in=freed).update(joint=None)
    if len(freed) == len(rows):
        keep_before(act, JointCheck._meta.db_table, "r.id = %s", [stop.joint_id], deleted=True)
        JointCheck.objects.filter(pk=stop.joint_id).delete()
    stop.joint = None
