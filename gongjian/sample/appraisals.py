"""Appraisals of the sample city: last year's round, filed, and this year's, of which notice is given; all made up.

Over the village branches of the town of the village secretary, kept by the city's Party committee. The numbers follow
from the place of each body in the list; nothing is asked of anybody for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from gongjian.accounts.models import User
from gongjian.appraisal import computing
from gongjian.appraisal.models import Box, Case, Objection, Round, Scheme, Score
from gongjian.appraisal.rules import Rules, rules_of
from gongjian.appraisal.sources import written
from gongjian.register.models import BodyEntry
from gongjian.workdays import calendar
from rollup.branch_counts import may_be_told

SCHEME = "four_grades"
ORGANISER, SECRETARY = "sample-city-organiser", "sample-village-secretary"
MOST = 80
REASON = "样例：上半年的整改已经办完，评分时没有算进去。"
ANSWER = "样例：核对了销号台账，属实，请上级党组织补评。"
NO = "样例：核对过，评分依据齐全，维持原等次。"
EVIDENCE = (
    "班子分工清楚，“三会一课”按时开",
    "阵地每周开放五天，有值班表",
    "承诺的四件事办成三件，一件在办",
    "换届后班子还在磨合",
)


def make_all(today: date) -> int:
    """How many rounds were made."""
    scheme = Scheme.objects.filter(pk=SCHEME).first()
    by = User.objects.filter(username=ORGANISER).first()
    entries = _branches(today)
    if scheme is None or by is None or not entries:
        return 0
    keeper = BodyEntry.objects.on(today).filter(body__line="party", superior=None, leader=None).order_by("body").first()
    if keeper is None:
        return 0
    rules = rules_of(scheme.definition)
    for years, state in ((1, Round.State.FILED), (0, Round.State.NOTICE)):
        until = date(today.year - years, today.month, 1) - timedelta(days=1)
        made = Round.objects.create(
            keeper=keeper.body, approver=keeper.body, version=scheme.versions.get(), of_until=until,
            title=f"{until.year}年度村党组织分类定级", self_due=until, review_due=until, opened_on=until,
            cases_count=len(entries), state=Round.State.REVIEWING,
        )  # fmt: skip
        _give(made, rules, entries, until, years)
        _decide(made, rules, until, state, by, today)
    return 2


def _branches(today: date) -> list[BodyEntry]:
    """The villages' Party branches of the town in which the village secretary's is."""
    own = BodyEntry.objects.on(today).filter(body__offices__person__account__username=SECRETARY).first()
    if own is None or own.superior_id is None:
        return []
    rows = BodyEntry.objects.on(today).filter(body__line="party", superior=own.superior_id, kind=own.kind_id)
    return list(rows.select_related("body", "seat").order_by("seat__path", "body_id")[:MOST])


def _give(made: Round, rules: Rules, entries: Sequence[BodyEntry], until: date, years: int) -> None:
    at = make_aware(datetime.combine(until, time(15)))
    cases = Case.objects.bulk_create(
        Case(round=made, body=each.body, unit=each.seat, reviewer_id=each.superior_id or each.body_id,
             group=each.kind_id, self_at=at, reviewed_at=at)
        for each in entries
    )  # fmt: skip
    scores, boxes = [], []
    for place, case in enumerate(cases):
        own, above = 86 + (place * 7 + years) % 12, 72 + (place * 11 + 5 * years) % 25
        for item, by_whom, giver, value in (
            ("self", Score.By.SELF, case.body_id, own),
            ("superior", Score.By.SELF, case.body_id, min(own + 2, 100)),
            ("superior", Score.By.SUPERIOR, case.reviewer_id, above),
        ):
            words = EVIDENCE[place % len(EVIDENCE)] if item == "superior" else ""
            scores.append(
                Score(case=case, item=item, by_whom=by_whom, giver_id=giver, value=value, evidence=words, at=at)
            )
        for kind, voters in ((Box.Kind.MEMBERS, 9 + place * 5 % 31), (Box.Kind.PEOPLE, 18 + place * 3 % 20)):
            numbers = _numbers(voters, place + years)
            told = written(may_be_told(numbers), voters)
            boxes.append(Box(case=case, kind=kind, state=Box.State.CLOSED, roll=voters, phone=[0] * 5, told=told,
                             opened_at=at, closed_at=at))  # fmt: skip
    Score.objects.bulk_create(scores)
    Box.objects.bulk_create(boxes)


def _numbers(voters: int, place: int) -> list[int]:
    """Most are satisfied; how many are not follows from the place."""
    poor, fair, unknown = place % 3, 1 + place % 4, place % 2
    fairly = voters * (2 + place % 3) // 10
    return [voters - fairly - fair - poor - unknown, fairly, fair, poor, unknown]


def _decide(made: Round, rules: Rules, until: date, state: str, by: User, today: date) -> None:
    is_past = state == Round.State.FILED
    day = until + timedelta(days=20) if is_past else today - timedelta(days=1)
    now = make_aware(datetime.combine(day, time(10)))
    made.outcome = computing.compute(made, rules, now=now).outcome
    made.calculation, made.computed_at, made.state = 1, now, state
    made.notice_on, made.notice_until = day, _until(day, rules.notice_days)
    made.proposed_by = by
    if is_past:
        made.fixed_by, made.fixed_on = (
            User.objects.get(username="sample-auditor"),
            made.notice_until + timedelta(days=1),
        )
        made.filed_on = made.fixed_on
    made.save()
    cases = list(made.cases.order_by("score")[:2])
    for case, words in zip(cases, (ANSWER, NO) if is_past else ("",), strict=False):
        answered = {"answer": words, "answered_at": now, "state": "upheld" if words == ANSWER else "rejected"}
        Objection.objects.create(case=case, reason=REASON, at=now, **answered if words else {})


def _until(day: date, days: int) -> date:
    try:
        return calendar.add_working(day, days)
    except calendar.UnknownYear:
        return day + timedelta(days=days + 2)
