"""Events, contests, good practice and publicity of the sample city: made up, around today, by the personas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.activities import contests, events, publicity, sign_ups
from gongjian.activities.contests import Compared
from gongjian.activities.hosting import offered_hosts
from gongjian.activities.models import Entrant, Event, Practice, Uptake
from gongjian.programme.access import bodies_kept_by
from gongjian.programme.models import Stage
from gongjian.register.models import Body, BodyEntry

SECRETARY, CHAIR, ORGANISER = "sample-village-secretary", "sample-county-union-chair", "sample-city-organiser"
ENTRANTS = 6


@dataclass(frozen=True)
class Held:
    """Who leads an event, in how many days, from and until which hour, whether one signs up, and for how many."""

    by: str
    days: int
    begins: int
    ends: int
    signs: bool
    room: int | None
    told: dict[str, str]
    summary: str = ""


EVENTS = (
    Held(ORGANISER, 12, 9, 11, True, 200, {
        "title": "党群共建先进事迹报告会", "kind_id": "theme_education", "stage_id": "july_first",
        "place": "绍兴市行政中心报告厅", "what": "四条线各讲一个身边的人。会后自由交流，不布置任务。"}),
    Held(CHAIR, 6, 14, 16, True, 40, {
        "title": "工资集体协商怎么谈", "kind_id": "training", "place": "诸暨市总工会三楼会议室",
        "what": "请谈成过的工会主席讲经过，带着自己的难题来。"}),
    Held(SECRETARY, 3, 8, 11, True, 30, {
        "title": "村口清河道", "kind_id": "volunteering", "place": "上下文村村口桥边",
        "what": "手套和工具村里备，穿不怕湿的鞋。下雨顺延。"}),
    Held(SECRETARY, 20, 19, 21, False, None, {
        "title": "村文化礼堂夜场电影", "kind_id": "culture_sport", "place": "上下文村文化礼堂",
        "what": "直接来，带个小板凳。"}),
    Held(ORGANISER, -9, 9, 11, True, 120, {
        "title": "“七一”走访老党员", "kind_id": "july_first_series", "stage_id": "july_first", "place": "各村社区"},
        summary="分九路走访，听到的难处当天记下，能当场办的当场办了：两户修了屋顶，一户接通了自来水。"
                "还差一户的低保手续，由街道跟进。"),
    Held(CHAIR, -30, 13, 17, True, 60, {
        "title": "袜业工会趣味运动会", "kind_id": "culture_sport", "place": "大唐街道文体中心"},
        summary="六家企业的工会一起办，拔河和跳绳最热闹。场地小了点，下次分两个半天。"),
)  # fmt: skip
PRACTICES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (SECRETARY, "recommended", {
        "title": "阵地错时开放",
        "done": "便民服务中心晚上七点到九点和周六上午开门，四条线轮流值班，一张值班表贴在门上。",
        "came_of": "来办事的一大半是下班的职工；一个晚上平均二十来人。",
        "conditions": "值班的人要能办事，不能只看门。"}),
    (SECRETARY, "handed_in", {
        "title": "一张走访表四家用", "done": "党支部、工会、团支部和妇联走访共用一张表，谁去谁填，不重复上门。",
        "came_of": "同一户一个月最多去一次，群众不嫌烦了。", "conditions": ""}),
    (CHAIR, "recommended", {
        "title": "小企业抱团谈工资", "done": "同一条街的小袜厂由联合工会统一谈，先谈最低线，再各厂加。",
        "came_of": "三十七家一次谈成，职工知道底线是多少。", "conditions": "要有一家先愿意；行业协会坐在对面。"}),
)  # fmt: skip
PUBLICITY = (
    (-20, "public_account", "走访老党员侧记"), (-8, "notice_board", "便民服务中心值班表"),
    (2, "site", "党群共建这半年"), (5, "paper", "小企业抱团谈工资"), (9, "broadcast", "文化礼堂的晚上"),
    (16, "meeting", "年度计划中期通报"),
)  # fmt: skip


def make_all(today: date) -> None:
    """As each persona would enter it. Nothing where a persona holds no office."""
    people = {each.username: each for each in User.objects.filter(username__in=(SECRETARY, CHAIR, ORGANISER))}
    bodies = {name: bodies_kept_by(user).order_by("pk").first() for name, user in people.items()}
    own = {name: (people[name], body) for name, body in bodies.items() if body is not None}
    stages = set(Stage.objects.values_list("pk", flat=True))
    for held in EVENTS:
        if held.by in own:
            _event(*own[held.by], held, stages, today)
    if CHAIR in own:
        _contests(*own[CHAIR], today)
    for username, state, told in PRACTICES:
        if username in own and ORGANISER in own:
            _practice(own[username][1], state, told, own[ORGANISER][1], today)
    if ORGANISER in own:
        _publicity(*own[ORGANISER], today)


def _event(by: User, lead: Body, held: Held, stages: set[str], today: date) -> None:
    day = today + timedelta(held.days)
    fields: dict[str, Any] = dict(held.told)
    if fields.get("stage_id") not in stages:
        fields.pop("stage_id", None)
    hosts = [each.body for each in offered_hosts(by, lead, today) if each.body.line_id != lead.line_id]
    event = events.plan(
        lead, hosts=hosts, today=today, by=by, starts_at=_at(day, held.begins), ends_at=_at(day, held.ends),
        capacity=held.room, sign_up_until=day - timedelta(1) if held.signs else None, **fields,
    )  # fmt: skip
    events.announce(event, now=_at(day - timedelta(20), 9), by=by)
    if held.summary:
        took_part = held.room and held.room // 2
        events.sum_up(event, summary=held.summary, took_part=took_part, now=_at(today, 9), by=by)
    elif held.signs:
        _sign_up(event, lead, _at(today, 9))


def _sign_up(event: Event, lead: Body, now: datetime) -> None:
    for user in User.objects.filter(username__in=("sample-citizen", "sample-auditor")):
        sign_ups.sign_up(event, now=now, by=user)
    event.sign_ups.create(body=lead, people=9 + event.pk % 5, at=now)


def _contests(by: User, lead: Body, today: date) -> None:
    """One that takes entries, and one that is over, with prizes and the document that permits them."""
    quality = Compared("一次合格率", "%", "more")
    compared = [Compared("合理化建议", "条", "more"), Compared("工伤事故", "起", "less"), quality]
    days: dict[str, Any] = {"begins_on": today - timedelta(10), "ends_on": today + timedelta(80)}
    running = contests.plan(
        lead, title="“安康杯”劳动竞赛", type_id="labour_contest", prizes="none", items=compared, today=today, by=by,
        what="各企业工会比安全、比建议、比质量，班组也可以参加。", **days,
    )  # fmt: skip
    contests.open_for_entries(running, today=today, by=by)
    past = contests.plan(
        lead, title="袜业岗位能手竞赛", type_id="post_expert", prizes="others",
        approval="样例文件：省总工会关于竞赛项目的批复", approved_at="province", items=compared[:2],
        begins_on=today - timedelta(120), ends_on=today - timedelta(30), today=today, by=by,
    )  # fmt: skip
    contests.open_for_entries(past, today=past.begins_on, by=by)
    below = BodyEntry.objects.on(today).filter(superior=lead).order_by("body_id").values_list("body_id", flat=True)
    for contest in (running, past):
        Entrant.objects.bulk_create(
            Entrant(contest=contest, body_id=id, entered_on=contest.begins_on) for id in below[:ENTRANTS]
        )
    if past.entrants.exists():
        contests.start(past, by=by)
        first, second = past.items.all()
        for entrant in past.entrants.all():
            values = {first.pk: Decimal(3 + entrant.pk % 7), second.pk: Decimal(entrant.pk % 2)}
            contests.enter_results(past, entrant, values, by=by)
        contests.close(past, outcome="提建议的单位多了，用上的有十来条；没有发生重伤。", by=by)


def _practice(body: Body, state: str, told: dict[str, str], taker: Body, today: date) -> None:
    made = Practice.objects.create(body=body, state=state, handed_in_on=today - timedelta(40), **told)
    if state == Practice.State.RECOMMENDED and taker != body:
        Uptake.objects.create(practice=made, body=taker, since=today - timedelta(10), effect="在机关服务大厅试行。")


def _publicity(by: User, body: Body, today: date) -> None:
    for days, channel, subject in PUBLICITY:
        day = today + timedelta(days)
        item = publicity.plan(
            body, responsible=body, channel_id=channel, subject=subject, planned_on=day, today=today, by=by
        )
        if days < 0:
            publicity.publish(item, address="样例：第6期", on=day, today=today, by=by)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
