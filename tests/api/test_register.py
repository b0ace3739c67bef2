"""The read-only API: same access as the pages, any day, pages by cursor, problems as documents."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from gongjian.api import api
from gongjian.register.models import Document
from gongjian.register.reorganise.units import merge_units

from ..register import town as small

OPENAPI = Path(__file__).with_name("openapi.json")


@pytest.fixture
def get(town, signed_in, reader):
    browser = signed_in(reader)
    return lambda path, **query: browser.get(f"/api/v1/{path}", query)


def test_the_document_of_the_api_is_the_one_we_published():
    """A change of the API shows here. If it is meant: python -m tests.api.publish"""
    assert json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))) == json.loads(
        OPENAPI.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    "path", ["units", "units/1", "units/1/lineage", "bodies", "bodies/1", "bodies/1/lineage", "covers"]
)
def test_nobody_reads_without_signing_in(client, town, path):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert set(answer.json()) == {"type", "title", "status", "detail"}


def test_units_of_a_day_are_those_that_stood(get, town):
    then = {unit["name"] for unit in get("units", on=small.BEFORE, level="town").json()["units"]}
    now = {unit["name"] for unit in get("units", level="town").json()["units"]}
    assert (then, now) == ({"草塔镇", "大唐镇"}, {"大唐街道"})


def test_units_below_a_place_stand_where_they_stood(get, town):
    def names(**query):
        return {unit["name"] for unit in get("units", level="village", **query).json()["units"]}

    assert names(on=small.BEFORE, below=town.units["old_town"].pk) == {"上下文村", "莼塘东村"}
    assert names(below=town.units["street"].pk) == {"上下文村"}


def test_one_unit_tells_what_it_stood_under(get, town):
    village = town.units["village"].pk
    then, now = get(f"units/{village}", on=small.BEFORE).json(), get(f"units/{village}").json()
    assert [unit["name"] for unit in then["under"]] == ["绍兴市", "诸暨市", "草塔镇"]
    assert [unit["name"] for unit in now["under"]] == ["绍兴市", "诸暨市", "大唐街道"]
    assert (then["id"], then["code"], now["code"]) == (now["id"], "330681113264", "330681005247")


def test_a_code_finds_who_held_it_on_the_day(get, town):
    assert get("units", code="330681113264").json()["units"] == []
    held = get("units", code="330681113264", on=small.BEFORE).json()["units"]
    assert [unit["id"] for unit in held] == [town.units["village"].pk]


def test_a_code_of_any_day_finds_the_unit_as_it_stands_on_the_day(get, town):
    (unit,) = get("units", code_ever="330681113264").json()["units"]
    assert (unit["id"], unit["code"]) == (town.units["village"].pk, "330681005247")


def test_a_lineage_tells_what_something_has_become_and_where_its_way_is_lost(get, town):
    village, gone = town.units["village"], town.units["closed_village"]
    told = get(f"units/{gone.pk}/lineage").json()
    assert (told["stands"], told["ends"]) == (False, [])
    assert told["lost"] == [{"id": gone.pk, "on": "2020-06-30", "last_parent": town.units["old_town"].pk}]
    assert get(f"units/{gone.pk}/lineage", on=small.BEFORE).json()["stands"] is True
    other = small.unit("乙村", "village", town.units["street"], since=small.REFORM)
    document = Document.objects.create(number="诸政函〔2022〕1号")
    given = {"on": date(2022, 1, 1), "today": town.today, "by": None}
    merge_units([village], into=other, document=document, **given)
    told = get(f"units/{village.pk}/lineage").json()
    assert told["ends"] == [{"id": other.pk, "name": "乙村", "code": "", "share": "1"}]
    (link,) = told["links"]
    assert (link["on"], link["how"], link["document"]) == ("2022-01-01", "merged", "诸政函〔2022〕1号")


def test_a_lineage_before_its_days_tells_what_something_came_from(get, town):
    told = get(f"units/{town.units['street'].pk}/lineage", on=small.BEFORE).json()
    assert (told["direction"], told["ends"], told["lost"][0]["on"]) == ("back", [], "2020-06-30")
    assert get(f"bodies/{town.bodies['league'].pk}/lineage").json()["stands"] is True


def test_pages_follow_each_other_without_gap_or_repeat(get, town):
    whole = [unit["id"] for unit in get("units", limit=1000).json()["units"]]
    seen, after = [], ""
    while after is not None:
        page = get("units", limit=2, after=after).json()
        seen += [unit["id"] for unit in page["units"]]
        after = page["next"]
    assert seen == whole and len(whole) > 4


def test_bodies_and_covers_are_read_alike(get, town):
    unions = get("bodies", line="union").json()["bodies"]
    assert {body["name"] for body in unions} == {"绍兴市总工会", "诸暨市总工会", "上下文村联合工会"}
    covers = get("covers", body=town.bodies["joint_union"].pk).json()["covers"]
    assert {cover["unit"] for cover in covers} == {town.units[key].pk for key in ("village", "hosiery", "hardware")}
    assert get("covers", on=small.BEFORE, body=town.bodies["joint_union"].pk).json()["covers"] == []


def test_one_body_tells_its_seat_superior_and_leader(get, town):
    told = get(f"bodies/{town.bodies['joint_union'].pk}").json()
    assert (told["seat"]["name"], told["superior"]["name"], told["leader"]["name"]) == (
        "上下文村",
        "诸暨市总工会",
        "上下文村党支部",
    )


@pytest.mark.parametrize(
    "path, query, status",
    [
        ("units/999999", {}, 404),
        ("units/999999/lineage", {}, 404),
        ("bodies/999999/lineage", {}, 404),
        ("units", {"on": "2018-13-01"}, 400),
        ("units", {"limit": "0"}, 400),
        ("units", {"after": "nonsense"}, 400),
        ("units", {"level": "planet"}, 400),
        ("units", {"below": "999999"}, 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(get, path, query, status):
    answer = get(path, **query)
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (
        status,
        "application/problem+json",
        status,
    )


def test_a_unit_that_did_not_stand_on_the_day_is_not_found(get, town):
    assert get(f"units/{town.units['street'].pk}", on=small.BEFORE).status_code == 404


@pytest.mark.parametrize("path", ["units", "bodies", "covers"])
def test_queries_do_not_grow_with_rows(get, town, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):  # four of them open and close the request's transaction
        get(path, limit=1)
    with django_assert_max_num_queries(12):
        get(path, limit=1000)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_the_api(town, signed_in, organiser, method):
    assert getattr(signed_in(organiser), method)("/api/v1/units").status_code == 405


def test_the_document_is_served_to_whoever_builds_on_it(client, town):
    assert client.get(reverse("api:openapi-json")).status_code == 200
