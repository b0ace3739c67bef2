"""What an officer keeps true of the own place, one thing at a time: head-counts, terms, covers, venues.

By whoever keeps the register where the unit stands, the body sits or the venue lies (`keep_register`). Names, codes,
parents and ends are reforms, for whoever keeps the register as a whole (reorganise/). Each is one act, and can be taken
back by undo.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.chronicle.whence import in_office

from . import actions
from .access import Reader, bodies_visible_to, units_visible_to
from .actions import in_sentences
from .authority.acting import reference_of
from .authority.reach import Walk, reach_of
from .models import (
    Body,
    BodyEntry,
    Choice,
    Cover,
    Headcount,
    Line,
    Permission,
    Plaque,
    Term,
    Unit,
    UnitEntry,
    Venue,
    VenueCheck,
    VenueShare,
)
from .models.dated import DatedQuerySet
from .refusals import Refused, check_texts
from .undo import undo

VERBS = (
    "register.count_heads", "register.set_state", "register.elect", "register.cover", "register.end_cover",
    "register.open_venue", "register.amend_venue", "register.end_venue", "register.hang", "register.take_down",
)  # fmt: skip
STATE = ("status", "trade", "ownership")
LONGEST_TERM = 6  # years


# == whose it is to keep ==
def keeps_unit(reader: Reader, unit: Unit) -> bool:
    return reach_of(reader).holds(Permission.KEEP_REGISTER, unit)


def keeps_body(reader: Reader, body: Body, today: date) -> bool:
    """By where it sits today, or sat last."""
    seat = _seat(body, today)
    return seat is not None and keeps_unit(reader, seat)


def _seat(body: Body, today: date) -> Unit | None:
    entries = BodyEntry.objects.filter(body=body).select_related("seat")
    entry = entries.on(today).first() or entries.order_by("-valid").first()
    return entry.seat if entry else None


def _office(reader: Reader, unit: Unit | None) -> str:
    """In which office the reader keeps what stands there. Raises Refused."""
    reach = reach_of(reader)
    if reach.sees_all:
        return ""
    held = reach.over(Permission.KEEP_REGISTER, [Walk.TERRITORY])
    office = next((reference_of(each) for each in held if unit and each.holds(unit.path, unit.last_path)), None)
    if office is None:
        raise Refused(_("Your office does not keep the register here. Tell whoever does; their page says who."))
    return office


# == units ==
@in_sentences
def count_heads(
    unit: Unit, *, on: date, counts: Mapping[str, int | None], source: str, today: date, by: Reader
) -> Act | None:
    """What a unit counts from a day on, until the next count that is known; None if it says so already.

    `counts`: of each kind a number, or None where nobody knows. Raises Refused: it does not stand on the day, a day to
    come, parts that are more than the whole.
    """
    office = _office(by, unit)
    _past(on, today)
    _stands(UnitEntry.objects.filter(unit=unit), on)
    values: dict[str, Any] = {kind: counts.get(kind) for kind in Headcount.KINDS} | {"source": source.strip()}
    check_texts(Headcount, {"source": values["source"]})
    _check_counts(values)
    return _from_day(
        Headcount.objects.filter(unit=unit), {"unit": unit}, values, on,
        verb="register.count_heads", subject=f"register.unit:{unit.pk}", by=by, office=office,
    )  # fmt: skip


def _check_counts(values: Mapping[str, Any]) -> None:
    if all(values[kind] is None for kind in Headcount.KINDS):
        raise Refused(_("Write at least one number. What nobody knows stays empty; nought is a number."))
    staff = values["staff"]
    over = [kind for kind in ("women", "under_35", "migrant") if staff is not None and (values[kind] or 0) > staff]
    if over:
        raise Refused(_("There are more of one kind than staff. Look at the numbers again."))


@in_sentences
def set_state(unit: Unit, *, on: date, values: Mapping[str, str], today: date, by: Reader) -> Act | None:
    """Whether it works, in which trade, who owns it, from a day on. None if it says so already. Raises Refused."""
    office = _office(by, unit)
    _past(on, today)
    lists = {name: set(Choice.objects.filter(list=name).values_list("key", flat=True)) for name in STATE}
    for name, value in values.items():
        if value and value not in lists[name]:
            raise Refused(_("“%(word)s” is not one of the choices here. Choose again.") % {"word": value})
    entries = UnitEntry.objects.filter(unit=unit)
    _stands(entries, on)
    now = entries.on(on).get()
    fresh = {name: value for name, value in values.items() if name in STATE and value != getattr(now, name)}
    if not fresh:
        return None
    act = record("register.set_state", by=by, subject=f"register.unit:{unit.pk}", on=on, facts=fresh, as_office=office)
    actions.change_entries(act, entries, on, fresh)
    return act


# == bodies ==
@in_sentences
def elect(body: Body, *, since: date, until: date, number: int | None, today: date, by: Reader) -> Act:
    """A term of office, from the day of the election until the last day it was elected for. The one before ends there;
    one that begins on the same day is corrected. Raises Refused: a later term is there, the days make no term."""
    office = _office(by, _seat(body, today))
    if not since < until or until.year - since.year > LONGEST_TERM:
        raise Refused(_("A term lasts from a day until a later one, for six years at most. Look at the days again."))
    _past(since, today)
    _stands(BodyEntry.objects.filter(body=body), since)
    terms = Term.objects.filter(body=body)
    later = terms.filter(valid__startswith__gt=since).order_by("valid").first()
    if later is not None:
        raise Refused(_("A term that begins on %(day)s is there already. Choose a later day.") % {"day": later.since})
    facts = {"until": until.isoformat(), "number": number}
    act = record("register.elect", by=by, subject=f"register.body:{body.pk}", on=since, facts=facts, as_office=office)
    actions.end_rows(terms, since, act)
    Term.objects.create(body=body, number=number, valid=(since, until), act=act)
    return act


def cover(body: Body, unit: Unit, *, on: date, today: date, by: Reader) -> Cover:
    """From a day on the body covers the unit. By whoever keeps the register where the body sits. Raises Refused."""
    if not units_visible_to(by).filter(pk=unit.pk).exists():
        raise Refused(_("This unit is not open to you. Choose another one."))
    office = _office(by, _seat(body, today))
    _past(on, today)
    with in_office(office):
        return actions.cover(body, unit, on=on, by=by)


def end_cover(body: Body, unit: Unit, *, on: date, today: date, by: Reader) -> None:
    """From a day on the body no longer covers the unit. Raises Refused: it does not on the day before."""
    office = _office(by, _seat(body, today))
    _past(on, today)
    found = Cover.objects.filter(body=body, unit=unit).on(on - timedelta(days=1)).first()
    if found is None or (found.until is not None and found.until <= on):
        gaps = {"day": on - timedelta(days=1)}
        raise Refused(_("It does not cover this unit on %(day)s, or only until then. Choose another day.") % gaps)
    with in_office(office):
        actions.end_cover(found, on=on, by=by)


# == venues ==
@in_sentences
def open_venue(
    unit: Unit, owner: Body, *, on: date, values: Mapping[str, Any], lines: Iterable[Line], today: date, by: Reader
) -> Venue:
    """A place that lines share, from a day on. `values`: name, address, area, hours. Raises Refused."""
    office = _office(by, unit)
    _past(on, today)
    _stands(UnitEntry.objects.filter(unit=unit), on)
    _stands(BodyEntry.objects.filter(body=owner), on)
    if not bodies_visible_to(by).filter(pk=owner.pk).exists():
        raise Refused(_("The organisation that keeps it is not there any more. Choose another one."))
    check_texts(Venue, {"name": "", **values})
    act = record("register.open_venue", by=by, subject=f"register.unit:{unit.pk}", on=on, as_office=office)
    venue = Venue.objects.create(unit=unit, owner=owner, valid=(on, None), act=act, **values)
    VenueShare.objects.bulk_create(VenueShare(venue=venue, line=line, valid=(on, None), act=act) for line in lines)
    return venue


@in_sentences
def amend_venue(
    venue: Venue, *, on: date, values: Mapping[str, Any], lines: Iterable[Line], today: date, by: Reader
) -> Act | None:
    """Its name, address, area and hours, as they are; and which lines share it from a day on. Raises Refused."""
    office = _office(by, venue.unit)
    _past(on, today)
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    _in_its_life(venue, on)
    check_texts(Venue, {"name": venue.name, **values})
    fresh = {name: value for name, value in values.items() if value != getattr(venue, name)}
    shares = VenueShare.objects.filter(venue=venue)
    wanted = {line.pk for line in lines}
    held = set(shares.on(on).values_list("line_id", flat=True))
    if not fresh and wanted == held:
        return None
    facts = {"fields": sorted(fresh)}
    subject = f"register.unit:{venue.unit_id}"
    act = record("register.amend_venue", by=by, subject=subject, on=on, facts=facts, as_office=office)
    if fresh:
        keep_before(act, Venue._meta.db_table, "r.id = %s", [venue.pk])
        Venue.objects.filter(pk=venue.pk).update(**fresh, act=act)
    for gone in sorted(held - wanted):
        actions.end_rows(shares.filter(line=gone), on, act)
    for line in sorted(wanted - held):
        actions.end_rows(shares.filter(line=line), on, act)
        VenueShare.objects.create(venue=venue, line_id=line, valid=(on, venue.until), act=act)
    return act


@in_sentences
def end_venue(venue: Venue, *, on: date, today: date, by: Reader) -> Act:
    """From a day on it is not there any more, nor its plaques and shares. Raises Refused."""
    office = _office(by, venue.unit)
    _past(on, today)
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    _in_its_life(venue, on)
    if venue.since >= on:
        raise Refused(_("It begins on %(day)s. Choose a later day, or take its entry back.") % {"day": venue.since})
    act = record("register.end_venue", by=by, subject=f"register.unit:{venue.unit_id}", on=on, as_office=office)
    for rows in (Plaque.objects.filter(venue=venue), VenueShare.objects.filter(venue=venue)):
        actions.end_rows(rows, on, act)
    actions.end_rows(Venue.objects.filter(pk=venue.pk), on, act)
    return act


@in_sentences
def hang(venue: Venue, kind: str, *, on: date, today: date, by: Reader) -> Plaque:
    """A plaque on its door from a day on. Raises Refused: it hangs there, the venue is not there on the day."""
    office = _office(by, venue.unit)
    _past(on, today)
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    _in_its_life(venue, on)
    if not Choice.objects.filter(list="plaque", key=kind).exists():
        raise Refused(_("“%(word)s” is not one of the choices here. Choose again.") % {"word": kind})
    if Plaque.objects.filter(Q(valid__endswith=None) | Q(valid__endswith__gt=on), venue=venue, kind=kind).exists():
        raise Refused(_("This plaque hangs there already, or does from a later day."))
    facts = {"kind": kind}
    subject = f"register.unit:{venue.unit_id}"
    act = record("register.hang", by=by, subject=subject, on=on, facts=facts, as_office=office)
    return Plaque.objects.create(venue=venue, kind=kind, valid=(on, venue.until), act=act)


@in_sentences
def take_down(plaque: Plaque, *, on: date, today: date, by: Reader) -> Act:
    office = _office(by, plaque.venue.unit)
    _past(on, today)
    if plaque.since >= on:
        raise Refused(_("It begins on %(day)s. Choose a later day, or take its entry back.") % {"day": plaque.since})
    subject = f"register.unit:{plaque.venue.unit_id}"
    act = record("register.take_down", by=by, subject=subject, on=on, facts={"kind": plaque.kind}, as_office=office)
    actions.end_rows(Plaque.objects.filter(pk=plaque.pk), on, act)
    return act


@in_sentences
def look_at(venue: Venue, *, on: date, items: Iterable[str], today: date, by: Reader) -> VenueCheck:
    """Which items of the checklist it had on a day; looked at again on the same day, that replaces it."""
    office = _office(by, venue.unit)
    _past(on, today)
    _in_its_life(venue, on)
    known = list(Choice.objects.filter(list="check_item").values_list("key", flat=True))
    wanted = set(items)
    found = [item for item in known if item in wanted]
    facts = {"items": found}
    subject = f"register.unit:{venue.unit_id}"
    record("register.look_at", by=by, subject=subject, on=on, facts=facts, as_office=office)
    return VenueCheck.objects.update_or_create(venue=venue, checked_on=on, defaults={"items": found})[0]


# == taking back ==
def take_back(act: Act, *, today: date, by: Reader) -> Act:
    """What was kept here by hand, by whoever keeps it. Raises Refused, StoodOn: as undo.py does."""
    if act.verb not in VERBS:
        raise Refused(_("This is not taken back here. Ask whoever keeps the register as a whole."))
    thing, _colon, id = act.subject.partition(":")
    found: Any = Body.objects if thing == "register.body" else Unit.objects
    subject = found.filter(pk=int(id)).first()
    _office(by, _seat(subject, today) if isinstance(subject, Body) else subject)
    return undo([act], by=by, today=today)


# == what is looked at first, and how rows follow each other ==
def _past(on: date, today: date) -> None:
    if on > today:
        raise Refused(_("Choose today or a day before. What is still to come is entered when it has come."))


def _stands(entries: DatedQuerySet[Any], on: date) -> None:
    if not entries.on(on).exists():
        raise Refused(_("It does not stand on %(day)s. Choose a day of its life.") % {"day": on})


def _in_its_life(venue: Venue, on: date) -> None:
    if on not in venue.valid:
        raise Refused(_("The venue is not there on %(day)s. Choose a day of its life.") % {"day": on})


def _from_day(
    rows: DatedQuerySet[Any],
    of: Mapping[str, Any],
    values: Mapping[str, Any],
    on: date,
    *,
    verb: str,
    subject: str,
    by: Reader,
    office: str,
) -> Act | None:
    """From the day until the next row begins the values hold; the row of the day ends there, or is corrected."""
    now = rows.on(on).first()
    if now is not None and all(getattr(now, name) == value for name, value in values.items()):
        return None
    following = rows.filter(valid__startswith__gt=on).order_by("valid").first()
    until = now.until if now is not None else following.since if following is not None else None
    act = record(verb, by=by, subject=subject, on=on, as_office=office)
    if now is not None:
        actions.end_rows(rows.filter(pk=now.pk), on, act)
    rows.model._default_manager.create(**of, **values, valid=(on, until), act=act)
    return act
