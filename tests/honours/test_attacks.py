"""What somebody could try who wants an honour they should not get, or to read what is not theirs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjian.asks.models import Ask
from gongjian.honours import applying, awarding, calling, deciding, earlier, opinions, reviewing
from gongjian.honours.access import applications_visible_to, may_answer, opinions_asked_of
from gongjian.honours.models import Application, Award, Call, Objection, Opinion, Review, Reviewer
from gongjian.register.models import Headcount, Office
from gongjian.register.refusals import Refused

from .conftest import application, award, begin_review, noon, review
from .test_earlier import FIRST, a_file, look


def for_person(called, key, **fields):
    """An application of the call is for this person of the joint union."""
    rows = Application.objects.filter(call=called.call, unit=called.town.units["hosiery"])
    rows.update(unit=None, person=called.town.people[key], agreed_on=called.today, **fields)
    return Application.objects.get(call=called.call, person=called.town.people[key])


# == one's own ==
def test_nobody_is_heard_on_themselves(opened):
    begin_review(opened)
    its = for_person(opened, "secretary")
    asked = Opinion.objects.get(application=its, kind="discipline")
    with pytest.raises(Refused, match="Ask a colleague"):
        opinions.give(asked, "clear", words="样例", now=noon(opened.after), by=opened.branch)
    assert not opinions_asked_of(opened.branch).filter(application=its).exists()


def test_nobody_leaves_out_answers_or_awards_where_it_is_their_own(noticed):
    its = for_person(noticed, "colleague")
    its.call = noticed.call
    made = Objection.objects.create(application=its, reason="样例", by=noticed.town.stranger, at=noon(noticed.after))
    assert not may_answer(noticed.colleague, made)
    with pytest.raises(Refused, match="It is for yourself"):
        applying.exclude(its, reason="样例", now=noon(noticed.after), by=noticed.colleague)
    made.delete()
    with pytest.raises(Refused, match="You are on the list yourself"):
        award(noticed)


# == two people ==
def test_who_proposed_the_list_leaves_nobody_out_of_it_and_who_mended_it_does_not_award(noticed):
    its = application(noticed, "hosiery")
    given = {"reason": "样例", "now": noon(noticed.after)}
    with pytest.raises(Refused, match="You proposed the list"):
        applying.exclude(its, by=noticed.keeper, **given)
    applying.exclude(its, by=noticed.colleague, **given)
    deciding.mend_list(noticed.again(), today=noticed.after, now=noon(noticed.after), by=noticed.colleague)
    with pytest.raises(Refused, match="or mended it"):
        award(noticed)
    assert len(award(noticed, by=noticed.keeper)) == 1


def test_nobody_is_left_out_of_a_call_that_is_over(opened):
    its = application(opened, "hosiery")
    calling.call_off(opened.again(), reason="今年不评", now=noon(opened.after), by=opened.keeper)
    with pytest.raises(Refused, match="The call is over"):
        applying.exclude(its, reason="样例", now=noon(opened.after), by=opened.colleague)


def test_two_calls_of_one_place_are_opened_one_after_the_other(called):
    with CaptureQueriesContext(connection) as queries:
        calling.open_call(called.call, today=called.today, by=called.keeper)
    locks = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    assert any('FROM "register_unit"' in each for each in locks)


# == blind ==
def test_who_reads_the_name_elsewhere_does_not_review_blind_but_says_so(opened):
    begin_review(opened)
    Reviewer.objects.update(is_blind=True, person=opened.town.people["county_chair"])
    its, mine = application(opened, "hosiery"), Reviewer.objects.get()
    assert applications_visible_to(opened.county).filter(pk=its.pk).exists()
    with pytest.raises(Refused, match="you do not review it blind"):
        reviewing.give(mine, its, given={"work": 1, "workers": 1}, now=noon(opened.after), by=opened.county)
    reviewing.declare(mine, its, conflict="已看过名称", now=noon(opened.after), by=opened.county)
    assert Review.objects.get().conflict == "已看过名称"


def test_who_holds_no_office_any_more_reviews_no_more(opened):
    begin_review(opened)
    Office.objects.filter(person=opened.town.people["reviewer"]).delete()
    with pytest.raises(Refused, match="You do not review in this phase"):
        review(opened, "hosiery", "90")
    assert not applications_visible_to(opened.reviewer).exists()


# == what left the round ==
def test_what_was_taken_back_is_not_shown_to_who_was_asked(opened):
    begin_review(opened)
    its = application(opened, "hosiery")
    applying.take_back(its, reason="", today=opened.after, now=noon(opened.after), by=opened.applicant)
    assert not opinions_asked_of(opened.branch).filter(application=its).exists()
    assert opinions_asked_of(opened.branch).count() == 2


def test_what_was_left_out_is_not_waited_for(opened):
    begin_review(opened)
    its = application(opened, "hosiery")
    applying.exclude(its, reason="样例", now=noon(opened.after), by=opened.keeper)
    assert not opinions_asked_of(opened.branch).filter(application=its).exists()


def test_a_call_that_is_called_off_asks_nobody_to_answer_objections(noticed):
    its = application(noticed, "hosiery")
    deciding.raise_objection(its, reason="样例", today=noticed.after, now=noon(noticed.after), by=noticed.town.stranger)
    assert Ask.objects.filter(state="open", sending__about__startswith="honours.objection").count() == 1
    calling.call_off(noticed.again(), reason="今年不评", now=noon(noticed.after), by=noticed.keeper)
    assert Ask.objects.filter(state="open", sending__about__startswith="honours.").count() == 0


def test_a_number_that_is_not_known_any_more_is_to_be_entered_and_the_list_not_mended(noticed):
    composition = [{"count": "staff", "least": 1}]
    version = noticed.call.version
    version.definition = version.definition | {"composition": composition}
    version.save()
    Headcount.objects.filter(unit=noticed.town.units["hosiery"]).delete()
    day = noticed.call.notice_until + timedelta(days=1)
    wrong = " ".join(deciding.not_awarded_because(noticed.again(), day))
    assert "is not known. Enter it in the register" in wrong and "Mend the list" not in wrong


# == numbers, days, names ==
def test_a_certificate_number_that_came_with_a_file_is_left_free(noticed):
    number = f"{noticed.call.year}-{noticed.call.pk:04}-001"
    earlier.enter(look(noticed, [*FIRST[:3], number, *FIRST[4:]]), by=noticed.keeper)
    assert [each.number[-4:] for each in award(noticed)] == ["-002", "-003"]


@pytest.mark.parametrize("verb", ["keep", "warn", "clear"])
def test_a_recheck_is_not_put_off_for_ever(awarded, verb):
    held, day = Award.objects.first(), awarded.call.notice_until + timedelta(days=2)
    Award.objects.update(state="warned" if verb == "clear" else "standing")
    more = {} if verb == "warn" else {"now": noon(day)}
    with pytest.raises(Refused, match="within 10 years"):
        getattr(awarding, verb)(
            held, reason="好", recheck_on=day.replace(year=9999), today=day, by=awarded.keeper, **more
        )


def test_an_honour_is_entered_by_whoever_could_give_it(called):
    """Else a village could enter that it holds one of the city, and stand on that for a higher one."""
    its = earlier.look_at(called.joint, a_file(FIRST), today=called.today, now=noon(called.today), by=called.applicant)
    assert "given on the level of the city" in its.problems[0]["said"] and its.rows == []
    with pytest.raises(Refused, match="all come in, or none"):
        earlier.enter(its, by=called.applicant)


@pytest.mark.parametrize("name", ["样例“旧”1", 'a"; filename=x.exe', "＃[引用]*_$1", "𠮷🎖" * 18])
def test_a_certificate_bears_odd_names_as_data(awarded, name):
    held = Award.objects.first()
    Award.objects.filter(pk=held.pk).update(number=name[:40], team=name[:60], issuer=name[:100])
    answer = Client().get(reverse("honour_certificate", args=[held.pk]))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert "filename" in answer["Content-Disposition"] and "\n" not in answer["Content-Disposition"]
    assert "=?utf-8?" not in answer["Content-Disposition"] and "; filename=x.exe" not in answer[
        "Content-Disposition"
    ].replace('\\"; filename=x.exe', "")  # fmt: skip


def test_signs_that_no_database_takes_narrow_to_nothing(awarded):
    for name in ("honour", "state"):
        assert Client().get(reverse("honour_awards"), {name: "a\x00"}).status_code == 200


def test_the_review_of_many_applications_begins(opened):
    """An ask takes four hours at most; a call of 25 applications begins its review all the same."""
    mine = application(opened, "hosiery")
    Application.objects.bulk_create(
        Application(call=opened.call, by_body=mine.by_body, unit=mine.unit, team=f"班组{at}", number=100 + at,
                    state="handed_in", handed_in_on=opened.today, story="样例") for at in range(25)
    )  # fmt: skip
    begin_review(opened)
    assert Call.objects.get(pk=opened.call.pk).state == "reviewing"
