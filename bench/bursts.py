"""The figure of what looks bought: the keeper's page of a poll into which 100,000 ballots came, with groups among them.

In a database of its own that is thrown away, in a process of its own, with the small sample city.
`python -m bench.bursts FILE` measures and writes the figures to the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .figure import ROOT, Figure, figure, in_turn, percentile
from .pledges import city

VOTERS, PAGES, READER = 100_000, 20, "city-organiser"
# Up to 250 units over four days; three of ten by one of 400 addresses of carriers, the others three to an address; each
# third by a card of one of 20 batches. From one address come 1,200 within two hours, 100 at night, and a batch at once.
PUT_IN = """
WITH made AS (
  INSERT INTO register_person (name) SELECT '样例' || n FROM generate_series(1, {voters}) n RETURNING id
), numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made),
units AS (SELECT id, row_number() OVER (ORDER BY id) AS at FROM register_unit LIMIT 250),
voters AS (
  INSERT INTO ballots_voter (poll_id, person_id, unit_id, is_off, code, batch_id)
  SELECT {poll}, p.id, u.id, false, sha256(p.n::text::bytea), {batch} + p.n % 20
  FROM numbered p JOIN units u ON u.at = 1 + p.n / 400 % (SELECT count(*) FROM units) RETURNING id, batch_id
), cast_by AS (
  SELECT id, row_number() OVER (ORDER BY id) AS n, batch_id = {batch} AND id % 2 = 0 AS is_stolen FROM voters)
INSERT INTO ballots_envelope
  (poll_id, voter_id, sealed, leaf, channel, is_final, earlier, half_hour, network, is_by_card)
SELECT {poll}, id, decode(repeat('00', 600), 'hex'), sha256(n::text::bytea), 'web', false, '',
  CASE WHEN n % 83 = 1 THEN 960000 + n / 83 % 4 WHEN n % 1000 = 7 THEN 960004 WHEN is_stolen THEN 960026
       ELSE 960000 + n * 7919 % 192 END,
  decode(md5(CASE WHEN n % 83 = 1 THEN 'firm' WHEN n % 1000 = 7 THEN 'night' WHEN n % 10 < 3 THEN 'carrier ' || n % 397
                  ELSE 'home ' || n / 3 END), 'hex'),
  n % 3 = 0 OR is_stolen
FROM cast_by
"""


def figures(size: str) -> Iterator[Figure]:
    """Measured in another process, whose database is not the one of this."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        subprocess.run([sys.executable, "-m", "bench.bursts", str(file), size], cwd=ROOT, check=True)
        for row in json.loads(file.read_text()):
            yield Figure(**row)


def fill() -> Any:
    """A poll of a selection, open, beside the sample's."""
    from django.db import connection  # app ready: needs settings
    from django.utils import timezone  # app ready: needs settings

    from gongjian.ballots.models import SEALED_SECRET, CodeBatch, Poll  # app ready: models
    from gongjian.ballots.secrets import new_secret  # app ready: models

    poll = Poll.objects.filter(state=Poll.State.OPEN, entry__isnull=False).order_by("pk").first()
    assert poll is not None and poll.entry is not None
    poll.pk, poll.ref, poll.basis, poll.keeps_arrivals, poll.network_key = None, "f" * 16, "00" * 32, True, None
    poll.state, poll.closed_at, poll._state.adding = Poll.State.CLOSED, timezone.now(), True
    poll.save()
    poll.secret = SEALED_SECRET.seal(new_secret().hex(), poll.pk)
    poll.save(update_fields=["secret"])
    batches = [
        CodeBatch.objects.create(poll=poll, number=number, count=VOTERS // 20, made_at=timezone.now())
        for number in range(1, 21)
    ]
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN.format(voters=VOTERS, poll=poll.pk, batch=batches[0].pk))
        cursor.execute("VACUUM ANALYZE")
    return poll


def pages(poll: Any, size: str) -> Iterator[Figure]:
    from django.test import Client  # app ready: needs settings

    from gongjian.ballots.suspected import found_in  # app ready: models

    from .register import CALIBRATION, calibrate  # app ready: models

    client = Client(HTTP_HOST="127.0.0.1")
    client.get(f"/sample/enter/{READER}/")
    print([(each.rule, dict(each.facts), len(each.waiting)) for each in found_in(poll)])
    turns = in_turn(ours=lambda: slowest(client, f"/ballots/{poll.pk}/bursts/"), reference=calibrate)
    yield figure(
        "bursts.page", size, f"p95 of the page of what looks bought, of {VOTERS:,} ballots", turns, unit="ms",
        reference=CALIBRATION, most=300,
        both_sides=f"through the whole of Django, without a server in front; {READER}, {PAGES} times a run",
    )  # fmt: skip


def slowest(client: Any, path: str) -> float:
    took = []
    for _time in range(PAGES):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return percentile(took)


if __name__ == "__main__":
    target, measured_size = sys.argv[1:]
    with city():
        found = list(pages(fill(), measured_size))
    Path(target).write_text(json.dumps([asdict(each) for each in found], ensure_ascii=False))
