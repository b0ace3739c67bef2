"""Who reads the meetings of a series, who keeps them, and who hands something in for a member.

A meeting is open to its host, to whoever is a member on its day, and to those above either of them in their line: to
offices that carry `see_counts` or `keep_plans` over the body along the line. What is being minuted is open to whoever
keeps the series – the offices of the host that carry `keep_plans` – until the minutes are published.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import bodies_kept_by, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, Permission

from .models import Decision, LineReport, Meeting, Member, Paper, Series, Topic

EVERYTHING = Q(pk__isnull=False)
WORDS = (Permission.SEE_COUNTS, Permission.KEEP_PLANS)


# == reading ==
def series_visible_to(reader: Reader) -> QuerySet[Series]:
    """The host's, and those in which a body is or was a member."""
    if not reader.is_authenticated:
        return Series.objects.none()
    seats = Member.objects.filter(_over(reader, "body__"), series=OuterRef("pk"))
    return Series.objects.filter(_over(reader, "host__") | Exists(seats))


def meetings_visible_to(reader: Reader) -> QuerySet[Meeting]:
    """The host's, and those on whose day a body is a member."""
    if not reader.is_authenticated:
        return Meeting.objects.none()
    seats = Member.objects.filter(_over(reader, "body__"), series=OuterRef("series"), valid__contains=OuterRef("day"))
    return Meeting.objects.filter(_over(reader, "series__host__") | Exists(seats))


def topics_visible_to(reader: Reader) -> QuerySet[Topic]:
    return Topic.objects.filter(meeting__in=meetings_visible_to(reader))


def papers_visible_to(reader: Reader) -> QuerySet[Paper]:
    return Paper.objects.filter(topic__meeting__in=meetings_visible_to(reader))


def decisions_visible_to(reader: Reader) -> QuerySet[Decision]:
    """Once the minutes are published; before that, what whoever keeps the series is writing."""
    seen = Q(meeting__state=Meeting.State.PUBLISHED) | kept(reader, "meeting__series__host__")
    return Decision.objects.filter(seen, meeting__in=meetings_visible_to(reader))


def reports_visible_to(reader: Reader) -> QuerySet[LineReport]:
    """Once handed in; a draft is for whoever keeps the plans of the body that writes it."""
    seen = Q(handed_in_at__isnull=False) | kept(reader, "body__")
    return LineReport.objects.filter(seen, meeting__in=meetings_visible_to(reader))


# == keeping ==
def keeps(reader: Reader, series: Series) -> bool:
    return office_that_keeps(reader, series.host) is not None


def kept(reader: Reader, body: str) -> Q:
    """The rows whose body's meetings the reader keeps. `body` leads from the row to the body."""
    if reach_of(reader).sees_all:
        return EVERYTHING
    return reach_of(reader).bodies(Permission.KEEP_PLANS, body, [Walk.LINE])


def series_kept_by(reader: Reader) -> QuerySet[Series]:
    return Series.objects.filter(kept(reader, "host__"))


def hosts_for(reader: Reader) -> QuerySet[Body]:
    """The bodies in whose name the reader may begin a series."""
    return bodies_kept_by(reader)


def members_on(meeting: Meeting) -> QuerySet[Member]:
    """The seats of the series on the day of the meeting."""
    return Member.objects.filter(series=meeting.series_id, valid__contains=meeting.day)


def bodies_for(reader: Reader, meeting: Meeting) -> QuerySet[Body]:
    """The bodies for which the reader hands topics in: members on its day, and the host; for whoever keeps the series
    all of them, since they write down what they are told."""
    taking_part = Q(pk__in=members_on(meeting).values("body")) | Q(pk=meeting.series.host_id)
    own = Q() if keeps(reader, meeting.series) else kept(reader, "")
    return Body.objects.filter(taking_part, own)


def meets_soon(reader: Reader) -> QuerySet[Meeting]:
    """The meetings in which a body takes part whose plans the reader keeps, from today on and not cancelled."""
    own = kept(reader, "body__")
    seats = Member.objects.filter(own, series=OuterRef("series"), valid__contains=OuterRef("day"))
    mine = Q(kept(reader, "series__host__")) | Q(Exists(seats))
    return Meeting.objects.filter(mine, day__gte=TODAY).exclude(state=Meeting.State.CANCELLED)


def _over(reader: Reader, body: str) -> Q:
    if reach_of(reader).sees_all:
        return EVERYTHING
    found = Q(pk__in=())
    for word in WORDS:
        found |= reach_of(reader).bodies(word, body, [Walk.LINE])
    return found
