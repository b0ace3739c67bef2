"""Deeds of the sample city, and a selection for which candidates come in: made up, done by the personas' own verbs."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.deeds import agreeing, checking, commenting, recommending, stars
from gongjian.deeds.models import Deed
from gongjian.register.models import Body, Office
from gongjian.selections import preparing
from gongjian.selections.models import SelectionRule

SECRETARY, OFFICER, ORGANISER = "sample-village-secretary", "sample-town-officer", "sample-city-organiser"
# How far it comes, about whom, its service, title and story. No name of a person is in them.
MADE = (
    (
        "star",
        "body",
        "people",
        "巡河三年没有断过",
        "样例：三年来每周六上午巡河一遍，捡走的垃圾装满了六十多车，下游的水能洗菜了。",
    ),
    (
        "shown",
        "person",
        "society",
        "台风夜送走十二位老人",
        "样例：台风那晚在村口守到天亮，把十二位老人一位一位送到小学，没有人受伤。",
    ),
    (
        "checked",
        "person",
        "members",
        "教会三十位老党员用手机",
        "样例：一个冬天，每晚一小时，三十位老党员学会了用手机交党费、看病挂号。",
    ),
    (
        "sent",
        "body",
        "development",
        "帮二十户把笋卖到城里",
        "样例：联系了城里三个菜场，二十户人家的春笋当天挖当天卖完。",
    ),
    ("returned", "body", "people", "一贯热心", "样例：大家都说他们热心。"),
)


def make_all(today: date) -> int:
    """The village's deeds, each as far as it came; and the city's selection. How many deeds."""
    accounts = {each.username: each for each in User.objects.filter(username__in=(SECRETARY, OFFICER, ORGANISER))}
    bodies = {
        office.person.account.username: office.body
        for office in Office.objects.on(today)
        .filter(person__account__in=accounts.values())
        .select_related("person__account", "body__line")
        if office.person.account is not None
    }
    for place, each in enumerate(MADE):
        _make(each, place, bodies[SECRETARY], accounts, today)
    _select(bodies[ORGANISER], accounts[ORGANISER], today)
    return len(MADE)


def _make(each: tuple[str, str, str, str, str], place: int, body: Body, accounts: dict[str, User], today: date) -> None:
    state, of, service, title, story = each
    now, secretary, officer = timezone.now(), accounts[SECRETARY], accounts[OFFICER]
    deed = recommending.recommend(
        body, ref=uuid5(NAMESPACE_URL, f"sample deed {place}").hex, of=of, name="样例人甲" if of == "person" else "",
        title=title, story=story, service=service, done_on=today - timedelta(days=9 + place), today=today, now=now,
        by=AnonymousUser(),
    )  # fmt: skip
    if state == "sent":
        return
    verdict = "return" if state == "returned" else "pass"
    reason = "写清楚是哪一件事、哪一天" if verdict == "return" else ""
    checking.check(deed, verdict, reason=reason, today=today, now=now, by=secretary)
    if state in ("returned", "checked"):
        return
    deed = checking.select(deed, "pass", today=today, now=now, by=officer)
    if of == "person":
        agreeing.agreed_on_paper(deed, kept_where="村支部办公室2号柜", today=today, now=now, by=secretary)
    checking.show(Deed.objects.get(pk=deed.pk), today=today, now=now, by=officer)
    commenting.write(deed, "就该这样做，我们村也学学", today=today, now=now, by=accounts[ORGANISER])
    if state == "star" and deed.selected_by is not None:
        stars.name_star(deed, body=deed.selected_by, span="month", of=today, ground="样例：街道党工委会议", today=today,
                        by=officer)  # fmt: skip


def _select(body: Body, organiser: User, today: date) -> None:
    """Candidates come in, and the deeds that are shown stand."""
    rule = SelectionRule.objects.get(key="month_small")
    made = preparing.draft(
        body, rule, title="样例每月之星", span="month", of=today, nominate_until=today + timedelta(days=14),
        today=today, by=organiser,
    )  # fmt: skip
    preparing.open_nominations(made, today=today, now=timezone.now(), by=organiser)
    for deed in Deed.objects.filter(state__in=("shown", "star")).order_by("pk"):
        preparing.propose(made, deed, marks={}, today=today, by=organiser)
