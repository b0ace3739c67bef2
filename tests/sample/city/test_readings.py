"""The readings of the sample city against two other ways of counting, for ten indicators and every place."""

from __future__ import annotations

from gongjian.figures.run import read_indicators
from tests.figures import checks


def test_readings_are_what_sql_by_hand_and_a_slow_loop_count(city, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    read_indicators(city)
    looped = checks.by_loop(checks.Rows(city))
    for indicator in checks.ALL:
        told = checks.readings(indicator, city)
        assert len(told) > 100, indicator
        assert told == checks.by_sql(indicator, city) == looped[indicator], indicator
