"""The figures of the night run and of the pages of figures, on the whole sample city in a database of its own.

`python -m bench.night` measures in a process of its own and prints each figure as a line of JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any
from unittest import mock

from gongjian.serving import collect_rarely

from . import database
from .figure import ROOT, Figure, figure, in_turn, percentile, seconds

SAMPLE = "sample"  # the name of its database
ASKED = 40  # times that each page is asked for in a round
CHANGED = 200  # head-counts of the county
COUNTY = "330681"
BUMPED = """
UPDATE register_headcount SET staff = staff + 1 WHERE id IN (
  SELECT h.id FROM register_headcount h JOIN register_unit u ON u.id = h.unit_id
  WHERE starts_with(u.path, %s) AND h.valid @> %s::date AND h.staff IS NOT NULL ORDER BY h.id LIMIT %s)
"""
ONLY_TELLS = "The reference only tells how fast the machine is."


def figures(size: str) -> Iterator[Figure]:
    """Of a city only: the nation's facts are a lake, without pages of its own."""
    if size != "city":
        return
    done = subprocess.run([sys.executable, "-m", "bench.night"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"the process that measures ended with {done.returncode}; see above")
    yield from (Figure(**json.loads(line)) for line in done.stdout.splitlines())


# == in a process of its own ==
def _make_ready() -> None:
    """The sample city at true size; built anew when it is of another day or by other code."""
    url = database.open_database(SAMPLE)
    if not database.is_filled(SAMPLE, url):
        database.drop_database(SAMPLE)
        url = database.open_database(SAMPLE)
    database.set_up(url)
    if database.is_filled(SAMPLE, url):
        return
    from django.core.management import call_command  # app ready: needs settings
    from django.utils import timezone  # app ready: needs settings

    from gongjian.consistency.find import find_doubts  # app ready: models
    from gongjian.sample.city import build  # app ready: models

    began = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    build()
    find_doubts(timezone.localdate())
    database.note_filled(SAMPLE, url)
    print(f"  {time.monotonic() - began:6.0f} s  the sample city was built", file=sys.stderr)


def _measured() -> Iterator[Figure]:
    collect_rarely()  # as a process that counts or serves
    yield from _nights()
    yield from _pages()


def _nights() -> Iterator[Figure]:
    from django.utils import timezone  # app ready: needs settings

    from gongjian.register.models import UnitEntry  # app ready: models

    from .register import CALIBRATION, calibrate  # app ready: models

    today = timezone.localdate()
    path = UnitEntry.objects.on(today).get(code=COUNTY).unit.path
    known = {
        "unit": "s",
        "reference": CALIBRATION,
        "both_sides": f"Writes the facts, counts, keeps, finds gaps. {ONLY_TELLS}",
    }
    turns = in_turn(runs=5, ours=partial(_from_nothing, today), reference=lambda: calibrate() / 1000)
    yield figure("figures.night", "city", "the night run of the sample city, from nothing", turns, most=15, **known)  # type: ignore[arg-type]
    changed = in_turn(runs=5, ours=partial(_night_after, today, path), reference=lambda: calibrate() / 1000)
    what = f"the night run after a day on which {CHANGED} head-counts of one county changed"
    yield figure("figures.night_county", "city", what, changed, most=3, **known)  # type: ignore[arg-type]


def _forget() -> None:
    from django.conf import settings  # app ready: needs settings

    from gongjian.gaps.models import Gap, Suggestion  # app ready: models
    from gongjian.indicators.models import Reading, Run  # app ready: models

    for model in (Gap, Suggestion, Reading, Run):
        model.objects.all().delete()
    shutil.rmtree(settings.SNAPSHOTS, ignore_errors=True)


def _night(day: date) -> float:
    """The run as of the night of that day; what it asks the clock for is that day too."""
    from gongjian.figures import run  # app ready: models

    with mock.patch.object(run.timezone, "localdate", lambda *_: day):
        return seconds(partial(run.read_indicators, day))


def _from_nothing(day: date) -> float:
    _forget()
    return _night(day)


def _night_after(today: date, path: str) -> float:
    """Only the second night is timed, before which some rows of one county changed."""
    from django.db import connection  # app ready: needs settings

    _from_nothing(today - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(BUMPED, [path, today, CHANGED])
        assert cursor.rowcount == CHANGED
    return _night(today)


def _pages() -> Iterator[Figure]:
    from django.utils import timezone  # app ready: needs settings

    from gongjian.accounts.factors import EXCUSED  # app ready: models
    from gongjian.accounts.models import User  # app ready: models

    from .people import signed_in  # app ready: models
    from .register import CALIBRATION, calibrate  # app ready: models

    client = signed_in(User.objects.get(username="sample-city-organiser"))
    session = client.session
    session[EXCUSED] = True  # as whoever enters by a persona's door
    session.save()
    for key, (what, address) in _addresses(timezone.localdate()).items():
        assert client.get(address).status_code == 200, address  # the first one finds nothing at hand
        turns = in_turn(ours=partial(_p95, client, address), reference=calibrate)
        yield figure(
            f"figures.page_{key}", "city", f"{what}, p95 of {ASKED}", turns, unit="ms", reference=CALIBRATION, most=60,
            both_sides=f"The whole page through Django's test client, as the city's organiser. {ONLY_TELLS}",
        )  # fmt: skip


def _p95(client: Any, address: str) -> float:
    return 1000 * percentile(seconds(partial(client.get, address)) for _ in range(ASKED))


def _addresses(today: date) -> dict[str, tuple[str, str]]:
    from gongjian.register.models import UnitEntry  # app ready: models

    standing = UnitEntry.objects.on(today)
    city, county = standing.get(code="3306").unit_id, standing.get(code=COUNTY).unit_id
    town = standing.get(name="大唐街道").unit_id
    one = "/indicators/union_enterprises"
    return {
        "city": ("all indicators of the city", f"/units/{city}/indicators/"),
        "county": ("all indicators of a county", f"/units/{county}/indicators/"),
        "street": ("all indicators of a street", f"/units/{town}/indicators/"),
        "indicator": ("one indicator of the city", f"{one}/?in={city}"),
        "map": ("one indicator of a county, with its map", f"{one}/?in={county}"),
        "records": ("the records behind a number of the city", f"{one}/records/?in={city}&part=missing"),
        "gaps": ("what is missing in the city", f"{one}/gaps/?in={city}"),
        "gaps_street": ("what is missing in a street", f"{one}/gaps/?in={town}"),
        "spread": ("unevenness in the city", f"{one}/spread/?in={city}"),
        "consistency": ("what does not agree in the city", f"/units/{city}/consistency/"),
        "consistency_street": ("what does not agree in a street", f"/units/{town}/consistency/"),
    }


if __name__ == "__main__":
    _make_ready()
    for each in _measured():
        print(json.dumps(asdict(each), ensure_ascii=False), flush=True)
