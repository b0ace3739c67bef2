"""Reading all indicators on a day: facts written down, counted by the engine, kept as readings in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from ibis.backends import BaseBackend

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.gaps.rewrite import rewrite as rewrite_gaps
from gongjian.indicators.define import definition_of
from gongjian.indicators.models import Indicator, Reading, Run, Walk
from rollup import engine
from rollup.change import Change, Recount, laid_beside, recounts, retold
from rollup.lake import Facts, read
from rollup.tally import Tally, tallies

from . import carry, snapshot
from .publish import publish

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
        with snapshot.moment():
            indicators = list(Indicator.objects.filter(awaits=""))
            snapshot.write(folder(day), day)
        with engine.opened(master, MEMORY_MB) as backend, transaction.atomic():
            counted = _counted(run, backend, indicators)
            done = _keep(run, indicators, counted, by)
            rewrite_gaps(done, counted.now, timezone.localdate(), counted.since)
            publish(counted.now, done)
        return done
    except Exception as problem:
        log.exception("indicators could not be read")
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.FAILED, ended_at=timezone.now(), problem=f"{type(problem).__name__}: {problem}"[:2000]
        )
        told = _("The indicators of %(day)s could not be read; the readings from before are still there. %(problem)s")
        raise NotRead(told % {"day": day.isoformat(), "problem": _said(problem)}) from problem


def _said(problem: Exception) -> str:
    """What went wrong, in a sentence."""
    if isinstance(problem, engine.NotInstalled):
        return _("Spark is not installed. Type: pip install 'gongjian[spark]'. It needs Java 17.")
    if isinstance(problem, engine.NoAnswer):
        return _("The Spark cluster %(master)s does not answer.") % {"master": problem.master}
    if isinstance(problem, engine.Gone) and problem.why:
        return _("The Spark cluster %(master)s did not end the run: %(why)s") % vars(problem)
    if isinstance(problem, engine.Gone):
        return _("The Spark cluster %(master)s did not end the run: none of its workers is left.") % vars(problem)
    return str(problem)


@dataclass(frozen=True)
class Counted:
    """What was counted, and what is taken over from an earlier run."""

    tallies: Iterable[Tally]
    now: Facts
    earlier: carry.Before | None = None
    change: Change | None = None
    recounts: Sequence[Recount] = ()

    @property
    def since(self) -> tuple[Run, Change] | None:
        """The earlier run, and what has changed since."""
        return (self.earlier.run, self.change) if self.earlier and self.change else None


def _counted(run: Run, backend: BaseBackend, indicators: Sequence[Indicator]) -> Counted:
    """Only what may differ from the last good run is counted; everything, where there is none to compare with."""
    now = read(backend, folder(run.day))
    earlier = carry.before(run, folder, indicators)
    if earlier is None:
        return Counted(tallies(now, [definition_of(each) for each in indicators]), now)
    same = [definition_of(each) for each in earlier.same]
    others = [definition_of(each) for each in indicators if each not in earlier.same]
    change = laid_beside(read(backend, earlier.folder, "before_"), now)
    found = recounts(change, same)
    again = [tally for each in found for tally in retold(now, same, each, earlier.known)]
    return Counted(chain(again, tallies(now, others)), now, earlier, change, found)


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
    """A run that was cut off does not stand in the way of the next one. Nobody else is running now."""
    Run.objects.filter(state=Run.State.RUNNING).update(
        state=Run.State.FAILED, ended_at=timezone.now(), problem=_("It was cut off.")
    )
    return Run.objects.create(day=day, engine=engine_name, began_at=timezone.now(), by=by)


def _keep(run: Run, indicators: Sequence[Indicator], counted: Counted, by: User | None) -> Run:
    """The readings say with which version they were counted, whatever has become of the definitions meanwhile."""
    with transaction.atomic():
        there = set(Indicator.objects.select_for_update(no_key=True).values_list("pk", flat=True))
        kept = {each.key: each.version for each in indicators if each.key in there}
        Reading.objects.filter(day=run.day).delete()
        count = _write(run, counted.tallies, kept)
        carried = carry.carry(run, counted.earlier, counted.recounts, list(kept)) if counted.earlier else 0
        run.state, run.ended_at, run.readings = Run.State.DONE, timezone.now(), count + carried
        run.save(update_fields=["state", "ended_at", "readings"])
        facts = {"day": run.day.isoformat(), "readings": run.readings, "carried": carried, "engine": run.engine}
        record("indicators.read", by=by, subject=f"indicators.run:{run.pk}", facts=facts)
    try:
        carry.note(run, folder(run.day), [each for each in indicators if each.key in there])
    except OSError as problem:  # the readings stand; the next run counts everything
        log.warning("the facts of %s could not be noted as read: %s", run.day, problem)
    return run


def _write(run: Run, found: Iterable[Tally], versions: dict[str, int]) -> int:
    """Returns how many readings. An indicator that was taken out meanwhile has none."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY indicators_reading ({', '.join(COLUMNS)}) FROM STDIN") as rows:
            for each in found:
                if each.indicator in versions:
                    rows.write_row(_row(run, each, versions[each.indicator]))
        return int(cursor.rowcount)


def _row(run: Run, tally: Tally, version: int) -> tuple[Any, ...]:
    """In the order of COLUMNS."""
    place = (tally.place, None) if tally.walk == Walk.TERRITORY else (None, tally.place)
    numbers = (tally.denominator, tally.numerator, tally.left_out)
    heads = (tally.heads, tally.heads_having, tally.heads_unknown)
    return run.pk, tally.indicator, version, run.day, tally.walk, *place, *numbers, *heads
