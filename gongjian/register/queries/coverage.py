"""How much of what stands is covered by a line: counted where it stands, per unit above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from ..models import UnitKind


@dataclass(frozen=True)
class Share:
    """Of `all` units below a place, `covered` are covered by a body of the line."""

    unit_id: int
    covered: int
    all: int


# Where the places stand in the paths; nearly always all on the same step. The kinds are named one by one: PostgreSQL
# then knows how few the places are, and goes through the index.
PLACES = """
    SELECT u.id, length(u.path) - length(replace(u.path, '.', '')) AS step
    FROM register_unitentry e JOIN register_unit u ON u.id = e.unit_id
    WHERE e.valid @> %(today)s::date AND e.kind_id = ANY(%(kinds)s) AND u.path <> ''
    ORDER BY u.id
"""
# Grouped by that step of the path: one pass over what is counted, no join with the places. EXISTS lets PostgreSQL keep
# the covered ones in a hash, without sorting out doubles first.
COUNTED = """
    SELECT substr(split_part(u.path, '.', %(step)s), 2)::bigint, count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM register_cover c JOIN register_body b ON b.id = c.body_id
      WHERE c.unit_id = u.id AND c.valid @> %(today)s::date AND b.line_id = %(line)s)), count(*)
    FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id JOIN register_unit u ON u.id = e.unit_id
    WHERE e.valid @> %(today)s::date AND k.level = %(of_level)s AND e.status = 'active'
      AND split_part(u.path, '.', %(step)s + 1) <> ''
    GROUP BY split_part(u.path, '.', %(step)s)
"""


def coverage_today(line: str, level: str, today: date, *, of_level: str = "employer") -> list[Share]:
    """Per standing unit of `level` (city, county …): how many units of `of_level` below it a line covers today.

    One query for the kinds, one for the places and one for each height they stand at. Each unit is counted once,
    however many bodies of the line cover it; closed units are not counted.
    """
    kinds = list(UnitKind.objects.filter(level=level).values_list("key", flat=True))
    asked: dict[str, str | date | int | list[str]]
    asked = {"line": line, "kinds": kinds, "of_level": of_level, "today": today}
    found: dict[int, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PLACES, asked)
        places = cursor.fetchall()
        for step in sorted({step for _place, step in places}):
            cursor.execute(COUNTED, asked | {"step": step})
            found |= {place: (covered, all) for place, covered, all in cursor.fetchall()}
    return [Share(place, *found.get(place, (0, 0))) for place, _step in places]
