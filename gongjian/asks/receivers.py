"""Whom a sending reaches, what it adds to each unit's month, and who would be over the ceiling. Counted by the database
in one statement, which the preview and the sending itself share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from gongjian.register.access import Reader
from gongjian.register.models import BodyEntry, Choice
from gongjian.register.queries.lists import BodyFilters, body_rows, unit_names

from .access import is_asked_from
from .models import Ask, Question, Sending

A_QUESTION = 0.5  # minutes; what reading and finding one's place in a form takes comes once
SHOWN = 60
MERGEABLE = (Sending.Kind.CONFIRM, Sending.Kind.TELL, Sending.Kind.FACTS, Sending.Kind.FILE)
FILTERS = ("below", "under", "line", "kind", "form")

# For each body chosen: where it sits, what its unit is asked for by others in the month already, the ceiling there,
# which open ask of the earlier sending is taken up, and the minutes it comes to.
PLAN = """
WITH chosen AS ({chosen}),
seats AS (SELECT unit_id, count(*) AS bodies FROM chosen GROUP BY unit_id),
asked AS (
  SELECT a.unit_id, sum(a.minutes) AS minutes FROM asks_ask a JOIN seats USING (unit_id)
  JOIN asks_sending s ON s.id = a.sending_id AND s.body_id <> a.body_id
  WHERE a.due_on >= %(first)s AND a.due_on < %(next)s AND a.state NOT IN ('withdrawn', 'handed_over') GROUP BY 1
),
limits AS (
  SELECT s.unit_id, coalesce(a.minutes, 0) AS before, c.minutes AS ceiling,
    coalesce(a.minutes, 0) + s.bodies * %(minutes)s > c.minutes AS is_full
  FROM seats s LEFT JOIN asked a USING (unit_id)
  JOIN register_unitentry e ON e.unit_id = s.unit_id AND e.valid @> %(today)s::date
  JOIN register_unitkind k ON k.key = e.kind_id LEFT JOIN asks_ceiling c ON c.key = k.level
),
plan AS MATERIALIZED (
  SELECT c.body_id, c.unit_id, l.before, l.ceiling, m.id AS merges,
    CASE WHEN m.id IS NULL THEN %(minutes)s ELSE %(both)s END AS minutes,
    CASE WHEN m.id IS NULL THEN %(questions)s ELSE %(both_questions)s END AS questions,
    CASE WHEN m.id IS NULL THEN 0 ELSE m.minutes END AS freed
  FROM chosen c JOIN limits l USING (unit_id)
  LEFT JOIN asks_ask m ON l.is_full AND m.sending_id = %(merged)s AND m.body_id = c.body_id AND m.state = 'open'
),
months AS (
  SELECT unit_id, count(*) AS bodies, min(before) AS before, min(ceiling) AS ceiling,
    min(before) + sum(minutes) - sum(freed) AS after
  FROM plan GROUP BY unit_id
)
"""


@dataclass(frozen=True)
class Month:
    """What the sending makes of the month of one unit."""

    unit: int
    name: str
    bodies: int
    before: int
    after: int
    ceiling: int | None


@dataclass(frozen=True)
class Outlook:
    """What sending it would do. `over` holds the first units that would pass their ceiling, the fullest first."""

    month: date
    bodies: int
    units: int
    minutes: int
    merged: int
    chosen: int
    out_of_reach: int
    over_count: int
    over: list[Month]
    fullest: Month | None


def bodies_chosen(reader: Reader, sending: Sending, today: date) -> QuerySet[BodyEntry]:
    """The bodies that the choice finds today, whether they may be asked or not."""
    chosen: Mapping[str, Any] = sending.receivers
    rows = body_rows(reader, today, today, BodyFilters(**{key: chosen[key] for key in FILTERS if chosen.get(key)}))
    if chosen.get("level"):
        rows = rows.filter(seat__entries__kind__level=chosen["level"], seat__entries__valid__contains=today)
    if chosen.get("place_class"):
        rows = rows.filter(seat__entries__kind__in=_kinds_of(chosen["place_class"]),
                           seat__entries__valid__contains=today)  # fmt: skip
    if "bodies" in chosen:
        # One value instead of one for each body: of 60,000 it takes seconds less to write down.
        rows = rows.filter(body__in=RawSQL("SELECT unnest(%s::bigint[])", [list(chosen["bodies"])]))
    return rows


def _kinds_of(place_class: str) -> list[str]:
    """The kinds of unit that a class of places takes together."""
    found = Choice.objects.filter(list="place_class", key=place_class).first()
    return str(found.names.get("kinds", "")).split() if found else []


def is_chosen(sending: Sending) -> bool:
    """Was said to whom it goes?"""
    return any(value for value in sending.receivers.values())


def bodies_asked(reader: Reader, sending: Sending, today: date) -> QuerySet[BodyEntry]:
    """Of the bodies chosen, those that may be asked in the sender's name and were not dropped."""
    return (
        bodies_chosen(reader, sending, today)
        .filter(is_asked_from(reader, sending.body))
        .exclude(body__in=sending.dropped)
    )


def outlook(reader: Reader, sending: Sending, today: date) -> Outlook:
    """What sending it would do, without doing it. Five queries."""
    statement, given = plan_of(reader, sending, today)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} SELECT (SELECT count(*) FROM plan), count(*), (SELECT sum(minutes) FROM plan), "
            "(SELECT count(merges) FROM plan), count(*) FILTER (WHERE after > ceiling) FROM months",
            given,
        )
        bodies, units, minutes, merged, over = cursor.fetchone()
        cursor.execute(
            f"{statement} SELECT unit_id, bodies, before, after, ceiling FROM months "
            "ORDER BY (after > ceiling) IS NOT TRUE, after DESC, unit_id LIMIT %(shown)s",
            given | {"shown": SHOWN},
        )
        rows = cursor.fetchall()
    months = _named(reader, rows, today)
    chosen = bodies_chosen(reader, sending, today).exclude(body__in=sending.dropped).count()
    return Outlook(
        month=sending.due_on.replace(day=1), bodies=bodies, units=units, minutes=minutes or 0, merged=merged,
        chosen=chosen, out_of_reach=chosen - bodies, over_count=over, over=months[: min(over, SHOWN)],
        fullest=months[0] if months else None,
    )  # fmt: skip


def _named(reader: Reader, rows: list[tuple[Any, ...]], today: date) -> list[Month]:
    names = unit_names(reader, today, [row[0] for row in rows])
    return [
        Month(unit, names.get(unit, ""), bodies, int(before), int(after), ceiling)
        for unit, bodies, before, after, ceiling in rows
    ]


def over_bodies(reader: Reader, sending: Sending, today: date) -> list[int]:
    """Ids of the bodies whose unit would pass its ceiling."""
    statement, given = plan_of(reader, sending, today)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} SELECT body_id FROM plan JOIN months USING (unit_id) WHERE months.after > months.ceiling",
            given,
        )
        return [body for (body,) in cursor.fetchall()]


def to_merge_with(reader: Reader, sending: Sending, today: date) -> list[tuple[Sending, int]]:
    """Earlier sendings in the same name that bodies over the ceiling still have to answer in that month, with how
    many of these bodies each is open at; the one that is open at the most first."""
    first, after = month_of(sending.due_on)
    over = over_bodies(reader, sending, today)
    open_ones = Ask.objects.filter(
        body__in=over, state=Ask.State.OPEN, due_on__gte=first, due_on__lt=after, sending__body=sending.body_id,
        sending__kind__in=MERGEABLE,
    )  # fmt: skip
    counts: dict[int, int] = {}
    for id in open_ones.values_list("sending_id", flat=True):
        counts[id] = counts.get(id, 0) + 1
    found = Sending.objects.filter(pk__in=counts).prefetch_related("questions")
    return sorted(((each, counts[each.pk]) for each in found), key=lambda pair: (-pair[1], pair[0].pk))


def plan_of(reader: Reader, sending: Sending, today: date) -> tuple[str, dict[str, Any]]:
    """The statement that plans it, to be continued, and what is given to it."""
    chosen = bodies_asked(reader, sending, today).order_by().values_list("body_id", "seat_id")
    sql, params = chosen.query.sql_with_params()
    named = {f"chosen_{number}": value for number, value in enumerate(params)}
    names = iter(named)
    text = re.sub("%s", lambda _found: f"%({next(names)})s", sql)
    first, after = month_of(sending.due_on)
    questions = asked_questions(sending)
    extra = extra_questions(sending)
    given = named | {
        "first": first, "next": after, "today": today, "minutes": sending.minutes, "questions": len(questions),
        "merged": sending.merged_id or 0, "both": sending.minutes + minutes_for(extra),
        "both_questions": len(questions) + len(extra),
    }  # fmt: skip
    return PLAN.format(chosen=f"SELECT body_id, seat_id AS unit_id FROM ({text}) AS c(body_id, seat_id)"), given


def asked_questions(sending: Sending) -> list[Question]:
    """Those that are asked: the known ones are only shown."""
    return [question for question in sending.questions.all() if not question.fact]


def extra_questions(sending: Sending) -> list[Question]:
    """What the earlier sending asks that this one does not: what both ask is asked once."""
    if sending.merged is None:
        return []
    labels = {question.label for question in sending.questions.all()}
    return [question for question in asked_questions(sending.merged) if question.label not in labels]


def minutes_for(questions: list[Question]) -> int:
    """What some more questions in the same form take; a minute at least."""
    return max(1, ceil(A_QUESTION * len(questions)))


def month_of(day: date) -> tuple[date, date]:
    """The first day of the month, and of the next."""
    first = day.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
