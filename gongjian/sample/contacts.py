"""Contact points and checks of the sample city: made up, on its real divisions; no name of a person is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongjian.chronicle.models import Act
from gongjian.contacts.models import ContactPoint, Demonstration, Inspection, Problem, Stop, Visit
from gongjian.register.models import Body, BodyEntry, Office

PERSONAS = ("sample-city-organiser", "sample-town-officer", "sample-county-union-chair")
LEADING = ("party_secretary", "union_chair")
POINTS_OF_A_LEADER = 2
WHY = ("村改社区后两套人马刚合在一起", "来料加工户多，职工流动大", "上年换届，班子新", "产业集中，外来务工青年多")
SEEN = (
    "看了便民服务大厅和党员之家，开放时间与门上写的一致；听了今年计划做到哪一步。",
    "到袜业车间看了职工之家，午休时有人用；活动室下午晒，职工希望装窗帘。",
    "参加了一次组织生活会的后半段，议的是停车难，大家话说得直。",
    "看了文化礼堂和图书角，周末由团支部值班，平时锁门。",
)
MET = ("村两委和几位老党员", "中班职工", "青年教师和回乡大学生", "沿街经营户")
# What was found, what was done about it on the spot, and why it cannot be solved.
FOUND = (
    ("服务大厅的打印机坏了两个月", "当天联系街道换了一台", ""),
    ("晚上停车难，消防通道被占", "", ""),
    ("希望在村口设公交站", "", "线路由市里统一规划，今年不再增站；已把意见转给规划编制单位"),
    ("活动室没有空调", "", ""),
)
CHECKS = (("样例：基层组织换届情况检查", "1号"), ("样例：阵地开放和安全检查", "2号"))


def make_all(act: Act, today: date) -> int:
    """Contact points with visits of this year, one demonstration point, and the checks of the next months; how many
    contact points. None without a city."""
    contacts = [each for number, leader in enumerate(_leaders(today)) for each in _contacts(leader, number, act, today)]
    ContactPoint.objects.bulk_create(contacts)
    for number, contact in enumerate(contacts):
        _visit(contact, number, act, today)
    _demonstrate(contacts, act, today)
    _check(today)
    return len(contacts)


@dataclass(frozen=True)
class Leader:
    """An office with its body and the place it sits in."""

    office: Office
    seat: str


def _leaders(today: date) -> list[Leader]:
    """The personas that lead, and the heads of the Party committees and unions of counties."""
    held = Office.objects.on(today).select_related("body", "kind")
    personas = list(held.filter(person__account__username__in=PERSONAS).order_by("person__account__username", "pk"))
    county = BodyEntry.objects.on(today).filter(seat__entries__valid__contains=today)
    county = county.filter(seat__entries__kind__level="county", body__line__in=("party", "union"))
    heads = held.filter(kind__in=LEADING, body__in=county.values("body")).order_by("body_id", "pk")
    offices = {each.pk: each for each in [*personas, *heads]}
    seats = dict(
        BodyEntry.objects.on(today)
        .filter(body__in=[each.body_id for each in offices.values()])
        .values_list("body_id", "seat__path")
    )
    return [Leader(each, seats[each.body_id]) for each in offices.values() if each.body_id in seats]


def _contacts(leader: Leader, number: int, act: Act, today: date) -> list[ContactPoint]:
    """Of the leader's line: villages for the Party, whatever stands below for others."""
    below = BodyEntry.objects.on(today).filter(body__line=leader.office.body.line_id)
    below = below.filter(seat__path__startswith=leader.seat).exclude(body=leader.office.body_id)
    if leader.office.body.line_id == "party":
        below = below.filter(kind="party_branch", seat__entries__valid__contains=today)
        below = below.filter(seat__entries__kind__level="village")
    own = below.filter(body__offices__person__account__username="sample-village-secretary").values_list("body_id")
    ids = [*own[:1], *below.order_by("body_id").values_list("body_id")[number * 7 : number * 7 + POINTS_OF_A_LEADER]]
    points = list(dict.fromkeys(id for (id,) in ids))[:POINTS_OF_A_LEADER]
    since = date(today.year - 1, 2 + number % 3, 1)
    return [
        ContactPoint(
            leader=leader.office, leader_body_id=leader.office.body_id, leader_kind_id=leader.office.kind_id,
            point_id=point, wanted=4, why=f"样例：{WHY[(number + at) % len(WHY)]}", valid=(since, None), act=act,
        )
        for at, point in enumerate(points)
    ]  # fmt: skip


def _visit(contact: ContactPoint, number: int, act: Act, today: date) -> None:
    """None to four visits of this year, some with a problem."""
    first = date(today.year, 1, 1)
    days = [first + timedelta(days=25 + number * 11 % 40 + 80 * at) for at in range((number + 3) % 5)]
    for at, on in enumerate(day for day in days if day <= today):
        turn = number + at
        visit = Visit.objects.create(
            contact=contact, on=on, seen=f"样例：{SEEN[turn % len(SEEN)]}", met=MET[turn % len(MET)],
            people=6 + turn * 5 % 30 if turn % 2 else None, act=act,
        )  # fmt: skip
        what, done, why_not = FOUND[turn % len(FOUND)]
        state = Problem.State.SOLVED if done else Problem.State.UNSOLVABLE if why_not else Problem.State.OPEN
        Problem.objects.create(
            visit=visit, what=f"样例：{what}", state=state, outcome=done or why_not,
            ended_on=on if done or why_not else None,
        )  # fmt: skip


def _demonstrate(contacts: Sequence[ContactPoint], act: Act, today: date) -> None:
    """One that stands, approved by the city's Party committee."""
    for contact in contacts[:1]:
        Demonstration.objects.create(
            contact=contact, document=f"样例市委〔{today.year - 1}〕12号", approver="样例市委", approver_kind="party",
            level="city", approved_on=date(today.year - 1, 6, 20), recheck_on=date(today.year + 1, 6, 20),
            link="https://example.cn/yangli/2025-12", act=act,
        )  # fmt: skip


def _check(today: date) -> None:
    """Of each county's Party committee and union a planned check at the same village in the coming month, and of the
    first union one that waits for consent."""
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    entries = BodyEntry.objects.on(today).filter(seat__entries__valid__contains=today)
    county = entries.filter(seat__entries__kind__level="county", body__line__in=("party", "union"))
    for entry in county.select_related("seat", "body").order_by("seat_id", "body_id"):
        village = entries.filter(kind="party_branch", seat__entries__kind__level="village")
        at = village.filter(seat__path__startswith=entry.seat.path).order_by("body_id").first()
        if at is not None:
            for_union = entry.body.line_id == "union"
            title, number = CHECKS[for_union]
            on = month + timedelta(days=11) if for_union else None
            _stop(entry.body, at, month, on, title=title, number=f"样例{month.year}-{number}")
            if for_union and entry.superior_id and not Inspection.objects.filter(state="waiting").exists():
                asked = {
                    "reason": "样例：近期群众反映较多，想去看一看",
                    "asked_of_id": entry.superior_id,
                    "state": "waiting",
                }
                _stop(entry.body, at, month, None, title="样例：职工食堂专项检查", **asked)


def _stop(body: Body, at: BodyEntry, month: date, on: date | None, **fields: object) -> None:
    check = Inspection.objects.create(body=body, year=month.year, document="样例文件：年度检查计划", **fields)
    Stop.objects.create(inspection=check, unit_id=at.seat_id, body_id=at.body_id, month=month, on=on)
