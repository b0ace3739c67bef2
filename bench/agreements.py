"""The figures of wage agreements: the list with 100,000 in the table, and the run of a night over all of them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import cycle

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.agreements import watching
from gongjian.agreements.define import define_content_heading, define_statute
from gongjian.agreements.models import Agreement
from gongjian.register.models import Body, Line, OfficeKind, Role

from .asks import ONLY_TELLS, READERS, Undone, _calendar, _holding, _rolled_back
from .figure import ROOT, Figure, figure, in_turn, percentile, seconds
from .people import signed_in
from .register import CALIBRATION, calibrate

IN_TABLE = 100_000
LISTS = ("", "?due=late", "?due=soon", "?due=ends", "?due=valid", "?state=drafted", "?scope=single")
# For each union of one firm one of this year and those of the years before, as many as it takes; of this year's most
# are in force, some at each stage, spread over the days of a year.
FILL = """
WITH firms AS (
  SELECT DISTINCT ON (c.unit_id) c.unit_id, c.body_id
  FROM register_cover c JOIN register_body b ON b.id = c.body_id AND b.line_id = 'union' AND b.line_path <> ''
  JOIN register_unitentry u ON u.unit_id = c.unit_id AND upper_inf(u.valid) AND u.kind_id = 'enterprise'
  WHERE upper_inf(c.valid) ORDER BY c.unit_id, c.body_id
), numbered AS (SELECT unit_id, body_id, row_number() OVER (ORDER BY unit_id) AS n FROM firms),
rows AS (
  SELECT f.*, y.back, %(today)s::date - (f.n * 37 %% 365)::int - 365 * y.back AS since,
    CASE WHEN y.back > 0 THEN 'expired' ELSE (ARRAY['demanded', 'answered', 'delegated', 'met', 'drafted', 'passed',
      'signed', 'filed', 'in_force'])[(f.n %% 100) + 1] END AS state
  FROM numbered f CROSS JOIN generate_series(0, 9) AS y(back)
  ORDER BY y.back, f.n LIMIT %(count)s
)
INSERT INTO agreements_agreement (union_id, scope, employer_id, association, trade, title, statute_id, above_scale,
  demanded_by, state, clock, counts_from, due_on, since, until, published_on, summary, reason)
SELECT body_id, 'single', unit_id, '', '', '样例' || unit_id || '工资专项集体合同', 'zhejiang', false, 'workers',
  coalesce(state, 'published'),
  CASE state WHEN 'demanded' THEN 'answer' WHEN 'filed' THEN 'objection' WHEN 'expired' THEN '' WHEN 'in_force'
    THEN 'publish' WHEN 'drafted' THEN 'congress' ELSE coalesce(nullif(state, ''), 'report') END,
  since,
  CASE WHEN state IS NULL THEN since + 364 WHEN state = 'filed' THEN %(today)s::date - 3 + (n / 100 %% 15)::int
    WHEN state = 'expired' THEN NULL ELSE %(today)s::date - 20 + (n / 100 %% 40)::int END,
  CASE WHEN state IS NULL OR state IN ('expired', 'in_force') THEN since END,
  CASE WHEN state IN ('filed', 'signed') THEN %(today)s::date + 380
    WHEN state IS NULL OR state IN ('expired', 'in_force') THEN since + 364 END,
  CASE WHEN state IS NULL OR state = 'expired' THEN since + 3 END,
  CASE WHEN state IS NULL OR state = 'expired' THEN '样例' ELSE '' END, ''
FROM rows
"""
COVERED = """
INSERT INTO agreements_coveredunit (agreement_id, unit_id, scope, valid)
SELECT id, employer_id, 'single', CASE WHEN since IS NOT NULL THEN daterange(since, until, '[]') END
FROM agreements_agreement
"""
STEPS = """
INSERT INTO agreements_agreementstep (agreement_id, verb, "on", words)
SELECT a.id, s.verb, a.counts_from, '' FROM agreements_agreement a
CROSS JOIN (VALUES ('demand'), ('answer'), ('name'), ('call'), ('meet'), ('draft'), ('pass'), ('sign')) s(verb)
"""


def figures(size: str) -> Iterator[Figure]:
    """In one transaction, which is rolled back: the database is left as it was."""
    found: list[Figure] = []
    with suppress(Undone), transaction.atomic():
        found += _measured(size)
        raise Undone
    yield from found


def _measured(size: str) -> Iterator[Figure]:
    today, now = timezone.localdate(), timezone.now()
    _calendar(today)
    _statute()
    with connection.cursor() as cursor:
        for statement in (FILL, COVERED, STEPS):
            cursor.execute(statement, {"today": today - timedelta(days=1), "count": IN_TABLE})
        cursor.execute("ANALYZE agreements_agreement, agreements_coveredunit, agreements_agreementstep")
    watching.look_after(today - timedelta(days=1), now)  # what stood open before the first night
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE asks_sending, asks_ask, agreements_agreement, agreements_coveredunit")
    clients = [signed_in(who) for who in _chairs(_unions())]
    looked = in_turn(
        ours=lambda: 1000 * percentile(seconds(partial(_read, *each)) for each in zip(clients, cycle(LISTS))),
        reference=calibrate,
    )
    count = Agreement.objects.count()
    yield figure(
        "agreements.list", size, f"the list of agreements, with {count:,} in the table: p95 of {len(clients)} people",
        looked, unit="ms", reference=CALIBRATION, most=60,
        both_sides="Ours is the whole page through Django's test client, for unions of the city, counties, towns and "
        f"firms, narrowed in {len(LISTS)} ways. {ONLY_TELLS}",
    )  # fmt: skip
    told: dict[str, int] = {}
    night = in_turn(
        ours=lambda: _rolled_back(lambda: told.update(watching.look_after(today, now))),
        reference=lambda: calibrate() / 1000,
        runs=3,
    )
    what = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in told.items() if number)
    yield figure(
        "agreements.night", size, f"the run of a night over {count:,} agreements ({what})", night, unit="s",
        reference=CALIBRATION, most=30,
        both_sides=f"Ours is in a savepoint that is rolled back; the night before was run first. {ONLY_TELLS}",
    )  # fmt: skip


def _statute() -> None:
    pack = tomllib.loads((ROOT / "packs" / "shaoxing" / "agreements.toml").read_text(encoding="utf-8"))
    assert Line.objects.filter(pk="union").exists()
    for at, each in enumerate(pack["statute"]):
        define_statute(position=at, **json.loads(json.dumps(each)))
    for at, each in enumerate(pack["content_heading"]):
        define_content_heading(position=at, **each)


def _unions() -> list[Body]:
    """Those at the top, then of each level below, then of firms that bargain: as many as there are readers."""
    unions = Body.objects.filter(line="union").exclude(line_path="")
    federations = list(unions.filter(entries__kind="union_federation").distinct().order_by("line_path")[: READERS // 2])
    firms = list(unions.filter(agreements__isnull=False).distinct().order_by("pk")[: READERS - len(federations)])
    return federations + firms


def _chairs(unions: list[Body]) -> list[User]:
    """As the pack has it: a chair keeps the matters of the own union, and sees what is counted all the way below."""
    chairs = _holding("bench_agreements", ["see_counts"], unions)
    own = Role.objects.create(
        key="bench_own", names={"zh-hans": "样例"}, walk="line", depth=0, permissions=["keep_plans"]
    )
    OfficeKind.objects.get(pk="bench_agreements").roles.add(own)
    return chairs


def _read(client: Client, query: str) -> None:
    answer = client.get(f"/agreements/{query}")
    if answer.status_code != 200:
        raise RuntimeError(f"/agreements/{query} answers {answer.status_code}")
