"""Whatever stands on a unit or a body stands no longer than that does: finding what does not, set by set.

Actions on single things ask it of each entry (`actions.check_lives`); reforms and undoing ask it of all they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection

Of = Literal["unit", "body"]

# Rows that stand on a unit or a body: the table, the column by which, and the column of what the row is about.
STANDS_ON: dict[Of, list[tuple[str, str, str]]] = {
    "unit": [
        ("register_unitentry", "parent_id", "unit_id"),
        ("register_standsin", "unit_id", "unit_id"),
        ("register_standsin", "place_id", "unit_id"),
        ("register_headcount", "unit_id", "unit_id"),
        ("register_bodyentry", "seat_id", "body_id"),
        ("register_cover", "unit_id", "unit_id"),
        ("register_venue", "unit_id", "unit_id"),
    ],
    "body": [
        ("register_bodyentry", "superior_id", "body_id"),
        ("register_bodyentry", "leader_id", "body_id"),
        ("register_cover", "body_id", "body_id"),
        ("register_membership", "body_id", "body_id"),
        ("register_office", "body_id", "body_id"),
        ("register_venue", "owner_id", "owner_id"),
    ],
}
NAMED = ("register_unitentry", "register_bodyentry", "register_venue")


@dataclass(frozen=True)
class Outside:
    """A row that reaches outside the life of what it stands on: which row, by which column, on what."""

    of: Of
    table: str
    column: str
    row: int
    name: str
    on: str
    until: date | None


def outside(units: Iterable[int], bodies: Iterable[int]) -> list[Outside]:
    """What reaches outside a life, among all that stands on these units and bodies or is about them."""
    touched = {"unit": list(units), "body": list(bodies)}
    found = []
    for of, links in STANDS_ON.items():
        for table, column, owner in links:
            about = touched["body" if owner in ("body_id", "owner_id") else "unit"]
            where = f"(x.{column} = ANY(%s) OR x.{owner} = ANY(%s))"
            found += _outside(of, table, column, where, [touched[of], about])
    return found


def outside_put_back(acts: Sequence[int]) -> list[Outside]:
    """What reaches outside a life, among the rows that these acts had changed or ended."""
    found = []
    for of, links in STANDS_ON.items():
        for table, column, _owner in links:
            rows = 'SELECT b.row FROM chronicle_before b WHERE b.act_id = ANY(%s) AND b."table" = %s'
            found += _outside(of, table, column, f"x.id IN ({rows})", [list(acts), table])
    return found


def outside_by_act(act: int, receivers: Mapping[Of, list[int]]) -> list[Outside]:
    """What an act has written onto units or bodies that do not stand as long."""
    found = []
    for of, links in STANDS_ON.items():
        for table, column, _owner in links:
            found += _outside(of, table, column, f"x.act_id = %s AND x.{column} = ANY(%s)", [act, receivers[of]])
    return found


def _outside(of: Of, table: str, column: str, where: str, params: Sequence[Any]) -> list[Outside]:
    lives = f"FROM register_{of}entry e WHERE e.{of}_id = x.{column}"
    name = "x.name" if table in NAMED else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT x.id, {name}, (SELECT e.name {lives} ORDER BY e.valid DESC LIMIT 1), "
            f"(SELECT max(upper(e.valid)) {lives}) FROM {table} x WHERE {where} AND x.{column} IS NOT NULL "
            f"AND NOT coalesce((SELECT range_agg(e.valid) {lives}) @> x.valid, false) ORDER BY x.id",
            params,
        )
        return [Outside(of, table, column, *row) for row in cursor.fetchall()]
