"""What people do on the way to an agreement, and what is refused with a sentence while nothing is lost."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.agreements import congresses, in_force, opening, verbs, watching
from gongjian.agreements.congresses import Votes
from gongjian.agreements.models import Agreement, Congress, CongressSession, CoveredUnit, Resolution
from gongjian.agreements.verbs import Seat
from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.models import Venue
from gongjian.register.refusals import Refused

from .conftest import EMPLOYER, NOW, WORKERS, by_chair, clauses, congress, demand, dissolve, do, up_to, vote

DAY = date(2026, 3, 2)


def refused(act, sentence: str) -> None:
    """The act is refused with the sentence, and not a row is written."""
    tables = (Agreement, CongressSession, Resolution, Act, Ask, CoveredUnit)
    before = [model.objects.count() for model in tables], list(Agreement.objects.values_list("state", flat=True))
    with pytest.raises(Refused, match=sentence):
        act()
    assert before == (
        [model.objects.count() for model in tables],
        list(Agreement.objects.values_list("state", flat=True)),
    )


# == asks ==
def test_each_step_is_asked_once_and_closed_by_the_doing(bargaining):
    made = demand(bargaining, DAY)
    asks = Ask.objects.filter(sending__about=made.about).order_by("pk")
    for step in ("answer", "name", "call", "meet", "draft", "pass", "sign", "file"):
        last = asks.last()
        assert (last.body, last.state) == (bargaining.union, "open")
        assert last.sending.href == f"/agreements/{made.pk}/do/{'vote' if step == 'pass' else step}/"
        made = do(bargaining, step, DAY, made)
        last.refresh_from_db()
        assert last.state == "done"
        assert asks.filter(state="open").count() == (0 if step == "file" else 1), step
    watching.look_after(date(2026, 3, 18), NOW)
    assert asks.filter(state="open").get().sending.href.endswith("/do/publish/")
    assert watching.look_after(date(2026, 3, 18), NOW) == dict.fromkeys(watching.look_after(date(2026, 3, 18), NOW), 0)


def test_whoever_stands_above_is_asked_once_for_all_that_is_late_and_no_more_when_nothing_is(bargaining):
    one = demand(bargaining, DAY)
    demand(bargaining, DAY, employer=bargaining.town.units["hardware"], title="五金工资协议")
    above = bargaining.town.bodies["county_union"]
    asked = Ask.objects.filter(body=above, sending__about=f"agreements.late:{above.pk}")
    assert watching.look_after(date(2026, 3, 16), NOW)["helpers"] == 0
    assert watching.look_after(date(2026, 3, 17), NOW)["helpers"] == 1
    assert watching.look_after(date(2026, 3, 18), NOW)["helpers"] == 0
    assert asked.get().state == "open"
    for each in Agreement.objects.all():
        verbs.answer(each, words="", **by_chair(bargaining, date(2026, 3, 18)))
    watching.look_after(date(2026, 3, 19), NOW)
    assert asked.get().state == "done"
    assert one.steps.get(verb="answer").was_late


# == delegates, papers, draft ==
@pytest.mark.parametrize(
    ("workers", "employer", "sentence"),
    [
        (WORKERS[:2], EMPLOYER[:2], "Side of the workers: 2 delegates; at least 3 are needed"),
        (WORKERS, [*EMPLOYER, Seat("法务")], "employer's delegates may not be more than the workers'"),
        ([*WORKERS[:2], Seat("律师", is_outside=True), Seat("教授", is_outside=True)], EMPLOYER, "at most 1/3 of it"),
        ([Seat("工会主席"), *WORKERS[1:]], EMPLOYER, "name exactly one chief delegate"),
        ([Seat("律师", is_chief=True, is_outside=True), *WORKERS[1:]], EMPLOYER, "the chief delegate is not from"),
    ],
)
def test_delegates_that_the_statute_does_not_allow(bargaining, workers, employer, sentence):
    made = up_to(bargaining, "answer", DAY)
    refused(lambda: verbs.name(made, workers=workers, employer=employer, **by_chair(bargaining, DAY)), sentence)


def test_a_large_employer_needs_more_delegates_and_a_third_may_be_from_outside(bargaining):
    made = up_to(bargaining, "answer", DAY, above_scale=True)
    refused(lambda: verbs.name(made, workers=WORKERS, employer=EMPLOYER, **by_chair(bargaining, DAY)), "at least 5 are")
    five = [*WORKERS, Seat("裁剪车间工人"), Seat("包装车间工人"), Seat("律师", is_outside=True)]
    verbs.name(made, workers=five, employer=[*EMPLOYER, Seat("法务"), Seat("车间主任")], **by_chair(bargaining, DAY))
    assert made.delegates.count() == 11


def test_papers_are_handed_over_seven_days_before_the_meeting(bargaining):
    made = up_to(bargaining, "name", DAY)
    call = {"meets_on": date(2026, 3, 16), "papers_on": date(2026, 3, 10)}
    refused(
        lambda: verbs.call(made, **call, **by_chair(bargaining, DAY)),
        "at least 7 days before the meeting: by 2026-03-09",
    )
    verbs.call(made, **call | {"papers_on": date(2026, 3, 9)}, **by_chair(bargaining, DAY))


def test_a_draft_speaks_of_all_nine_headings_and_what_is_written_so_far_is_kept(bargaining):
    made = up_to(bargaining, "meet", DAY)
    some = clauses()
    assert len(some) == 9
    some["leave"] = some["others"] = " "
    refused(
        lambda: verbs.draft(made, clauses=some, **by_chair(bargaining, DAY)),
        "Not written yet: Pay during leave, Other matters",
    )
    verbs.keep_clauses(made, clauses=some, by=bargaining.chair)
    assert made.clauses.count() == 7


# == votes ==
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"present": 39, "votes": Votes(39, 0, 0)}, "39 of 60 were present; at least 40 have to be"),
        ({"present": 61, "votes": Votes(50, 0, 0)}, "The congress has 60 delegates: from 1 to so many can be present"),
        ({"present": 40, "votes": Votes(31, 9, 1)}, "41 votes, but 40 were present"),
        ({"present": 40, "votes": Votes(41, 0, 0)}, "41 votes, but 40 were present"),
        ({"present": 40, "women": 41, "votes": Votes(31, 0, 0)}, "women are among those present: at most 40"),
    ],
)
def test_votes_and_numbers_that_cannot_be(bargaining, given, sentence):
    made = up_to(bargaining, "draft", DAY)
    congress(bargaining)
    refused(lambda: vote(bargaining, made, DAY, **given), sentence)


def test_two_thirds_make_a_quorum_and_half_of_all_is_not_more_than_half(bargaining):
    made = up_to(bargaining, "draft", DAY)
    vote(bargaining, made, DAY, yes=30, no=0, present=40, votes=Votes(30, 6, 4))
    assert made.state == "rejected"
    verbs.draft(made, clauses=clauses(), **by_chair(bargaining, date(2026, 3, 3)))
    vote(bargaining, made, date(2026, 3, 4), present=40, women=None, votes=Votes(31, 9, 0))
    assert made.state == "passed"
    assert list(Resolution.objects.values_list("is_passed", "yes")) == [(False, 30), (True, 31)]


def test_the_database_holds_the_numbers_too(bargaining):
    made = up_to(bargaining, "pass", DAY)
    rows = [
        (Resolution, {"yes": 47}), (CongressSession, {"present": 61}), (CongressSession, {"women": 51}),
        (Congress, {"women": 61}), (Agreement, {"association": "协会"}),
    ]  # fmt: skip
    for model, wrong in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**wrong)
    assert made.state == "passed"


# == overlaps ==
def test_two_agreements_of_the_same_parties_do_not_run_beside_each_other(bargaining):
    demand(bargaining, DAY)
    refused(lambda: demand(bargaining, DAY), "bargaining already")


def area(bargaining, day: date, **given) -> Agreement:
    told = {"scope": "area", "employer": None, "association": "大唐袜业协会", "title": "区域协议", "above_scale": False}
    return demand(bargaining, day, **told | given)


def test_an_area_agreement_covers_all_its_units_once_and_may_lie_over_one_of_a_single_employer(bargaining):
    one = up_to(bargaining, "publish", DAY)
    wide = up_to(bargaining, "take_effect", DAY, area(bargaining, DAY))
    covered = wide.units.order_by("unit").values_list("unit", flat=True)
    assert set(covered) == {bargaining.firm.pk, bargaining.town.units["hardware"].pk}  # employers, not the village
    assert CoveredUnit.objects.filter(unit=bargaining.firm, valid__contains=date(2026, 4, 1)).count() == 2
    assert one.state == "published" and wide.state == "in_force"


def test_two_area_agreements_that_would_overlap_are_told_at_the_signature(bargaining):
    up_to(bargaining, "take_effect", DAY, area(bargaining, DAY))
    above = bargaining.town.bodies["county_union"]
    other = opening.demand(
        above, scope="area", employer=None, association="诸暨市袜业协会", trade="", title="全市协议", on=DAY, today=DAY,
        demanded_by="workers", above_scale=False, now=NOW, by=bargaining.town.accounts["county"],
    )  # fmt: skip
    by = by_chair(bargaining, DAY, by=bargaining.town.accounts["county"])
    verbs.answer(other, words="", **by)
    verbs.name(other, workers=WORKERS, employer=EMPLOYER, **by)
    verbs.call(other, meets_on=DAY, papers_on=DAY - timedelta(days=7), **by)
    verbs.meet(other, words="", **by)
    verbs.draft(other, clauses=clauses(), **by)
    held = congresses.set_up(
        above,
        kind="congress",
        delegates=9,
        women=None,
        elected_on=DAY,
        today=DAY,
        by=bargaining.town.accounts["county"],
    )
    congresses.vote_on(other, congress=held, present=9, women=None, votes=Votes(9, 0, 0), **by)
    sign = {"until": date(2027, 3, 20)} | by
    refused(
        lambda: verbs.sign(other, **sign), r"“大唐样例袜业001” is in “区域协议” until 2027-03-17.*employers in all: 2"
    )
    firms = bargaining.town.units
    opening.leave_out(other, firms["hosiery"].pk, today=DAY, by=by["by"])
    refused(lambda: verbs.sign(other, **sign), "employers in all: 1")
    refused(lambda: opening.leave_out(other, firms["hardware"].pk, today=DAY, by=by["by"]), "the last one")


def test_employers_are_taken_in_and_left_out_from_a_day_on(bargaining):
    wide = up_to(bargaining, "take_effect", DAY, area(bargaining, DAY))
    firm, today = bargaining.town.units["logistics"], date(2026, 5, 6)
    refused(
        lambda: opening.take_in(wide, [firm.pk], today=today, by=bargaining.chair), "no trade union here covers them"
    )
    actions.cover(bargaining.union, firm, on=date(2026, 5, 1), by=None)
    assert opening.take_in(wide, [firm.pk], today=today, by=bargaining.chair) == 1
    row = wide.units.get(unit=firm)
    assert (row.valid.lower, row.valid.upper) == (today, wide.until + timedelta(days=1))
    opening.leave_out(wide, firm.pk, today=date(2026, 6, 1), by=bargaining.chair)
    row.refresh_from_db()
    assert (row.valid.lower, row.valid.upper) == (today, date(2026, 6, 1))


# == a party that is gone ==
def test_an_employer_dissolved_in_the_middle_stops_the_step_and_the_night_ends_it(bargaining):
    made = up_to(bargaining, "draft", DAY)
    congress(bargaining)
    dissolve(bargaining, on=date(2026, 3, 9))
    refused(lambda: vote(bargaining, made, date(2026, 3, 10)), "The employer stands no longer, so it cannot go on")
    assert made.clauses.count() == 9
    assert watching.look_after(date(2026, 3, 11), NOW)["ended"] == 1
    made.refresh_from_db()
    assert (made.state, made.steps.last().verb, made.clauses.count()) == ("ended", "give_up", 9)
    assert not Ask.objects.filter(sending__about=made.about, state="open").exists()


def test_in_force_it_ends_with_the_last_day_of_its_employer(bargaining):
    made = up_to(bargaining, "publish", DAY)
    dissolve(bargaining, on=date(2026, 6, 1))
    watching.look_after(date(2026, 6, 2), NOW)
    made.refresh_from_db()
    assert (made.state, made.until) == ("ended", date(2026, 5, 31))
    assert made.units.get().valid.upper == date(2026, 6, 1)


def test_a_union_dissolved_in_the_middle_leaves_its_matter_to_the_one_above(bargaining):
    made = up_to(bargaining, "answer", DAY)
    Venue.objects.update(owner=bargaining.town.bodies["county_union"])
    actions.close_body(bargaining.union, on=date(2026, 3, 9), today=bargaining.town.today, by=None)
    after = by_chair(bargaining, date(2026, 3, 10))
    refused(lambda: verbs.name(made, workers=WORKERS, employer=EMPLOYER, **after), "not open to you|does not keep")
    verbs.name(made, workers=WORKERS, employer=EMPLOYER, **after | {"by": bargaining.town.accounts["county"]})
    assert made.delegates.count() == 6


# == days ==
def test_no_step_is_written_down_for_a_day_to_come_or_before_the_one_before(bargaining):
    made = demand(bargaining, DAY)
    by = by_chair(bargaining, DAY)
    refused(lambda: verbs.answer(made, words="", **by | {"on": date(2026, 3, 3)}), "still to come")
    refused(lambda: verbs.answer(made, words="", **by | {"on": date(2026, 3, 1)}), "The step before was on 2026-03-02")
    refused(lambda: verbs.meet(made, words="", **by), "This is “demanded, to be answered” by now")


def test_an_objection_sends_it_back_to_be_negotiated_and_voted_on_again(bargaining):
    made = up_to(bargaining, "file", DAY)
    verbs.objected(made, words="加班工资低于标准", **by_chair(bargaining, date(2026, 3, 10)))
    made.refresh_from_db()
    assert (made.state, made.due_on) == ("rejected", date(2026, 3, 17))
    verbs.draft(made, clauses=clauses(), **by_chair(bargaining, date(2026, 3, 11)))
    vote(bargaining, made, date(2026, 3, 12))
    verbs.sign(made, until=date(2027, 3, 31), **by_chair(bargaining, date(2026, 3, 13)))
    verbs.file(made, **by_chair(bargaining, date(2026, 3, 13)))
    watching.look_after(date(2026, 3, 29), NOW)
    made.refresh_from_db()
    assert made.since == date(2026, 3, 29)


@pytest.mark.parametrize("until", [date(2026, 3, 18), date(2029, 3, 18)])
def test_a_term_is_longer_than_nothing_and_no_longer_than_the_statute_allows(bargaining, until):
    made = up_to(bargaining, "pass", DAY)
    refused(lambda: verbs.sign(made, until=until, **by_chair(bargaining, DAY)), "holds at most 36 months, 12 as")


@pytest.mark.parametrize("summary", ["王样例13800138000每月五千元", "330681199001011234的工资", " "])
def test_what_everybody_reads_has_no_number_of_a_person_in_it(bargaining, summary):
    made = up_to(bargaining, "take_effect", DAY)
    by = by_chair(bargaining, date(2026, 3, 18))
    refused(lambda: in_force.publish(made, summary=summary, **by), "take it out|Say in a few sentences")


def test_only_whoever_keeps_the_union_writes_its_steps(bargaining):
    made = demand(bargaining, DAY)
    for key in ("county", "clerk", "stranger"):
        by = by_chair(bargaining, DAY, by=bargaining.town.accounts[key])
        refused(lambda by=by: verbs.answer(made, words="", **by), "not open to you|does not keep")


def test_a_congress_decides_about_other_matters_by_more_than_half_of_all(bargaining):
    held = congress(bargaining)
    told = {"present": 45, "women": 20, "on": DAY, "today": DAY, "by": bargaining.chair}
    first = congresses.decide(held, title="通过考勤办法", votes=Votes(31, 10, 4), **told)
    second = congresses.decide(held, title="通过食堂办法", votes=Votes(30, 10, 5), **told)
    assert (first.is_passed, second.is_passed, CongressSession.objects.count()) == (True, False, 1)
    refused(
        lambda: congresses.decide(held, title="另一件", votes=Votes(1, 0, 0), **told | {"present": 44}),
        "On that day 45 were present",
    )
