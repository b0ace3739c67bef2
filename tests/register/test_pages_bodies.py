"""A body's page: its place in the line and in the leadership, whom it covers, who holds office, its life."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from gongjian.register.queries.body import body_page

from . import town as small
from .town import BEFORE, REFORM


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def page_of(town, name, *, reader=None, day=None):
    return body_page(reader or town.clerk, town.bodies[name].pk, day or town.today, town.today)


def names(pairs):
    return [name for _, name in pairs]


def test_a_body_stands_in_its_line_and_in_the_leadership(town):
    page = page_of(town, "joint_union")
    assert names(page.line_way) == ["绍兴市总工会", "诸暨市总工会"]
    assert names(page.lead_way) == ["绍兴市委", "诸暨市委", "大唐街道党工委", "上下文村党支部"]
    assert page.seat == "上下文村"


def test_inferiors_and_led_bodies_are_told_apart(town):
    county = page_of(town, "county_party")
    assert [entry.name for entry in county.inferiors] == ["大唐街道党工委"]
    assert [entry.name for entry in county.led] == ["诸暨市总工会"]


def test_on_an_earlier_day_the_superior_is_that_of_the_day(town):
    assert names(page_of(town, "village_party", day=BEFORE).line_way) == ["绍兴市委", "诸暨市委"]


def test_covers_are_shown_twenty_at_a_time_with_how_many_there_are(town, signed_in):
    for made in small.employers(30, town.units["village"], since=REFORM):
        small.cover(town.bodies["joint_union"], made, since=REFORM)
    page = page_of(town, "joint_union")
    assert (len(page.covered), page.covered_count) == (20, 33)
    rest = body_page(town.clerk, page.id, town.today, town.today, after=page.covers_page.next)
    assert len(rest.covered) == 13
    assert {id for id, *_ in page.covered}.isdisjoint(id for id, *_ in rest.covered)


def test_terms_tell_whether_they_have_expired(town):
    assert page_of(town, "village_party").term_state == "expired"
    assert page_of(town, "village_party", day=BEFORE).term_state == "running"
    assert page_of(town, "street_party").term_state == "none"
    assert page_of(town, "league").term_state == "unknown"


def test_a_state_is_said_in_words_not_only_in_colour(town, signed_in):
    address = reverse("body", args=[town.bodies["village_party"].pk])
    assert "Term expired" in signed_in(town.clerk).get(address, headers={"accept-language": "en"}).content.decode()


def test_offices_are_shown_with_their_days(town, signed_in):
    last = small.person("孙样例")
    small.office(last, town.bodies["joint_union"], "union_chair", since=REFORM, until=date(2021, 5, 1))
    offices = page_of(town, "joint_union", reader=town.secretary).offices
    assert [(str(office.person), office.until) for office in offices] == [
        ("陈样例", None),
        ("孙样例", date(2021, 5, 1)),
    ]


def test_offices_in_a_firm_are_shown_to_those_above_it_in_its_line(town, signed_in):
    firm = {"superior": town.bodies["county_union"], "since": REFORM}
    union = small.body("大唐样例袜业工会", "union_committee", town.units["hosiery"], **firm)
    small.office(small.person("吴样例"), union, "union_chair", since=REFORM)
    seen = {
        role: signed_in(town.accounts[role]).get(reverse("body", args=[union.pk]), headers={"accept-language": "en"})
        for role in ("inspector", "stranger")
    }
    assert ["吴样例" in answer.content.decode() for answer in seen.values()] == [True, False]
    assert "Who holds office here is shown to those above it in its line." in seen["stranger"].content.decode()


def test_its_life_tells_what_changed(town):
    events = [(event["when"], event["title"]) for event in page_of(town, "village_party").events]
    assert events == [
        ("2016-07-31", "上下文村党支部 set up in 上下文村"),
        ("2020-06-30", "Its superior is now: 大唐街道党工委"),
        (town.today.isoformat(), "Stands today"),
    ]


def test_before_it_was_set_up_the_page_says_from_when_it_stands(town, signed_in):
    answer = signed_in(town.clerk).get(
        reverse("body", args=[town.bodies["joint_union"].pk]), {"on": "2018-10-31"}, headers={"accept-language": "en"}
    )
    assert "It stands from 2020-06-30 on." in answer.content.decode()


def test_a_body_that_never_was_is_not_found(town, signed_in):
    assert signed_in(town.clerk).get(reverse("body", args=[999_999])).status_code == 404


def test_whoever_has_no_account_reads_a_body_but_not_what_it_covers_or_its_term(town, client):
    address = reverse("body", args=[town.bodies["joint_union"].pk])
    seen = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "上下文村联合工会" in seen and "陈样例" in seen
    assert "大唐样例袜业001" not in seen
    assert "Which units it covers is shown to those above it in its line and to those who lead it." in seen


def test_a_body_asks_the_same_number_of_questions_for_one_and_for_three_of_everything(
    town, signed_in, django_assert_max_num_queries
):
    party, village = town.bodies["village_party"], town.units["village"]
    small.body("样例党支部1", "party_branch", village, superior=party)
    small.venue("样例之家1", village, party, plaques=("party_home",))
    client = signed_in(town.clerk)
    address = reverse("body", args=[party.pk])
    client.get(address)
    with django_assert_max_num_queries(38) as one:
        client.get(address)
    for number in (2, 3):
        small.body(f"样例党支部{number}", "party_branch", village, superior=party)
        small.body(f"样例工会{number}", "union_committee", village, leader=party)
        small.cover(party, small.unit(f"样例企业{number}", "enterprise", village))
        small.office(small.person(f"样例{number}"), party, "party_secretary")
        small.check(small.venue(f"样例之家{number}", village, party, plaques=("party_home",)), REFORM, ["venue"])
    with django_assert_max_num_queries(38) as three:
        client.get(address)
    assert len(one) == len(three)
