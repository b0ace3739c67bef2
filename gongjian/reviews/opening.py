"""Opening a year over many branches in one statement; a branch that begins by itself; its roll of another day."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.walks import path_range

from . import asking
from .access import office_that_keeps
from .models import MemberGrade, MemberReview, ReviewRule, ReviewYear
from .refusing import held, keeping

FURTHEST = timedelta(days=366)

# Branches: below which nobody stands in the line, with a member on the day, and without a review of the year.
FOUND = """
SELECT b.id, e.superior_id AS above FROM register_body b
JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(today)s::date
WHERE b.line_id = %(line)s AND b.line_path >= %(first)s AND b.line_path < %(end)s
  AND (b.id = %(only)s OR %(only)s IS NULL AND b.id <> %(host)s) AND e.superior_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM register_bodyentry x WHERE x.superior_id = b.id AND x.valid @> %(today)s::date)
  AND EXISTS (SELECT 1 FROM register_membership m WHERE m.body_id = b.id AND m.valid @> %(roll_on)s::date)
  AND NOT EXISTS (SELECT 1 FROM reviews_memberreview r WHERE r.body_id = b.id AND r.year = %(year)s)
"""
PUT_IN = f"""
WITH made AS (
  INSERT INTO reviews_memberreview (body_id, above_id, opened_id, year, roll_on, definition, state, version, is_counted,
                                    reason)
  SELECT id, above, %(opened)s, %(year)s, %(roll_on)s, %(definition)s::jsonb, 'begun', 0, false, ''
  FROM ({FOUND}) AS found ORDER BY id
  RETURNING id, body_id
), rolls AS (
  INSERT INTO reviews_membergrade (review_id, person_id, words, ungraded, grade, reason, told_grade)
  SELECT made.id, m.person_id, '', '', '', '', '' FROM made
  JOIN register_membership m ON m.body_id = made.body_id AND m.valid @> %(roll_on)s::date
  ORDER BY made.id, m.person_id
)
SELECT count(*) FROM made
"""
TAKE_UP = """
UPDATE reviews_memberreview r SET opened_id = %(opened)s FROM register_body b
WHERE b.id = r.body_id AND r.year = %(year)s AND r.opened_id IS NULL
  AND b.line_id = %(line)s AND b.line_path >= %(first)s AND b.line_path < %(end)s AND b.id <> %(host)s
"""
MEMBERS = "SELECT person_id FROM register_membership WHERE body_id = %s AND valid @> %s::date"


class Opened(NamedTuple):
    """A year, and in sentences why some in it were not asked."""

    year: ReviewYear
    unasked: list[str]


def outlook(host: Body, *, year: int, roll_on: date, today: date) -> int:
    """How many branches opening the year would put in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({FOUND}) AS found", _given(host, year, roll_on, today))
        return int(cursor.fetchone()[0])


@in_sentences
def open_year(host: Body, *, year: int, roll_on: date, due_on: date, today: date, now: datetime, by: User) -> Opened:
    """Every branch below has its review with its roll, and is asked. Raises Refused."""
    office = keeping(by, host)
    definition = _rule_of(host).definition
    _check_days(year, roll_on, today)
    if not today < due_on <= today + FURTHEST:
        raise Refused(_("Branches hand up on a day from tomorrow on, within a year. Choose another one."))
    if ReviewYear.objects.filter(host=host, year=year).exists():
        raise Refused(_("This organisation has opened the year already. It stands on its page."))
    made = ReviewYear.objects.create(
        host=host, year=year, roll_on=roll_on, due_on=due_on, opened_by=by, opened_at=now
    )  # fmt: skip
    given = _given(host, year, roll_on, today) | {"opened": made.pk, "definition": json.dumps(definition)}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP, given)
        count = cursor.rowcount
        cursor.execute(PUT_IN, given)
        count += cursor.fetchone()[0]
    if not count:
        raise Refused(_("No branch with members stands below this organisation in its line, so there is nothing to "
                        "open."))  # fmt: skip
    record("reviews.open_year", by=by, subject=made.about, facts={"branches": count}, as_office=office)
    return Opened(made, asking.ask_branches(made, today=today, now=now, by=by))


@in_sentences
def begin(body: Body, *, year: int, roll_on: date, today: date, by: Reader) -> MemberReview:
    """A branch begins by itself. Raises Refused."""
    office = keeping(by, body)
    definition = _rule_of(body).definition
    _check_days(year, roll_on, today)
    if MemberReview.objects.filter(body=body, year=year).exists():
        raise Refused(_("The review of this year has begun already. It stands on its page."))
    given = _given(body, year, roll_on, today, only=body.pk)
    given |= {"opened": _opened_above(body, year), "definition": json.dumps(definition)}
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN, given)
        if not cursor.fetchone()[0]:
            raise Refused(
                _("A review is of a branch that stands below another organisation, has members on that day, and has "
                  "nobody below it. Choose another day, or open the year for those below.")
            )  # fmt: skip
    made = MemberReview.objects.get(body=body, year=year)
    record("reviews.begin", by=by, subject=made.about, as_office=office)
    return made


@in_sentences
def renew_roll(review: MemberReview, *, roll_on: date, today: date, by: Reader) -> MemberReview:
    """Before the meeting: who was a member on that day is on the roll, and nobody else. Raises Refused."""
    review, office = held(review, by)
    if review.state != MemberReview.State.BEGUN:
        raise Refused(_("The meeting was held, so the roll stays. Mark who has left on the page of grades."))
    _check_days(review.year, roll_on, today)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [review.body_id, roll_on])
        members = {row[0] for row in cursor.fetchall()}
    if not members:
        raise Refused(_("Nobody was a member on that day. Choose another one."))
    there = set(MemberGrade.objects.filter(review=review).values_list("person_id", flat=True))
    MemberGrade.objects.filter(review=review, person__in=there - members).delete()
    MemberGrade.objects.bulk_create(MemberGrade(review=review, person_id=each) for each in sorted(members - there))
    review.roll_on = roll_on
    review.save(update_fields=["roll_on"])
    facts = {"came": len(members - there), "left": len(there - members)}
    record("reviews.renew_roll", by=by, subject=review.about, facts=facts, as_office=office)
    return review


def _opened_above(body: Body, year: int) -> int | None:
    """The year that somebody above has opened, the nearest first."""
    rows = ReviewYear.objects.filter(year=year, host__line=body.line_id).values_list("pk", "host__line_path")
    over = [(len(path), pk) for pk, path in rows if path and body.line_path.startswith(path) and path != body.line_path]
    return max(over)[1] if over else None


def _rule_of(body: Body) -> ReviewRule:
    if not body.line_path:
        raise Refused(_("The organisation does not stand any more. Choose another one."))
    found = ReviewRule.objects.filter(line=body.line_id).first()
    if found is None:
        raise Refused(_("There are no rules by which members of this line are reviewed."))
    return found


def _check_days(year: int, roll_on: date, today: date) -> None:
    if not today.year - 1 <= year <= today.year:
        raise Refused(_("Members are reviewed for this year or the one before. Choose one of the two."))
    if not date(year, 1, 1) <= roll_on <= today:
        raise Refused(_("The roll is that of a day from the beginning of the year until today. Choose another one."))


def _given(host: Body, year: int, roll_on: date, today: date, only: int | None = None) -> dict[str, Any]:
    first, end = path_range(host.line_path) if host.line_path else ("", "")
    return {"host": host.pk, "line": host.line_id, "first": first, "end": end, "today": today, "year": year,
            "roll_on": roll_on, "only": only}  # fmt: skip


def may_open(reader: Reader, body: Body) -> bool:
    return office_that_keeps(reader, body) is not None
