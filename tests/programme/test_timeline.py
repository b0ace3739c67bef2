"""Where days stand on the line of a year."""

from datetime import date

from gongjian.programme.timeline import NARROWEST, Bar, bar, place, quarter, year_line


def test_the_line_begins_with_the_year_and_ends_with_it():
    line = year_line(2026, date(2026, 7, 2))
    assert line.months[0] == (0, 1) and line.months[-1] == (place(date(2026, 12, 1), 2026), 12)
    assert 49 < (line.today or 0) < 51
    assert year_line(2026, date(2025, 12, 31)).today is None


def test_a_bar_is_cut_to_the_year_and_outside_of_it_there_is_none():
    assert bar(date(2025, 1, 1), date(2026, 12, 31), 2026) == Bar(0, 100)
    assert bar(date(2025, 1, 1), date(2025, 12, 31), 2026) is None
    assert bar(date(2027, 1, 1), date(2027, 1, 1), 2026) is None


def test_a_single_day_is_seen_even_at_the_end_of_the_year():
    one = bar(date(2026, 12, 31), date(2026, 12, 31), 2026, date(2026, 12, 31))
    assert one and one.width == NARROWEST and one.at + one.width <= 100 and one.key is not None


def test_quarters():
    assert [quarter(date(2026, month, 1)) for month in (1, 3, 4, 6, 7, 12)] == [1, 1, 2, 2, 3, 4]
