"""What people do with series and meetings: begin one, name its members, call a meeting, set its agenda, cancel it.

Every action is one transaction with its act in the chronicle. Whoever does it keeps the plans of the host.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.programme.access import office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from . import letters
from .access import meetings_visible_to, series_visible_to
from .models import MOST_DAYS_BEFORE, MOST_MONTHS, Meeting, Member, Series, Topic
from .states import move, subject_of

MOST_MEMBERS = 60
FURTHEST = timedelta(days=400)
SERIES_TEXTS = ("name", "chair", "secretariat")


# == series ==
@in_sentences
def begin_series(
    host: Body, *, kind: str, members: Iterable[Body] = (), today: date, by: Reader, **fields: Any
) -> Series:
    """`fields`: name, chair, secretariat, months, closes_before. `members` take part from today on. Raises Refused."""
    office = _keeping(by, host)
    _check_stands(host, today)
    fields = _checked(host, fields)
    series = Series.objects.create(host=host, kind=kind, **fields)
    act = record("meetings.begin_series", by=by, subject=_subject(series), facts=fields, as_office=office)
    for body in members:
        _check_stands(body, today)
        Member.objects.create(series=series, body=body, valid=(today, None), act=act)
    _check_room(series, today)
    return series


@in_sentences
def amend_series(series: Series, *, by: Reader, **fields: Any) -> Series:
    """Its name, rhythm, chair and secretariat. Raises Refused."""
    series, office = _held_series(series, by)
    fields = _checked(series.host, fields, but=series)
    act = record("meetings.amend_series", by=by, subject=_subject(series), facts=fields, as_office=office)
    _put(series, act, fields)
    return series


@in_sentences
def end_series(series: Series, *, today: date, by: Reader) -> Series:
    """No further meeting is called; what there is stays. Raises Refused while one is still to come."""
    series, office = _held_series(series, by)
    if series.meetings.filter(day__gte=today, state__in=(Meeting.State.COLLECTING, Meeting.State.AGENDA_SET)).exists():
        raise Refused(_("A meeting is still to come. Hold it or cancel it, then end the series."))
    act = record("meetings.end_series", by=by, subject=_subject(series), on=today, as_office=office)
    _put(series, act, {"ended_on": today})
    return series


@in_sentences
def resume_series(series: Series, *, by: Reader) -> Series:
    """Meetings are called again. Raises Refused."""
    series, office = _held_series(series, by)
    act = record("meetings.resume_series", by=by, subject=_subject(series), as_office=office)
    _put(series, act, {"ended_on": None})
    return series


@in_sentences
def add_member(series: Series, body: Body, *, on: date, today: date, by: Reader) -> Member:
    """It takes part from the day on. Raises Refused: no right to, it does not stand, it is a member already."""
    series, office = _held_series(series, by)
    if body.pk == series.host_id:
        raise Refused(_("The host takes part anyway. Choose another organisation."))
    _check_stands(body, max(on, today))
    if series.members.filter(body=body, valid__overlap=(on, None)).exists():
        raise Refused(_("It is a member on some of these days already. End that first, or choose a later day."))
    facts = {"body": body.pk}
    act = record("meetings.add_member", by=by, subject=_subject(series), on=on, facts=facts, as_office=office)
    member = Member.objects.create(series=series, body=body, valid=(on, None), act=act)
    _check_room(series, on)
    return member


@in_sentences
def end_member(member: Member, *, on: date, by: Reader) -> Series:
    """From the day on it takes part no longer; where it never did, the seat is gone. Raises Refused."""
    series, office = _held_series(member.series, by)
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.until is not None:
        raise Refused(_("It has left already. Look at the list again."))
    facts = {"body": member.body_id}
    act = record("meetings.end_member", by=by, subject=_subject(series), on=on, facts=facts, as_office=office)
    keep_before(act, Member._meta.db_table, "r.id = %s", [member.pk], deleted=on <= member.since)
    if on <= member.since:
        member.delete()
    else:
        member.valid = (member.since, on)
        member.save(update_fields=["valid"])
    return series


# == meetings ==
@in_sentences
def call_meeting(
    series: Series, *, day: date, begins_at: time, place: str, today: date, by: Reader,
    topics_close_on: date | None = None,
) -> Meeting:  # fmt: skip
    """A meeting that gathers topics until its closing day; those put off earlier are among them. Raises Refused."""
    series, office = _held_series(series, by)
    if series.ended_on:
        raise Refused(_("The series has ended. Take it up again first."))
    closes = topics_close_on or max(day - timedelta(days=series.closes_before), today)
    _check_days(series, day, closes, today)
    fields = {"begins_at": begins_at, "place": _place(place), "topics_close_on": closes}
    meeting = Meeting.objects.create(series=series, day=day, **fields)
    facts = {"series": series.pk, "day": day.isoformat(), "topics_close_on": closes.isoformat()}
    record("meetings.call_meeting", by=by, subject=subject_of(meeting), on=day, facts=facts, as_office=office)
    waiting = Topic.objects.filter(meeting__series=series, state=Topic.State.PUT_OFF, went_on_in=None)
    for topic in waiting.filter(meeting__day__lt=day).order_by("pk"):
        carry_on(topic, meeting)
    return meeting


@in_sentences
def amend_meeting(
    meeting: Meeting, *, day: date, begins_at: time, place: str, topics_close_on: date, today: date, by: Reader
) -> Meeting:
    """Day, time, place and closing day, until it is held. Raises Refused."""
    meeting, office = held_meeting(meeting, by)
    if meeting.state not in (Meeting.State.COLLECTING, Meeting.State.AGENDA_SET):
        raise Refused(_("It was held or cancelled. Its day and place stand on record."))
    _check_days(meeting.series, day, topics_close_on, today, but=meeting)
    fields = {"day": day, "begins_at": begins_at, "place": _place(place), "topics_close_on": topics_close_on}
    told = {name: str(value) for name, value in fields.items()}
    act = record("meetings.amend_meeting", by=by, subject=subject_of(meeting), facts=told, as_office=office)
    _put(meeting, act, fields)
    return meeting


@in_sentences
def move_meeting(meeting: Meeting, verb: str, *, today: date, now: datetime, by: Reader, reason: str = "") -> Meeting:
    """Set the agenda, open it again, say that it was held, cancel it with a reason, restore it. Raises Refused.

    Publishing the minutes is a verb of its own: minutes.publish.
    """
    meeting, office = held_meeting(meeting, by)
    reason = reason.strip()
    if verb == "publish":
        raise Refused(_("Publish the minutes of the meeting from its own button."))
    if missing := what_is_missing(meeting, verb, today=today, reason=reason):
        raise Refused(" ".join(missing))
    check_texts(Meeting, {"cancelled_reason": reason})
    said = reason if verb == "cancel" else ""
    move(meeting, verb, by=by, as_office=office, facts={"reason": said} if said else None, cancelled_reason=said)
    if verb == "set_agenda":
        letters.tell_members(meeting, today=today, now=now)
    return meeting


def what_is_missing(meeting: Meeting, verb: str, *, today: date, reason: str) -> list[str]:
    """What keeps it from being moved so, each as a sentence that says what to do."""
    topics = [each.state for each in meeting.topics.all()]
    found = []
    if verb == "set_agenda" and Topic.State.HANDED_IN in topics:
        count = topics.count(Topic.State.HANDED_IN)
        found.append(
            _("Topics not looked at yet: %(count)s. Put them on the agenda, put them off, or do not take them.")
            % {"count": count}
        )
    if verb == "set_agenda" and meeting.series.kind == Series.Kind.CONFERENCE and Topic.State.TAKEN not in topics:
        found.append(_("Nothing is on the agenda yet. Put a topic on it."))
    if verb == "hold" and today < meeting.day:
        found.append(_("It is on %(day)s. Say then that it was held.") % {"day": meeting.day})
    if verb in ("cancel", "not_held") and meeting.decisions.exists():
        found.append(_("Something was decided in it, so it was held. Take the decisions out first."))
    if verb == "cancel" and not reason:
        found.append(_("Say why it is cancelled. The members read it."))
    return found


def carry_on(topic: Topic, meeting: Meeting) -> Topic:
    """The topic of an earlier meeting among those of this one, with its papers."""
    copied = {name: getattr(topic, name) for name in ("body_id", "title", "problem", "proposal", "minutes")}
    made = Topic.objects.create(meeting=meeting, came_from=topic, **copied)
    for paper in topic.papers.all():
        paper.pk, paper.topic = None, made
        paper.save(force_insert=True)
    return made


# == what is looked at first ==
def held_meeting(meeting: Meeting, by: Reader) -> tuple[Meeting, str]:
    """The meeting as it stands under the lock, and the office in which it is kept. Raises Refused."""
    seen = meetings_visible_to(by).select_for_update(of=("self",)).select_related("series__host").filter(pk=meeting.pk)
    found = seen.first()
    if found is None:
        raise Refused(_("This meeting is not there any more, or not open to you. Go back to the list."))
    return found, _keeping(by, found.series.host)


def _held_series(series: Series, by: Reader) -> tuple[Series, str]:
    seen = series_visible_to(by).select_for_update(of=("self",)).select_related("host").filter(pk=series.pk)
    found = seen.first()
    if found is None:
        raise Refused(_("This series is not there any more, or not open to you. Go back to the list."))
    return found, _keeping(by, found.host)


def _keeping(by: Reader, host: Body) -> str:
    office = office_that_keeps(by, Body.objects.get(pk=host.pk))
    if office is None:
        raise Refused(
            _("Meetings are kept by whoever keeps the yearly plan of their host. Your office is not one of those.")
        )
    return office


def _put(thing: Series | Meeting, act: Any, fields: dict[str, Any]) -> None:
    keep_before(act, thing._meta.db_table, "r.id = %s", [thing.pk])
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=[*fields])


def _checked(host: Body, fields: dict[str, Any], but: Series | None = None) -> dict[str, Any]:
    fields = {name: value.strip() if name in SERIES_TEXTS else value for name, value in fields.items()}
    if not fields["name"]:
        raise Refused(_("Give the series a name."))
    if not fields["chair"]:
        raise Refused(_("Say which office chairs it, for example the secretary. Nobody is named."))
    check_texts(Series, {name: fields.get(name, "") for name in SERIES_TEXTS})
    if not (1 <= fields["months"] <= MOST_MONTHS and 0 <= fields["closes_before"] <= MOST_DAYS_BEFORE):
        raise Refused(_("Meet every 1 to 12 months, and let topics close 0 to 60 days before."))
    if Series.objects.filter(host=host, name=fields["name"]).exclude(pk__in=[but.pk] if but else []).exists():
        raise Refused(_("The host has a series of this name already. Choose another name."))
    return fields


def _check_days(series: Series, day: date, closes: date, today: date, but: Meeting | None = None) -> None:
    is_new = but is None or but.day != day
    if is_new and not today <= day <= today + FURTHEST:
        raise Refused(_("Choose a day from today on, less than 400 days ahead."))
    if closes > day:
        raise Refused(_("Topics would close after the meeting. Choose an earlier closing day."))
    if series.meetings.filter(day=day).exclude(pk__in=[but.pk] if but else []).exists():
        raise Refused(_("The series has a meeting on that day already. Open that one, or choose another day."))


def _place(place: str) -> str:
    place = place.strip()
    if not place:
        raise Refused(_("Say where it is held."))
    check_texts(Meeting, {"place": place})
    return place


def _check_stands(body: Body, day: date) -> None:
    if not BodyEntry.objects.on(day).filter(body=body).exists():
        raise Refused(_("This organisation does not stand today. Choose one that does."))


def _check_room(series: Series, on: date) -> None:
    if series.members.filter(valid__contains=on).count() > MOST_MEMBERS:
        raise Refused(_("A series has at most %(most)s members. Let some leave first.") % {"most": MOST_MEMBERS})


def _subject(series: Series) -> str:
    return f"meetings.series:{series.pk}"
