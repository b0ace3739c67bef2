"""The three walks 块 条 带: by territory, by line, by leadership – up, down, and as a cached path for today.

Today's subtree is a range of paths; any other day follows the dated links. Both answer the same question, and a test
holds that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from .models import Body, Unit


@dataclass(frozen=True)
class Walk:
    """One way through the register. `children` and `above` are SQL over the row t(id) and the day %(day)s;
    `last_above` is SQL over t(id) for what it stood below at the end of what is known of it."""

    key: str
    table: str
    path: str
    standing: str
    children: str
    above: str
    last_above: str

    @property
    def last_path(self) -> str:
        return f"last_{self.path}"


TERRITORY = Walk(
    key="territory",
    table="register_unit",
    path="path",
    standing="SELECT e.unit_id AS id, e.parent_id AS above FROM register_unitentry e WHERE e.valid @> %(day)s::date",
    children="SELECT e.unit_id AS id FROM register_unitentry e WHERE e.parent_id = t.id AND e.valid @> %(day)s::date",
    above="SELECT e.parent_id AS id FROM register_unitentry e WHERE e.unit_id = t.id AND e.valid @> %(day)s::date",
    last_above="""
        SELECT e.parent_id AS id FROM register_unitentry e WHERE e.unit_id = t.id
        ORDER BY upper(e.valid) DESC NULLS FIRST LIMIT 1""",
)
LINE = Walk(
    key="line",
    table="register_body",
    path="line_path",
    standing="SELECT e.body_id AS id, e.superior_id AS above FROM register_bodyentry e WHERE e.valid @> %(day)s::date",
    children="SELECT e.body_id AS id FROM register_bodyentry e WHERE e.superior_id = t.id AND e.valid @> %(day)s::date",
    above="SELECT e.superior_id AS id FROM register_bodyentry e WHERE e.body_id = t.id AND e.valid @> %(day)s::date",
    last_above="""
        SELECT e.superior_id AS id FROM register_bodyentry e WHERE e.body_id = t.id
        ORDER BY upper(e.valid) DESC NULLS FIRST LIMIT 1""",
)
# A body stands below the one that leads it; without a leader, a body of the leading line stands below its superior.
LEADERSHIP = Walk(
    key="leadership",
    table="register_body",
    path="lead_path",
    standing="""
        SELECT e.body_id AS id, coalesce(e.leader_id, e.superior_id) AS above
        FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
        WHERE e.valid @> %(day)s::date AND (e.leader_id IS NOT NULL OR l.leads)""",
    children="""
        SELECT e.body_id AS id FROM register_bodyentry e WHERE e.leader_id = t.id AND e.valid @> %(day)s::date
        UNION ALL
        SELECT e.body_id FROM register_bodyentry e
        JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id AND l.leads
        WHERE e.superior_id = t.id AND e.leader_id IS NULL AND e.valid @> %(day)s::date""",
    above="""
        SELECT coalesce(e.leader_id, e.superior_id) AS id
        FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
        WHERE e.body_id = t.id AND e.valid @> %(day)s::date AND (e.leader_id IS NOT NULL OR l.leads)""",
    last_above="""
        SELECT coalesce(e.leader_id, CASE WHEN l.leads THEN e.superior_id END) AS id
        FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id JOIN register_line l ON l.key = b.line_id
        WHERE e.body_id = t.id ORDER BY upper(e.valid) DESC NULLS FIRST LIMIT 1""",
)


def step(id: int) -> str:
    """One step of a path. The letter says how many digits follow, so that text order is number order."""
    return f"{chr(96 + len(str(id)))}{id}."


def path_range(path: str) -> tuple[str, str]:
    """The half-open range of paths at and below `path`: "/" is the character after "."."""
    return path, path[:-1] + "/"


def ids_below(walk: Walk, top: int, day: date) -> RawSQL:
    """The ids of the thing itself and of all that stand below it on `day`, by the dated links: for `…__in`."""
    sql = (
        f"WITH RECURSIVE t(id) AS (SELECT %(top)s::bigint UNION ALL "
        f"SELECT c.id FROM t CROSS JOIN LATERAL ({walk.children}) c) SELECT id FROM t"
    )
    named: dict[str, int | date] = {"top": top, "day": day}
    order = [named[part.split(")s", 1)[0]] for part in sql.split("%(")[1:]]
    return RawSQL(sql.replace("%(top)s", "%s").replace("%(day)s", "%s"), order)


def units_below(top: Unit, day: date, today: date) -> QuerySet[Unit]:
    """The unit itself and all that stand below it in the territory on `day`."""
    if day == today:
        return Unit.objects.filter(_in_range("path", top.path)) if top.path else Unit.objects.none()
    return Unit.objects.filter(id__in=ids_below(TERRITORY, top.pk, day))


def bodies_below(walk: Walk, top: Body, day: date, today: date) -> QuerySet[Body]:
    """The body itself and all that stand below it in the walk by line or by leadership on `day`."""
    if day == today:
        path = getattr(top, walk.path)
        return Body.objects.filter(_in_range(walk.path, path)) if path else Body.objects.none()
    return Body.objects.filter(id__in=ids_below(walk, top.pk, day))


def _in_range(column: str, path: str) -> Q:
    first, end = path_range(path)
    return Q(**{f"{column}__gte": first, f"{column}__lt": end})


def way_up(walk: Walk, id: int, day: date) -> list[int]:
    """The ids from the top of the walk down to `id` itself, as it stood on `day`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE t(id, height) AS (SELECT %(id)s::bigint, 0 UNION ALL "
            f"SELECT c.id, t.height + 1 FROM t CROSS JOIN LATERAL ({walk.above}) c WHERE c.id IS NOT NULL) "
            f"SELECT id FROM t ORDER BY height DESC",
            {"id": id, "day": day},
        )
        return [row[0] for row in cursor.fetchall()]


def ways_up(walk: Walk, ids: Iterable[int], day: date) -> dict[int, set[int]]:
    """For each of the ids what it stood below on `day`, itself included. One query."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE t(start, id) AS (SELECT i, i FROM unnest(%(ids)s::bigint[]) i UNION "
            f"SELECT t.start, c.id FROM t CROSS JOIN LATERAL ({walk.above}) c WHERE c.id IS NOT NULL) "
            f"SELECT start, id FROM t",
            {"ids": list(ids), "day": day},
        )
        for start, id in cursor.fetchall():
            found.setdefault(start, set()).add(id)
    return found


def refresh_paths(walk: Walk, today: date, changed: Iterable[int] | None = None) -> int:
    """Write today's paths anew: of the `changed` things and all below them, or of everything. Returns rows written.

    Cost follows the size of the subtrees that moved, not the size of the register.
    """
    if changed is None:
        return _refresh_all(walk, today)
    ids = list(changed)
    if not ids:
        return 0
    named: dict[str, list[int] | date] = {"ids": ids, "day": today}
    lay = _where_they_lay(walk, ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE changed AS MATERIALIZED (SELECT DISTINCT unnest(%(ids)s::bigint[]) AS id),
            standing AS MATERIALIZED (
              SELECT t.id, a.id AS above FROM changed t CROSS JOIN LATERAL ({walk.above}) a
            ),
            head AS (  -- what the changed stand under, itself unchanged
              SELECT DISTINCT above AS id FROM standing WHERE above IS NOT NULL
              AND above NOT IN (SELECT id FROM changed)
            ),
            up(head, id) AS (
              SELECT id, id FROM head UNION
              SELECT t.head, a.id FROM up t CROSS JOIN LATERAL ({walk.above}) a WHERE a.id IS NOT NULL
            ),
            reached AS (SELECT DISTINCT head AS id FROM up WHERE id IN (SELECT id FROM changed)),
            t(id, path) AS (
              SELECT s.id, coalesce(p.{walk.path}, '') || register_step(s.id)
              FROM standing s LEFT JOIN {walk.table} p ON p.id = s.above
              WHERE s.above IS NULL OR (
                s.above NOT IN (SELECT id FROM changed) AND s.above NOT IN (SELECT id FROM reached))
              UNION ALL
              SELECT c.id, t.path || register_step(c.id) FROM t CROSS JOIN LATERAL ({walk.children}) c
            )
            SELECT coalesce(array_agg(id), '{{}}'), coalesce(array_agg(path), '{{}}') FROM t
            """,
            named,
        )
        # By themselves, so that the database knows how few they are and looks each one up.
        cursor.execute(
            f"UPDATE {walk.table} x SET {walk.path} = t.path FROM unnest(%s::bigint[], %s::text[]) AS t(id, path) "
            f"WHERE x.id = t.id AND x.{walk.path} <> t.path",
            cursor.fetchone(),
        )
        written = cursor.rowcount
        cursor.execute(
            f"""
            UPDATE {walk.table} x SET {walk.path} = '' WHERE x.id = ANY(%(ids)s) AND x.{walk.path} <> ''
            AND NOT EXISTS (SELECT 1 FROM (SELECT x.id) t CROSS JOIN LATERAL ({walk.above}) a)
            """,
            named,
        )
        written += cursor.rowcount
    _place_ended(walk, ids, lay)
    return written


def _refresh_all(walk: Walk, today: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE standing AS MATERIALIZED ({walk.standing}),
            t(id, path) AS (
              SELECT s.id, register_step(s.id) FROM standing s
              WHERE s.above IS NULL OR s.above NOT IN (SELECT id FROM standing)
              UNION ALL
              SELECT s.id, t.path || register_step(s.id) FROM t JOIN standing s ON s.above = t.id
            )
            UPDATE {walk.table} x SET {walk.path} = coalesce(t.path, '')
            FROM {walk.table} y LEFT JOIN t ON t.id = y.id
            WHERE x.id = y.id AND x.{walk.path} <> coalesce(t.path, '')
            """,
            {"day": today},
        )
        written = cursor.rowcount
    _place_ended(walk)
    return written


# == what does not stand today ==
FEW = 10_000


def _where_they_lay(walk: Walk, ids: list[int]) -> tuple[list[str], list[str]] | None:
    """The ranges of paths that the things and what lay below them had until now; None where there are too many."""
    if len(ids) > FEW:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT coalesce(nullif({walk.path}, ''), {walk.last_path}) FROM {walk.table} "
            f"WHERE id = ANY(%s) AND ({walk.path} <> '' OR {walk.last_path} <> '')",
            [ids],
        )
        ranges = [path_range(path) for (path,) in cursor.fetchall()]
    return [first for first, _end in ranges], [end for _first, end in ranges]


def _place_ended(walk: Walk, ids: list[int] | None = None, lay: tuple[list[str], list[str]] | None = None) -> None:
    """Write where the nearest of what a thing last stood below stands today, for each that does not stand itself.

    Of `ids` and of what was placed within the ranges `lay`; of everything where there are no ranges.
    """
    firsts, ends = lay or ([], [])
    ended = f"SELECT x.id FROM {walk.table} x WHERE x.{walk.path} = ''"
    some = f"""{ended} AND x.id = ANY(%(ids)s) UNION
              SELECT x.id FROM unnest(%(firsts)s::text[], %(ends)s::text[]) r(first, past) JOIN {walk.table} x
              ON x.{walk.last_path} <> '' AND x.{walk.last_path} >= r.first COLLATE "C"
              AND x.{walk.last_path} < r.past COLLATE "C" WHERE x.{walk.path} = ''"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE ended AS MATERIALIZED (
              {ended if lay is None else some}
            ),
            t(start, id) AS (
              SELECT id, id FROM ended
              UNION
              SELECT t.start, a.id FROM t JOIN {walk.table} x ON x.id = t.id AND x.{walk.path} = ''
              CROSS JOIN LATERAL ({walk.last_above}) a WHERE a.id IS NOT NULL
            ),
            found AS (
              SELECT t.start AS id, coalesce(max(x.{walk.path}), '') AS path
              FROM t LEFT JOIN {walk.table} x ON x.id = t.id AND x.{walk.path} <> '' GROUP BY t.start
            )
            UPDATE {walk.table} y SET {walk.last_path} = found.path FROM found
            WHERE y.id = found.id AND y.{walk.last_path} <> found.path
            """,
            {"ids": ids or [], "firsts": firsts, "ends": ends},
        )
        cursor.execute(
            f"UPDATE {walk.table} x SET {walk.last_path} = '' WHERE x.{walk.last_path} <> '' AND x.{walk.path} <> ''"
        )


def refresh_unit_paths(today: date, unit_ids: Iterable[int] | None = None) -> int:
    """Today's paths of the units whose entries changed (None = all)."""
    return refresh_paths(TERRITORY, today, unit_ids)


def refresh_body_paths(today: date, body_ids: Iterable[int] | None = None) -> int:
    """Today's paths, in the line and in the leadership, of the bodies whose entries changed (None = all)."""
    ids = None if body_ids is None else list(body_ids)
    return refresh_paths(LINE, today, ids) + refresh_paths(LEADERSHIP, today, ids)
