"""Rounds: who is in them, who comments on whom, what is asked of whom, and who looks after them each night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gongjian.accounts.models import User
from gongjian.asks import matters
from gongjian.asks.models import Ask, Ceiling
from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.models import OfficeKind
from gongjian.register.refusals import Refused
from gongjian.telling import rounds
from gongjian.telling.models import Telling, TellingRound
from gongjian.telling.states import RECTIFICATION_MOVES, TELLING_MOVES
from gongjian.telling.watching import look_after

from .conftest import FIVE, NOW, Set, comment, confirm, finish, open_round, plan, publish, published, tell


def commenters(opened: Set) -> dict[str, str]:
    keys = {body.pk: key for key, body in opened.town.bodies.items()}
    return {keys[each.body_id]: keys[each.commenter_id] for each in Telling.objects.filter(round=opened.round)}


def asked(about: str, state: str = "open") -> set[int]:
    return set(Ask.objects.filter(sending__about=about, state=state).values_list("body_id", flat=True))


def test_everybody_below_and_led_is_in_it_and_commented_on_from_right_above(opened):
    assert commenters(opened) == {
        "street_party": "county_party", "county_union": "county_party", "village_party": "street_party",
        "league": "village_party", "joint_union": "county_union",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "bodies"),
    [
        ({"line": "party"}, ["street_party", "village_party"]),
        ({"line": "union"}, ["county_union", "joint_union"]),
        ({"level": "village"}, ["village_party", "joint_union", "league"]),
        ({"kind": "league_branch"}, ["league"]),
        ({"direct": True}, ["street_party", "county_union"]),
    ],
)
def test_it_is_narrowed(opened, chosen, bodies):
    seen = rounds.outlook(opened.body("county_party"), chosen, opened.town.today)
    made = open_round(opened.town, name="样例", chosen=chosen).round
    found = set(made.tellings.values_list("body_id", flat=True))
    assert found == {opened.body(each).pk for each in bodies} and seen.bodies == len(bodies)


def test_all_are_asked_to_tell_and_who_comments_to_comment_and_the_host_is_not_asked_by_itself(opened):
    assert asked(opened.round.about) == {opened.body(each).pk for each in FIVE}
    who = ("street_party", "village_party", "county_union")
    assert asked(opened.round.about_comments) == {opened.body(each).pk for each in who}
    told = matters.told(opened.by("village"), opened.round.about)
    assert told is not None and told.href == f"/tellings/rounds/{opened.round.pk}/"


def test_whose_month_is_full_is_left_out_and_the_round_is_open_all_the_same(opened):
    Ceiling.objects.create(key="village", names={"zh-hans": "村"}, minutes=1)
    made, unasked = open_round(opened.town, name="样例")
    assert made.tellings.count() == 5 and len(unasked) == 2 and "month is full" in unasked[0]
    assert asked(made.about) == {opened.body(each).pk for each in ("street_party", "county_union")}


def test_who_tells_has_nothing_left_to_do_and_the_others_have(opened):
    tell(opened)
    village = opened.body("village_party").pk
    assert village not in asked(opened.round.about) and asked(opened.round.about, "done") == {village}
    comment(opened)
    assert opened.body("street_party").pk not in asked(opened.round.about_comments)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": "上半年讲述点评"}, "Give the round a name"),
        ({"name": " "}, "Give the round a name"),
        ({"name": "名" * 61}, "61 characters"),
        ({"since_": 400}, "quarter or half a year"),
        ({"tell_": 0}, "from tomorrow on"),
        ({"chosen": {"kind": "nothing"}}, "Choose wider"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_a_sentence(opened, given, says):
    today = opened.town.today
    days = {
        "since": today - timedelta(days=given.pop("since_", 150)),
        "tell_by": today + timedelta(days=given.pop("tell_", 10)),
    }
    with pytest.raises(Refused, match=says):
        open_round(opened.town, **{"name": "样例"} | days | given)
    assert TellingRound.objects.count() == 1 and Telling.objects.count() == 5


def test_only_who_keeps_the_host_s_matters_opens_and_closes(opened):
    with pytest.raises(Refused, match="does not keep"):
        open_round(opened.town, by=opened.by("street"), name="样例")
    with pytest.raises(Refused, match="does not keep"):
        rounds.close_round(opened.round, now=NOW, by=opened.by("village"))


def test_in_a_closed_round_nothing_is_owed_and_nothing_written_until_it_goes_on(opened):
    each = published(opened)[0]
    rounds.close_round(opened.round, now=NOW, by=opened.by("county"))
    assert not Ask.objects.filter(state="open").exists()
    for deed in (lambda: tell(opened, "league", "village"), lambda: plan(opened, each), lambda: comment(opened)):
        with pytest.raises(Refused, match="closed"):
            deed()
    rounds.reopen_round(opened.round, by=opened.by("county"))
    assert plan(opened, each).state == "planned"


def test_a_superior_dissolved_in_mid_round_is_replaced_by_the_one_above_which_is_asked(opened):
    """The one above comments even before the night, by the rule of what a dissolved body leaves."""
    tell(opened)
    street, village, today = opened.body("street_party"), opened.body("village_party"), opened.town.today
    actions.amend_body(village, on=today, today=today, by=None, superior=opened.body("county_party"))
    actions.close_body(street, on=today, today=today, by=None)
    with pytest.raises(Refused):
        comment(opened)
    assert comment(opened, by="county").commenter_id == street.pk
    assert look_after(today, NOW) == {"handed_on": 1, "overdue": 0, "asked_to_confirm": 0}
    assert look_after(today, NOW)["handed_on"] == 0 and commenters(opened)["village_party"] == "county_party"
    publish(opened, by="county")
    assert opened.of().state == "published"
    assert Act.objects.filter(verb="telling.hand_on").count() == 1


def test_what_is_late_falls_due_once_and_is_on_course_again_with_a_new_day(opened):
    first, second = published(opened)
    day = opened.town.today + timedelta(days=31)
    assert [look_after(day, NOW)["overdue"] for _ in range(2)] == [1, 0]
    assert opened.of().state == "overdue" and opened.of().is_late(day)
    for each in (first, second):
        plan(opened, each, today=day, due_on=day + timedelta(days=5))
        assert opened.of().state == ("overdue" if each == first else "rectifying")


def test_who_lets_a_confirmation_wait_is_asked_for_it_once(opened):
    first, second = published(opened)
    for each in (first, second):
        finish(opened, plan(opened, each))
    later = opened.town.today + timedelta(days=15)
    found = [look_after(later, NOW)["asked_to_confirm"] for _ in range(2)]
    about = opened.of().about_confirming
    assert asked(about) == {opened.body("street_party").pk} and Ask.objects.filter(sending__about=about).count() == 1
    assert found[0] == 1
    confirm(opened, first)
    assert asked(about)
    confirm(opened, second)
    assert not asked(about) and opened.of().state == "verified"


def test_the_tables_of_moves_lead_from_every_state_but_the_end_and_to_every_state():
    assert {state for state, _verb in TELLING_MOVES} == set(Telling.State)
    assert set(TELLING_MOVES.values()) == set(Telling.State) - {Telling.State.SCHEDULED}
    assert len({state for state, _verb in RECTIFICATION_MOVES}) == 4


def test_nobody_without_the_right_to_ask_is_asked_for_and_the_page_says_so(opened):
    kind = OfficeKind.objects.get(key="party_secretary")
    kind.roles.set(["keeps_plan", "leads_line"])
    made, unasked = open_round(opened.town, by=User.objects.get(pk=opened.by("county").pk), name="样例")
    assert made.tellings.count() == 5 and len(unasked) == 2 and "does not ask" in unasked[0]
