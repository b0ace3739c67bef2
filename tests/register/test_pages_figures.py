"""The figures of a place: its table in both structures, its Excel, and a fixed number of queries."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gongjian.register.models import Line, UnitKind
from gongjian.register.queries.figures import place_figures
from gongjian.register.reorganise.units import Part, merge_units, split_unit

from . import town as small

DAY, BEFORE = date(2022, 1, 1), date(2021, 6, 30)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def rows(town, structure, at="county", day=BEFORE):
    union = Line.objects.get(key="union")
    found = place_figures(town.clerk, town.units[at].pk, day, town.today, line=union, structure=structure)
    return {row.names: (row.villages, row.employers, row.covered) for row in [*found.rows, found.whole]}


def test_a_county_shows_its_towns_and_their_sum(town):
    assert rows(town, "then") == {"大唐街道": (1, 3, 2), "": (1, 3, 2)}


def test_a_town_that_was_merged_is_counted_in_the_other_today(town):
    other = small.unit("乙街道", "street", town.units["county"], since=small.REFORM)
    merge_units([town.units["street"]], into=other, on=DAY, today=town.today, by=None)
    assert rows(town, "then") == {"大唐街道": (1, 3, 2), "乙街道": (0, 0, 0), "": (1, 3, 2)}
    assert rows(town, "today") == {"乙街道": (1, 3, 2), "": (1, 3, 2)}


def test_what_cannot_be_divided_has_a_row_of_its_own(town, signed_in):
    other = small.unit("乙街道", "street", town.units["county"], since=small.REFORM)
    kind = UnitKind.objects.get(key="village")
    parts = [
        Part(values={"name": name, "kind": kind, "parent": where})
        for name, where in (("东村", town.units["street"]), ("西村", other))
    ]
    split_unit(town.units["village"], parts=parts, stays=False, on=DAY, today=town.today, by=None)
    html = signed_in(town.clerk).get(
        f"/territory/{town.units['county'].pk}/figures/",
        {"on": "2021-06-30", "structure": "today"},
        headers={"accept-language": "en"},
    )
    assert "cannot be divided" in html.content.decode()
    assert rows(town, "today")["大唐街道 / 乙街道"] == (1, 1, 1)


def test_what_is_lost_is_told_in_the_place_that_held_it(town):
    assert rows(town, "today", day=small.BEFORE) == {"大唐街道": (1, 0, 0), "诸暨市": (1, 0, 0), "": (2, 0, 0)}


def test_the_excel_holds_the_same_rows(town, signed_in):
    answer = signed_in(town.clerk).get(f"/territory/{town.units['county'].pk}/figures.xlsx", {"on": "2021-06-30"})
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert [row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)] == [(1, 3, 2, 66.7)] * 2


@pytest.mark.parametrize("at, day", [("village", None), ("street", "2018-10-31")])
def test_where_nothing_can_be_counted_the_page_says_so(town, signed_in, at, day):
    html = signed_in(town.clerk).get(f"/territory/{town.units[at].pk}/figures/", {"on": day} if day else {})
    assert html.status_code == 200 and b"<table" not in html.content


def test_at_the_top_the_page_comes_before_its_count(town, signed_in):
    browser, path = signed_in(town.clerk), f"/territory/{town.units['city'].pk}/figures/"
    first = browser.get(path, {"on": "2021-06-30"}).content.decode()
    assert "<table" not in first and "counted=1" in first
    whole = browser.get(path, {"on": "2021-06-30", "counted": "1"}).content.decode()
    piece = browser.get(path, {"on": "2021-06-30", "counted": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in piece
    assert "<table" in piece and piece.strip() in whole


def test_queries_do_not_grow_with_rows(town, signed_in):
    browser, path = signed_in(town.clerk), f"/territory/{town.units['county'].pk}/figures/"

    def count():
        with CaptureQueriesContext(connection) as counted:
            browser.get(path, {"on": "2021-06-30", "structure": "today"})
        return len(counted)

    count()  # what a process reads once is read now
    first = count()
    for number in range(3):
        other = small.unit(f"样例{number}街道", "street", town.units["county"], since=small.REFORM)
        small.employers(3, other, name=f"样例{number}厂", since=small.REFORM)
    assert count() == first
