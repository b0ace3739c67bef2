"""The life of a unit or a body, told from its entries: when it began, what changed on which day, when it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

Namer = Callable[[int | None, date], str]


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
) -> list[dict[str, Any]]:
    """Events, oldest first, as the lineage component takes them. Entries in which nothing changed make no event.

    With `official_days`, what begins on one of them is known only to have happened since the one before.
    """
    events: list[dict[str, Any]] = []
    last = None
    for entry in entries:
        if last is None:
            events.append(_event(entry.since, began(entry), "", "home", official_days, is_first=True))
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
        events.append(_event(last.until, _("Ends on this day"), "", "s-stop", ()))
    else:
        events.append({"when": today.isoformat(), "title": _("Stands today"), "note": last.name, "icon": "s-done"})
    return events


def _changed(on: date, changes: list[Change], official_days: Sequence[date]) -> list[dict[str, Any]]:
    if not changes:
        return []
    title, *others = sorted(changes, key=lambda change: -change.weight)
    note = format_html_join(mark_safe("<br>"), "{}", ((other.sentence,) for other in others))
    return [_event(on, title.sentence, note, title.icon, official_days)]


def _end(on: date, official_days: Sequence[date]) -> dict[str, Any]:
    return _event(on, _("No longer stands"), "", "s-stop", official_days)


def _event(
    on: date, title: str, note: str, icon: str, official_days: Sequence[date], *, is_first: bool = False
) -> dict[str, Any]:
    before = max((day for day in official_days if day < on), default=None)
    if on not in official_days or (before is None and not is_first):
        return {"when": on.isoformat(), "title": title, "note": note, "icon": icon}
    if before is None:
        first = _("First seen in the divisions published that day.")
        return {"when": on.isoformat(), "title": title, "note": first, "icon": icon}
    doubt = _("The exact day is not known; it is counted from %(day)s.") % {"day": on.isoformat()}
    when = _("after %(before)s, by %(day)s") % {"before": before.isoformat(), "day": on.isoformat()}
    note = format_html("{}<br>{}", note, doubt) if note else doubt
    return {"when": when, "title": title, "note": note, "icon": icon, "is_unsure": True}


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
