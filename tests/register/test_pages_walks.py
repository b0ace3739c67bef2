"""The three walks as pages: the way, what is below, branches of the tree, and who is let in."""

import time

import pytest
from django.urls import reverse

from gongjian.register.queries.walk import LEAD_ROAD, ROWS, TERRITORY_ROAD, line_road, rows_below, walk_page

from . import town as small
from .town import BEFORE, REFORM

DAY = {"on": BEFORE.isoformat()}


def names(rows):
    return [row.name for row in rows]


def test_the_walk_by_territory_begins_at_its_one_top(town):
    page = walk_page(TERRITORY_ROAD, town.clerk, town.today)
    assert page.here.name == "绍兴市"
    assert names(page.rows) == ["越城区", "诸暨市"]  # by code within one level


def test_below_a_street_stand_villages_then_places_then_employers(town):
    page = walk_page(TERRITORY_ROAD, town.clerk, town.today, at=town.units["street"].pk)
    assert names(page.way) == ["绍兴市", "诸暨市", "大唐街道"]
    assert names(page.rows) == ["上下文村", "样例大厦", "大唐样例物流002", "大唐样例袜业001"]
    assert page.total == 4
    assert [row.below for row in page.rows] == [1, 0, 0, 0]


def test_rows_carry_the_lines_seated_or_covering_there(town):
    page = walk_page(TERRITORY_ROAD, town.clerk, town.today, at=town.units["street"].pk)
    lines = {row.name: [line.key for line in row.lines] for row in page.rows}
    assert lines == {
        "上下文村": ["party", "union", "league"],
        "样例大厦": [],
        "大唐样例物流002": [],
        "大唐样例袜业001": ["union"],
    }


def test_on_an_earlier_day_the_way_is_that_of_the_day(town):
    page = walk_page(TERRITORY_ROAD, town.clerk, BEFORE, at=town.units["village"].pk)
    assert names(page.way) == ["绍兴市", "诸暨市", "草塔镇", "上下文村"]
    assert names(page.neighbours) == ["莼塘东村", "上下文村"]


def test_the_walk_by_line_follows_superiors(town):
    union = line_road(town.bodies["city_union"].line)
    page = walk_page(union, town.clerk, town.today, at=town.bodies["joint_union"].pk)
    assert names(page.way) == ["绍兴市总工会", "诸暨市总工会", "上下文村联合工会"]


def test_the_walk_by_leadership_joins_leaders_and_the_leading_line(town):
    page = walk_page(LEAD_ROAD, town.clerk, town.today, at=town.bodies["joint_union"].pk)
    assert names(page.way) == ["绍兴市委", "诸暨市委", "大唐街道党工委", "上下文村党支部", "上下文村联合工会"]
    county = walk_page(LEAD_ROAD, town.clerk, town.today, at=town.bodies["county_party"].pk)
    assert {row.name: row.below for row in county.rows} == {"大唐街道党工委": 1, "诸暨市总工会": 0}
    assert {row.name: row.seat for row in county.rows} == {"大唐街道党工委": "大唐街道", "诸暨市总工会": "诸暨市"}


def test_several_tops_are_listed_without_choosing_one(town):
    small.unit("样例市", "city")
    page = walk_page(TERRITORY_ROAD, town.clerk, town.today)
    assert page.here is None
    assert {row.name: row.below for row in page.rows} == {"样例市": 0, "绍兴市": 2}


def test_the_walks_are_open_to_whoever_has_no_account(town, client):
    assert client.get(reverse("walk_territory")).status_code == 200
    address = reverse("walk_territory_below", args=[town.units["street"].pk])
    assert client.get(address, headers={"hx-request": "true"}).status_code == 200


@pytest.mark.parametrize("name", ["walk_territory", "walk_line", "walk_lead"])
def test_each_walk_shows_a_page_from_its_top(town, signed_in, name):
    answer = signed_in(town.stranger).get(reverse(name))
    assert answer.status_code == 200
    assert "绍兴市" in answer.content.decode()


def test_the_day_stays_in_every_address_of_a_walk(town, signed_in):
    answer = signed_in(town.clerk).get(reverse("walk_territory", args=[town.units["county"].pk]), DAY)
    body = answer.content.decode()
    assert reverse("walk_territory", args=[town.units["old_town"].pk]) + "?on=2018-10-31" in body
    assert reverse("unit", args=[town.units["county"].pk]) + "?on=2018-10-31" in body


def test_a_unit_that_does_not_stand_on_the_day_says_so(town, signed_in):
    answer = signed_in(town.clerk).get(reverse("walk_territory", args=[town.units["street"].pk]), DAY)
    assert answer.status_code == 200
    assert answer.context["page"].here is None
    assert reverse("unit", args=[town.units["street"].pk]) in answer.content.decode()


@pytest.mark.parametrize("name, args", [("walk_territory", [999]), ("walk_lead", [999]), ("walk_line", ["no-such"])])
def test_what_was_never_there_is_not_found(town, signed_in, name, args):
    assert signed_in(town.clerk).get(reverse(name, args=args)).status_code == 404


def test_a_body_asked_for_in_another_line_is_shown_in_its_own(town, signed_in):
    at = town.bodies["joint_union"].pk
    answer = signed_in(town.clerk).get(reverse("walk_line", args=["party", at]))
    assert answer.headers["Location"] == reverse("walk_line", args=["union", at])


def test_a_branch_brings_fifty_rows_and_the_way_to_the_rest(town, signed_in):
    small.employers(120, town.units["village"])
    client = signed_in(town.clerk)
    first = client.get(reverse("walk_territory_below", args=[town.units["village"].pk]))
    nodes = first.context["nodes"]
    assert len(nodes) == ROWS
    second = client.get(first.context["more"]["fetch_href"])
    third = client.get(second.context["more"]["fetch_href"])
    assert [len(branch.context["nodes"]) for branch in (second, third)] == [50, 21]
    assert third.context["more"] is None
    seen = [node["id"] for branch in (first, second, third) for node in branch.context["nodes"]]
    assert len(set(seen)) == 121


def test_more_says_how_many_come_next(town, signed_in):
    small.employers(120, town.units["village"])
    client = signed_in(town.clerk)
    first = client.get(reverse("walk_territory_below", args=[town.units["village"].pk]), HTTP_ACCEPT_LANGUAGE="en")
    second = client.get(first.context["more"]["fetch_href"], HTTP_ACCEPT_LANGUAGE="en")
    assert (first.context["more"]["text"], second.context["more"]["text"]) == ("50 more", "21 more")


def test_the_tree_shows_here_even_beyond_the_first_fifty(town, signed_in):
    last = small.employers(120, town.units["village"])[-1]
    answer = signed_in(town.clerk).get(reverse("walk_territory", args=[last.pk]))
    assert 'aria-current="page">样例企业00120' in answer.content.decode()


def test_a_cursor_that_was_cut_is_refused_with_a_sentence(town, signed_in):
    address = reverse("walk_territory", args=[town.units["street"].pk])
    assert signed_in(town.clerk).get(address, {"after": "rubbish"}).status_code == 400


@pytest.mark.parametrize("walk", ["territory", "line", "lead"])
def test_a_walk_asks_the_same_number_of_questions_for_one_row_and_for_three(
    town, signed_in, django_assert_max_num_queries, walk
):
    street, county = town.units["district"], town.bodies["county_union"]
    at = {"territory": [street.pk], "line": ["union", county.pk], "lead": [county.pk]}[walk]
    links = {"leader": county} if walk == "lead" else {"superior": county}

    def grow(number):
        if walk == "territory":
            return small.unit(f"样例镇{number}", "town", street)
        return small.body(f"样例工会{number}", "union_committee", street, **links)

    address = reverse(f"walk_{walk}", args=at)
    client = signed_in(town.clerk)
    grow(1)
    client.get(address)
    with django_assert_max_num_queries(20) as one:
        client.get(address)
    grow(2)
    grow(3)
    with django_assert_max_num_queries(20) as three:
        client.get(address)
    assert len(one) == len(three)


def test_seven_thousand_leaves_do_not_slow_a_level(town, signed_in, django_assert_max_num_queries):
    small.employers(7_000, town.units["village"])
    client = signed_in(town.clerk)
    address = reverse("walk_territory", args=[town.units["village"].pk])
    client.get(address)
    with django_assert_max_num_queries(20):
        begun = time.perf_counter()
        answer = client.get(address)
        took = time.perf_counter() - begun
    assert len(answer.context["rows"]) == ROWS
    assert answer.context["page"].total == 7_001
    assert took < 0.3


def test_a_thousand_leaves_are_walked_by_keyset_to_the_end(town):
    small.employers(1_000, town.units["village"])
    after, seen = "", 0
    for _ in range(21):
        rows, page, total = rows_below(TERRITORY_ROAD, town.clerk, town.today, town.units["village"].pk, after)
        seen += len(rows)
        after = page.next
        if not after:
            break
    assert seen == total == 1_001


def test_a_strangers_walk_shows_units_and_bodies_alike(town):
    assert names(walk_page(TERRITORY_ROAD, town.stranger, REFORM).rows) == ["越城区", "诸暨市"]
