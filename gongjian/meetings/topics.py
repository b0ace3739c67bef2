"""What people do with topics: hand them in with papers, take, put off or decline them, and put the agenda in order."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import docx
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from docx.oxml.ns import qn

from gongjian.chronicle.record import keep_before, record
from gongjian.programme.access import office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused, check_texts

from .access import members_on, topics_visible_to
from .actions import carry_on, held_meeting
from .models import LONGEST_ITEM, Meeting, Paper, Topic
from .states import move, subject_of

TEXTS = ("title", "problem", "proposal")
MOST_TOPICS, MOST_PAPERS = 40, 10
LONG_PAPER = 5_000  # characters: 整治形式主义为基层减负若干规定
LARGEST_TEXT = 20 * 1024 * 1024  # of the text inside a Word file, unpacked


# == handing in ==
@in_sentences
def hand_in(meeting: Meeting, body: Body, *, today: date, by: Reader, late_reason: str = "", **fields: Any) -> Topic:
    """A topic of a member or the host: title, problem, proposal, minutes. After the closing day whoever keeps the
    series still takes it, with a reason. Raises Refused."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("series__host").get(pk=meeting.pk)
    office = _handing(meeting, body, by)
    late_reason = late_reason.strip() if today > meeting.topics_close_on else ""
    _check_open(meeting, today, late_reason, by)
    fields = _checked(fields)
    if meeting.topics.count() >= MOST_TOPICS:
        raise Refused(_("A meeting takes at most %(most)s topics. Keep this one for the next.") % {"most": MOST_TOPICS})
    check_texts(Topic, {"late_reason": late_reason})
    topic = Topic.objects.create(meeting=meeting, body=body, late_reason=late_reason, **fields)
    facts = {"meeting": meeting.pk, "body": body.pk, "title": topic.title}
    record("meetings.hand_in_topic", by=by, subject=subject_of(topic), facts=facts, as_office=office)
    return topic


@in_sentences
def amend_topic(topic: Topic, *, today: date, by: Reader, **fields: Any) -> Topic:
    """Until topics close by whoever handed it in; until the agenda is set by whoever keeps the series. Raises
    Refused."""
    topic, office = _held(topic, by)
    if topic.meeting.state != Meeting.State.COLLECTING:
        raise Refused(_("The agenda is set, so topics stand as they are. It can be opened again."))
    if today > topic.meeting.topics_close_on and office_that_keeps(by, topic.meeting.series.host) is None:
        raise Refused(_("Topics closed on %(day)s. Tell the host what has to be changed.")
                      % {"day": topic.meeting.topics_close_on})  # fmt: skip
    fields = _checked(fields)
    act = record("meetings.amend_topic", by=by, subject=subject_of(topic), as_office=office)
    keep_before(act, Topic._meta.db_table, "r.id = %s", [topic.pk])
    for name, value in fields.items():
        setattr(topic, name, value)
    topic.save(update_fields=[*fields])
    return topic


# == the agenda ==
@in_sentences
def sort_topic(topic: Topic, verb: str, *, by: Reader, reason: str = "") -> Topic:
    """Take it, put it off, do not take it, or put it back among those handed in. Raises Refused."""
    meeting, office = held_meeting(topic.meeting, by)
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    topic.meeting = meeting
    reason = reason.strip()
    _check_sorting(topic, verb, reason)
    check_texts(Topic, {"reason": reason})
    last = meeting.topics.order_by("position").exclude(position=None).values_list("position", flat=True).last() or 0
    place = last + 1 if verb == "take" else None
    if verb == "back":
        _take_back_successor(topic)
    said = reason if verb in ("put_off", "decline") else ""
    facts = {"reason": said} if said else None
    move(topic, verb, by=by, as_office=office, facts=facts, position=place, reason=said)
    following = meeting.series.meetings.filter(state=Meeting.State.COLLECTING, day__gt=meeting.day).order_by("day")
    if verb == "put_off" and (next_one := following.first()):
        carry_on(topic, next_one)
    return topic


@in_sentences
def order_agenda(meeting: Meeting, order: Sequence[tuple[Topic, int]], *, by: Reader) -> Meeting:
    """The topics taken, in their order, each with its minutes. Raises Refused."""
    meeting, office = held_meeting(meeting, by)
    if meeting.state != Meeting.State.COLLECTING:
        raise Refused(_("The agenda is set. Open it again, then change it."))
    taken = {each.pk: each for each in meeting.topics.select_for_update().filter(state=Topic.State.TAKEN)}
    if {topic.pk for topic, _minutes in order} != set(taken):
        raise Refused(_("The agenda has changed meanwhile. Look at it again, then put it in order."))
    facts = {"order": [topic.pk for topic, _minutes in order], "minutes": [minutes for _topic, minutes in order]}
    act = record("meetings.order_agenda", by=by, subject=subject_of(meeting), facts=facts, as_office=office)
    keep_before(act, Topic._meta.db_table, "r.id = ANY(%s)", [list(taken)])
    for position, (topic, minutes) in enumerate(order, start=1):
        _check_minutes(minutes)
        each = taken[topic.pk]
        each.position, each.minutes = position, minutes
        each.save(update_fields=["position", "minutes"])
    return meeting


# == papers ==
@in_sentences
def add_paper(topic: Topic, file: UploadedFile[Any], *, now: datetime, by: Reader) -> Paper:
    """A file that is a paper (register.papers has looked at it) goes with the topic. Raises Refused."""
    topic, office = _held(topic, by)
    if topic.meeting.was_held:
        raise Refused(_("The meeting was held. Its papers stand as they are."))
    if topic.papers.count() >= MOST_PAPERS:
        raise Refused(_("A topic has at most %(most)s papers. Join some.") % {"most": MOST_PAPERS})
    name = str(file.name).rsplit("/", 1)[-1][-120:].replace("\x00", "")
    content = file.read()
    file.seek(0)
    paper = Paper(topic=topic, name=name, sha256=hashlib.sha256(content).hexdigest(), handed_in_at=now)
    paper.characters = characters_in(file)
    paper.file.save(name, file, save=False)
    paper.save()
    facts = {"paper": paper.pk, "sha256": paper.sha256}
    record("meetings.add_paper", by=by, subject=subject_of(topic), facts=facts, as_office=office)
    return paper


@in_sentences
def remove_paper(paper: Paper, *, by: Reader) -> Topic:
    """Take it away until the meeting is held. Raises Refused."""
    topic, office = _held(paper.topic, by)
    if topic.meeting.was_held:
        raise Refused(_("The meeting was held. Its papers stand as they are."))
    act = record("meetings.remove_paper", by=by, subject=subject_of(topic), as_office=office)
    keep_before(act, Paper._meta.db_table, "r.id = %s", [paper.pk], deleted=True)
    Paper.objects.filter(pk=paper.pk).delete()
    return topic


def characters_in(file: UploadedFile[Any]) -> int | None:
    """How many characters the text of a Word file has, without blanks; None for whatever else it is."""
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist() if part.filename.endswith(".xml")) > LARGEST_TEXT:
                return None
        file.seek(0)
        texts = docx.Document(file).element.body.iter(qn("w:t"))
        return sum(len("".join((each.text or "").split())) for each in texts)
    except Exception:  # a broken file of somebody else's: its length is not told, and it is kept as it is
        return None
    finally:
        file.seek(0)


# == what is looked at first ==
def _handing(meeting: Meeting, body: Body, by: Reader) -> str:
    takes_part = body.pk == meeting.series.host_id or members_on(meeting).filter(body=body).exists()
    if not takes_part:
        raise Refused(_("This organisation is no member of the series on the day of the meeting."))
    office = office_that_keeps(by, Body.objects.get(pk=body.pk))
    if office is None:
        office = office_that_keeps(by, meeting.series.host)  # who keeps the series writes down what was told by phone
    if office is None:
        raise Refused(_("Topics are handed in by whoever keeps the yearly plan of the member. Your office does not."))
    return office


def _check_open(meeting: Meeting, today: date, late_reason: str, by: Reader) -> None:
    if meeting.state != Meeting.State.COLLECTING:
        raise Refused(_("This meeting takes no topics any more. Keep it for the next one."))
    if today <= meeting.topics_close_on:
        return
    host = meeting.series.host
    gaps = {"day": meeting.topics_close_on, "host": body_names(by, today, [host.pk]).get(host.pk, "")}
    if office_that_keeps(by, host) is None:
        raise Refused(
            _("Topics closed on %(day)s. %(host)s may still take it, with a reason: ask its office, or keep it for "
              "the next meeting.") % gaps
        )  # fmt: skip
    if not late_reason:
        raise Refused(_("Topics closed on %(day)s. Write why this one is still taken.") % gaps)


def _held(topic: Topic, by: Reader) -> tuple[Topic, str]:
    """The topic under the lock, and the office of whoever handed it in or keeps the series."""
    seen = topics_visible_to(by).select_for_update(of=("self", "meeting")).filter(pk=topic.pk)
    found = seen.select_related("meeting__series__host", "body").first()
    if found is None:
        raise Refused(_("This topic is not there any more, or not open to you. Go back to the meeting."))
    return found, _handing(found.meeting, found.body, by)


def _check_sorting(topic: Topic, verb: str, reason: str) -> None:
    late = verb == "put_off" and topic.meeting.state in (Meeting.State.AGENDA_SET, Meeting.State.HELD)
    if topic.meeting.state != Meeting.State.COLLECTING and not late:
        raise Refused(_("The agenda is set. Open it again, then change it."))
    if verb == "decline" and not reason:
        raise Refused(_("Say why it is not taken. Whoever handed it in reads it."))
    if verb == "put_off" and topic.decisions.exists():
        raise Refused(_("Something was decided on it. Take the decision out first."))


def _take_back_successor(topic: Topic) -> None:
    successor = Topic.objects.filter(came_from=topic).first()
    if successor is None:
        return
    if successor.state != Topic.State.HANDED_IN:
        raise Refused(_("The next meeting has looked at it already. Leave it there."))
    successor.papers.all().delete()
    successor.delete()


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value.strip() if name in TEXTS else value for name, value in fields.items()}
    if not fields["title"]:
        raise Refused(_("The title is empty. Say in a few words what it is about."))
    if not fields["problem"]:
        raise Refused(_("Say what the problem is. Members read it before the meeting."))
    check_texts(Topic, {name: fields.get(name, "") for name in TEXTS})
    _check_minutes(fields["minutes"])
    return fields


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_ITEM:
        raise Refused(_("Say how many minutes it takes, from 1 to %(most)s.") % {"most": LONGEST_ITEM})
