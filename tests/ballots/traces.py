"""`python -m tests.ballots.traces FILE` lives a poll through, in every way of voting, and stops at each stage.

At a stage it prints its name and waits for a line, so that whoever started it can copy what lies on the disk. Into FILE
goes what nobody may find there: who chose what.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

# Signs that stand nowhere else. Of no ballot do two stand side by side in the order of the numbers, as they do in sums.
ORG = {"ABQWXZRT": "样例甲KJHGFD", "CDPLMNVK": "样例乙QQWZXC", "EFTRGHJW": "样例丙ZZVBNM",
       "GHXCVBNQ": "样例丁WWRTYP", "JKZMPRTW": "样例戊XXPLKJ"}  # fmt: skip
PER = {"LMQXWVZD": "样例己VVHJKL", "NPRZXCVB": "样例庚RRTGBN", "QRWTYPSD": "样例辛YYHNMK"}
GROUPS = [
    {"id": id, "title": title, "least": least, "most": most,
     "candidates": [{"id": each, "title": name} for each, name in of.items()]}
    for id, title, least, most, of in (("org", "组织", 2, 2, ORG), ("per", "个人", 1, 1, PER))
]  # fmt: skip
STEPS = [{"kind": "most_votes", "group": "org", "places": 5}, {"kind": "most_votes", "group": "per", "places": 3}]
PAIRS = [("ABQWXZRT", "EFTRGHJW"), ("CDPLMNVK", "GHXCVBNQ"), ("ABQWXZRT", "JKZMPRTW"), ("EFTRGHJW", "JKZMPRTW")]


def choices_of(at: int) -> dict[str, list[str]]:
    return {"org": list(PAIRS[at % len(PAIRS)]), "per": [list(PER)[at % len(PER)]]}


def stage(name: str) -> None:
    print(name, flush=True)
    sys.stdin.readline()


def keep_plain() -> None:
    """Nothing is compressed in the tables or cut in pieces, so that nothing hides there."""
    from django.db import connection  # app ready: settings

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I ALTER COLUMN %I SET STORAGE EXTERNAL', c.relname, a.attname) "
            "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' "
            "AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND a.attstorage IN ('x', 'm') "
            "AND NOT a.attisdropped UNION ALL SELECT format('ALTER TABLE %I SET (toast_tuple_target = 8160)', relname) "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (order,) in cursor.fetchall():
            cursor.execute(order)


def live(file: Path) -> None:
    from django.test import Client  # app ready: settings
    from django.utils import timezone  # app ready: settings

    from gongjian.ballots import aside, codes, making, paper, publishing  # app ready: models
    from gongjian.ballots.models import Envelope, PaperBallot, Poll  # app ready: models

    from .conftest import build_draft, cast, seal  # app ready: models
    from .test_counting import closed, lasting, published  # app ready: models

    held = build_draft()
    making.set_groups(held.poll, GROUPS, STEPS, by=held.chair)
    held.poll = Poll.objects.get(pk=held.poll.pk)
    lasting(held)
    codes.print_batch(held.poll, today=held.town.today, now=timezone.now(), by=held.chair)
    stage("open")

    def typed(by: Any, sheet: PaperBallot, chosen: dict[str, Any]) -> None:
        browser = Client()
        browser.force_login(by)
        assert browser.post(f"/ballots/{held.poll.pk}/paper/{sheet.pk}/", chosen).status_code == 302

    told: dict[int, dict[str, list[str]]] = {}
    for at in range(3, 10):
        cast(held, at, seal(held, choices_of(at)))
        told[at] = choices_of(at)
    for at in (3, 4):
        cast(held, at, seal(held, choices_of(at + 1)))
        told[at] = choices_of(at + 1)
    for at in (0, 1):
        browser = Client()
        browser.force_login(held.account(at))
        assert browser.post(f"/vote/{held.poll.ref}/", {"org": list(PAIRS[at][:1])}).status_code == 400
        assert browser.post(f"/vote/{held.poll.ref}/", choices_of(at)).status_code == 200
        told[at] = choices_of(at)
    third = held.town.accounts["third_chair"]
    sheets = {at: paper.give_out(held.voters[at], channel="desk", by=held.chair) for at in (10, 11, 12, 13)}
    for at in (10, 11, 13):
        typed(held.chair, sheets[at], choices_of(at))
    typed(held.chair, sheets[12], {"void": "1"})
    typed(held.second, sheets[11], choices_of(at + 3))
    stage("half typed in")

    typed(held.second, sheets[10], choices_of(10))
    typed(third, sheets[11], choices_of(11))
    typed(held.second, sheets[12], {"void": "1"})
    told |= {at: choices_of(at) for at in (10, 11, 13)}  # the last was typed in once, and does not count
    made = aside.propose(held.voters[5], reason="not_own", words="本人说没有投过", by=held.chair)
    aside.answer(made, agrees=True, today=held.town.today, now=timezone.now(), by=held.second)
    rows = {each.voter_id: each for each in Envelope.objects.filter(poll=held.poll)}
    kept = [
        {"name": held.voters[at].person.name, "choices": chosen, "number": sheets[at].number if at in sheets else "",
         "leaf": bytes(rows[held.voters[at].pk].leaf).hex() if held.voters[at].pk in rows else "",
         "sealed": bytes(rows[held.voters[at].pk].sealed).hex() if held.voters[at].pk in rows else ""}
        for at, chosen in told.items()
    ]  # fmt: skip
    file.write_text(json.dumps({"entry": held.poll.entry, "ballots": kept}, ensure_ascii=False))
    stage("cast")
    closed(held)
    stage("closed")
    poll = published(held)
    stage("published")
    assert poll.objections_until is not None
    assert publishing.erase_due(poll.objections_until + timedelta(days=1)) == 1
    stage("erased")


if __name__ == "__main__":
    import django

    django.setup()

    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    keep_plain()
    live(Path(sys.argv[1]))
