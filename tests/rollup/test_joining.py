"""Joint bodies: no group breaks a rule, the bound is one, and what is found comes near it – against brute force."""

from __future__ import annotations

import random
from functools import cache

import pytest

from rollup.joining import Group, Hood, Rule, Small, bound, covered, greedy, packed, suggest

UNION = Rule(least=25, most=5)


def city(seed: int, towns: int, villages: int, firms: int, most_heads: int = 24) -> list[Small]:
    """Towns of villages of firms, most of them small, some in a building; a few were never counted."""
    dice = random.Random(seed)
    units = []
    for town in range(towns):
        for _ in range(villages * firms):
            hoods = [Hood(1, 100 * town + dice.randrange(villages)), Hood(2, town, dice.choice("CCCG"))]
            if dice.random() < 0.2:
                hoods.insert(0, Hood(0, 1000 * town + dice.randrange(2)))
            heads = None if dice.random() < 0.05 else min(most_heads, int(dice.lognormvariate(1.3, 0.9)))
            units.append(Small(len(units), heads, tuple(hoods)))
    return units


def faults(groups: list[Group], units: list[Small], rule: Rule) -> list[str]:
    """What the groups break of the rule."""
    by_id = {each.id: each for each in units}
    found = []
    for group in groups:
        heads = [by_id[id].heads for id in group.units]
        if not 2 <= len(group.units) <= rule.most:
            found.append(f"{group}: so many units")
        if not all(heads) or sum(heads) < rule.least or sum(heads) != group.heads:
            found.append(f"{group}: so few people")
        if any(group.hood not in by_id[id].hoods for id in group.units):
            found.append(f"{group}: no neighbourhood of all")
    grouped = [id for group in groups for id in group.units]
    if len(grouped) != len(set(grouped)):
        found.append("a unit in two groups")
    return found


def optimum(units: list[Small], rule: Rule) -> int:
    """By trying every choice of groups; for up to a dozen units."""
    usable = [each for each in units if each.heads and each.heads < rule.least]

    def is_group(some: int) -> bool:
        inside = [each for at, each in enumerate(usable) if some >> at & 1]
        if not 2 <= len(inside) <= rule.most or sum(each.heads or 0 for each in inside) < rule.least:
            return False
        return bool(set.intersection(*(set(each.hoods) for each in inside)))

    groups = [some for some in range(1 << len(usable)) if is_group(some)]

    @cache
    def best(free: int) -> int:
        if not free:
            return 0
        first = free & -free
        found = best(free & ~first)
        for group in groups:
            if group & first and group & free == group:
                found = max(found, group.bit_count() + best(free & ~group))
        return found

    return best((1 << len(usable)) - 1)


@pytest.mark.parametrize("rule", [UNION, Rule(10, 3), Rule(3, 5), Rule(7, 2)])
def test_beside_every_choice_tried(rule):
    dice, best_found = random.Random(7), 0
    for seed in range(25):
        units = city(seed, 1, 2, dice.randint(2, 5), rule.least - 1)[:8]
        groups, most = suggest(units, rule), optimum(units, rule)
        assert faults(groups, units, rule) == [] == faults(greedy(units, rule), units, rule)
        assert covered(greedy(units, rule)) <= most <= bound(units, rule)
        assert covered(groups) <= most
        best_found += covered(groups) == most
    assert best_found >= 20  # of 25


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rule", [UNION, Rule(20, 4)])
def test_groups_of_a_city_break_no_rule_and_close_half_of_the_gap(seed, rule):
    units = city(seed, 4, 10, 12)
    groups, most, simple = suggest(units, rule), bound(units, rule), covered(greedy(units, rule))
    assert faults(groups, units, rule) == []
    assert simple < most
    assert covered(groups) <= most
    assert covered(groups) - simple >= (most - simple) / 2


def test_the_same_units_in_any_order_give_the_same_groups():
    units = city(3, 2, 6, 9)
    shuffled = random.Random(1).sample(units, len(units))
    assert suggest(units, UNION) == suggest(shuffled, UNION)
    assert covered(greedy(units, UNION)) == covered(greedy(shuffled, UNION))


def test_within_one_neighbourhood_as_many_are_grouped_as_can_be():
    for seed in range(40):
        heads = {at: random.Random(seed * 31 + at).randint(1, 15) for at in range(9)}
        here = [Small(id, number, (Hood(1, 1),)) for id, number in heads.items()]
        assert sum(map(len, packed(heads, heads, UNION))) == optimum(here, UNION), heads


def test_the_nearest_neighbourhood_comes_first():
    building, village = Hood(0, 1), Hood(1, 2)
    units = [Small(id, 13, (building, village)) for id in (1, 2)] + [Small(id, 13, (village,)) for id in (3, 4)]
    assert [(each.hood, each.units) for each in suggest(units, UNION)] == [(building, (1, 2)), (village, (3, 4))]


def test_a_small_one_left_over_draws_in_a_large_one_that_its_village_can_spare():
    village, trade = Hood(1, 1), Hood(2, 1, "C")
    units = [Small(1, 20, (village, trade)), Small(2, 20, (village,)), Small(3, 20, (village,)), Small(4, 5, (trade,))]
    assert covered(suggest(units, UNION)) == 4


def test_whoever_is_not_counted_counts_nobody_or_is_large_enough_alone_is_in_no_group():
    here = (Hood(1, 1),)
    units = [Small(1, None, here), Small(2, 25, here), Small(3, 24, here), Small(4, 0, here), Small(5, 9, ())]
    assert suggest(units, UNION) == greedy(units, UNION) == []
    assert bound(units, UNION) == 0
    assert covered(suggest([*units, Small(6, 1, here)], UNION)) == 2


def test_no_units_make_no_groups():
    assert (suggest([], UNION), greedy([], UNION), bound([], UNION)) == ([], [], 0)
