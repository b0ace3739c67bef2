"""What units and bodies have become from one day to another, and what they came from, by their lineage.

A way is followed onwards by its days: from a thing on a day to its next links, and on from what they lead to. A thing
that ended without a successor is lost, unless it stands again itself by the day asked about: it is still the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from ..access import Reader, body_entries_visible_to, unit_entries_visible_to
from ..models import BodyEntry, UnitEntry
from ..models.dated import DatedQuerySet
from ..shares import End, Link, Part, State, Ways

Of = Literal["unit", "body"]
Entries = DatedQuerySet[UnitEntry] | DatedQuerySet[BodyEntry]

# The states on the way: what stood on the first day, and whatever links lead to. UNION keeps each once.
STATES = """
    WITH RECURSIVE way(id, day) AS (
      SELECT * FROM unnest(%(ids)s::bigint[], %(days)s::date[])
      UNION
      SELECT n.id, l."on" FROM way w
      CROSS JOIN LATERAL ({next_on}) f
      JOIN register_{of}lineage l ON l.old_id = w.id AND l."on" = f.next_on AND l.new_id IS NOT NULL
      CROSS JOIN LATERAL (SELECT l.new_id UNION ALL SELECT w.id WHERE {stands_next}) n(id)
    )
    SELECT w.id, w.day, f.next_on, {stands_next}, {stands_last} FROM way w CROSS JOIN LATERAL ({next_on}) f
"""
NEXT_ON = """
    SELECT min(g."on") AS next_on FROM register_{of}lineage g
    WHERE g.old_id = w.id AND g."on" > w.day AND g."on" <= %(to)s AND g.new_id IS NOT NULL
"""
STANDS = "EXISTS (SELECT 1 FROM register_{of}entry e WHERE e.{of}_id = w.id AND e.valid @> {day})"
LINKS = """
    SELECT id, old_id, new_id, "on", share FROM register_{of}lineage
    WHERE old_id = ANY(%(ids)s) AND "on" > %(since)s AND "on" <= %(to)s AND new_id IS NOT NULL ORDER BY id
"""
# What came before, whatever its share: the links into a thing up to a day, and into what they came from.
BEFORE = """
    WITH RECURSIVE way(id, day) AS (
      SELECT DISTINCT unnest(%(ids)s::bigint[]), %(day)s::date
      UNION
      SELECT l.old_id, l."on" - 1 FROM way w
      JOIN register_{of}lineage l ON l.new_id = w.id AND l."on" <= w.day AND l."on" > %(back_to)s
    )
    SELECT DISTINCT id FROM way
"""


@dataclass(frozen=True)
class Lost:
    """Where a way is lost: the last (first) thing it led to, the day on which that ended (began), what it was in."""

    id: int
    on: date | None
    last_parent: int | None


@dataclass(frozen=True)
class Way:
    """`share` of what `old` was on the first day is `new` on the last; `via` are the ids of the links between.

    `share` is None where nobody can know it. `new` (in `came`: `old`) is None where the way is `lost`.
    """

    old: int | None
    new: int | None
    share: Decimal | None
    via: tuple[int, ...]
    lost: Lost | None = None

    @property
    def is_known(self) -> bool:
        """Whether both the share and what it leads to are known."""
        return self.share is not None and self.lost is None


def went(reader: Reader, ids: Iterable[int], since: date, to: date, *, of: Of = "unit") -> list[Way]:
    """What each of the units (bodies) that stood on `since` has become on `to`. At most four queries, however many.

    Shares multiply along the way; what stays beside its parts keeps the rest. Raises ValueError if `to` is before
    `since`.
    """
    if to < since:
        raise ValueError(f"{to} is before {since}: ask `came` for what something came from.")
    key = f"{of}_id"
    stood = _entries(reader, of).on(since).filter(**{f"{key}__in": list(ids)})
    starts = sorted(stood.values_list(key, flat=True))
    return went_from(reader, {id: since for id in starts}, to, of=of)


def went_from(reader: Reader, days: Mapping[int, date], to: date, *, of: Of = "unit") -> list[Way]:
    """The same, for things each followed from a day of its own, on which it stood. At most three queries."""
    if not days:
        return []
    ways = _ways(of, days, to)
    ends = {id: ways.of(id, day) for id, day in days.items()}
    lost = _lost(reader, of, {end.id for found in ends.values() for end in found if end.is_lost}, to)
    return [_way(id, end, part, lost) for id in days for end, part in sorted(ends[id].items(), key=_by_share)]


def came(reader: Reader, ids: Iterable[int], day: date, back_to: date, *, of: Of = "unit") -> list[Way]:
    """What each of the units (bodies) that stand on `day` has come from on `back_to`, as `went` tells it.

    At most seven queries. `share` is the share of the old one; one that was entered anew between the days has a row
    without `old`.
    """
    if back_to > day:
        raise ValueError(f"{back_to} is after {day}: ask `went` for what something has become.")
    key = f"{of}_id"
    standing = _entries(reader, of).on(day).filter(**{f"{key}__in": list(ids)})
    asked = set(standing.values_list(key, flat=True))
    with connection.cursor() as cursor:
        cursor.execute(BEFORE.format(of=of), {"ids": list(asked), "day": day, "back_to": back_to})
        before = [id for (id,) in cursor.fetchall()]
    found = [way for way in went(reader, before, back_to, day, of=of) if way.new in asked]
    began = _began(reader, of, asked - {way.new for way in found}, day)
    return found + [Way(None, id, None, (), lost) for id, lost in sorted(began.items())]


def _entries(reader: Reader, of: Of) -> Any:
    return unit_entries_visible_to(reader) if of == "unit" else body_entries_visible_to(reader)


def _ways(of: Of, days: Mapping[int, date], to: date) -> Ways:
    asked: dict[str, Any] = {"ids": [*days], "days": [*days.values()], "since": min(days.values()), "to": to}
    parts = {
        "next_on": NEXT_ON.format(of=of),
        "stands_next": STANDS.format(of=of, day="f.next_on"),
        "stands_last": STANDS.format(of=of, day="%(to)s::date"),
    }
    links: dict[tuple[int, date], list[Link]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(STATES.format(of=of, **parts), asked)
        states = {(id, day): State(id, day, *rest) for id, day, *rest in cursor.fetchall()}
        leaving = sorted({id for (id, _day), state in states.items() if state.next_on})
        cursor.execute(LINKS.format(of=of), asked | {"ids": leaving})
        for row in cursor.fetchall():
            link = Link(*row)
            links[link.old, link.on].append(link)
    return Ways(states, links)


def _way(id: int, end: End, part: Part, lost: Mapping[int, Lost]) -> Way:
    via = tuple(sorted(part.via))
    if not end.is_lost:
        return Way(id, end.id, part.share, via)
    return Way(id, None, part.share, via, lost.get(end.id, Lost(end.id, None, None)))


def _by_share(found: tuple[End, Part]) -> tuple[bool, Decimal, int]:
    end, part = found
    return end.is_lost, -(part.share or Decimal(0)), end.id


def _lost(reader: Reader, of: Of, ids: set[int], to: date) -> dict[int, Lost]:
    """How each stood last before it was lost."""
    key, above = f"{of}_id", "parent_id" if of == "unit" else "superior_id"
    rows = _entries(reader, of).filter(**{f"{key}__in": ids}, valid__startswith__lte=to).order_by("valid")
    return {getattr(row, key): Lost(getattr(row, key), row.until, getattr(row, above)) for row in rows}


def _began(reader: Reader, of: Of, ids: set[int], day: date) -> dict[int, Lost]:
    """From when each has stood without a gap up to the day."""
    key, above = f"{of}_id", "parent_id" if of == "unit" else "superior_id"
    rows = _entries(reader, of).filter(**{f"{key}__in": ids}, valid__startswith__lte=day).order_by("valid")
    began: dict[int, Lost] = {}
    until: dict[int, date | None] = {}
    for row in rows:
        id = getattr(row, key)
        if until.get(id, date.min) != row.since:
            began[id] = Lost(id, row.since, getattr(row, above))
        until[id] = row.until
    return began
