"""Each check of the pack finds the case that is planted for it, and not its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gongjian.consistency.checks import SEARCHES
from gongjian.consistency.find import find_doubts
from gongjian.consistency.models import Check, Doubt

from .stage import DAY, Stage, define_checks, on, pack

CASES: dict[str, Callable[[Stage], set[Any]]] = {}


def case(plant: Callable[[Stage], set[Any]]) -> Callable[[Stage], set[Any]]:
    """Plants a case and its neighbours; returns what the check of that name must find."""
    CASES[plant.__name__] = plant
    return plant


def test_every_check_of_the_pack_has_its_case_and_every_search_its_check():
    assert set(CASES) == {each.key for each in pack().checks}
    assert {each.finds for each in pack().checks} == set(SEARCHES)
    assert len(SEARCHES) >= 40


@pytest.mark.parametrize("key", [each.key for each in pack().checks])
def test_what_is_planted_is_found_and_nothing_else(stage, key):
    expected = CASES[key](stage)
    assert expected
    assert stage.found(key) == expected


def test_where_everything_agrees_nothing_is_found(stage):
    stage.joint(stage.firm(), stage.firm(), leader=stage.village_party)
    define_checks()
    done = find_doubts(DAY)
    assert Check.objects.count() == len(CASES)
    assert done.doubts == 0, set(Doubt.objects.values_list("raised_by", flat=True))


# == who covers an employer ==
@case
def party_no_union(s):
    large, small, joined = s.firm(60), s.firm(59), s.firm(60)
    for firm in (large, small, joined):
        s.branch(firm)
    s.joint(joined)
    return {large}


@case
def union_no_league(s):
    young, older, with_league = s.firm(90, under_35=30), s.firm(90, under_35=29), s.firm(90, under_35=30)
    for firm in (young, older, with_league):
        s.union(firm)
    s.body("league_branch", with_league)
    return {young}


@case
def union_no_women(s):
    many, few, with_women = s.firm(90, women=50), s.firm(90, women=49), s.firm(90, women=50)
    for firm in (many, few, with_women):
        s.union(firm)
    s.body("women_staff_committee", with_women)
    return {many}


@case
def union_counted_twice(s):
    twice, once = s.firm(), s.firm()
    s.joint(twice, once)
    s.joint(twice, kind="trade_union_federation", form="trade", seat=s.town)
    s.union(once)  # its own is another matter
    return {twice}


@case
def union_own_and_joint(s):
    both, own, joint = s.firm(), s.firm(), s.firm()
    s.union(both)
    s.union(own)
    s.joint(both, joint)
    return {both}


@case
def large_without_own_union(s):
    large, small, own = s.firm(25), s.firm(24), s.firm(25)
    s.joint(large, small, own)
    s.union(own)
    return {large}


@case
def idle_yet_covered(s):
    closed, resting, gone = s.firm(status="closed"), s.firm(status="suspended"), s.firm(status="moved_away")
    s.joint(closed, resting)
    assert gone
    return {closed}


@case
def idle_yet_seat(s):
    away, covered = s.firm(status="moved_away"), s.firm(status="closed")
    s.branch(away)
    s.joint(covered)
    return {away}


@case
def cover_lost(s):
    lost, long_ago, taken_over = s.firm(), s.firm(), s.firm()
    joint = s.joint()
    s.cover(joint, lost, until=on(2024))
    s.cover(joint, long_ago, until=on(2023, 6, 1))
    s.cover(joint, taken_over, until=on(2024))
    s.union(taken_over)
    return {lost}


@case
def town_without_federation(s):
    for number in range(3):
        s.joint(seat=s.unit("village", s.town2, code=f"33068110530{number}"))
        s.joint(seat=s.unit("village", s.town, code=f"33068111330{number}"))
    few = s.unit("town", s.county, code="330681120000")
    for number in range(2):
        s.joint(seat=s.unit("village", few, code=f"33068112030{number}"))
    return {s.town2}


@case
def site_stands_empty(s):
    empty, housing, without = (s.unit("building", s.village) for _ in range(3))
    s.joint(seat=empty)
    s.joint(seat=housing)
    s.firm(site=housing)
    assert without
    return {empty}


# == how many people ==
@case
def count_is_old(s):
    old, recent = s.firm(25, counted=on(2022, 6, 1)), s.firm(25, counted=on(2022, 6, 2))
    assert s.firm(25, counted=on(2020), status="closed") and s.firm(24, counted=on(2020)) and recent
    return {old}


@case
def count_is_missing(s):
    covered, alone, counted = s.firm(None), s.firm(None), s.firm(0)
    s.joint(covered, counted)
    assert alone
    return {covered}


@case
def count_jumps(s):
    up, down, five, small = (s.unit("enterprise", s.village) for _ in range(4))
    for firm, before, after in ((up, 10, 51), (down, 300, 59), (five, 10, 50), (small, 1, 49)):
        s.heads(firm, before, on(2023), on(2024))
        s.heads(firm, after, on(2024))
    return {up, down}


@case
def many_dispatched(s):
    assert s.firm(20, dispatched=20)
    return {s.firm(20, dispatched=21)}


# == where and under which codes ==
@case
def no_credit_code(s):
    assert s.firm(credit_code="", status="closed") and s.unit("school", s.village)
    return {s.firm(credit_code="")}


@case
def registered_elsewhere(s):
    assert s.firm(credit_code="91330602MA20000001")
    return {s.firm(credit_code="91330106MA20000001")}


@case
def name_twice(s):
    county2 = s.unit("district", s.city, code="330602000000")
    town = s.unit("street", county2, code="330602001000")
    assert s.firm(name="样例袜业", parent=town) and s.firm(name="样例袜业", status="closed")
    return {s.firm(name="样例袜业"), s.firm(name="样例袜业", parent=s.village2)}


@case
def site_elsewhere(s):
    here, there = s.unit("building", s.village), s.unit("building", s.village2)
    assert s.firm(site=here)
    return {s.firm(site=there)}


@case
def site_gone(s):
    gone, idle = s.unit("building", s.village, until=on(2024)), s.unit("building", s.village, status="closed")
    assert s.firm(site=s.unit("building", s.village))
    return {s.firm(site=gone), s.firm(site=idle)}


@case
def parent_gone(s):
    return {s.firm(parent=s.unit("village", s.town, until=on(2024)))}


@case
def parent_of_wrong_level(s):
    return {s.unit("village", s.county, code="330681999201")}


@case
def code_outside_parent(s):
    assert s.unit("village", s.town)  # without a code nothing is said
    return {s.unit("village", s.town, code="330681105999")}


# == above and below ==
@case
def superior_of_other_line(s):
    return {s.union(s.firm(), superior=s.village_party)}


@case
def superior_gone(s):
    return {s.union(s.firm(), superior=s.joint(until=on(2024)))}


@case
def superior_missing(s):
    return {s.branch(s.firm(), superior=None)}


@case
def superior_elsewhere(s):
    site = s.unit("building", s.village2)
    in_it = s.branch(s.firm(site=site), superior=s.body("party_branch", site, superior=s.town2_party))
    assert in_it and s.branch(s.firm(), superior=s.town2_party, form="trade")
    return {s.branch(s.firm(), superior=s.town2_party)}


@case
def passed_over(s):
    assert s.union(s.firm()) and s.union(s.firm(parent=s.village2), superior=s.county_union)  # no union in town2
    return {s.union(s.firm(), superior=s.county_union)}


@case
def leader_gone(s):
    gone = s.branch(s.firm(), until=on(2024))
    return {s.union(s.firm(), leader=gone)}


@case
def leader_missing(s):
    firm, alone = s.firm(), s.firm()
    s.branch(firm)
    assert s.union(alone)
    return {s.union(firm)}


@case
def leader_does_not_lead(s):
    firm = s.firm()
    return {s.body("league_branch", firm, leader=s.union(firm))}


@case
def leads_and_is_led(s):
    assert s.branch(s.firm(), leader=s.village_party)
    return {s.branch(s.firm(), leader=s.town_party)}


@case
def leader_elsewhere(s):
    assert s.union(s.firm(), leader=s.village_party)
    return {s.union(s.firm(), leader=s.town2_party)}


@case
def seat_gone(s):
    return {s.branch(s.firm(until=on(2024)))}


# == terms ==
def _terms(s):
    """Three bodies whose last term ended today, a year and a day ago, and not yet."""
    today, long_ago, running = (s.branch(s.firm(), without=("term",)) for _ in range(3))
    s.term(today, on(2019, 6, 1), DAY)
    s.term(long_ago, on(2018, 6, 1), on(2023, 6, 1))
    s.term(running, on(2019, 6, 2), on(2024, 6, 2))
    return today, long_ago


@case
def term_ran_out(s):
    return {_terms(s)[0]}


@case
def term_ran_out_long_ago(s):
    return {_terms(s)[1]}


@case
def term_unknown(s):
    s.body("party_working_committee", s.firm())
    return {s.branch(s.firm(), without=("term",))}


@case
def term_too_long(s):
    long, endless, over = (s.branch(s.firm(), without=("term",)) for _ in range(3))
    s.term(long, on(2022), on(2027, 1, 6))
    s.term(endless, on(2022), None)
    s.term(over, on(2016), on(2024))
    return {long, endless}


# == what they cover ==
def _joint(s, kind, count):
    return s.joint(*(s.firm() for _ in range(count)), kind=kind, superior=s.village_party)


@case
def joint_party_of_few(s):
    _joint(s, "party_joint_branch", 2)
    return {_joint(s, "party_joint_branch", 1)}


@case
def joint_party_of_many(s):
    _joint(s, "party_joint_branch", 5)
    return {_joint(s, "party_joint_branch", 6)}


@case
def joint_league_of_few(s):
    _joint(s, "league_joint_branch", 2)
    _joint(s, "party_joint_branch", 1)
    return {_joint(s, "league_joint_branch", 1)}


@case
def covers_nothing(s):
    return {s.branch(s.firm(), without=("cover",))}


@case
def covers_not_its_seat(s):
    s.joint(s.firm(), without=("cover",))
    return {s.branch(s.firm(), without=("cover",), covers=(s.firm(),))}


@case
def single_of_many(s):
    s.joint(s.firm(), s.firm())
    s.body("union_federation", s.village, covers=(s.firm(), s.firm()))
    return {s.branch(s.firm(), covers=(s.firm(),))}


@case
def covers_gone(s):
    return {s.joint(s.firm(), s.firm(until=on(2024)))}


@case
def covers_elsewhere(s):
    site = s.unit("building", s.village)
    s.joint(s.firm(parent=s.village2, site=site), seat=site)
    s.joint(s.firm(parent=s.village2), form="trade")
    return {s.joint(s.firm(parent=s.village2))}


# == what they are ==
@case
def union_committee_too_small(s):
    s.union(s.firm(25))
    s.union(s.firm(None))
    return {s.union(s.firm(24))}


@case
def league_committee_too_small(s):
    s.body("league_committee", s.firm(200, under_35=100))
    s.body("league_branch", s.firm(200, under_35=9))
    return {s.body("league_committee", s.firm(200, under_35=99))}


@case
def joint_union_set_up_alone(s):
    s.joint()
    return {s.joint(form="single")}


@case
def same_body_twice(s):
    firm = s.firm()
    s.branch(s.firm(), name="样例党支部")
    s.union(firm, name="样例党支部")
    return {s.branch(firm, name="样例党支部"), s.branch(firm, name="样例党支部")}


@case
def called_as_before(s):
    firm = s.unit("enterprise", s.village, name="样例旧名", until=on(2020))
    s.entry(firm, "enterprise", s.village, name="样例新名", since=on(2020))
    s.branch(firm, name="中共样例新名支部")
    return {s.branch(firm, name="中共样例旧名支部")}


# == who holds office, who is a member ==
@case
def two_heads(s):
    body, after = s.branch(s.firm()), s.branch(s.firm())
    s.office(body, s.heads_of["party"])
    s.office(after, s.heads_of["party"], since=on(2020), until=on(2022))
    return {body}


@case
def no_head(s):
    s.body("party_working_committee", s.firm(), without=("head",))
    return {s.branch(s.firm(), without=("head",))}


@case
def office_of_other_line(s):
    union = s.union(s.firm())
    s.office(union, s.heads_of["party"])
    return {union}


@case
def head_past_term(s):
    still, new, lately = (s.branch(s.firm(), without=("term", "head")) for _ in range(3))
    for body, ended, since in ((still, on(2023, 11, 1), on(2020)), (new, on(2023, 11, 1), on(2023, 11, 1)),
                               (lately, on(2023, 12, 2), on(2020))):  # fmt: skip
        s.term(body, on(2020), ended)
        s.office(body, s.heads_of["party"], since=since)
    return {still}


@case
def office_outlives_body(s):
    gone = s.branch(s.firm(), until=on(2024))
    s.office(gone, s.heads_of["party"])
    s.branch(s.firm(), until=on(2024))
    return {gone}


@case
def lent_for_long(s):
    long, short = s.branch(s.firm()), s.branch(s.firm())
    s.lend(s.office(long, s.heads_of["party"]), on(2023, 11, 30))
    s.lend(s.office(short, s.heads_of["party"]), on(2023, 12, 1))
    return {long}


@case
def party_branch_of_few(s):
    two, three = s.branch(s.firm()), s.branch(s.firm())
    s.members(2, two)
    s.members(3, three)
    return {two}


@case
def branch_of_many(s):
    fifty, more = s.branch(s.firm()), s.branch(s.firm())
    s.members(50, fifty)
    s.members(51, more)
    return {more}


@case
def party_member_twice(s):
    one, other, third, union = s.branch(s.firm()), s.branch(s.firm()), s.branch(s.firm()), s.union(s.firm())
    s.members(1, one, other)
    s.members(1, third, union)
    return {one, other}


@case
def membership_outlives_body(s):
    gone = s.branch(s.firm(), until=on(2024))
    s.members(1, gone)
    s.members(1, s.branch(s.firm()))
    return {gone}


# == venues ==
ALL = ("party", "union", "league", "women")


@case
def venue_without_hours(s):
    s.venue(lines=ALL)
    s.venue(lines=ALL[:3], hours="")
    return {s.venue(lines=ALL, hours="")}


@case
def venue_without_keeper(s):
    s.venue(keeper=None)
    s.venue(plaques=("party_home",))
    return {s.venue(plaques=("party_home",), keeper=None)}


@case
def venue_owner_gone(s):
    s.venue()
    return {s.venue(owner=s.branch(s.firm(), until=on(2024)))}


@case
def venue_place_gone(s):
    s.venue()
    return {s.venue(s.firm(until=on(2024)))}


@case
def same_venue_twice(s):
    s.venue(s.village2, name="党群服务中心")
    return {s.venue(name="党群服务中心"), s.venue(name="党群服务中心")}


@case
def owner_does_not_share(s):
    s.venue()
    return {s.venue(lines=("union",))}


@case
def sharer_is_not_there(s):
    s.venue(lines=("party",))
    return {s.venue(lines=("party", "women"))}


@case
def plaque_before_venue(s):
    s.venue(plaques=("party_home",), since=on(2017), hung=on(2017))
    return {s.venue(plaques=("party_home",), since=on(2018), hung=on(2017))}


@case
def plaque_outlives_venue(s):
    s.venue(until=on(2024))
    s.venue(plaques=("party_home",))
    return {s.venue(plaques=("party_home",), until=on(2024))}


@case
def plaque_of_absent_line(s):
    s.venue(plaques=("party_home", "womens_home"), lines=("party", "women"))
    return {s.venue(plaques=("party_home", "womens_home"))}


@case
def venue_not_looked_at(s):
    never, long_ago, lately = (s.venue(plaques=("party_home",)) for _ in range(3))
    s.looked_at(long_ago, on(2023, 6, 1), 6)
    s.looked_at(lately, on(2023, 6, 2), 6)
    s.venue()
    return {never, long_ago}


@case
def plaque_of_little(s):
    little, mended, enough = (s.venue(plaques=("party_home",)) for _ in range(3))
    s.looked_at(little, on(2024), 3)
    s.looked_at(mended, on(2023), 3)
    s.looked_at(mended, on(2024), 4)
    assert enough  # nobody has looked: another check says so
    return {little}


# == reforms ==
@case
def ended_untold(s):
    s.ended_village(into=s.village)
    return {s.ended_village()}


@case
def reform_undocumented(s):
    s.ended_village(into=s.village, document=on(2020))
    return {s.ended_village(into=s.village)}


@case
def document_long_after(s):
    s.ended_village(into=s.village, document=on(2021, 7, 1))
    return {s.ended_village(into=s.village, document=on(2021, 7, 2))}
