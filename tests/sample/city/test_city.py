"""What the sample city promises: the real divisions on their days, made-up rest without a contradiction, gaps."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from gongjian.chronicle.models import Act
from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.register.models import (
    BodyEntry,
    Cover,
    Headcount,
    Office,
    Reconciliation,
    Term,
    Unit,
    UnitEntry,
    UnitLineage,
    Venue,
    VenueCheck,
)
from gongjian.register.reconciliations.standing import newest_day
from gongjian.sample.city import GUESSED, build, is_built

from ..conftest import TODAY, content, rows_of

DOCS = Path(__file__).parents[3] / "docs" / "register.md"
PACK = Path(__file__).parents[3] / "packs" / "shaoxing"

PUBLISHED = {
    "2016-07-31": (2811, 119, 2685),
    "2018-10-31": (2813, 119, 2687),
    "2020-06-30": (2278, 103, 2168),
    "2021-10-31": (2255, 103, 2145),
    "2022-10-31": (2262, 103, 2152),
    "2023-06-30": (2278, 103, 2168),
}


@pytest.mark.parametrize("day", PUBLISHED)
def test_each_official_day_has_the_published_divisions(city, day):
    entries = UnitEntry.objects.on(date.fromisoformat(day)).exclude(kind__level__in=["place", "employer"])
    levels = Counter(entries.values_list("kind__level", flat=True))
    assert (levels.total(), levels["town"], levels["village"]) == PUBLISHED[day]


def test_the_village_of_the_speech_is_one_unit_under_two_codes(city):
    before = UnitEntry.objects.on(date(2018, 10, 31)).get(code="330681113264")
    after = UnitEntry.objects.on(date(2023, 6, 30)).get(code="330681005247")
    towns = UnitEntry.objects.on(date(2018, 10, 31)), UnitEntry.objects.on(date(2023, 6, 30))
    assert before.unit_id == after.unit_id
    assert (before.name, towns[0].get(unit=before.parent_id).name) == ("上下文村", "草塔镇")
    assert (after.name, towns[1].get(unit=after.parent_id).name) == ("上下文村", "大唐街道")


def test_what_ended_between_two_official_days_has_its_lineage(city):
    """Every division that ended is merged, divided, or said to be not known; but for special areas, which closed."""
    ended = rows_of(
        "SELECT e.unit_id, max(upper(e.valid)) FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id "
        "WHERE k.level IN ('county', 'town', 'village') GROUP BY 1 HAVING bool_and(NOT upper_inf(e.valid))"
    )
    told = set(UnitLineage.objects.values_list("old_id", "on"))
    assert told <= set(ended)
    assert len(set(ended) - told) <= 3
    towns = UnitLineage.objects.filter(
        on=date(2020, 6, 30), old__in=UnitEntry.objects.filter(kind__level="town").values("unit")
    )
    assert towns.exists() and not towns.filter(how="unknown").exists()


def test_a_guess_says_that_nobody_has_looked_at_it(city):
    guessed = UnitLineage.objects.exclude(document=None)
    assert guessed.filter(how="merged").count() > 100
    assert {link.document.title for link in guessed.select_related("document")} == {GUESSED}
    assert not UnitLineage.objects.filter(how="unknown").exclude(document=None).exists()
    acts = Act.objects.filter(verb="sample.load_official_day").order_by("on")
    assert [set(act.facts["counts"]) - {"sure", "doubtful", "unknown"} for act in acts] == [set()] * 6
    assert acts[2].facts["counts"]["unknown"] == UnitLineage.objects.filter(how="unknown", act=acts[2]).count()


def test_the_docs_tell_how_sure_each_official_day_was(city):
    told = re.findall(r"^\| (\d{4}-\d\d-\d\d) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", DOCS.read_text("utf-8"), re.M)
    acts = Act.objects.filter(verb="sample.load_official_day").order_by("on")[1:]
    assert [tuple(row) for row in told] == [
        (str(act.on), *(f"{act.facts['counts'].get(how, 0):,}" for how in ("sure", "doubtful", "unknown")))
        for act in acts
    ]


def test_a_list_older_than_the_newest_official_day_is_refused_by_the_city(city):
    assert newest_day() == date(2023, 6, 30)
    assert Reconciliation.objects.filter(state="applied").count() == 6


def test_bodies_follow_the_names_of_their_village(city):
    village = UnitEntry.objects.on(TODAY).get(name="上下文村").unit_id
    women = BodyEntry.objects.filter(seat=village, body__line="women").order_by("valid")
    assert [entry.name for entry in women] == [
        "草塔镇上下文村妇女代表会",
        "草塔镇上下文村妇女联合会",
        "大唐街道上下文村妇女联合会",
    ]
    assert women.values("body").distinct().count() == 1


OUTSIDE = {
    "a unit outlives its parent": ("unitentry", "parent_id", "unitentry", "unit_id"),
    "a body outlives its seat": ("bodyentry", "seat_id", "unitentry", "unit_id"),
    "a body outlives its superior": ("bodyentry", "superior_id", "bodyentry", "body_id"),
    "a body outlives its leader": ("bodyentry", "leader_id", "bodyentry", "body_id"),
    "a cover outlives its body": ("cover", "body_id", "bodyentry", "body_id"),
    "a cover outlives its unit": ("cover", "unit_id", "unitentry", "unit_id"),
    "an office outlives its body": ("office", "body_id", "bodyentry", "body_id"),
    "a membership outlives its body": ("membership", "body_id", "bodyentry", "body_id"),
    "a unit stands in a place that does not": ("standsin", "place_id", "unitentry", "unit_id"),
    "a headcount outlives its unit": ("headcount", "unit_id", "unitentry", "unit_id"),
    "a venue outlives its unit": ("venue", "unit_id", "unitentry", "unit_id"),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_nothing_reaches_outside_the_life_of_what_it_points_to(city, what):
    table, column, above, key = OUTSIDE[what]
    assert rows_of(f"SELECT count(*) FROM register_{table} WHERE {column} IS NOT NULL")[0][0] > 0
    outside = rows_of(
        f"SELECT e.id FROM register_{table} e WHERE e.{column} IS NOT NULL AND NOT ("
        f"SELECT coalesce(range_agg(a.valid) @> e.valid, false) FROM register_{above} a WHERE a.{key} = e.{column})"
    )
    assert outside == []


def test_every_employer_stands_in_a_village_a_town_or_above(city):
    levels = rows_of(
        "SELECT DISTINCT pk.level FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id "
        "JOIN register_unitentry p ON p.unit_id = e.parent_id AND p.valid && e.valid "
        "JOIN register_unitkind pk ON pk.key = p.kind_id WHERE k.level = 'employer'"
    )
    assert {level for (level,) in levels} == {"city", "county", "town", "village"}


def test_employers_of_a_closed_village_moved_on_the_day_it_closed(city):
    moved = rows_of(
        "SELECT DISTINCT upper(e.valid)::text FROM register_unitentry e "
        "JOIN register_unitkind k ON k.key = e.kind_id AND k.level = 'employer' "
        "WHERE e.parent_id IN "
        "(SELECT unit_id FROM register_unitentry GROUP BY 1 HAVING bool_and(NOT upper_inf(valid))) "
        "AND EXISTS (SELECT 1 FROM register_unitentry n WHERE n.unit_id = e.unit_id "
        "AND lower(n.valid) = upper(e.valid) AND n.parent_id <> e.parent_id)"
    )
    assert "2020-06-30" in {day for (day,) in moved}


def test_every_body_stands_in_today_s_walk_by_line(city):
    standing = BodyEntry.objects.on(TODAY)
    assert set(standing.filter(body__line_path="").values_list("kind", flat=True)) == set()
    tops = standing.filter(superior=None).values_list("name", flat=True)
    assert set(tops) == {"中共绍兴市委员会", "绍兴市总工会", "共青团绍兴市委员会", "绍兴市妇女联合会"}


def test_the_city_committee_leads_the_mass_organisations_of_the_city(city):
    led = BodyEntry.objects.on(TODAY).filter(leader__entries__name="中共绍兴市委员会")
    assert {entry.name for entry in led} == {"绍兴市总工会", "共青团绍兴市委员会", "绍兴市妇女联合会"}


def test_there_are_gaps(city):
    bodies = BodyEntry.objects.on(TODAY)
    assert bodies.filter(leader=None).exclude(body__line="party").exists()
    expired = Term.objects.filter(valid__endswith__lte=TODAY).exclude(body__in=Term.objects.on(TODAY).values("body"))
    held = expired.filter(body__in=bodies.values("body")).values("body").distinct().count()
    having = Term.objects.filter(body__in=bodies.values("body")).values("body").distinct().count()
    assert 0.05 < held / having < 0.25
    by_county = _coverage_by_county()
    assert by_county["越城区"] > by_county["诸暨市"] + 0.1
    assert all(0.1 < rate < 0.9 for rate in by_county.values())


def _coverage_by_county() -> dict[str, float]:
    rows = rows_of(
        f"""
        SELECT county.name, avg((EXISTS (
            SELECT 1 FROM register_cover c JOIN register_body b ON b.id = c.body_id AND b.line_id = 'union'
            WHERE c.unit_id = u.id AND c.valid @> '{TODAY}'::date))::int)::float
        FROM register_unitentry county JOIN register_unitkind ck ON ck.key = county.kind_id AND ck.level = 'county'
        JOIN register_unit top ON top.id = county.unit_id
        JOIN register_unit u ON u.path > top.path AND u.path < top.path || '~'
        JOIN register_unitentry e ON e.unit_id = u.id AND e.kind_id = 'enterprise' AND e.valid @> '{TODAY}'::date
        WHERE county.valid @> '{TODAY}'::date GROUP BY 1
        """
    )
    return dict(rows)


def test_a_joint_union_covers_many_units_and_a_unit_can_have_several_bodies(city):
    joint = BodyEntry.objects.on(TODAY).filter(kind="joint_union").values("body")
    most = Counter(Cover.objects.on(TODAY).filter(body__in=joint).values_list("body", flat=True)).most_common(1)
    assert most[0][1] > 3


def test_every_village_has_a_womens_federation_since_2017(city):
    villages = UnitEntry.objects.on(TODAY).filter(kind__level="village").values("unit")
    federations = BodyEntry.objects.on(TODAY).filter(kind="women_federation", seat__in=villages)
    assert federations.count() == villages.count()


def test_what_is_made_up_says_so(city):
    employers = UnitEntry.objects.filter(kind__level__in=["employer", "place"])
    assert not employers.exclude(name__contains="样例").exists()
    assert not employers.exclude(credit_code="").exclude(credit_code__contains="YL").exists()
    assert not Office.objects.exclude(person__name__contains="样例").exists()
    assert Headcount.objects.exclude(source="样例").count() == 0


def test_venues_have_gaps_too(city):
    assert Venue.objects.on(TODAY).filter(plaques__kind="womens_home").exists()
    assert Venue.objects.on(TODAY).exclude(plaques__kind="womens_home").exists()
    assert {len(items) for items in VenueCheck.objects.values_list("items", flat=True)} >= {4, 5, 6}


def test_new_rows_after_the_city_get_ids_of_their_own(city):
    assert Unit.objects.create().pk > Unit.objects.order_by("-pk")[1].pk


def test_building_again_changes_nothing(city):
    before = content()
    assert is_built()
    assert build(scale=0.01, today=TODAY) is False
    assert content() == before


def test_the_pack_of_the_city_is_loaded_with_it(city):
    assert load_pack(read_pack(PACK)) == []
