"""Posts and pledges of the sample city: made up, on its real divisions; no name of a person is in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from gongjian.chronicle.models import Act
from gongjian.pledges.models import CataloguePost, Measure, Pledge, Post, Progress, QuarterWord, Review
from gongjian.pledges.models.quarters import quarter_of
from gongjian.register.models import BodyEntry, Office

PERSONAS = ("sample-village-secretary", "sample-county-union-chair", "sample-town-officer", "sample-city-organiser")
MOST_VILLAGES = 60
POSTS = (("facilities", "村口到小学一段", "每月查一遍路灯和管道，坏了3天内报修"),
         ("voices", "东片40户", "每月走访一遍，要办的事当月回话"))  # fmt: skip


class Made(NamedTuple):
    """A pledge as it is made up. `counted`: from how much to how much of what; `state` if its day leaves it open."""

    title: str
    wish: str
    kind: str
    counted: tuple[int, int, str] | None
    evidence: str
    measures: Sequence[str]
    state: str


MADE = (
    Made(
        "村口到小学的620米装齐26盏路灯", "晚上接孩子看不见路", "practical", (0, 26, "盏"),
        "通电并由用电户签字，照片可有可无", ("和供电所定点位", "埋管立杆", "装灯通电"), "doing",
    ),
    Made(
        "文化礼堂每周开门从2天到5天", "周末想带孩子去看书，门总锁着", "practical", (2, 5, "天"),
        "门口贴开放时间，值班表在公开栏", ("排值班表", "配三把钥匙", "贴开放时间"), "kept",
    ),
    Made(
        "每季度公开一次村级账目", "账目看不懂", "common", (1, 4, "次"),
        "公开栏有日期和盖章", ("第一季度公开", "年中公开"), "public",
    ),
    Made(
        "来料加工户的订单信息每月贴一次", "不知道哪里有活", "post", None,
        "公开栏有日期", ("联系三家发单企业", "每月5日前贴出"), "review",
    ),
    Made("进一步做好服务群众工作", "", "common", None, "", (), "returned"),
    Made(
        "桥头危险地段装80米护栏", "小孩放学路过怕掉下去", "practical", (0, 80, "米"),
        "村民代表现场量", ("量尺寸", "安装"), "excused",
    ),
)  # fmt: skip


def make_all(act: Act, today: date) -> int:
    """Pledges of this year of villages' Party branches, towns and the personas' organisations; how many."""
    bodies = _bodies(today)
    _make_posts(bodies, today)
    made = [
        (each, _pledge(each, body, today, place))
        for place, body in enumerate(bodies)
        for number, each in enumerate(MADE)
        if (place + number) % 3 or place < len(PERSONAS)
    ]
    pledges = Pledge.objects.bulk_create(pledge for _each, pledge in made)
    _work_off([(each, pledge) for (each, _), pledge in zip(made, pledges, strict=True)], act, today)
    return len(pledges)


def _bodies(today: date) -> list[int]:
    """Of the personas first, then the Party branches of some villages."""
    held = Office.objects.on(today).filter(person__account__username__in=PERSONAS).order_by("person__account__username")
    villages = BodyEntry.objects.on(today).filter(body__line="party", seat__entries__kind__level="village")
    some = villages.order_by("body_id").values_list("body_id", flat=True)[:MOST_VILLAGES]
    return list(dict.fromkeys([*held.values_list("body_id", flat=True), *some]))


def _make_posts(bodies: Sequence[int], today: date) -> None:
    known = {each.pk: each for each in CataloguePost.objects.all()}
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    Post.objects.bulk_create(
        Post(
            body_id=body, kind=known[key], title=known[key].names["zh-hans"], area=area, content=content, seats=2,
            duties=known[key].duties["zh-hans"], since=first, until=last, state=Post.State.OPEN,
        )
        for body in bodies
        for key, area, content in POSTS
        if key in known
    )  # fmt: skip


def _pledge(each: Made, body: int, today: date, place: int) -> Pledge:
    begun = max(date(today.year, 1, 1), today - timedelta(days=100))
    fields: dict[str, Any] = {"counted": False}
    if each.counted:
        first, last, unit = each.counted
        fields = {"counted": True, "baseline": first, "target": last, "unit": unit}
    if each.state in ("doing", "kept", "public", "excused"):
        fields |= {"public_on": begun, "shown_at": "村务公开栏"}
    if each.state in ("kept", "excused"):
        fields["closed_on"] = max(begun, today - timedelta(days=3))
    if each.state == "excused":
        fields["outcome"] = "样例：桥要整体翻修，护栏并入工程一起做，明年6月前完成"
    due = date(today.year, 12, 31) if place % 5 else today + timedelta(days=20)
    return Pledge(
        body_id=body, kind=each.kind, span="annual", year=today.year, title=each.title, wish=each.wish,
        evidence=each.evidence, responsible="样例：组织委员", due_on=max(due, today), state=each.state, **fields,
    )  # fmt: skip


def _work_off(made: Sequence[tuple[Made, Pledge]], act: Act, today: date) -> None:
    """Measures, the reason of what was returned, what was done so far, and the word of the quarter."""
    measures = [
        Measure(pledge=pledge, position=at, words=words, crossed_off_on=_crossed_off(pledge, at, today))
        for each, pledge in made
        for at, words in enumerate(each.measures, start=1)
    ]
    Measure.objects.bulk_create(measures)
    Progress.objects.bulk_create(
        Progress(
            pledge=each.pledge, measure=each, on=each.crossed_off_on, words=f"样例：{each.words}，办完了",
            value=_value(each), act=act,
        )
        for each in measures
        if each.crossed_off_on
    )  # fmt: skip
    above = _above([pledge.body_id for _each, pledge in made], today)
    Review.objects.bulk_create(
        Review(
            pledge=pledge, body_id=above.get(pledge.body_id, pledge.body_id), on=today, act=act, verdict="return",
            reason="样例：看不出做什么、做多少。写明为谁办哪件事",
        )
        for _each, pledge in made
        if pledge.state == "returned"
    )  # fmt: skip
    year, quarter = quarter_of(today)
    QuarterWord.objects.bulk_create(
        QuarterWord(pledge=pledge, year=year, quarter=quarter, on=today, words="样例：点位已定，等管线图")
        for _each, pledge in made
        if pledge.state == "doing"
    )


def _above(bodies: Sequence[int], today: date) -> dict[int, int]:
    """In whose name each body's pledges are reviewed."""
    rows = BodyEntry.objects.on(today).filter(body__in=bodies).values_list("body_id", "superior_id", "leader_id")
    return {body: superior or leader for body, superior, leader in rows if superior or leader}


def _crossed_off(pledge: Pledge, at: int, today: date) -> date | None:
    if pledge.state == "kept" or (pledge.state == "doing" and at == 1):
        return max(pledge.public_on or today, today - timedelta(days=12 - at))
    return None


def _value(measure: Measure) -> Any:
    """The number promised, with the last measure of what was kept."""
    pledge = measure.pledge
    return pledge.target if pledge.state == "kept" and measure.position == 3 else None
