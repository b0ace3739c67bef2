"""Whose office opens one thing, told from the dated links of today and not from paths.

`reach` answers the same for whole lists; a test holds that the two never differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from ..models import Body, BodyEntry, Permission, Role, Unit
from ..walks import LEADERSHIP, LINE, TERRITORY, Walk

Walks = Role.Walk
Thing = Unit | Body


@dataclass(frozen=True)
class Opening:
    """An office, held or lent, that opens a thing: in which walk, through which role, and how many steps below."""

    office_id: int
    delegation_id: int | None
    person_id: int
    body_id: int
    kind_id: str
    role_id: str
    walk: str
    steps: int


def openings(permission: Permission, thing: Thing, today: date) -> list[Opening]:
    """Every office that carries the word over the thing today, the nearest first."""
    found: list[Opening] = []
    for walk, places in _ways_above(thing, today):
        found += _offices_along(permission, walk, places, today)
    return sorted(found, key=lambda each: (each.steps, each.walk, each.office_id, each.delegation_id or 0))


def can(person_id: int | None, permission: Permission, thing: Thing, today: date) -> bool:
    """May this person do, or see, what the word says, of this thing?"""
    return any(each.person_id == person_id for each in openings(permission, thing, today))


def _ways_above(thing: Thing, today: date) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """For each walk the bodies at and above the thing, each with how many steps above it stands.

    In the territory these are the bodies that sit in the unit, or where the body sits, and in what that lies in.
    """
    if isinstance(thing, Body):
        line = thing.line_id
        yield Walks.LINE, [(id, steps) for id, steps in _way(LINE, thing.pk, today) if _is_of(id, line)]
        yield Walks.LEADERSHIP, _way(LEADERSHIP, thing.pk, today)
        seat = BodyEntry.objects.on(today).filter(body=thing).values_list("seat_id", flat=True).first()
    else:
        seat = thing.pk
    if seat is not None:
        steps_of = dict(_way(TERRITORY, seat, today))
        sitting = BodyEntry.objects.on(today).filter(seat__in=steps_of).values_list("body_id", "seat_id")
        yield Walks.TERRITORY, [(body, steps_of[unit]) for body, unit in sitting]


def _is_of(body_id: int, line: str) -> bool:
    return Body.objects.filter(pk=body_id, line=line).exists()


def _way(walk: Walk, id: int, today: date) -> list[tuple[int, int]]:
    """What stands at and above a thing today, with the steps between. What does not stand today lies one step below
    whatever standing thing it last stood in."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE t(id, stands, steps, seen) AS (
              SELECT %(id)s::bigint, {_STANDS[walk.key]}, 0, ARRAY[%(id)s::bigint]
              UNION ALL
              SELECT a.id, {_STANDS[walk.key].replace("%(id)s", "a.id")},
                t.steps + (t.stands OR t.steps = 0)::int, t.seen || a.id
              FROM t CROSS JOIN LATERAL (
                SELECT id FROM ({walk.above}) now WHERE t.stands
                UNION ALL SELECT id FROM ({walk.last_above}) last WHERE NOT t.stands
              ) a WHERE a.id IS NOT NULL AND a.id <> ALL(t.seen)
            )
            SELECT id, steps FROM t WHERE stands
            """,
            {"id": id, "day": today},
        )
        return cursor.fetchall()


_STANDS = {
    walk.key: f"EXISTS (SELECT 1 FROM (SELECT %(id)s::bigint AS id) t CROSS JOIN LATERAL ({walk.above}) s)"
    for walk in (TERRITORY, LINE, LEADERSHIP)
}


def _offices_along(permission: Permission, walk: str, places: list[tuple[int, int]], today: date) -> list[Opening]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.office_id, s.delegation_id, s.person_id, s.body_id, o.kind_id, s.role_id, s.walk, p.steps
            FROM unnest(%(bodies)s::bigint[], %(steps)s::int[]) AS p(body, steps)
            JOIN register_scope s ON s.body_id = p.body AND s.walk = %(walk)s AND s.valid @> %(day)s::date
              AND %(word)s = ANY(s.permissions) AND (s.depth IS NULL OR p.steps <= s.depth)
            JOIN register_office o ON o.id = s.office_id
            """,
            {
                "bodies": [body for body, _steps in places],
                "steps": [steps for _body, steps in places],
                "walk": walk,
                "word": permission.value,
                "day": today,
            },
        )
        return [Opening(*row) for row in cursor.fetchall()]
