"""What the sample city asks of its organisations: made up, and partly done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.asks import sending, writing
from gongjian.asks.access import bodies_asked_from
from gongjian.asks.models import Answer, Ask, Sending
from gongjian.asks.reading import asked_in

VILLAGES = {"line": "party", "level": "village"}
# Who asks, whom, how many days ago, due in how many days from today, of how many one has answered, and for what.
SENT: tuple[tuple[str, dict[str, Any], int, int, int, dict[str, Any]], ...] = (
    ("sample-city-organiser", VILLAGES, 3, 6, 4, {
        "title": "核对组织情况，补一个数", "why": "创先争优年度计划：摸清底数", "kind": "facts", "minutes": 4,
        "what": "登记里有的已经带出来，只补缺的。",
        "questions": ["党组织名称", "书记姓名", "党员人数", "本届换届时间", "上级党组织", "今年组织生活会次数"]}),
    ("sample-city-organiser", {"line": "party", "level": "town"}, 5, 12, 3, {
        "title": "讲讲下半年进展", "why": "联席会议议定：每半年讲一次", "kind": "tell", "minutes": 10,
        "what": "三五句话就够：做了什么，还差什么，要市里帮什么。"}),
    ("sample-town-officer", VILLAGES, 9, -2, 2, {
        "title": "核对阵地开放时间", "why": "街道年度计划第4项：阵地共建共用", "kind": "confirm", "minutes": 3,
        "what": "看一看门上贴的开放时间，和登记里的对不对。"}),
    ("sample-town-officer", VILLAGES, 1, 2, 9, {
        "title": "七一走访名单定了没有", "why": "街道年度计划第2项", "kind": "confirm", "minutes": 2}),
    ("sample-county-union-chair", {"line": "union"}, 4, 9, 5, {
        "title": "报一报工资集体协商", "why": "市总工会年度目标：已建会企业都协商", "kind": "facts", "minutes": 5,
        "questions": ["工会名称", "会员人数", "覆盖单位数", "今年签订集体合同份数", "协商方式：单独/区域/行业"]}),
)  # fmt: skip


def send_all(today: date) -> int:
    """Send them, each on its day, and answer some; how many were sent."""
    sent = 0
    for username, chosen, ago, due, share, said in SENT:
        by = User.objects.filter(username=username).first()
        sender = bodies_asked_from(by).on(today).select_related("body__line").order_by("body").first() if by else None
        if by is not None and sender is not None:
            what = {"what": "", **said, "questions": [asked_in(line) for line in said.get("questions", ())]}
            found = _send(by, sender.body, chosen, today - timedelta(days=ago), today + timedelta(days=due), what)
            _answer(found, share, at=_noon(today - timedelta(days=ago - 1)))
            sent += 1
    return sent


def _send(by: User, sender: Any, chosen: dict[str, Any], on: date, due_on: date, what: dict[str, Any]) -> Sending:
    now = _noon(on)
    draft = writing.write(sender, today=on, now=now, by=by, due_on=due_on, **what)
    return sending.send(writing.choose(draft, receivers=chosen, by=by), today=on, now=now, by=by)


def _answer(found: Sending, share: int, at: datetime) -> None:
    """One of `share` has answered already."""
    asked = [question for question in found.questions.all() if not question.fact]
    rows = [ask for ask in found.asks.order_by("pk") if ask.pk % share == 0]
    Answer.objects.bulk_create(
        Answer(
            ask=ask, token=uuid5(NAMESPACE_URL, f"sample/{ask.pk}"), at=at,
            text="样例：都按计划办了。" if found.kind == Sending.Kind.TELL else "",
            values={str(q.pk): q.options[0] if q.options else ask.pk % 7 + 1 for q in asked},
        )
        for ask in rows
    )  # fmt: skip
    done = {"state": Ask.State.DONE, "ended_at": at}
    Ask.objects.filter(pk__in=[ask.pk for ask in rows]).update(**done)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
