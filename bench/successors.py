"""`python -m bench.successors`: what became of Shaoxing's divisions, step by step, and a sample of successors to judge.

The same lists and the same seed give the same tables, as Markdown; docs/reconcile.md holds them with our judgement.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gongjian.register.identity import LEVELS, Division
from gongjian.register.reconcile.divisions import reconcile
from gongjian.register.reconcile.lists import Listed, listed
from gongjian.register.reconcile.proposals import Proposal

from .figure import ROOT

DAYS = ("2016-07-31", "2018-10-31", "2020-06-30", "2021-10-31", "2022-10-31", "2023-06-30")
SEED, SAMPLE, MERGERS = 2019, 50, 30
ORDER = ("unchanged", "renamed", "recoded", "moved", "merged", "split", "closed", "new", "unknown")


def published(day: str) -> list[Listed]:
    file = ROOT / "packs" / "shaoxing" / "divisions" / f"shaoxing-{day}.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return listed(Division(**row) for row in csv.DictReader(rows))


def step_tables() -> Iterator[str]:
    """For each step, how many of each level are told as what, sure / doubtful / unknown."""
    yield "| step | level | " + " | ".join(ORDER) + " |\n|---|---|" + "---|" * len(ORDER)
    for then, now in pairwise(DAYS):
        told = Counter((p.level, p.happened, p.verdict) for p in reconcile(published(then), published(now)))
        for level in LEVELS:
            cells = []
            for happened in ORDER:
                three = [told[level, happened, verdict] for verdict in ("sure", "doubtful", "unknown")]
                cells.append(" / ".join(map(str, three)) if sum(three) else "")
            yield f"| {then} → {now} | {level} | " + " | ".join(cells) + " |"


def sample() -> tuple[list[str], list[str]]:
    """Rows of a random 50 of the vanished codes with a successor in 2018–2020, and of a further 30 of the mergers."""
    then, now = published("2018-10-31"), published("2020-06-30")
    names = {row.key: row for row in then}, {row.key: row for row in now}
    codes = {row.code for row in now}
    told = [p for p in reconcile(then, now) if p.old and p.new and names[0][p.old[0]].code not in codes]
    chance = random.Random(SEED)
    every = chance.sample(told, SAMPLE)
    rest = [p for p in told if p.happened == "merged" and p.level == "village" and p not in every]
    further = chance.sample(rest, MERGERS)
    return [_row(p, *names) for p in every], [_row(p, *names) for p in further]


def _row(told: Proposal, then: dict[str, Listed], now: dict[str, Listed]) -> str:
    old = _place(told.old[0], then)
    new = "; ".join(_place(key, now) for key in told.new)
    return f"| {old} | {told.happened} | {new} | {told.verdict} {told.confidence:.2f} | {_kinds(told)} |"


def _place(key: str, rows: dict[str, Listed]) -> str:
    row = rows[key]
    above = rows[row.parent_key].name + " " if row.level == "village" else ""
    return f"{above}{row.name} {row.code[6:]}"


def _kinds(told: Proposal) -> str:
    told_kinds = [e.kind for e in told.evidence if e.kind not in ("other_code", "town_continues")]
    others = [f"{alternative.confidence:.2f}" for alternative in told.alternatives[:2]]
    return ", ".join(told_kinds) + (f"; others {', '.join(others)}" if others else "")


def _print(rows: Sequence[str]) -> None:
    print("| old | happened | new | verdict | evidence |\n|---|---|---|---|---|", *rows, sep="\n")


if __name__ == "__main__":
    print(*step_tables(), sep="\n")
    for rows in sample():
        print()
        _print(rows)
