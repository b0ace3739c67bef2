import contextlib
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gongjian.ui.asof import BadDay, read_day


@pytest.mark.parametrize("typed", ["2018-10-31", "2018/10/31", "2018.10.31", "20181031", " 2018-10-31 "])
def test_a_day_is_read_in_the_ways_people_write_it(typed: str) -> None:
    assert read_day(typed) == date(2018, 10, 31)


def test_a_day_without_leading_zeros_is_read() -> None:
    assert read_day("2018-1-5") == date(2018, 1, 5)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "today",
        "2018",
        "2018-02-30",
        "2018-13-01",
        "201811",
        "2018-10/31",
        "0000-01-01",
        "31.10.2018",
        "2018115",
    ],
)
def test_what_names_no_day_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(BadDay, match=typed or "“”"):
        read_day(typed)


@given(st.dates())
def test_every_day_is_read_back_from_its_own_writing(day: date) -> None:
    assert read_day(day.isoformat()) == read_day(f"{day:%Y%m%d}".zfill(8)) == day


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(typed: str) -> None:
    with contextlib.suppress(BadDay):
        assert isinstance(read_day(typed), date)


def test_without_a_day_in_the_address_it_is_today(pages: Client) -> None:
    answer = pages.get("/day/").json()
    assert answer == {"day": timezone.localdate().isoformat(), "past": False, "future": False}


def test_the_day_in_the_address_is_past_or_future(pages: Client) -> None:
    assert pages.get("/day/?on=20181031").json() == {"day": "2018-10-31", "past": True, "future": False}
    assert pages.get("/day/?on=2999-01-01").json() == {"day": "2999-01-01", "past": False, "future": True}


def test_a_bad_day_is_a_page_that_says_so(pages: Client) -> None:
    answer = pages.get("/day/?on=2026-02-30", headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert "There is no day 2026-02-30 in the calendar" in answer.content.decode()


def test_a_bad_day_is_a_problem_document_for_the_api(pages: Client) -> None:
    answer = pages.get("/api/day/?on=yesterday", headers={"accept-language": "en"})
    assert (answer.status_code, answer["content-type"]) == (400, "application/problem+json")
    assert "“yesterday” is not a day" in answer.json()["detail"]


def test_what_was_typed_is_shown_as_text_only(pages: Client) -> None:
    page = pages.get("/day/", {"on": "<script>x</script>"}).content.decode()
    assert "<script>x" not in page and "&lt;script&gt;x" in page
