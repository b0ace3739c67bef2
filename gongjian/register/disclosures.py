"""Two people for what one must not see alone: an identity number, or the names of many persons as a file.

One asks with a reason; another, who may see the same people, agrees within a week; then the first opens it, once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import NoReason, note_reading, record

from .access import can_answer, can_see_particulars, can_see_roll
from .models import Body, Disclosure, Person
from .particulars import identity_number_of, subject_of
from .refusals import Refused, check_texts

Kind, State = Disclosure.Kind, Disclosure.State

KEPT_OPEN = timedelta(days=7)  # for the second person to answer, and then for the first to open it
ALONE = 50  # persons whose names one may export without a second person

# All moves: from which state, by which verb, to which.
MOVES = {
    (State.ASKED, "agree"): State.AGREED,
    (State.ASKED, "decline"): State.DECLINED,
    (State.ASKED, "lapse"): State.LAPSED,
    (State.AGREED, "open"): State.OPENED,
    (State.AGREED, "lapse"): State.LAPSED,
}


def ask_identity_number(person: Person, *, reason: str, now: datetime, by: User) -> Disclosure:
    """Ask to be shown somebody's identity number. Raises Refused, NoReason."""
    if not can_see_particulars(by, person):
        raise Refused(_("Your office does not open this identity number."))
    if not identity_number_of(person):
        raise Refused(_("No identity number is kept of this person."))
    return _ask(Disclosure(kind=Kind.IDENTITY_NUMBER, person=person), reason, now, by)


def ask_export(body: Body, *, persons: int, reason: str, now: datetime, by: User) -> Disclosure:
    """Ask for the names of those who belong to a body and below it, as a file. Raises Refused, NoReason."""
    if not can_see_roll(by, body):
        raise Refused(_("Your office does not open these names."))
    return _ask(Disclosure(kind=Kind.EXPORT, body=body, persons=persons), reason, now, by)


@transaction.atomic
def _ask(disclosure: Disclosure, reason: str, now: datetime, by: User) -> Disclosure:
    if not reason.strip():
        raise NoReason
    check_texts(Disclosure, {"reason": reason.strip()})
    lapse_old(now=now)
    if of_account(by, disclosure).exists():
        raise Refused(_("You have asked for this already. Open it once somebody has agreed, or wait for the answer."))
    disclosure.reason, disclosure.asked_by, disclosure.asked_at = reason.strip(), by, now
    disclosure.save()
    _note("ask", disclosure, by, reason=disclosure.reason, persons=disclosure.persons)
    return disclosure


def of_account(account: User, like: Disclosure) -> QuerySet[Disclosure]:
    """What the account has asked for of the same thing, and what is not over."""
    same = Disclosure.objects.filter(kind=like.kind, person=like.person_id, body=like.body_id)
    return same.filter(asked_by=account, state__in=[State.ASKED, State.AGREED])


def agree(disclosure: Disclosure, *, now: datetime, by: User) -> Disclosure:
    """A second person agrees. Raises Refused: no right to, the one who asks, too late, answered already."""
    return _answer(disclosure, "agree", now, by)


def decline(disclosure: Disclosure, *, now: datetime, by: User) -> Disclosure:
    """A second person does not agree. Raises Refused."""
    return _answer(disclosure, "decline", now, by)


@transaction.atomic
def _answer(disclosure: Disclosure, verb: str, now: datetime, by: User) -> Disclosure:
    disclosure = _locked(disclosure)
    if disclosure.asked_by_id == by.pk:
        raise Refused(_("Somebody else has to answer: what you ask for is never opened by you alone."))
    if not can_answer(by, disclosure):
        raise Refused(_("Your office does not answer this."))
    _check_time(disclosure.asked_at, now)
    disclosure.answered_by, disclosure.answered_at = by, now
    _move(disclosure, verb)
    disclosure.save(update_fields=["state", "answered_by", "answered_at"])
    _note(verb, disclosure, by)
    return disclosure


@transaction.atomic
def open_identity_number(disclosure: Disclosure, *, now: datetime, by: User) -> str:
    """The number in full, this once, for whoever has asked. That it was opened, and why, is written down."""
    disclosure = _opening(disclosure, Kind.IDENTITY_NUMBER, now, by)
    person = disclosure.person
    if person is None or not can_see_particulars(by, person):
        raise Refused(_("Your office does not open this identity number."))
    number = identity_number_of(person)
    if not number:
        raise Refused(_("No identity number is kept of this person."))
    note_reading("identity number", subject_of(person), by, disclosure.reason)
    return number


@transaction.atomic
def open_export(disclosure: Disclosure, *, persons: int, now: datetime, by: User) -> Disclosure:
    """Use what was agreed for one file. Raises Refused where far more persons belong there by now than were agreed."""
    disclosure = _opening(disclosure, Kind.EXPORT, now, by)
    if persons > disclosure.persons + ALONE:
        said = _("Agreed were %(agreed)s persons, and now there are %(persons)s. Ask again.")
        raise Refused(said % {"agreed": disclosure.persons, "persons": persons})
    return disclosure


def _opening(disclosure: Disclosure, kind: str, now: datetime, by: User) -> Disclosure:
    disclosure = _locked(disclosure)
    if disclosure.asked_by_id != by.pk or disclosure.kind != kind:
        raise Refused(_("Only whoever has asked for it opens it."))
    if disclosure.answered_at is not None:
        _check_time(disclosure.answered_at, now)
    _move(disclosure, "open")
    disclosure.save(update_fields=["state"])
    return disclosure


@transaction.atomic
def lapse_old(*, now: datetime) -> int:
    """What nobody has answered for a week, and what was not opened for a week, lapses. Returns how many."""
    waiting = Disclosure.objects.select_for_update().filter(state=State.ASKED, asked_at__lt=now - KEPT_OPEN)
    agreed = Disclosure.objects.select_for_update().filter(state=State.AGREED, answered_at__lt=now - KEPT_OPEN)
    old = [*waiting, *agreed]
    for disclosure in old:
        _move(disclosure, "lapse")
        disclosure.save(update_fields=["state"])
    return len(old)


# == inside ==
def _move(disclosure: Disclosure, verb: str) -> None:
    state = MOVES.get((State(disclosure.state), verb))
    if state is None:
        said = _("This is not possible any more: %(state)s.")
        raise Refused(said % {"state": State(disclosure.state).label})
    disclosure.state = state


def _locked(disclosure: Disclosure) -> Disclosure:
    return Disclosure.objects.select_for_update().get(pk=disclosure.pk)


def _check_time(since: datetime, now: datetime) -> None:
    if now > since + KEPT_OPEN:
        raise Refused(_("More than seven days have passed. It has to be asked for again."))


def _note(verb: str, disclosure: Disclosure, by: User, **facts: str | int) -> None:
    about = f"register.body:{disclosure.body_id}" if disclosure.person is None else subject_of(disclosure.person)
    told = {"disclosure": disclosure.pk, "kind": disclosure.kind, **facts}
    record(f"register.{verb}_disclosure", by=by, subject=about, facts=told)
