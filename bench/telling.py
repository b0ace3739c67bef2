"""The figure of rounds of telling: opening one over every body that the Party body at the top leads or stands above."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.register.models import Body
from gongjian.telling import rounds
from gongjian.telling.models import TellingRound

from .asks import Undone, _holding, _rolled_back, _top
from .figure import Figure, figure, in_turn

BARE = """
INSERT INTO telling_telling (round_id, body_id, commenter_id, state, promised, done, undone, reason, range)
SELECT %s, b.id, %s, 'scheduled', '[]', '', '', '', '' FROM register_body b
WHERE (b.lead_path LIKE %s OR b.line_path LIKE %s) AND b.id <> %s
"""


def figures(size: str) -> Iterator[Figure]:
    """In one transaction, which is rolled back: the database is left as it was."""
    found: list[Figure] = []
    with suppress(Undone), transaction.atomic():
        found += _measured(size)
        raise Undone
    yield from found


def _measured(size: str) -> Iterator[Figure]:
    today = timezone.localdate()
    host = _top(today).body
    by = _holding("bench_telling", ["keep_plans", "ask"], [host])[0]
    count = rounds.outlook(host, {}, today).bodies
    times = in_turn(
        ours=lambda: _rolled_back(partial(_open, host, by, today)),
        reference=lambda: _rolled_back(partial(_bare, host, today)),
    )
    yield figure(
        "telling.open", size, f"opening a round over {count:,} bodies, and asking them all", times, unit="s",
        reference="a bare INSERT … SELECT of as many rows into the same indexed table", most=20,
        both_sides="Both in a savepoint that is rolled back. Ours also finds who comments on each, and looks whose "
        "month is full; the asks themselves are put in by the worker.",
    )  # fmt: skip


def _fields(today: date) -> dict[str, Any]:
    return {
        "name": "样例", "kind": "half_year", "since": today - timedelta(days=150), "until": today,
        "tell_by": today + timedelta(days=10), "comment_by": today + timedelta(days=40), "days_to_put_right": 30,
        "range": "inside",
    }  # fmt: skip


def _open(host: Body, by: User, today: date) -> None:
    rounds.open_round(host, chosen={}, today=today, now=timezone.now(), by=by, **_fields(today))


def _bare(host: Body, today: date) -> None:
    made = TellingRound.objects.create(host=host, opened_at=timezone.now(), **_fields(today))
    with connection.cursor() as cursor:
        cursor.execute(BARE, [made.pk, host.pk, f"{host.lead_path}%", f"{host.line_path}%", host.pk])
