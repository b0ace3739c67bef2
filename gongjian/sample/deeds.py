"""Deeds of the sample city, a selection for which candidates come in, and one that is voted on: made up, done by the
personas' own verbs; the deeds that stand in the second are written down as they are shown."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.deeds import agreeing, checking, commenting, recommending, stars
from gongjian.deeds.models import Deed, Named
from gongjian.register.models import Body, BodyEntry, Office, UnitEntry
from gongjian.selections import polling, preparing
from gongjian.selections.models import Selection, SelectionRule

from . import polls

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
# What stands in the selection that is voted on.
STANDING = (
    ("body", "一条村道修了三十六天"), ("body", "把食堂开到了老人家门口"), ("body", "二十三户一起改了厕所"),
    ("person", "七年给独居老人送水"), ("person", "教会五十人看懂工资条"), ("person", "雪夜清出三公里路"),
)  # fmt: skip
ON_ROLL = 24


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
    return len(MADE) + _vote(bodies[ORGANISER], accounts[ORGANISER], today)


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


def _vote(body: Body, organiser: User, today: date) -> int:
    """A second one, of a quarter, whose poll is open: a citizen reads its rules and candidates. How many deeds."""
    now, shown = timezone.now(), _shown(body, today)
    made = preparing.draft(
        body, SelectionRule.objects.get(key="month_small"), title="样例季度之星", span="quarter", of=today,
        nominate_until=today, today=today, by=organiser,
    )  # fmt: skip
    preparing.open_nominations(made, today=today, now=now, by=organiser)
    for deed in shown:
        preparing.propose(made, deed, marks={}, today=today, by=organiser)
    closes = (now + timedelta(days=20)).replace(hour=9, minute=30, second=0, microsecond=0)
    made = polling.hold_poll(
        Selection.objects.get(pk=made.pk), today=today, now=now, by=organiser, opens_at=now + timedelta(minutes=1),
        closes_at=closes, draw_held_after=closes + timedelta(days=1), channels=["web", "desk"], weight=0, approval=None,
        draw="样例：双色球红球",
    )  # fmt: skip
    assert made.poll is not None
    polls.open_now(made.poll, polls.members(ON_ROLL * 2, today)[:ON_ROLL], today)
    return len(shown)


def _shown(body: Body, today: date) -> list[Deed]:
    """Of as many villages' Party branches, selected by the city; three of persons, who agreed on paper."""
    villages = UnitEntry.objects.on(today).filter(kind__level="village").values("unit")
    branches = BodyEntry.objects.on(today).filter(body__line="party", seat__in=villages, body__deeds=None)
    bodies = list(branches.order_by("body").values_list("body", flat=True)[: len(STANDING)])
    common = {"service": "people", "source": Deed.Source.BODY, "state": Deed.State.SHOWN, "selected_by": body,
              "year": today.year, "sent_at": timezone.now(), "shown_on": today - timedelta(days=5)}  # fmt: skip
    made = Deed.objects.bulk_create(
        Deed(ref=uuid5(NAMESPACE_URL, f"sample deed of the vote {at}").hex, body_id=of_body, of=of, title=title,
             story=f"样例：{title}。", done_on=today - timedelta(days=20 + at), number=at + 1, **common)
        for at, (of_body, (of, title)) in enumerate(zip(cycle(bodies), STANDING, strict=False))
    )  # fmt: skip
    given = {"consent": Named.Consent.GIVEN, "how": Named.How.PAPER, "consented_on": today, "kept_where": "样例柜"}
    persons = [each for each in made if each.of == Deed.Of.PERSON]
    Named.objects.bulk_create(Named(deed=each, name=f"样例人{sign}", **given)
                              for each, sign in zip(persons, "乙丙丁", strict=True))  # fmt: skip
    return made
