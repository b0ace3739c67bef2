"""What became of decisions, as their asks tell it: done, open, late, declined, or taken back. Nothing is kept twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gongjian.asks.models import Ask
from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names

from .models import Decision, Meeting

LOOKED_BACK = timedelta(days=2 * 366)


class Fate(TextChoices):
    """How a decision stands."""

    DONE = "done", _("carried out")
    OPEN = "open", _("still to do")
    LATE = "late", _("overdue")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("taken back")
    WRITTEN = "written", _("not asked yet")


@dataclass(frozen=True)
class Outcome:
    """A decision and what became of it. `by`: the body that has it now, or had it last."""

    decision: Decision
    fate: Fate
    by: int
    owner: str
    by_name: str
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.fate in (Fate.OPEN, Fate.LATE)

    @property
    def went_on(self) -> bool:
        """Was it handed over to somebody else?"""
        return self.by != self.decision.owner_id


def outcomes(reader: Reader, decisions: Iterable[Decision], today: date) -> list[Outcome]:
    """What became of each, in the order given. Two queries, and one more for each time something was merged."""
    decisions = list(decisions)
    last = _last_asks([each.about for each in decisions])
    told = [(each, last.get(each.about)) for each in decisions]
    ids = [each.owner_id for each in decisions] + [ask.body_id for _each, ask in told if ask]
    names = body_names(reader, today, ids) if ids else {}
    return [
        Outcome(
            decision=each,
            fate=_fate(ask, today),
            by=ask.body_id if ask else each.owner_id,
            owner=names.get(each.owner_id, ""),
            by_name=names.get(ask.body_id if ask else each.owner_id, ""),
            ended_at=ask.ended_at if ask else None,
            reason=ask.reason if ask and ask.state in (Ask.State.DECLINED, Ask.State.WITHDRAWN) else "",
        )
        for each, ask in told
    ]


def report_back(reader: Reader, meeting: Meeting, today: date) -> tuple[Meeting | None, list[Outcome], list[Outcome]]:
    """The meeting before it in the series, what became of its decisions, and what is still open from further back."""
    before = meeting.series.meetings.filter(state=Meeting.State.PUBLISHED, day__lt=meeting.day)
    before = before.filter(day__gte=meeting.day - LOOKED_BACK)
    decisions = Decision.objects.filter(meeting__in=before).select_related("meeting").order_by("meeting__day", "pk")
    last = before.order_by("day").last()
    if last is None:
        return None, [], []
    told = outcomes(reader, decisions, today)
    earlier = [each for each in told if each.decision.meeting_id != last.pk and each.is_open]
    return last, [each for each in told if each.decision.meeting_id == last.pk], earlier


def _last_asks(abouts: Sequence[str]) -> dict[str, Ask]:
    """For each reference the ask that stands for it now: through hands it went, and through what it was merged into."""
    if not abouts:
        return {}
    found = Ask.objects.filter(sending__about__in=abouts).select_related("sending").order_by("pk")
    last = {each.sending.about: each for each in found.exclude(state=Ask.State.HANDED_OVER)}
    waiting = {each.pk: about for about, each in last.items() if each.state == Ask.State.WITHDRAWN}
    while waiting:
        merged = list(Ask.objects.filter(merges__in=waiting).exclude(state=Ask.State.HANDED_OVER))
        for each in merged:
            last[waiting[each.merges_id or 0]] = each
        waiting = {each.pk: waiting[each.merges_id or 0] for each in merged if each.state == Ask.State.WITHDRAWN}
    return last


def _fate(ask: Ask | None, today: date) -> Fate:
    if ask is None:
        return Fate.WRITTEN
    if ask.is_overdue(today):
        return Fate.LATE
    return {
        Ask.State.DONE: Fate.DONE,
        Ask.State.DECLINED: Fate.DECLINED,
        Ask.State.WITHDRAWN: Fate.WITHDRAWN,
    }.get(Ask.State(ask.state), Fate.OPEN)
