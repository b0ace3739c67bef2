"""What a figure is, how two sides are run in turn, and how the results are written down."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin, written by python -m bench -->", "<!-- figures: end -->"
RUNS = 5


class NotMeasured(Exception):
    """A figure could not be taken; the message says why."""


@dataclass(frozen=True)
class Figure:
    """One measured figure. `value` and `reference_value` are medians in `unit`; `ratio` is the one over the other.

    `spread` holds the least and the greatest of the runs. `holds` is None where there is no aim.
    """

    key: str
    size: str
    what: str
    value: float | None
    unit: str
    reference: str
    reference_value: float | None
    ratio: float | None
    aim: str
    holds: bool | None
    runs: int
    failed_runs: int
    spread: dict[str, list[float]]
    both_sides: str


Side = Callable[[], float]


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_mb() -> float:
    """The greatest resident size of this process so far. Linux's own account: getrusage tells the parent's, too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000
    import resource  # optional: not on every system

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@dataclass(frozen=True)
class Turns:
    """What the runs of each side came to, round by round, and how many rounds failed."""

    of: dict[str, list[float]]
    failed: int


def in_turn(restore: Callable[[], object] = lambda: None, runs: int = RUNS, **sides: Side) -> Turns:
    """Run the sides in turn, each from the same state, another one first in each round.

    A round in which a side fails is left out and counted; raises NotMeasured when more than two rounds fail.
    """
    rounds: list[dict[str, float]] = []
    failures: list[Exception] = []
    names = list(sides)
    while len(rounds) < runs:
        first = len(rounds) % len(names)
        took: dict[str, float] = {}
        try:
            for name in names[first:] + names[:first]:
                restore()
                took[name] = sides[name]()
        except Exception as failure:
            failures.append(failure)
            if len(failures) > 2:
                raise NotMeasured(f"{len(failures)} rounds failed, the last with: {failure}") from failure
            continue
        rounds.append(took)
    restore()
    return Turns({name: [took[name] for took in rounds] for name in names}, len(failures))


def figure(
    key: str,
    size: str,
    what: str,
    turns: Turns,
    *,
    unit: str,
    reference: str,
    ours: str = "ours",
    beside: str = "reference",
    both_sides: str,
    most: float | None = None,
    most_ratio: float | None = None,
    least_ratio: float | None = None,
    least: float | None = None,
) -> Figure:
    """The medians of the side `ours` and of the side `beside`.

    An aim is a bound on the value (`most`, `least`), on the ratio (`most_ratio`), or on how many times faster
    (`least_ratio`).
    """
    mine, its = turns.of[ours], turns.of[beside]
    value, reference_value = statistics.median(mine), statistics.median(its)
    ratio = value / reference_value
    ratios = [a / b for a, b in zip(mine, its, strict=True)]
    aim, holds = "", None
    if most is not None:
        aim, holds = f"≤ {most:g} {unit}", value <= most
    elif least is not None:
        aim, holds = f"≥ {least:g} {unit}", value >= least
    elif most_ratio is not None:
        aim, holds = f"ratio ≤ {most_ratio:g}", ratio <= most_ratio
    elif least_ratio is not None:
        aim, holds = f"{least_ratio:g} times faster: ratio ≤ {1 / least_ratio:g}", ratio <= 1 / least_ratio
    return Figure(
        key=key,
        size=size,
        what=what,
        value=_rounded(value),
        unit=unit,
        reference=reference,
        reference_value=_rounded(reference_value),
        ratio=_rounded(ratio),
        aim=aim,
        holds=holds,
        runs=len(mine),
        failed_runs=turns.failed,
        spread={
            "value": [_rounded(min(mine)), _rounded(max(mine))],
            "reference": [_rounded(min(its)), _rounded(max(its))],
            "ratio": [_rounded(min(ratios)), _rounded(max(ratios))],
        },
        both_sides=both_sides,
    )


def not_measured(key: str, size: str, why: str) -> Figure:
    return Figure(key, size, "Not measured", None, "", "", None, None, "", False, 0, 0, {}, why)


def percentile(values: Iterable[float], part: int = 95) -> float:
    """The smallest value that at least `part` of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * part / 100) - 1]


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


# == calibration ==
COUNTING = "SELECT count(*) FROM generate_series(1, 1000000)"


def python_loop() -> int:
    """A fixed piece of work for the interpreter alone."""
    return sum(number * number % 7 for number in range(1_000_000))


# == writing down ==
def keep(figures: list[Figure], file: Path = RESULTS) -> list[dict[str, Any]]:
    """Write the figures into the file; those of other keys and sizes stay, but for a failure that they mend."""
    known = {
        (row["key"], row["size"]): row
        for row in read(file)
        if row["value"] is not None or not any(x.size == row["size"] and x.key.startswith(row["key"]) for x in figures)
    }
    known |= {(each.key, each.size): asdict(each) for each in figures}
    rows = [known[mark] for mark in sorted(known, key=lambda mark: (mark[1] != "nation", mark[0]))]
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return rows


def read(file: Path = RESULTS) -> list[dict[str, Any]]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def put_table(rows: list[dict[str, Any]], page: Path = PAGE) -> None:
    """Write the table of the figures between its marks in the page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    page.write_text(before + BEGIN + "\n" + table(rows) + END + rest.split(END)[1], encoding="utf-8")


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as Markdown: a table for each size, and below it what the two sides of each figure do."""
    parts = []
    for size, words in (("nation", "the nation"), ("province", "a province"), ("city", "a city")):
        some = [row for row in rows if row["size"] == size]
        if not some:
            continue
        parts.append(f"\n### At the size of {words}\n\n")
        parts.append(
            "| | median | reference | ratio | aim | holds | runs, least–greatest |\n|---|---|---|---|---|---|---|\n"
        )
        parts += [_line(row) for row in some]
        parts.append("\n")
        parts += [f"- `{row['key']}`: {row['both_sides']}\n" for row in some]
    return "".join(parts) + "\n"


def _line(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return f"| `{row['key']}` | not measured | | | {row['aim']} | no | |\n"
    least, greatest = row["spread"]["value"]
    runs = f"{row['runs']}, {least:g}–{greatest:g}"
    runs += f"; ratio {row['spread']['ratio'][0]:g}–{row['spread']['ratio'][1]:g}" if row["aim"].count("ratio") else ""
    runs += f"; {row['failed_runs']} rounds failed" if row["failed_runs"] else ""
    holds = {True: "yes", False: "**no**", None: ""}[row["holds"]]
    return (
        f"| `{row['key']}` {row['what']} | {row['value']:g} {row['unit']} | {row['reference']}: "
        f"{row['reference_value']:g} {row['unit']} | {row['ratio']:g} | {row['aim']} | {holds} | {runs} |\n"
    )
