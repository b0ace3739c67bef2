"""A unit's page: who it was and is, what stands in it, which bodies are at work there, and its life."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from gongjian.register import actions
from gongjian.register.queries.unit import unit_page

from . import town as small
from .town import BEFORE, FIRST, OFFICIAL_DAYS, REFORM


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def page_of(town, name, *, reader=None, day=None):
    return unit_page(reader or town.clerk, town.units[name].pk, day or town.today, town.today, OFFICIAL_DAYS)


def told(page):
    return [(event["when"], event["title"], str(event.get("note", ""))) for event in page.events]


def test_the_same_unit_answers_under_both_codes_and_tells_the_move(town):
    then, now = page_of(town, "village", day=BEFORE), page_of(town, "village")
    assert then.id == now.id
    assert (then.entry.code, then.way[-2][1]) == ("330681113264", "草塔镇")
    assert (now.entry.code, now.way[-2][1]) == ("330681005247", "大唐街道")
    assert told(now) == [
        ("2016-07-31", "上下文村 in 草塔镇, code 330681113264", "First seen in the divisions published that day."),
        (
            "after 2018-10-31, by 2020-06-30",
            "Moved from 草塔镇 to 大唐街道",
            "Code changed from 330681113264 to 330681005247<br>"
            "The exact day is not known; it is counted from 2020-06-30.",
        ),
        (town.today.isoformat(), "Stands today", "上下文村"),
    ]
    assert [event.get("is_unsure", False) for event in now.events] == [False, True, False]


def test_what_somebody_entered_has_its_exact_day(town):
    hosiery = town.units["hosiery"]
    actions.amend_unit(hosiery, on=date(2021, 10, 31), today=town.today, by=None, name="大唐样例袜业")
    assert told(page_of(town, "hosiery"))[1] == ("2021-10-31", "Renamed from 大唐样例袜业001 to 大唐样例袜业", "")


def test_an_entry_that_changes_nothing_shown_makes_no_event(town):
    hosiery = town.units["hosiery"]
    actions.amend_unit(hosiery, on=date(2022, 6, 30), today=town.today, by=None, address="样例路2号")
    titles = [event["title"] for event in page_of(town, "hosiery").events]
    assert titles == ["大唐样例袜业001 in 大唐街道", "Stands today"]


def test_on_a_day_on_which_it_does_not_stand_the_page_says_when_it_stood(town, signed_in):
    page = page_of(town, "closed_village")
    assert (page.entry, page.nearest.name, page.stood) == (None, "莼塘东村", [(FIRST, REFORM)])
    answer = signed_in(town.clerk).get(
        reverse("unit", args=[page.id]), {"on": "2021-01-01"}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 200
    assert "It stood from 2016-07-31 until the day before 2020-06-30." in answer.content.decode()


def test_a_past_day_tells_where_it_is_today(town, signed_in):
    address = reverse("unit", args=[town.units["village"].pk])
    said = signed_in(town.clerk).get(address, {"on": "2018-10-31"}, headers={"accept-language": "en"}).content.decode()
    sentence = said.replace('<span lang="zh-Hans">', "").replace("</span>", "")
    assert "That day it stood in 草塔镇. Today it stands in 大唐街道, its code is" in sentence
    assert "330681005247" in said


def test_a_unit_that_never_was_is_not_found(town, signed_in):
    assert signed_in(town.clerk).get(reverse("unit", args=[999_999])).status_code == 404


def test_whoever_has_no_account_reads_what_is_open_to_everybody(town, client, signed_in):
    address = reverse("unit", args=[town.units["hosiery"].pk])
    seen, by_clerk = (
        re.sub(r'value="\w+"', "", browser.get(address, headers={"accept-language": "en"}).content.decode())
        for browser in (client, signed_in(town.clerk))
    )  # a token may hold any number
    assert "大唐样例袜业001" in seen
    assert "312" in by_clerk and "上下文村联合工会" in by_clerk
    assert "312" not in seen and "上下文村联合工会" not in seen
    assert "No organisation covers it" not in seen


def test_bodies_seated_and_covering_stand_by_line(town):
    village = page_of(town, "village").bodies
    assert [(here.entry.name, here.is_seated, here.superior, here.leader, here.term_state) for here in village] == [
        ("上下文村党支部", True, "大唐街道党工委", "", "expired"),
        ("上下文村联合工会", True, "诸暨市总工会", "上下文村党支部", "running"),
        ("上下文村团支部", True, "", "上下文村党支部", "unknown"),
    ]
    hosiery = page_of(town, "hosiery").bodies
    assert [(here.entry.name, here.is_seated) for here in hosiery] == [("上下文村联合工会", False)]


def test_a_term_had_not_expired_on_a_day_within_it(town):
    assert page_of(town, "village", day=BEFORE).bodies[0].term_state == "running"


def test_who_heads_a_body_is_open_to_everybody_from_the_village_up_and_in_a_firm_to_its_line(town, signed_in):
    heads = [(here.head and str(here.head.person), here.sees_head) for here in page_of(town, "village").bodies]
    assert heads == [("王样例", True), ("陈样例", True), (None, True)]
    union = small.body(
        "大唐样例袜业工会",
        "union_committee",
        town.units["hosiery"],
        superior=town.bodies["county_union"],
        since=small.REFORM,
    )
    small.office(small.person("吴样例"), union, "union_chair", since=small.REFORM)
    shown = {role: page_of(town, "hosiery", reader=town.accounts[role]).bodies for role in ("inspector", "stranger")}
    seen = {
        role: [(h.head and str(h.head.person), h.sees_head) for h in here if h.is_seated]
        for role, here in shown.items()
    }
    assert seen == {"inspector": [("吴样例", True)], "stranger": [(None, False)]}
    answer = signed_in(town.stranger).get(reverse("unit", args=[town.units["hosiery"].pk])).content.decode()
    assert "吴样例" not in answer


def test_who_keeps_a_venue_is_told_as_who_holds_office_and_who_wrote_to_whoever_keeps_or_audits(town, signed_in):
    keeper = small.person("钱样例")
    union = small.body(
        "大唐样例袜业工会",
        "union_committee",
        town.units["hosiery"],
        superior=town.bodies["county_union"],
        since=small.REFORM,
    )
    small.venue("样例书屋", town.units["village"], union, keeper=keeper, since=small.REFORM)
    small.actions.amend_unit(town.units["village"], on=town.today, today=town.today, by=town.clerk, name="上下文新村")
    address = reverse("unit", args=[town.units["village"].pk])
    shown = {
        role: signed_in(account).get(address).content.decode()
        for role, account in (("inspector", town.inspector), ("stranger", town.stranger))
    }
    assert ["钱样例" in shown[role] for role in shown] == [True, False]
    assert [town.clerk.name in shown[role] for role in shown] == [True, False]
    assert [here.keeper for here in page_of(town, "village", reader=town.stranger).venues] == ["", ""]


def test_registration_counts_and_the_building_are_shown(town):
    page = page_of(town, "hosiery")
    assert page.words == {
        "status": "Active",
        "trade": "Manufacturing",
        "sector": "Private enterprise",
        "ownership": "Private",
    }
    assert (page.headcount.staff, page.headcount.women, page.headcount.dispatched) == (312, 208, None)
    assert page.place == (town.units["building"].pk, "样例大厦")


def test_a_building_lists_who_stands_in_it(town):
    page = page_of(town, "building")
    assert (page.housed, page.housed_count) == ([(town.units["hosiery"].pk, "大唐样例袜业001")], 1)


def test_the_first_of_many_are_shown_with_how_many_there_are(town):
    for number in range(12):
        tenant = small.unit(f"样例租户{number:02}", "enterprise", town.units["street"], since=REFORM)
        small.stands_in(tenant, town.units["building"], since=REFORM)
    page = page_of(town, "building")
    assert (len(page.housed), page.housed_count) == (10, 13)
    street = page_of(town, "street")
    assert (len(street.children), street.children_count) == (16, 16)


def test_a_venue_shows_what_hangs_on_its_door_and_what_is_missing(town):
    (here,) = page_of(town, "village").venues
    assert (here.plaques, here.shared_by, here.owner) == (
        ["Party Members' Home", "Workers' Home"],
        ["Trade union"],
        "上下文村联合工会",
    )
    assert (here.has, here.lacks, str(here.checked_on)) == (["Has a place"], ["Has rules"], "2021-09-14")


def test_before_the_check_a_venue_counts_as_not_checked(town):
    (here,) = page_of(town, "village", day=REFORM).venues
    assert (here.checked_on, here.has, here.lacks) == (None, [], ["Has a place", "Has rules"])


def test_other_names_and_codes_are_named(town):
    assert [(entry.name, entry.code) for entry in page_of(town, "village").formerly] == [("上下文村", "330681113264")]


def test_a_unit_asks_the_same_number_of_questions_for_one_and_for_three_of_everything(
    town, signed_in, django_assert_max_num_queries
):
    village = town.units["village"]
    client = signed_in(town.clerk)
    address = reverse("unit", args=[village.pk])
    client.get(address)
    with django_assert_max_num_queries(38) as one:
        client.get(address)
    for number in (2, 3):
        guest = small.unit(f"样例企业{number}", "enterprise", village, since=REFORM)
        small.stands_in(guest, village, since=REFORM)
        leader = town.bodies["village_party"]
        union = small.body(f"样例工会{number}", "union_committee", village, since=REFORM, leader=leader)
        small.cover(union, village, since=REFORM)
        small.office(town.people["chair"], union, "union_chair", since=REFORM)
        small.term(union, REFORM, None)
        small.check(small.venue(f"样例之家{number}", village, union, plaques=("party_home",)), REFORM, ["venue"])
    client.get(address)
    with django_assert_max_num_queries(38) as three:
        client.get(address)
    assert len(one) == len(three)
