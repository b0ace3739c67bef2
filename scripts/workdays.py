"""Writes packs/shaoxing/workdays.toml anew, from the working days that the library `chinesecalendar` knows.

Run it once a year, when the State Council has published the next one and the library has taken it over:

    make lock && .venv/bin/python scripts/workdays.py

and write the address of the notice below.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import chinese_calendar

FILE = Path(__file__).parents[1] / "packs" / "shaoxing" / "workdays.toml"
FIRST = 2016  # the first official day of the pack is of this year
# The notices in the gazette of the State Council, for whoever wants to compare.
NOTICES = {
    2016: "gongbao/content/2016/content_2979719.htm",
    2017: "gongbao/content/2016/content_5148793.htm",
    2018: "gongbao/content/2017/content_5248221.htm",
    2019: "gongbao/content/2018/content_5350046.htm",
    2020: "gongbao/content/2019/content_5459138.htm",
    2021: "gongbao/content/2020/content_5567750.htm",
    2022: "gongbao/content/2021/content_5651728.htm",
    2023: "gongbao/content/2023/content_5736714.htm",
    2024: "gongbao/2023/issue_10806/202311/content_6913823.html",
    2025: "gongbao/2024/issue_11726/202411/content_6989767.html",
    2026: "gongbao/2025/issue_12406/202511/content_7048922.html",
}
HEAD = """\
# Which days are worked, where that departs from the week: for each year the days from Monday to Friday that are not
# worked, and the Saturdays and Sundays that are (调休上班). Written by scripts/workdays.py; a test compares it with the
# library. A year that does not stand here is not published yet.
"""


def published_years() -> range:
    return range(FIRST, max(chinese_calendar.holidays).year + 1)


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def departures(year: int) -> tuple[list[date], list[date]]:
    """The weekdays off, and the weekends worked."""
    worked = {day: chinese_calendar.is_workday(day) for day in days_of(year)}
    off = [day for day, is_worked in worked.items() if day.weekday() < 5 and not is_worked]
    return off, [day for day, is_worked in worked.items() if day.weekday() >= 5 and is_worked]


def source_of(year: int) -> str:
    library = f"chinesecalendar {version('chinesecalendar')}"
    return f"https://www.gov.cn/{NOTICES[year]}, by {library}" if year in NOTICES else library


def as_toml() -> str:
    parts = [HEAD]
    for year in published_years():
        off, worked = (", ".join(map(str, days)) for days in departures(year))
        parts.append(
            f'[[year]]\nkey = "{year}"\ndays_off = [{off}]\ndays_worked = [{worked}]\nsource = "{source_of(year)}"\n'
        )
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.write_text(as_toml(), encoding="utf-8")
