"""Spark that is not there, does not answer, or goes while it works: a sentence, in time, and all readings kept."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Timer
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from bench import city, lake
from gongjian.figures import run as night
from gongjian.indicators.define import define_indicator, definition_of
from gongjian.indicators.models import Indicator, Reading, Run
from gongjian.packs.read import read_pack
from gongjian.settings import ROOT
from rollup import engine
from rollup.lake import read
from rollup.tally import tallies

from .cluster import Cluster, free_port

pytestmark = pytest.mark.spark


@pytest.fixture
def day():
    return timezone.localdate()


@pytest.fixture
def town(town, tmp_path, settings, day):
    """The small town with the indicators of the pack, read once by DuckDB."""
    settings.SNAPSHOTS = tmp_path / "snapshots"
    for each in read_pack(ROOT / "packs" / "shaoxing").indicators:
        words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
        define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    night.read_indicators(day)
    return town


def kept() -> list[tuple[Any, ...]]:
    return list(Reading.objects.order_by("pk").values_list("pk", "run", "denominator", "numerator"))


def refused(day, master: str, told: str) -> float:
    """Reading on that cluster ends with the sentence, and changes nothing. How many seconds that took."""
    before, began = kept(), time.monotonic()
    with override("en"), pytest.raises(night.NotRead, match=told) as no:
        night.read_indicators(day, master=master)
    took = time.monotonic() - began
    assert "the readings from before are still there" in str(no.value) and len(str(no.value)) < 500
    assert kept() == before and len(before) > 100
    failed = Run.objects.order_by("-pk").first()
    assert (failed.state, failed.engine) == (Run.State.FAILED, f"spark {master}")
    return took


def cut(after: int, do: Callable[[], object]) -> Callable[..., Iterator[Any]]:
    """The tallies, with something that happens after the first ones have been written."""

    def with_a_cut(*words: Any) -> Iterator[Any]:
        for at, each in enumerate(tallies(*words)):
            if at == after:
                do()
            yield each

    return with_a_cut


def test_the_master_and_all_workers_gone_in_mid_run(town, day, new_cluster, monkeypatch):
    cluster: Cluster = new_cluster()
    monkeypatch.setattr(engine, "PATIENCE", 5)
    lost_at: list[float] = []

    def lose() -> None:
        cluster.lose(*cluster.workers, cluster.master)
        lost_at.append(time.monotonic())

    monkeypatch.setattr(night, "tallies", cut(10, lose))
    refused(day, cluster.address, r"The Spark cluster spark://.* did not end the run")
    assert time.monotonic() - lost_at[0] < 120
    monkeypatch.undo()
    assert night.read_indicators(day).state == Run.State.DONE


def test_a_run_that_nobody_works_for_ends(town, day, new_cluster, monkeypatch):
    cluster: Cluster = new_cluster()
    cluster.lose(*cluster.workers)
    monkeypatch.setattr(engine, "PATIENCE", 5)
    assert refused(day, cluster.address, r"none of its workers is left") < 180


def test_one_worker_and_the_master_gone_the_rest_ends_the_run(tmp_path, new_cluster):
    folder = lake.made(tmp_path, city.divisions(), units=300_000, bodies=700_000)
    found = [each for each in read_pack(ROOT / "packs" / "shaoxing").indicators if not each.awaits]
    definitions = [definition_of(Indicator(key=each.key, of=each.of, definition=each.definition)) for each in found]
    with engine.opened() as backend:
        ours = set(tallies(read(backend, folder), definitions))
    cluster: Cluster = new_cluster()
    lost = Timer(3, lambda: cluster.lose(cluster.workers[0], cluster.master))
    theirs = set()
    with engine.opened(cluster.address) as backend:
        facts = read(backend, folder)
        lost.start()
        theirs.update(tallies(facts, definitions))
    assert lost.finished.is_set() and theirs == ours


def test_a_master_that_is_not_there(town, day):
    assert refused(day, f"spark://127.0.0.1:{free_port()}", r"The Spark cluster .* does not answer\.") < 10


def test_a_master_that_takes_the_call_and_says_nothing(town, day, _settled):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        took = refused(day, f"spark://127.0.0.1:{mute.getsockname()[1]}", r"does not answer\.")
    assert took < 150


@pytest.mark.parametrize("master", ["spark://nowhere", "spark://", "cluster:7077"])
def test_what_is_no_address(town, day, master, _settled):
    assert refused(day, master, r"does not answer\.") < 60


def test_spark_is_not_installed(town, day, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    refused(day, "spark://127.0.0.1:7077", r"Spark is not installed\. Type: pip install 'gongjian\[spark\]'")


def test_java_is_not_installed(town, day, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", os.devnull)
    refused(day, "spark://127.0.0.1:7077", r"It needs Java 17")


def test_a_failure_that_is_not_of_spark_keeps_its_name(cluster):
    with pytest.raises(ZeroDivisionError), engine.opened(cluster):
        _ = 1 / timedelta(0).days
