"""A whole small poll: 40 on the roll cast, some again, one is set aside, a candidate withdraws, two observers sign.

A test takes it, changes a part, and writes it out, signed anew by a dishonest server or not.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from verivote import bundle, count, heads, log, merkle, observers, result
from verivote.ballot import Paper

from . import polls

ORG = ["07", "12", "04", "09", "15"]
PEOPLE = ["3", "11", "20"]
TIMES = [f"2026-03-16T{hour:02}:{minute:02}:00Z" for hour in range(1, 10) for minute in (20, 50)][:-1]


@dataclass
class Voting:
    """The parts of a bundle."""

    entry: dict[str, Any]
    records: list[bytes]
    contents: list[tuple[int, dict[str, Any]]]
    sizes: list[tuple[int, str]]  # how far the log was at a moment
    result: dict[str, Any]
    heads: list[dict[str, Any]] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)

    def head(self, size: int, moment: str) -> dict[str, Any]:
        root = merkle.root(map(merkle.leaf_hash, self.records[:size])).hex()
        head = {"poll": self.entry["rules"]["poll"], "size": size, "root": root, "moment": moment}
        return heads.sign(head, polls.SERVER)

    def sign(self) -> Voting:
        """The server signs its heads, the observers the result."""
        self.heads = [self.head(size, moment) for size, moment in self.sizes]
        return self.sign_result()

    def sign_result(self) -> Voting:
        last = self.heads[-1]["head"]
        pair = list(polls.OBSERVERS.items())[:2]
        self.signatures = [observers.sign(name, key, self.entry, last, self.result) for name, key in pair]
        return self

    def work_out(self) -> Voting:
        """The steps of the rules, anew from the tallies."""
        root = merkle.root(map(merkle.leaf_hash, self.records))
        withdrawn = [(each["group"], each["candidate"]) for _, each in self.contents if "candidate" in each]
        seed = result.seed(root, self.result["draw"])
        self.result["steps"] = result.results(self.entry["rules"], self.result["tallies"], seed, withdrawn)
        return self

    def write(self, path: Path) -> Path:
        bundle.write(
            path,
            entry=self.entry,
            records=self.records,
            contents=self.contents,
            signed_heads=self.heads,
            result=self.result,
            signatures=self.signatures,
        )
        return path

    def receipt(self, index: int) -> dict[str, Any]:
        """The receipt that the voter was shown whose envelope stands at an index."""
        signed = next(each for each in self.heads if each["head"]["size"] > index)
        hashes = list(map(merkle.leaf_hash, self.records[: signed["head"]["size"]]))
        return {
            "format": 1,
            "poll": self.entry["rules"]["poll"],
            "leaf": self.records[index][1:].hex(),
            "index": index,
            "signed_head": signed,
            "proof": [each.hex() for each in merkle.inclusion(hashes, index)],
        }


def ballots(paper: Paper, number: int) -> list[bytes]:
    choose = random.Random(7)
    return [
        paper.seal({"org": choose.sample(ORG, 3), "people": choose.sample(PEOPLE, choose.randrange(3))})
        for _ in range(number)
    ]


@cache
def _held() -> tuple[Voting, tuple[bytes, ...]]:
    """The poll as it was held, and the envelopes that count."""
    entry = polls.entry()
    sealed = ballots(Paper(entry), 46)
    records = [log.entry_record(entry), *map(log.envelope_record, sealed[:20])]
    contents: list[tuple[int, dict[str, Any]]] = []

    def add(kind: int, content: dict[str, Any]) -> None:
        contents.append((len(records), content))
        records.append(log.content_record(kind, content))

    add(log.ROLL_CHANGE, {"unit": "大唐街道", "day": "2026-03-16", "added": 2, "removed": 0, "why": "补报"})
    add(log.ROLL_CHANGE, {"unit": "大唐街道", "day": "2026-03-16", "added": 0, "removed": 1, "why": "调出"})
    add(log.WITHDRAWN, {"group": "org", "candidate": "15", "why": "本人申请"})
    records += map(log.envelope_record, sealed[20:])
    add(log.NOTE, {"text": "下午停电十分钟"})
    add(log.CLOSED, {"closes": entry["rules"]["closes"]})
    add(log.NOTE, {"text": "已封存"})
    steps = [min(1 + 3 * at, len(records) - 2) for at in range(len(TIMES))]
    sizes = [*zip(steps, TIMES, strict=True), (len(records), "2026-03-16T09:30:02Z")]
    return Voting(entry, records, contents, sizes, {}), tuple(sealed[:39])


COUNTING = {
    "format": 1,
    "superseded": 6,
    "set_aside": {"证件有误": 1},
    "withdrawn": [{"group": "org", "candidate": "15"}],
}


@cache
def _counted() -> tuple[count.Tally, tuple[bytes, ...]]:
    held, sealed = _held()
    opener = count.Opener(Paper(held.entry), polls.HOLDERS_KEY, {("org", "15")})
    return count._added_up(Paper(held.entry), [opener(list(sealed))]), sealed


def counting_envelopes() -> list[bytes]:
    return list(_held()[1])


@cache
def _whole() -> Voting:
    held, _ = _held()
    tally, _ = _counted()
    held.result = {
        "format": 1,
        "tallies": tally.tallies,
        "counted": tally.counted,
        "void": tally.void,
        "superseded": COUNTING["superseded"],
        "set_aside": COUNTING["set_aside"],
        "by_channel": {"web": 35, "paper": 3, "desk": 2},
        "turnout": [{"unit": "大唐街道", "roll": 40, "cast": 30}],
        "rest": {"units": 2, "roll": 21, "cast": 10},
        "roll_changes": [{"unit": "大唐街道", "day": "2026-03-16", "added": 2, "removed": 1}],
        "draw": "03 08 11 19 22 30",
        "steps": [],
    }
    return held.work_out().sign()


def voting() -> Voting:
    """The sound poll, to be changed at will."""
    return copy.deepcopy(_whole())
