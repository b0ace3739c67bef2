"""Posts and pledges of the sample city: made up, on its real divisions; no name of a person is in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from gongjian.chronicle.models import Act
from gongjian.pledges.models import Assignment, CataloguePost, Measure, Pledge, Post, Progress, QuarterWord, Review
from gongjian.pledges.models.quarters import quarter_of
from gongjian.pledges.owing import owe_review
from gongjian.register.models import BodyEntry, Office

PERSONAS = ("sample-village-secretary", "sample-county-union-chair", "sample-town-officer", "sample-city-organiser")
MOST_VILLAGES = 60
POSTS = (("facilities", "村口到小学一段", "每月查一遍路灯和管道，坏了3天内报修"),
         ("voices", "东片40户", "每月走访一遍，要办的事当月回话"))  # fmt: skip


class Made(NamedTuple):
    """A pledge as it is made up. `unit`: of what a number is promised, or nothing."""

    title: str
    wish: str
    kind: str
    unit: str
    evidence: str
    measures: Sequence[str]
    state: str


# Each place has one of each, with its own numbers: `{n}` of them, until then `{few}`.
WORKED_OFF = (
    Made(
        "村口到小学的{far}米装齐{n}盏路灯",
        "晚上接孩子看不见路",
        "practical",
        "盏",
        "通电并由用电户签字，照片可有可无",
        ("和供电所定点位", "埋管立杆", "装灯通电"),
        "doing",
    ),
    Made(
        "给{n}户老房子换掉老化的电线",
        "老房子跳闸，怕起火",
        "practical",
        "户",
        "每户换好后由户主和电工签字",
        ("逐户查一遍", "和电工排日子", "换线试用"),
        "doing",
    ),
    Made(
        "帮{n}户来料加工户接上长期订单",
        "手上没活，收入断断续续",
        "practical",
        "户",
        "每户有一份订单复印件",
        ("摸清谁缺活", "联系三家发单企业", "逐户对接"),
        "doing",
    ),
    Made(
        "清完{n}处房前屋后的垃圾堆",
        "夏天有味，苍蝇多",
        "practical",
        "处",
        "每处清完由隔壁两户签字",
        ("画点位图", "分段包干", "逐处核对"),
        "doing",
    ),
)
KEPT = (
    Made(
        "文化礼堂每周开门从2天到{n}天",
        "周末想带孩子去看书，门总锁着",
        "practical",
        "天",
        "门口贴开放时间，值班表在公开栏",
        ("排值班表", "配三把钥匙", "贴开放时间"),
        "kept",
    ),
    Made(
        "独居老人每月上门从1次到{n}次",
        "有事没人知道",
        "practical",
        "次",
        "走访本上有老人签字",
        ("列名单", "定人定户", "每月核对"),
        "kept",
    ),
    Made(
        "把{n}件办事要带的材料写成一张纸",
        "跑了三趟才办成",
        "common",
        "件",
        "便民服务点门口能拿到",
        ("问清每件要什么", "印成一张纸", "贴在门口"),
        "kept",
    ),
)
SHOWN = (
    Made(
        "每季度公开一次村级账目，全年{n}次",
        "账目看不懂",
        "common",
        "次",
        "公开栏有日期和盖章",
        ("第一季度公开", "年中公开", "年底公开"),
        "public",
    ),
    Made(
        "全年开{n}次夜间说事会",
        "白天上班，有话没处说",
        "common",
        "次",
        "每次有签到和答复单",
        ("定日子", "逐件答复"),
        "public",
    ),
)
WAITING = (
    Made(
        "来料加工户的订单信息每月贴一次",
        "不知道哪里有活",
        "post",
        "",
        "公开栏有日期",
        ("联系三家发单企业", "每月5日前贴出"),
        "review",
    ),
    Made(
        "汛期前把{n}条沟渠清一遍",
        "下大雨水往屋里倒",
        "practical",
        "条",
        "沟边两户看过并签字",
        ("查一遍淤在哪里", "分段清"),
        "review",
    ),
)
MENDED = (
    Made("进一步做好服务群众工作", "", "common", "", "", (), "returned"),
    Made("切实加强党员教育管理", "", "common", "", "", (), "returned"),
)
EXPLAINED = (
    Made("桥头危险地段装{far}米护栏", "小孩放学路过怕掉下去", "practical", "米",
         "村民代表现场量", ("量尺寸", "安装"), "excused"),
    Made("腾出一间屋子做{n}个孩子的暑假班", "放假没人看孩子", "practical", "个",
         "报名表和值班表", ("腾屋子", "找老师"), "excused"),
)  # fmt: skip
MADE = (WORKED_OFF, KEPT, SHOWN, WAITING, MENDED, EXPLAINED)
WHY_NOT = {
    "米": "样例：桥要整体翻修，护栏并入工程一起做，明年6月前完成",
    "个": "样例：屋子查出漏水，先修房。明年暑假前再开",
}


def _of(pool: Sequence[Made], place: int) -> Made:
    """The one that this place has, with numbers of its own."""
    each = pool[place % len(pool)]
    number = _number(each, place)
    return each._replace(title=each.title.format(n=number, far=number if each.unit == "米" else 380 + place * 17 % 400))


def _number(each: Made, place: int) -> int:
    if each.unit == "米":
        return 60 + place * 7 % 50
    if each.state == "kept":
        return 4 + place % 3
    return 4 if each.unit == "次" else 8 + (26 - 8 + place * 5) % 31


def make_all(act: Act, today: date) -> int:
    """Pledges of this year of villages' Party branches, towns and the personas' organisations; how many."""
    bodies = _bodies(today)
    _make_posts(bodies, today)
    made = [
        (each, _pledge(each, body, today, place))
        for place, body in enumerate(bodies)
        for number, pool in enumerate(MADE)
        if (place + number) % 3 or place < len(PERSONAS)
        for each in [_of(pool, place)]
    ]
    pledges = Pledge.objects.bulk_create(pledge for _each, pledge in made)
    _work_off([(each, pledge) for (each, _), pledge in zip(made, pledges, strict=True)], act, today)
    for each in pledges:
        if each.state == Pledge.State.REVIEW:
            owe_review(each, today=today, now=timezone.now(), by=None)
    return len(pledges)


def _bodies(today: date) -> list[int]:
    """Of the personas first, then the Party branches of some villages."""
    held = Office.objects.on(today).filter(person__account__username__in=PERSONAS).order_by("person__account__username")
    villages = BodyEntry.objects.on(today).filter(body__line="party", seat__entries__kind__level="village")
    some = villages.order_by("body_id").values_list("body_id", flat=True)[:MOST_VILLAGES]
    return list(dict.fromkeys([*held.values_list("body_id", flat=True), *some]))


def _make_posts(bodies: Sequence[int], today: date) -> None:
    """Two posts of each, the first of them held by somebody in office there."""
    known = {each.pk: each for each in CataloguePost.objects.all()}
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    posts = Post.objects.bulk_create(
        Post(
            body_id=body, kind=known[key], title=known[key].names["zh-hans"], area=area, content=content, seats=2,
            duties=known[key].duties["zh-hans"], since=first, until=last, state=Post.State.OPEN,
        )
        for body in bodies
        for key, area, content in POSTS
        if key in known
    )  # fmt: skip
    held = Office.objects.on(today).filter(body__in=bodies).order_by("-pk").values_list("body_id", "person_id")
    people = dict(held)
    begun = max(first, today - timedelta(days=90))
    Assignment.objects.bulk_create(
        Assignment(
            post=post, person_id=people[post.body_id], state=Assignment.State.ON_POST, reason="样例：住得近，懂水电",
            notice_from=begun - timedelta(days=7), notice_until=begun - timedelta(days=1), since=begun, until=last,
        )
        for post in posts
        if post.kind_id == POSTS[0][0] and post.body_id in people
    )  # fmt: skip


def _pledge(each: Made, body: int, today: date, place: int) -> Pledge:
    begun = max(date(today.year, 1, 1), today - timedelta(days=100))
    fields: dict[str, Any] = {"counted": False}
    if each.unit:
        first = {"天": 2, "次": 1}.get(each.unit, 0)
        fields = {"counted": True, "baseline": first, "target": _number(each, place), "unit": each.unit}
    if each.state in ("doing", "kept", "public", "excused"):
        fields |= {"public_on": begun, "shown_at": "村务公开栏"}
    if each.state in ("kept", "excused"):
        fields["closed_on"] = max(begun, today - timedelta(days=3))
    if each.state == "excused":
        fields["outcome"] = WHY_NOT[each.unit]
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
        QuarterWord(pledge=pledge, year=year, quarter=quarter, on=today, words="样例：过了一半，剩下的下个月办")
        for _each, pledge in made
        if pledge.state == "doing"
    )


def _above(bodies: Sequence[int], today: date) -> dict[int, int]:
    """In whose name each body's pledges are reviewed."""
    rows = BodyEntry.objects.on(today).filter(body__in=bodies).values_list("body_id", "superior_id", "leader_id")
    return {body: superior or leader for body, superior, leader in rows if superior or leader}


def _crossed_off(pledge: Pledge, at: int, today: date) -> date | None:
    if pledge.state == "kept" or (pledge.state == "doing" and at <= 2):
        return max(pledge.public_on or today, today - timedelta(days=12 - at))
    return None


def _value(measure: Measure) -> Any:
    """The number promised, with the last measure of what was kept; two thirds of it where it is being worked off."""
    pledge = measure.pledge
    if pledge.state == "kept":
        return pledge.target if measure.position == 3 else None
    return pledge.target * 2 // 3 if pledge.target is not None and measure.position == 2 else None
