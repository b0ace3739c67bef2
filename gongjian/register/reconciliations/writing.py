"""The entries of a list: new ones opened, changed ones from the day on, set by set, as part of one act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act

from ..imports.unit_rows import run
from ..reorganise.along import keep

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Division:
    """What the list says of a unit; None leaves as it is what the register says."""

    unit: int
    is_new: bool
    name: str | None
    official_name: str | None
    kind: str | None
    code: str
    parent: int | None


LAY = """
CREATE TEMP TABLE listed (unit_id bigint PRIMARY KEY, is_new boolean NOT NULL, name text, official_name text,
  kind_id text, code text NOT NULL, parent_id bigint) ON COMMIT DROP
"""

OPENED = """
INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status,
  trade, sector, ownership, address, source, act_id)
SELECT unit_id, daterange(%(on)s::date, NULL), name, official_name, code, '', kind_id, parent_id, 'active',
  '', '', '', '', %(source)s, %(act)s
FROM listed WHERE is_new ORDER BY code
"""

COLUMNS = ("name", "official_name", "kind_id", "code", "parent_id")
WHOLE = (
    "name", "official_name", "code", "credit_code", "kind_id", "parent_id", "status", "trade", "sector", "ownership",
    "address",
)  # fmt: skip


def changed(columns: Sequence[str]) -> str:
    """Which entries of the day differ in these columns from the table `listed`, and which later ones follow them."""
    new = ", ".join(f"coalesce(l.{column}, e.{column}) AS new_{column}" for column in columns)
    old = ", ".join(f"e.{column}" for column in columns)
    differs = " OR ".join(f"new_{column} IS DISTINCT FROM {column}" for column in columns)
    # A later entry follows as long as it, and all up to it, carry the value that is changed.
    carried = ", ".join(
        f"CASE WHEN c.new_{column} IS DISTINCT FROM c.{column} "
        f"AND bool_and(n.{column} IS NOT DISTINCT FROM c.{column}) OVER w "
        f"THEN c.new_{column} ELSE n.{column} END AS {column}, n.{column} AS was_{column}"
        for column in columns
    )
    return f"""
CREATE TEMP TABLE listed_changed ON COMMIT DROP AS SELECT * FROM (
  SELECT e.id, e.unit_id, e.valid, {old}, {new}
  FROM listed l JOIN register_unitentry e ON e.unit_id = l.unit_id AND e.valid @> %(on)s::date WHERE NOT l.is_new
) x WHERE {differs};
CREATE TEMP TABLE listed_carried ON COMMIT DROP AS SELECT * FROM (
  SELECT n.id, {carried}
  FROM listed_changed c JOIN register_unitentry n ON n.unit_id = c.unit_id AND lower(n.valid) >= upper(c.valid)
  WINDOW w AS (PARTITION BY n.unit_id ORDER BY n.valid)
) x WHERE {" OR ".join(f"{column} IS DISTINCT FROM was_{column}" for column in columns)}
"""


def change(columns: Sequence[str]) -> str:
    """Divide the entries of `listed_changed` at the day, and write what is new into the part from the day on."""
    whole = ", ".join(WHOLE)
    values = ", ".join(f"new_{column}" if column in columns else column for column in WHOLE)
    return f"""
CREATE TEMP TABLE listed_rest ON COMMIT DROP AS
  SELECT e.*, {", ".join(f"c.new_{column}" for column in columns)} FROM register_unitentry e
  JOIN listed_changed c ON c.id = e.id WHERE lower(c.valid) < %(on)s;
UPDATE register_unitentry e SET {", ".join(f"{column} = c.new_{column}" for column in columns)},
  source = %(source)s, act_id = %(act)s
FROM listed_changed c WHERE e.id = c.id AND lower(c.valid) = %(on)s;
UPDATE register_unitentry e SET valid = daterange(lower(c.valid), %(on)s), act_id = %(act)s
FROM listed_changed c WHERE e.id = c.id AND lower(c.valid) < %(on)s;
INSERT INTO register_unitentry (unit_id, valid, {whole}, source, act_id)
SELECT unit_id, daterange(%(on)s, upper(valid)), {values}, %(source)s, %(act)s
FROM listed_rest ORDER BY id;
UPDATE register_unitentry e SET {", ".join(f"{column} = c.{column}" for column in columns)}, act_id = %(act)s
FROM listed_carried c WHERE e.id = c.id
"""


def write(act: Act, on: date, divisions: Sequence[Division], source: str) -> set[int]:
    """Open what is new and change what differs, from the day on. Returns the units that were written."""
    return write_listed(act, on, source, LAY, OPENED, COLUMNS, divisions)


def write_listed(
    act: Act, on: date, source: str, lay: str, opened: str, columns: Sequence[str], listed: Iterable[Any]
) -> set[int]:
    """Write the rows of the table `listed`, which `lay` makes: `opened` opens, and `columns` of the others change."""
    named = {"on": on, "source": source, "act": act.pk}
    with connection.cursor() as cursor:
        _lay(cursor, lay, listed)
        run(cursor, opened, named)
        run(cursor, changed(columns), named)
        keep(
            act, "register_unitentry", "r.id IN (SELECT id FROM listed_changed UNION SELECT id FROM listed_carried)", []
        )
        run(cursor, change(columns), named)
        cursor.execute("SELECT unit_id FROM listed WHERE is_new UNION SELECT unit_id FROM listed_changed")
        return {row[0] for row in cursor.fetchall()}


def _lay(cursor: Any, lay: str, listed: Iterable[Any]) -> None:
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.listed, pg_temp.listed_changed, pg_temp.listed_carried, pg_temp.listed_rest"
    )
    cursor.execute(lay)
    with cursor.copy("COPY listed FROM STDIN") as copy:
        for row in listed:
            copy.write_row(astuple(row))
    cursor.execute("ANALYZE listed")


# == what stands against it ==
def stands_later(units: Iterable[int], on: date) -> list[str]:
    """What is to end, but was changed by somebody for the day itself or a later one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, min(lower(valid)) FROM register_unitentry WHERE unit_id = ANY(%s) AND lower(valid) >= %s "
            "GROUP BY unit_id, name ORDER BY name LIMIT %s",
            [list(units), on, MOST_TOLD],
        )
        return [
            _(
                "“%(name)s” would end on %(day)s, but was changed from %(later)s on. "
                "Undo that change first, or decide otherwise."
            )
            % {"name": name, "day": on, "later": later}
            for name, later in cursor.fetchall()
        ]


# Both sides are gathered first: few entries bear a code, and through the index of days the join takes minutes.
CLASHES = """
WITH ours AS MATERIALIZED (SELECT *, {column} AS borne FROM register_unitentry
  WHERE act_id = %(act)s AND {column} <> ''),
coded AS MATERIALIZED (SELECT *, {column} AS borne FROM register_unitentry WHERE {column} <> '')
SELECT e.borne, e.name, o.name, lower(o.valid) FROM ours e JOIN coded o
ON o.borne = e.borne AND o.unit_id <> e.unit_id AND o.valid && e.valid AND (o.act_id <> e.act_id OR o.id > e.id)
ORDER BY 1 LIMIT %(most)s
"""
ENDS_TOO_EARLY = """
WITH ours AS MATERIALIZED (SELECT * FROM register_unitentry WHERE act_id = %(act)s AND parent_id IS NOT NULL),
lives AS MATERIALIZED (
  SELECT unit_id, (array_agg(name ORDER BY valid DESC))[1] AS name, range_agg(valid) AS life, max(upper(valid)) AS until
  FROM register_unitentry WHERE unit_id IN (SELECT parent_id FROM ours) GROUP BY 1
)
SELECT e.name, p.name, p.until FROM ours e LEFT JOIN lives p ON p.unit_id = e.parent_id
WHERE NOT coalesce(p.life @> e.valid, false) ORDER BY 1 LIMIT %(most)s
"""


def clashes(act: Act, column: Literal["code", "credit_code"] = "code") -> list[str]:
    """Codes that two units would bear on one day."""
    return [
        _("The code %(code)s of “%(name)s” is borne by “%(other)s” from %(day)s on. Correct one of the two.")
        % {"code": code, "name": name, "other": other, "day": day}
        for code, name, other, day in _found(CLASHES.format(column=column), act)
    ]


def ends_too_early(act: Act) -> list[str]:
    """What would stand in something that ends before it does."""
    return [
        _("“%(name)s” would stand in “%(parent)s”, which ends on %(day)s. Correct that first.")
        % {"name": name, "parent": parent, "day": day or "–"}
        for name, parent, day in _found(ENDS_TOO_EARLY, act)
    ]


def _found(sql: str, act: Act) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"act": act.pk, "most": MOST_TOLD})
        return cursor.fetchall()
