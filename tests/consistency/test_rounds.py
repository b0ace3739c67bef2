"""How doubts begin, stay, move and end from round to round; and how one is set aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from gongjian.chronicle.models import Act, Before
from gongjian.consistency import actions
from gongjian.consistency.checks import SEARCHES, faults
from gongjian.consistency.find import find_doubts
from gongjian.consistency.mending import PAGES
from gongjian.consistency.models import Check, Doubt, Round, SetAside
from gongjian.register.models import BodyEntry, Threshold
from gongjian.register.refusals import Refused
from gongjian.register.walks import refresh_unit_paths

from .stage import DAY, define_checks, on, pack

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def doubt(stage) -> Doubt:
    """A branch with two heads."""
    stage.office(stage.village_party, stage.heads_of["party"])
    stage.found("two_heads")
    return Doubt.objects.get()


def test_a_doubt_stays_one_doubt_until_it_is_gone(stage, doubt):
    find_doubts(NEXT_DAY)
    assert (Doubt.objects.get().pk, Doubt.objects.get().first_seen) == (doubt.pk, DAY)
    stage.village_party.offices.latest("pk").delete()
    later = NEXT_DAY + timedelta(days=1)
    assert find_doubts(later).doubts == 0
    assert Doubt.objects.get().gone_on == later
    assert [Doubt.objects.on(day).count() for day in (DAY - timedelta(days=1), DAY, NEXT_DAY, later)] == [0, 1, 1, 0]


def test_what_comes_back_is_a_new_doubt(stage, doubt):
    extra = stage.village_party.offices.latest("pk")
    body, kind = extra.body, extra.kind_id
    extra.delete()
    find_doubts(NEXT_DAY)
    stage.office(body, kind)
    find_doubts(NEXT_DAY + timedelta(days=1))
    assert list(Doubt.objects.order_by("pk").values_list("gone_on", flat=True)) == [NEXT_DAY, None]


def test_going_round_twice_on_a_day_changes_nothing(stage, doubt):
    before = list(Doubt.objects.values())
    find_doubts(DAY)
    assert list(Doubt.objects.values()) == before
    assert Round.objects.get().doubts == 1


def test_doubts_are_kept_forwards(stage, doubt):
    assert find_doubts(DAY - timedelta(days=1)) is None
    assert Doubt.objects.get() == doubt and Round.objects.count() == 1


def test_a_doubt_moves_with_the_seat(stage, doubt):
    assert doubt.place == stage.village
    BodyEntry.objects.filter(body=stage.village_party).update(seat=stage.village2)
    find_doubts(NEXT_DAY)
    assert (Doubt.objects.get().pk, Doubt.objects.get().place) == (doubt.pk, stage.village2)


def test_what_does_not_stand_is_seen_through_what_it_last_stood_in(stage):
    gone = stage.ended_village()
    refresh_unit_paths(DAY)
    assert stage.found("ended_untold") == {gone}
    assert Doubt.objects.get().place == stage.town


def test_a_check_measured_by_a_threshold_finds_nothing_before_it_holds(stage):
    stage.joint(stage.firm(25))
    assert len(stage.found("large_without_own_union")) == 1
    Threshold.objects.filter(key="union_committee").update(valid=(on(2030), None))
    assert find_doubts(NEXT_DAY).doubts == 0


def test_a_threshold_is_taken_as_it_is_on_the_day(stage):
    stage.joint(stage.firm(25))
    Threshold.objects.filter(key="union_committee").update(least=26)
    assert stage.found("large_without_own_union") == set()


def test_a_check_that_the_pack_drops_takes_its_doubts_along(stage, doubt):
    Check.objects.get(pk="two_heads").delete()
    assert not Doubt.objects.exists()


def test_a_round_asks_as_many_queries_for_more_doubts(stage, django_assert_max_num_queries):
    define_checks()
    for _ in range(3):
        stage.branch(stage.firm(), without=("term", "head", "cover"))
    with django_assert_max_num_queries(len(pack().checks) + 50):
        assert find_doubts(DAY).doubts > 6


# == set aside ==
def test_a_doubt_is_set_aside_until_a_day_by_an_act(stage, doubt):
    actions.set_aside(doubt, reason=" 交接期 ", until=on(2024, 9, 1), today=DAY, by=None)
    aside = SetAside.objects.get()
    assert (aside.reason, aside.last_day) == ("交接期", on(2024, 8, 31))
    act = Act.objects.latest("pk")
    assert (act.verb, act.subject, act.on) == ("consistency.set_aside", doubt.subject, DAY)
    assert act.facts == {"check": "two_heads", "until": "2024-09-01", "body": stage.village_party.pk}
    assert [SetAside.objects.on(day).count() for day in (DAY, on(2024, 8, 31), on(2024, 9, 1))] == [1, 1, 0]


def test_taking_it_back_keeps_what_was(stage, doubt):
    aside = actions.set_aside(doubt, reason="交接期", until=on(2024, 9, 1), today=DAY, by=None)
    actions.take_back(aside, today=NEXT_DAY, by=None)
    assert SetAside.objects.get().until == NEXT_DAY
    assert Act.objects.latest("pk").verb == "consistency.take_back"
    assert Before.objects.filter(table="consistency_setaside", row=aside.pk, deleted=False).exists()
    again = actions.set_aside(doubt, reason="交接期", until=on(2024, 9, 1), today=NEXT_DAY, by=None)
    actions.take_back(again, today=NEXT_DAY, by=None)
    assert list(SetAside.objects.all()) == [aside]
    with pytest.raises(Refused):
        actions.take_back(aside, today=NEXT_DAY, by=None)


@pytest.mark.parametrize("reason, until, told", [
    (" ", on(2024, 9, 1), "Say why"), ("x" * 201, on(2024, 9, 1), "200"), ("交接期", DAY, "after today"),
    ("交接期", on(2027, 6, 3), "three years"),
])  # fmt: skip
def test_what_cannot_be_set_aside_is_refused_with_a_sentence(stage, doubt, reason, until, told):
    with override("en"), pytest.raises(Refused, match=told):
        actions.set_aside(doubt, reason=reason, until=until, today=DAY, by=None)
    assert not SetAside.objects.exists()


def test_neither_twice_nor_what_is_gone_is_set_aside(stage, doubt):
    actions.set_aside(doubt, reason="交接期", until=on(2024, 9, 1), today=DAY, by=None)
    with override("en"), pytest.raises(Refused, match="already"):
        actions.set_aside(doubt, reason="交接期", until=on(2024, 9, 1), today=NEXT_DAY, by=None)
    Doubt.objects.update(gone_on=NEXT_DAY)
    with override("en"), pytest.raises(Refused, match="not found any more"):
        actions.set_aside(doubt, reason="交接期", until=on(2025), today=on(2024, 10), by=None)


# == the pack ==
def test_every_check_is_mended_on_a_page_of_what_it_is_about():
    of_units = {"unit", "unit_keep", "unit_amend", "unit_close", "unit_merge", "units_file"}
    for each in pack().checks:
        assert each.mends in PAGES
        if SEARCHES[each.finds].of == "unit":
            assert each.mends in of_units and each.owner == "line", each.key
        if SEARCHES[each.finds].of == "venue":
            assert each.mends in ("unit", "venue_keep"), each.key


KNOWN = {
    "line": {"union"}, "body_kind": {"branch"}, "unit_kind": {"firm"}, "form": {"single"}, "status": {"closed"},
    "threshold": {"least_of_all"}, "plaque": {"home"},
}  # fmt: skip


@pytest.mark.parametrize("name, given, told", [
    ("cover_lost", {"days": 365}, ""), ("cover_lost", {"days": "least_of_all"}, ""),
    ("no_such", {}, "there is no search"), ("cover_lost", {}, "needs “days”"),
    ("two_heads", {"days": 1}, "does not know “days”"), ("cover_lost", {"days": True}, "whole number"),
    ("cover_lost", {"days": -1}, "whole number"), ("cover_lost", {"days": "other"}, "key of a threshold"),
    ("idle_yet_covered", {"statuses": []}, "list of keys"), ("idle_yet_covered", {"statuses": ["x"]}, "list of keys"),
    ("covered_twice", {"line": "x"}, "a key that stands"), ("covered_twice", {"line": ["union"]}, "a key that stands"),
    ("plaque_of_absent_line", {"plaques": {"home": "x"}}, "a table of plaques"),
    ("plaque_of_absent_line", {"plaques": {"home": "union"}}, ""),
])  # fmt: skip
def test_what_a_pack_gives_a_search_is_checked(name, given, told):
    with override("en"):
        found = list(faults(name, given, KNOWN))
    assert (len(found) == 1 and told in found[0]) if told else found == []
