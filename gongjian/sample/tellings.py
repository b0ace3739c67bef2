"""The sample city's rounds of telling: one that is over, one that runs; made up, without anybody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from gongjian.register.models import Body, BodyEntry, Office
from gongjian.telling.models import Comment, CommentKind, Point, Rectification, Telling, TellingRound
from gongjian.telling.rounds import FOUND, PUT_IN

SECRETARY, TOWN = "sample-village-secretary", "sample-town-officer"
MOST_TOLD = 80
CHOSEN = {"line": "party"}

DONE = (
    "样例：村口到小学装了{n}盏路灯，夜里亮了；给{few}户老房子换了电线",
    "样例：文化礼堂每周开门{few}天，来的人比去年多；来料加工信息每月贴一次",
    "样例：清了{n}处房前屋后的垃圾堆；帮{few}户接上了长期订单",
)
UNDONE = ("样例：夜间说事会只开了{few}次，少两次", "样例：桥头护栏没有装", "")
WHY = ("样例：农忙，晚上人不齐", "样例：桥要整体翻修，护栏并进工程", "")
STRENGTHS = (
    "样例：路灯是村民先提的，装完由{few}户签字",
    "样例：开放时间贴在门口，值班的人都到岗",
    "样例：每处清完请隔壁两户看过",
)
PROBLEMS = (
    ("样例：公开栏有两个月没有更新", "样例：每月5日前贴出，写上谁贴的", "村监委会"),
    ("样例：有{few}位独居老人半年没有人上门", "样例：按片分给党员，每月至少去一次", "党支部"),
    ("样例：村民提的{few}件事没有答复", "样例：列成一张单子，十天内逐件回话", "村委会"),
)
ADVICE = (
    "样例：下半年先办没办成的那件，九月前给村民一个说法",
    "样例：把说事会改在周末上午",
    "样例：请群众代表一起验收",
)
PROOF = "样例：公开栏已更新，群众代表看过"


def make_all(today: date) -> None:
    """Above the village secretary: last half-year's round with all put right, this one, and a quarter's to be told."""
    village = (
        Office.objects.on(today).filter(person__account__username=SECRETARY).values_list("body", flat=True).first()
    )
    entry = BodyEntry.objects.on(today).filter(body=village).select_related("superior").first()
    if village is None or entry is None or entry.superior is None or not CommentKind.objects.exists():
        return
    host = _host(entry.superior, today)
    since = date(today.year, 1, 1) if today.month > 6 else date(today.year - 1, 7, 1)
    middle = since + timedelta(days=181)
    before = _round(
        host, "上一轮讲述点评", since - timedelta(days=184), since - timedelta(days=1), today, state="closed"
    )
    running = _round(host, "半年讲述点评", since, middle, today)
    _round(host, "季度讲述点评", today - timedelta(days=80), today, today, kind="quarter")
    _fill(_chosen(before, village), before, today, over=True)
    _fill(_chosen(running, village), running, today, over=False)


def _host(superior: Body, today: date) -> Body:
    """The body above the superior, where there is one: from there more than one comments."""
    above = BodyEntry.objects.on(today).filter(body=superior).select_related("superior").first()
    return above.superior if above and above.superior else superior


def _round(host: Body, name: str, since: date, until: date, today: date, **how: str) -> TellingRound:
    tell_by, comment_by = until + timedelta(days=15), until + timedelta(days=45)
    if how.get("state") != "closed":
        tell_by, comment_by = max(tell_by, today - timedelta(days=20)), max(comment_by, today + timedelta(days=20))
    made = TellingRound.objects.create(
        host=host, name=f"样例：{since.year}年{name}", since=since, until=until, tell_by=tell_by, comment_by=comment_by,
        chosen=CHOSEN, range="public", days_to_put_right=60, opened_at=timezone.now(), **how,
    )  # fmt: skip
    host = made.host
    first, end = host.line_path, host.line_path[:-1] + "/"
    given: dict[str, Any] = {
        "host": host.pk, "line": host.line_id, "first": first, "end": end, "lead_first": "", "lead_end": "",
        "today": today, "of_line": "party", "kind": "", "level": "", "direct": False, "round": made.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FOUND + PUT_IN, given)
    return made


def _chosen(made: TellingRound, village: int) -> list[Telling]:
    """Those beside the village secretary's, and it itself first: the others are still to be told."""
    own = Telling.objects.filter(round=made, body=village).first()
    if own is None:
        return []
    beside = Telling.objects.filter(round=made, commenter=own.commenter_id).exclude(pk=own.pk).order_by("pk")
    return [own, *beside[:MOST_TOLD]]


# In the order of the tellings: the village secretary's is being put right; of the others some are in each state.
RUNNING = ("rectifying", "told", "commented", "published", "scheduled", "verified", "overdue", "told")


def _fill(tellings: Sequence[Telling], made: TellingRound, today: date, *, over: bool) -> None:
    kinds = list(CommentKind.objects.all())
    last = min(today, made.comment_by)
    comments: list[tuple[int, str, Comment]] = []
    for at, telling in enumerate(tellings):
        state = "verified" if over else RUNNING[at % len(RUNNING)]
        if state == "scheduled":
            continue
        _tell(telling, at, state, min(today, made.tell_by), last)
        if state != "told":
            on = last - timedelta(days=12)
            counted = {"present": 26 + at % 9, "outsiders": 11 + at % 6}
            comment = Comment(telling=telling, commenter_id=telling.commenter_id, kind=kinds[at % len(kinds)], on=on,
                              where="样例：村文化礼堂", **counted)  # fmt: skip
            comments.append((at, state, comment))
    names = ["state", "done", "undone", "reason", "told_on", "range", "published_on", "put_right_by"]
    Telling.objects.bulk_update(tellings, names)
    Comment.objects.bulk_create(comment for _at, _state, comment in comments)
    for at, state, comment in comments:
        _points(at, state, comment, last + timedelta(days=40) if over else today)


def _tell(telling: Telling, at: int, state: str, told_on: date, last: date) -> None:
    gaps = {"n": 8 + at * 7 % 23, "few": 2 + at % 5}
    telling.state, telling.told_on = state, told_on
    telling.done = DONE[at % len(DONE)].format(**gaps)
    telling.undone, telling.reason = UNDONE[at % len(UNDONE)].format(**gaps), WHY[at % len(WHY)]
    if state not in ("told", "commented"):
        telling.range, telling.published_on = "public", last - timedelta(days=10)
        telling.put_right_by = last - timedelta(days=2) if state == "overdue" else last + timedelta(days=50)


def _points(at: int, state: str, comment: Comment, today: date) -> None:
    gaps = {"few": 2 + at % 5}
    problems = [PROBLEMS[(at + shift) % len(PROBLEMS)] for shift in range(1 + at % 2)]
    rows = [Point(comment=comment, sort="strength", position=1, words=STRENGTHS[at % 3].format(**gaps))]
    rows += [Point(comment=comment, sort="direction", position=1, words=ADVICE[at % 3])]
    named = Point.objects.bulk_create(
        Point(comment=comment, sort="problem", position=number, words=words.format(**gaps))
        for number, (words, _measure, _owner) in enumerate(problems, start=1)
    )
    Point.objects.bulk_create(rows)
    if state == "commented":
        return
    Rectification.objects.bulk_create(
        Rectification(
            point=point,
            due_on=comment.telling.put_right_by or today,
            **_put_right(state, number, measure, owner, today),
        )
        for number, (point, (_words, measure, owner)) in enumerate(zip(named, problems, strict=True))
    )


def _put_right(state: str, number: int, measure: str, owner: str, today: date) -> dict[str, Any]:
    if state == "published":
        return {}
    planned = {"state": "planned", "measure": measure, "owner": owner}
    done = planned | {"state": "done", "proof": PROOF, "done_on": today - timedelta(days=3)}
    if state == "verified":
        return done | {"state": "confirmed", "confirmed_on": today - timedelta(days=1)}
    return done if state == "rectifying" and number else planned
