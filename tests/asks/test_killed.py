"""A worker that is killed while it sends or writes the digest: each ask and each letter is there once, after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from gongjian.asks import tasks
from gongjian.asks.models import Ask, Sending
from gongjian.chronicle import tasks as queue
from gongjian.chronicle.models import Act
from gongjian.notices.models import Letter
from tests.register.imports.moments import held, until, waiting_for
from tests.register.imports.test_bad_input import _settings_of_child

from .conftest import build, soon
from .test_digest import due, monday  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORKER = ["django", "procrastinate", "worker", "--one-shot", "--queues", "asks"]


@pytest.fixture
def town(db, transactional_db):
    """Built anew: what other processes are to see has to be committed."""
    yield build()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # no model of ours: they are not thrown away with the rest


def start(*module: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *module], env=_settings_of_child())


def kill(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGKILL)
    child.wait()


def jobs() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE task_name = 'asks.send'")
        return cursor.fetchall()


def test_a_sending_is_taken_up_again_and_each_ask_is_there_once(town, write, monkeypatch):
    draft = write()
    tasks.send_later(draft, by=town.clerk)
    with held("asks_ask"):
        child = start(*WORKER)
        until(lambda: bool(waiting_for("asks_ask")))
        kill(child)
    until(lambda: not waiting_for("asks_ask"))
    assert jobs() == [("doing", 0)] and not Ask.objects.exists()
    assert Sending.objects.get().state == "draft" and not Act.objects.filter(verb="asks.sent").exists()

    async_to_sync(queue.take_up.func)()
    assert jobs() == [("doing", 0)]  # perhaps it is only slow
    monkeypatch.setattr(queue, "SILENT_FOR", 0)
    async_to_sync(queue.take_up.func)()
    assert jobs() == [("todo", 1)]
    assert start(*WORKER).wait(60) == 0
    tasks.send_later(draft, by=town.clerk)  # and if it is put into the queue once more
    assert start(*WORKER).wait(60) == 0
    assert Sending.objects.get().state == "sent" and Act.objects.filter(verb="asks.sent").count() == 1
    assert [ask.body for ask in Ask.objects.all()] == [town.bodies["village_party"]]


def test_a_job_that_ends_its_worker_again_and_again_is_given_up(town, write, monkeypatch, caplog):
    tasks.send_later(write(), by=town.clerk)
    monkeypatch.setattr(queue, "SILENT_FOR", 0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [queue.MOST_TRIES])
    async_to_sync(queue.take_up.func)()
    assert jobs()[0][0] == "failed" and "given up" in caplog.text


def test_a_digest_is_written_anew_and_each_letter_is_there_once(town, send, monday: date):  # noqa: F811
    send(due_on=soon(town))
    due(monday, monday)
    with held("notices_letter"):
        child = start("tests.asks.digesting", monday.isoformat())
        until(lambda: bool(waiting_for("notices_letter")))
        kill(child)
    until(lambda: not waiting_for("notices_letter"))
    assert not Letter.objects.exists()
    for _time in range(2):
        assert start("tests.asks.digesting", monday.isoformat()).wait(60) == 0
    assert [letter.account for letter in Letter.objects.all()] == [town.secretary]
