"""Defining what a pack says of activities: kinds of events, types of contests, channels."""

from __future__ import annotations

from .models import Channel, ContestType, EventKind

Names = dict[str, str]


def define_event_kind(key: str, *, names: Names, position: int) -> EventKind:
    kind, _new = EventKind.objects.update_or_create(key=key, defaults={"names": names, "position": position})
    return kind


def define_contest_type(key: str, *, names: Names, position: int) -> ContestType:
    kind, _new = ContestType.objects.update_or_create(key=key, defaults={"names": names, "position": position})
    return kind


def define_channel(key: str, *, names: Names, position: int) -> Channel:
    channel, _new = Channel.objects.update_or_create(key=key, defaults={"names": names, "position": position})
    return channel
