"""What is written down of a meeting: who was there, what was said, what was decided; and publishing it, which asks.

Two may take minutes at once: a passage carries its version, and whoever saves an older one is shown both texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.accounts.models import User
from gongjian.asks.access import office_that_asks
from gongjian.asks.models import MOST_MINUTES, Sending
from gongjian.asks.sending import ask
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, OfficeKind
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused, check_texts
from gongjian.register.walks import path_range

from .access import members_on
from .actions import held_meeting
from .models import Attendance, Decision, Meeting, Passage, Topic
from .states import move, subject_of

MOST_DECISIONS = 60
TITLE = Sending._meta.get_field("title").max_length or 60


class Overtaken(Refused):
    """Somebody else has saved this passage meanwhile. Nothing is lost: here are both texts, and the version to go on
    from."""

    def __init__(self, theirs: Passage, mine: str) -> None:
        super().__init__(
            _("Somebody else has saved this item meanwhile. Both texts stand below: put yours into theirs, save again.")
        )
        self.theirs, self.mine = theirs, mine


# == who was there, and what was said ==
@in_sentences
def note_attendance(
    meeting: Meeting, rows: Sequence[tuple[Body, str, OfficeKind | None]], *, by: Reader
) -> list[Attendance]:
    """For each body whether it was there, and which office stood for it. Raises Refused."""
    meeting, office = _being_minuted(meeting, by)
    taking_part = set(members_on(meeting).values_list("body_id", flat=True)) | {meeting.series.host_id}
    if {body.pk for body, _how, _held in rows} - taking_part:
        raise Refused(_("This organisation is no member of the series on the day of the meeting."))
    if any(held and held.line_id not in (None, body.line_id) for body, _how, held in rows):
        raise Refused(_("This office belongs to another line. Choose one that the organisation has."))
    told = {str(body.pk): how for body, how, _held in rows}
    act = record("meetings.note_attendance", by=by, subject=subject_of(meeting), facts=told, as_office=office)
    keep_before(act, Attendance._meta.db_table, "r.meeting_id = %s", [meeting.pk])
    return [
        Attendance.objects.update_or_create(
            meeting=meeting, body=body, defaults={"how": how, "office": held if how == "present" else None}
        )[0]
        for body, how, held in rows
    ]


@in_sentences
def save_passage(topic: Topic, *, text: str, version: int, now: datetime, by: Reader) -> Passage:
    """What was said on the topic. `version`: the one that was read, 0 for none. Raises Overtaken, and Refused."""
    meeting, office = _being_minuted(topic.meeting, by)
    if topic.state != Topic.State.TAKEN or topic.meeting_id != meeting.pk:
        raise Refused(_("This topic is not on the agenda any more. Look at the meeting again."))
    text = text.strip().replace("\r\n", "\n")
    check_texts(Passage, {"text": text})
    passage = Passage.objects.select_for_update().filter(topic=topic).first()
    if passage is not None and passage.version != version:
        if passage.text == text:
            return passage
        raise Overtaken(passage, text)
    act = record("meetings.save_passage", by=by, subject=subject_of(topic), as_office=office)
    if passage is None:
        return Passage.objects.create(topic=topic, text=text, saved_at=now)
    keep_before(act, Passage._meta.db_table, "r.id = %s", [passage.pk])
    passage.text, passage.version, passage.saved_at = text, passage.version + 1, now
    passage.save(update_fields=["text", "version", "saved_at"])
    return passage


# == what was decided ==
@in_sentences
def add_decision(meeting: Meeting, *, today: date, by: Reader, **fields: Any) -> Decision:
    """`fields`: words, owner, due_on, minutes, kind, topic. Raises Refused."""
    meeting, office = _being_minuted(meeting, by)
    fields = _checked(meeting, fields, today)
    if meeting.decisions.count() >= MOST_DECISIONS:
        raise Refused(_("A meeting decides at most %(most)s things. Join some.") % {"most": MOST_DECISIONS})
    decision = Decision.objects.create(meeting=meeting, **fields)
    facts = {"decision": decision.pk, "owner": decision.owner_id, "due_on": decision.due_on.isoformat()}
    record("meetings.add_decision", by=by, subject=subject_of(meeting), facts=facts, as_office=office)
    return decision


@in_sentences
def amend_decision(decision: Decision, *, today: date, by: Reader, **fields: Any) -> Decision:
    """Until the minutes are published. Raises Refused."""
    meeting, office = _being_minuted(decision.meeting, by)
    fields = _checked(meeting, fields, today)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    facts = {"decision": decision.pk}
    act = record("meetings.amend_decision", by=by, subject=subject_of(meeting), facts=facts, as_office=office)
    keep_before(act, Decision._meta.db_table, "r.id = %s", [decision.pk])
    for name, value in fields.items():
        setattr(decision, name, value)
    decision.save(update_fields=[*fields])
    return decision


@in_sentences
def remove_decision(decision: Decision, *, by: Reader) -> Meeting:
    """Until the minutes are published. Raises Refused."""
    meeting, office = _being_minuted(decision.meeting, by)
    facts = {"decision": decision.pk}
    act = record("meetings.remove_decision", by=by, subject=subject_of(meeting), facts=facts, as_office=office)
    keep_before(act, Decision._meta.db_table, "r.id = %s", [decision.pk], deleted=True)
    Decision.objects.filter(pk=decision.pk).delete()
    return meeting


def can_own(host: Body) -> Q:
    """The bodies that can be asked in the name of the host: below it in its line, or led from it."""
    below = Q(pk__in=())
    in_line = {"line": host.line_id}
    for column, path, more in (("line_path", host.line_path, in_line), ("lead_path", host.lead_path, {})):
        if path:
            first, end = path_range(path)
            below |= Q(**more, **{f"{column}__gte": first, f"{column}__lt": end})
    return below & ~Q(pk=host.pk)


def owners_of(host: Body) -> QuerySet[Body]:
    return Body.objects.filter(can_own(host))


# == publishing ==
@in_sentences
def publish(meeting: Meeting, *, today: date, now: datetime, by: User) -> Meeting:
    """The minutes get their number and are open to all members; each decision is asked of its owner, once.

    Whoever keeps the series does it, and has to be one who asks in the name of the host. Raises Refused.
    """
    meeting, office = held_meeting(meeting, by)
    host = Body.objects.get(pk=meeting.series.host_id)
    decisions = list(meeting.decisions.select_related("owner", "topic").order_by("pk"))
    if missing := what_is_missing(meeting, decisions, today):
        raise Refused(" ".join(missing))
    if decisions and office_that_asks(by, host) is None:
        name = body_names(by, today, [host.pk]).get(host.pk, "")
        raise Refused(
            _("Publishing asks for what was decided in the name of %(name)s, and your office does not ask in its name. "
              "Whoever does can publish: the page of who can see and do what there names them.") % {"name": name}
        )  # fmt: skip
    issued = meeting.series.meetings.filter(issue_year=meeting.day.year).aggregate(last=Max("issue"))["last"] or 0
    numbered = {"issue": issued + 1, "issue_year": meeting.day.year, "published_at": now}
    facts = {"issue": issued + 1, "decisions": [each.pk for each in decisions]}
    move(meeting, "publish", by=by, as_office=office, facts=facts, **numbered)
    for each in decisions:
        _ask(each, meeting, host, today=today, now=now, by=by)
    return meeting


def what_is_missing(meeting: Meeting, decisions: Sequence[Decision], today: date) -> list[str]:
    """What keeps the minutes from being published, each as a sentence that says what to do."""
    found = []
    if meeting.state == Meeting.State.HELD and not meeting.attendance.exists():
        found.append(_("Nobody is written down as present yet. Note who was there."))
    for each in decisions:
        gaps = {"words": each.words[:30], "day": each.due_on}
        if each.due_on <= today:
            found.append(_("“%(words)s” was due on %(day)s. Give it a later day.") % gaps)
        if not BodyEntry.objects.on(today).filter(body=each.owner_id).exists():
            found.append(_("Whoever was to do “%(words)s” does not stand any more. Give it another owner.") % gaps)
    return found


def _ask(decision: Decision, meeting: Meeting, host: Body, *, today: date, now: datetime, by: User) -> None:
    short = decision.words if len(decision.words) <= TITLE else decision.words[: TITLE - 1] + "…"
    with override(settings.LANGUAGE_CODE):
        gaps = {"name": meeting.series.name, "day": meeting.day}
        why = _("Decided at the meeting “%(name)s” of %(day)s") % gaps
        if decision.kind == Decision.Kind.OPINION:
            why = _("Opinion of the chair at the meeting “%(name)s” of %(day)s") % gaps
    try:
        ask(
            [decision.owner], sender=host, today=today, now=now, by=by, kind=Sending.Kind.TELL, title=short, why=why,
            what=decision.words, about=decision.about, minutes=decision.minutes, due_on=decision.due_on,
        )  # fmt: skip
    except Refused as no:
        gaps = {"words": decision.words[:30], "reason": str(no)}
        raise Refused(_("“%(words)s” could not be asked for: %(reason)s") % gaps) from no


# == what is looked at first ==
def _being_minuted(meeting: Meeting, by: Reader) -> tuple[Meeting, str]:
    """The meeting while minutes are taken: from its agenda being set until they are published. Raises Refused."""
    found, office = held_meeting(meeting, by)
    if found.state == Meeting.State.PUBLISHED:
        raise Refused(_("The minutes of this meeting are published, so they stand. Put what is missing to the next."))
    if found.state not in (Meeting.State.AGENDA_SET, Meeting.State.HELD):
        raise Refused(_("Minutes are taken once the agenda is set. Set it first."))
    return found, office


def _checked(meeting: Meeting, fields: dict[str, Any], today: date) -> dict[str, Any]:
    fields["words"] = fields["words"].strip()
    if not fields["words"]:
        raise Refused(_("Say what was decided."))
    check_texts(Decision, {"words": fields["words"]})
    if fields["due_on"] <= meeting.day:
        raise Refused(_("It would be due on the day of the meeting or before. Choose a later day."))
    if not 1 <= fields["minutes"] <= MOST_MINUTES:
        raise Refused(_("Say how many minutes it takes, from 1 to %(most)s.") % {"most": MOST_MINUTES})
    topic = fields.get("topic")
    if topic is not None and topic.meeting_id != meeting.pk:
        raise Refused(_("This topic is not on the agenda any more. Look at the meeting again."))
    owner = fields["owner"]
    if not BodyEntry.objects.on(today).filter(body=owner).exists():
        raise Refused(_("This organisation does not stand today. Choose one that does."))
    if not owners_of(Body.objects.get(pk=meeting.series.host_id)).filter(pk=owner.pk).exists():
        raise Refused(_("The host asks organisations below it in its line, or led from it. Choose one of those."))
    return fields
