"""The working days of this installation: what a pack loaded, read once."""

from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from gongjian.workdays.models import Year

SHAOXING = Path(__file__).parents[2] / "packs" / "shaoxing"


def test_loading_the_pack_brings_its_years(db):
    pack = read_pack(SHAOXING)
    with pytest.raises(calendar.UnknownYear):
        calendar.is_working(date(2026, 1, 4))
    load_pack(pack)
    assert calendar.is_working(date(2026, 1, 4)) and not calendar.is_working(date(2026, 1, 3))
    assert calendar.next_working(date(2026, 10, 1)) == date(2026, 10, 8)
    assert calendar.add_working(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.working_between(date(2026, 9, 30), date(2026, 10, 9)) == 2
    assert list(Year.objects.values_list("key", flat=True)) == [year.key for year in pack.years]
    assert load_pack(pack) == []


@pytest.mark.parametrize("years", [1, 3])
def test_one_query_reads_the_years_and_none_after_it(db, django_assert_num_queries, years):
    for year in range(2024, 2024 + years):
        define_year(str(year), days_off=[date(year, 1, 1)], days_worked=[], source="样例")
    calendar.forget()
    with django_assert_num_queries(1):
        for _each in range(3):
            assert not calendar.is_working(date(2024, 1, 1))
            assert calendar.add_working(date(2024, 1, 1), 20) == date(2024, 1, 29)


def test_what_is_read_anew_after_a_while_or_when_told(db, monkeypatch):
    define_year("2024", days_off=[], days_worked=[], source="样例")
    assert calendar.is_working(date(2024, 1, 1))
    define_year("2024", days_off=[date(2024, 1, 1)], days_worked=[], source="样例")
    assert calendar.is_working(date(2024, 1, 1))
    monkeypatch.setattr(calendar, "KEPT", -1)
    assert not calendar.is_working(date(2024, 1, 1))


def test_the_database_takes_no_year_that_is_none(db):
    with pytest.raises(IntegrityError, match="workdays_year_is_one"), transaction.atomic():
        define_year("26", days_off=[], days_worked=[], source="样例")
