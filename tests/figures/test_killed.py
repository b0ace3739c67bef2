"""A run that is killed half-way leaves the readings from before, and does not stand in the way of the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date

import pytest
from django.db import connection

from gongjian.figures import run as night
from gongjian.indicators.models import Reading, Run
from tests.register.imports.moments import held, until, waiting_for
from tests.register.imports.test_bad_input import _settings_of_child

from .test_run import few, town

assert town  # the fixture: the small town with the pack's indicators

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 3, 1)


def test_a_killed_run_leaves_the_readings_from_before_and_the_next_one_goes_through(town, tmp_path):
    few(town)
    first = night.read_indicators(DAY)
    with held("indicators_reading"):
        command = [sys.executable, "-m", "gongjian.cli", "figures", "run", "--on", DAY.isoformat()]
        child = subprocess.Popen(command, env={**_settings_of_child(), "GONGJIAN_HOME": str(tmp_path)})
        until(lambda: bool(waiting_for("indicators_reading")))
        child.send_signal(signal.SIGKILL)
        child.wait()
    until(_nobody_reads)
    assert Run.objects.filter(day=DAY).first().state == Run.State.RUNNING  # nobody was left to say otherwise
    assert Reading.objects.filter(run=first).count() == Reading.objects.count() == first.readings
    again = night.read_indicators(DAY)
    assert Reading.objects.filter(run=again).count() == Reading.objects.count() == first.readings
    assert list(Run.objects.values_list("state", flat=True)) == [Run.State.DONE, Run.State.FAILED, Run.State.DONE]


def _nobody_reads() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory'"
        )
        return not cursor.fetchone()[0]
