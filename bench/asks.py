"""The figures of asks: looking at a sending to every body of a city, sending it, the inbox with 2 million asks in the
table, and the digest of 10,000 people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.asks import receivers, sending, writing
from gongjian.asks.define import define_ceiling
from gongjian.asks.digest import write_digests
from gongjian.asks.models import Sending
from gongjian.chronicle.record import record
from gongjian.register.models import Body, BodyEntry, Office, OfficeKind, Person, Role
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year

from .figure import Figure, figure, in_turn, percentile, seconds
from .people import SINCE, signed_in
from .register import CALIBRATION, calibrate

IN_TABLE = 2_000_000
READERS = 60
OWING = 10_000
ONLY_TELLS = "The reference only tells how fast the machine is."
BARE = """
INSERT INTO asks_ask (sending_id, body_id, unit_id, due_on, minutes, questions, state, reason)
SELECT %s, e.body_id, e.seat_id, %s, 5, 0, 'open', '' FROM register_bodyentry e JOIN register_body b ON b.id = e.body_id
WHERE upper_inf(e.valid) AND (b.lead_path LIKE %s OR b.line_path LIKE %s) AND b.id <> %s
"""
FILL = """
INSERT INTO asks_ask (sending_id, body_id, unit_id, due_on, minutes, questions, state, reason, ended_at)
SELECT s.id, e.body_id, e.seat_id, s.due_on, 5, 2, CASE WHEN s.n > %(open)s THEN 'done' ELSE 'open' END, '',
  CASE WHEN s.n > %(open)s THEN s.sent_at END
FROM (SELECT id, due_on, sent_at, row_number() OVER (ORDER BY id DESC) AS n FROM asks_sending WHERE id = ANY(%(ids)s)) s
CROSS JOIN (SELECT body_id, seat_id FROM register_bodyentry WHERE upper_inf(valid) ORDER BY body_id) e
"""
OPEN = 3  # of those sent, still open with everybody


class Undone(Exception):
    """Takes the transaction back."""


def asks(size: str) -> Iterator[Figure]:
    """All in one transaction, which is rolled back: the database is left as it was."""
    figures: list[Figure] = []
    with suppress(Undone), transaction.atomic():
        figures += _measured(size)
        raise Undone
    yield from figures


def _measured(size: str) -> Iterator[Figure]:
    today, now = timezone.localdate(), timezone.now()
    _calendar(today)
    for position, level in enumerate(("county", "town", "village", "place", "employer")):
        define_ceiling(level, names={"zh-hans": level}, position=position, minutes=600, source="")
    top = _top(today)
    sender = _holding("bench_asks", ["ask"], [top.body])[0]
    draft = _draft(top, sender, today, now)
    count = receivers.outlook(sender, draft, today).bodies
    looked = in_turn(
        ours=lambda: seconds(partial(receivers.outlook, sender, draft, today)), reference=lambda: calibrate() / 1000
    )
    yield figure(
        "asks.preview", size, f"looking at a sending to {count:,} bodies: how many, their minutes, who is over",
        looked, unit="s", reference=CALIBRATION, most=3, both_sides=ONLY_TELLS,
    )  # fmt: skip
    paths = (f"{top.body.lead_path}%", f"{top.body.line_path}%")
    sent = in_turn(
        ours=lambda: _rolled_back(partial(sending.send, draft, today=today, now=now, by=sender)),
        reference=lambda: _rolled_back(partial(_bare, draft, paths, top.body_id)),
    )
    yield figure(
        "asks.send", size, f"sending it to {count:,} bodies", sent, unit="s",
        reference="a bare INSERT … SELECT of the same rows into the same indexed table", most=10,
        both_sides="Both in a savepoint that is rolled back. Ours also looks twice who is over the ceiling, writes the "
        "act, and takes the lock under which two sendings wait for each other.",
    )  # fmt: skip
    _fill(top, sender, today, now)
    clients = [signed_in(who) for who in _holding("bench_answers", ["answer"], _bodies(READERS))]
    read = in_turn(
        ours=lambda: 1000 * percentile(seconds(partial(_read, client)) for client in clients), reference=calibrate
    )
    yield figure(
        "asks.inbox", size, f"the inbox, with {IN_TABLE:,} asks in the table: p95 of {READERS} people", read, unit="ms",
        reference=CALIBRATION, most=50,
        both_sides=f"Ours is the whole page through Django's test client, with {OPEN} things to do. {ONLY_TELLS}",
    )  # fmt: skip
    _holding("bench_owing", ["answer"], _bodies(OWING))
    monday = today + timedelta(days=-today.weekday() % 7)
    moment = timezone.make_aware(datetime.combine(monday, time(7)))
    written = in_turn(
        ours=lambda: _rolled_back(partial(write_digests, monday, now=moment)), reference=lambda: calibrate() / 1000
    )
    yield figure(
        "asks.digest", size, f"the digest of {OWING:,} people and more, each owing {OPEN} things", written, unit="s",
        reference=CALIBRATION, most=60,
        both_sides="Ours finds who owes what and writes the letters; handing them to a mail server is not in it. "
        + ONLY_TELLS,
    )  # fmt: skip


def _calendar(today: date) -> None:
    for year in (today.year, today.year + 1):
        define_year(str(year), days_off=[], days_worked=[], source="")
    calendar.forget()


def _top(today: date) -> BodyEntry:
    """The Party body that leads, over however many steps, everybody."""
    entries = BodyEntry.objects.on(today).filter(body__line="party", superior=None, leader=None)
    found = entries.exclude(body__lead_path="").select_related("body__line").order_by("body").first()
    assert found is not None
    return found


def _holding(key: str, words: list[str], bodies: list[Body]) -> list[User]:
    """An account for each body, whose office there carries the words."""
    kind = OfficeKind.objects.create(key=key, names={"zh-hans": "样例"})
    for walk, depth in (("line", 0 if "answer" in words else None), ("leadership", None)):
        role = Role.objects.create(
            key=f"{key}_{walk}", names={"zh-hans": "样例"}, walk=walk, depth=depth, permissions=words
        )
        kind.roles.add(role)
    act = record("bench.office")
    names = [f"{key}_{number}" for number in range(len(bodies))]
    accounts = User.objects.bulk_create(User(username=name, name="样例", password="!") for name in names)
    people = Person.objects.bulk_create(Person(name="样例", account=account) for account in accounts)
    Office.objects.bulk_create(
        Office(person=person, body=body, kind=kind, valid=(SINCE, None), act=act)
        for person, body in zip(people, bodies, strict=True)
    )
    return accounts


def _bodies(number: int) -> list[Body]:
    standing = list(Body.objects.exclude(line_path="").values_list("pk", flat=True))
    return list(Body.objects.filter(pk__in=random.Random(4).sample(standing, number)))


def _draft(top: BodyEntry, by: User, today: date, now: datetime) -> Sending:
    draft = writing.write(
        top.body, title="样例", why="样例", minutes=5, due_on=today + timedelta(days=9), today=today, now=now, by=by
    )
    return writing.choose(draft, receivers={"below": top.seat_id}, by=by)


def _fill(top: BodyEntry, by: User, today: date, now: datetime) -> None:
    """As many sendings, each to everybody, as make 2 million asks; the last three are still open."""
    standing = BodyEntry.objects.on(today).count()
    number = -(-IN_TABLE // standing)
    made = Sending.objects.bulk_create(
        Sending(
            body=top.body, line_id="party", by=by, title=f"样例{n}", why="样例", minutes=5, state="sent",
            written_at=now, sent_at=now - timedelta(days=number - n), due_on=today + timedelta(days=2 + n - number),
        )
        for n in range(number)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"ids": [each.pk for each in made], "open": OPEN})
        cursor.execute("ANALYZE asks_ask, asks_sending, register_office, register_person")


def _bare(draft: Sending, paths: tuple[str, str], sender: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [draft.pk, draft.due_on, *paths, sender])


def _rolled_back(run: Any) -> float:
    took = 0.0
    with suppress(Undone), transaction.atomic():
        took = seconds(run)
        raise Undone
    return took


def _read(client: Client) -> None:
    answer = client.get("/asks/")
    if answer.status_code != 200 or "样例".encode() not in answer.content:
        raise RuntimeError(f"/asks/ answers {answer.status_code}")
