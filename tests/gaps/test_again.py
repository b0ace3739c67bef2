"""The gaps of a county stay where its facts stay. What is written then is what finding everything anew would write."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gongjian.figures import snapshot
from gongjian.gaps import actions, rewrite
from gongjian.gaps.models import Gap, Joining, Rewrite, Suggestion
from gongjian.gaps.part import digest_of_rules, part_of
from gongjian.register import actions as deeds
from gongjian.register.models import Threshold
from rollup import engine, lake
from rollup.change import laid_beside
from tests.register import town as small
from tests.register.town import REFORM, Town

from .conftest import a_run, firm


@dataclass
class Nights:
    """Night after night: each compares its facts with those of the night before."""

    town: Town
    folder: Path
    at: int = 0
    before: Any = None

    def facts(self) -> lake.Facts:
        self.at += 1
        folder = self.folder / str(self.at)
        snapshot.write(folder, self.town.today)
        return lake.read(self.engine, folder, f"night_{self.at}_")

    def since(self, facts: lake.Facts) -> Any:
        return self.before and (self.before[0], laid_beside(self.before[1], facts))

    def looks_at(self) -> set[str] | None:
        """The counties in which the next night would look for gaps, by their names in the town; None for all."""
        joinings = list(Joining.objects.all())
        rules = digest_of_rules(joinings, self.town.today)
        facts = self.facts()
        counties = part_of(facts, joinings, rules, self.since(facts)).counties
        names = {unit.pk: name for name, unit in self.town.units.items()}
        return None if counties is None else {names[each] for each in counties}

    def pass_by(self) -> int:
        """How many gaps are new."""
        facts, run = self.facts(), a_run(self.town.today)
        written = rewrite.rewrite(run, facts, self.town.today, self.since(facts))
        self.before = run, facts
        return written

    def __post_init__(self) -> None:
        self.engine = engine.duckdb(threads=1)


@pytest.fixture
def nights(found: Town, tmp_path: Path) -> Nights:
    """Three firms without a union in another county, two of which suffice for a joint one, and a night passed by."""
    found.units["far_street"] = small.unit("府山街道", "street", found.units["district"])
    found.units["far_village"] = small.unit("府山样例村", "village", found.units["far_street"])
    for name, staff in (("far", 14), ("farther", 12), ("farthest", 3)):
        firm(found, name, staff, parent=found.units["far_village"])
    made = Nights(found, tmp_path)
    made.pass_by()
    return made


def told() -> dict[tuple[str, int], tuple[Any, ...]]:
    """All gaps, without their numbers; a suggestion by its units."""
    together = dict(Suggestion.objects.values_list("pk", "units"))
    return {
        (gap.line_id, gap.unit_id): (
            *gap.indicators, gap.heads, gap.way, gap.body_id, gap.leverage, *together.get(gap.suggestion_id, ()),
        )
        for gap in Gap.objects.all()
    }  # fmt: skip


def numbers(*units: Any) -> set[int]:
    return set(Gap.objects.filter(unit__in=units).values_list("pk", flat=True))


def test_a_night_after_which_nothing_changed_looks_at_no_county(nights: Nights) -> None:
    before = numbers(*nights.town.units.values())
    assert before and nights.looks_at() == set() and nights.pass_by() == 0
    assert numbers(*nights.town.units.values()) == before and Rewrite.objects.get().run == nights.before[0]


def test_only_the_county_is_looked_at_in_which_something_changed(nights: Nights) -> None:
    standing = numbers(*nights.town.units.values())
    firm(nights.town, "eleven", 13)
    assert nights.looks_at() == {"county"} and nights.pass_by() > 0
    assert Gap.objects.filter(unit=nights.town.units["eleven"], line="union").exists()
    assert numbers(nights.town.units["far"]) <= standing


def test_what_changes_no_gap_is_not_looked_at(nights: Nights) -> None:
    small.term(nights.town.bodies["county_union"], date(2018, 1, 1), date(2023, 1, 1))
    small.membership(nights.town.people["clerk"], nights.town.bodies["village_party"])
    assert nights.looks_at() == set()


def test_a_gap_that_is_still_the_same_keeps_its_number_in_a_county_that_changed(nights: Nights) -> None:
    same = numbers(nights.town.units["large"])
    firm(nights.town, "eleven", 13)
    nights.pass_by()
    assert same and numbers(nights.town.units["large"]) == same


def test_a_body_at_the_city_concerns_every_county(nights: Nights) -> None:
    small.body("绍兴样例产业工会", "union_federation", nights.town.units["city"], since=REFORM)
    assert nights.looks_at() is None


def test_a_closed_firm_has_no_gap_any_more(nights: Nights) -> None:
    deeds.close_unit(nights.town.units["far"], on=REFORM + timedelta(days=1), today=nights.town.today, by=None)
    assert nights.looks_at() == {"district"}
    nights.pass_by()
    assert not numbers(nights.town.units["far"])


@pytest.mark.parametrize(
    "change",
    [
        lambda: Joining.objects.filter(line="union").update(most_units=2),
        lambda: Threshold.objects.filter(key=Joining.objects.get(line="union").threshold).update(least=30),
        lambda: actions.set_aside(
            Suggestion.objects.order_by("pk").last(), reason="要搬走", now=timezone.now(), by=Act.clerk
        ),
    ],
    ids=["the pack's rule", "a threshold", "a decision"],
)
def test_by_other_rules_everything_is_looked_at(nights: Nights, change: Callable[[], object]) -> None:
    Act.clerk = nights.town.clerk
    assert nights.looks_at() == set()
    change()
    assert nights.looks_at() is None


class Act:
    """Who decides in the case above, which is written before the town is built."""

    clerk: Any = None


def test_gaps_of_another_run_than_the_one_compared_with_are_not_trusted(nights: Nights) -> None:
    earlier = nights.before
    small.headcount(nights.town.units["unknown"], since=REFORM, staff=4)
    nights.pass_by()
    small.Headcount.objects.filter(unit=nights.town.units["unknown"]).delete()
    nights.before = earlier  # whose facts are those of now, though the gaps are not
    nights.pass_by()
    assert Gap.objects.get(unit=nights.town.units["unknown"], line="union").way == "ask_numbers"


def test_a_building_across_the_county_line_is_no_neighbourhood(nights: Nights) -> None:
    """Two firms of different counties with nobody else near: in one county they would make a joint union."""
    units = nights.town.units
    units["tower"] = small.unit("府山样例大厦", "building", units["far_street"], since=REFORM)
    for name, home in (("near_one", "street"), ("far_one", "far_street")):
        firm(nights.town, name, 20, parent=units[home], trade="G")
        small.stands_in(units[name], units["tower"], since=REFORM)
    nights.pass_by()
    ways = {gap.way for gap in Gap.objects.filter(unit__in=[units["near_one"], units["far_one"]], line="union")}
    assert ways == {"organiser"}


@pytest.mark.parametrize("seed", range(2))
def test_after_random_nights_the_gaps_are_those_found_from_nothing(nights: Nights, seed: int) -> None:
    chance, town = random.Random(seed), nights.town
    homes = ["village", "far_village", "street"]
    for night in range(4):
        for at in range(chance.randrange(3)):
            firm(town, f"new{night}{at}", chance.choice([None, 3, 9, 14, 40]), parent=town.units[chance.choice(homes)])
        firms = [key for key in town.units if key.startswith("new") or key in ("ten", "two", "far", "sixteen")]
        moved = town.units[chance.choice(firms)]
        deed = chance.choice(["move", "cover", "close", "nothing"])
        day = REFORM + timedelta(days=night + 1)
        if deed == "move":
            deeds.amend_unit(moved, on=day, today=town.today, by=None, parent=town.units[chance.choice(homes)])
        elif deed == "cover" and not moved.covers.filter(body=town.bodies["county_union"]).exists():
            small.cover(town.bodies["county_union"], moved, since=day)
        elif deed == "close" and not moved.covers.exists():
            deeds.close_unit(moved, on=day, today=town.today, by=None)
            town.units = {key: unit for key, unit in town.units.items() if unit != moved}
        nights.pass_by()
    found = told()
    nights.before = None
    nights.pass_by()
    assert told() == found
