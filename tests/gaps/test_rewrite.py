"""What the night run writes: as many gaps as are missing, each with its way, and suggestions that outlive it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gongjian.asks.models import Ask
from gongjian.figures import run as night
from gongjian.figures.run import NotRead
from gongjian.gaps import actions, rewrite
from gongjian.gaps.models import Decision, Gap, Joining, Suggestion
from gongjian.indicators.models import Reading
from gongjian.register.models import Role
from tests.register import town as small
from tests.register.town import REFORM

from .conftest import a_run, area_union, firm


def ways(town, line: str = "union") -> dict[str, str]:
    """The way of each firm that has a name in the town."""
    keys = {unit.pk: key for key, unit in town.units.items()}
    return {keys[gap.unit_id]: gap.way for gap in Gap.objects.filter(line=line)}


def test_each_indicator_lists_as_many_gaps_as_it_misses(found, settings, tmp_path):
    settings.SNAPSHOTS = tmp_path
    night.read_indicators(found.today)
    for joining in Joining.objects.all():
        for key in joining.indicators:
            reading = Reading.objects.filter(indicator=key, unit=found.units["city"]).first()
            listed = Gap.objects.filter(line=joining.line, indicators__contains=[key]).count()
            assert listed == (reading.missing if reading else 0), key


def test_every_firm_has_the_way_that_its_numbers_allow(found):
    assert ways(found) == {
        "large": "own", "logistics": "own", "sixteen": "joint", "ten": "joint", "two": "joint",
        "unknown": "ask_numbers",
    }  # fmt: skip
    suggestion = Suggestion.objects.get(line="union")
    assert (suggestion.heads, suggestion.least, suggestion.hood) == (28, 25, found.units["village"])
    assert set(suggestion.units) == {found.units[key].pk for key in ("sixteen", "ten", "two")}


def test_who_is_left_over_goes_to_the_area_or_to_an_organiser(found, run_again):
    small.cover(found.bodies["county_union"], found.units["sixteen"], since=REFORM)
    run_again()
    assert {key: ways(found)[key] for key in ("ten", "two")} == {"ten": "organiser", "two": "organiser"}
    area_union(found)
    run_again()
    gaps = {gap.unit_id: gap for gap in Gap.objects.filter(line="union")}
    assert {key: ways(found)[key] for key in ("ten", "two")} == {"ten": "area", "two": "area"}
    assert gaps[found.units["ten"].pk].body == found.bodies["area_union"]
    assert gaps[found.units["large"].pk].body == found.bodies["joint_union"]
    assert gaps[found.units["logistics"].pk].body == found.bodies["county_union"]


def test_a_unit_with_a_mass_organisation_comes_first_in_the_party(found):
    assert {ways(found, "party")[key] for key in ("hosiery",)} == {"mass_first"}
    assert {ways(found, "party")[key] for key in ("hardware", "large", "ten")} == {"ask_numbers"}


def test_a_place_has_a_body_of_its_own(found):
    assert ways(found, "women")["village"] == "own" and ways(found, "party")["building"] == "own"


def test_larger_leverage_comes_first_and_the_unknown_last(found):
    listed = Gap.objects.filter(line="union").order_by("-leverage", "id")
    told = [(gap.heads, gap.leverage) for gap in listed]
    assert told == [(58, 58), (40, 40), (16, 12), (10, 8), (2, 1), (None, 0)]


def test_the_same_suggestion_keeps_its_number_and_another_one_goes(found, run_again):
    before = Suggestion.objects.get(line="union").pk
    run_again()
    assert Suggestion.objects.get(line="union").pk == before
    small.cover(found.bodies["joint_union"], found.units["two"], since=REFORM)
    run_again()
    assert Suggestion.objects.get(line="union").pk != before


def test_what_was_accepted_stays_together_until_it_is_covered(found, run_again):
    accepted = Suggestion.objects.get(line="union")
    actions.accept(accepted, now=timezone.now(), by=found.clerk)
    firm(found, "eleven", 13)
    firm(found, "twelve", 13)
    run_again()
    gaps = {gap.unit_id: gap.suggestion_id for gap in Gap.objects.filter(line="union", way="joint")}
    assert {gaps[found.units[key].pk] for key in ("sixteen", "ten", "two")} == {accepted.pk}
    assert gaps[found.units["eleven"].pk] == gaps[found.units["twelve"].pk] != accepted.pk
    for key in ("sixteen", "ten", "two"):
        small.cover(found.bodies["joint_union"], found.units[key], since=REFORM)
    run_again()
    assert not Gap.objects.filter(suggestion=accepted).exists() and Suggestion.objects.filter(pk=accepted.pk).exists()


def test_what_was_set_aside_is_not_suggested_again_until_that_is_taken_back(found, run_again):
    suggestion = Suggestion.objects.get(line="union")
    actions.set_aside(suggestion, reason="两家要搬走", now=timezone.now(), by=found.clerk)
    run_again()
    assert {ways(found)[key] for key in ("sixteen", "ten", "two")} == {"organiser"}
    actions.take_back(suggestion, now=timezone.now(), by=found.clerk)
    run_again()
    assert not Decision.objects.exists() and ways(found)["ten"] == "joint"


def test_another_day_leaves_the_gaps_of_today_alone(found):
    before = list(Gap.objects.order_by("pk").values_list("pk", flat=True))
    assert rewrite.rewrite(a_run(found.today - timedelta(days=40)), None, found.today) == 0
    assert list(Gap.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_when_the_gaps_fail_the_readings_of_that_run_are_not_kept_either(found, settings, tmp_path, monkeypatch):
    settings.SNAPSHOTS = tmp_path

    def fails(*_args):
        raise OSError(28, "No space left on device")

    before = set(Gap.objects.values_list("pk", flat=True))
    monkeypatch.setattr(rewrite, "_write_suggestions", fails)
    with pytest.raises(NotRead, match="No space left"):
        night.read_indicators(found.today)
    assert not Reading.objects.exists() and set(Gap.objects.values_list("pk", flat=True)) == before


def test_accepting_asks_whoever_is_responsible_until_a_body_covers_them_all(found, run_again):
    """The county's union stands above the village's; its chair may ask, and the village's union is responsible."""
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), found.bodies["county_union"], "union_chair")
    suggestion = Suggestion.objects.get(line="union")
    actions.accept(suggestion, now=timezone.now(), by=chair)
    ask = Ask.objects.get(sending__about=f"gaps.suggestion:{suggestion.pk}")
    assert (ask.body, ask.sending.body) == (found.bodies["joint_union"], found.bodies["county_union"])
    assert (ask.state, ask.sending.href) == ("open", f"/gaps/suggestions/{suggestion.pk}/")

    actions.take_back(suggestion, now=timezone.now(), by=found.clerk)
    ask.refresh_from_db()
    assert (ask.state, ask.sending.state) == ("withdrawn", "withdrawn") and ask.reason

    actions.accept(suggestion, now=timezone.now(), by=chair)
    for key in ("sixteen", "ten"):
        small.cover(found.bodies["joint_union"], found.units[key], since=REFORM)
    run_again()
    again = Ask.objects.exclude(pk=ask.pk)
    assert again.get().state == "open"
    small.cover(found.bodies["joint_union"], found.units["two"], since=REFORM)
    run_again()
    assert again.get().state == "done"


def test_where_nobody_may_be_asked_the_work_is_open_all_the_same_and_the_page_says_so(found, signed_in):
    suggestion = Suggestion.objects.get(line="union")
    for role in Role.objects.filter(permissions__contains=["ask"]):
        role.permissions.remove("ask")
        role.save()
    actions.accept(suggestion, now=timezone.now(), by=found.clerk)
    assert Decision.objects.get().verdict == "accepted" and not Ask.objects.exists()
    assert "没有请任何组织来办" in signed_in(found.clerk).get(f"/gaps/suggestions/{suggestion.pk}/").content.decode()
