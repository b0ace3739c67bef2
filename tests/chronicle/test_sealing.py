"""The sealer: nothing is passed over, two never run at once, and heads leave the database."""

import json
import threading

import pytest
from django.db import connection, connections, transaction

from gongjian.chronicle import heads, sealing, tasks
from gongjian.chronicle.models import Head, Seal, Unsealed
from gongjian.chronicle.record import record
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify

from .tampering import deeds, past_every_guard

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path / "heads"


def in_thread(work):
    """Run it on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def sealed() -> list[tuple[int, int]]:
    return list(Seal.objects.order_by("number").values_list("number", "act_id"))


def test_an_act_that_commits_after_a_later_one_was_sealed_is_sealed_next():
    written, commit, acts = threading.Event(), threading.Event(), []

    def slowly() -> None:
        with transaction.atomic():
            acts.append(record("test.slow").pk)
            written.set()
            assert commit.wait(10)

    slow = in_thread(slowly)
    assert written.wait(10)
    with transaction.atomic():
        quick = record("test.quick").pk
    assert acts[0] < quick
    assert (seal_waiting(), sealed()) == (1, [(1, quick)])
    commit.set()
    slow.join()
    assert (seal_waiting(), sealed()) == (1, [(1, quick), (2, acts[0])])
    assert verify().findings == []


def test_writing_takes_no_lock_of_the_chain():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        done = in_thread(lambda: deeds_unsealed(1))
        done.join(10)
        assert not done.is_alive()
    assert Unsealed.objects.count() == 1


def deeds_unsealed(count: int) -> None:
    for _number in range(count):
        with transaction.atomic():
            record("test.deed")


def test_many_writers_and_two_sealers_at_once_leave_one_whole_chain():
    workers = [in_thread(lambda: deeds_unsealed(25)) for _ in range(4)]
    sealers = [in_thread(lambda: [seal_waiting() for _ in range(15)]) for _ in range(2)]
    for thread in workers + sealers:
        thread.join(60)
    seal_waiting()
    report = verify()
    assert (report.sealed, report.waiting, report.findings) == (100, 0, [])


def test_batches_follow_one_another_each_with_its_head(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 4)
    deeds_unsealed(10)
    assert seal_waiting() == 10
    assert list(Head.objects.order_by("number").values_list("number", flat=True)) == [4, 8, 10]
    assert verify().findings == []


def test_nothing_to_seal_makes_no_head():
    assert seal_waiting() == 0 and Head.objects.count() == 0


def test_a_sealer_that_is_cut_off_leaves_nothing_half_done(monkeypatch):
    deeds_unsealed(2)
    with monkeypatch.context() as broken:
        broken.setattr(heads, "signed", lambda *facts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seal_waiting()
    assert (Seal.objects.count(), Unsealed.objects.count()) == (0, 2)
    assert seal_waiting() == 2 and verify().findings == []


def numbers(folder) -> list[int]:
    return [head.number for head in heads.heads_in(folder)]


def test_the_task_seals_and_writes_each_head_once(home):
    for _ in range(2):
        deeds_unsealed(1)
        tasks.seal()
    tasks.seal()
    assert numbers(home) == [1, 2]
    assert all(head.holds() for head in heads.heads_in(home))
    assert oct(home.stat().st_mode & 0o777) == "0o700"


def test_heads_that_could_not_be_written_are_written_by_the_next_run(home):
    deeds(2)
    assert heads.write_out() == 2
    deeds(2)
    assert heads.write_out() == 2 and numbers(home) == [1, 2, 3, 4]
    for path in home.iterdir():
        path.unlink()
    assert heads.write_out() == 4


def test_a_line_that_was_cut_off_is_written_again(home):
    deeds(2)
    heads.write_out()
    (path,) = home.iterdir()
    path.write_text(path.read_text()[:-40])
    assert heads.write_out() == 1
    lines = path.read_text().splitlines()
    assert [json.loads(lines[0])["number"], json.loads(lines[-1])["number"]] == [1, 2]


def test_heads_of_a_chain_that_was_cut_stay_and_those_of_the_new_one_follow(home, caplog):
    acts = deeds(3)
    heads.write_out()
    past_every_guard(
        f"DELETE FROM chronicle_act WHERE id = {acts[2]}",
        "DELETE FROM chronicle_seal WHERE number = 3",
        "DELETE FROM chronicle_head WHERE number = 3",
    )
    deeds(1)
    assert heads.write_out() == 1 and numbers(home) == [1, 2, 3, 3]
    assert "gongjian chronicle verify" in caplog.text
    found = verify(heads.heads_in(home)).findings
    assert [(each.what, each.entry) for each in found] == [("rewritten", 3), ("rewritten", 3)]
