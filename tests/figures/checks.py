"""Ten indicators of the pack, counted twice without rollup: by SQL written by hand, and by a slow loop over plain rows.

Each answers for every place: {unit id: (denominator, numerator)}.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection

COVERED = """EXISTS (SELECT 1 FROM register_cover c JOIN register_body b ON b.id = c.body_id
  WHERE c.unit_id = e.unit_id AND b.line_id = '{line}' AND c.valid @> %(day)s::date)"""
STAFF = "(SELECT h.staff FROM register_headcount h WHERE h.unit_id = e.unit_id AND h.valid @> %(day)s::date)"
YOUNG = "(SELECT h.under_35 FROM register_headcount h WHERE h.unit_id = e.unit_id AND h.valid @> %(day)s::date)"
UNION, PARTY, LEAGUE, WOMEN = (COVERED.format(line=line) for line in ("union", "party", "league", "women"))
LEVEL = "(SELECT k.level FROM register_unitkind k WHERE k.key = e.kind_id)"
# Of units: which are counted, and which of them have it.
OF_UNITS = {
    "union_enterprises": ("e.kind_id = 'enterprise'", UNION),
    "union_enterprises_25": (f"e.kind_id = 'enterprise' AND {STAFF} >= 25", UNION),
    "union_enterprises_private": ("e.kind_id = 'enterprise' AND e.ownership = 'private'", UNION),
    "party_employers": (f"{LEVEL} = 'employer'", PARTY),
    "league_employers": (f"{LEVEL} = 'employer' AND {YOUNG} >= 3", LEAGUE),
    "women_villages": (f"{LEVEL} = 'village'", WOMEN),
    "womens_home": (
        f"{LEVEL} = 'village'",
        "EXISTS (SELECT 1 FROM register_venue v JOIN register_plaque p ON p.venue_id = v.id "
        "WHERE v.unit_id = e.unit_id AND p.kind = 'womens_home' "
        "AND p.valid @> %(day)s::date AND v.valid @> %(day)s::date)",
    ),
    "four_lines": (f"{LEVEL} = 'employer'", f"{UNION} AND {PARTY} AND {LEAGUE} AND {WOMEN}"),
}
# The territory from each place down, by the parents of the day.
BELOW = """
WITH RECURSIVE below(place, unit) AS (
  SELECT e.unit_id, e.unit_id FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id
  WHERE e.valid @> %(day)s::date AND k.level IN ('city', 'county', 'town', 'village')
  UNION ALL
  SELECT b.place, e.unit_id FROM below b JOIN register_unitentry e ON e.parent_id = b.unit AND e.valid @> %(day)s::date
)
"""


def by_sql(indicator: str, day: date) -> dict[int, tuple[int, int]]:
    """Counted by PostgreSQL."""
    if indicator in OF_UNITS:
        counted, having = OF_UNITS[indicator]
        sql = f"""{BELOW} SELECT b.place, count(*), count(*) FILTER (WHERE {having})
          FROM below b JOIN register_unitentry e ON e.unit_id = b.unit AND e.valid @> %(day)s::date
          WHERE e.status = 'active' AND {counted} GROUP BY b.place"""
    elif indicator == "terms_running":
        sql = f"""{BELOW} SELECT b.place, count(*), count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM register_term t WHERE t.body_id = e.body_id AND t.valid @> %(day)s::date))
          FROM below b JOIN register_bodyentry e ON e.seat_id = b.unit AND e.valid @> %(day)s::date
          JOIN register_bodykind k ON k.key = e.kind_id AND k.has_term GROUP BY b.place"""
    else:
        sql = f"""{BELOW} SELECT b.place, count(*), count(*) FILTER (WHERE v.hours <> '')
          FROM below b JOIN register_venue v ON v.unit_id = b.unit AND v.valid @> %(day)s::date GROUP BY b.place"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"day": day})
        return {place: (counted, having) for place, counted, having in cursor.fetchall()}


ALL = [*OF_UNITS, "terms_running", "venues_hours"]


class Rows:
    """Everything that holds on the day, as plain rows."""

    def __init__(self, day: date) -> None:
        on = {"day": day}
        self.units = {row["unit_id"]: row for row in _read(
            "SELECT e.*, k.level FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id "
            "WHERE e.valid @> %(day)s::date", on)}  # fmt: skip
        self.covers = _read(
            "SELECT c.unit_id, b.line_id FROM register_cover c JOIN register_body b ON b.id = c.body_id "
            "WHERE c.valid @> %(day)s::date", on)  # fmt: skip
        self.heads = {row["unit_id"]: row for row in _read(
            "SELECT * FROM register_headcount WHERE valid @> %(day)s::date", on)}  # fmt: skip
        self.bodies = _read(
            "SELECT e.body_id, e.seat_id, k.has_term FROM register_bodyentry e "
            "JOIN register_bodykind k ON k.key = e.kind_id WHERE e.valid @> %(day)s::date", on)  # fmt: skip
        self.terms = {row["body_id"] for row in _read(
            "SELECT body_id FROM register_term WHERE valid @> %(day)s::date", on)}  # fmt: skip
        self.venues = _read("SELECT id, unit_id, hours FROM register_venue WHERE valid @> %(day)s::date", on)
        self.plaques = _read("SELECT venue_id, kind FROM register_plaque WHERE valid @> %(day)s::date", on)


def _read(sql: str, on: dict[str, date]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, on)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by_loop(rows: Rows) -> dict[str, dict[int, tuple[int, int]]]:
    """Counted one row at a time."""
    lines: dict[int, set[str]] = defaultdict(set)
    for cover in rows.covers:
        lines[cover["unit_id"]].add(cover["line_id"])
    homes = {plaque["venue_id"] for plaque in rows.plaques if plaque["kind"] == "womens_home"}
    with_home = {venue["unit_id"] for venue in rows.venues if venue["id"] in homes}
    found: dict[str, dict[int, list[int]]] = {key: defaultdict(lambda: [0, 0]) for key in ALL}

    def count(indicator: str, unit: int | None, has: bool) -> None:
        while unit is not None:
            row = rows.units[unit]
            if row["level"] in ("city", "county", "town", "village"):
                found[indicator][unit][0] += 1
                found[indicator][unit][1] += has
            unit = row["parent_id"]

    for id, unit in rows.units.items():
        if unit["status"] != "active":
            continue
        heads = rows.heads.get(id, {})
        if unit["kind_id"] == "enterprise":
            count("union_enterprises", id, "union" in lines[id])
            if heads.get("staff") is not None and heads["staff"] >= 25:
                count("union_enterprises_25", id, "union" in lines[id])
            if unit["ownership"] == "private":
                count("union_enterprises_private", id, "union" in lines[id])
        if unit["level"] == "employer":
            count("party_employers", id, "party" in lines[id])
            if heads.get("under_35") is not None and heads["under_35"] >= 3:
                count("league_employers", id, "league" in lines[id])
            count("four_lines", id, lines[id] >= {"party", "union", "league", "women"})
        if unit["level"] == "village":
            count("women_villages", id, "women" in lines[id])
            count("womens_home", id, id in with_home)
    for body in rows.bodies:
        if body["has_term"]:
            count("terms_running", body["seat_id"], body["body_id"] in rows.terms)
    for venue in rows.venues:
        count("venues_hours", venue["unit_id"], venue["hours"] != "")
    return {key: {place: (a, b) for place, (a, b) in places.items()} for key, places in found.items()}


def readings(indicator: str, day: date) -> dict[int, tuple[int, int]]:
    """What the night run wrote down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, denominator, numerator FROM indicators_reading "
            "WHERE indicator_id = %s AND day = %s AND unit_id IS NOT NULL AND denominator > 0",
            [indicator, day],
        )
        return {unit: (counted, having) for unit, counted, having in cursor.fetchall()}
