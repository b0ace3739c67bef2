"""Signing up for an event, taking that back, and throwing sign-ups away once they have served.

That somebody signed up is not written into the chronicle, which keeps for good: it is nobody's business later. What a
body does is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .access import events_visible_to
from .events import people_in
from .hosting import check_stands, office_in
from .models import Event, SignUp
from .states import subject_of

KEPT_DAYS = 30  # after the event
MOST_OF_A_BODY = 10_000


@in_sentences
def sign_up(event: Event, *, now: datetime, by: User) -> SignUp:
    """Oneself. Raises Refused: it is full, the day for it is past, or one has signed up already."""
    event = _open(event, now, by)
    if event.sign_ups.filter(account=by).exists():
        raise Refused(_("You have signed up already. There is nothing more to do."))
    _check_room(event, 1)
    return SignUp.objects.create(event=event, account=by, at=now)


@in_sentences
def sign_up_body(event: Event, body: Body, *, people: int, now: datetime, by: Reader) -> SignUp:
    """So many people of a body, or another number than before, without their names. Raises Refused."""
    office = office_in(body, by)
    event = _open(event, now, by)
    check_stands(body, timezone.localdate(now))
    if not 1 <= people <= MOST_OF_A_BODY:
        raise Refused(_("Say how many come, at least one."))
    known = event.sign_ups.filter(body=body).first()
    _check_room(event, people - (known.people if known else 0))
    facts = {"body": body.pk, "people": people}
    record("activities.sign_up_body", by=by, subject=subject_of(event), facts=facts, as_office=office)
    made, _new = SignUp.objects.update_or_create(event=event, body=body, defaults={"people": people, "at": now})
    return made


@in_sentences
def take_back(event: Event, *, now: datetime, by: User) -> None:
    """One does not come after all; no reason is asked for. Raises Refused."""
    event = _before_it_begins(event, now, by)
    if not event.sign_ups.filter(account=by).delete()[0]:
        raise Refused(_("You have not signed up for this, so there is nothing to take back."))


@in_sentences
def take_back_body(event: Event, body: Body, *, now: datetime, by: Reader) -> None:
    """The body's people do not come after all. Raises Refused."""
    office = office_in(body, by)
    event = _before_it_begins(event, now, by)
    if not event.sign_ups.filter(body=body).delete()[0]:
        raise Refused(_("The organisation has not signed up for this, so there is nothing to take back."))
    facts = {"body": body.pk}
    record("activities.take_back_body", by=by, subject=subject_of(event), facts=facts, as_office=office)


def erase_old(now: datetime) -> int:
    """Throw away the sign-ups of events that ended so many days ago; how many there were. Safe to run at any time."""
    old = Q(event__ends_at__lt=now - timedelta(days=KEPT_DAYS)) | Q(event__state=Event.State.OVER)
    return SignUp.objects.filter(old).delete()[0]


def _open(event: Event, now: datetime, by: Reader) -> Event:
    """The event under its lock, so that two at once come one after the other. Raises Refused."""
    event = _before_it_begins(event, now, by)
    if event.state != Event.State.ANNOUNCED:
        raise Refused(_("It is not announced, so nobody signs up for it now."))
    if event.sign_up_until is None:
        raise Refused(_("Nobody has to sign up for this. Just come."))
    if not event.takes_sign_ups(now):
        raise Refused(_("The last day to sign up is past. Ask the organisation that leads it."))
    return event


def _before_it_begins(event: Event, now: datetime, by: Reader) -> Event:
    found = events_visible_to(by).select_for_update(of=("self",)).filter(pk=event.pk).first()
    if found is None:
        raise Refused(_("This event is not there any more, or not open to you. Go back to the list."))
    if found.has_begun(now):
        raise Refused(_("It has begun already. Whoever signed up before is not asked for anything more."))
    return found


def _check_room(event: Event, more: int) -> None:
    if event.capacity is not None and more > 0 and people_in(event) + more > event.capacity:
        raise Refused(_("There is not so much room left. Sign up fewer, or ask the organisation that leads it."))
