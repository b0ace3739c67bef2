"""The agenda and the minutes as papers, in the customary Chinese form 会议议程 and 会议纪要. Plain values: word.py and
pdf.py set them. The papers are Chinese whatever language the page is read in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names

from .access import members_on
from .agenda import agenda_of
from .models import Attendance, Decision, Meeting, Topic
from .outcomes import Fate, Outcome, report_back

DIGITS = "零一二三四五六七八九"
HOW = {"present": "出席", "excused": "请假", "absent": "缺席"}
FATES = {
    Fate.DONE: "已办结", Fate.OPEN: "正在办理", Fate.LATE: "逾期未办结", Fate.DECLINED: "已说明不能办理",
    Fate.WITHDRAWN: "已撤回", Fate.WRITTEN: "尚未布置",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A heading with paragraphs; `points` stand out: what was decided, or what became of it."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """A paper, ready to be set."""

    name: str
    heading: str
    number: str
    issuer: str
    day: str
    facts: list[tuple[str, str]]
    parts: list[Part]
    sent_to: str = ""

    def as_values(self) -> dict[str, Any]:
        return asdict(self)


def agenda_sheet(meeting: Meeting, reader: Reader, today: date) -> Sheet:
    """What became of the last decisions, then the items with their times."""
    agenda = agenda_of(meeting)
    series, names = meeting.series, _names(meeting, reader, today, [each.topic.body_id for each in agenda.items])
    parts = [_last_time(meeting, reader, today)]
    for item in agenda.items:
        topic = item.topic
        title = f"{ordinal(item.number)}、{topic.title}"
        when = f"{item.begins:%H:%M}—{item.ends:%H:%M}，{topic.minutes}分钟，{names.get(topic.body_id, '')}"
        paragraphs = [when, f"问题：{topic.problem}"] + ([f"建议：{topic.proposal}"] if topic.proposal else [])
        parts.append(Part(title, paragraphs))
    total = f"{len(agenda.items)}项，共{agenda.minutes}分钟，预计{agenda.ends:%H:%M}结束"
    return Sheet(
        name=f"{series.name}议程-{meeting.day}",
        heading=f"{series.name}议程",
        number="",
        issuer=names.get(series.host_id, ""),
        day=said(today),
        facts=[*_where(meeting), ("议程", total if agenda.items else "听取汇报")],
        parts=parts,
    )


def minutes_sheet(meeting: Meeting, reader: Reader, today: date) -> Sheet:
    """Who was there, what was said and decided, with responsible body and day, and to whom it goes."""
    topics = list(Topic.objects.filter(meeting=meeting).select_related("passage"))
    decisions = list(Decision.objects.filter(meeting=meeting).order_by("pk"))
    attendance = list(Attendance.objects.filter(meeting=meeting).select_related("office", "body__line").order_by("pk"))
    ids = [each.owner_id for each in decisions] + [each.body_id for each in attendance]
    series, names = meeting.series, _names(meeting, reader, today, ids)
    parts = [_last_time(meeting, reader, today)]
    for item in agenda_of(meeting, topics).items:
        passage = getattr(item.topic, "passage", None)
        told = [each.strip() for each in (passage.text if passage else "").split("\n") if each.strip()]
        points = _points((each for each in decisions if each.topic_id == item.topic.pk), names)
        parts.append(Part(f"{ordinal(item.number)}、{item.topic.title}", told, points))
    if rest := _points((each for each in decisions if each.topic_id is None), names):
        parts.append(Part(f"{ordinal(len(parts))}、其他事项", [], rest))
    published = meeting.published_at.date() if meeting.published_at else today
    return Sheet(
        name=f"{series.name}纪要-{meeting.day}",
        heading=f"{series.name}纪要",
        number=f"〔{meeting.issue_year}〕第{meeting.issue}期" if meeting.issue else "（未发布）",
        issuer=names.get(series.host_id, ""),
        day=said(published),
        facts=[*_where(meeting), *_who(attendance, names)],
        parts=parts,
        sent_to="、".join(names.get(id, "") for id in _members(meeting)),
    )


def ordinal(number: int) -> str:
    """一, 十, 二十三: as parts of a paper are numbered. Up to 99."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _members(meeting: Meeting) -> list[int]:
    return list(members_on(meeting).order_by("body__line__position", "body_id").values_list("body_id", flat=True))


def _names(meeting: Meeting, reader: Reader, today: date, ids: Iterable[int]) -> dict[int | None, str]:
    return body_names(reader, min(today, meeting.day), {*ids, *_members(meeting), meeting.series.host_id})


def _where(meeting: Meeting) -> list[tuple[str, str]]:
    when = f"{said(meeting.day)} {meeting.begins_at:%H:%M}"
    found = [("时间", when), ("地点", meeting.place), ("主持", meeting.series.chair)]
    return [*found, ("承办", meeting.series.secretariat)] if meeting.series.secretariat else found


def _who(attendance: Iterable[Attendance], names: dict[int | None, str]) -> list[tuple[str, str]]:
    rows: dict[str, list[str]] = {how: [] for how in HOW}
    for each in attendance:
        held = f"（{each.office.names['zh-hans']}）" if each.office else ""
        rows[each.how].append(names.get(each.body_id, "") + held)
    return [(HOW[how], "、".join(found)) for how, found in rows.items() if found]


def _points(decisions: Iterable[Decision], names: dict[int | None, str]) -> list[str]:
    words = {"decision": "议定", "opinion": "意见"}
    return [
        f"{words[each.kind]}：{each.words.rstrip('。')}。"
        f"（责任单位：{names.get(each.owner_id, '')}；完成时限：{said(each.due_on)}）"
        for each in decisions
    ]


def _last_time(meeting: Meeting, reader: Reader, today: date) -> Part:
    before, last, earlier = report_back(reader, meeting, today)
    if before is None:
        return Part("上次议定事项落实情况", ["此前没有已发布纪要的会议。"])
    told = f"{said(before.day)}的会议议定{len(last)}项，已办结{sum(each.fate == Fate.DONE for each in last)}项。"
    return Part("上次议定事项落实情况", [told], [_outcome(each) for each in [*last, *earlier]])


def _outcome(each: Outcome) -> str:
    reason = f"，理由：{each.reason}" if each.reason else ""
    handed = f"，已转{each.by_name}" if each.went_on else ""
    words = each.decision.words.rstrip("。")
    return f"{words}（{each.owner}{handed}，{said(each.decision.due_on)}前）：{FATES[each.fate]}{reason}。"
