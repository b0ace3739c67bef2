"""What the pages of meetings show: the list, a series, one meeting with everything of it that is open to the reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.models import Body, BodyEntry, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.queries.why import Told, who
from gongjian.ui.keyset import Page, page_of

from .access import (
    bodies_for,
    decisions_visible_to,
    hosts_for,
    keeps,
    meetings_visible_to,
    meets_soon,
    members_on,
    papers_visible_to,
    reports_visible_to,
    series_visible_to,
)
from .agenda import Agenda, agenda_of
from .models import Attendance, Custom, Decision, LineReport, Meeting, Member, Paper, Passage, Series, Topic
from .outcomes import Outcome, outcomes, report_back

PAGE, MOST_COMING, MOST_SERIES, MOST_OFFERED = 30, 50, 50, 200
SOON = timedelta(days=14)
ORDER = ["-day", "-id"]
DIVISIONS = ("city", "county", "town", "village")


@dataclass(frozen=True)
class Listed:
    """What is still to come, the next first; what is over, the last first."""

    coming: list[Any]
    over: Page
    series: list[Any]
    hosts: list[tuple[int, str]]


def meetings_listed(reader: Reader, today: date, *, size: int = PAGE, after: str = "", before: str = "") -> Listed:
    """A fixed number of queries."""
    rows = meetings_visible_to(reader).select_related("series__host__line")
    coming = list(rows.filter(_coming(today)).order_by("day", "begins_at", "id")[:MOST_COMING])
    over = page_of(rows.exclude(_coming(today)), ORDER, size=size, after=after, before=before)
    every = series_visible_to(reader).select_related("host__line")
    series = list(every.order_by(F("ended_on").desc(nulls_first=True), "name", "pk")[:MOST_SERIES])
    hosts = list(hosts_for(reader).order_by("line__position", "pk").values_list("pk", flat=True)[:MOST_SERIES])
    names = body_names(reader, today, {each.series.host_id for each in [*coming, *over.rows]}
                       | {each.host_id for each in series} | {*hosts})  # fmt: skip
    for each in [*coming, *over.rows]:
        each.host_name = names.get(each.series.host_id, "")
    for each in series:
        each.host_name = names.get(each.host_id, "")  # type: ignore[attr-defined]
    return Listed(coming, over, series, [(id, names.get(id, "")) for id in hosts])


def _coming(today: date) -> Q:
    return Q(day__gte=today) & ~Q(state=Meeting.State.CANCELLED)


def next_meeting(reader: Reader, today: date) -> Meeting | None:
    """The next one, within a fortnight, in which a body takes part whose plans the reader keeps. One query."""
    soon = meets_soon(reader).filter(day__lte=today + SOON).select_related("series")
    return soon.order_by("day", "begins_at", "pk").first()


# == a series ==
@dataclass(frozen=True)
class SeriesShown:
    """`told`: whose offices keep it. `decisions`: all that its published meetings decided, the last first."""

    series: Series
    host_name: str
    is_kept: bool
    told: Told
    members: list[tuple[Member, str]]
    meetings: list[Meeting]
    decisions: list[Outcome]


def series_shown(reader: Reader, series_id: int, today: date) -> SeriesShown | None:
    """None if there is none that the reader may see. A fixed number of queries, but for what was merged."""
    series = series_visible_to(reader).select_related("host__line").filter(pk=series_id).first()
    if series is None:
        return None
    now_or_later = Q(valid__upper_inf=True) | Q(valid__contains=today)
    seats = list(series.members.filter(now_or_later).select_related("body__line"))
    seats.sort(key=lambda each: (each.body.line.position, each.body_id))
    names = body_names(reader, today, [series.host_id, *(each.body_id for each in seats)])
    return SeriesShown(
        series=series,
        host_name=names.get(series.host_id, ""),
        is_kept=keeps(reader, series),
        told=who(reader, series.host, today, [Permission.KEEP_PLANS])[0],
        members=[(each, names.get(each.body_id, "")) for each in seats],
        meetings=list(meetings_visible_to(reader).filter(series=series).order_by(*ORDER)[:PAGE]),
        decisions=outcomes(reader, decided_in(reader, series)[:PAGE], today),
    )


def decided_in(reader: Reader, series: Series) -> QuerySet[Decision]:
    found = decisions_visible_to(reader).filter(meeting__series=series, meeting__state=Meeting.State.PUBLISHED)
    return found.select_related("meeting", "topic").order_by("-meeting__day", "pk")


def custom_of(kind: str) -> Custom | None:
    """What the pack lets a series of a kind begin with."""
    return Custom.objects.filter(pk=kind).first()


def members_offered(reader: Reader, host: Body, today: date) -> list[BodyEntry]:
    """Whom the host leads, and those directly below it that sit in divisions."""
    near = Q(leader=host.pk) | Q(superior=host.pk)
    near &= Q(seat__entries__valid__contains=today, seat__entries__kind__level__in=DIVISIONS)
    found = body_entries_visible_to(reader).on(today).filter(near).select_related("body__line").distinct()
    is_below = {each: each.superior_id == host.pk for each in found[:MOST_OFFERED]}
    return sorted(is_below, key=lambda each: (is_below[each], each.body.line.position, each.pk))


# == one meeting ==
@dataclass
class TopicRow:
    topic: Topic
    by: str
    papers: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class ReportRow:
    """A member's report, if there is one that is open to the reader; `is_own`: the reader writes it."""

    body_id: int
    name: str
    report: LineReport | None
    is_own: bool


@dataclass(frozen=True)
class MeetingShown:
    """A meeting with all its page shows. What is being minuted is empty for whoever does not keep the series."""

    meeting: Meeting
    host_name: str
    is_kept: bool
    agenda: Agenda
    rows: dict[int, TopicRow]
    waiting: list[TopicRow]
    left_out: list[TopicRow]
    before: Meeting | None
    last_time: list[Outcome]
    earlier: list[Outcome]
    attendance: list[tuple[Attendance, str]]
    passages: dict[int, Passage]
    decisions: list[Outcome]
    reports: list[ReportRow]
    own: list[int]
    members: dict[int, str]

    @property
    def shows_minutes(self) -> bool:
        return self.is_kept or self.meeting.state == Meeting.State.PUBLISHED

    def decided_on(self, topic_id: int | None) -> list[Outcome]:
        return [each for each in self.decisions if each.decision.topic_id == topic_id]


def meeting_of(reader: Reader, meeting_id: int) -> Meeting | None:
    found = meetings_visible_to(reader).select_related("series__host__line")
    return found.filter(pk=meeting_id).first()


def meeting_shown(reader: Reader, meeting_id: int, today: date) -> MeetingShown | None:
    """None if there is none that the reader may see. A fixed number of queries, but for what was merged."""
    meeting = meeting_of(reader, meeting_id)
    if meeting is None:
        return None
    is_kept = keeps(reader, meeting.series)
    topics = list(meeting.topics.select_related("body__line", "came_from").order_by("position", "pk"))
    seats = list(members_on(meeting).order_by("body__line__position", "body_id").values_list("body_id", flat=True))
    names = body_names(reader, today, {meeting.series.host_id, *seats, *(each.body_id for each in topics)})
    rows = _topic_rows(reader, topics, names)
    before, last_time, earlier = report_back(reader, meeting, today)
    shows = is_kept or meeting.state == Meeting.State.PUBLISHED
    own = list(bodies_for(reader, meeting).values_list("pk", flat=True))
    return MeetingShown(
        meeting=meeting,
        host_name=names.get(meeting.series.host_id, ""),
        is_kept=is_kept,
        agenda=agenda_of(meeting, topics),
        rows=rows,
        waiting=[rows[each.pk] for each in topics if each.state == Topic.State.HANDED_IN],
        left_out=[rows[each.pk] for each in topics if each.state in (Topic.State.PUT_OFF, Topic.State.DECLINED)],
        before=before,
        last_time=last_time,
        earlier=earlier,
        attendance=_attendance(meeting, names) if shows else [],
        passages={each.topic_id: each for each in Passage.objects.filter(topic__meeting=meeting)} if shows else {},
        decisions=_decided(reader, meeting, today) if shows else [],
        reports=_reports(reader, meeting, seats, names),
        own=own,
        members={id: names.get(id, "") for id in seats},
    )


def _decided(reader: Reader, meeting: Meeting, today: date) -> list[Outcome]:
    found = decisions_visible_to(reader).filter(meeting=meeting).select_related("meeting", "topic")
    return outcomes(reader, found.order_by("pk"), today)


def _topic_rows(reader: Reader, topics: Sequence[Topic], names: dict[int | None, str]) -> dict[int, TopicRow]:
    rows = {each.pk: TopicRow(each, names.get(each.body_id, "")) for each in topics}
    for paper in papers_visible_to(reader).filter(topic__in=list(rows)).order_by("pk"):
        rows[paper.topic_id].papers.append(paper)
    return rows


def _attendance(meeting: Meeting, names: dict[int | None, str]) -> list[tuple[Attendance, str]]:
    rows = meeting.attendance.select_related("office", "body__line")
    found = sorted(rows, key=lambda each: (each.how != "present", each.how, each.body.line.position, each.body_id))
    return [(each, names.get(each.body_id, "")) for each in found]


def _reports(reader: Reader, meeting: Meeting, seats: Iterable[int], names: dict[int | None, str]) -> list[ReportRow]:
    """Of every member until the meeting is held; afterwards only what was handed in."""
    found = {each.body_id: each for each in reports_visible_to(reader).filter(meeting=meeting)}
    own = set(hosts_for(reader).filter(pk__in=list(seats)).values_list("pk", flat=True))
    told = [id for id in seats if id in found or not meeting.was_held]
    return [ReportRow(id, names.get(id, ""), found.get(id), id in own) for id in told]


def topic_shown(reader: Reader, topic: Topic, today: date) -> TopicRow:
    names = body_names(reader, today, [topic.body_id])
    return _topic_rows(reader, [topic], names)[topic.pk]
