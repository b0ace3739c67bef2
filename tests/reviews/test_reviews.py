"""The life of a review, its bounds by hand, what is refused, and what is asked of whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act
from gongjian.notices.models import Letter
from gongjian.register import actions
from gongjian.register.forgetting import forget
from gongjian.register.models import Membership, Office
from gongjian.register.refusals import Refused
from gongjian.reviews import grading, holding, opening
from gongjian.reviews.grading import Chosen
from gongjian.reviews.models import CountSheet, GradeObjection, MemberGrade, MemberReview, ReviewYear
from gongjian.reviews.own import tables_of
from gongjian.reviews.rules import faults, rules_of
from tests.register import town as small

from .conftest import (
    NOW,
    answer,
    approve,
    define,
    definition,
    go_up,
    grade,
    grade_all,
    hand_up,
    hold,
    later,
    mark_new,
    note_all,
    object_to,
    open_year,
    propose,
    send_back,
    tell,
    type_alike,
)


def asks(about: str) -> list[tuple[int, str]]:
    return list(Ask.objects.filter(sending__about=about).order_by("pk").values_list("body_id", "state"))


def test_the_whole_life(begun):
    branch, street = begun.town.bodies["village_party"].pk, begun.town.bodies["street_party"].pk
    year = begun.opened.year
    assert begun.opened.unasked == [] and asks(year.about) == [(branch, "open")]
    assert begun.review.above_id == street and len(begun.rows()) == 12
    holding.say(begun.row("member"), words="今年参加了12次活动", by=begun.by("member"))
    hold(begun)
    mark_new(begun)
    type_alike(begun, member=(8, 2, 0, 0))
    grade_all(begun, member=Chosen("excellent"))
    grading.propose(begun.review, by=begun.by("secretary"))
    assert begun.row("member").told_on is None and not Letter.objects.filter(kind__startswith="reviews:").exists()
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    note_all(begun)
    written = set(Letter.objects.filter(kind__startswith="reviews:").values_list("account_id", flat=True))
    assert written == {begun.by(key).pk for key in ("secretary", "deputy", "member", "other")}
    assert go_up(begun) == ""
    assert asks(year.about) == [(branch, "done")] and asks(year.about_approving) == [(street, "open")]
    assert approve(begun).approved_by == begun.by("street")
    assert asks(year.about_approving) == [(street, "done")]
    grading.file(begun.review, today=later(begun), by=begun.by("secretary"))
    assert begun.review.state == "filed"
    verbs = Act.objects.filter(subject=begun.review.about).values_list("verb", flat=True)
    assert {f"reviews.{each}" for each in ("hold", "propose", "tell", "hand_up", "approve", "file")} <= set(verbs)
    facts = str(list(Act.objects.filter(verb__startswith="reviews.").values_list("facts", flat=True)))
    assert "excellent" not in facts and "样例" not in facts


@pytest.mark.parametrize(
    ("key", "graded", "most"),
    [("party", 2, 0), ("party", 3, 1), ("party", 10, 3), ("party", 31, 10),
     ("league", 2, 0), ("league", 3, 0), ("league", 10, 3), ("league", 31, 9)],
)  # fmt: skip
def test_the_best_by_hand(key, graded, most):
    rules = rules_of(definition(key))
    assert rules.most_best(graded) == most
    rows = [MemberGrade(grade="excellent" if at < most else "good") for at in range(graded)]
    assert grading.missing(rows, rules, {}) == []
    rows[most].grade = "excellent"
    (said,) = grading.missing(rows, rules, {})
    assert f"given to {most + 1};" in said and f"of {graded} who are graded {most} may" in said


def test_who_gets_no_grade_does_not_count_for_the_most(begun):
    """Eleven are graded, so three may have the best; with two more left out by vote nine are, and still three."""
    hold(begun)
    best = {key: Chosen("excellent") for key in ("member", "other", "plain0", "plain1")}
    grade_all(begun, **best)
    with pytest.raises(Refused, match="given to 4; of 11 who are graded 3"):
        grading.propose(begun.review, by=begun.by("secretary"))
    grade(begun, {"plain1": Chosen("good"), "plain2": Chosen("exempt"), "plain3": Chosen("exempt")})
    assert grading.propose(begun.review, by=begun.by("secretary")).state == "proposed"
    assert begun.row("plain2").grade == "" and begun.row("new").ungraded == "probationary"
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberGrade.objects.filter(pk=begun.row("new").pk).update(grade="good")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"came": 5, "valid": 5}, "5 of 12 came; it takes 6"),
        ({"to_come": 13}, "On the roll are 12"),
        ({"to_come": 0}, "On the roll are 12"),
        ({"came": 13}, "No more came"),
        ({"valid": 12}, "No more came"),
        ({"held_on": "tomorrow"}, "until today"),
        ({"by": "street"}, "does not keep"),
        ({"by": "member"}, "does not keep"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(begun, given, says):
    if given.get("held_on"):
        given = {"held_on": begun.today + timedelta(days=1)}
    with pytest.raises(Refused, match=says):
        hold(begun, **given)
    assert begun.review.state == "begun" and begun.review.came is None


def test_the_quorum_of_the_league_is_two_thirds(begun):
    MemberReview.objects.update(definition=definition("league"))
    with pytest.raises(Refused, match="7 of 12 came; it takes 8"):
        hold(begun, came=7, valid=7)
    assert hold(begun, came=8, valid=8).state == "held"


# == ballots ==
def test_two_people_type_the_ballots_alike_and_only_what_may_be_told_is_kept(begun):
    hold(begun)
    mark_new(begun)
    sheet = {each.pk: [3, 7, 0, 0] for each in begun.rows() if not each.ungraded}
    sheet[begun.row("member").pk] = [5, 5, 0, 0]
    holding.type_sheet(begun.review, sheet, by=begun.by("secretary"))
    assert holding.sheets_shown(begun.review, begun.by("deputy")) == []
    other = sheet | {begun.row("other").pk: [2, 8, 0, 0]}
    holding.type_sheet(begun.review, other, by=begun.by("deputy"))
    assert len(holding.sheets_shown(begun.review, begun.by("deputy"))) == 2 and not begun.review.is_counted
    with pytest.raises(Refused, match="differ"):
        grading.propose(begun.review, by=begun.by("secretary"))
    holding.type_sheet(begun.review, sheet, by=begun.by("deputy"))
    assert begun.review.is_counted and not CountSheet.objects.exists()
    assert begun.row("member").ballot == {"as": "counts", "numbers": [5, 5, 0, 0], "ballots": 10}
    assert begun.row("other").ballot == {"as": "band", "option": 1, "outside": 4, "ballots": 10}
    assert begun.row("new").ballot is None
    with pytest.raises(Refused, match="told once"):
        holding.type_sheet(begun.review, sheet, by=begun.by("secretary"))
    with pytest.raises(Refused, match="counted already"):
        hold(begun)


def test_below_ten_ballots_nothing_is_kept(begun):
    hold(begun, valid=9)
    sheet = {each.pk: [2, 7, 0, 0] for each in begun.rows()}
    with pytest.raises(Refused, match="fewer than 10 ballots"):
        holding.type_sheet(begun.review, sheet, by=begun.by("secretary"))
    assert not CountSheet.objects.exists()


def test_fewer_than_ten_who_voted_about_one_person_keep_nothing_of_it(begun):
    hold(begun)
    mark_new(begun)
    type_alike(begun, member=(9, 0, 0, 0))
    assert begun.row("member").ballot is None and begun.row("other").ballot is not None


@pytest.mark.parametrize(
    ("numbers", "says"), [([3, 8, 0, 0], "11 ballots"), ([-1, 5, 0, 0], "whole number"), ([3, 7, 0], "whole number")]
)
def test_a_sheet_that_cannot_be_is_refused(begun, numbers, says):
    hold(begun)
    sheet = {each.pk: [3, 7, 0, 0] for each in begun.rows()}
    with pytest.raises(Refused, match=says):
        holding.type_sheet(begun.review, sheet | {begun.row("other").pk: numbers}, by=begun.by("secretary"))
    with pytest.raises(Refused, match="has changed"):
        holding.type_sheet(begun.review, {begun.row("other").pk: [1, 0, 0, 0]}, by=begun.by("secretary"))


# == proposing ==
def test_a_grade_other_than_most_ballots_and_the_worst_need_a_reason(begun):
    hold(begun)
    mark_new(begun)
    type_alike(begun)
    grade_all(begun, member=Chosen("excellent"), other=Chosen("poor"))
    with pytest.raises(Refused) as no:
        grading.propose(begun.review, by=begun.by("secretary"))
    assert "沈样例: most ballots were for another grade" in str(no.value)
    assert "钱样例: for “Not qualified” write the reason" in str(no.value)
    reasons = {"member": Chosen("excellent", "全年带头参加"), "other": Chosen("poor", "连续六个月不参加组织生活")}
    grade(begun, reasons)
    assert grading.propose(begun.review, by=begun.by("secretary")).state == "proposed"


def test_nothing_follows_from_ballots_alone(begun):
    hold(begun)
    mark_new(begun)
    type_alike(begun)
    assert {each.grade for each in begun.rows()} == {""}
    with pytest.raises(Refused, match="Without a grade so far: 11"):
        grading.propose(begun.review, by=begun.by("secretary"))


def test_nobody_proposes_their_own_grade(begun):
    hold(begun)
    with pytest.raises(Refused, match="Nobody proposes their own"):
        grade(begun, {"member": Chosen("good"), "secretary": Chosen("excellent")})
    assert begun.row("member").grade == ""


def test_of_two_who_grade_at_once_the_second_is_told(begun):
    hold(begun)
    seen = begun.review
    grade(begun, {"member": Chosen("good")})
    with pytest.raises(Refused, match="Somebody else has graded"):
        grading.grade(seen, {begun.row("member").pk: Chosen("fair")}, version=seen.version, by=begun.by("deputy"))
    assert begun.row("member").grade == "good"


def test_the_same_sent_twice_changes_nothing(begun):
    hold(begun)
    grade(begun, {"member": Chosen("good")})
    version = begun.review.version
    grade(begun, {"member": Chosen("good")})
    assert begun.review.version == version
    tell_twice = lambda: grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))  # noqa: E731
    grade_all(begun)
    grading.propose(begun.review, by=begun.by("secretary"))
    tell_twice()
    with pytest.raises(Refused, match="by now"):
        tell_twice()


@pytest.mark.parametrize(
    ("choice", "reason", "says"),
    [("best", "", "roll has changed"), ("good", "长" * 301, "301 characters"), ("good", "\x00", "cannot be kept")],
)
def test_a_grade_that_cannot_be_is_refused(begun, choice, reason, says):
    hold(begun)
    with pytest.raises(Refused, match=says):
        grade(begun, {"member": Chosen(choice, reason)})


# == telling and objecting ==
def test_nothing_goes_up_before_everybody_was_told_and_had_their_days(begun):
    propose(begun)
    with pytest.raises(Refused, match="by now"):
        go_up(begun)
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    with pytest.raises(Refused, match="Not told yet: 7"):
        go_up(begun)
    note_all(begun)
    with pytest.raises(Refused, match="may object until"):
        go_up(begun, today=begun.today)
    objection = object_to(begun)
    with pytest.raises(Refused, match="without an answer: 1"):
        go_up(begun)
    answer(begun, objection, "reject", "deputy")
    assert go_up(begun) == "" and begun.review.state == "handed_up"


def test_an_objection_is_answered_by_another_person(begun):
    tell(begun)
    objection = object_to(begun)
    for who in ("secretary", "member", "other", "county", "stranger"):
        with pytest.raises(Refused, match="answered by another person"):
            answer(begun, objection, "reject", who)
    assert answer(begun, objection, "reject", "street").state == "rejected"
    with pytest.raises(Refused, match="already"):
        answer(begun, objection, "reject", "deputy")
    with pytest.raises(Refused, match="already"):
        object_to(begun)


def test_an_objection_that_is_upheld_changes_the_grade_within_its_bounds_and_is_told_anew(begun):
    tell(begun, other=Chosen("excellent"), plain0=Chosen("excellent"), plain1=Chosen("excellent"))
    objection = object_to(begun)
    with pytest.raises(Refused, match="given to 4; of 11 who are graded 3"):
        answer(begun, objection, "uphold", "street", choice="excellent")
    for choice in ("", "good", "nothing"):
        with pytest.raises(Refused, match="instead"):
            answer(begun, objection, "uphold", "street", choice=choice)
    assert begun.row("member").grade == "good"
    answer(begun, objection, "uphold", "street", choice="fair")
    row = begun.row("member")
    assert (row.grade, row.told_grade, row.proposed_by) == ("fair", "fair", begun.by("street"))
    go_up(begun)
    with pytest.raises(Refused, match="You proposed grades here"):
        approve(begun, "street")
    assert approve(begun, "street2").state == "approved"


def test_of_somebody_without_an_account_the_keeper_writes_the_objection_down(begun):
    tell(begun)
    with pytest.raises(Refused, match="their own grade alone"):
        object_to(begun, "plain0", by="member")
    with pytest.raises(Refused, match="their own grade alone"):
        object_to(begun, "member", by="secretary")
    objection = object_to(begun, "plain0", by="deputy")
    answer(begun, objection, "uphold", "street", choice="fair")
    assert not begun.row("plain0").is_told
    with pytest.raises(Refused, match="Not told yet: 1"):
        go_up(begun)


def test_one_objects_in_one_s_days_alone(begun):
    propose(begun)
    with pytest.raises(Refused, match="some working days"):
        object_to(begun)
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    with pytest.raises(Refused, match="some working days"):
        object_to(begun, today=later(begun))
    with pytest.raises(Refused, match="Say what is wrong"):
        object_to(begun, reason="  ")
    with pytest.raises(Refused, match="told since"):
        grading.note_told(begun.row("plain0"), told_on=begun.today + timedelta(days=1), today=begun.today,
                          by=begun.by("secretary"))  # fmt: skip
    with pytest.raises(Refused, match="reads it there"):
        MemberGrade.objects.filter(pk=begun.row("other").pk).update(told_grade="", told_on=None)
        grading.note_told(begun.row("other"), told_on=begun.today, today=begun.today, by=begun.by("secretary"))


def test_nobody_s_days_to_object_are_taken_by_an_earlier_day(begun):
    propose(begun)
    MemberReview.objects.update(held_on=begun.today - timedelta(days=30))
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    for day in (begun.today - timedelta(days=1), begun.today - timedelta(days=30)):
        with pytest.raises(Refused, match="told since"):
            note_all(begun, day)
    note_all(begun)
    objection = object_to(begun, "plain0", by="deputy")
    day = begun.today + timedelta(days=3)
    answer(begun, objection, "uphold", "street", choice="fair", today=day)
    given = {"today": day, "by": begun.by("secretary")}
    with pytest.raises(Refused, match="told since"):
        grading.note_told(begun.row("plain0"), told_on=begun.today, **given)
    assert grading.note_told(begun.row("plain0"), told_on=day, **given).told_on == day


# == above ==
def test_nobody_on_the_roll_nor_who_proposed_approves(begun):
    small.membership(begun.town.people["street"], begun.town.bodies["village_party"])
    opening.renew_roll(begun.review, roll_on=begun.today, today=begun.today, by=begun.by("secretary"))
    assert len(begun.rows()) == 13
    hold(begun)
    grade_all(begun, street=Chosen("good"))
    grading.propose(begun.review, by=begun.by("secretary"))
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    note_all(begun)
    go_up(begun)
    small.office(begun.town.people["deputy"], begun.town.bodies["street_party"], "party_secretary")
    small.office(begun.town.people["secretary"], begun.town.bodies["street_party"], "party_secretary")
    for who, says in (("street", "on this roll"), ("deputy", "on this roll"), ("secretary", "on this roll"),
                      ("county", "organisation above"), ("member", "organisation above")):  # fmt: skip
        with pytest.raises(Refused, match=says):
            approve(begun, who)
        with pytest.raises(Refused, match=says):
            send_back(begun, who)
    assert approve(begun, "street2").state == "approved"


def test_what_is_returned_is_gone_over_and_only_who_got_another_grade_is_told_anew(begun):
    hand_up(begun)
    with pytest.raises(Refused, match="looked at again"):
        send_back(begun, reason=" ")
    assert send_back(begun) == ""
    branch = begun.town.bodies["village_party"].pk
    assert begun.review.state == "returned" and asks(begun.review.about) == [(branch, "open")]
    grade(begun, {"member": Chosen("fair", "缺席两次"), "plain0": Chosen("fair")})
    grading.propose(begun.review, by=begun.by("secretary"))
    day = later(begun)
    grading.tell(begun.review, today=day, now=NOW, by=begun.by("secretary"))
    assert (begun.row("member").told_on, begun.row("other").told_on) == (day, begun.today)
    with pytest.raises(Refused, match="Not told yet: 1"):
        go_up(begun)
    note_all(begun, day)
    go_up(begun, today=day + timedelta(days=20))
    assert asks(begun.review.about) == [(branch, "done")]


def test_another_reason_for_the_same_grade_is_told_anew(begun, signed_in):
    hand_up(begun, member=Chosen("fair", "缺席两次"))
    send_back(begun)
    grade(begun, {"member": Chosen("fair", "缺席四次")})
    page = f"/reviews/grades/{begun.row('member').pk}/"
    assert "缺席四次" not in signed_in(begun.by("member")).get(page).content.decode()
    grading.propose(begun.review, by=begun.by("secretary"))
    grading.tell(begun.review, today=later(begun), now=NOW, by=begun.by("secretary"))
    assert (begun.row("member").told_on, begun.row("other").told_on) == (later(begun), begun.today)


def test_what_was_returned_does_not_open_its_meeting_or_ballots_again(begun):
    hand_up(begun)
    send_back(begun)
    grading.propose(begun.review, by=begun.by("secretary"))
    grading.think_again(begun.review, by=begun.by("secretary"))
    assert begun.review.state == "returned"
    with pytest.raises(Refused, match="by now"):
        hold(begun, came=12)
    with pytest.raises(Refused, match="after the meeting"):
        type_alike(begun)


# == opening ==
def test_a_year_is_opened_once_and_takes_in_what_has_begun(begun):
    with pytest.raises(Refused, match="opened the year already"):
        open_year(begun.town)
    with pytest.raises(Refused, match="nothing to open"):
        open_year(begun.town, "village_party", "secretary")
    Ask.objects.all().delete()
    MemberReview.objects.update(opened=None)
    ReviewYear.objects.all().delete()
    again = open_year(begun.town)
    assert begun.review.opened == again.year and MemberReview.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"year": 2011}, "this year or the one before"),
        ({"roll_on": "tomorrow"}, "until today"),
        ({"due_on": "today"}, "from tomorrow on"),
        ({"by": "street"}, "does not keep"),
        ({"host": "joint_union", "by": "county"}, "does not keep"),
    ],
)
def test_a_year_that_cannot_be_is_refused(begun, given, says):
    days = {"tomorrow": begun.today + timedelta(days=1), "today": begun.today}
    given = {name: days.get(value, value) if name.endswith("_on") else value for name, value in given.items()}
    with pytest.raises(Refused, match=says):
        open_year(begun.town, **given)


def test_many_branches_are_opened_in_as_many_queries_as_one(begun):
    street, taken = begun.town.bodies["street_party"], []
    for number, count in enumerate((1, 1, 20)):
        for at in range(count):
            seat, name = begun.town.units["street"], f"样例支部{number}{at:02}"
            made = small.body(name, "party_branch", seat, since=small.REFORM, superior=street)
            small.membership(small.person(f"样例{number}{at:02}"), made)
        ReviewYear.objects.filter(host=street, year=begun.today.year).update(year=2010 + number)
        with CaptureQueriesContext(connection) as asked:
            open_year(begun.town, "street_party", "street")
        taken.append(len(asked))
    assert taken[1] == taken[2] and MemberReview.objects.count() == 23


def test_a_branch_begins_by_itself(begun):
    town = begun.town
    league = town.bodies["league"]
    keeper = small.account("团书记")
    person = small.person("团书记", account=keeper)
    small.membership(person, league)
    given: dict[str, Any] = {"year": begun.today.year, "roll_on": begun.today, "today": begun.today}
    with pytest.raises(Refused, match="does not keep"):
        opening.begin(league, **given, by=keeper)
    with pytest.raises(Refused, match="begun already"):
        opening.begin(town.bodies["village_party"], **given, by=begun.by("secretary"))
    with pytest.raises(Refused, match="has nobody below it"):
        opening.begin(town.bodies["street_party"], **given, by=begun.by("street"))
    begun.review.grades.all().delete()
    Ask.objects.all().delete()
    MemberReview.objects.all().delete()
    made = opening.begin(town.bodies["village_party"], **given, by=begun.by("secretary"))
    assert (made.opened, made.grades.count()) == (begun.opened.year, 12)


def test_the_roll_is_that_of_another_day_until_the_meeting(begun):
    holding.say(begun.row("member"), words="样例", by=begun.by("member"))
    Membership.objects.filter(person=begun.town.people["plain0"]).update(valid=(small.FIRST, begun.today))
    given = {"roll_on": begun.today, "today": begun.today}
    with pytest.raises(Refused, match="does not keep"):
        opening.renew_roll(begun.review, **given, by=begun.by("street"))
    opening.renew_roll(begun.review, **given, by=begun.by("secretary"))
    assert len(begun.rows()) == 11 and begun.row("member").words == "样例"
    hold(begun, to_come=11)
    with pytest.raises(Refused, match="the roll stays"):
        opening.renew_roll(begun.review, **given, by=begun.by("secretary"))


def test_a_dissolved_branch_goes_no_further_and_what_went_up_is_approved(begun):
    tell(begun)
    branch = begun.town.bodies["village_party"]
    for body in ("joint_union", "league"):
        actions.amend_body(begun.town.bodies[body], on=begun.today, today=begun.today, by=None, leader=None)
    Office.objects.filter(body=branch).update(valid=(small.FIRST, begun.today))
    with transaction.atomic():
        actions.close_body(branch, on=begun.today, today=begun.today, by=None)
        with pytest.raises(Refused, match="was dissolved"):
            go_up(begun, by=begun.by("street"))
        assert begun.review.state == "told"
        MemberReview.objects.update(state="handed_up", handed_up_on=begun.today)
        assert approve(begun).state == "approved"
        assert grading.file(begun.review, today=later(begun), by=begun.by("street")).state == "filed"


# == rules, forgetting, taking away ==
@pytest.mark.parametrize(
    "other",
    [
        {"grades": definition()["grades"][:1]},
        {"best_most": [1, 1]},
        {"best_most": [1, 0]},
        {"quorum": [1, 3]},
        {"quorum": [3, 2]},
        {"objection_days": 4},
        {"ungraded": [{"key": "good", "names": {"zh-hans": "样", "en": "x"}}]},
    ],
)
def test_rules_that_may_not_be(other):
    assert len(list(faults(definition(**other)))) == 1 and not list(faults(definition()))


def test_a_review_keeps_the_rules_it_began_with(begun):
    with pytest.raises(Refused, match="five to thirty"):
        define(objection_days=1)
    define(best_most=[1, 2])
    assert rules_of(begun.review.definition).most_best(10) == 3


def test_one_takes_away_one_s_own_and_nothing_is_left_when_forgotten(begun):
    propose(begun, member=Chosen("fair", "缺席两次"))
    person = begun.town.people["member"]
    assert tables_of(person)[0].rows[0][2:4] == ("", "")
    grading.tell(begun.review, today=begun.today, now=NOW, by=begun.by("secretary"))
    object_to(begun)
    first, second = tables_of(person)
    assert first.rows[0][2:4] == ("Basically qualified", "缺席两次") and len(second.rows) == 1
    Membership.objects.filter(person=person).update(valid=(small.FIRST, begun.today))
    forget(person, reason="样例", today=begun.today, by=begun.town.clerk)
    assert not MemberGrade.objects.filter(person=person).exists() and not GradeObjection.objects.exists()
    assert begun.review.to_come == 12


def test_one_says_one_s_own_words_and_takes_them_out(begun):
    row = begun.row("member")
    with pytest.raises(Refused, match="themselves alone"):
        holding.say(row, words="样例", by=begun.by("secretary"))
    assert holding.say(row, words=" 样例 ", by=begun.by("member")).words == "样例"
    assert holding.say(row, words="", by=begun.by("member")).words == ""
    propose(begun)
    with pytest.raises(Refused, match="proposed by now"):
        holding.say(row, words="样例", by=begun.by("member"))


def test_a_body_that_approves_what_it_opened_itself_is_not_asked(begun):
    ReviewYear.objects.update(host=begun.town.bodies["street_party"])
    assert hand_up(begun) == ""
    assert asks(begun.opened.year.about_approving) == []
