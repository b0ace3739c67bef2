"""The pages that tell who can see or do what, and why; and the page of a refusal."""

import pytest
from django.urls import reverse
from django.utils import translation

from gongjian.register.models import Permission
from gongjian.register.queries.why import who, who_appoints

from . import town as small

EN = {"accept-language": "en"}


def test_who_can_see_the_counts_of_a_unit_is_told_the_nearest_first(town):
    with translation.override("en"):
        told = who(town.secretary, town.units["hardware"], town.today, [Permission.SEE_COUNTS])[0]
    assert [(each.office, each.body, each.steps) for each in told.holders] == [
        ("Secretary", "上下文村党支部", 1),
        ("Chair", "上下文村联合工会", 1),
        ("Officer of the organisation department", "绍兴市委", 4),
        ("Audit commissioner", "绍兴市总工会", 4),
    ]
    assert told.readers.office == "Secretary" and told.count == 4


def test_a_body_is_given_its_offices_by_those_above_it_and_not_by_itself(town):
    chair = small.person("郑样例")
    small.office(chair, town.bodies["county_union"], "union_chair")
    assert [each.body for each in who_appoints(town.stranger, town.bodies["joint_union"], town.today)] == [
        "诸暨市总工会"
    ]
    assert who_appoints(town.stranger, town.bodies["county_union"], town.today) == []


def test_who_holds_an_office_is_named_only_to_whoever_may_see_it(town):
    firm = {"superior": town.bodies["county_union"], "since": small.REFORM}
    union = small.body("大唐样例袜业工会", "union_committee", town.units["hosiery"], **firm)
    small.office(small.person("吴样例"), union, "union_chair", since=small.REFORM)
    for reader, name in ((town.inspector, "吴样例"), (town.stranger, "")):
        told = who(reader, town.units["hosiery"], town.today, [Permission.SEE_COUNTS])[0]
        assert [each.name for each in told.holders if each.body == "大唐样例袜业工会"] == [name]


@pytest.mark.parametrize("of", ["unit", "body"])
def test_the_page_is_open_to_everybody(town, client, of):
    thing = town.units["village"] if of == "unit" else town.bodies["joint_union"]
    answer = client.get(reverse(f"{of}_access", args=[thing.pk]), headers=EN)
    assert answer.status_code == 200 and "上下文村党支部" in answer.content.decode()
    assert client.get(reverse(f"{of}_access", args=[10**9])).status_code == 404


def test_a_refusal_says_what_one_would_need_who_has_it_and_who_can_give_it(town, signed_in):
    answer = signed_in(town.stranger).get(reverse("figures", args=[town.units["village"].pk]), headers=EN)
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "An office that lets its holder see head-counts, covers and gaps." in shown and "王样例" in shown
    assert signed_in(town.secretary).get(reverse("figures", args=[town.units["village"].pk])).status_code == 200


def test_the_page_asks_as_often_for_one_office_as_for_ten(town, client, django_assert_max_num_queries):
    address = reverse("unit_access", args=[town.units["village"].pk])
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    for number in range(10):
        small.office(small.person(f"样例{number}"), town.bodies["joint_union"], "union_chair", since=small.REFORM)
    with django_assert_max_num_queries(len(one)):
        client.get(address)
