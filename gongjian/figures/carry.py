"""What a run takes over from the last good one before it: readings of places where the facts of both days are alike.

A folder of facts says, once its readings stand, by which run they were counted, with which definitions and by which
arithmetic. Where anything of that does not fit, nothing is taken over and everything is counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

import rollup
from gongjian.indicators.define import definition_of
from gongjian.indicators.models import Indicator, Reading, Run, Walk
from rollup.change import Recount
from rollup.tally import MEASURES, Tally

NOTE = "read.json"


@dataclass(frozen=True)
class Before:
    """An earlier run whose facts and readings still stand as it left them, and the indicators it counted as now."""

    run: Run
    folder: Path
    same: Sequence[Indicator]

    def known(self, of: str, walk: str, places: Sequence[int]) -> Iterator[Tally]:
        """Its tallies of some places."""
        place = _place(walk)
        rows = Reading.objects.filter(run=self.run, day=self.run.day, walk=walk, indicator__in=self.keys(of))
        measured = rows.filter(**{f"{place}__in": places}).values_list("indicator_id", place, *MEASURES)
        return (Tally(indicator, walk, at, *numbers) for indicator, at, *numbers in measured.iterator())

    def keys(self, of: str) -> list[str]:
        return [each.key for each in self.same if each.of == of]


def note(run: Run, folder: Path, indicators: Sequence[Indicator]) -> None:
    """Say in a folder of facts that its readings stand."""
    told = {**_stamp(run), "definitions": {each.key: _written(each) for each in indicators}}
    (folder / NOTE).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def before(run: Run, folder_of: Callable[[Any], Path], indicators: Sequence[Indicator]) -> Before | None:
    """The last good run of an earlier day, if what it left is whole; None: everything has to be counted."""
    last = Run.objects.filter(state=Run.State.DONE, day__lt=run.day).order_by("-day", "-pk").first()
    if last is None:
        return None
    told = _noted(folder_of(last.day))
    if {name: told.get(name) for name in _stamp(last)} != _stamp(last):
        return None
    if Reading.objects.filter(day=last.day, run=last).count() != last.readings:
        return None
    counted = told["definitions"]
    return Before(last, folder_of(last.day), [each for each in indicators if counted.get(each.key) == _written(each)])


def carry(run: Run, earlier: Before, recounts: Sequence[Recount], kept: Sequence[str]) -> int:
    """Take the readings of calm places over, for the indicators `kept`. Returns how many."""
    carried = 0
    for each in recounts:
        place = _place(each.walk)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO indicators_reading (run_id, day, indicator_id, version, walk, unit_id, body_id, {NUMBERS})
                SELECT %(run)s, %(day)s, indicator_id, version, walk, unit_id, body_id, {NUMBERS}
                FROM indicators_reading
                WHERE day = %(before)s AND run_id = %(before_run)s AND walk = %(walk)s
                  AND indicator_id = ANY(%(indicators)s) AND {place}_id <> ALL(%(touched)s)
                """,
                {
                    "run": run.pk,
                    "day": run.day,
                    "before": earlier.run.day,
                    "before_run": earlier.run.pk,
                    "walk": each.walk,
                    "indicators": [key for key in earlier.keys(each.of) if key in kept],
                    "touched": sorted(each.places),
                },
            )
            carried += cursor.rowcount
    return carried


NUMBERS = ", ".join(MEASURES)


def _place(walk: str) -> str:
    return "unit" if walk == Walk.TERRITORY else "body"


def _stamp(run: Run) -> Mapping[str, Any]:
    """By which run, and by which arithmetic. A number may be given twice, when a database is put back; a moment not."""
    return {"run": run.pk, "began": run.began_at.isoformat(), "arithmetic": _arithmetic()}


def _arithmetic() -> str:
    """A digest of the code that counts: changed code counts everything anew."""
    digest = hashlib.sha256()
    for source in sorted(Path(rollup.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _written(indicator: Indicator) -> list[Any]:
    definition = definition_of(indicator)
    said = [definition.of, definition.where, definition.having, definition.counted, definition.heads]
    written: list[Any] = json.loads(json.dumps([indicator.version, *said]))
    return written


def _noted(folder: Path) -> dict[str, Any]:
    """What a folder says of itself; nothing if it does not, or if that cannot be read."""
    try:
        told = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
