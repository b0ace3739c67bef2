"""A round: every check is gone through for a day. What is new becomes a doubt, what is gone ends, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from gongjian.register.models import Threshold

from .checks import SEARCHES
from .models import Check, Doubt, Round
from .standing import lay_out

# Through which unit a doubt is seen: the unit itself, where the body sits or last sat, where the venue lies.
PLACES = {
    "unit": "f.id",
    "body": """(SELECT e.seat_id FROM register_bodyentry e WHERE e.body_id = f.id AND lower(e.valid) <= %(day)s::date
                ORDER BY e.valid DESC LIMIT 1)""",
    "venue": "(SELECT v.unit_id FROM register_venue v WHERE v.id = f.id)",
}
# What does not stand today is seen through what it last stood in. One statement for each check.
ROUND = """
WITH found AS MATERIALIZED (SELECT DISTINCT id FROM ({search}) s),
placed AS MATERIALIZED (
  SELECT f.id, coalesce(a.id, u.id) AS place FROM found f
  JOIN register_unit u ON u.id = {place}
  LEFT JOIN register_unit a ON u.path = '' AND u.last_path <> '' AND a.path <> '' AND a.path = u.last_path
), kept AS (
  UPDATE consistency_doubt d
  SET gone_on = CASE WHEN p.id IS NULL THEN %(day)s::date END, place_id = coalesce(p.place, d.place_id)
  FROM consistency_doubt o LEFT JOIN placed p ON p.id = o.{of}_id
  WHERE o.id = d.id AND o.raised_by_id = %(check)s AND o.gone_on IS NULL AND (p.id IS NULL OR p.place <> o.place_id)
)
INSERT INTO consistency_doubt (raised_by_id, {of}_id, place_id, first_seen)
SELECT %(check)s, p.id, p.place, %(day)s::date FROM placed p WHERE NOT EXISTS (
  SELECT 1 FROM consistency_doubt d
  WHERE d.raised_by_id = %(check)s AND d.{of}_id = p.id AND d.gone_on IS NULL)
"""


def find_doubts(day: date) -> Round | None:
    """Go through all checks for the day, in one transaction and as of one moment. Again on the same day is safe.

    None, and nothing done, for a day before the last round: doubts are kept forwards.
    """
    is_outermost = not connection.in_atomic_block  # within another transaction, its own view counts
    with _alone(), transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if Round.objects.filter(day__gt=day).exists():
            return None
        lay_out(day)
        thresholds = dict(Threshold.objects.filter(valid__contains=day).values_list("key", "least"))
        for check in Check.objects.all():
            _go_through(check, day, thresholds)
        facts = {"ended_at": timezone.now(), "doubts": Doubt.objects.filter(gone_on=None).count()}
        return Round.objects.update_or_create(day=day, defaults=facts)[0]


@contextmanager
def _alone() -> Iterator[None]:
    """One round at a time; the second waits, and then sees what the first has written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('consistency_round'))")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('consistency_round'))")


def _go_through(check: Check, day: date, thresholds: Mapping[str, int]) -> None:
    search = SEARCHES[check.finds]
    try:
        given = _given(search.asks, check.given, thresholds)
    except KeyError:  # on this day the threshold does not hold: nothing can be measured by it
        sql, given = "SELECT NULL::bigint AS id WHERE false", {}
    else:
        sql = search.sql
    statement = ROUND.format(search=sql, place=PLACES[search.of], of=search.of)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, "day": day, "check": check.pk})


def _given(asks: Mapping[str, str], given: Mapping[str, Any], thresholds: Mapping[str, int]) -> dict[str, Any]:
    """As the statement takes it: thresholds as their number on the day, tables as jsonb. Raises KeyError."""
    told: dict[str, Any] = {}
    for name, sort in asks.items():
        value = given[name]
        if sort == "number" and isinstance(value, str):
            value = thresholds[value]
        told[name] = Jsonb(value) if isinstance(value, dict) else value
    return told
