"""A selection from its rules to what is published: what comes of each candidate, who may do what, what is refused."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.asks.models import Ask
from gongjian.ballots import making, publishing, rules
from gongjian.ballots.models import Poll
from gongjian.deeds import agreeing, stars
from gongjian.deeds.models import Deed, Named, Star
from gongjian.register.refusals import Refused
from gongjian.selections import carrying, deciding, polling, preparing
from gongjian.selections.access import candidates_visible_to, selections_visible_to
from gongjian.selections.models import Candidate, Selection
from gongjian.selections.refuse import faults
from gongjian.selections.states import CANDIDATE_MOVES, SELECTION_MOVES
from quotas.__main__ import found_in
from tests.ballots.test_counting import closed, counted
from tests.quotas.test_selecting import RULES
from verivote import verify
from verivote.rules import reason_void

from .conftest import NOW, freeze, hold_poll, publish_poll, take_in, vote, window

S = Selection.State


def owed(selecting) -> list[str]:
    rows = Ask.objects.filter(sending__about=selecting.selection.about, state="open")
    return list(rows.values_list("sending__title", flat=True))


def whose_it_is(selecting, deed) -> User:
    """A member with an account, whom the deed is about."""
    Named.objects.filter(deed=deed).update(person=selecting.town.people["member0"])
    return selecting.town.accounts["member0"]


# == the whole way ==
def test_from_rules_and_deeds_to_a_file_that_a_second_person_computes_anew(ranked, tmp_path):
    found = {each.number: each for each in ranked.candidates()}
    assert {id: (each.votes, each.outcome) for id, each in found.items()} == {
        "02": (6, "chosen"), "05": (6, "chosen"), "06": (6, "chosen"),
        "01": (2, found["01"].outcome), "03": (2, found["03"].outcome),
        "04": (2, found["04"].outcome), "07": (2, found["07"].outcome),
    }  # fmt: skip
    for pair in (("01", "03"), ("04", "07")):  # level: who of them stands in reserve the seed says
        assert sorted(found[id].outcome for id in pair) == ["not", "reserve"]
    selection = ranked.selection
    assert selection.poll.entry["rules"]["basis"] == selection.basis and selection.poll.weight == 0
    deciding.give_notice(selection, **ranked.given())
    after = ranked.given() | {"today": ranked.again().notice_until + timedelta(days=1)}
    with pytest.raises(Refused, match="departs from the rules"):
        deciding.decide(ranked.selection, ["02", "05", "07"], panel="评审组", departs_why="", **after)
    deciding.decide(
        ranked.selection, ["02", "05", "07"], panel="市总工会评审组", departs_why="06 正在接受核实", **after
    )
    deciding.publish(ranked.again(), **after)
    stars = Star.objects.filter(deed__candidacies__selection=selection)
    assert sorted(stars.values_list("deed__title", flat=True)) == ["样例言行2", "样例言行5", "样例言行7"]
    assert Deed.objects.get(title="样例言行6").state == "shown" and owed(ranked) == []
    assert {each.number for each in ranked.candidates() if each.is_chosen} == {"02", "05", "07"}
    file, poll = tmp_path / "selection.zip", tmp_path / "poll.zip"
    target = io.BytesIO()
    carrying.write_bundle(ranked.again(), target)
    file.write_bytes(target.getvalue())
    assert found_in(str(file)) == []
    poll.write_bytes(ranked.selection.poll.result.bundle.open("rb").read())
    assert verify.verify(poll.open("rb")).failed == []
    told = json.loads(carrying.as_bytes(carrying.file_of(ranked.selection)))
    told["result"][0]["outcome"] = "not"
    (tmp_path / "forged.json").write_text(json.dumps(told))
    assert any("computed chosen by votes" in each for each in found_in(str(tmp_path / "forged.json"), str(poll)))


def test_each_step_is_owed_by_whoever_keeps_it_and_closed_by_the_next(selecting):
    assert owed(selecting) == ["Close the list of candidates and hold the poll"]
    take_in(selecting)
    hold_poll(selecting)
    assert owed(selecting) == ["Carry the rules of the selection out"]


def test_the_running_selection_keeps_its_rules_when_the_pack_changes(selecting):
    rule = selecting.selection.rule
    rule.definition = rule.definition | {"reserve": 99}
    rule.save()
    assert selecting.again().rules["reserve"] == RULES["month_small"]["reserve"] != 99


# == candidates ==
def test_those_below_propose_their_own_and_the_keeper_answers_with_reasons(selecting):
    deed = Deed.objects.get(title="样例言行1")
    county = selecting.county
    made = preparing.propose(selecting.selection, deed, marks={}, today=selecting.town.today, by=county)
    assert (made.state, made.proposed_by) == ("proposed", selecting.town.bodies["county_union"])
    assert made.marks == {"county": "诸暨市"}
    with pytest.raises(Refused, match="wait for an answer"):
        hold_poll(selecting)
    with pytest.raises(Refused, match="Say why"):
        preparing.answer(made, "refuse", by=selecting.chair)
    with pytest.raises(Refused, match="Your offices do not"):
        preparing.answer(made, "accept", by=county)
    preparing.answer(made, "refuse", reason="去年评过", by=selecting.chair)
    assert not candidates_visible_to(AnonymousUser()).exists() and candidates_visible_to(county).get() == made
    with pytest.raises(Refused, match="stands here already"):
        preparing.propose(selecting.selection, deed, marks={}, today=selecting.town.today, by=county)


@pytest.mark.parametrize("who", ["member0", "secretary"])
def test_nobody_else_proposes(who, selecting):
    by = selecting.town.secretary if who == "secretary" else selecting.town.accounts[who]
    with pytest.raises(Refused):
        preparing.propose(selecting.selection, Deed.objects.first(), marks={}, today=selecting.town.today, by=by)


def test_what_the_rules_ask_of_a_candidate_has_to_be_said(selecting):
    selection = selecting.selection
    selection.rules = RULES["ningbo_2011"] | {"groups": RULES["ningbo_2011"]["groups"]}
    selection.save()
    with pytest.raises(Refused, match="Say for each candidate: Honours before"):
        preparing.propose(selection, Deed.objects.first(), marks={}, today=selecting.town.today, by=selecting.chair)
    marks = {"honoured": "none", "leader": "below", "concrete": "yes"}
    made = preparing.propose(
        selection, Deed.objects.first(), marks=marks, today=selecting.town.today, by=selecting.chair
    )
    assert made.marks == marks | {"county": "诸暨市"}


def test_too_few_candidates_are_told_by_group_before_the_list_is_closed(selecting):
    for deed in Deed.objects.filter(of="body").order_by("pk")[:1]:
        preparing.propose(selecting.selection, deed, marks={}, today=selecting.town.today, by=selecting.chair)
    told = polling.missing(selecting.selection)
    assert [each.split(":")[0] for each in told] == ["Organisations", "Members"]
    with pytest.raises(Refused, match="at least 2 are needed"):
        hold_poll(selecting)
    assert not Poll.objects.filter(title="样例每月之星").exists(), "nothing is half written"


def test_after_its_day_the_list_takes_nobody(selecting):
    late = selecting.selection.nominate_until + timedelta(days=1)
    with pytest.raises(Refused, match="It is closed"):
        preparing.propose(selecting.selection, Deed.objects.first(), marks={}, today=late, by=selecting.chair)


# == the poll ==
def test_the_poll_has_the_groups_of_the_rules_and_only_the_selection_changes_them(selecting):
    take_in(selecting)
    hold_poll(selecting)
    poll = selecting.selection.poll
    assert [(each["id"], each["least"], each["most"], len(each["candidates"])) for each in poll.groups] == [
        ("org", 1, 2, 3), ("per", 1, 2, 4),
    ]  # fmt: skip
    assert poll.basis == selecting.selection.basis and poll.draw and poll.steps == []
    with pytest.raises(Refused, match="come from a selection"):
        making.set_groups(poll, [], [], by=selecting.chair)
    with pytest.raises(Refused, match="needs the public draw"):
        making.amend(poll, now=NOW - timedelta(hours=2), by=selecting.chair,
                     **window() | {"title": "x", "kind": "members", "draw": "", "draw_held_after": None})  # fmt: skip
    assert set(Deed.objects.values_list("state", flat=True)) == {"running"}


def test_rules_and_candidates_are_hashed_before_anybody_votes_and_everybody_reads_them(selecting):
    take_in(selecting)
    hold_poll(selecting)
    freeze(selecting)
    assert selecting.selection.poll.rules["basis"] == selecting.selection.basis
    assert selections_visible_to(AnonymousUser()).get() == selecting.selection
    assert candidates_visible_to(AnonymousUser()).count() == 7
    assert not any(each.votes or each.outcome for each in selecting.candidates()), "no running totals"


@pytest.mark.parametrize(
    "org, per, code", [(2, 7, "too_few"), (4, 7, "too_many"), (3, 6, "too_few"), (3, 8, "too_many")]
)
def test_two_or_eight_choices_are_void_under_exactly_three_and_seven(org, per, code):
    """The page refuses them with the group and the number; a sealed ballot that has them is void by that code."""
    groups = [
        {"id": each["id"], "title": "x", "least": each["least"], "most": each["most"],
         "candidates": [{"id": f"{each['id']}{at}"} for at in range(20)]}
        for each in RULES["ningbo_2011"]["groups"]
    ]  # fmt: skip
    choices = {"org": [f"org{at}" for at in range(org)], "per": [f"per{at}" for at in range(per)]}
    assert reason_void({"groups": groups}, choices) == code
    assert str(per if org == 3 else org) in rules.sentence(code, {"groups": groups}, choices)


def test_it_is_not_published_before_the_draw_the_rules_go_on_with(selecting):
    take_in(selecting)
    hold_poll(selecting)
    freeze(selecting)
    vote(selecting)
    closed(selecting.held)
    result = counted(selecting.held)
    told = publishing.missing(result.poll, timezone.now() + timedelta(days=9))
    assert any("Write down what was drawn" in each for each in told)
    with pytest.raises(Refused, match="not published yet"):
        carrying.carry_out(selecting.again(), **selecting.given())


def test_a_candidate_withdraws_in_mid_round_and_ballots_that_chose_them_stay_valid(selecting):
    take_in(selecting)
    hold_poll(selecting)
    freeze(selecting)
    vote(selecting)
    gone = Candidate.objects.get(selection=selecting.selection, number="05")
    polling.withdraw(gone, why="本人退出", now=timezone.now(), by=selecting.chair)
    with pytest.raises(Refused, match="by now"):
        polling.withdraw(gone, why="又一次", now=timezone.now(), by=selecting.chair)
    publish_poll(selecting)
    assert selecting.selection.poll.result.tally["void"] == {}
    carrying.carry_out(selecting.selection, **selecting.given())
    found = {each.number: each for each in selecting.candidates()}
    assert (found["05"].outcome, found["05"].facts) == ("not", {"filter": "withdrawn"})
    assert found["06"].outcome == "chosen" and {found["04"].outcome, found["07"].outcome} == {"chosen", "reserve"}
    assert selecting.again().withdrawn == {"05": "本人退出"} and found["05"].deed.state == "shown"


def test_whoever_takes_their_deed_back_stands_no_more_and_the_log_says_so(selecting):
    take_in(selecting)
    hold_poll(selecting)
    freeze(selecting)
    deed = Deed.objects.get(title="样例言行6")
    agreeing.take_back(deed, now=timezone.now(), by=whose_it_is(selecting, deed))
    gone = Candidate.objects.get(deed=deed)
    assert gone.state == "withdrawn" and making.withdrawn_from(selecting.selection.poll) == {("per", "06")}


def test_before_the_poll_nothing_stays_of_a_candidate_whose_deed_is_taken_back(selecting):
    take_in(selecting)
    deed = Deed.objects.get(title="样例言行6")
    agreeing.take_back(deed, now=timezone.now(), by=whose_it_is(selecting, deed))
    gone = Candidate.objects.get(deed=deed)
    assert (gone.state, gone.title, gone.note) == ("withdrawn", "", "")


# == deeds that stand in two ==
def another(selecting) -> Selection:
    """A second one of the same body, in which the first deed stands too."""
    town, first = selecting.town, selecting.selection
    made = preparing.draft(
        first.held_by, first.rule, title="样例又一次", nominate_until=first.nominate_until, today=town.today,
        by=selecting.chair,
    )  # fmt: skip
    preparing.open_nominations(made, **selecting.given())
    deed = Deed.objects.get(title="样例言行1")
    preparing.propose(made, deed, marks={}, today=town.today, by=selecting.chair)
    return Selection.objects.get(pk=made.pk)


def test_a_deed_goes_on_running_in_one_selection_when_another_is_called_off(selecting):
    other = another(selecting)
    take_in(selecting)
    hold_poll(selecting)
    deed = Deed.objects.get(title="样例言行1")
    assert deed.state == "running"
    deciding.call_off(other, why="不评了", now=NOW, by=selecting.chair)
    deed.refresh_from_db()
    assert deed.state == "running"


def test_a_deed_goes_on_running_in_one_selection_when_it_is_withdrawn_from_another(selecting):
    other = another(selecting)
    take_in(selecting)
    hold_poll(selecting)
    polling.withdraw(other.candidates.get(), why="只参加一个", now=NOW, by=selecting.chair)
    deed = Deed.objects.get(title="样例言行1")
    assert deed.state == "running"
    polling.withdraw(deed.candidacies.get(selection=selecting.selection), why="退出", now=NOW, by=selecting.chair)
    deed.refresh_from_db()
    assert deed.state == "shown"


def a_star(selecting, deed) -> Star:
    town = selecting.town
    return stars.star_of(
        deed, body=town.bodies["city_union"], span="month", of=town.today, ground="样例", today=town.today,
        by=selecting.chair, office="",
    )  # fmt: skip


def test_a_star_that_withdraws_stays_a_star(selecting):
    deed = Deed.objects.get(title="样例言行1")
    a_star(selecting, deed)
    Deed.objects.filter(pk=deed.pk).update(state="shown")
    take_in(selecting)
    Deed.objects.filter(pk=deed.pk).update(state="star")
    hold_poll(selecting)
    polling.withdraw(deed.candidacies.get(), why="退出", now=NOW, by=selecting.chair)
    deed.refresh_from_db()
    assert deed.state == "star"


def test_whoever_takes_a_deed_back_comes_before_or_after_a_step_that_moves_it(selecting):
    take_in(selecting)
    gone, given = selecting.candidates()[0], {"why": "退出", "now": NOW, "by": selecting.chair}
    steps = (lambda: hold_poll(selecting), lambda: polling.withdraw(gone, **given))
    for step in steps:
        with CaptureQueriesContext(connection) as asked:
            step()
        moved = [each["sql"] for each in asked if '"deeds_deed"' in each["sql"]]
        assert "FOR UPDATE" in moved[0], "the lock comes before anything is read of them"


def test_a_time_that_has_not_begun_has_no_stars(selecting):
    given = {"nominate_until": selecting.town.today, "today": selecting.town.today, "by": selecting.chair}
    for span, of in (("month", selecting.town.today + timedelta(days=40)), ("year", date(2190, 1, 1))):
        with pytest.raises(Refused, match="has not begun"):
            preparing.draft(selecting.selection.held_by, selecting.selection.rule, title="x", span=span, of=of, **given)


def test_who_was_refused_takes_no_place(selecting, monkeypatch):
    monkeypatch.setattr(preparing, "MOST_CANDIDATES", 1)
    deeds, given = list(Deed.objects.order_by("pk")), {"marks": {}, "today": selecting.town.today}
    first = preparing.propose(selecting.selection, deeds[0], by=selecting.county, **given)
    with pytest.raises(Refused, match="Refuse some"):
        preparing.propose(selecting.selection, deeds[1], by=selecting.chair, **given)
    preparing.answer(first, "refuse", reason="去年评过", by=selecting.chair)
    preparing.propose(selecting.selection, deeds[1], by=selecting.chair, **given)


# == notice, objections, decision ==
def test_notice_lasts_the_working_days_of_the_rules_and_the_panel_waits_for_it(ranked):
    deciding.give_notice(ranked.selection, **ranked.given())
    selection = ranked.again()
    assert selection.notice_until >= ranked.town.today + timedelta(days=5)
    with pytest.raises(Refused, match="Decide after that day"):
        deciding.decide(selection, ["02"], panel="评审组", departs_why="", **ranked.given())


def test_an_objection_is_answered_by_another_than_who_carried_out_and_blocks_the_decision(ranked):
    selection, other = ranked.selection, ranked.town.accounts["member0"]
    with pytest.raises(Refused, match="while notice is given"):
        deciding.object_to(selection, words="样例", **ranked.given(other))
    deciding.give_notice(selection, **ranked.given())
    made = deciding.object_to(ranked.again(), words="02号不是本月的事", **ranked.given(other))
    with pytest.raises(Refused, match="waits for an answer already"):
        deciding.object_to(ranked.selection, words="再提一次", **ranked.given(other))
    after = {**ranked.given(), "today": ranked.selection.notice_until + timedelta(days=1)}
    with pytest.raises(Refused, match="Answer it first"):
        deciding.decide(ranked.selection, ["02"], panel="评审组", departs_why="x", **after)
    with pytest.raises(Refused, match="another person"):
        deciding.answer(made, "uphold", words="属实", by=ranked.chair)
    with pytest.raises(Refused, match="No objection was upheld"):
        deciding.look_again(ranked.selection, by=ranked.deputy)
    deciding.answer(made, "uphold", words="属实", by=ranked.deputy)
    deciding.look_again(ranked.selection, by=ranked.deputy)
    polling.withdraw(Candidate.objects.get(selection=selection, number="02"), why="异议成立", now=NOW, by=ranked.chair)
    carrying.carry_out(ranked.again(), **ranked.given())
    found = {each.number: each.outcome for each in ranked.candidates()}
    assert found["02"] == "not" and sorted([found["01"], found["03"]]) == ["chosen", "reserve"]
    deciding.give_notice(ranked.again(), **ranked.given())
    with pytest.raises(Refused, match="No objection was upheld"):
        deciding.look_again(ranked.again(), by=ranked.deputy)


def test_the_panel_waits_until_what_an_upheld_objection_says_was_looked_at_again(ranked):
    deciding.give_notice(ranked.selection, **ranked.given())
    other = ranked.town.accounts["member0"]
    made = deciding.object_to(ranked.again(), words="02号不是本月的事", **ranked.given(other))
    deciding.answer(made, "uphold", words="属实", by=ranked.deputy)
    chosen = [each.number for each in ranked.candidates() if each.outcome == "chosen"]
    after = {**ranked.given(), "today": ranked.again().notice_until + timedelta(days=1)}
    with pytest.raises(Refused, match="Look at the selection again"):
        deciding.decide(ranked.selection, chosen, panel="评审组", departs_why="", **after)
    deciding.look_again(ranked.again(), by=ranked.deputy)
    made.refresh_from_db()
    assert made.state == "reopened"
    deciding.give_notice(ranked.again(), **ranked.given())
    deciding.decide(ranked.again(), chosen, panel="评审组", departs_why="", **after)
    named = Deed.objects.get(title="样例言行2")
    a_star(ranked, named)
    Deed.objects.filter(pk=named.pk).update(state="running")
    deciding.publish(ranked.again(), **after)
    assert named.stars.count() == 1, "one that is a star of this time already stays just that"


def test_no_notice_is_given_of_outcomes_worked_out_before_a_candidate_withdrew(ranked):
    polling.withdraw(
        Candidate.objects.get(selection=ranked.selection, number="02"), why="本人退出", now=NOW, by=ranked.chair
    )
    with pytest.raises(Refused, match="Carry the rules out anew"):
        deciding.give_notice(ranked.again(), **ranked.given())
    carrying.carry_out(ranked.again(), **ranked.given())
    deciding.give_notice(ranked.again(), **ranked.given())


def test_the_file_of_a_notice_still_holds_after_a_deed_is_taken_back(ranked, tmp_path):
    deciding.give_notice(ranked.selection, **ranked.given())
    deed = Candidate.objects.get(selection=ranked.selection, number="05").deed
    agreeing.take_back(deed, now=timezone.now(), by=whose_it_is(ranked, deed))
    file = tmp_path / "selection.zip"
    with file.open("wb") as target:
        carrying.write_bundle(ranked.again(), target)
    assert found_in(str(file)) == []


@pytest.mark.parametrize(
    "chosen, said",
    [([], "Nobody is chosen"), (["01", "02"], "More are chosen"), (["99"], "does not stand"), (["02"], "departs")],
)
def test_a_decision_that_cannot_be_is_refused(chosen, said, ranked):
    deciding.give_notice(ranked.selection, **ranked.given())
    after = {**ranked.given(), "today": ranked.again().notice_until + timedelta(days=1)}
    with pytest.raises(Refused, match=said):
        deciding.decide(ranked.selection, chosen, panel="评审组", departs_why="", **after)


# == moves, rights and rules ==
def test_only_the_moves_of_the_table_and_only_whoever_keeps_it(selecting):
    for by in (selecting.county, selecting.town.accounts["member0"]):
        with pytest.raises(Refused, match="Your offices do not"):
            deciding.call_off(selecting.selection, why="样例", now=NOW, by=by)
    with pytest.raises(Refused, match="by now"):
        deciding.publish(selecting.selection, **selecting.given())
    assert {after for after in SELECTION_MOVES.values()} == set(S.values) - {"draft"}
    assert {after for after in CANDIDATE_MOVES.values()} == set(Candidate.State.values) - {"proposed"}


def test_called_off_with_the_reason_and_the_deeds_are_shown_as_before(selecting):
    take_in(selecting)
    hold_poll(selecting)
    with pytest.raises(Refused, match="poll is still held"):
        deciding.call_off(selecting.selection, why="样例", now=NOW, by=selecting.chair)
    making.call_off(selecting.selection.poll, why="候选人不足", now=NOW, by=selecting.chair)
    with pytest.raises(Refused, match="Say why"):
        deciding.call_off(selecting.again(), why=" ", now=NOW, by=selecting.chair)
    deciding.call_off(selecting.again(), why="候选人不足", now=NOW, by=selecting.chair)
    assert set(Deed.objects.values_list("state", flat=True)) == {"shown"} and owed(selecting) == []


@pytest.mark.parametrize("key", list(RULES))
def test_the_rules_of_the_pack_may_be(key):
    assert faults(RULES[key]) == []


@pytest.mark.parametrize(
    "change, said",
    [
        ({"notice_days": 3}, "five working days"),
        ({"caps": [{"by": "colour", "most": 1}]}, "which is no mark"),
        ({"filters": [{"code": "a", "mark": "leader", "bars": ["x"], "names": {}}]}, "names a mark or a value"),
        ({"leasts": [{"mark": "leader", "value": "x", "least": 1}]}, "A least counts"),
        ({"marks": [{"key": "county", "source": "county", "names": {"zh-hans": "网络投票数"}}], "filters": []},
         "no basis"),
        ({"groups": [{"id": "a", "least": 2, "most": 1, "places": 1}]}, "cannot be"),
    ],
)  # fmt: skip
def test_rules_that_may_not_be_are_refused_with_what_to_do(change, said):
    assert any(said in each for each in faults(RULES["ningbo_2011"] | change))


def test_a_weight_needs_its_document(selecting):
    take_in(selecting)
    with pytest.raises(Refused, match="needs the document"):
        polling.hold_poll(selecting.selection, today=selecting.town.today, now=NOW - timedelta(hours=2),
                          by=selecting.chair, **window() | {"weight": 30})  # fmt: skip
