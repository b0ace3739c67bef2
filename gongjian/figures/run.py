"""Reading all indicators on a day: facts written down, counted by the engine, kept as readings in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.indicators.define import definition_of
from gongjian.indicators.models import Indicator, Reading, Run, Walk
from rollup import engine
from rollup.lake import read
from rollup.tally import Tally, tallies

from . import snapshot

log = logging.getLogger(__name__)
COLUMNS = (
    "run_id",
    "indicator_id",
    "version",
    "day",
    "walk",
    "unit_id",
    "body_id",
    "denominator",
    "numerator",
    "left_out",
    "heads",
    "heads_having",
    "heads_unknown",
)
MEMORY_MB = 1_000


class NotRead(Exception):
    """The indicators could not be read; the message says why. The readings from before are there."""


def folder(day: date) -> Path:
    """Where the facts of a day lie."""
    return Path(settings.SNAPSHOTS) / day.isoformat()


def read_indicators(day: date, *, master: str = "", by: User | None = None) -> Run:
    """Read every indicator on the day, with DuckDB or on the Spark cluster `master`. Raises NotRead.

    The readings of the day take the place of its earlier ones all at once; if anything fails, those stay.
    """
    with _alone():
        return _read(day, master, by)


def _read(day: date, master: str, by: User | None) -> Run:
    run = _begin(day, f"spark {master}" if master else "duckdb", by)
    try:
        snapshot.write(folder(day), day)
        backend = engine.spark(master) if master else engine.duckdb(MEMORY_MB)
        definitions = list(Indicator.objects.filter(awaits=""))
        found = tallies(read(backend, folder(day)), [definition_of(each) for each in definitions])
        return _keep(run, found, {each.key: each.version for each in definitions}, by)
    except Exception as problem:
        log.exception("indicators could not be read")
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.FAILED, ended_at=timezone.now(), problem=f"{type(problem).__name__}: {problem}"[:2000]
        )
        told = _("The indicators of %(day)s could not be read; the readings from before are still there. %(problem)s")
        raise NotRead(told % {"day": day.isoformat(), "problem": problem}) from problem


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time: they write the same files and the same readings. Raises NotRead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('indicators_run'))")
        if not cursor.fetchone()[0]:
            raise NotRead(_("The indicators are being read just now. Wait until that has ended."))
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('indicators_run'))")


@transaction.atomic
def _begin(day: date, engine_name: str, by: User | None) -> Run:
    """A run that was cut off does not stand in the way of the next one."""
    Run.objects.filter(day=day, state=Run.State.RUNNING).update(
        state=Run.State.FAILED, ended_at=timezone.now(), problem=_("It was cut off.")
    )
    return Run.objects.create(day=day, engine=engine_name, began_at=timezone.now(), by=by)


@transaction.atomic
def _keep(run: Run, found: Iterable[Tally], versions: dict[str, int], by: User | None) -> Run:
    Reading.objects.filter(day=run.day).delete()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY indicators_reading ({', '.join(COLUMNS)}) FROM STDIN") as rows:
            for each in found:
                rows.write_row(_row(run, each, versions[each.indicator]))
        count = cursor.rowcount
    run.state, run.ended_at, run.readings = Run.State.DONE, timezone.now(), count
    run.save(update_fields=["state", "ended_at", "readings"])
    facts = {"day": run.day.isoformat(), "readings": count, "engine": run.engine}
    record("indicators.read", by=by, subject=f"indicators.run:{run.pk}", facts=facts)
    return run


def _row(run: Run, tally: Tally, version: int) -> tuple[Any, ...]:
    """In the order of COLUMNS."""
    place = (tally.place, None) if tally.walk == Walk.TERRITORY else (None, tally.place)
    numbers = (tally.denominator, tally.numerator, tally.left_out)
    heads = (tally.heads, tally.heads_having, tally.heads_unknown)
    return run.pk, tally.indicator, version, run.day, tally.walk, *place, *numbers, *heads
