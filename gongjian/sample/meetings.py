"""Meetings of the sample city: the city's joint conference with one that was held and one to come, the secretary's
hearing of reports, and a county's conference. Made up, with the actions that people use.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.asks.models import Ask, Sending
from gongjian.meetings import actions, minutes, reports, topics
from gongjian.meetings.models import Decision, Meeting, Series
from gongjian.register.access import OPERATOR, Reader
from gongjian.register.models import Body, BodyEntry, Office, OfficeKind

AGO, AHEAD, HEARING, COUNTY = 84, 12, 26, 9  # days from today
ORGANISER = "sample-city-organiser"
HELD = (  # by which line, what, the problem, what is proposed, minutes, what was said
    ("union", "职工之家和党员之家合用一处阵地", "两处阵地隔一条街，平时都开不满。", "合用一处，党员之家牵头排时间。",
     20, "会议听取了市总工会的汇报。\n会议认为，阵地能合用的先合用，开放时间由使用的单位一起定。"),
    ("league", "新就业群体团组织怎么建", "外卖、快递从业青年流动大，单独建团不成。", "随党组织一起建，先在三个园区试。",
     15, "会议同意先在三个园区试，摸清底数再铺开。"),
    ("women", "企业妇女之家挂牌复查", "去年挂的牌，有的已经没人管。", "各区县先自查，市里抽看。", 10,
     "会议强调，牌子要和服务对得上，没有服务的先摘下来。"),
)  # fmt: skip
DECIDED = (  # on which item, kind, words, by which line, due so many days from today, and what became of it
    (0, "decision", "选定第一批合用阵地并公布开放时间", "union", -30, "done"),
    (1, "decision", "摸清三个园区新就业青年底数，报试点方案", "league", -12, "open"),
    (2, "decision", "完成企业妇女之家自查，没有服务的先摘牌", "women", 20, "open"),
    (0, "opinion", "阵地开放后每月到场看一次，看有没有人来", "union", 35, "declined"),
)  # fmt: skip
COMING = (
    ("union", "工资集体协商和建会一起推", "已建会企业里，协商的还不到一半。", "建会时同步发协商要约，统一文本。", 20),
    ("women", "暑期托管班场地", "六个街道缺场地，家长排不上。", "请各单位让出会议室，七月前定。", 15),
    ("league", "青年志愿者进社区", "周末志愿者多，社区说不上要做什么。", "社区先列事，团委再派人。", 10),
)  # fmt: skip
NOT_DONE = "阵地在下面，市里每月去看会给基层添麻烦，建议改为看开放记录"


def hold_all(today: date) -> int:
    """How many series there are; none without the city's organiser."""
    by = User.objects.filter(username=ORGANISER).first()
    office = Office.objects.on(today).filter(person__account=by).select_related("body").first() if by else None
    if by is None or office is None:
        return 0
    host = Body.objects.get(pk=office.body_id)
    members = _led(host, today - timedelta(days=AGO + 30))
    if not members:
        return 0
    _conference(host, members, by, today)
    _hearing(host, members, by, today)
    return 2 + _county(today)


def _conference(host: Body, members: dict[str, Body], by: User, today: date) -> None:
    began = today - timedelta(days=AGO + 30)
    series = _begin(host, members, by, began, kind="conference", name="绍兴市党群共建联席会议", chair="市委副书记",
                    secretariat="市委组织部", months=3, closes_before=7)  # fmt: skip
    past = _call(series, _weekday(today - timedelta(days=AGO)), began, by, place="市委一号会议室")
    _hold(past, members, by, began)
    _publish(past, members, by, today)
    coming = _call(series, _weekday(today + timedelta(days=AHEAD)), today, by, place="市委一号会议室")
    found = [_hand_in(coming, members, row, today, by) for row in COMING if row[0] in members]
    topics.sort_topic(found[0], "take", by=by)


def _hold(meeting: Meeting, members: dict[str, Body], by: User, on: date) -> None:
    """Topics, agenda, who was there, and what was said."""
    for row in HELD:
        if row[0] in members:
            topics.sort_topic(_hand_in(meeting, members, row[:5], on, by), "take", by=by)
    for verb, day in (("set_agenda", meeting.topics_close_on), ("hold", meeting.day)):
        actions.move_meeting(meeting, verb, today=day, now=_noon(day), by=by)
    heads = {each.line_id: each for each in OfficeKind.objects.filter(heads=True).order_by("-position", "-key")}
    there = [(body, "present", heads.get(line)) for line, body in members.items()]
    minutes.note_attendance(meeting, there, by=by)
    said = {row[1]: row[5] for row in HELD}
    for topic in meeting.topics.all():
        minutes.save_passage(topic, text=said[topic.title], version=0, now=_noon(meeting.day), by=by)


def _publish(meeting: Meeting, members: dict[str, Body], by: User, today: date) -> None:
    """Decisions, the minutes, and what became of it since."""
    items = {row[0]: topic for row in HELD for topic in meeting.topics.all() if topic.title == row[1]}
    fates: list[tuple[Decision, str]] = []
    for at, kind, words, line, due, fate in DECIDED:
        if line in members:
            made = minutes.add_decision(
                meeting, kind=kind, words=words, owner=members[line], topic=items.get(HELD[at][0]), minutes=8,
                due_on=today + timedelta(days=due), today=meeting.day, by=by,
            )  # fmt: skip
            fates.append((made, fate))
    day = meeting.day + timedelta(days=3)
    minutes.publish(meeting, today=day, now=_noon(day), by=by)
    for decision, fate in fates:
        asked = Ask.objects.filter(sending__in=list(Sending.objects.filter(about=decision.about)))
        if fate == "done":
            asked.update(state=Ask.State.DONE, ended_at=_noon(today - timedelta(days=34)))
        elif fate == "declined":
            asked.update(state=Ask.State.DECLINED, ended_at=_noon(today - timedelta(days=60)), reason=NOT_DONE)


def _hearing(host: Body, members: dict[str, Body], by: User, today: date) -> None:
    series = _begin(host, members, by, today, kind="hearing", name="市委听取群团工作汇报", chair="市委书记",
                    secretariat="市委组织部", months=6, closes_before=7)  # fmt: skip
    meeting = _call(series, _weekday(today + timedelta(days=HEARING)), today, by, place="市委常委会议室")
    text = "样例：上半年建会进度过半。难在小微企业流动大，想请市里把新登记企业名单每月给一次。"
    if "union" in members:
        written = reports.save_report(meeting, members["union"], text=text, by=OPERATOR)
        reports.hand_in_report(written, today=today, now=_noon(today), by=OPERATOR)


def _county(today: date) -> int:
    """A conference of 诸暨市, or of the first county there is; how many series."""
    entries = BodyEntry.objects.on(today).filter(body__line="party", seat__entries__kind__level="county")
    found = entries.filter(seat__entries__valid__contains=today).order_by("body_id")
    entry = found.filter(seat__entries__name="诸暨市").first() or found.first()
    members = _led(entry.body, today) if entry else {}
    if entry is None or "union" not in members:
        return 0
    series = _begin(entry.body, members, OPERATOR, today, kind="conference", name="党群共建联席会议",
                    chair="市委副书记", secretariat="市委组织部", months=3, closes_before=7)  # fmt: skip
    meeting = _call(series, _weekday(today + timedelta(days=COUNTY)), today, OPERATOR, place="市委三楼会议室")
    _hand_in(meeting, members, COMING[0], today, OPERATOR)
    return 1


def _led(host: Body, day: date) -> dict[str, Body]:
    """By line the first body that the host leads where it sits itself."""
    seats = BodyEntry.objects.on(day).filter(body=host).values("seat")
    led = BodyEntry.objects.on(day).filter(leader=host, seat__in=seats).select_related("body").order_by("-body_id")
    return {each.body.line_id: each.body for each in led}


def _begin(host: Body, members: dict[str, Body], by: Reader, on: date, **fields: Any) -> Series:
    return actions.begin_series(host, members=members.values(), today=on, by=by, **fields)


def _call(series: Series, day: date, on: date, by: Reader, *, place: str) -> Meeting:
    return actions.call_meeting(series, day=day, begins_at=time(9), place=place, today=on, by=by)


def _hand_in(meeting: Meeting, members: dict[str, Body], row: Any, on: date, by: Reader) -> Any:
    line, title, problem, proposal, takes = row
    fields = {"title": title, "problem": problem, "proposal": proposal, "minutes": takes}
    return topics.hand_in(meeting, members[line], today=on, by=by, **fields)


def _weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
