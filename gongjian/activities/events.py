"""What people do with events: plan one, announce it, call it off, and write afterwards how it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import events_visible_to, office_that_hosts
from .hosting import check_heir, check_hosts, check_stands, office_in, set_hosts, stands
from .models import FEWEST_TOLD, Event, EventHost
from .states import move, note, subject_of

LANGUAGE = "zh-hans"
TEXTS = ("title", "what", "place")


@in_sentences
def plan(lead: Body, *, hosts: Iterable[Body] = (), today: date, by: Reader, **fields: Any) -> Event:
    """A draft of an event. `fields` are those of the model: title, what, kind, stage, item, starts_at, ends_at, venue,
    place, capacity, sign_up_until. Raises Refused."""
    office = office_in(lead, by)
    check_stands(lead, today)
    others = check_hosts(lead, hosts, today)
    event = Event(lead=lead, **fields)
    _check(event)
    event.save()
    set_hosts(event, others)
    facts = {"lead": lead.pk, "hosts": [each.pk for each in others], "title": event.title}
    record("activities.plan_event", by=by, subject=subject_of(event), facts=facts, as_office=office)
    return event


@in_sentences
def amend(event: Event, *, hosts: Iterable[Body], today: date, by: Reader, **fields: Any) -> Event:
    """Write down anew what it is, when and where, as long as it is not over. Raises Refused."""
    event, office = _held(event, by)
    if event.state not in (Event.State.DRAFT, Event.State.ANNOUNCED):
        raise Refused(_("It is over or called off, so it stands as it was. Plan another one."))
    before = {each.body_id for each in event.hosts.all()}
    others = check_hosts(event.lead, hosts, today, before)
    for name, value in fields.items():
        setattr(event, name, value)
    _check(event)
    missing = missing_in(event) if event.state == Event.State.ANNOUNCED else []
    if missing:
        raise Refused(" ".join(missing))
    if event.capacity is not None and event.capacity < people_in(event):
        raise Refused(_("More have signed up already than would have room. Leave room for them, or call it off."))
    told: dict[str, Any] = {name: str(getattr(value, "pk", value)) for name, value in fields.items() if name != "what"}
    act = note(event, "amend_event", by=by, as_office=office, facts=told | {"hosts": [each.pk for each in others]})
    keep_before(act, EventHost._meta.db_table, "r.event_id = %s", [event.pk])
    event.save(update_fields=list(fields))
    set_hosts(event, others)
    return event


def missing_in(event: Event) -> list[str]:
    """What an event lacks to be announced, as sentences."""
    said = []
    if not event.place and event.venue_id is None:
        said.append(_("The place is missing. Choose a venue, or write where it is."))
    if event.capacity is not None and event.sign_up_until is None:
        said.append(_("Room is limited, so people have to sign up. Say until which day."))
    return said


@in_sentences
def announce(event: Event, *, now: datetime, by: Reader) -> Event:
    """Everybody who is signed in can read it, and sign up if that is asked for. Raises Refused."""
    event, office = _held(event, by)
    if missing := missing_in(event):
        raise Refused(" ".join(missing))
    if event.has_begun(now):
        raise Refused(_("It would have begun already. Choose a later day."))
    if not stands(event.lead, timezone.localdate(now)):
        raise Refused(_("The organisation that leads it does not stand any more. Let another host lead it first."))
    move(event, "announce", by=by, as_office=office)
    return event


@in_sentences
def take_back(event: Event, *, by: Reader) -> Event:
    """Make it a draft again, as long as nobody has signed up. Raises Refused."""
    event, office = _held(event, by)
    if event.sign_ups.exists():
        raise Refused(_("Somebody has signed up already. Call it off with a reason, so that they know."))
    move(event, "take_back", by=by, as_office=office)
    return event


@in_sentences
def call_off(event: Event, *, reason: str, now: datetime, by: Reader) -> Event:
    """It does not take place; whoever signed up gets a letter with the reason. Raises Refused."""
    event, office = _held(event, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is called off. Whoever signed up is told."))
    check_texts(Event, {"called_off_reason": reason})
    move(event, "call_off", by=by, as_office=office, facts={"reason": reason}, called_off_reason=reason)
    with translation.override(LANGUAGE):
        gaps = {"title": event.title, "reason": reason}
        subject = _("Called off: %(title)s") % gaps
        _tell(event, "off", subject, _("You signed up for this. It is called off because: %(reason)s") % gaps, now)
    return event


@in_sentences
def restore(event: Event, *, now: datetime, by: Reader) -> Event:
    """It takes place after all; whoever had signed up still has. Raises Refused."""
    event, office = _held(event, by)
    if event.has_begun(now):
        raise Refused(_("Its day is past. Plan another one."))
    move(event, "restore", by=by, as_office=office, called_off_reason="")
    with translation.override(LANGUAGE):
        subject = _("Takes place after all: %(title)s") % {"title": event.title}
        _tell(event, "on", subject, _("You signed up for this. If you cannot come now, take it back on its page."), now)
    return event


def _tell(event: Event, kind: str, subject: str, body: str, now: datetime) -> None:
    """A letter to people who signed up themselves. The organisations read it on the page."""
    day, body = timezone.localdate(now), "\n\n".join([body, settings.SITE + reverse("event", args=[event.pk])])
    accounts = event.sign_ups.filter(account__is_active=True).values_list("account_id", flat=True)
    rows = [NewLetter(id, f"{kind}-{event.pk}"[:20], day, subject, body, [subject_of(event)]) for id in accounts]
    write_letters(rows, now=now)


@in_sentences
def sum_up(event: Event, *, summary: str, took_part: int | None = None, now: datetime, by: Reader) -> Event:
    """How it was, once it has begun. With that the sign-ups go: they have served. Raises Refused."""
    event, office = _held(event, by)
    if not event.has_begun(now):
        raise Refused(_("It has not begun yet. Write how it was once it is over."))
    fields = _told(summary, took_part)
    if event.state == Event.State.OVER:
        note(event, "amend_summary", by=by, as_office=office)
        Event.objects.filter(pk=event.pk).update(**fields)
        event.refresh_from_db()
        return event
    move(event, "sum_up", by=by, as_office=office, **fields)
    event.sign_ups.all().delete()
    return event


def _told(summary: str, took_part: int | None) -> dict[str, Any]:
    summary = summary.strip()
    if not summary:
        raise Refused(_("Write in a few sentences how it was."))
    check_texts(Event, {"summary": summary})
    if took_part is not None and took_part < FEWEST_TOLD:
        raise Refused(_("Fewer than 5 people are not told as a number. Leave it empty."))
    return {"summary": summary, "took_part": took_part}


@in_sentences
def let_lead(event: Event, *, to: Body, today: date, by: Reader) -> Event:
    """Another body leads it from now on: after the one that did was dissolved, for one. Raises Refused."""
    event, office = _held(event, by)
    check_heir(event, to, today)
    note(event, "let_lead_event", by=by, as_office=office, facts={"lead": to.pk, "before": event.lead_id})
    old, event.lead = event.lead, to
    event.save(update_fields=["lead"])
    others = [each.body for each in event.hosts.select_related("body") if each.body_id != to.pk]
    set_hosts(event, [*others, old] if stands(old, today) else others)
    return event


@in_sentences
def remove(event: Event, *, by: Reader) -> None:
    """Throw a draft away. Raises Refused."""
    event, office = _held(event, by)
    if event.state != Event.State.DRAFT:
        raise Refused(_("It was announced, so it is on record. Call it off with a reason."))
    act = record("activities.remove_event", by=by, subject=subject_of(event), as_office=office)
    keep_before(act, EventHost._meta.db_table, "r.event_id = %s", [event.pk], deleted=True)
    keep_before(act, Event._meta.db_table, "r.id = %s", [event.pk], deleted=True)
    event.delete()


def people_in(event: Event) -> int:
    """How many people have signed up, those of organisations among them."""
    total: int = event.sign_ups.aggregate(people=Sum("people"))["people"] or 0
    return total


def _held(event: Event, by: Reader) -> tuple[Event, str]:
    """The event as it stands under the lock, and the office in which it is kept. Raises Refused."""
    found = events_visible_to(by).select_for_update(of=("self",)).filter(pk=event.pk).select_related("lead").first()
    if found is None:
        raise Refused(_("This event is not there any more, or not open to you. Go back to the list."))
    office = office_that_hosts(by, found)
    if office is None:
        raise Refused(_("It is kept by whoever keeps the plan of one of its hosts. None of your offices does."))
    return found, office


def _check(event: Event) -> None:
    """What any event must have, a draft too."""
    for name in TEXTS:
        setattr(event, name, getattr(event, name).strip())
    check_texts(Event, {name: getattr(event, name) for name in TEXTS})
    if not event.title:
        raise Refused(_("The title is empty. Say in a few words what it is."))
    if event.ends_at <= event.starts_at:
        raise Refused(_("It would end before it begins. Look at the two times again."))
    if event.sign_up_until and event.sign_up_until > timezone.localdate(event.starts_at):
        raise Refused(_("People would sign up after it has begun. Choose the day itself or an earlier one."))
