"""From a call to an award: what each step does, what it refuses, and who may do it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.asks.models import Ask
from gongjian.honours import applying, calling, deciding, opinions, reviewing
from gongjian.honours.access import bodies_applying, bodies_within, calls_open_to, is_own
from gongjian.honours.models import Application, Award, Call, Honour, Objection, Opinion, Review, Reviewer
from gongjian.register import actions
from gongjian.register.models import Cover
from gongjian.register.refusals import Refused
from tests.register import town as small

from .conftest import (
    application,
    award,
    begin,
    begin_review,
    define,
    draft,
    hand_in,
    hear,
    name_reviewer,
    noon,
    officer,
    review,
)


def states(called):
    return dict(Application.objects.filter(call=called.call).values_list("unit__entries__name", "state"))


def open_asks(body):
    return set(Ask.objects.filter(body=body, state="open").values_list("sending__about", flat=True))


# == beginning and opening ==
def test_an_honour_is_called_for_on_its_own_level_and_in_its_own_line(called):
    town, honour = called.town, called.call.version.honour
    officer(town, "county_party", "吴样例", "county_party", "party_secretary")
    with pytest.raises(Refused, match="on the level of the city"):
        begin(town, honour, keeper="county_union", by=town.accounts["county_chair"])
    with pytest.raises(Refused, match="another line"):
        begin(town, define("advanced_party_body", level="city"), keeper="city_union")
    with pytest.raises(Refused, match="whoever keeps the yearly plan"):
        begin(town, honour, by=town.accounts["county_chair"])
    with pytest.raises(Refused, match="20 places at most"):
        begin(town, honour, places=21)
    with pytest.raises(Refused, match="Mend the days"):
        begin(town, honour, apply_until=town.today)


def test_without_its_approval_a_call_is_not_opened_and_the_database_holds_it(called):
    bare = begin(called.town, called.call.version.honour, document="")
    with pytest.raises(Refused, match="Without one there is no such honour"):
        calling.open_call(bare, today=called.today, by=called.keeper)
    with pytest.raises(IntegrityError, match="honours_call_opened_by_its_approval"), transaction.atomic():
        Call.objects.filter(pk=bare.pk).update(state="open", opened_on=called.today)
    calling.mend(bare, document="样例批2号", seed="", by=called.keeper)
    calling.open_call(Call.objects.get(pk=bare.pk), today=called.today, by=called.keeper)
    assert Call.objects.get(pk=bare.pk).state == "open"


def test_the_cycle_is_kept(opened):
    town, honour = opened.town, define("may_day_certificate", cycle_years=2)
    second = begin(town, honour, year=town.today.year + 1)
    with pytest.raises(Refused, match=rf"is given every 2 years.*The next is {town.today.year + 2}"):
        calling.open_call(second, today=town.today, by=opened.keeper)


def test_a_county_gives_one_award_in_a_year(called):
    town = called.town
    by = officer(town, "county_secretary", "吴样例", "county_party", "party_secretary")
    first = begin(town, define("advanced_party_body"), keeper="county_party", by=by, title="先进基层党组织")
    calling.open_call(first, today=town.today, by=by)
    second = begin(town, define("excellent_member"), keeper="county_party", by=by)
    with pytest.raises(Refused, match=r"A county gives one award in a year.*先进基层党组织"):
        calling.open_call(second, today=town.today, by=by)


# == applying ==
def test_a_body_applies_for_what_it_covers_and_nothing_else(opened):
    with pytest.raises(Refused, match="or one that it covers"):
        draft(opened, "logistics")
    with pytest.raises(Refused, match="Choose an employer"):
        draft(opened, "village")
    with pytest.raises(Refused, match="There is an application for the same one"):
        draft(opened, "hosiery")
    with pytest.raises(Refused, match="Say for whom"):
        draft(opened, "hosiery", unit=None, body=opened.joint)
    team = draft(opened, "hosiery", team="样例班组")
    assert (team.number, team.team, team.state) == (3, "样例班组", "draft")


def of_the_county(called):
    """A call of the county's union, open, and three unions: below it, in its territory, and in another county."""
    town = called.town
    call = begin(town, define(within=True), keeper="county_union", by=called.county, title="县里的奖状")
    calling.open_call(call, today=town.today, by=called.county)
    others = {}
    county = {"kind": "union_federation", "superior": town.bodies["city_union"], "since": small.REFORM}
    for key, name, seat in (("beside", "样例行业工会", "street"), ("elsewhere", "越城区样例总工会", "district")):
        others[key] = town.bodies[key] = small.body(name, seat=town.units[seat], **county)
    return Call.objects.get(pk=call.pk), others


def test_those_apply_who_stand_below_the_keeper_or_sit_in_its_territory(called):
    call, others = of_the_county(called)
    assert set(bodies_within(call)) == {called.joint, others["beside"]}
    by = officer(called.town, "elsewhere", "吕样例", "elsewhere", "union_chair")
    with pytest.raises(Refused, match="below the one that keeps it, or in its territory"):
        applying.apply(call, others["elsewhere"], unit=called.town.units["district"], today=called.today, by=by)
    assert not bodies_applying(by, call).exists() and not calls_open_to(by, called.today).exists()
    near = officer(called.town, "beside", "施样例", "beside", "union_chair")
    for who, body in ((called.applicant, called.joint), (near, others["beside"])):
        assert bodies_applying(who, call).get() == body and calls_open_to(who, called.today).get() == call
    assert not calls_open_to(near, call.apply_until + timedelta(days=1)).exists()
    own = begin(called.town, define(within=True), keeper="joint_union", by=called.applicant, title="自己的")
    calling.open_call(own, today=called.today, by=called.applicant)
    assert calls_open_to(called.applicant, called.today).get() == call, "nobody honours itself"


def test_a_call_of_one_line_is_not_open_to_another(called):
    call, _others = of_the_county(called)
    assert not bodies_applying(called.branch, call).exists() and not calls_open_to(called.branch, called.today).exists()
    Honour.objects.filter(pk=call.version.honour_id).update(line=None)
    call = Call.objects.select_related("keeper", "version__honour").get(pk=call.pk)
    branch = called.town.bodies["village_party"]
    assert (
        bodies_applying(called.branch, call).get() == branch
        and calls_open_to(called.branch, called.today).get() == call
    )


def test_it_is_handed_in_with_its_deeds_while_applications_are_taken(opened):
    made = draft(opened, "hosiery", team="样例班组")
    with pytest.raises(Refused, match="Say in up to 500 characters"):
        applying.hand_in(made, today=opened.today, now=noon(opened.today), by=opened.applicant)
    applying.write(made, story="样例", said={}, by=opened.applicant)
    with pytest.raises(Refused, match="Applications were taken until"):
        applying.hand_in(made, today=opened.after, now=noon(opened.after), by=opened.applicant)
    assert opened.call.about in open_asks(opened.town.bodies["city_union"])


def test_it_is_returned_with_a_reason_and_handed_in_again(opened):
    made = application(opened, "hosiery")
    with pytest.raises(Refused, match="Say what is missing"):
        applying.send_back(made, reason=" ", by=opened.keeper)
    applying.send_back(made, reason="缺事迹", by=opened.keeper)
    assert application(opened, "hosiery").state == "returned"
    with pytest.raises(Refused, match="not open to you"):
        applying.write(made, story="样例", said={}, by=opened.town.stranger)
    applying.hand_in(made, today=opened.after, now=noon(opened.after), by=opened.applicant)
    assert application(opened, "hosiery").reason == "", "it was in time, though it is looked at after the last day"


def test_an_application_keeps_only_what_the_rules_ask(opened):
    made = draft(opened, "hosiery", team="样例班组")
    applying.write(made, story="样例", said={"counts": {"staff": 9}, "other": 1}, by=opened.applicant)
    made.refresh_from_db()
    assert made.said == {"counts": {}, "statements": {}, "marks": {}}


# == the review begins ==
def test_the_review_begins_once_applications_are_over_and_somebody_reviews(called):
    calling.open_call(called.call, today=called.today, by=called.keeper)
    called.again()
    with pytest.raises(Refused) as no:
        calling.begin_review(called.call, today=called.today, now=noon(called.today), by=called.keeper)
    assert "Applications are taken until" in str(no.value)
    assert "Nobody has handed in" in str(no.value) and "Name somebody who reviews" in str(no.value)


def test_what_is_owed_in_the_review_is_asked_of_those_who_owe_it(opened):
    begin_review(opened)
    bodies = opened.town.bodies
    heard = f"honours.opinions:{opened.call.pk}"
    assert open_asks(bodies["village_party"]) == {heard} == open_asks(bodies["county_union"])
    assert open_asks(bodies["county_party"]) == {f"honours.review:{opened.call.pk}"}
    assert open_asks(bodies["city_union"]) == set()
    hear(opened)
    assert open_asks(bodies["village_party"]) == set() == open_asks(bodies["county_union"])
    for key in ("hosiery", "hardware"):
        review(opened, key, "80")
    assert open_asks(bodies["county_party"]) == set()


def test_an_opinion_is_given_once_by_whoever_is_asked_and_not_by_the_body_itself(opened):
    begin_review(opened)
    its = Opinion.objects.filter(kind="discipline").first()
    with pytest.raises(Refused, match="asked of others"):
        opinions.give(its, "clear", words="样例", now=noon(opened.after), by=opened.county)
    with pytest.raises(Refused, match="what the opinion stands on"):
        opinions.give(its, "clear", words="", now=noon(opened.after), by=opened.branch)
    small.office(opened.town.people["secretary"], opened.joint, "union_chair")
    with pytest.raises(Refused, match="hold an office in the organisation"):
        opinions.give(its, "clear", words="样例", now=noon(opened.after), by=opened.branch)


def test_of_two_opinions_at_once_the_first_counts(opened):
    begin_review(opened)
    its = Opinion.objects.filter(kind="union").first()
    same = Opinion.objects.get(pk=its.pk)
    opinions.give(its, "against", words="未协商", now=noon(opened.after), by=opened.county)
    with pytest.raises(Refused, match="does not apply"):
        opinions.give(same, "clear", words="已协商", now=noon(opened.after), by=opened.county)
    assert Opinion.objects.get(pk=its.pk).words == "未协商"


# == reviewing ==
def test_a_reviewer_of_the_candidates_own_organisation_is_refused(opened):
    name_reviewer(opened, "chair")
    begin_review(opened)
    its = Reviewer.objects.get(person=opened.town.people["chair"])
    with pytest.raises(Refused, match="of an organisation to which you belong"):
        reviewing.give(its, application(opened, "hosiery"), given={"work": 100, "workers": 100},
                       now=noon(opened.after), by=opened.applicant)  # fmt: skip
    assert Review.objects.count() == 0


@pytest.mark.parametrize("value", ["NaN", "101", "-1", "", "1e3", "99.999", "Infinity", None])
def test_a_review_takes_numbers_from_0_to_100(opened, value):
    begin_review(opened)
    its = Reviewer.objects.get()
    with pytest.raises(Refused, match="number from 0 to 100"):
        reviewing.give(its, application(opened, "hosiery"), given={"work": value, "workers": 50},
                       now=noon(opened.after), by=opened.reviewer)  # fmt: skip


def test_nobody_reviews_who_does_not_sign_in_or_would_not_be_blind(called):
    with pytest.raises(Refused, match="There is no such phase"):
        name_reviewer(called, phase="experts")
    nobody = small.person("无账号样例")
    with pytest.raises(Refused, match="has no account"):
        calling.name_reviewer(
            called.call, "panel", nobody, by=called.keeper, today=called.today, now=noon(called.today)
        )
    medal = begin(called.town, define("may_day_medal"), title="奖章")
    people = called.town.people
    given = {"by": called.keeper, "today": called.today, "now": noon(called.today)}
    with pytest.raises(Refused, match="cannot review blind"):
        calling.name_reviewer(medal, "experts", people["colleague"], **given)
    calling.name_reviewer(medal, "experts", people["reviewer"], **given)
    with pytest.raises(Refused, match="in no phase with names"):
        calling.name_reviewer(medal, "panel", people["reviewer"], **given)


def test_a_conflict_is_declared_and_then_another_has_to_review(opened):
    begin_review(opened)
    hear(opened)
    review(opened, "hardware", "70")
    its = Reviewer.objects.get()
    reviewing.declare(its, application(opened, "hosiery"), conflict="亲属", now=noon(opened.after), by=opened.reviewer)
    with pytest.raises(Refused, match="nobody without a conflict reviews: 1"):
        deciding.propose(opened.again(), today=opened.after, now=noon(opened.after), by=opened.keeper)


def take_off(called, key="reviewer"):
    its = Reviewer.objects.get(person=called.town.people[key])
    calling.drop_reviewer(its, today=called.after, now=noon(called.after), by=called.keeper)


def test_what_a_reviewer_gave_stays_when_whoever_keeps_the_call_takes_them_off(opened):
    name_reviewer(opened, "county_chair")
    begin_review(opened)
    hear(opened)
    review(opened, "hosiery", "10")
    take_off(opened)
    left, party = Reviewer.objects.exclude(left_on=None).get(), opened.town.bodies["county_party"]
    assert left.person == opened.town.people["reviewer"] and left.reviews.get().given == {"work": "10", "workers": "10"}
    assert open_asks(party) == set(), "whoever reviews no more owes nothing"
    with pytest.raises(Refused, match="You do not review in this phase"):
        review(opened, "hosiery", "90")
    with pytest.raises(Refused, match="taken off already"):
        take_off(opened)
    for key in ("hosiery", "hardware"):
        review(opened, key, "90", "county_chair")
    deciding.propose(opened.again(), today=opened.after, now=noon(opened.after), by=opened.keeper)
    assert application(opened, "hosiery").outcome["total"] == "50.00", "the mean of both"


def test_a_reviewer_who_gave_nothing_is_gone_and_one_named_in_mid_review_is_asked(opened):
    begin_review(opened)
    take_off(opened)
    assert not Reviewer.objects.exists() and open_asks(opened.town.bodies["county_party"]) == set()
    with pytest.raises(Refused, match="Name another reviewer"):
        deciding.propose(opened.again(), today=opened.after, now=noon(opened.after), by=opened.keeper)
    opened.again()
    name_reviewer(opened)
    assert open_asks(opened.town.bodies["county_party"]) == {opened.call.about_review}


def test_whoever_was_taken_off_and_is_named_again_goes_on(opened):
    begin_review(opened)
    review(opened, "hosiery", "10")
    take_off(opened)
    opened.again()
    assert name_reviewer(opened).reviews.count() == 1
    review(opened, "hardware", "20")
    assert Reviewer.objects.get().left_on is None


# == proposing ==
def test_nobody_is_proposed_before_all_is_heard_and_reviewed(opened):
    begin_review(opened)
    with pytest.raises(Refused) as no:
        deciding.propose(opened.again(), today=opened.after, now=noon(opened.after), by=opened.keeper)
    assert "Opinions still to be heard: 6" in str(no.value) and "Reviews still to be given: 2" in str(no.value)


def test_who_is_proposed_says_which_rule_decided(reviewed):
    Call.objects.filter(pk=reviewed.call.pk).update(places=1)
    deciding.propose(reviewed.again(), today=reviewed.after, now=noon(reviewed.after), by=reviewed.keeper)
    first, second = application(reviewed, "hosiery"), application(reviewed, "hardware")
    assert (first.state, first.outcome["code"], first.outcome["total"]) == ("proposed", "chosen", "90.00")
    assert (second.state, second.outcome["code"], second.outcome["total"]) == ("not_proposed", "places", "70.00")
    assert {each["verdict"] for each in first.findings} == {"ok"}


def test_something_against_it_leaves_it_out_with_the_reason(opened):
    begin_review(opened)
    hear(opened, "clear")
    Opinion.objects.filter(application=application(opened, "hardware"), kind="labour").update(state="against")
    for key in ("hosiery", "hardware"):
        review(opened, key, "80")
    deciding.propose(opened.again(), today=opened.after, now=noon(opened.after), by=opened.keeper)
    out = application(opened, "hardware")
    assert out.state == "excluded" and "wages in arrears" in out.reason and "occupational disease" in out.reason
    assert application(opened, "hosiery").state == "proposed"


def test_those_who_are_level_for_the_last_place_are_left_to_people_or_drawn_by_a_public_number(reviewed):
    Call.objects.filter(pk=reviewed.call.pk).update(places=1)
    review(reviewed, "hardware", "90")
    given = {"today": reviewed.after, "now": noon(reviewed.after), "by": reviewed.keeper}
    with pytest.raises(Refused, match="Level for the last places: 1, 2"):
        deciding.propose(reviewed.again(), **given)
    with pytest.raises(Refused, match="so that nobody can choose whom it draws"):
        calling.mend(reviewed.again(), document=reviewed.call.document, seed="7", by=reviewed.keeper)
    Call.objects.filter(pk=reviewed.call.pk).update(seed="7")  # as if it had been said before
    deciding.propose(reviewed.again(), **given)
    assert sorted(states(reviewed).values()) == ["not_proposed", "proposed"]


def test_of_two_who_propose_at_once_the_second_is_told_what_it_is_by_now(reviewed):
    one, other = Call.objects.get(pk=reviewed.call.pk), Call.objects.get(pk=reviewed.call.pk)
    given = {"today": reviewed.after, "now": noon(reviewed.after)}
    deciding.propose(one, by=reviewed.keeper, **given)
    with pytest.raises(Refused, match="a list is proposed"):
        deciding.propose(other, by=reviewed.colleague, **given)


def test_it_is_sent_back_and_all_is_reviewed_again(noticed):
    deciding.send_back(noticed.call, reason="漏了一家", by=noticed.colleague)
    assert set(states(noticed).values()) == {"handed_in"}
    assert Application.objects.filter(call=noticed.call).exclude(findings=[]).count() == 0


# == notice, objections ==
def object_to(called, key="hosiery", by=None):
    return deciding.raise_objection(
        application(called, key), reason="样例：数字不对", today=called.after, now=noon(called.after),
        by=by or called.town.stranger,
    )  # fmt: skip


def test_whoever_is_signed_in_objects_and_another_than_the_proposer_answers(noticed):
    its = object_to(noticed)
    assert f"honours.objection:{its.pk}" in open_asks(noticed.town.bodies["city_union"])
    with pytest.raises(Refused, match="waits for an answer already"):
        object_to(noticed)
    with pytest.raises(Refused, match="another person than who proposed"):
        deciding.answer(its, "reject", words="核过", now=noon(noticed.after), by=noticed.keeper)
    deciding.answer(its, "reject", words="核过，无误", now=noon(noticed.after), by=noticed.colleague)
    assert Objection.objects.get().state == "rejected" and application(noticed, "hosiery").state == "proposed"
    assert open_asks(noticed.town.bodies["city_union"]) == set()
    with pytest.raises(Refused, match="does not apply"):
        deciding.answer(its, "uphold", words="改判", now=noon(noticed.after), by=noticed.colleague)


def test_an_upheld_objection_leaves_one_out_and_the_next_takes_its_place_with_a_new_notice(reviewed):
    Call.objects.filter(pk=reviewed.call.pk).update(places=1)
    deciding.propose(reviewed.again(), today=reviewed.after, now=noon(reviewed.after), by=reviewed.keeper)
    deciding.give_notice(reviewed.again(), today=reviewed.after, by=reviewed.keeper)
    until = reviewed.again().notice_until
    deciding.answer(object_to(reviewed), "uphold", words="属实", now=noon(reviewed.after), by=reviewed.colleague)
    with pytest.raises(Refused, match="Mend the list first"):
        award(reviewed)
    later = reviewed.after + timedelta(days=2)
    deciding.mend_list(reviewed.again(), today=later, now=noon(later), by=reviewed.keeper)
    assert states(reviewed) == {"大唐样例袜业001": "excluded", "大唐样例五金003": "proposed"}
    assert reviewed.again().notice_until > until and not reviewed.call.to_mend
    with pytest.raises(Refused, match="nothing to mend"):
        deciding.mend_list(reviewed.again(), today=later, now=noon(later), by=reviewed.keeper)


def test_objections_are_taken_only_while_notice_is_given(noticed):
    with pytest.raises(Refused, match="while notice is given"):
        deciding.raise_objection(
            application(noticed, "hosiery"), reason="晚了", now=noon(noticed.after), by=noticed.town.stranger,
            today=noticed.call.notice_until + timedelta(days=1),
        )  # fmt: skip


# == in mid-round ==
def test_a_unit_that_is_dissolved_in_mid_round_is_not_honoured(noticed):
    town, day = noticed.town, noticed.call.notice_until
    Cover.objects.filter(unit=town.units["hardware"]).delete()
    actions.close_unit(town.units["hardware"], on=day, today=day, by=None)
    with pytest.raises(Refused, match=r"Application 2 does not meet the conditions any more.*does not stand"):
        award(noticed)
    deciding.mend_list(noticed.again(), today=day, now=noon(day), by=noticed.keeper)
    assert application(noticed, "hardware").state == "excluded"
    award(noticed)
    assert [each.unit for each in Award.objects.all()] == [town.units["hosiery"]]


def test_one_that_is_taken_back_in_mid_round_leaves_the_list(noticed):
    given = {"today": noticed.after, "now": noon(noticed.after), "by": noticed.applicant}
    applying.take_back(application(noticed, "hardware"), reason="不参加了", **given)
    with pytest.raises(Refused, match="Mend the list first"):
        award(noticed)


# == awarding ==
def test_it_is_awarded_by_a_document_after_the_notice_by_another_person(noticed):
    with pytest.raises(Refused, match="You proposed the list"):
        award(noticed, by=noticed.keeper)
    with pytest.raises(Refused, match="Without one nothing is awarded"):
        award(noticed, document=" ")
    with pytest.raises(Refused, match="Send the document as a file"):
        award(noticed, link="")
    with pytest.raises(Refused, match="a day after the notice"):
        award(noticed, awarded_on=noticed.call.notice_until)
    object_to(noticed)
    with pytest.raises(Refused, match="Objections without an answer: 1"):
        award(noticed)
    Objection.objects.all().delete()
    made = award(noticed)
    assert [(each.state, each.number[-4:]) for each in made] == [("standing", "-001"), ("standing", "-002")]
    assert made[0].recheck_on.year == made[0].awarded_on.year + 5
    assert set(states(noticed).values()) == {"awarded"}
    with pytest.raises(Refused, match="was awarded"):
        award(noticed)


def test_an_award_without_its_document_is_not_published_the_database_holds_it(awarded):
    its = Award.objects.first()
    for fields in ({"document": ""}, {"link": ""}):
        with pytest.raises(IntegrityError, match="published_with_its_document"), transaction.atomic():
            Award.objects.filter(pk=its.pk).update(**fields)


def test_a_call_is_called_off_with_a_reason_and_nobody_is_asked_any_more(opened):
    begin_review(opened)
    with pytest.raises(Refused, match="Say why it is called off"):
        calling.call_off(opened.again(), reason="", now=noon(opened.after), by=opened.keeper)
    calling.call_off(opened.again(), reason="今年不评", now=noon(opened.after), by=opened.keeper)
    assert Ask.objects.filter(state="open", sending__about__startswith="honours.").count() == 0


def test_handing_in_is_asked_about_once(opened):
    asks = Ask.objects.filter(sending__about=opened.call.about)
    assert [each.minutes for each in asks] == [10]
    hand_in(opened, "hosiery", team="样例班组")
    assert [each.minutes for each in asks.all()] == [15]


def test_what_is_a_reviewers_own_is_the_same_for_one_and_for_many(opened):
    name_reviewer(opened, "chair")
    name_reviewer(opened, "secretary")
    small.office(opened.town.people["county_chair"], opened.town.bodies["village_party"], "organisation_officer")
    name_reviewer(opened, "county_chair")
    hardware = application(opened, "hardware")
    Application.objects.filter(pk=hardware.pk).update(unit=opened.town.units["village"])
    reviewers, applications = list(Reviewer.objects.all()), list(Application.objects.all())
    asked = {(one.pk, each.pk) for one in reviewers for each in applications if is_own(one.person.account, each)}
    assert reviewing.own_pairs(reviewers, applications) == asked
    assert {name for name in ("chair", "secretary", "county_chair", "reviewer")
            if (Reviewer.objects.get(person=opened.town.people[name]).pk, hardware.pk) in asked} == {
        "chair", "secretary", "county_chair",
    }  # fmt: skip
