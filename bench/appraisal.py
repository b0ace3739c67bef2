"""The figures of appraisal: a round opened over every body of a city, and its grades computed.

In a transaction that is rolled back: the database is left as it was.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.appraisal import computing, rounds
from gongjian.appraisal.define import define_scheme
from gongjian.appraisal.models import Case, Round
from gongjian.appraisal.rules import rules_of
from gongjian.asks.define import define_ceiling
from gongjian.chronicle.record import record
from gongjian.register.models import BodyEntry, BodyKind, Office, OfficeKind, Person, Role

from .asks import ONLY_TELLS, Undone, _calendar, _top
from .figure import ROOT, Figure, figure, in_turn, seconds
from .people import SINCE
from .register import CALIBRATION, calibrate

SCORES = """
INSERT INTO appraisal_score (case_id, item, by_whom, giver_id, value, evidence, at)
SELECT c.id, i.item, i.by_whom, c.body_id, 60 + (c.id * i.step) %% 4000 / 100.0, '', now()
FROM appraisal_case c CROSS JOIN (VALUES ('self', 'self', 7), ('superior', 'superior', 13)) AS i(item, by_whom, step)
WHERE c.round_id = %s
"""
BOXES = """
INSERT INTO appraisal_box (case_id, kind, state, roll, phone, told, opened_at, closed_at)
SELECT c.id, k, 'closed', 40, '{0,0,0,0,0}',
  jsonb_build_object('as', 'counts', 'ballots', 40, 'numbers',
    jsonb_build_array(40 - 6 - c.id %% 9 - c.id %% 5, 5 + c.id %% 9, 1, c.id %% 5, 0)), now(), now()
FROM appraisal_case c CROSS JOIN (VALUES ('members'), ('people')) AS v(k) WHERE c.round_id = %s
"""


def appraisal(size: str) -> Iterator[Figure]:
    """All in one transaction, which is rolled back."""
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
    keeper = _top(today)
    by = _keeper(keeper)
    made = _round(keeper, by, today)
    rules = rules_of(made.version.definition)
    count = rounds.bodies_for(by, made, today)
    opened = in_turn(
        ours=lambda: _rolled_back(partial(_open, made.pk, today, now, by)), reference=lambda: calibrate() / 1000
    )
    yield figure(
        "appraisal.open", size, f"opening a round over {count:,} bodies, each asked to score itself", opened, unit="s",
        reference=CALIBRATION, most=20, both_sides=ONLY_TELLS,
    )  # fmt: skip
    _open(made.pk, today, now, by)
    with connection.cursor() as cursor:
        cursor.execute(SCORES, [made.pk])
        cursor.execute(BOXES, [made.pk])
        cursor.execute("ANALYZE appraisal_case, appraisal_score, appraisal_box")
    classes = Case.objects.filter(round=made).order_by().values("group").distinct().count()
    made.refresh_from_db()
    computed = in_turn(
        ours=lambda: _rolled_back(partial(computing.compute, made, rules, now=now)),
        reference=lambda: calibrate() / 1000,
    )
    yield figure(
        "appraisal.compute", size, f"computing {count:,} bodies in {classes} classes: two scores and two boxes each",
        computed, unit="s", reference=CALIBRATION, most=60,
        both_sides="Ours adds up exactly, grades under bands and quotas, says who cannot be told apart, writes each "
        f"step. {ONLY_TELLS}",
    )  # fmt: skip


def _keeper(entry: BodyEntry) -> User:
    """An account whose office keeps the plans of the body, and asks those below it."""
    kind = OfficeKind.objects.create(key="bench_keeps", names={"zh-hans": "样例"})
    for walk, words in (("line", ["ask", "keep_plans"]), ("leadership", ["ask"])):
        kind.roles.add(
            Role.objects.create(key=f"bench_keeps_{walk}", names={"zh-hans": "样例"}, walk=walk, permissions=words)
        )
    account = User.objects.open_account(username="bench_keeps", name="样例")
    person = Person.objects.create(name="样例", account=account)
    Office.objects.create(person=person, body=entry.body, kind=kind, valid=(SINCE, None), act=record("bench.office"))
    return account


def _round(keeper: BodyEntry, by: User, today: date) -> Round:
    """By the scheme of four grades, over all kinds of bodies."""
    pack = (ROOT / "packs/shaoxing/schemes.toml").read_text(encoding="utf-8")
    row: dict[str, Any] = tomllib.loads(pack)["scheme"][3]
    definition = {name: row[name] for name in row if name not in ("key", "names", "line", "in_force", "source")}
    definition |= {"kinds": list(BodyKind.objects.values_list("pk", flat=True)), "least_months": 0}
    scheme = define_scheme("bench", names=row["names"], position=0, line=None, in_force=row["in_force"],
                           definition=definition, source="")  # fmt: skip
    return rounds.begin(
        keeper.body, scheme, title="样例", of_until=today, self_due=today + timedelta(days=9),
        review_due=today + timedelta(days=20), receivers={}, today=today, by=by,
    )  # fmt: skip


def _open(round_id: int, today: date, now: datetime, by: User) -> None:
    rounds.open_round(Round.objects.get(pk=round_id), today=today, now=now, by=by)


def _rolled_back(run: Any) -> float:
    took = 0.0
    with suppress(Undone), transaction.atomic():
        took = seconds(run)
        raise Undone
    return took
