"""The figures of following divisions from list to list: how many are right, how many are found, time and memory.

`python -m bench.reconcile ours|rules plain|disturbed SEED` is one run in a process of its own; it prints JSON.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from gongjian.register.identity import Division
from gongjian.register.reconcile.divisions import reconcile
from gongjian.register.reconcile.lists import Listed
from gongjian.register.reconcile.proposals import Proposal

from .figure import ROOT, Figure, figure, in_turn, peak_mb
from .hidden import Score, Task, hide, score
from .nation import fetch
from .three_rules import same_units

# The lists of the province of Zhejiang: its codes begin so. Each version of the package holds one official day.
PROVINCE = "33"
DAYS = {
    "2016-07-31": "2.0.0",
    "2018-10-31": "2.2.0",
    "2020-06-30": "2.4.0",
    "2021-10-31": "2.5.0",
    "2022-10-31": "2.6.1",
    "2023-06-30": "2.7.0",
}
PARTS = (
    ("cities", "city", ""),
    ("areas", "county", "cityCode"),
    ("streets", "town", "areaCode"),
    ("villages", "village", "streetCode"),
)
RUNS = {"plain": 1, "disturbed": 3}  # without disturbing every seed tells the same
ABOUT = (
    "The province of Zhejiang (about 27,000 villages), five steps between six official days, each run with another "
    "seed. Codes of towns and villages whose code and name are the same on both days are hidden; that they are one "
    "unit is the truth. "
)
REFERENCE = "The reference: the three rules of bench/three_rules.py on the same lists in the same run. "


def figures(size: str) -> Iterator[Figure]:
    """Precision, recall, time and memory; `size` is that of the filled database, which these do not need."""
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    turns = {}
    for task in ("plain", "disturbed"):
        sides = {side: _side(side, task, told) for side in ("ours", "rules")}
        turns[task] = in_turn(runs=RUNS[task], **sides)
    for task, precision, recall in (("plain", 99.9, 99.0), ("disturbed", 99.5, 95.0)):
        names = "names as published" if task == "plain" else "a tenth of the villages' names disturbed"
        for what, key, least in (("precision", "precision", precision), ("recall", "recall", recall)):
            yield _of_parts(told, task, what, f"reconcile.{task}_{key}", f"{what}, {names}", least)
    yield _of_parts(told, "disturbed", "sure_precision", "reconcile.sure", "precision of what is told as sure", 99.9)
    yield figure(
        "reconcile.time",
        "province",
        "time of the slowest of the five steps",
        turns["disturbed"],
        unit="s",
        beside="rules",
        reference="the three rules",
        most=60,
        both_sides=ABOUT + REFERENCE + "Reading the lists is left out on both sides.",
    )
    peaks = {side: iter([run["peak_mb"] for run in told[side, "disturbed"]]) for side in ("ours", "rules")}
    yield figure(
        "reconcile.memory",
        "province",
        "peak memory of a run",
        in_turn(runs=RUNS["disturbed"], **{side: _next(values) for side, values in peaks.items()}),
        unit="MB",
        beside="rules",
        reference="the three rules",
        most=1000,
        both_sides="The greatest resident size of the process that reads all lists and follows all steps.",
    )


def _of_parts(
    told: dict[tuple[str, str], list[dict[str, Any]]], task: str, what: str, key: str, words: str, least: float
) -> Figure:
    part, whole = {
        "precision": ("right", "asserted"),
        "recall": ("found", "truth"),
        "sure_precision": ("sure_right", "sure"),
    }[what]
    sides = {
        side: _next(iter([100 * run[part] / run[whole] for run in told[side, task]])) for side in ("ours", "rules")
    }
    counts = "; ".join(
        f"{name} {sum(r[part] for r in told[side, task]):,} of {sum(r[whole] for r in told[side, task]):,}"
        for side, name in (("ours", "ours"), ("rules", "the rules"))
    )
    return figure(
        key,
        "province",
        words,
        in_turn(runs=RUNS[task], **sides),
        unit="%",
        beside="rules",
        reference="the three rules",
        least=least,
        both_sides=f"{ABOUT}{REFERENCE}{_DISTURBED if task == 'disturbed' else ''}In all runs: {counts}.",
    )


_DISTURBED = (
    "Of the disturbed names 30 % have another suffix, 30 % one wrong character, 20 % their town's name dropped or put "
    "before, 20 % a neighbour's name joined to them. Asserted are the sure and the doubtful best guesses, mergers too. "
)


def _next(values: Iterator[float]) -> Callable[[], float]:
    return lambda: next(values)


def _side(side: str, task: str, told: dict[tuple[str, str], list[dict[str, Any]]]) -> Callable[[], float]:
    """Each call is a run with the next seed; it keeps what was told and returns the seconds of the slowest step."""

    def run() -> float:
        runs = told.setdefault((side, task), [])
        runs.append(_in_own_process(side, task, len(runs) + 1))
        return float(runs[-1]["slowest"])

    return run


def _in_own_process(side: str, task: str, seed: int) -> dict[str, Any]:
    asked = [sys.executable, "-m", "bench.reconcile", side, task, str(seed)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"{side} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


# == one run in a process of its own ==
def _run(side: str, task_name: str, seed: int) -> dict[str, Any]:
    scores: list[Score] = []
    seconds = []
    for then, now in pairwise(DAYS):
        task = hide(divisions(then), divisions(now), disturb=task_name == "disturbed", seed=seed)
        began = time.perf_counter()
        proposals = reconcile(task.old, task.new) if side == "ours" else list(_by_rules(task))
        seconds.append(time.perf_counter() - began)
        scores.append(score(task, proposals))
    sums = {
        name: sum(getattr(each, name) for each in scores)
        for name in ("truth", "found", "asserted", "right", "sure", "sure_right")
    }
    return {**sums, "slowest": max(seconds), "seconds": seconds, "peak_mb": peak_mb()}


def _by_rules(task: Task) -> Iterator[Proposal]:
    """The three rules tell all that they pair without a doubt; a row whose code is hidden has its key for a code."""
    then, now = (_with_codes(rows) for rows in (task.old, task.new))
    keys_then, keys_now = ({row.code or row.key: row.key for row in rows} for rows in (task.old, task.new))
    for match in same_units(then, now):
        old, new = keys_then[match.old_code], keys_now[match.new_code]
        yield Proposal("village", match.reason, (old,), (new,), 1.0, "sure")


def _with_codes(rows: Iterable[Listed]) -> list[Division]:
    rows = list(rows)
    codes = {row.key: row.code or row.key for row in rows}
    return [Division(codes[r.key], r.name, r.level, codes.get(r.parent_key, "")) for r in rows]


@cache
def divisions(day: str) -> list[Division]:
    """The divisions of the province on one official day, in published order."""
    found = []
    with tarfile.open(fetch(DAYS[day])) as package:
        for part, level, above in PARTS:
            packed = package.extractfile(f"package/dist/{part}.csv")
            assert packed is not None
            rows = csv.reader(io.TextIOWrapper(packed, encoding="utf-8", newline=""))
            columns = next(rows)
            code, name, parent = (columns.index(heading) for heading in ("code", "name", above or "code"))
            found += [
                Division(row[code], row[name], level, row[parent] if above else "")
                for row in rows
                if row[code].startswith(PROVINCE)
            ]
    return found


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
