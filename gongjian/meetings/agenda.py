"""The agenda as it runs by the clock, and whether it is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Meeting, Topic

LONGEST_SPEECH = 60  # minutes: 整治形式主义为基层减负若干规定 lets no main speech take longer than an hour
LONG = 120  # minutes in all; no document sets this number


@dataclass(frozen=True)
class Item:
    """A topic on the agenda, from when until when."""

    number: int
    topic: Topic
    begins: datetime
    ends: datetime

    @property
    def is_long(self) -> bool:
        return self.topic.minutes > LONGEST_SPEECH


@dataclass(frozen=True)
class Agenda:
    items: list[Item]
    minutes: int
    ends: datetime

    @property
    def is_long(self) -> bool:
        return self.minutes > LONG or any(each.is_long for each in self.items)


def agenda_of(meeting: Meeting, topics: Sequence[Topic] | None = None) -> Agenda:
    """What is taken, in its order, one after the other from the beginning of the meeting. At most one query."""
    if topics is None:
        topics = list(meeting.topics.all())
    taken = [each for each in topics if each.state == Topic.State.TAKEN]
    items, clock = [], meeting.begins
    for number, topic in enumerate(sorted(taken, key=lambda each: (each.position or 0, each.pk)), start=1):
        ends = clock + timedelta(minutes=topic.minutes)
        items.append(Item(number, topic, clock, ends))
        clock = ends
    return Agenda(items, sum(each.topic.minutes for each in items), clock)
