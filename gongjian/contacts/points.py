"""Setting, amending, handing on and ending contact points."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Office
from gongjian.register.refusals import Refused

from .access import contacts_visible_to
from .models import ContactPoint
from .models.points import MOST_VISITS
from .refusing import setting, standing, texts
from .states import subject_of

TABLE = ContactPoint._meta.db_table


@in_sentences
def set_point(
    leader: Office,
    point: Body,
    *,
    since: date,
    until: date | None = None,
    wanted: int,
    why: str,
    today: date,
    by: Reader,
) -> ContactPoint:
    """From the day `since` the leader keeps in touch with the point. Raises Refused."""
    as_office = setting(by, leader.body)
    _check_leader(leader, today)
    _check_point(leader.body, point, today)
    said = _checked(wanted, why)
    if until is not None and until <= max(since, today):
        raise Refused(_("It would end before it begins, or before today. Choose a later last day."))
    _check_not_twice(leader, point, since, until)
    return _open(leader, point, since, until, wanted, said, by, as_office)


def _open(
    leader: Office, point: Body, since: date, until: date | None, wanted: int, why: str, by: Reader, as_office: str
) -> ContactPoint:
    facts = {"office": leader.pk, "point": point.pk, "wanted": wanted}
    act = record(
        "contacts.set_point", by=by, subject=f"register.body:{point.pk}", on=since, facts=facts, as_office=as_office
    )
    made = ContactPoint.objects.create(
        leader=leader, leader_body_id=leader.body_id, leader_kind_id=leader.kind_id, point=point,
        valid=(since, until), wanted=wanted, why=why, act=act,
    )  # fmt: skip
    made.refresh_from_db(fields=["valid"])
    return made


@in_sentences
def amend(contact: ContactPoint, *, wanted: int, why: str, by: Reader) -> ContactPoint:
    """How many visits a year, and why this body. Raises Refused."""
    contact, as_office = held(contact, by)
    said = _checked(wanted, why)
    facts = {"wanted": wanted, "before": contact.wanted}
    act = record("contacts.amend_point", by=by, subject=subject_of(contact), facts=facts, as_office=as_office)
    keep_before(act, TABLE, "r.id = %s", [contact.pk])
    contact.wanted, contact.why = wanted, said
    contact.save(update_fields=["wanted", "why"])
    return contact


@in_sentences
def end(contact: ContactPoint, *, on: date, because: str, by: Reader) -> ContactPoint:
    """From the day `on` it is no contact point any more; what was seen and found stays. Raises Refused."""
    contact, as_office = held(contact, by)
    return _end(contact, on, because, by, as_office)


def _end(contact: ContactPoint, on: date, because: str, by: Reader, as_office: str) -> ContactPoint:
    missing = {"ended_because": _("Say why it ends. The point reads it.")}
    said = texts(ContactPoint, {"ended_because": because}, missing)
    if on <= contact.since:
        raise Refused(_("It began on %(day)s. Choose a later day, or take it out if it was set by mistake.")
                      % {"day": contact.since})  # fmt: skip
    if contact.until is not None and on > contact.until:
        raise Refused(_("It ends on %(day)s already. Choose that day or an earlier one.") % {"day": contact.until})
    if contact.visits.filter(on__gte=on).exists():
        raise Refused(_("There was a visit on that day or later. Choose a day after the last visit."))
    act = record("contacts.end_point", by=by, subject=subject_of(contact), on=on, as_office=as_office)
    keep_before(act, TABLE, "r.id = %s", [contact.pk])
    contact.valid, contact.ended_because = (contact.since, on), said["ended_because"]
    contact.save(update_fields=["valid", "ended_because"])
    contact.refresh_from_db()
    return contact


@in_sentences
def hand_on(contact: ContactPoint, leader: Office, *, on: date, today: date, by: Reader) -> ContactPoint:
    """Another office of the same body keeps in touch from the day `on`; the old one ends. Raises Refused."""
    contact, as_office = held(contact, by)
    if leader.body_id != contact.leader_body_id:
        raise Refused(_("It is handed on within the leader's organisation. Choose an office there."))
    if leader.pk == contact.leader_id:
        raise Refused(_("This office has it already. Choose another one."))
    _check_leader(leader, today)
    _check_point(contact.leader_body, contact.point, today)
    _check_not_twice(leader, contact.point, on, contact.until)
    until = contact.until
    _end(contact, on, _("Handed on"), by, as_office)
    return _open(leader, contact.point, on, until, contact.wanted, contact.why, by, as_office)


@in_sentences
def take_out(contact: ContactPoint, *, by: Reader) -> None:
    """It was set by mistake, and nobody has been there. Raises Refused."""
    contact, as_office = held(contact, by)
    if contact.visits.exists() or contact.demonstrations.exists():
        raise Refused(_("Something is on record there already. End it, with a reason."))
    act = record("contacts.take_out_point", by=by, subject=subject_of(contact), as_office=as_office)
    keep_before(act, TABLE, "r.id = %s", [contact.pk], deleted=True)
    contact.delete()


def held(contact: ContactPoint, by: Reader) -> tuple[ContactPoint, str]:
    """The contact point as it stands under the lock, and the office in which it is kept. Raises Refused."""
    found = contacts_visible_to(by).select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if found is None:
        raise Refused(_("This contact point is not there any more. Go back to the list."))
    return found, setting(by, found.leader_body)


def _checked(wanted: int, why: str) -> str:
    if not 1 <= wanted <= MOST_VISITS:
        raise Refused(_("Say how many visits a year, from 1 to %(most)s.") % {"most": MOST_VISITS})
    return texts(ContactPoint, {"why": why}, {"why": _("Say why this organisation was chosen. It reads it.")})["why"]


def _check_leader(leader: Office, today: date) -> None:
    if not Office.objects.on(today).filter(pk=leader.pk).exists():
        raise Refused(_("Nobody holds this office any more. Choose one that is held today."))


def _check_point(leader_body: Body, point: Body, today: date) -> None:
    """It stands, is another body, and sits within the place of the leader's."""
    at, home = standing(point, today), standing(leader_body, today)
    if point.pk == leader_body.pk:
        raise Refused(_("A contact point is another organisation than the leader's own. Choose one of those below."))
    if not at.seat.path.startswith(home.seat.path):
        raise Refused(_("It sits outside the place of the leader's organisation. Choose one within it."))


def _check_not_twice(leader: Office, point: Body, since: date, until: date | None) -> None:
    known = ContactPoint.objects.filter(leader=leader, point=point, valid__overlap=(since, until))
    if known.exists():
        raise Refused(_("It is a contact point of this office already on some of these days. Open that one."))
