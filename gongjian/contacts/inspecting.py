"""Entering checks into the calendar, agreeing to those that are not planned, and calling them off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Unit
from gongjian.register.refusals import Refused

from .access import inspections_visible_to, office_that_consents, office_that_inspects
from .models import Inspection, Stop
from .refusing import standing, texts
from .states import move, subject_of
from .together import beside, leave

MOST_STOPS = 200  # of one inspection


@dataclass(frozen=True)
class Place:
    """Where and when an inspection comes: a body, or a unit; in a month (`month`: its first day) or on a day of it."""

    month: date
    on: date | None = None
    body: Body | None = None
    unit: Unit | None = None


class Clash(Refused):
    """Others come to the same places in the same months. `others`: their stops."""

    def __init__(self, others: list[Stop]) -> None:
        super().__init__(_("Somebody else comes there in the same month. Look at it, then go together or keep yours."))
        self.others = others


@in_sentences
def enter(
    body: Body,
    *,
    title: str,
    document: str,
    number: str = "",
    reason: str = "",
    places: Sequence[Place],
    seen: Collection[int] = (),
    today: date,
    by: Reader,
) -> Inspection:
    """One of the yearly plan, by its number; or, with a reason instead, one that waits for the superior's consent.

    `seen`: the stops of others at the same places that whoever enters it has looked at. Raises Refused, Clash.
    """
    as_office = _inspecting(by, body)
    entry = standing(body, today)
    said = _said(title, document, number, reason)
    if not places:
        raise Refused(_("Say where it comes to, one place at least."))
    year = places[0].month.year
    if said["number"] and Inspection.objects.filter(body=body, year=year, number=said["number"]).exists():
        raise Refused(_("This organisation has a check with this plan number in that year already. Open that one, or "
                        "write the right number."))  # fmt: skip
    asked_of = None
    if not said["number"]:
        asked_of = entry.superior or entry.leader
        if asked_of is None:
            raise Refused(
                _("No organisation stands above this one to agree to it. Put it into the yearly plan, with its number.")
            )
    state = Inspection.State.WAITING if asked_of else Inspection.State.STANDS
    made = Inspection.objects.create(body=body, year=year, asked_of=asked_of, state=state, **said)
    facts: dict[str, Any] = {"body": body.pk, "number": said["number"], "stops": len(places)}
    record("contacts.enter_inspection", by=by, subject=subject_of(made), facts=facts, as_office=as_office)
    _put_in(made, places, seen, today)
    return made


@in_sentences
def add_stops(
    inspection: Inspection, places: Sequence[Place], *, seen: Collection[int] = (), today: date, by: Reader
) -> Inspection:
    """It comes to more places. What was agreed to is not widened. Raises Refused, Clash."""
    found, as_office = held(inspection, by)
    if not found.is_planned and found.state != Inspection.State.WAITING:
        raise Refused(_("It was agreed to as it was. Enter another one for more places."))
    facts = {"stops": len(places)}
    record("contacts.add_stops", by=by, subject=subject_of(found), facts=facts, as_office=as_office)
    _put_in(found, places, seen, today)
    return found


@in_sentences
def take_out_stop(stop: Stop, *, by: Reader) -> Inspection:
    """It does not come there after all. Raises Refused."""
    found, as_office = held(stop.inspection, by)
    row = Stop.objects.select_for_update(of=("self",)).filter(pk=stop.pk).first()
    if row is None:
        raise Refused(_("It has been taken out already."))
    if found.stops.count() == 1:
        raise Refused(_("It comes to no other place. Call the whole of it off, with a reason."))
    facts = {"unit": row.unit_id, "month": row.month.isoformat()}
    act = record("contacts.take_out_stop", by=by, subject=subject_of(found), facts=facts, as_office=as_office)
    leave(row, act)
    keep_before(act, Stop._meta.db_table, "r.id = %s", [row.pk], deleted=True)
    row.delete()
    return found


@in_sentences
def decide(inspection: Inspection, verb: str, *, said: str, today: date, by: Reader) -> Inspection:
    """`agree`: it counts from now on; `refuse`: it does not, for a reason, and stays on record. Raises Refused."""
    found = inspections_visible_to(by).select_for_update(of=("self",)).filter(pk=inspection.pk).first()
    as_office = office_that_consents(by, found) if found else None
    if found is None or as_office is None:
        raise Refused(_("Whoever keeps the plan of the organisation above decides about it. You do not."))
    missing = {"said": _("Say why not. Whoever asked reads it.")} if verb == "refuse" else {}
    words = texts(Inspection, {"said": said}, missing)
    move(found, verb, by=by, as_office=as_office, said=words["said"], decided_on=today)
    return found


@in_sentences
def call_off(inspection: Inspection, *, said: str, today: date, by: Reader) -> Inspection:
    """It does not take place; those who go together with it go without. One that still waited for consent is told to
    nobody else. Raises Refused."""
    found, as_office = held(inspection, by)
    words = texts(Inspection, {"said": said}, {"said": _("Say why it is called off. Those it came to read it.")})
    verb = "withdraw" if found.state == Inspection.State.WAITING else "call_off"
    act = move(found, verb, by=by, as_office=as_office, said=words["said"], decided_on=today)
    for stop in found.stops.exclude(joint=None).select_for_update(of=("self",)):
        leave(stop, act)
    return found


def held(inspection: Inspection, by: Reader) -> tuple[Inspection, str]:
    """The inspection as it stands under the lock, and the office in which it is kept. Raises Refused."""
    rows = inspections_visible_to(by).select_for_update(of=("self",)).filter(pk=inspection.pk)
    found = rows.select_related("body").first()
    if found is None:
        raise Refused(_("This check is not there any more, or not open to you. Go back to the calendar."))
    as_office = _inspecting(by, found.body)
    if not found.is_live:
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": found.get_state_display()})
    return found, as_office


def _inspecting(by: Reader, body: Body) -> str:
    office = office_that_inspects(by, Body.objects.get(pk=body.pk))
    if office is None:
        raise Refused(_("Checks are entered by whoever keeps the plan of the organisation that inspects. You do not."))
    return office


def _said(title: str, document: str, number: str, reason: str) -> dict[str, str]:
    missing = {
        "title": _("Say in a few words what is looked at."),
        "document": _("Name the document it is based on."),
    }
    said = texts(Inspection, {"title": title, "document": document, "number": number, "reason": reason}, missing)
    if not said["number"] and not said["reason"]:
        raise Refused(
            _("Write its number in the yearly plan; or, if it is not planned, why it is wanted all the same.")
        )
    if said["number"] and said["reason"]:
        raise Refused(_("A check of the yearly plan needs no reason. Leave out the number or the reason."))
    return said


def _put_in(inspection: Inspection, places: Sequence[Place], seen: Collection[int], today: date) -> None:
    stops = [_stop(inspection, each, today) for each in places]
    if len({(each.unit_id, each.month) for each in stops}) < len(stops) or _are_there(inspection, stops):
        raise Refused(_("It would come to one place twice in a month. Leave one of them out."))
    if inspection.stops.count() + len(stops) > MOST_STOPS:
        raise Refused(_("At most %(most)s places for one check. Divide it.") % {"most": MOST_STOPS})
    others = beside(stops)
    if not {each.pk for each in others} <= set(seen):
        raise Clash(others)
    Stop.objects.bulk_create(stops)


def _are_there(inspection: Inspection, stops: Sequence[Stop]) -> bool:
    known = set(inspection.stops.values_list("unit_id", "month"))
    return any((each.unit_id, each.month) in known for each in stops)


def _stop(inspection: Inspection, place: Place, today: date) -> Stop:
    if (place.on or place.month) < (today if place.on else today.replace(day=1)):
        raise Refused(_("That time is over. Choose this month or a later one, and a day from today on."))
    if place.month.year != inspection.year:
        raise Refused(_("It is a check of %(year)s. Choose a month of that year.") % {"year": inspection.year})
    unit = standing(place.body, today).seat if place.body else place.unit
    if unit is None or not unit.path:
        raise Refused(_("This place does not stand today. Choose one that does."))
    home = standing(inspection.body, today).seat
    if not unit.path.startswith(home.path):
        raise Refused(_("It lies outside the place of the organisation that inspects. Choose one within it."))
    return Stop(inspection=inspection, unit=unit, body=place.body, month=place.month, on=place.on)
