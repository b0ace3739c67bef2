"""Taking acts back: within 30 days, and only while no later work stands on them.

What a row was before an act is in the chronicle; an act is taken back by removing what it added and putting back what
it changed or ended. Taking back is an act itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle import personal
from gongjian.chronicle.models import Act, Before
from gongjian.chronicle.record import keep_before, record

from .access import Reader
from .actions import ALL_WALKS, Refused, check_guards, lock
from .authority.wall import behind_it
from .lives import Outside, outside, outside_put_back
from .progress import Tell, part, untold
from .walks import refresh_body_paths, refresh_unit_paths

DAYS = 30
MOST_TOLD = 20
UNDONE = "register.undone"

# Tables an act may write, what stands on others first. The owner is what the row is about.
WRITTEN = {
    "register_bodylineage": "old_id",
    "register_unitlineage": "old_id",
    "register_plaque": "venue_id",
    "register_venueshare": "venue_id",
    "register_venue": "unit_id",
    "register_cover": "body_id",
    "register_term": "body_id",
    "register_membership": "body_id",
    "register_office": "body_id",
    "register_bodyentry": "body_id",
    "register_headcount": "unit_id",
    "register_standsin": "unit_id",
    "register_unitentry": "unit_id",
}

# Rows by which something of another act stands on a unit (body) that the acts have entered.
STANDS_ON_UNIT = {
    gettext_lazy("“%(name)s” stands in “%(on)s”."): ("register_unitentry", "parent_id", "x.name"),
    gettext_lazy("“%(name)s” was changed later."): ("register_unitentry", "unit_id", "x.name"),
    gettext_lazy("Head counts of “%(on)s” were entered later."): ("register_headcount", "unit_id", "''"),
    gettext_lazy("“%(on)s” was given a building, park or market later."): ("register_standsin", "unit_id", "''"),
    gettext_lazy("An employer is housed in “%(on)s”."): ("register_standsin", "place_id", "''"),
    gettext_lazy("The body “%(name)s” has its seat in “%(on)s”."): ("register_bodyentry", "seat_id", "x.name"),
    gettext_lazy("A body covers “%(on)s”."): ("register_cover", "unit_id", "''"),
    gettext_lazy("The venue “%(name)s” is in “%(on)s”."): ("register_venue", "unit_id", "x.name"),
    gettext_lazy("“%(on)s” was merged or divided later."): ("register_unitlineage", "old_id", "''"),
    gettext_lazy("Something went on in “%(on)s” later."): ("register_unitlineage", "new_id", "''"),
}
STANDS_ON_BODY = {
    gettext_lazy("“%(name)s” was changed later."): ("register_bodyentry", "body_id", "x.name"),
    gettext_lazy("The body “%(name)s” stands below “%(on)s”."): ("register_bodyentry", "superior_id", "x.name"),
    gettext_lazy("The body “%(name)s” is led by “%(on)s”."): ("register_bodyentry", "leader_id", "x.name"),
    gettext_lazy("Units that “%(on)s” covers were entered later."): ("register_cover", "body_id", "''"),
    gettext_lazy("A term of “%(on)s” was entered later."): ("register_term", "body_id", "''"),
    gettext_lazy("“%(on)s” has members."): ("register_membership", "body_id", "''"),
    gettext_lazy("Offices are held in “%(on)s”."): ("register_office", "body_id", "''"),
    gettext_lazy("The venue “%(name)s” is kept by “%(on)s”."): ("register_venue", "owner_id", "x.name"),
    gettext_lazy("“%(on)s” was merged or divided later."): ("register_bodylineage", "old_id", "''"),
    gettext_lazy("Something went on in “%(on)s” later."): ("register_bodylineage", "new_id", "''"),
}


class StoodOn(Refused):
    """Later work stands on what is to be taken back. `sentences` name it."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(_("Later work stands on this. Undo that first: %(what)s") % {"what": " ".join(sentences)})
        self.sentences = sentences


def standing_on(acts: Sequence[Act]) -> list[str]:
    """Sentences that name what has been built on the acts since; none = they may be undone."""
    ids = [act.pk for act in acts]
    found = _later_acts(ids)
    found += _stands_on(ids, "register_unitentry", "unit_id", STANDS_ON_UNIT)
    found += _stands_on(ids, "register_bodyentry", "body_id", STANDS_ON_BODY)
    sentences = list(dict.fromkeys(found))
    if len(sentences) > MOST_TOLD:
        sentences = [*sentences[:MOST_TOLD], _("There is more than is listed here.")]
    return sentences


def undo(
    acts: Sequence[Act],
    *,
    by: Reader | None,
    today: date,
    verb: str = UNDONE,
    tell: Tell = untold,
    **facts: Any,
) -> Act:
    """Put the register back to what it was before the acts, oldest first; `facts` go into the chronicle.

    Raises Refused, StoodOn.
    """
    try:
        return _undo(acts, by, today, verb, facts, tell)
    except IntegrityError as error:
        raise StoodOn([_("Something entered later needs what is to be taken back.")]) from error
    except personal.Forgotten as forgotten:
        raise Refused(str(forgotten)) from forgotten


def is_undone(act: Act) -> bool:
    """Whether an act has been taken back."""
    return Act.objects.filter(verb__endswith="undone", facts__acts__contains=[act.pk]).exists()


@behind_it()
def _undo(acts: Sequence[Act], by: Reader | None, today: date, verb: str, facts: dict[str, Any], tell: Tell) -> Act:
    lock(*ALL_WALKS)
    if not acts or any(is_undone(act) for act in acts):
        raise Refused(_("Nothing of this is in the register, so there is nothing to undo."))
    if timezone.localtime(acts[0].at).date() + timedelta(days=DAYS) < today:
        raise Refused(_("This can be undone for %(days)s days. Correct single entries instead.") % {"days": DAYS})
    if sentences := standing_on(acts):
        raise StoodOn(sentences)
    tell(0.1)
    facts = {"acts": [act.pk for act in acts], **facts}
    undoing = record(verb, by=by, subject=acts[0].subject, on=acts[0].on, facts=facts)
    touched = [_touched(acts, entries) for entries in ("unit", "body")]
    before = {*outside(*touched), *outside_put_back(facts["acts"])}
    for done, act in enumerate(reversed(acts)):
        tell_act = part(tell, 0.1 + 0.5 * done / len(acts), 0.1 + 0.5 * (done + 1) / len(acts))
        for at, table in enumerate(WRITTEN, start=1):
            _remove_what_it_added(undoing, act, table)
            tell_act(0.8 * at / len(WRITTEN))
        for table in reversed(WRITTEN):
            _put_back(undoing, act, table)
        tell_act(1)
    now = dict.fromkeys([*outside(*touched), *outside_put_back(facts["acts"])])
    if left := [each for each in now if each not in before]:
        raise StoodOn(_without_ground(left))
    tell(0.8)  # the guards of the database look at every row
    check_guards()
    _remove_empty(undoing)
    refresh_unit_paths(today, _standing_rows("unit", touched[0]))
    refresh_body_paths(today, _standing_rows("body", touched[1]))
    return undoing


# == what stands on it ==
def _later_acts(acts: list[int]) -> list[str]:
    """Acts that changed what these acts wrote, unless they were themselves undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT a.id, a.verb, a.at,
              CASE jsonb_typeof(b.was->'name') WHEN 'string' THEN b.was->>'name' ELSE '' END
            FROM chronicle_before b JOIN chronicle_act a ON a.id = b.act_id
            WHERE b.act_id > %(first)s AND NOT b.act_id = ANY (%(acts)s) AND a.verb NOT LIKE '%%undone'
              AND NOT EXISTS (SELECT 1 FROM chronicle_act u WHERE u.verb LIKE '%%undone'
              AND u.facts->'acts' @> to_jsonb(a.id))
              AND ((b.was->>'act_id')::bigint = ANY (%(acts)s)
                   OR EXISTS (SELECT 1 FROM chronicle_before o WHERE o.act_id = ANY (%(acts)s)
                              AND o."table" = b."table" AND o.row = b.row))
            ORDER BY a.id LIMIT %(most)s
            """,
            {"first": min(acts, default=0), "acts": acts, "most": MOST_TOLD + 1},
        )
        return [
            _("“%(name)s” was changed on %(day)s.") % {"name": name, "day": timezone.localtime(at).date()}
            if name
            else _("What it wrote was changed on %(day)s.") % {"day": timezone.localtime(at).date()}
            for _id, _verb, at, name in cursor.fetchall()
        ]


def _stands_on(acts: list[int], entries: str, owner: str, links: dict[Any, tuple[str, str, str]]) -> list[str]:
    """Rows of other acts that refer to what these acts have entered as new."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.undo_new")
        cursor.execute(
            f"""
            CREATE TEMP TABLE undo_new AS
            SELECT e.{owner} AS thing, min(e.name) AS name FROM {entries} e
            WHERE e.act_id = ANY (%(acts)s)
              AND NOT EXISTS (SELECT 1 FROM {entries} o WHERE o.{owner} = e.{owner} AND NOT o.act_id = ANY (%(acts)s))
              AND e.{owner} NOT IN (SELECT (b.was->>'{owner}')::bigint FROM chronicle_before b
              WHERE b.act_id = ANY (%(acts)s)
                AND b."table" = '{entries}' AND NOT (b.was->>'act_id')::bigint = ANY (%(acts)s))
            GROUP BY 1
            """,
            {"acts": acts},
        )
        cursor.execute("ANALYZE undo_new")
        for sentence, (table, column, name) in links.items():
            cursor.execute(
                f"SELECT DISTINCT {name}, n.name FROM undo_new n JOIN {table} x ON x.{column} = n.thing "
                "WHERE NOT x.act_id = ANY (%s) LIMIT %s",
                [acts, MOST_TOLD + 1],
            )
            found += [str(sentence) % {"name": its, "on": on} for its, on in cursor.fetchall()]
        cursor.execute("DROP TABLE undo_new")
    return found


# == putting back ==
def _remove_what_it_added(undoing: Act, act: Act, table: str) -> None:
    added = (
        "r.act_id = %s AND NOT EXISTS (SELECT 1 FROM chronicle_before b "
        'WHERE b.act_id = %s AND b."table" = %s AND b.row = r.id)'
    )
    params: list[int | str] = [act.pk, act.pk, table]
    if keep_before(undoing, table, added, params, deleted=True):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} r WHERE {added}", params)


def _put_back(undoing: Act, act: Act, table: str) -> None:
    befores = "chronicle_before"
    if table in personal.PERSONAL:
        befores = _open_befores(act, table)
    was = (
        f"{befores} b CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.was) w "
        'WHERE b.act_id = %s AND b."table" = %s'
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'",
            [table],
        )
        columns = cursor.fetchone()[0]
        values = ", ".join(f"w.{column}" for column in columns.split(", "))
        changed = (
            'r.id IN (SELECT b.row FROM chronicle_before b WHERE b.act_id = %s AND b."table" = %s AND NOT b.deleted)'
        )
        if keep_before(undoing, table, changed, [act.pk, table]):
            cursor.execute(
                f"UPDATE {table} r SET ({columns}) = ROW({values}) FROM {was} AND NOT b.deleted AND r.id = b.row",
                [act.pk, table],
            )
        cursor.execute(
            f"INSERT INTO {table} (id, {columns}) SELECT b.row, {values} FROM {was} AND b.deleted", [act.pk, table]
        )


def _open_befores(act: Act, table: str) -> str:
    """A table for this transaction with what was kept of people, opened. Raises personal.Forgotten."""
    kept = Before.objects.filter(act=act, table=table).values_list("row", "was", "deleted").order_by("pk")
    opened = [(row, json.dumps(personal.opened(table, row, was)), deleted) for row, was, deleted in kept]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.undo_opened")
        cursor.execute(
            'CREATE TEMP TABLE undo_opened (act_id bigint, "table" text, row bigint, was jsonb, deleted boolean) '
            "ON COMMIT DROP"
        )
        cursor.executemany(
            "INSERT INTO undo_opened VALUES (%s, %s, %s, %s::jsonb, %s)",
            [(act.pk, table, *each) for each in opened],
        )
    return "undo_opened"


def _remove_empty(undoing: Act) -> None:
    """Units and bodies that the acts had entered have no entry any more."""
    with connection.cursor() as cursor:
        for table, entries, owner in (
            ("register_body", "register_bodyentry", "body_id"),
            ("register_unit", "register_unitentry", "unit_id"),
        ):
            cursor.execute(
                f"DELETE FROM {table} t WHERE t.id IN (SELECT (b.was->>%s)::bigint FROM chronicle_before b "
                f'WHERE b.act_id = %s AND b."table" = %s AND b.deleted) AND NOT EXISTS (SELECT 1 FROM {entries} e '
                f"WHERE e.{owner} = t.id)",
                [owner, undoing.pk, entries],
            )


def _touched(acts: Sequence[Act], of: str) -> list[int]:
    """The units (bodies) whose entries the acts wrote, changed or ended."""
    ids = [act.pk for act in acts]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {of}_id FROM register_{of}entry WHERE act_id = ANY(%s) UNION "
            f"SELECT (was->>'{of}_id')::bigint FROM chronicle_before WHERE act_id = ANY(%s) AND \"table\" = %s",
            [ids, ids, f"register_{of}entry"],
        )
        return [id for (id,) in cursor.fetchall()]


def _standing_rows(of: str, ids: list[int]) -> list[int]:
    """Those that are still in the register."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM register_{of} WHERE id = ANY(%s)", [ids])
        return [id for (id,) in cursor.fetchall()]


def _without_ground(left: list[Outside]) -> list[str]:
    """Sentences for what would stand on something that does not stand as long."""
    said = {
        (table, column): str(sentence)
        for links in (STANDS_ON_UNIT, STANDS_ON_BODY)
        for sentence, (table, column, _name) in links.items()
    }
    needs = _("Something entered later needs what is to be taken back.")
    found = [said.get((each.table, each.column), needs) % {"name": each.name, "on": each.on} for each in left]
    sentences = list(dict.fromkeys(found))
    return (
        sentences if len(sentences) <= MOST_TOLD else [*sentences[:MOST_TOLD], _("There is more than is listed here.")]
    )
