"""What becomes of an award: looked at again, warned, withdrawn; who reads a person's; nurturing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from gongjian.asks.models import Ask
from gongjian.honours import awarding, growing
from gongjian.honours.access import awards_public, awards_visible_to, nurturings_visible_to
from gongjian.honours.eligibility import find
from gongjian.honours.models import Application, Award, AwardName, Nurturing
from gongjian.honours.rules import rules_of
from gongjian.register.refusals import Refused

from .conftest import application, define, noon

NOBODY = AnonymousUser()


@pytest.fixture
def held(awarded):
    return Award.objects.get(unit=awarded.town.units["hosiery"])


def steps(held):
    return list(held.steps.order_by("pk").values_list("verb", "reason"))


def test_it_is_kept_warned_cleared_and_withdrawn_each_with_its_reason(awarded, held):
    day = held.awarded_on + timedelta(days=1)
    given = {"today": day, "by": awarded.keeper}
    with pytest.raises(Refused, match="within 10 years"):
        awarding.keep(held, reason="好", recheck_on=day.replace(year=day.year + 11), now=noon(day), **given)
    with pytest.raises(Refused, match="Say what has to be put right"):
        awarding.warn(held, reason=" ", recheck_on=day + timedelta(days=30), **given)
    awarding.warn(held, reason="欠薪苗头", recheck_on=day + timedelta(days=30), **given)
    with pytest.raises(Refused, match="was warned"):
        awarding.keep(held, reason="好", recheck_on=day + timedelta(days=30), now=noon(day), **given)
    awarding.clear(held, reason="已补发", recheck_on=day + timedelta(days=300), now=noon(day), **given)
    awarding.withdraw(held, reason="隐瞒事故", now=noon(day), **given)
    held.refresh_from_db()
    assert (held.state, held.ended_on) == ("withdrawn", day)
    assert steps(held) == [("publish", ""), ("warn", "欠薪苗头"), ("clear", "已补发"), ("withdraw", "隐瞒事故")]
    with pytest.raises(Refused, match="was withdrawn"):
        awarding.withdraw(held, reason="再来", now=noon(day), **given)
    assert awards_visible_to(NOBODY).filter(pk=held.pk).exists()


def test_of_two_who_decide_at_once_the_second_is_told(awarded, held):
    day, same = held.awarded_on + timedelta(days=1), Award.objects.get(pk=held.pk)
    awarding.withdraw(held, reason="隐瞒事故", today=day, now=noon(day), by=awarded.keeper)
    with pytest.raises(Refused, match="Look at it again"):
        awarding.lapse(same, reason="到期", today=day, now=noon(day), by=awarded.colleague)


def test_only_who_gave_it_keeps_it(awarded, held):
    day = held.awarded_on
    with pytest.raises(Refused, match="whoever keeps the yearly plan of the organisation that gave them"):
        awarding.withdraw(held, reason="不服", today=day, now=noon(day), by=awarded.applicant)


def test_it_is_asked_once_that_honours_are_looked_at_again(awarded, held):
    city = awarded.town.bodies["city_union"]
    asked = Ask.objects.filter(body=city, state="open", sending__about=f"honours.recheck:{city.pk}")
    day = held.recheck_on - timedelta(days=31)
    awarding.owe_rechecks(day, noon(day))
    assert asked.count() == 0
    for later in (1, 2):
        awarding.owe_rechecks(day + timedelta(days=later), noon(day))
    assert [each.minutes for each in asked] == [10]
    for each in Award.objects.all():
        assert asked.all().count() == 1
        awarding.keep(each, reason="仍然好", recheck_on=held.recheck_on + timedelta(days=365), today=held.recheck_on,
                      now=noon(held.recheck_on), by=awarded.keeper)  # fmt: skip
    assert asked.all().count() == 0


def test_a_lower_title_that_is_withdrawn_in_mid_round_does_not_count_any_more(awarded, held):
    rules = rules_of(define("worker_pioneer", lower={"honour": "may_day_certificate", "years": 0}).definition)
    its = application(awarded, "hosiery")

    def lower():
        found = find([its], rules, "worker_pioneer", held.awarded_on)[its.pk]
        return next(each.verdict for each in found if each.code == "lower")

    assert lower() == "ok"
    awarding.withdraw(held, reason="隐瞒", today=held.awarded_on, now=noon(held.awarded_on), by=awarded.keeper)
    assert lower() == "no"


# == persons ==
@pytest.fixture
def medal(awarded):
    return Award.objects.create(
        honour=define("may_day_medal"), giver=awarded.town.bodies["city_union"], of_body=awarded.joint, year=2026,
        person=awarded.town.people["chair"], number="M1", document="样例1号", link="https://example.com", issuer="样例",
        awarded_on=awarded.today, state="standing",
    )  # fmt: skip


def test_of_a_person_everybody_reads_only_what_they_let_them(awarded, medal):
    concerned = {"applicant": True, "county": True, "keeper": True, "branch": False, "reviewer": False}
    seen = {who: awards_visible_to(getattr(awarded, who)).filter(pk=medal.pk).exists() for who in concerned}
    assert seen == concerned
    assert not awards_public().filter(pk=medal.pk).exists() and not awards_visible_to(NOBODY).filter(pk=medal.pk)
    with pytest.raises(Refused, match="Only the person who was honoured"):
        awarding.show_name(medal, name="陈样例", by=awarded.keeper)
    awarding.show_name(medal, name="陈师傅", by=awarded.applicant)
    assert awards_visible_to(NOBODY).filter(pk=medal.pk).exists()
    awarding.hide_name(medal, by=awarded.applicant)
    assert not awards_visible_to(NOBODY).filter(pk=medal.pk) and AwardName.objects.count() == 0


def test_who_is_forgotten_has_no_public_name(awarded, medal):
    from gongjian.honours.own import forget_of, tables_of

    awarding.show_name(medal, name="陈师傅", by=awarded.applicant)
    tables = {each.key: each.rows for each in tables_of(awarded.town.people["chair"])}
    assert [row[1] for row in tables["honours"]] == ["M1"]
    forget_of(awarded.town.people["chair"])
    assert AwardName.objects.count() == 0


def test_an_award_is_of_exactly_one(awarded, held):
    with pytest.raises(IntegrityError, match="honours_award_of_one"), transaction.atomic():
        Award.objects.filter(pk=held.pk).update(body=awarded.joint)


# == nurturing ==
def nurture(called, **given):
    people, bodies = called.town.people, called.town.bodies
    fields = {
        "mentor": people["county_chair"], "aim": "样例：做优质服务的样子", "today": called.today, "by": called.county,
        "stages": [("先去台账", called.today + timedelta(days=10)), ("再看成效", called.today + timedelta(days=90))],
        "body": bodies["joint_union"],
    }  # fmt: skip
    return growing.begin(bodies["county_union"], **fields | given)


def test_nurturing_has_a_mentor_and_stages_and_ends_in_an_application_or_honestly(opened):
    its = nurture(opened)
    with pytest.raises(Refused, match="You nurture this one already"):
        nurture(opened)
    with pytest.raises(Refused, match="somebody else, who holds an office"):
        nurture(opened, body=None, person=opened.town.people["chair"], mentor=opened.town.people["chair"],
                agreed_how="口头")  # fmt: skip
    with pytest.raises(Refused, match="Say how the person agreed"):
        nurture(opened, body=None, person=opened.town.people["chair"])
    with pytest.raises(Refused, match="or one below it in the line"):
        nurture(opened, body=opened.town.bodies["village_party"])
    first, second = its.stages.all()
    given = {"today": opened.today, "now": noon(opened.today), "by": opened.county}
    growing.reach(first, word="去掉了", **given)
    with pytest.raises(Refused, match="reached already"):
        growing.reach(first, word="又一次", **given)
    with pytest.raises(Refused, match="for another one"):
        growing.lead_to(its, application(opened, "hosiery"), **given)
    growing.end(its, because="人手不够，先停", **given)
    with pytest.raises(Refused, match="has ended"):
        growing.reach(second, word="晚了", **given)
    assert Nurturing.objects.get().state == "ended"
    unit = nurture(opened, body=None, unit=opened.town.units["village"])
    same = Application.objects.create(call=opened.call, by_body=opened.joint, unit=unit.unit, number=99)
    with pytest.raises(Refused, match="not handed in since"):
        growing.lead_to(unit, same, **given)
    early = {"state": "handed_in", "handed_in_on": opened.today - timedelta(days=1), "story": "样例"}
    Application.objects.filter(pk=same.pk).update(**early)
    with pytest.raises(Refused, match="not handed in since"):
        growing.lead_to(unit, same, **given)
    Application.objects.filter(pk=same.pk).update(handed_in_on=opened.today)
    growing.lead_to(unit, same, **given)
    assert Nurturing.objects.get(pk=unit.pk).application == same


def test_only_those_concerned_read_of_it(opened):
    its = nurture(opened)
    readers = {name: getattr(opened, name) for name in ("applicant", "county", "keeper", "branch", "reviewer")}
    readers |= {"stranger": opened.town.stranger, "nobody": NOBODY}
    seen = {name for name, who in readers.items() if nurturings_visible_to(who).filter(pk=its.pk).exists()}
    assert seen == {"applicant", "county"}


def test_a_stage_that_is_due_is_asked_about_once(opened):
    its = nurture(opened)
    asked = Ask.objects.filter(sending__about=its.about, state="open")
    for _night in range(2):
        growing.owe_stages(opened.today, noon(opened.today))
    assert [each.body for each in asked] == [opened.town.bodies["county_union"]]
    growing.reach(its.stages.first(), word="好", today=opened.today, now=noon(opened.today), by=opened.county)
    assert asked.all().count() == 0


def test_the_mentor_tends_and_does_not_end_it(opened):
    its = nurture(opened, mentor=opened.town.people["reviewer"])
    stage = its.stages.first()
    growing.reach(stage, word="好", today=opened.today, now=noon(opened.today), by=opened.reviewer)
    given = {"because": "不想了", "today": opened.today, "now": noon(opened.today)}
    for who in (opened.reviewer, opened.town.stranger):
        with pytest.raises(Refused, match="kept by whoever nurtures"):
            growing.end(its, by=who, **given)
