"""The sample city's wage agreements: many in force, some of a county union's at every stage; nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.agreements import congresses, opening, verbs
from gongjian.agreements.access import unions_kept_by
from gongjian.agreements.congresses import Votes
from gongjian.agreements.models import Agreement, Congress, ContentHeading, Statute
from gongjian.agreements.verbs import Seat
from gongjian.agreements.wording import title_of
from gongjian.register.models import Body, Unit, UnitEntry

CHAIR = "sample-county-union-chair"
SUMMARY = "样例：一线岗位工资上调百分之六，加班工资按法定标准；每年三月再谈一次。"
WORKERS = [Seat("工会主席", is_chief=True), Seat("缝制车间工人"), Seat("财务科职工")]
EMPLOYER = [Seat("总经理", is_chief=True), Seat("人事经理"), Seat("生产经理")]
STATES = ("demanded", "answered", "delegated", "met", "drafted", "rejected", "passed", "filed")

# In force since some day of the last eleven months, by the number of the body: of three unions of one firm one has an
# agreement of its own, of two unions of several firms one has one for all of them.
IN_FORCE = """
WITH chosen AS (
  SELECT b.id, k.many_units, %(today)s::date - (b.id * 37 %% 330)::int AS since, e.name AS union_name, s.name AS place,
    (SELECT min(c.unit_id) FROM register_cover c WHERE c.body_id = b.id AND c.valid @> %(today)s::date) AS unit
  FROM register_body b JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(today)s::date
  JOIN register_bodykind k ON k.key = e.kind_id
  JOIN register_unitentry s ON s.unit_id = e.seat_id AND s.valid @> %(today)s::date
  WHERE b.line_id = 'union' AND e.kind_id IN ('union_committee', 'joint_union')
    AND b.id %% (CASE WHEN k.many_units THEN 2 ELSE 3 END) = 0
    AND EXISTS (SELECT FROM register_cover c JOIN register_unitentry u ON u.unit_id = c.unit_id
        AND u.valid @> %(today)s::date JOIN register_unitkind n ON n.key = u.kind_id AND n.level = 'employer'
        WHERE c.body_id = b.id AND c.valid @> %(today)s::date)
)
INSERT INTO agreements_agreement (union_id, scope, employer_id, association, trade, title, statute_id, above_scale,
  demanded_by, state, clock, counts_from, due_on, since, until, published_on, summary, reason)
SELECT id, CASE WHEN many_units THEN 'area' ELSE 'single' END, CASE WHEN many_units THEN NULL ELSE unit END,
  CASE WHEN many_units THEN '样例：' || place || '企业联合会' ELSE '' END, '',
  left(place || CASE WHEN many_units THEN '区域性' ELSE '' END || '工资专项集体合同', 120), %(statute)s, false,
  'workers', 'published', 'report', since, (since + interval '1 year' - interval '1 day')::date, since,
  (since + interval '1 year' - interval '1 day')::date, since + 3, %(summary)s, ''
FROM chosen
"""
COVERED = """
INSERT INTO agreements_coveredunit (agreement_id, unit_id, scope, valid)
SELECT a.id, c.unit_id, a.scope, daterange(a.since, a.until, '[]') FROM agreements_agreement a
JOIN register_cover c ON c.body_id = a.union_id AND c.valid @> %(today)s::date
JOIN register_unitentry u ON u.unit_id = c.unit_id AND u.valid @> %(today)s::date
JOIN register_unitkind n ON n.key = u.kind_id AND n.level = 'employer'
WHERE a.scope = 'area' OR c.unit_id = a.employer_id
ON CONFLICT DO NOTHING
"""
STEPS = """
INSERT INTO agreements_agreementstep (agreement_id, verb, "on", due_on, words)
SELECT a.id, s.verb, a.since + s.days, NULL, '' FROM agreements_agreement a
CROSS JOIN (VALUES ('demand', -70), ('sign', -20), ('file', -16), ('take_effect', 0), ('publish', 3)) s(verb, days)
ORDER BY a.id, s.days
"""


def make_all(today: date) -> None:
    """Nothing where the pack has no statute, or nobody leads the county's union."""
    statute = Statute.objects.first()
    chair = User.objects.filter(username=CHAIR).first()
    if statute is None or chair is None:
        return
    given: dict[str, Any] = {"today": today, "statute": statute.pk, "summary": SUMMARY}
    with connection.cursor() as cursor:
        for statement in (IN_FORCE, COVERED, STEPS):
            cursor.execute(statement, given)
    union = unions_kept_by(chair).order_by("pk").first()
    if union is not None:
        _of_the_county(union, chair, today)


def _of_the_county(union: Body, chair: User, today: date) -> None:
    """One at each stage, with employers that have none yet, and the congress that votes on them."""
    held = congresses.set_up(
        union, kind="congress", delegates=60, women=24, elected_on=today - timedelta(days=700), today=today, by=chair
    )
    busy = set(Agreement.objects.exclude(employer=None).values_list("employer", flat=True))
    firms = UnitEntry.objects.on(today).filter(unit__in=opening.found(union, today), kind="enterprise")
    free = list(firms.exclude(unit__in=busy).order_by("unit").values_list("unit", flat=True)[: len(STATES)])
    for at, (id, state) in enumerate(zip(free, STATES, strict=False)):
        day = today - timedelta(days=3 + at)
        _up_to(state, _demand(union, Unit.objects.get(pk=id), day, today, chair), held, day, today, chair)


def _demand(union: Body, employer: Unit, on: date, today: date, by: User) -> Agreement:
    name = UnitEntry.objects.on(today).get(unit=employer).name
    return opening.demand(
        union, scope="single", employer=employer, association="", trade="", title=title_of("single", name),
        demanded_by="workers", above_scale=False, on=on, today=today, now=timezone.now(), by=by,
    )  # fmt: skip


def _up_to(state: str, made: Agreement, held: Congress, on: date, today: date, by: User) -> None:
    """Every step until the agreement stands so, all on one day."""
    given: dict[str, Any] = {"on": on, "today": today, "now": timezone.now(), "by": by}
    clauses = {each.pk: f"样例：{each.names['zh-hans']}按双方议定的执行。" for each in ContentHeading.objects.all()}

    def vote(yes: int) -> object:
        votes = Votes(yes, 50 - yes, 0)
        return congresses.vote_on(made, congress=held, present=50, women=20, votes=votes, **given)

    steps: Sequence[tuple[str, Any]] = (
        ("demanded", lambda: None),
        ("answered", lambda: verbs.answer(made, words="样例：同意协商", **given)),
        ("delegated", lambda: verbs.name(made, workers=WORKERS, employer=EMPLOYER, **given)),
        ("called", lambda: verbs.call(made, meets_on=on, papers_on=on - timedelta(days=7), **given)),
        ("met", lambda: verbs.meet(made, words="", **given)),
        ("drafted", lambda: verbs.draft(made, clauses=clauses, **given)),
        ("rejected", lambda: vote(30)),
        ("redrafted", lambda: verbs.draft(made, clauses=clauses, **given)),
        ("passed", lambda: vote(36)),
        ("signed", lambda: verbs.sign(made, until=on + timedelta(days=380), **given)),
        ("filed", lambda: verbs.file(made, **given)),
    )
    for name, act in steps:
        act()
        if name == state:
            return
