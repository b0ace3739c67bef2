"""kill -9 while ballots come in over HTTP: whoever was shown a receipt stands in the log, once, and all others cast
again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, connections

from .many import open_poll, write_requests
from .outages import ROOT, Database, Server, Voters, environment, look_through, own_database

BALLOTS = int(os.environ.get("GONGJIAN_TESTS_BALLOTS", "50000"))
VOTERS = BALLOTS * 9 // 10  # so that one ballot in ten is of somebody who voted already
CLIENTS, KILLS, SEED = 4, 6, 20261128


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_server_and_database_are_killed_in_a_load(capsys):
    """Each of the two is killed six times, at moments that chance chose."""
    with own_database() as database:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert database.asked(f"SHOW {setting}") == [("on",)]
        folder = database.home / "requests"
        folder.mkdir()
        around = environment(database.url, database.home)
        make = [sys.executable, "-m", "tests.ballots.many", str(VOTERS), str(BALLOTS), str(CLIENTS), str(folder)]
        subprocess.run(make, cwd=ROOT, env=around, check=True)
        poll = json.loads((folder / "poll.json").read_text())
        began = time.monotonic()
        told = _cast_through_outages(database, Server(around, folder / "log"), sorted(folder.glob("requests-*")))
        took = time.monotonic() - began
        assert len(told) == BALLOTS
        found = look_through(database.asked, poll["id"], poll["entry"], told)
    again = Counter(code for each in told for code in each["refused"])
    with capsys.disabled():
        sys.stdout.write(f"\n{BALLOTS} ballots, {2 * KILLS} kills, {took:.0f} s; {found}; sent again: {dict(again)}\n")
    assert again.keys() == {"no answer", "busy"}, "of each kind of outage some, and nobody was told anything else"


def _cast_through_outages(database: Database, server: Server, requests: list[Path]) -> list[dict]:
    chance, voters = random.Random(SEED), Voters(server.port, requests)
    victims: list[Database | Server] = [server, database] * KILLS
    chance.shuffle(victims)
    try:
        for at in sorted(chance.sample(range(BALLOTS // 50, BALLOTS * 19 // 20), len(victims))):
            voters.wait_for(at)
            time.sleep(chance.random() / 5)
            victim = victims.pop()
            victim.kill()
            time.sleep(chance.random() / 2)
            victim.start()
        return voters.all_told()
    finally:
        voters.stop()
        server.kill()


@pytest.mark.django_db(transaction=True)
def test_every_receipt_that_was_shown_before_the_server_was_killed_is_there_and_none_twice(tmp_path):
    poll = open_poll(24)
    ids = list(poll.voters.order_by("pk").values_list("pk", flat=True))
    url = os.environ["DATABASE_URL"].replace("@/gongjian?", f"@/{connections['default'].settings_dict['NAME']}?")
    around = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "gongjian.settings"}
    server = Server(around, tmp_path / "log")
    voters = Voters(server.port, write_requests(poll, ids, 600, 1, tmp_path))
    try:
        voters.wait_for(100, 60)
        server.kill()
        server.start()
        told = voters.all_told(60)
    finally:
        voters.stop()
        server.kill()

    def asked(sql: str, *values: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    look_through(asked, poll.pk, poll.entry, told)
    assert len(told) == 600 and any(each["refused"] for each in told)
