"""Honours of the sample city: a call of which notice is given, what was given before, and one branch that is nurtured.

The city's federation of unions calls for the May Day certificate; unions of firms of the county apply, and the county's
chair is heard. All of it is made up, and says so.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from gongjian.accounts.models import User
from gongjian.agreements.models import CoveredUnit
from gongjian.chronicle.models import Act
from gongjian.honours.eligibility import NO, find, verdict
from gongjian.honours.models import (
    Application,
    Award,
    AwardStep,
    Call,
    Honour,
    Nurturing,
    NurturingStage,
    Objection,
    Opinion,
)
from gongjian.honours.rules import rules_of
from gongjian.register.models import Body, BodyEntry, Office, UnitEntry
from gongjian.workdays import calendar

CHAIR, OFFICER, SECRETARY = (f"sample-{key}" for key in ("county-union-chair", "town-officer", "village-secretary"))
CALLED, BEFORE, OF_BRANCHES = "may_day_certificate", "worker_pioneer", "advanced_party_body"
APPLY, PROPOSED, GIVEN = 6, 3, 5
STORIES = (
    "样例：带班攻关，废品率从6%降到2%，全班没有一起工伤。",
    "样例：和工会谈成了夜班津贴，一线职工今年走了3个，去年走了17个。",
    "样例：自己改出送料架，每班少弯腰八百次，图纸给了邻厂。",
)
REASON = "样例：去年的废品率与车间公示的不一样，请再核对。"
FOUND, WITHDRAWN = "样例：现场看过，仍然是先锋。", "样例：隐瞒一起工伤事故，按规定撤销。"
AIM = "样例：培育成为民办实事的示范支部"


def make_all(act: Act, today: date) -> int:
    """How many awards were made."""
    held = {key: Office.objects.on(today).filter(person__account__username=key).first() for key in (CHAIR, OFFICER)}
    chair, officer = held[CHAIR], held[OFFICER]
    if chair is None or officer is None or not Honour.objects.filter(pk=CALLED).exists():
        return 0
    city = BodyEntry.objects.on(today).filter(body=chair.body_id).values_list("superior", flat=True).first()
    firms = _firms(chair.body, today)
    if city is None or not firms:
        return 0
    keeper = Body.objects.get(pk=city)
    _call(keeper, chair.body, firms[:-GIVEN], today)
    made = _given(keeper, firms[-GIVEN:], act, today)
    return made + _branch(officer, act, today)


def _firms(county: Body, today: date) -> list[BodyEntry]:
    """Unions below the county's that sit in an enterprise. Those that apply have a wage agreement in force there, but
    the last one, so that what excludes can be seen; then others."""
    rows = BodyEntry.objects.on(today).filter(body__line="union", kind="union_committee")
    employers = UnitEntry.objects.on(today).filter(kind="enterprise").values("unit")
    rows = rows.filter(body__line_path__startswith=county.line_path, seat__in=employers)
    rows = rows.select_related("body", "seat", "leader").order_by("body")
    agreed = CoveredUnit.objects.filter(valid__contains=today).values("unit")
    apply = [*rows.filter(seat__in=agreed)[: APPLY - 1], *rows.exclude(seat__in=agreed)[:1]]
    return [*apply, *rows.exclude(body__in=[each.body_id for each in apply])[:GIVEN]]


def _call(keeper: Body, county: Body, firms: list[BodyEntry], today: date) -> None:
    version = Honour.objects.get(pk=CALLED).versions.get()
    begun = today - timedelta(days=40)
    by = User.objects.get(username=CHAIR)
    call = Call.objects.create(
        keeper=keeper, version=version, year=today.year, title=f"样例：{today.year}年五一劳动奖状", places=PROPOSED,
        document="样例批〔2021〕12号", apply_until=today - timedelta(days=20), review_until=today - timedelta(days=5),
        state=Call.State.NOTICE, opened_on=begun, proposed_by=by, notice_on=today,
        notice_until=calendar.add_working(today, 5),
    )  # fmt: skip
    made = Application.objects.bulk_create(
        Application(
            call=call, by_body=entry.body, unit=entry.seat, number=at + 1, story=STORIES[at % len(STORIES)],
            state="proposed" if at < PROPOSED else "not_proposed", handed_in_on=begun + timedelta(days=at), said={},
            outcome={"code": "chosen" if at < PROPOSED else "places", "total": f"{92 - 3 * at}.00",
                     "facts": {"places": PROPOSED}},
        )
        for at, entry in enumerate(firms)
    )  # fmt: skip
    rules, now = rules_of(version.definition), make_aware(datetime.combine(begun, time(12)))
    Opinion.objects.bulk_create(
        Opinion(
            application=each, kind=kind.key, state="clear", words="样例：函〔2026〕7号", given_by=by, given_at=now,
            body=county if kind.of == "superior" else entry.leader or county,
        )
        for each, entry in zip(made, firms, strict=True)
        for kind in rules.opinions
    )  # fmt: skip
    found = find(made, rules, CALLED, today)
    for each in made:
        each.findings = [one.kept() for one in found[each.pk]]
        if verdict(found[each.pk]) == NO:
            each.state, each.outcome = "not_proposed", {"code": "ineligible", "facts": {}}
    Application.objects.bulk_update(made, ["findings", "state", "outcome"])
    Objection.objects.create(application=made[0], reason=REASON, by=by, at=make_aware(datetime.combine(today, time(9))))


def _given(keeper: Body, firms: list[BodyEntry], act: Act, today: date) -> int:
    """Last years' vanguard teams: one due to be looked at again, one withdrawn."""
    day = today - timedelta(days=5 * 365 - 20)
    made = [
        Award(
            honour_id=BEFORE, giver=keeper, of_body=entry.body, unit=entry.seat, team=f"样例{at + 1}班", year=day.year,
            number=f"样例{day.year}-{at + 1:03}", document=f"样例发〔{day.year}〕3号", issuer="样例市总工会",
            awarded_on=day, link="https://example.cn/3", state="standing",
            recheck_on=today + timedelta(days=20 + 400 * at),
        )
        for at, entry in enumerate(firms)
    ]  # fmt: skip
    if made:
        made[-1].state, made[-1].ended_on = "withdrawn", today - timedelta(days=90)
    held = Award.objects.bulk_create(made)
    AwardStep.objects.bulk_create(AwardStep(award=each, verb="publish", on=day, act=act) for each in held)
    for each in held[-1:]:
        gone = today - timedelta(days=90)
        AwardStep.objects.create(award=each, verb="withdraw", on=gone, reason=WITHDRAWN, act=act)
    for each in held[1:2]:
        AwardStep.objects.create(award=each, verb="keep", on=today - timedelta(days=300), reason=FOUND, act=act)
    return len(held)


def _branch(officer: Office, act: Act, today: date) -> int:
    """The village secretary's branch: an honour of five years ago, and nurtured for the next."""
    secretary = Office.objects.on(today).filter(person__account__username=SECRETARY).first()
    county = BodyEntry.objects.on(today).filter(body=officer.body_id).values_list("superior", flat=True).first()
    if secretary is None or county is None:
        return 0
    held = Award.objects.create(
        honour_id=OF_BRANCHES, giver_id=county, of_body=secretary.body, body=secretary.body, year=today.year - 5,
        number=f"样例{today.year - 5}-党001", document="样例委〔2021〕18号", issuer="样例市委",
        awarded_on=date(today.year - 5, 7, 1), link="https://example.cn/18", state="standing",
        recheck_on=date(today.year + 1, 7, 1),
    )  # fmt: skip
    AwardStep.objects.create(award=held, verb="publish", on=held.awarded_on, act=act)
    nurtured = Nurturing.objects.create(
        keeper=officer.body, body=secretary.body, mentor=officer.person, honour_id=OF_BRANCHES, aim=AIM,
        begun_on=today - timedelta(days=60),
    )  # fmt: skip
    NurturingStage.objects.create(
        nurturing=nurtured, what="样例：把要办的三件事贴出来", due_on=today - timedelta(days=30),
        done_on=today - timedelta(days=32), word="样例：贴在村口，村民加了一件",
    )  # fmt: skip
    NurturingStage.objects.create(
        nurturing=nurtured, what="样例：三件事办成两件，请村民代表看", due_on=today + timedelta(days=30)
    )
    return 1
