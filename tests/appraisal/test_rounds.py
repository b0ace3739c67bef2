"""A round from its draft to its file, who may do what, and what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gongjian.appraisal import boxes, deciding, rounds, scoring
from gongjian.appraisal.models import Box, Case, Objection, Regrade, Round, Score
from gongjian.appraisal.states import BOX_MOVES, OBJECTION_MOVES, ROUND_MOVES, move
from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.refusals import Refused

from .conftest import begin, counted, define, definition, give_notice, given, noon, propose, review, score_all


def test_a_round_is_opened_over_every_body_and_each_is_asked_once(opened):
    cases = Case.objects.filter(round=opened.round)
    assert {each.body_id for each in cases} == {each.pk for each in opened.branches}
    assert {(each.group, each.reviewer) for each in cases} == {("party_branch", opened.town.bodies["street_party"])}
    asks = Ask.objects.filter(sending__about=opened.round.about)
    assert {each.body_id for each in asks} == {each.pk for each in opened.branches}
    assert (opened.round.state, opened.round.cases_count) == ("self", 12)
    assert Act.objects.filter(verb="appraisal.open_round").get().facts["cases"] == 12


def test_opening_takes_the_same_number_of_queries_for_three_and_for_twelve(judged):
    scheme = define(quotas=[])

    def queries(receivers):
        round = begin(judged.town, scheme, receivers=receivers, title="另一轮")
        with (
            CaptureQueriesContext(
                connection,
            ) as found,
            transaction.atomic(),
        ):
            rounds.open_round(round, today=judged.town.today, now=noon(judged), by=judged.county)
            transaction.set_rollback(True)
        return len(found)

    queries({"form": "joint"})
    assert queries({"form": "joint"}) == queries({"form": "single"})


def test_young_bodies_and_those_graded_not_long_ago_are_left_out(judged):
    town = judged.town
    young = town.today - timedelta(days=40)
    from tests.register import town as small

    small.body("样例新支部", "party_branch", town.units["street"], since=young, superior=town.bodies["street_party"])
    assert rounds.bodies_for(judged.county, judged.round, town.today) == 12
    other = begin(town, define(least_months=0, years_between=2))
    assert rounds.bodies_for(judged.county, other, town.today) == 13
    Case.objects.create(round=judged.round, body=judged.branches[0], unit=town.units["village"],
                        reviewer=town.bodies["street_party"])  # fmt: skip
    Round.objects.filter(pk=judged.round.pk).update(
        state="filed", opened_on=town.today, proposed_by=judged.county, fixed_by=judged.city, fixed_on=town.today,
        notice_on=town.today, notice_until=town.today + timedelta(days=7),
    )  # fmt: skip
    assert rounds.bodies_for(judged.county, other, town.today) == 12


def test_a_class_too_small_for_what_the_scheme_asks_is_told_before_anybody_is_asked(judged):
    place = judged.town.units["village"].pk
    judged.round = begin(
        judged.town, define(), title="一个村的定级", receivers={"below": place, "kind": "party_branch"}
    )
    with pytest.raises(Refused, match=r"has too few organisations here, 1, .* Choose a wider place"):
        rounds.open_round(judged.round, today=judged.town.today, now=noon(judged), by=judged.county)
    assert (judged.again().state, judged.round.cases.count(), Ask.objects.count()) == ("draft", 0, 0)


def test_a_scheme_that_is_changed_while_a_round_runs_leaves_the_round_its_version(opened):
    scheme = define(bands={"good": 99, "fairly_good": 98, "fair": 97})
    assert [each.number for each in scheme.versions.all()] == [2, 1]
    score_all(opened)
    propose(opened)
    assert opened.case_of(11).grade == "good"
    assert begin(opened.town, scheme).version.number == 2
    assert define(bands={"good": 99, "fairly_good": 98, "fair": 97}).versions.count() == 2


def test_the_whole_life_with_an_objection_upheld(opened):
    today = opened.town.today
    scoring.score_itself(opened.case, given(("self", 80), ("superior", 90)), now=noon(opened), by=opened.branch)
    assert Ask.objects.get(sending__about=opened.round.about, body=opened.branches[0]).state == "done"
    Score.objects.all().delete()
    give_notice(opened)
    assert opened.case_of(11).grade == "good"
    assert [opened.case_of(at).grade for at in (10, 6, 0)] == ["fairly_good", "fairly_good", "poor"]
    objection = deciding.raise_objection(
        opened.case, reason="得分漏了年终的考核", today=today, now=noon(opened), by=opened.branch
    )
    with pytest.raises(Refused, match="another person"):
        deciding.answer(objection, "uphold", words="属实", now=noon(opened), by=opened.county)
    with pytest.raises(Refused, match="nothing more is given"):
        scoring.score_from_above(opened.case, given(("superior", 99)), now=noon(opened), by=opened.street)
    deciding.answer(objection, "uphold", words="属实，漏记一项", now=noon(opened), by=opened.colleague)
    with pytest.raises(Refused, match="does not apply"):
        deciding.answer(objection, "reject", words="再答", now=noon(opened), by=opened.colleague)
    scoring.score_from_above(opened.case, given(("superior", 100)), now=noon(opened), by=opened.street)
    later = today + timedelta(days=3)
    opened.round = deciding.recompute(opened.round, today=later, now=noon(opened, later), by=opened.colleague)
    changed = Regrade.objects.get(case=opened.case)
    assert (changed.grade_before, changed.grade_after, changed.score_after) == ("poor", "good", Decimal("93.33"))
    assert opened.case_of(11).grade == "fairly_good"
    assert opened.round.notice_on == later
    end = opened.round.notice_until
    with pytest.raises(Refused, match="Notice is given until"):
        deciding.fix(opened.round, today=end, by=opened.city)
    with pytest.raises(Refused, match="body above the keeper"):
        deciding.fix(opened.round, today=end + timedelta(days=1), by=opened.colleague)
    opened.round = deciding.fix(opened.round, today=end + timedelta(days=1), by=opened.city)
    opened.round = deciding.file(opened.round, today=end + timedelta(days=2), by=opened.county)
    assert opened.round.state == "filed"


def test_five_working_days_of_notice(opened):
    give_notice(opened)
    day, worked = opened.round.notice_on, 0
    while day < opened.round.notice_until:
        day += timedelta(days=1)
        worked += day.weekday() < 5
    assert worked == 5


def test_fixing_waits_for_every_objection(opened):
    give_notice(opened)
    after = opened.round.notice_until + timedelta(days=1)
    deciding.raise_objection(opened.case, reason="不服", today=opened.town.today, now=noon(opened), by=opened.branch)
    with pytest.raises(Refused, match="Objections without an answer: 1"):
        deciding.fix(opened.round, today=after, by=opened.city)
    found = Objection.objects.get()
    deciding.answer(found, "reject", words="核过，无误", now=noon(opened), by=opened.colleague)
    assert deciding.fix(opened.round, today=after, by=opened.city).state == "fixed"


def test_who_objects_too_late_or_twice_or_from_outside_is_refused(opened):
    give_notice(opened)
    day, now = opened.town.today, noon(opened)
    deciding.raise_objection(opened.case, reason="不服", today=day, now=now, by=opened.branch)
    late = opened.round.notice_until + timedelta(days=1)
    for who, on in ((opened.branch, day), (opened.street, late), (opened.town.stranger, day)):
        with pytest.raises(Refused):
            deciding.raise_objection(opened.case, reason="不服", today=on, now=now, by=who)
    assert Objection.objects.count() == 1


def test_what_is_missing_keeps_grades_from_being_proposed(opened):
    score_all(opened)
    opened.case_of(3).scores.all().delete()
    with pytest.raises(Refused, match="something is missing: 1"):
        propose(opened)
    boxes.open_box(opened.case, "people", roll=30, now=noon(opened), by=opened.street)
    with pytest.raises(Refused, match="still open: 1"):
        propose(opened)
    Box.objects.all().delete()
    with pytest.raises(Refused, match="Say why"):
        rounds.leave_out(opened.round, [opened.case_of(3).pk], reason=" ", by=opened.county)
    rounds.leave_out(opened.round, [opened.case_of(3).pk], reason="正在整建", by=opened.county)
    propose(opened)
    assert (opened.case_of(3).grade, opened.round.outcome["bodies"]) == ("", 11)


def test_sent_back_the_proposal_is_gone(opened):
    score_all(opened)
    propose(opened)
    deciding.send_back(opened.round, reason="再核", by=opened.city)
    assert opened.again().state == "reviewing"
    assert set(Case.objects.values_list("grade", "score")) == {("", None)}
    assert propose(opened, by=opened.colleague).proposed_by == opened.colleague


def test_the_second_of_two_proposers_is_refused(opened):
    score_all(opened)
    review(opened)
    seen_before = Round.objects.get(pk=opened.round.pk)
    propose(opened)
    with pytest.raises(Refused, match="does not apply"):
        deciding.propose(seen_before, now=noon(opened), by=opened.colleague)


def test_called_off_nobody_has_to_answer_any_longer(opened):
    rounds.call_off(opened.round, reason="今年合并开展", now=noon(opened), by=opened.county)
    assert set(Ask.objects.values_list("state", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize("who", ["street", "branch", "city"])
def test_only_who_keeps_the_plans_of_the_keeper_keeps_the_round(opened, who):
    with pytest.raises(Refused):
        rounds.let_review(opened.round, today=opened.town.today, now=noon(opened), by=getattr(opened, who))


@pytest.mark.parametrize(("model", "moves"), [(Round, ROUND_MOVES), (Box, BOX_MOVES), (Objection, OBJECTION_MOVES)])
def test_a_move_that_is_not_in_the_table_is_refused(model, moves):
    verbs = {verb for _state, verb in moves}
    for state in model.State.values:
        for verb in verbs - {each for known, each in moves if known == state}:
            with pytest.raises(Refused, match="does not apply"):
                move(model(state=state), verb, by=None)


# == who scores, and what ==
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "100.01", "12.345", "", "sNaN", "1e9"])
def test_a_score_that_is_no_number_from_0_to_100_is_refused(opened, value):
    with pytest.raises(Refused, match="from 0 to 100"):
        scoring.score_from_above(opened.case, given(("superior", value)), now=noon(opened), by=opened.street)


def test_the_database_takes_no_nan_either(opened):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO appraisal_score (case_id, item, by_whom, giver_id, value, evidence, at) "
            "SELECT id, 'self', 'self', body_id, 'NaN', '', now() FROM appraisal_case LIMIT 1"
        )


def test_who_holds_an_office_in_the_body_does_not_score_it_from_above(opened):
    from tests.register import town as small

    small.office(opened.town.people["street"], opened.branches[0], "organisation_officer")
    opened.street.__dict__.pop("_reach", None)
    with pytest.raises(Refused, match="hold an office"):
        scoring.score_from_above(opened.case, given(("superior", 90)), now=noon(opened), by=opened.street)
    with pytest.raises(Refused, match="hold an office"):
        scoring.mark(opened.case, "veto", "illegal", evidence="举报", now=noon(opened), by=opened.street)
    scoring.score_from_above(opened.case_of(1), given(("superior", 90)), now=noon(opened), by=opened.street)


def test_once_the_body_above_is_dissolved_the_next_one_above_scores(opened):
    town = opened.town
    with pytest.raises(Refused):
        scoring.score_from_above(opened.case, given(("superior", 90)), now=noon(opened), by=opened.county)
    for each in opened.branches:
        actions.amend_body(each, on=town.today, today=town.today, by=None, superior=town.bodies["county_party"])
    actions.close_body(town.bodies["street_party"], on=town.today, today=town.today, by=None)
    for who in (opened.county, opened.street):
        who.__dict__.pop("_reach", None)
    scoring.score_from_above(opened.case, given(("superior", 90)), now=noon(opened), by=opened.county)
    assert Score.objects.get().by == opened.county


def test_bodies_beside_each_other_score_each_other_and_count_from_three_on(judged):
    town = judged.town
    items = definition()["items"]
    items = [items[0] | {"source": "peers", "key": "peers", "without": "left_out"}, *items[1:]]
    judged.round = rounds.open_round(
        begin(town, define(items=items)), today=town.today, now=noon(judged), by=judged.county
    )
    case, one = judged.case_of(1), judged.branches[0]
    scoring.score_beside(case, one, given(("peers", 77)), now=noon(judged), by=judged.branch)
    with pytest.raises(Refused):
        scoring.score_beside(judged.case, one, given(("peers", 99)), now=noon(judged), by=judged.branch)
    for at, value in ((2, 80), (3, 90)):
        case.scores.create(item="peers", by_whom="peer", giver=judged.branches[at], value=value, at=noon(judged))
    judged.case.scores.create(item="peers", by_whom="peer", giver=judged.branches[2], value=1, at=noon(judged))
    for each in Case.objects.filter(round=judged.round):
        each.scores.create(item="superior", by_whom="superior", giver=each.reviewer, value=70, at=noon(judged))
    propose(judged)
    found = judged.case_of(1)
    assert found.result["items"]["peers"]["exact"] == "247/3"
    assert found.score == Decimal("72.05")  # (10 × 82.333… + 50 × 70) / 60 = 72.0555…, cut off
    assert judged.case.result["items"]["peers"] == {"exact": None, "value": None, "facts": {"given": 1, "least": 3}}


def test_a_veto_counts_once_another_person_approves_it(opened):
    score_all(opened)
    best = opened.case_of(11)
    veto = scoring.mark(best, "veto", "illegal", evidence="通报〔2026〕3号", now=noon(opened), by=opened.street)
    with pytest.raises(Refused, match="Vetoes that nobody approved yet: 1"):
        propose(opened)
    with pytest.raises(Refused, match="whoever keeps the round"):
        scoring.approve_veto(veto, now=noon(opened), by=opened.street)
    scoring.approve_veto(veto, now=noon(opened), by=opened.county)
    propose(opened)
    found = opened.case_of(11)
    assert (found.grade, found.result["decided"]) == ("poor", ["veto", {"reason": "illegal", "band": "good"}])


def test_a_mark_says_on_what_it_stands_and_is_in_the_scheme(opened):
    for kind, key, evidence in (("veto", "illegal", " "), ("veto", "other", "x"), ("bonus", "illegal", "x")):
        with pytest.raises(Refused):
            scoring.mark(opened.case, kind, key, points=5, evidence=evidence, now=noon(opened), by=opened.street)


# == counted in the meeting ==
def test_ballots_are_items_of_the_grade(opened):
    score_all(opened, least=80, step=0)
    counted(opened.case, [30, 6, 3, 1, 0], "people", opened.street, opened.county)
    counted(opened.case, [19, 1, 0, 0, 0], "members", opened.branch, opened.street)
    propose(opened)
    found = opened.case.result
    assert found["items"]["people"]["exact"] == "375/4"  # (30×100 + 6×85 + 3×70 + 1×30) / 40
    assert found["items"]["members"]["exact"] == "197/2"  # a band: 2 of 20 are taken to be on the next option, 85
    assert found["score"] == "86.45"  # 10×80 + 20×98.5 + 20×93.75 + 50×80
    assert found["luck"]["of"] == 0
    assert opened.case_of(1).result["weight"] == "60"


def test_pledges_kept_are_the_share_of_what_ended_or_was_due(judged):
    from gongjian.pledges.models import Pledge

    today = judged.town.today
    kept = {"key": "pledges", "names": {"zh-hans": "承诺兑现"}, "source": "pledges_kept", "weight": 40}
    items = [kept | {"without": "left_out"},
             {"key": "superior", "names": {"zh-hans": "上级评分"}, "source": "superior", "weight": 60}]  # fmt: skip
    scheme = define(items=items, options=[], quotas=[])
    judged.round = rounds.open_round(begin(judged.town, scheme), today=today, now=noon(judged), by=judged.county)
    for state, days in (("kept", 10), ("kept", 20), ("late", 30), ("doing", 5), ("doing", -5), ("kept", 500)):
        day = today - timedelta(days=days)
        closed = {"closed_on": day} if state != "doing" else {}
        Pledge.objects.create(body=judged.branches[0], kind="practical", year=day.year, title="样例", state=state,
                              due_on=day, public_on=day, **closed)  # fmt: skip
    for each in Case.objects.filter(round=judged.round):
        each.scores.create(item="superior", by_whom="superior", giver=each.reviewer, value=80, at=noon(judged))
    propose(judged)
    assert judged.case.result["items"]["pledges"]["facts"] == {"numerator": 2, "denominator": 4}
    assert (judged.case.score, judged.case_of(1).score) == (68, 80)


def test_problems_put_right_are_the_share_of_those_named_and_no_item_where_none_was(judged):
    from tests.figures.test_of_the_year import tell

    today, street = judged.town.today, judged.town.bodies["street_party"]
    put_right = {"key": "problems", "names": {"zh-hans": "问题整改"}, "source": "rectified", "weight": 40}
    items = [put_right | {"without": "left_out"},
             {"key": "superior", "names": {"zh-hans": "上级评分"}, "source": "superior", "weight": 60}]  # fmt: skip
    scheme = define(items=items, options=[], quotas=[])
    judged.round = rounds.open_round(begin(judged.town, scheme), today=today, now=noon(judged), by=judged.county)
    for days, confirmed in ((10, (today, today, None)), (364, (None,)), (365, (None, None))):
        day = today - timedelta(days=days)
        tell(judged.branches[0], street, day, day, confirmed)
    for each in Case.objects.filter(round=judged.round):
        each.scores.create(item="superior", by_whom="superior", giver=each.reviewer, value=80, at=noon(judged))
    propose(judged)
    assert judged.case.result["items"]["problems"]["facts"] == {"numerator": 2, "denominator": 4}
    assert (judged.case.score, judged.case_of(1).score) == (68, 80)


def test_what_the_worker_is_refused_stands_on_the_round(opened):
    from gongjian.appraisal import tasks

    review(opened)
    tasks.attempt(opened.round.pk, "propose", opened.county.pk)
    assert "something is missing: 12" in opened.again().reason
    score_all(opened)
    tasks.attempt(opened.round.pk, "propose", opened.county.pk)
    assert (opened.again().state, opened.round.reason) == ("proposed", "")
