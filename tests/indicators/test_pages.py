"""The pages of figures: each number opens, whoever may not count is refused, and the number of queries is constant."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from gongjian.figures import run as night
from gongjian.indicators import views
from tests.figures.test_run import town

assert town  # the fixture: the small town with the pack's indicators


@pytest.fixture
def read(town):
    return night.read_indicators(timezone.localdate())


def test_a_place_shows_its_figures_and_each_opens(town, read, signed_in):
    browser = signed_in(town.inspector)
    page = browser.get(f"/units/{town.units['city'].pk}/indicators/")
    assert page.status_code == 200
    told = page.content.decode()
    assert "企业建会" in told or "Enterprises with a union" in told
    for figure, hrefs in page.context["rows"]:
        for href in hrefs.values():
            if not figure.indicator.awaits:
                assert browser.get(href).status_code == 200, href


def test_a_number_and_the_records_behind_it_are_as_many(town, read, signed_in):
    browser = signed_in(town.inspector)
    page = browser.get(f"/units/{town.units['city'].pk}/indicators/")
    opened = 0
    for figure, hrefs in page.context["rows"]:
        if figure.now and figure.indicator.of != "bodies":  # who reads covers of bodies reads by line as well
            for which, number in (("missing", figure.now.missing), ("having", figure.now.numerator)):
                assert browser.get(hrefs[which]).context["listed"].count.number == number, (figure.indicator.key, which)
                opened += bool(number)
    assert opened > 10


def test_what_waits_for_its_facts_shows_no_number(town, read, signed_in):
    told = signed_in(town.inspector).get(f"/indicators/teams/?in={town.units['city'].pk}").content.decode()
    assert "No data" in told or "没有数" in told


def test_whoever_may_not_count_is_refused_with_what_is_needed(town, read, signed_in, client):
    place = town.units["city"].pk
    for address in (f"/units/{place}/indicators/", f"/indicators/four_lines/?in={place}",
                    f"/indicators/four_lines/records/?in={place}", f"/indicators/four_lines/records.xlsx?in={place}",
                    f"/indicators/four_lines.xlsx?in={place}", f"/units/{place}/indicators.xlsx"):  # fmt: skip
        assert signed_in(town.stranger).get(address).status_code == 403, address
        assert client.get(address).status_code == 302, address


@pytest.mark.parametrize("asked", ["", "?in=", "?in=x", "?in=9" + "9" * 30, "?in=99999999", "?in=1&show=all"])
def test_an_odd_question_is_not_found(town, read, signed_in, asked):
    assert signed_in(town.inspector).get(f"/indicators/four_lines/records/{asked}").status_code == 404


def test_the_files_hold_what_the_pages_show(town, read, signed_in):
    browser, place = signed_in(town.inspector), town.units["city"].pk
    page = browser.get(f"/units/{place}/indicators/")
    file = b"".join(browser.get(f"/units/{place}/indicators.xlsx").streaming_content)
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]
    assert [row[1] for row in rows] == [f.now.denominator if f.now else None for f, _hrefs in page.context["rows"]]
    address = f"/indicators/union_enterprises/records.xlsx?in={place}&show=counted"
    listed = browser.get(address.replace(".xlsx", "/")).context["listed"]
    file = b"".join(browser.get(address).streaming_content)
    assert openpyxl.load_workbook(BytesIO(file)).active.max_row - 1 == listed.count.number


def test_before_the_first_run_the_page_says_so(town, signed_in):
    told = signed_in(town.inspector).get(f"/units/{town.units['city'].pk}/indicators/").content.decode()
    assert "Nothing has been read" in told or "还没有读数" in told


def test_pages_take_the_same_number_of_queries_for_more_rows(town, read, signed_in, django_assert_max_num_queries):
    browser = signed_in(town.inspector)
    browser.get(f"/units/{town.units['city'].pk}/indicators/")
    for address in (f"/units/{town.units['city'].pk}/indicators/", f"/units/{town.units['street'].pk}/indicators/"):
        with django_assert_max_num_queries(22):
            assert browser.get(address).status_code == 200


@pytest.mark.parametrize("key", ["union_enterprises", "terms_running", "venues_hours"])
def test_records_of_each_kind_are_taken_as_a_file(town, read, signed_in, key):
    browser, place = signed_in(town.clerk), town.units["city"].pk
    address = f"/indicators/{key}/records.xlsx?in={place}&show=counted"
    listed = browser.get(address.replace(".xlsx", "/")).context["listed"]
    file = b"".join(browser.get(address).streaming_content)
    assert openpyxl.load_workbook(BytesIO(file)).active.max_row - 1 == listed.count.number > 0


def test_more_records_than_a_file_takes_are_refused_not_cut(town, read, signed_in, monkeypatch):
    monkeypatch.setattr(views, "MOST_IN_A_FILE", 0)
    address = f"/indicators/party_villages/records.xlsx?in={town.units['city'].pk}&show=counted"
    assert signed_in(town.inspector).get(address).status_code == 400


def test_only_divisions_stand_below_a_place_and_a_building_has_no_figures(town, read, signed_in):
    browser = signed_in(town.inspector)
    below = browser.get(f"/indicators/union_enterprises/?in={town.units['street'].pk}").context["below"]
    assert {row.unit_id for row, _hrefs in below} == {town.units["village"].pk}
    assert browser.get(f"/units/{town.units['building'].pk}/indicators/").status_code == 404
