"""The figure of the register of honours: its list and the pages of one award and one organisation, with 100,000 awards.

In a database of its own that is thrown away, in a process of its own, with the small sample city.
`python -m bench.honours FILE` measures and writes the figures to the file.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from .figure import ROOT, Figure, figure, in_turn, percentile
from .pledges import city

AWARDS, PAGES = 100_000, 60
READERS = ("", "city-organiser", "county-union-chair", "village-secretary")
FILTERS = ("", "?state=standing", "?state=withdrawn", "?honour=worker_pioneer", "?honour=women_post&year=2024")
PUT_IN = """
INSERT INTO honours_award (honour_id, giver_id, of_body_id, unit_id, team, body_id, person_id, year, number, document,
  issuer, awarded_on, link, file, sha256, state, recheck_on, ended_on)
SELECT (ARRAY['worker_pioneer', 'women_post', 'youth_civility', 'advanced_party_body'])[1 + n % 4],
  {giver}, b.id, CASE WHEN n % 4 < 3 THEN u.id END, CASE WHEN n % 4 < 3 THEN '样例' || n ELSE '' END,
  CASE WHEN n % 4 = 3 THEN b.id END, NULL, 2006 + n % 20, '样例' || n, '样例', '样例', make_date(2006 + n % 20, 4, 28),
  'https://example.cn', '', '', CASE WHEN n % 50 = 0 THEN 'withdrawn' ELSE 'standing' END,
  make_date(2030, 1, 1), CASE WHEN n % 50 = 0 THEN current_date END
FROM generate_series(1, {count}) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS all_of FROM register_body) b
  ON b.at = n % b.all_of
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS all_of FROM register_unit) u
  ON u.at = n % u.all_of
"""


def figures(size: str) -> Iterator[Figure]:
    """Measured in another process, whose database is not the one of this."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        subprocess.run([sys.executable, "-m", "bench.honours", str(file), size], cwd=ROOT, check=True)
        for row in json.loads(file.read_text()):
            yield Figure(**row)


def fill() -> None:
    from django.db import connection  # app ready: needs settings

    with connection.cursor() as cursor:
        giver = "(SELECT min(giver_id) FROM honours_award)"
        cursor.execute(PUT_IN.format(giver=giver, count=AWARDS))
        cursor.execute("VACUUM ANALYZE")


def pages(size: str) -> Iterator[Figure]:
    from django.test import Client  # app ready: needs settings

    from gongjian.honours.access import awards_public  # app ready: models

    from .register import CALIBRATION, calibrate  # app ready: models

    clients: dict[str, Client] = {}
    for name in READERS:
        clients[name] = Client(HTTP_HOST="127.0.0.1")
        if name:
            clients[name].get(f"/sample/enter/{name}/")
    rows = list(awards_public().values_list("pk", "body_id").order_by("pk"))
    some = random.Random(4).sample(rows, PAGES)
    lists = [(name, f"/honours/awards/{query}") for name in READERS for query in FILTERS] * (PAGES // 20)
    ones = [(READERS[at % 4], f"/honours/awards/{id}/") for at, (id, _body) in enumerate(some)]
    of_bodies = [(READERS[at % 4], f"/bodies/{body}/honours/") for at, (_id, body) in enumerate(some) if body]
    for key, what, asked, most in (
        ("honours.list", f"p95 of a list of {AWARDS:,} awards", lists, 60),
        ("honours.page", "p95 of the page of an award", ones, 60),
        ("honours.of_body", "p95 of what one organisation holds", of_bodies, 60),
    ):
        turns = in_turn(ours=lambda asked=asked: _slowest(clients, asked), reference=calibrate)
        yield figure(
            key, size, what, turns, unit="ms", reference=CALIBRATION, most=most,
            both_sides="through the whole of Django, without a server in front; nobody, and three personas",
        )  # fmt: skip


def _slowest(clients: dict[str, object], asked: list[tuple[str, str]]) -> float:
    took = []
    for name, path in asked:
        began = time.perf_counter()
        answer = clients[name].get(path)  # type: ignore[attr-defined]
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return percentile(took)


if __name__ == "__main__":
    target, measured_size = sys.argv[1:]
    with city():
        fill()
        found = list(pages(measured_size))
    Path(target).write_text(json.dumps([asdict(each) for each in found], ensure_ascii=False))
