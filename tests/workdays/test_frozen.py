"""The working days that are frozen into the pack are those of the library, day by day."""

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from gongjian.packs.read import read_pack
from gongjian.workdays.days import UnknownYear, Workdays
from scripts import workdays as script

SHAOXING = Path(__file__).parents[2] / "packs" / "shaoxing"


@pytest.fixture(scope="module")
def frozen() -> Workdays:
    years = read_pack(SHAOXING).years
    off = (day for year in years for day in year.days_off)
    worked = (day for year in years for day in year.days_worked)
    return Workdays.of((int(year.key) for year in years), off, worked)


def test_every_day_of_every_year_is_what_the_library_says(frozen):
    assert frozen.years == set(script.published_years()) and 2026 in frozen.years
    days = [day for year in frozen.years for day in script.days_of(year)]
    assert len(days) > 4000
    assert [day for day in days if frozen.is_working(day) != chinese_calendar.is_workday(day)] == []


def test_the_file_is_what_the_script_writes():
    assert script.FILE.read_text(encoding="utf-8") == script.as_toml()


def test_days_that_everybody_remembers(frozen):
    """The long National Day of 2020, the prolonged Spring Festival of that year, and a Sunday worked in 2026."""
    assert not frozen.is_working(date(2020, 10, 8)) and frozen.is_working(date(2020, 10, 9))
    assert not frozen.is_working(date(2020, 1, 31))
    assert date(2026, 1, 4).weekday() == 6 and frozen.is_working(date(2026, 1, 4))
    assert frozen.next_working(date(2026, 10, 1)) == date(2026, 10, 8)
    assert frozen.add_working(date(2026, 9, 30), 3) == date(2026, 10, 10)  # the 8th, the 9th, and a Saturday worked


def test_a_year_that_is_not_published_is_told_with_what_to_do(frozen):
    after = max(frozen.years) + 1
    with pytest.raises(UnknownYear) as unknown:
        frozen.add_working(date(after - 1, 12, 31), 1)
    assert unknown.value.year == after
