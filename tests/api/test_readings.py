"""Readings through the API: what the last run until a day wrote down, as far as the reader may count."""

import pytest
from django.utils import timezone

from gongjian.figures import run as night
from gongjian.indicators.access import readings_visible_to
from gongjian.indicators.models import Reading
from tests.figures.test_run import few, town

from ..register import town as small

assert town  # the fixture: the small town with the pack's indicators


@pytest.fixture
def read(town):
    few(town)
    return night.read_indicators(timezone.localdate())


@pytest.fixture
def get(town, read, signed_in, reader):
    browser = signed_in(reader)
    return lambda **query: browser.get("/api/v1/readings", query)


def test_each_reading_that_one_may_see_is_told_as_it_was_written(get, reader, read):
    told = get(limit=1000).json()
    assert (told["on"], told["next"]) == (read.day.isoformat(), None)
    seen = readings_visible_to(reader).filter(day=read.day)
    assert [each["id"] for each in told["readings"]] == [each.pk for each in seen.order_by("pk")]
    for each, row in zip(told["readings"], seen.order_by("pk"), strict=True):
        assert (each["indicator"], each["unit"], each["body"]) == (row.indicator_id, row.unit_id, row.body_id)
        assert (each["numerator"], each["denominator"], each["walk"]) == (row.numerator, row.denominator, row.walk)


def test_one_indicator_at_a_place_and_right_below_it(get, town):
    told = get(indicator="union_enterprises", **{"in": town.units["county"].pk}).json()["readings"]
    assert {each["unit"] for each in told} == {town.units["county"].pk, town.units["street"].pk}
    night.read_indicators(small.BEFORE)
    then = get(indicator="womens_home", on=small.BEFORE, **{"in": town.units["county"].pk}).json()
    assert then["on"] == small.BEFORE.isoformat()
    assert {each["unit"] for each in then["readings"]} == {town.units["county"].pk, town.units["old_town"].pk}


def test_a_walk_by_itself(get):
    told = get(walk="line", limit=1000).json()["readings"]
    assert told and all(each["body"] and not each["unit"] for each in told)


def test_pages_follow_each_other(get):
    whole = [each["id"] for each in get(limit=1000).json()["readings"]]
    found, after = [], ""
    while after is not None:
        page = get(limit=7, after=after).json()
        found += [each["id"] for each in page["readings"]]
        after = page["next"]
    assert found == whole and len(whole) > 10


def test_before_the_first_run_there_is_nothing(get):
    assert get(on="2016-08-01").json() == {"on": None, "readings": [], "next": None}


def test_what_is_not_there_is_not_found(get):
    for asked in ({"in": 99_999_999}, {"in": 10**30}, {"indicator": "nothing"}):
        answer = get(**asked)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), asked


def test_an_odd_question_is_told_what_is_wrong(get):
    for asked in ({"in": "x"}, {"on": "soon"}, {"walk": "up"}, {"limit": 0}, {"after": "x"}):
        assert get(**asked).status_code == 400, asked


def test_whoever_may_not_count_sees_no_reading(town, read, signed_in, client):
    browser = signed_in(town.stranger)
    assert browser.get("/api/v1/readings").json()["readings"] == []
    assert browser.get("/api/v1/readings", {"in": town.units["city"].pk}).status_code == 404
    assert client.get("/api/v1/readings").status_code == 401
    assert Reading.objects.exists()


def test_more_readings_take_no_more_queries(get, town, django_assert_num_queries, django_assert_max_num_queries):
    place = {"in": town.units["city"].pk}
    get(limit=1, **place)
    with django_assert_max_num_queries(16) as taken:
        get(limit=1, **place)
    with django_assert_num_queries(len(taken)):
        assert len(get(limit=1000, **place).json()["readings"]) > 3
