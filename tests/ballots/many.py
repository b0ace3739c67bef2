"""`python -m tests.ballots.many VOTERS BALLOTS FILES FOLDER` makes the tables and an open poll with a long roll.

In FOLDER it leaves the poll (poll.json) and the ballots of its voters, really sealed, in so many files for
tests/ballots/persistent.py. Who votes twice does so in one file, so that it is known which ballot is the last.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from verivote.ballot import Paper

from .keys import OBSERVERS, PRIVATE

IDS = [f"{at:02}" for at in range(1, 13)]
GROUPS = [{"id": "org", "title": "组织", "least": 3, "most": 3,
           "candidates": [{"id": id, "title": f"样例{id}"} for id in IDS]}]  # fmt: skip
STEPS = [{"kind": "most_votes", "group": "org", "places": 3}]


def choices_of(at: int) -> dict[str, list[str]]:
    """What ballot number `at` says."""
    return {"org": sorted(random.Random(at).sample(IDS, 3))}


def sealed(entry: dict[str, Any], numbers: Iterable[int]) -> list[str]:
    paper = Paper(entry)
    return [base64.b64encode(paper.seal(choices_of(at))).decode() for at in numbers]


def requests_of(poll: Any, voters: list[int], ballots: int) -> Iterator[dict[str, Any]]:
    """Ballots of the voters in turn, from the first again once all have voted."""
    from gongjian.ballots.secrets import Permit, secret_of  # app ready: models

    secret, expires = secret_of(poll), int(time.time()) + 7200
    permits = [secret.permit(Permit(voter, "web", expires)) for voter in voters]
    batches = [range(at, min(at + 500, ballots)) for at in range(0, ballots, 500)]
    with ProcessPoolExecutor(2) as pool:
        every = (each for batch in pool.map(partial(sealed, poll.entry), batches) for each in batch)
        for at, envelope in enumerate(every):
            body = json.dumps({"permit": permits[at % len(voters)], "envelope": envelope})
            yield {"at": at, "voter": voters[at % len(voters)], "path": f"/cast/{poll.ref}/", "body": body}


def write_requests(poll: Any, voters: list[int], ballots: int, files: int, folder: Path) -> list[Path]:
    paths = [folder / f"requests-{at}.jsonl" for at in range(files)]
    opened = [path.open("w") for path in paths]
    for each in requests_of(poll, voters, ballots):
        opened[each["at"] % len(voters) % files].write(json.dumps(each) + "\n")
    for file in opened:
        file.close()
    return paths


def open_poll(voters: int) -> Any:
    """An open poll of a body of its own, made as `making.make_ready` does, without the register around it."""
    from django.db import connection, transaction  # app ready: models
    from django.utils import timezone  # app ready: models

    from gongjian.ballots import log, rules  # app ready: models
    from gongjian.ballots.models import SEALED_SECRET, Poll  # app ready: models
    from gongjian.ballots.secrets import new_secret  # app ready: models
    from gongjian.register.models import Body, Line, Unit  # app ready: models
    from verivote.entry import check, entry_hash  # beside the models
    from verivote.keys import sealing_hex, signer_hex  # beside the models

    line, _new = Line.objects.get_or_create(key="union", defaults={"mark": "工", "names": {"en": "Union"}})
    opens = (timezone.now() - timedelta(minutes=5)).replace(second=0, microsecond=0)
    with transaction.atomic(), connection.cursor() as cursor:
        poll = Poll(held_by=Body.objects.create(line=line), kind="members", title="样例", channels=["web"],
                    opens_at=opens, closes_at=opens + timedelta(days=1), roll_day=opens.date(),
                    groups=GROUPS, steps=STEPS)  # fmt: skip
        poll.signer, signer = log.signing_key()
        told = rules.rules_of(poll, held_by="样例", voters=voters, roll_hash="00" * 32)
        observing = [{"name": name, "key": signer_hex(key)} for name, key in OBSERVERS.items()]
        poll.entry = {"format": 1, "rules": told, "key": sealing_hex(PRIVATE), "observers": observing,
                      "signer": signer, "roll": "00" * 32}  # fmt: skip
        check(poll.entry)
        poll.entry_hash = entry_hash(poll.entry)
        poll.save()
        poll.secret, poll.state = SEALED_SECRET.seal(new_secret().hex(), poll.pk), Poll.State.OPEN
        poll.save()
        log.begin(poll, opens)
        cursor.execute(
            "WITH made AS (INSERT INTO register_person (name) SELECT '样例' || n FROM generate_series(1, %s) n "
            "RETURNING id) INSERT INTO ballots_voter (poll_id, person_id, unit_id, is_off) "
            "SELECT %s, id, %s, false FROM made",
            [voters, poll.pk, Unit.objects.create().pk],
        )
    return poll


if __name__ == "__main__":
    import django

    django.setup()

    from django.core.management import call_command

    from gongjian.ballots.models import Voter

    call_command("migrate", verbosity=0)
    many, ballots, files, folder = (*map(int, sys.argv[1:4]), Path(sys.argv[4]))
    poll = open_poll(many)
    ids = list(Voter.objects.filter(poll=poll).order_by("pk").values_list("pk", flat=True))
    write_requests(poll, ids, ballots, files, folder)
    (folder / "poll.json").write_text(json.dumps({"id": poll.pk, "entry": poll.entry}))
