"""Schemes and rules that are really in force somewhere, each worked by hand."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from quotas.choosing import Candidate, Filter, Rule, choose, share
from quotas.grading import Body, Ceiling, grade
from quotas.meeting import Bound
from quotas.scheme import scheme_from, weighed

SCHEMES = tomllib.loads((Path(__file__).parent / "schemes.toml").read_text(encoding="utf-8"))


def grades_of(name, *scores, ceilings=()):
    bodies = [
        Body(f"{at:02}", Decimal(score), "villages", dict(ceilings).get(at, ())) for at, score in enumerate(scores)
    ]
    found = grade(scheme_from(SCHEMES[name]), bodies)
    return "".join(found.verdicts[body.id].grade[0] for body in bodies), found


def test_stars_by_bands_with_at_most_three_in_ten():
    scheme = scheme_from(SCHEMES["star_2023"])
    assert weighed(scheme, {"base": Decimal(94), "review": Decimal(85)}) == Decimal("91.3")
    assert weighed(scheme, {"base": Decimal(94), "review": Decimal(85)}, minus=Decimal("1.5")) == Decimal("89.8")
    found, result = grades_of("star_2023", "98", "97", "96", "95", "90", "89.99", "80", "72", "65", "59.99")
    assert found == "5554444321"
    assert result.verdicts["03"].missing == ("5", Decimal("1.01"), 1, "")
    assert result.verdicts["05"].missing == ("5", Decimal("6.02"), None, "")


def test_stars_with_a_bonus_and_a_condition_for_the_fifth():
    scheme = scheme_from(SCHEMES["star_110"])
    marks = dict.fromkeys(scheme.weights, Decimal(88))
    assert weighed(scheme, marks, bonus=Decimal(15)) == 98
    found, result = grades_of("star_110", *range(100, 90, -1), ceilings={0: (Ceiling("4", "no project"),)}.items())
    assert found == "4544333333"
    assert result.verdicts["00"].decided == ("veto", {"reason": "no project", "band": "5"})


def test_stars_by_quotas_alone_leave_more_than_the_most_to_nobody():
    found, result = grades_of("star_city_2012", *range(40, 0, -1))
    assert Counter(found) == {"5": 4, "4": 8, "3": 28}
    assert not result.unmet


def test_four_grades_with_the_last_twentieth():
    found, result = grades_of("four_grades", *range(100, 60, -2))
    assert found == "好好" + "较" * 11 + "一" * 6 + "差"
    assert result.verdicts["19"].decided == ("kept_below", {"from": "一般", "places": 6, "kept_for": "差"})
    assert grades_of("four_grades", *range(59, 39, -1))[1].unmet == (("villages", "差", "most", 2, 20),)


def test_a_third_of_seven_members_is_two():
    assert grades_of("party_members", *range(7, 0, -1))[0] == "优优合合合合合"


def test_those_level_at_the_edge_stay_below():
    assert grades_of("star_2023", "98", "95", "95", "95", "81")[0] == "54444"


@pytest.fixture(scope="module")
def field():
    """42 organisations and 98 members of 14 counties; the first counties have the most votes."""
    rows = []
    for kind, number in (("organisation", 42), ("member", 98)):
        for at in range(number):
            county = at * 14 // number
            marks = {"kind": kind, "county": f"{county:02}", "woman": "n" if at % 7 else "y"}
            rows.append(Candidate(f"{kind} {at:02}", (1_000 - 10 * at + (kind == "member"),), marks))
    return rows


def rule_of(name, field, *more):
    table = SCHEMES[name]
    places = table["organisations"] + table["members"]
    bounds = [Bound((("kind", kind),), table[f"{kind}s"], table[f"{kind}s"]) for kind in ("organisation", "member")]
    for row in table["caps"]:
        for county in sorted({each.marks["county"] for each in field}):
            marks = {"county": county, "kind": row.get("kind", "")}
            bounds.append(Bound(tuple((by, marks[by]) for by in row["by"]), most=row["most"]))
    return Rule(places, (*bounds, *more), (Filter("leader", lambda each: each.id == "member 00"),), reserve=3)


def test_twenty_winners_of_one_hundred_and_forty_in_ningbo(field):
    """Two a county at most. The first ten counties fill twenty places in rank order, if six are organisations."""
    found = choose(rule_of("ningbo_2011", field), field)
    chosen = [each for each in field if each.id in found.chosen]
    assert Counter(each.marks["kind"] for each in chosen) == {"organisation": 6, "member": 14}
    by_county = Counter(each.marks["county"] for each in chosen)
    assert max(by_county.values()) == 2
    assert found.decided["member 00"] == ("barred", {"filter": "leader"})
    assert {"organisation 00", "member 01"} <= set(found.chosen)
    assert found.decided["member 02"] == ("full", {"bounds": ["county 00"]})
    assert found.decided["organisation 01"].code == "full"
    assert len(found.reserve) == 3


def test_women_and_counties_and_kinds_at_once(field):
    """Three bounds that cross: counties, kinds, women."""
    women = share("woman", "y", 20, least=Decimal(40))
    found = choose(rule_of("ningbo_2011", field, women), field)
    chosen = [each for each in field if each.id in found.chosen]
    assert sum(each.marks["woman"] == "y" for each in chosen) >= 8
    assert Counter(each.marks["kind"] for each in chosen) == {"organisation": 6, "member": 14}
    assert max(Counter(each.marks["county"] for each in chosen).values()) <= 2
