"""Members' reviews of the sample city, in the town of the village secretary; all made up, and it says so.

The secretary's own branch has one filed, of last year, and one at work: the ballots are counted, some grades are still
to be proposed. In two branches beside it members were told, and one objects; and grades wait for the town's approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils.timezone import make_aware

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.register.models import Body, BodyEntry, Membership, Office, Person
from gongjian.reviews.models import GradeObjection, MemberGrade, MemberReview, ReviewRule, ReviewYear
from gongjian.reviews.rules import rules_of, written
from rollup.branch_counts import may_be_told

SECRETARY, OFFICER = "sample-village-secretary", "sample-town-officer"
ROLL, BESIDE = 12, 2  # who is on each roll; branches beside the secretary's own
NAMES = ROLL * (1 + BESIDE)
S = MemberReview.State
WORDS = (
    "样例：全年参加组织生活11次，缺1次请了假。村口路灯是我报修的。",
    "样例：带两户低收入家庭接上来料加工；自己学得少，明年补。",
    "样例：身体不好，会来得少，卫生包干区没有落下。",
)
BEST, WEAK = "样例：防汛值守18天，支部大会上多数人提到", "样例：无故缺席组织生活4次，已谈话"
OBJECTS = "样例：有3次是请过假的，请假条在支部台账里。"


class Step(NamedTuple):
    """How far a review is, and on which days what was done."""

    state: S
    begun: date
    held: date
    told: date | None = None
    up: date | None = None
    done: date | None = None


def make_all(act: Act, names: Sequence[str], today: date) -> int:
    """How many reviews were made; `names` for those who are on the rolls."""
    rule = ReviewRule.objects.filter(line="party").first()
    own = BodyEntry.objects.on(today).filter(body__offices__person__account__username=SECRETARY).first()
    town = Office.objects.on(today).filter(person__account__username=OFFICER).first()
    if rule is None or own is None or town is None or own.superior_id != town.body_id:
        return 0
    entries = BodyEntry.objects.on(today).filter(body__line="party", superior=own.superior_id, kind=own.kind_id)
    branches = [own.body, *(each.body for each in entries.exclude(body=own.body).order_by("body")[:BESIDE])]
    rolls = _enrol(branches, names, act, today)
    opened = _open(town.body, today)
    for step, branch in zip(_steps(today), [own.body, *branches], strict=False):
        year = opened if step.begun.year == opened.year else None
        _make(branch, rolls[branch.pk], town.body, rule.definition, year, step)
    return len(branches) + 1


def _steps(today: date) -> tuple[Step, ...]:
    """Last year's of the secretary's branch, this year's, and those of the two beside it."""
    last, first = today.year - 1, date(today.year, 1, 1)

    def ago(days: int) -> date:
        return max(first, today - timedelta(days=days))

    return (
        Step(
            S.FILED, date(last, 11, 10), date(last, 11, 20), date(last, 11, 24), date(last, 12, 8), date(last, 12, 15)
        ),
        Step(S.HELD, ago(20), ago(6)),
        Step(S.TOLD, ago(20), ago(9), ago(2)),
        Step(S.HANDED_UP, ago(40), ago(30), ago(24), ago(3)),
    )


def _enrol(branches: Sequence[Body], names: Sequence[str], act: Act, today: date) -> dict[int, list[Person]]:
    """Who is a member of each of them, the secretary first."""
    made = iter(Person.objects.bulk_create(Person(name=each) for each in names[:NAMES]))
    found: dict[int, list[Person]] = {}
    for branch in branches:
        there = Membership.objects.filter(body=branch).on(today).select_related("person").order_by("pk")
        members = [each.person for each in there]
        heads = Office.objects.on(today).filter(body=branch, kind="party_secretary").select_related("person")
        new = [each.person for each in heads if each.person not in members][:1]
        new += [person for person, _ in zip(made, range(ROLL - len(members) - len(new)), strict=False)]
        since = BodyEntry.objects.on(today).get(body=branch).valid.lower
        since = max(since, date(today.year - 1, 1, 1))
        Membership.objects.bulk_create(
            Membership(person=each, body=branch, valid=(since, None), act=act) for each in new
        )
        found[branch.pk] = sorted([*members, *new], key=lambda each: each not in new[:1])
    return found


def _open(host: Body, today: date) -> ReviewYear:
    return ReviewYear.objects.create(
        host=host, year=today.year, roll_on=max(date(today.year, 1, 1), today - timedelta(days=40)),
        due_on=today + timedelta(days=20), opened_by=User.objects.get(username=OFFICER),
        opened_at=make_aware(datetime.combine(today - timedelta(days=40), time(9))),
    )  # fmt: skip


def _make(
    branch: Body, roll: Sequence[Person], above: Body, definition: Any, opened: ReviewYear | None, step: Step
) -> MemberReview:
    is_up = step.state in (S.HANDED_UP, S.FILED)
    review = MemberReview.objects.create(
        body=branch, above=above, opened=opened, year=step.begun.year, roll_on=step.begun, definition=definition,
        state=step.state, held_on=step.held, to_come=len(roll), came=len(roll) - 1, valid=len(roll) - 1,
        is_counted=True, told_from=step.told, handed_up_on=step.up if is_up else None, approved_on=step.done,
        filed_on=step.done,
    )  # fmt: skip
    grades = [_row(review, each, at, step) for at, each in enumerate(roll)]
    MemberGrade.objects.bulk_create(grades)
    if step.state == S.TOLD and step.told is not None:
        weak = next(each for each in grades if each.grade == "fair")
        GradeObjection.objects.create(grade=weak, reason=OBJECTS, before=weak.grade, raised_on=step.told)
    return review


def _row(review: MemberReview, person: Person, at: int, step: Step) -> MemberGrade:
    """Three of the best, one who has to do better, a probationary one; of a review at work some have no grade yet."""
    rules, valid = rules_of(review.definition), review.valid or 0
    row = MemberGrade(review=review, person=person, words=WORDS[at] if at < len(WORDS) else "")
    if at == ROLL - 1:
        row.ungraded = "probationary"
        return row
    best, weak = at in (1, 2, 3), at == 4
    chose = [valid - 5, 5, 0, 0] if best else [2, 3, valid - 5, 0] if weak else [2, valid - 2, 0, 0]
    row.ballot = written(may_be_told(chose))
    if step.state == S.HELD and at > 5:
        return row
    row.grade = rules.best.key if best else "fair" if weak else "good"
    row.reason = BEST if best else WEAK if weak else ""
    if step.told is not None:
        row.told_grade, row.told_on = row.grade, step.told
    return row
