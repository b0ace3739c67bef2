"""How many members: of a body, and by line and place below one. Counted behind the wall, told as small cells allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import connection

from ..access import Reader, bodies_with_members_open_to, memberships_visible_to
from ..authority.wall import behind_it
from ..models import Line
from ..shares import EXACT, NONE
from ..small_cells import Cell, Telling
from .structure import DIVISIONS, Structure, Tree, ends_by_place, tree_on

# Of each body that stood on the day and had members: its line, how many, its seat, and the division the seat lay in.
MEMBERS = """
    WITH RECURSIVE counted AS MATERIALIZED (
      SELECT m.body_id, b.line_id, count(*) AS members
      FROM register_membership m JOIN register_body b ON b.id = m.body_id
      WHERE m.valid @> %(day)s::date AND (%(line)s::text IS NULL OR b.line_id = %(line)s)
      GROUP BY m.body_id, b.line_id
    ), seated AS MATERIALIZED (
      SELECT c.*, e.seat_id FROM counted c
      JOIN register_bodyentry e ON e.body_id = c.body_id AND e.valid @> %(day)s::date
    ), up(seat_id, id, parent_id, level) AS (
      SELECT s.seat_id, u.unit_id, u.parent_id, k.level FROM (SELECT DISTINCT seat_id FROM seated) s
      JOIN register_unitentry u ON u.unit_id = s.seat_id AND u.valid @> %(day)s::date
      JOIN register_unitkind k ON k.key = u.kind_id
      UNION ALL
      SELECT up.seat_id, u.unit_id, u.parent_id, k.level FROM up
      JOIN register_unitentry u ON u.unit_id = up.parent_id AND u.valid @> %(day)s::date
      JOIN register_unitkind k ON k.key = u.kind_id
      WHERE up.level <> ALL(%(divisions)s)
    )
    SELECT s.body_id, s.line_id, s.members, s.seat_id, up.id
    FROM seated s LEFT JOIN up ON up.seat_id = s.seat_id AND up.level = ANY(%(divisions)s)
"""

Places = tuple[int, ...]


@dataclass(frozen=True)
class Counted:
    """The members of one body: their line, and the division in which the body sits."""

    cell: Cell
    line: str
    division: int | None


@dataclass(frozen=True)
class BodyMembers:
    """How many members a body has. `count` is None unless it is told; "shut" tells not even that there are few."""

    state: Literal["shut", "told", "few", "kept"]
    count: int | None = None


@dataclass(frozen=True)
class MemberRow:
    """The members in one place, right in the place above, or between places: by line, and together; None is hidden."""

    places: Places
    by_line: list[Decimal | None]
    together: Decimal | None


@dataclass(frozen=True)
class PlaceMembers:
    """`rows` are places, and what could not be put in one of them; `whole` is all of it."""

    lines: list[Line]
    rows: list[MemberRow]
    whole: MemberRow

    @property
    def hides_some(self) -> bool:
        return any(None in (*row.by_line, row.together) for row in [*self.rows, self.whole])


def body_members(reader: Reader, body_id: int, line: str, day: date, *, sees_counts: bool) -> BodyMembers:
    """Exactly for whoever may list the members; as small cells allow for whoever else sees counts of the body."""
    if bodies_with_members_open_to(reader).filter(pk=body_id).exists():
        return BodyMembers("told", memberships_visible_to(reader).on(day).filter(body=body_id).count())
    if not sees_counts:
        return BodyMembers("shut")
    cells = {counted.cell.id: counted.cell for counted in _counted(day, tree_on(reader, day), line)}
    if body_id not in cells:
        return BodyMembers("told", 0)
    state = Telling(cells.values()).state(body_id)
    return BodyMembers(state, cells[body_id].value if state == "told" else None)


def place_members(
    reader: Reader, unit_id: int, day: date, today: date, *, level: str, tree: Tree, structure: Structure
) -> PlaceMembers:
    """The members by line and place of `level` below a place, each counted where the body sits, once a membership.

    `tree` is that of the day of the structure.
    """
    then = tree if structure == "then" or today == day else tree_on(reader, day)
    counted = [each for each in _counted(day, then) if each.division is not None]
    divisions = sorted({each.division for each in counted if each.division is not None})
    ends = ends_by_place(reader, divisions, day, tree, level=level, structure=structure, today=today)
    rows: dict[Places, dict[str, dict[int, Decimal]]] = {
        (id,): {} for id, its in tree.levels.items() if its == level and unit_id in tree.way_up(id)
    }
    whole: dict[str, dict[int, Decimal]] = {}
    for each in counted:
        for places, share in ends[each.division or 0].items():
            if any(unit_id in tree.way_up(id) for id in places):
                rows.setdefault(places, {}).setdefault(each.line, {})[each.cell.id] = share
                its = whole.setdefault(each.line, {})
                its[each.cell.id] = EXACT.add(its.get(each.cell.id, NONE), share)
    lines = list(Line.objects.all())
    known = set(bodies_with_members_open_to(reader).values_list("pk", flat=True))
    telling = {line.key: Telling((each.cell for each in counted if each.line == line.key), known) for line in lines}
    return PlaceMembers(
        lines,
        [_row(places, rows[places], telling) for places in sorted(rows)],
        _row((), whole, telling),
    )


def _row(places: Places, by_line: Mapping[str, Mapping[int, Decimal]], telling: Mapping[str, Telling]) -> MemberRow:
    found = [its.total(by_line.get(line, {})) for line, its in telling.items()]
    return MemberRow(places, found, _sum(found))


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    found = NONE
    for number in numbers:
        if number is None:
            return None
        found = EXACT.add(found, number)
    return found


def _counted(day: date, tree: Tree, line: str | None = None) -> list[Counted]:
    """The members of every body, of one line or all. `tree` is that of the day."""
    with behind_it(), connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"day": day, "line": line, "divisions": DIVISIONS})
        found = cursor.fetchall()
    return [
        Counted(Cell(body, members, (*_way_down(tree, division), seat)), of, division)
        for body, of, members, seat, division in found
    ]


def _way_down(tree: Tree, division: int | None) -> Places:
    return tuple(reversed(list(tree.way_up(division)))) if division is not None else ()
