"""Giving and taking offices, and lending their rights: what the superior body does, dated, and in the chronicle.

Whoever gives or takes an office must hold one, in a body above, that lets its holder appoint – on the day it is done,
seen again under the lock: of two who act at once, the second sees what the first did.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from gongjian.accounts.actions import open_account
from gongjian.accounts.models import User
from gongjian.chronicle.record import keep_before, record

from .actions import LINE_LOCK, Refused, in_sentences, lock, stands_until
from .authority.acting import OFFICE, reference_of
from .authority.policy import Opening, openings
from .authority.reach import Operator, Reader, reach_of
from .models import Body, BodyEntry, Delegation, Membership, Office, OfficeKind, Permission, Person

OFFICE_LOCK = 71016
LONGEST_LOAN = 366  # days


def appointers(body: Body, today: date) -> list[Opening]:
    """The offices whose holders give offices in the body: in bodies above it, never in itself."""
    return [each for each in openings(Permission.APPOINT, body, today) if each.steps > 0]


def can_appoint(reader: Reader, body: Body, today: date) -> bool:
    """May the reader give and take offices in the body?"""
    return isinstance(reader, Operator) or _appoints_by(reader, body, today) is not None


def _appoints_by(reader: Reader, body: Body, today: date) -> Opening | None:
    """The reader's office, the nearest one, by which they give offices in the body."""
    reach = reach_of(reader)
    if not reach.may(Permission.APPOINT):
        return None
    return next((each for each in appointers(body, today) if each.person_id == reach.person_id), None)


@in_sentences
def appoint(
    body: Body, person: Person, kind: OfficeKind, *, on: date, today: date, by: Reader, until: date | None = None
) -> Office:
    """Somebody holds an office in a body from a day, until another or for as long as the body stands.

    Raises Refused: no right to, an office of another line, a day on which the body does not stand, held already.
    """
    lock(LINE_LOCK, OFFICE_LOCK)
    as_office = _check_right(by, body, today)
    if kind.line_id and kind.line_id != body.line_id:
        raise Refused(_("“%(office)s” is no office of this line. Choose another one.") % {"office": kind})
    ends = stands_until(BodyEntry.objects.filter(body=body), on)
    if ends is False:
        raise Refused(_("The organisation does not stand on %(day)s. Choose a day of its life.") % {"day": on})
    if until is not None and until <= on:
        raise Refused(_("The last day lies before the first one. Look at the two days again."))
    until = min((day for day in (until, ends) if isinstance(day, date)), default=None)
    if Office.objects.filter(person=person, body=body, kind=kind, valid__overlap=(on, until)).exists():
        raise Refused(_("%(person)s holds this office already in those days.") % {"person": person})
    facts = {"person": person.pk, "kind": kind.pk, "until": until.isoformat() if until else None}
    subject = f"register.body:{body.pk}"
    act = record("register.appoint", by=by, subject=subject, on=on, facts=facts, as_office=as_office)
    office = Office.objects.create(person=person, body=body, kind=kind, valid=(on, until), act=act)
    office.refresh_from_db()
    return office


@in_sentences
def remove(office: Office, *, on: date, today: date, by: Reader) -> None:
    """From a day on somebody no longer holds an office; what they lent ends with it. Raises Refused."""
    lock(LINE_LOCK, OFFICE_LOCK)
    as_office = _check_right(by, office.body, today)
    office.refresh_from_db()
    if on < office.since or (office.until is not None and on >= office.until):
        raise Refused(_("The office is not held on %(day)s. Choose a day on which it is.") % {"day": on})
    facts = {"person": office.person_id, "kind": office.kind_id, "office": office.pk}
    subject = f"register.body:{office.body_id}"
    act = record("register.remove", by=by, subject=subject, on=on, facts=facts, as_office=as_office)
    keep_before(act, "register_office", "r.id = %s", [office.pk], deleted=on == office.since)
    if on == office.since:
        Delegation.objects.filter(office=office).delete()
        office.delete()
        return
    office.valid, office.act = (office.since, on), act
    office.save(update_fields=["valid", "act"])


@in_sentences
def lend(office: Office, person: Person, *, on: date, until: date, today: date, by: Reader) -> Delegation:
    """The holder of an office lends its rights to somebody until a day; what may be appointed by it stays with them.

    `until` is the first day on which they are no longer lent. Raises Refused.
    """
    lock(OFFICE_LOCK)
    office.refresh_from_db()
    if reach_of(by).person_id != office.person_id:
        raise Refused(_("Only whoever holds an office lends its rights."))
    if person.pk == office.person_id:
        raise Refused(_("You hold this office yourself. Choose somebody else."))
    if not Office.objects.on(today).filter(person=person).exists() and not _is_member(person, today):
        raise Refused(_("Rights are lent to somebody who holds an office or is a member. Choose such a person."))
    if on < today or until <= on or until > on + timedelta(days=LONGEST_LOAN):
        raise Refused(_("Rights are lent from today on or later, for a year at most. Look at the days again."))
    if on < office.since or (office.until is not None and on >= office.until):
        raise Refused(_("The office is not held on %(day)s. Choose a day on which it is.") % {"day": on})
    if Delegation.objects.filter(office=office, person=person, valid__overlap=(on, until)).exists():
        raise Refused(_("They are lent to %(person)s already in those days.") % {"person": person})
    facts = {"office": office.pk, "person": person.pk, "until": until.isoformat()}
    subject, as_office = f"register.body:{office.body_id}", f"{OFFICE}{office.pk}"
    act = record("register.lend", by=by, subject=subject, on=on, facts=facts, as_office=as_office)
    return Delegation.objects.create(office=office, person=person, valid=(on, until), act=act)


@in_sentences
def take_back(delegation: Delegation, *, today: date, by: Reader) -> None:
    """From today on the rights are no longer lent. For whoever lent them, and for whoever appoints to that office."""
    lock(OFFICE_LOCK)
    delegation.refresh_from_db()
    office = delegation.office
    as_office = f"{OFFICE}{office.pk}"
    if reach_of(by).person_id != office.person_id:
        as_office = _check_right(by, office.body, today)
    facts = {"office": office.pk, "person": delegation.person_id}
    subject = f"register.body:{office.body_id}"
    act = record("register.take_back", by=by, subject=subject, on=today, facts=facts, as_office=as_office)
    keep_before(act, "register_delegation", "r.id = %s", [delegation.pk], deleted=today <= delegation.since)
    if today <= delegation.since:
        delegation.delete()
        return
    delegation.valid, delegation.act = (delegation.since, today), act
    delegation.save(update_fields=["valid", "act"])


def _check_right(by: Reader, body: Body, today: date) -> str:
    """The office in which it is done; nothing for the operator, who needs none. Raises Refused."""
    if isinstance(by, Operator):
        return ""
    opening = _appoints_by(by, body, today)
    if opening is None:
        raise Refused(_("Offices here are given by the bodies above it. Your office does not carry that."))
    return reference_of(opening)


def _is_member(person: Person, today: date) -> bool:
    return Membership.objects.on(today).filter(person=person).exists()


@in_sentences
def invite(office: Office, username: str, *, today: date, by: Reader) -> User:
    """Open an account for whoever holds the office and has none. Its owner sets the password; nobody else knows one.

    Raises Refused; ValidationError if the user name cannot be taken.
    """
    lock(OFFICE_LOCK)
    as_office = _check_right(by, office.body, today)
    person = Person.objects.select_for_update().get(pk=office.person_id)
    if person.account_id is not None:
        raise Refused(_("%(person)s has an account already.") % {"person": person})
    account = open_account(username, name=person.name)
    person.account = account
    person.save(update_fields=["account"])
    subject, facts = f"register.body:{office.body_id}", {"office": office.pk}
    record("register.invite", by=by, subject=subject, on=today, facts=facts, as_office=as_office)
    return account
