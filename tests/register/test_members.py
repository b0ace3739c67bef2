"""Members in counts: on a body's page, in the figures of a place and in their Excel – and no small one anywhere."""

import re
from io import BytesIO
from itertools import product

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.register.authority.wall import reading_as
from gongjian.register.models import Membership
from gongjian.register.reorganise.units import merge_units
from gongjian.register.small_cells import LEAST
from gongjian.ui.templatetags.ui import thousands
from tests.register import town as small

SIZES = {"甲": 2, "乙": 23, "丙": 9, "丁": 31}
DAY = small.REFORM.replace(year=2022)
EARLIER = "2021-06-30"


def members(count, body):
    for number in range(count):
        small.membership(small.person(f"成员{number}"), body, since=small.REFORM)


@pytest.fixture
def firms(town):
    """Four unions in firms of the street, below the county's, with members; three villages with Party branches."""
    found = {}
    for name, size in SIZES.items():
        firm = small.unit(f"{name}厂", "enterprise", town.units["street"], since=small.REFORM)
        above = town.bodies["county_union"]
        found[name] = small.body(f"{name}厂工会", "union_committee", firm, superior=above, since=small.REFORM)
        members(size, found[name])
    for name, size in (("东村", 2), ("西村", 3), ("南村", 40)):
        village = small.unit(name, "village", town.units["street"], since=small.REFORM)
        branch = small.body(f"{name}党支部", "party_branch", village, since=small.REFORM)
        members(size, branch)
        found[name] = branch
    members(12, town.bodies["village_party"])
    return found


@pytest.fixture
def chairs(town):
    """Of the street's union – it reads the street, and has no firm below it in its line – and of the county's."""
    found = {}
    street = small.body("大唐街道总工会", "union_federation", town.units["street"], since=small.REFORM)
    for name, body in (("street", street), ("county", town.bodies["county_union"])):
        found[name] = small.account(f"{name}样例")
        small.office(small.person(f"{name}样例", account=found[name]), body, "union_chair", since=small.REFORM)
    return found


def told(browser, body):
    """What the page of a body says of its members; None when it says nothing of them."""
    html = browser.get(f"/bodies/{body.pk}/", headers={"accept-language": "en"}).content.decode()
    found = re.search(r"<dt>Members</dt><dd>(.*?)</dd>", html)
    return re.sub("<[^>]+>", "", found[1]) if found else None


KEPT = "5 or more; not shown, so that nobody can work out how few another body has"


def test_whoever_sees_counts_of_a_body_is_told_them_as_small_cells_allow(town, firms, chairs, signed_in):
    browser = signed_in(chairs["street"])
    said = {name: told(browser, firms[name]) for name in SIZES}
    assert said == {"甲": "fewer than 5", "乙": "23", "丙": KEPT, "丁": "31"}
    assert told(browser, town.bodies["league"]) == "none entered"


def test_whoever_may_list_the_members_is_told_the_number(firms, chairs, signed_in):
    browser = signed_in(chairs["county"])
    assert {name: told(browser, firms[name]) for name in SIZES} == {name: str(size) for name, size in SIZES.items()}


def test_members_of_another_line_are_counts_to_whoever_lists_those_of_the_own(firms, chairs, signed_in):
    assert told(signed_in(chairs["county"]), firms["东村"]) == "fewer than 5"


def test_nobody_else_is_told_that_there_are_few(town, firms, client, signed_in):
    assert {told(browser, firms[name]) for browser in (client, signed_in(town.stranger)) for name in SIZES} == {None}


def table(browser, unit, **asked):
    """The second table of the page of figures: the place, and its cells."""
    html = browser.get(f"/territory/{unit.pk}/figures/", asked, headers={"accept-language": "en"}).content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", html.split("Members by line and place")[-1])
    return {re.sub("<[^>]+>", "", place): re.findall(r"<td[^>]*>(.*?)</td>", cells) for place, cells in rows}


def sheet(browser, unit, **asked):
    answer = browser.get(f"/territory/{unit.pk}/figures.xlsx", asked, headers={"accept-language": "en"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["Members"].iter_rows(min_row=2, values_only=True))
    notes = dict(book["Notes"].iter_rows(values_only=True))
    return {row[0]: [cell if isinstance(cell, str) else thousands(cell) for cell in row[1:]] for row in rows}, notes


def test_the_figures_count_members_by_line_and_place_and_hide_the_small_ones(town, firms, chairs, signed_in):
    browser = signed_in(chairs["street"])
    assert table(browser, town.units["street"]) == {
        "上下文村": ["–", "–", "0", "0", "–"],
        "东村": ["–", "0", "0", "0", "–"],
        "西村": ["–", "0", "0", "0", "–"],
        "南村": ["40", "0", "0", "0", "40"],
        "In 大唐街道 itself": ["0", "–", "0", "0", "–"],
        "Together": ["57", "66", "0", "0", "123"],
    }


def test_the_excel_holds_the_same_members_and_says_why_some_are_hidden(town, firms, chairs, signed_in):
    browser = signed_in(chairs["street"])
    cells, notes = sheet(browser, town.units["street"])
    assert cells == table(browser, town.units["street"])
    assert notes["Members"].startswith("A dash stands for fewer than 5 members")


def test_both_structures_have_the_same_totals(town, firms, chairs, signed_in):
    other = small.unit("乙街道", "street", town.units["county"], since=small.REFORM)
    merge_units([town.units["street"]], into=other, on=DAY, today=town.today, by=None)
    browser, county = signed_in(chairs["county"]), town.units["county"]
    then = table(browser, county, on=EARLIER)
    today = table(browser, county, on=EARLIER, structure="today")
    assert then == {
        "大唐街道": ["57", "66", "0", "0", "123"],
        "乙街道": ["0"] * 5,
        "Together": ["57", "66", "0", "0", "123"],
    }
    assert today == {"乙街道": then["Together"], "Together": then["Together"]}


def test_who_has_no_counts_of_the_place_has_no_members_either(town, firms, signed_in):
    browser, path = signed_in(town.stranger), f"/territory/{town.units['street'].pk}/figures"
    for answer in (browser.get(f"{path}/"), browser.get(f"{path}.xlsx")):
        assert answer.status_code == 403 and not answer.streaming
        assert not re.search(r">\s*123\s*<", answer.content.decode())


def test_the_numbers_are_the_same_in_front_of_the_wall(town, firms, chairs, signed_in):
    """The pages of the tests read as their middleware says; a query of one's own must not see a member."""
    with reading_as(chairs["street"].pk):
        assert Membership.objects.count() == 0
    assert table(signed_in(chairs["street"]), town.units["street"])["Together"][0] == "57"


def test_a_chair_does_not_find_out_how_many_members_a_body_of_two_has(town, firms, chairs, signed_in):
    """Every number that the chair of 丙厂's union gets together from pages and Excel leaves more than one way."""
    chair = chairs["street"]
    small.office(chair.person, firms["丙"], "union_chair", since=small.REFORM)  # who so knows 丙 exactly
    browser = signed_in(chair)
    said = {name: told(browser, firms[name]) for name in SIZES}
    joint = told(browser, town.bodies["joint_union"])
    assert said["丙"] == "9" and joint == "fewer than 5"
    sums = [table(browser, town.units["street"], on=on, structure=structure) for on, structure in asked(town)]
    sums += [sheet(browser, town.units["street"], on=on, structure=structure)[0] for on, structure in asked(town)]
    ways = set()
    for way in product(*(possible(said[name]) for name in SIZES), possible(joint)):
        if all(agrees(rows, way) for rows in sums):
            ways.add(way)
    assert (*SIZES.values(), 1) in ways
    assert len({way[0] for way in ways}) > 1 and len({way[-1] for way in ways}) > 1


def asked(town):
    return [(town.today.isoformat(), "then"), (town.today.isoformat(), "today"), (EARLIER, "then"), (EARLIER, "today")]


def possible(said):
    if said == "fewer than 5":
        return range(1, LEAST)
    return range(LEAST, 40) if said == KEPT else [int(said)]


def agrees(rows, way):
    """Does the table allow that the unions of the firms, and at last the village's, have so many members?"""
    of_union = {place: cells[1] for place, cells in rows.items()}
    sums = {"In 大唐街道 itself": sum(way[:-1]), "上下文村": way[-1], "Together": sum(way)}
    return all(of_union[place] in ("–", str(total)) for place, total in sums.items())


def test_queries_do_not_grow_with_bodies(town, firms, chairs, signed_in):
    browser = signed_in(chairs["street"])
    figures = f"/territory/{town.units['street'].pk}/figures/?on={EARLIER}&structure=today"
    paths = [f"/bodies/{firms['甲'].pk}/", figures]

    def count():
        with CaptureQueriesContext(connection) as counted:
            for path in paths:
                browser.get(path)
        return len(counted)

    count()  # what a process reads once is read now
    first = count()
    for number in range(3):
        village = small.unit(f"样例{number}村", "village", town.units["street"], since=small.REFORM)
        branch = small.body(f"样例{number}支部", "league_branch", village, since=small.REFORM)
        members(number + 1, branch)
    assert count() == first
