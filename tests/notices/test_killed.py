"""A worker that is killed loses no letter, and hands over twice only what it had no time to mark."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from gongjian.notices import delivery
from gongjian.notices.models import Letter
from tests.register.imports.moments import held, until, waiting_for
from tests.register.imports.test_bad_input import _settings_of_child

from .conftest import written
from .mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
BATCH, LETTERS = 4, 10


def start(server: MailServer, home: str, *words: str, batch: int = BATCH) -> subprocess.Popen[str]:
    """Somebody else who delivers, in a process of its own."""
    command = [sys.executable, "-m", "tests.notices.delivering", str(batch), *words]
    environment = {**_settings_of_child(), "GONGJIAN_MAIL": server.url, "GONGJIAN_HOME": home}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.communicate()


def finish(server: MailServer) -> list[int]:
    """The next worker sends the rest; how often each letter was taken then, in the order of writing."""
    until(_none_is_claimed)
    while delivery.deliver_batch(timezone.now()):
        pass
    letters = Letter.objects.order_by("id")
    assert letters.count() == LETTERS and {each.state for each in letters} == {"sent"}
    times = server.times()
    assert set(times) == {each.message_id for each in letters}
    return [times[each.message_id] for each in letters]


def _none_is_claimed() -> bool:
    waiting = Letter.objects.waiting()
    with transaction.atomic():
        return len(waiting.select_for_update(skip_locked=True)) == waiting.count()


@pytest.fixture
def letters(people: Callable, mailing: MailServer) -> None:
    written(*people(LETTERS))


@pytest.mark.slow
def test_killed_between_two_batches_each_letter_is_handed_over_once(letters, mailing, tmp_path):
    child = start(mailing, str(tmp_path), "step")
    assert child.stdout.readline() == "batch\n"
    kill(child)
    assert Letter.objects.filter(state="sent").count() == len(mailing.taken) == BATCH
    assert finish(mailing) == [1] * LETTERS


@pytest.mark.slow
def test_killed_in_the_middle_of_a_batch_only_what_was_not_marked_comes_again_as_the_same_letter(
    letters, mailing, tmp_path
):
    mailing.hold_at = BATCH + 2
    child = start(mailing, str(tmp_path))
    assert mailing.is_held.wait(30)
    kill(child)
    mailing.let_go()
    assert Letter.objects.filter(state="sent").count() == BATCH
    assert finish(mailing) == [1, 1, 1, 1, 2, 2, 1, 1, 1, 1]


@pytest.mark.slow
def test_killed_between_hand_over_and_mark_a_batch_comes_again_as_the_same_letters(letters, mailing, tmp_path):
    with held("notices_letter"):
        child = start(mailing, str(tmp_path))
        until(lambda: bool(waiting_for("notices_letter")))
        assert len(mailing.taken) == BATCH
        kill(child)
    assert finish(mailing) == [2, 2, 2, 2, 1, 1, 1, 1, 1, 1]


@pytest.mark.slow
def test_what_another_worker_has_claimed_is_passed_over(letters, mailing, tmp_path):
    mailing.hold_at = 2
    child = start(mailing, str(tmp_path))
    assert mailing.is_held.wait(30)
    while delivery.deliver_batch(timezone.now()):
        pass
    assert len(mailing.taken) == LETTERS - 2 and Letter.objects.filter(state="sent").count() == LETTERS - BATCH
    mailing.let_go()
    assert child.wait(30) == 0
    assert finish(mailing) == [1] * LETTERS


def test_two_workers_at_once_send_none_twice(people, mailing, tmp_path):
    written(*people(200))
    children = [start(mailing, str(tmp_path), batch=3) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    assert mailing.times() == dict.fromkeys(Letter.objects.values_list("message_id", flat=True), 1)
    assert mailing.connections > 200 / 3
