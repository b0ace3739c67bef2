"""The life of a unit or a body, told from its entries: when it began, what changed on which day, when it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

Namer = Callable[[int | None, date], str]


@dataclass(frozen=True)
class Reform:
    """What happened to it on a day: a sentence, what to add to it, its mark, and the others in it as (id, name)."""

    on: date
    sentence: str
    notes: list[str]
    icon: str
    ends: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """One thing that changed on a day: a sentence, the mark it is drawn with, and how much it weighs as a title."""

    sentence: str
    icon: str
    weight: int


def life(
    entries: Sequence[Any],
    changes: Callable[[Any, Any], list[Change]],
    began: Callable[[Any], str],
    *,
    today: date,
    official_days: Sequence[date] = (),
    reforms: Sequence[Reform] = (),
) -> list[dict[str, Any]]:
    """Events, oldest first, as the lineage component takes them. Entries in which nothing changed make no event.

    With `official_days`, what begins on one of them is known only to have happened since the one before. `reforms` –
    mergers and divisions – take the place of what the entries say of their day, which is told below them.
    """
    events = _of_entries(entries, changes, began, today, official_days)
    for reform in reforms:
        _tell(events, reform)
    return sorted(events, key=lambda event: (event["on"], event["is_now"]))


def _of_entries(
    entries: Sequence[Any],
    changes: Callable[[Any, Any], list[Change]],
    began: Callable[[Any], str],
    today: date,
    official_days: Sequence[date],
) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    last = None
    for entry in entries:
        if last is None:
            first = _event(entry.since, began(entry), "", "home", official_days, is_first=True)
            events.append(first | {"is_first": True})
        elif last.until != entry.since:
            events.append(_end(last.until, official_days))
            again = _("Stands again: %(name)s") % {"name": entry.name}
            events.append(_event(entry.since, again, "", "s-redo", official_days))
        else:
            events += _changed(entry.since, changes(last, entry), official_days)
        last = entry
    if last is None:
        return events
    if last.until is not None and last.until <= today:
        events.append(_end(last.until, official_days))
    elif last.until is not None:
        events.append(_event(last.until, _("Ends on this day"), "", "s-stop", ()) | {"is_end": True})
    else:
        now = _plain(today, _("Stands today"), last.name, "s-done")
        events.append(now | {"is_now": True})
    return events


def _tell(events: list[dict[str, Any]], reform: Reform) -> None:
    """Put a reform into the event of its day, or beside them."""
    of_day = next((event for event in events if event["on"] == reform.on and not event["is_now"]), None)
    notes = [*reform.notes]
    if of_day is None:
        event = _plain(reform.on, reform.sentence, _below(notes), reform.icon)
        events.append(event | {"ends": reform.ends})
        return
    if of_day["is_first"]:
        notes = [reform.sentence, *notes]
    else:
        if not of_day["is_end"] and not of_day.get("ends"):
            notes.append(of_day["title"])
        elif of_day.get("ends"):
            notes.insert(0, of_day["title"])
        of_day |= {"title": reform.sentence, "icon": reform.icon}
    of_day["note"] = _below([*notes, *([of_day["note"]] if of_day["note"] else [])])
    of_day["ends"] = [*of_day.get("ends", ()), *reform.ends]


def _below(notes: Sequence[str]) -> str:
    return format_html_join(mark_safe("<br>"), "{}", ((note,) for note in notes))


def _plain(on: date, title: str, note: str, icon: str) -> dict[str, Any]:
    event = {"when": on.isoformat(), "title": title, "note": note, "icon": icon}
    return event | {"on": on, "is_now": False, "is_first": False, "is_end": False}


def _changed(on: date, changes: list[Change], official_days: Sequence[date]) -> list[dict[str, Any]]:
    if not changes:
        return []
    title, *others = sorted(changes, key=lambda change: -change.weight)
    note = _below([other.sentence for other in others])
    return [_event(on, title.sentence, note, title.icon, official_days)]


def _end(on: date, official_days: Sequence[date]) -> dict[str, Any]:
    return _event(on, _("No longer stands"), "", "s-stop", official_days) | {"is_end": True}


def _event(
    on: date, title: str, note: str, icon: str, official_days: Sequence[date], *, is_first: bool = False
) -> dict[str, Any]:
    before = max((day for day in official_days if day < on), default=None)
    if on not in official_days or (before is None and not is_first):
        return _plain(on, title, note, icon)
    if before is None:
        first = _("First seen in the divisions published that day.")
        return _plain(on, title, first, icon)
    doubt = _("The exact day is not known; it is counted from %(day)s.") % {"day": on.isoformat()}
    when = _("after %(before)s, by %(day)s") % {"before": before.isoformat(), "day": on.isoformat()}
    note = format_html("{}<br>{}", note, doubt) if note else doubt
    return _plain(on, title, note, icon) | {"when": when, "is_unsure": True}


def name_on(named: dict[int, list[Any]]) -> Namer:
    """Answers what something was called on a day, from its entries; its next or last name outside its days."""

    def answer(id: int | None, day: date) -> str:
        found = named.get(id or 0, [])
        for entry in found:
            if entry.until is None or entry.until > day:
                return entry.name
        return found[-1].name if found else ""

    return answer


def standing_on(entries: Sequence[Any], day: date) -> Any | None:
    return next((e for e in entries if e.since <= day and (e.until is None or e.until > day)), None)


def days_stood(entries: Sequence[Any]) -> list[tuple[date, date | None]]:
    """The stretches of days on which it stood, touching entries joined: (first day, first day no longer)."""
    stretches: list[tuple[date, date | None]] = []
    for entry in entries:
        if stretches and stretches[-1][1] == entry.since:
            stretches[-1] = (stretches[-1][0], entry.until)
        else:
            stretches.append((entry.since, entry.until))
    return stretches
