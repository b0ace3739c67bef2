"""What goes along when units or bodies end: whatever stands in them, covers them or stands below them.

Set-based: a reform of a hundred villages is a dozen statements. What a row was is kept in the chronicle first. From the
day on, rows point to the successor; rows that span the day are divided there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before

from ..lives import Of, outside_by_act
from ..refusals import Refused

Link = Literal["child", "place", "seat", "cover", "venue", "superior", "leader"]


@dataclass(frozen=True)
class Routes:
    """Where what stands on a unit or a body goes: by what it stands on, and for single things apart.

    `units` and `bodies` lead from the old to the new; a thing that stays leads to itself. `apart` gives for a link and
    the id of whatever is linked (the unit in it, the body seated in it or covering it, the venue) another new one.
    """

    units: Mapping[int, int] = field(default_factory=dict)
    bodies: Mapping[int, int] = field(default_factory=dict)
    apart: Mapping[tuple[Link, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """The units and bodies whose place in a walk has changed."""

    units: set[int]
    bodies: set[int]


@dataclass(frozen=True)
class _Column:
    """A column of a dated table that points to a unit or a body, and the link its rows are."""

    name: str
    routes: Literal["unit", "body"]
    link: Link


ENTRY = {
    "register_unitentry": ("unit_id", [_Column("parent_id", "unit", "child")]),
    "register_standsin": ("unit_id", [_Column("place_id", "unit", "place")]),
    "register_bodyentry": (
        "body_id",
        [
            _Column("seat_id", "unit", "seat"),
            _Column("superior_id", "body", "superior"),
            _Column("leader_id", "body", "leader"),
        ],
    ),
}
ENDS_WITH_UNIT = ("register_unitentry", "register_headcount", "register_standsin")
ENDS_WITH_BODY = ("register_bodyentry", "register_term", "register_office")


def carry(act: Act, on: date, routes: Routes) -> Moved:
    """Let everything follow its route from `on`. Call it after the old ones have ended (`end`).

    Raises Refused where something would go along to what does not stand as long.
    """
    with connection.cursor() as cursor:
        _lay(cursor, routes)
        cut(
            cursor,
            act,
            on,
            "register_standsin",
            "EXISTS (SELECT 1 FROM route_unit p WHERE p.old = r.place_id AND p.new = r.unit_id)",
            [],
        )  # nothing stands in itself
        moved = {table: _repoint(cursor, act, on, table, owner, columns) for table, (owner, columns) in ENTRY.items()}
        _share_out(cursor, act, on, "register_cover", "body", "unit", "cover")
        for table, other in (("register_cover", "unit"), ("register_membership", "person")):
            _share_out(cursor, act, on, table, other, "body", None)
        _move_venues(cursor, act, on)
    _refuse_what_stands_longer(act, routes)
    return Moved(units=moved["register_unitentry"], bodies=moved["register_bodyentry"])


def end(act: Act, on: date, units: Iterable[int] = (), bodies: Iterable[int] = ()) -> None:
    """Let units and bodies end, with what is theirs alone: head-counts and buildings; terms and offices."""
    with connection.cursor() as cursor:
        for table in ENDS_WITH_UNIT:
            cut(cursor, act, on, table, "r.unit_id = ANY(%s)", [list(units)])
        for table in ENDS_WITH_BODY:
            cut(cursor, act, on, table, "r.body_id = ANY(%s)", [list(bodies)])


def end_links(act: Act, on: date, units: Iterable[int] = (), bodies: Iterable[int] = ()) -> None:
    """Let covers of units and covers and memberships of bodies end where they do not go along."""
    with connection.cursor() as cursor:
        cut(cursor, act, on, "register_cover", "r.unit_id = ANY(%s)", [list(units)])
        for table in ("register_cover", "register_membership"):
            cut(cursor, act, on, table, "r.body_id = ANY(%s)", [list(bodies)])


def _refuse_what_stands_longer(act: Act, routes: Routes) -> None:
    apart = {link: {new for (its, _id), new in routes.apart.items() if its == link} for link in ("superior", "leader")}
    units = {new for (link, _id), new in routes.apart.items() if link not in apart}
    receivers: dict[Of, list[int]] = {
        "unit": [*{*routes.units.values(), *units}],
        "body": [*{*routes.bodies.values(), *apart["superior"], *apart["leader"]}],
    }
    sentence = _(
        "“%(name)s” stands only until %(day)s. Choose one that stands longer, "
        "or first enter where this goes on that day."
    )
    found = [sentence % {"name": each.on, "day": each.until} for each in outside_by_act(act.pk, receivers)]
    if found:
        raise Refused(" ".join(dict.fromkeys(found)))


# == single steps ==
def cut(cursor: Any, act: Act, on: date, table: str, condition: str, params: list[Any]) -> None:
    """Let the rows of `table` (alias r) end on a day: later ones go, those that span it are shortened."""
    later, spanning = (
        f"({condition}) AND lower(r.valid) >= %s",
        f"({condition}) AND r.valid @> %s AND lower(r.valid) < %s",
    )
    keep(act, table, later, [*params, on], deleted=True)
    cursor.execute(f"DELETE FROM {table} r WHERE {later}", [*params, on])
    keep(act, table, spanning, [*params, on, on])
    cursor.execute(
        f"UPDATE {table} r SET valid = daterange(lower(r.valid), %s), act_id = %s WHERE {spanning}",
        [on, act.pk, *params, on, on],
    )


def keep(act: Act, table: str, condition: str, params: list[Any], *, deleted: bool = False) -> None:
    """Keep what rows were, unless this act has written them itself."""
    keep_before(act, table, f"({condition}) AND r.act_id <> %s", [*params, act.pk], deleted=deleted)


def _lay(cursor: Any, routes: Routes) -> None:
    """The routes as tables of the connection, so that each step is one statement."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.route_unit, pg_temp.route_body, pg_temp.route_apart")
    for name, pairs in (("route_unit", routes.units), ("route_body", routes.bodies)):
        cursor.execute(f"CREATE TEMP TABLE {name} (old bigint PRIMARY KEY, new bigint NOT NULL) ON COMMIT DROP")
        cursor.execute(
            f"INSERT INTO {name} SELECT * FROM unnest(%s::bigint[], %s::bigint[])", [list(pairs), list(pairs.values())]
        )
    cursor.execute(
        "CREATE TEMP TABLE route_apart (link text, id bigint, new bigint NOT NULL, PRIMARY KEY (link, id)) "
        "ON COMMIT DROP"
    )
    apart = [(link, id, new) for (link, id), new in routes.apart.items()]
    cursor.execute(
        "INSERT INTO route_apart SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])",
        [list(column) for column in zip(*apart, strict=True)] or [[], [], []],
    )
    cursor.execute("ANALYZE route_unit, route_body, route_apart")


def _repoint(cursor: Any, act: Act, on: date, table: str, owner: str, columns: list[_Column]) -> set[int]:
    """Rows of one owner a day: each column follows its route. Returns the owners whose rows have changed."""
    joins = " ".join(
        f"LEFT JOIN route_{c.routes} p{i} ON p{i}.old = r.{c.name} "
        f"LEFT JOIN route_apart a{i} ON a{i}.link = '{c.link}' AND a{i}.id = r.{owner} AND p{i}.old IS NOT NULL"
        for i, c in enumerate(columns)
    )
    news = ", ".join(f"coalesce(a{i}.new, p{i}.new, r.{c.name}) AS new_{c.name}" for i, c in enumerate(columns))
    reached = " UNION ".join(
        f"SELECT r.id FROM {table} r JOIN route_{c.routes} p ON p.old = r.{c.name}" for c in columns
    )
    differs = " OR ".join(f"new_{c.name} IS DISTINCT FROM {c.name}" for c in columns)
    names = ", ".join(c.name for c in columns)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.route_moved")
    cursor.execute(
        f"CREATE TEMP TABLE route_moved ON COMMIT DROP AS SELECT * FROM (SELECT r.id, r.{owner} AS owner, {names}, "
        f"lower(r.valid) < %s AS spans, {news} FROM {table} r {joins} "
        f"WHERE r.id IN ({reached}) AND (upper_inf(r.valid) OR upper(r.valid) > %s)) x WHERE {differs}",
        [on, on],
    )
    _divide(cursor, act, on, table, {c.name: f"m.new_{c.name}" for c in columns})
    cursor.execute("SELECT DISTINCT owner FROM route_moved")
    return {row[0] for row in cursor.fetchall()}


def _divide(cursor: Any, act: Act, on: date, table: str, new: Mapping[str, str]) -> None:
    """Write the new values into the rows of `route_moved` (alias m) from the day on.

    Leaves `route_rest`: the rows that were divided there (id), and the rows that follow them (next_id).
    """
    keep(act, table, "r.id IN (SELECT id FROM route_moved)", [])
    others = _columns_of(cursor, table, {"id", "valid", "act_id", *new})
    cursor.execute(
        f"UPDATE {table} r SET {', '.join(f'{name} = {value}' for name, value in new.items())}, act_id = %s "
        "FROM route_moved m WHERE m.id = r.id AND NOT m.spans",
        [act.pk],
    )
    becomes = ", ".join(f"{value} AS becomes_{name}" for name, value in new.items())
    cursor.execute("DROP TABLE IF EXISTS pg_temp.route_rest")
    cursor.execute(
        f"CREATE TEMP TABLE route_rest ON COMMIT DROP AS SELECT r.*, {becomes}, "
        f"nextval(pg_get_serial_sequence('{table}', 'id')) AS next_id "
        f"FROM {table} r JOIN route_moved m ON m.id = r.id AND m.spans"
    )
    cursor.execute(
        f"UPDATE {table} r SET valid = daterange(lower(r.valid), %s), act_id = %s FROM route_moved m "
        "WHERE m.id = r.id AND m.spans",
        [on, act.pk],
    )
    copied = "".join(f", {name}" for name in others)
    became = ", ".join(f"becomes_{name}" for name in new)
    cursor.execute(
        f"INSERT INTO {table} (id, valid, act_id, {', '.join(new)}{copied}) "
        f"SELECT next_id, daterange(%s, upper(valid)), %s, {became}{copied} FROM route_rest",
        [on, act.pk],
    )


def _share_out(
    cursor: Any, act: Act, on: date, table: str, kept: str, led: Literal["unit", "body"], link: Link | None
) -> None:
    """Covers and memberships: the days go over to the new one, save those it has already. Many may meet in one."""
    apart = f"LEFT JOIN route_apart a ON a.link = '{link}' AND a.id = r.{kept}_id" if link else ""
    new = "coalesce(a.new, p.new)" if link else "p.new"
    cursor.execute(
        f"CREATE TEMP TABLE route_shared ON COMMIT DROP AS SELECT r.id, r.{kept}_id AS kept, {new} AS new, "
        f"r.valid * daterange(%s, NULL) AS days FROM {table} r JOIN route_{led} p ON p.old = r.{led}_id {apart} "
        f"WHERE (upper_inf(r.valid) OR upper(r.valid) > %s) AND {new} <> r.{led}_id",
        [on, on],
    )
    cut(cursor, act, on, table, "r.id IN (SELECT id FROM route_shared)", [])
    cursor.execute(
        f"INSERT INTO {table} ({kept}_id, {led}_id, valid, act_id) "
        f"SELECT kept, new, unnest(days - coalesce((SELECT range_agg(r.valid) FROM {table} r "
        f"WHERE r.{kept}_id = w.kept AND r.{led}_id = w.new), '{{}}'::datemultirange)), %s "
        f"FROM (SELECT kept, new, range_agg(days) AS days FROM route_shared GROUP BY kept, new) w",
        [act.pk],
    )
    cursor.execute("DROP TABLE route_shared")


def _move_venues(cursor: Any, act: Act, on: date) -> None:
    """A venue stays where it is; from the day on it is another row, with its lines and plaques."""
    apart = "SELECT a.new FROM route_apart a WHERE a.link = 'venue' AND a.id = r.id"
    new = {"unit_id": f"coalesce(({apart}), p.new, r.unit_id)", "owner_id": "coalesce(q.new, r.owner_id)"}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.route_moved, pg_temp.route_venue")
    cursor.execute(
        f"CREATE TEMP TABLE route_moved ON COMMIT DROP AS SELECT * FROM (SELECT r.id, lower(r.valid) < %s AS spans, "
        f"r.unit_id, r.owner_id, {new['unit_id']} AS new_unit_id, {new['owner_id']} AS new_owner_id "
        "FROM register_venue r LEFT JOIN route_unit p ON p.old = r.unit_id LEFT JOIN route_body q "
        "ON q.old = r.owner_id WHERE (p.old IS NOT NULL OR q.old IS NOT NULL) "
        "AND (upper_inf(r.valid) OR upper(r.valid) > %s)) x WHERE new_unit_id <> unit_id OR new_owner_id <> owner_id",
        [on, on],
    )
    _divide(cursor, act, on, "register_venue", {"unit_id": "m.new_unit_id", "owner_id": "m.new_owner_id"})
    cursor.execute("CREATE TEMP TABLE route_venue ON COMMIT DROP AS SELECT id AS old, next_id AS new FROM route_rest")
    for table in ("register_venueshare", "register_plaque"):
        cursor.execute("DROP TABLE IF EXISTS pg_temp.route_moved")
        cursor.execute(
            f"CREATE TEMP TABLE route_moved ON COMMIT DROP AS SELECT r.id, lower(r.valid) < %s AS spans, v.new "
            f"FROM {table} r JOIN route_venue v ON v.old = r.venue_id WHERE upper_inf(r.valid) OR upper(r.valid) > %s",
            [on, on],
        )
        _divide(cursor, act, on, table, {"venue_id": "m.new"})


def _columns_of(cursor: Any, table: str, but: set[str]) -> list[str]:
    cursor.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    return [name for (name,) in cursor.fetchall() if name.strip('"') not in but]
