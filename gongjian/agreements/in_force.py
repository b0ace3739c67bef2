"""An agreement in force: taking effect, published, reported on, run out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from gongjian.accounts.models import User
from gongjian.register.actions import in_sentences

from . import asking
from .clocks import due_of
from .define import numbers_of
from .models import Agreement
from .opening import check_overlap
from .refusing import for_everybody, going_on
from .states import move
from .verbs import first_day

S = Agreement.State
FROM_NOW_ON = """
UPDATE agreements_coveredunit c SET valid = daterange(%(since)s, %(end)s)
WHERE c.agreement_id = %(agreement)s AND EXISTS (
  SELECT FROM register_unitentry e WHERE e.unit_id = c.unit_id AND e.valid @> %(since)s::date)
"""


def take_effect(agreement: Agreement, *, today: date, now: datetime) -> None:
    """Nobody objected in time. In the transaction of the clock. Raises Refused where it cannot."""
    if agreement.counts_from is None or agreement.until is None:
        raise ValueError(f"{agreement.pk} was not filed or not signed")
    since = first_day(agreement, agreement.counts_from, numbers_of(agreement.statute_id))
    check_overlap(agreement, agreement.units.values_list("unit", flat=True), since, agreement.until)
    move(agreement, "take_effect", on=since, since=since)
    with connection.cursor() as cursor:
        end = agreement.until + timedelta(days=1)
        cursor.execute(FROM_NOW_ON, {"since": since, "end": end, "agreement": agreement.pk})
    asking.follow(agreement, today=today, now=now, by=None)


@in_sentences
def publish(agreement: Agreement, *, summary: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """Told to all staff; `summary` is what everybody reads of it without an account. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    said = for_everybody(summary)
    move(agreement, "publish", on=on, by=by, as_office=office, summary=said, published_on=on)
    _count_report_from(agreement, agreement.since or on)
    asking.follow(agreement, today=today, now=now, by=by)
    return agreement


def _count_report_from(agreement: Agreement, day: date) -> None:
    """The year until the first report begins with the agreement, not with its publication."""
    agreement.counts_from = day
    agreement.due_on = due_of(agreement, numbers_of(agreement.statute_id))
    agreement.save(update_fields=["counts_from", "due_on"])


def run_out(agreement: Agreement, *, now: datetime) -> None:
    """Its last day is over. In the transaction of the clock."""
    if agreement.until is None:
        raise ValueError(f"{agreement.pk} has no last day")
    move(agreement, "run_out", on=agreement.until + timedelta(days=1))
    asking.close_all(agreement, now=now, by=None)
