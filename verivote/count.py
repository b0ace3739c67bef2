"""Opening and counting, on a machine apart: sealed envelopes in, numbers out. No choice of anybody leaves it.

The counting file holds the envelopes that count, sorted by their hash and without persons, so that neither order nor
anything else tells who cast which.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key

from . import archive, entry, keys, shape
from .archive import Archive, Source
from .ballot import Choices, Paper
from .canonical import canonical, read
from .errors import VerivoteError, Void
from .rules import candidates_of

MOST = {"entry.json": 8 << 20, "counting.json": 1 << 20, "envelopes.bin": 4 << 30}
COUNTING: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "superseded": {"number": [0, 10**9]},
        "set_aside": {"map": {"number": [1, 10**9]}, "most": 100},
        "withdrawn": {
            "list": {"record": {"group": {"text": [1, 40]}, "candidate": {"text": [1, 40]}}},
            "most": 2000,
        },
    }
}
BATCH = 1000  # envelopes that a process opens at a time

Pair = tuple[str, str]


@dataclass(frozen=True)
class Tally:
    """What envelopes came to: votes by group and candidate, void ballots by code, and how many were counted."""

    tallies: dict[str, dict[str, int]]
    void: dict[str, int]
    envelopes: int
    counted: int

    def as_record(self) -> dict[str, Any]:
        return {"tallies": self.tallies, "void": self.void, "envelopes": self.envelopes, "counted": self.counted}


def write(target: Source, entry: dict[str, Any], envelopes: Iterable[bytes], counting: dict[str, Any]) -> None:
    """Write the counting file. `counting`: {"format": 1, "superseded", "set_aside", "withdrawn"}.

    Raises VerivoteError for an envelope of another size, or one that stands twice.
    """
    shape.check(COUNTING, counting, "counting")
    paper = Paper(entry)
    ordered = sorted((sha256(each).digest(), each) for each in envelopes)
    for at, (hash, each) in enumerate(ordered):
        if len(each) != paper.envelope_size or (at and hash == ordered[at - 1][0]):
            raise VerivoteError("envelopes", size=paper.envelope_size)
    sealed = b"".join(each for _, each in ordered)
    parts = {"entry.json": canonical(entry), "counting.json": canonical(counting), "envelopes.bin": sealed}
    archive.write(target, parts.items())


def count(source: Source, private: EllipticCurvePrivateKey, processes: int | None = None) -> Tally:
    """Open every envelope of a counting file and add up. `processes`: how many work at once, by default one a core.

    Raises VerivoteError where the file is not whole or the key is not that of the poll.
    """
    with archive.opened(source, MOST) as file:
        begun, counting = look(file)
        if keys.sealing_hex(private) != begun["key"]:
            raise VerivoteError("other_key")
        paper = Paper(begun)
        batches = _batches(file, paper.envelope_size)
        withdrawn = {(each["group"], each["candidate"]) for each in counting["withdrawn"]}
        return _added_up(paper, _opened(paper, private, withdrawn, batches, processes or os.cpu_count() or 1))


def look(file: Archive) -> tuple[dict[str, Any], dict[str, Any]]:
    """Entry 0 and the numbers of a counting file, checked."""
    begun, counting = read(file.read("entry.json")), read(file.read("counting.json"))
    entry.check(begun)
    shape.check(COUNTING, counting, "counting")
    return begun, counting


def hashes(source: Source) -> Iterator[bytes]:
    """SHA-256 of each envelope of a counting file, in order."""
    with archive.opened(source, MOST) as file:
        begun, _ = look(file)
        for batch in _batches(file, Paper(begun).envelope_size):
            yield from (sha256(each).digest() for each in batch)


def _batches(file: Archive, size: int) -> Iterator[list[bytes]]:
    """The envelopes, some at a time. Raises VerivoteError unless they are of one size and sorted, each another."""
    if file.size("envelopes.bin") % size:
        raise VerivoteError("envelopes", size=size)
    before = b""
    for chunk in file.chunks("envelopes.bin", size * BATCH):
        batch = [chunk[at : at + size] for at in range(0, len(chunk), size)]
        for each in batch:
            hash = sha256(each).digest()
            if hash <= before:
                raise VerivoteError("envelopes", size=size)
            before = hash
        yield batch


# What one process found in one batch: votes, void ballots, how many counted.
Found = tuple[Counter[Pair], Counter[str], int]


def _opened(
    paper: Paper,
    private: EllipticCurvePrivateKey,
    withdrawn: set[Pair],
    batches: Iterable[list[bytes]],
    processes: int,
) -> Iterator[Found]:
    opener = Opener(paper, private, withdrawn)
    if processes == 1:
        yield from map(opener, batches)
        return
    scalar = private.private_numbers().private_value
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(paper.entry, scalar, withdrawn)) as pool:
        yield from pool.map(_batch, batches)


class Opener:
    """Opens envelopes of one poll with its key."""

    def __init__(self, paper: Paper, private: EllipticCurvePrivateKey, withdrawn: set[Pair]) -> None:
        self._paper, self._private, self._withdrawn = paper, private, withdrawn

    def __call__(self, envelopes: list[bytes]) -> Found:
        votes: Counter[Pair] = Counter()
        void: Counter[str] = Counter()
        for envelope in envelopes:
            try:
                choices = self._paper.decode(self._paper.open(self._private, envelope))
            except Void as reason:
                void[reason.code] += 1
            else:
                votes.update(self._standing(choices))
        return votes, void, len(envelopes) - void.total()

    def _standing(self, choices: Choices) -> Iterator[Pair]:
        """What was chosen and has not withdrawn since."""
        for group, ids in choices.items():
            yield from ((group, id) for id in ids if (group, id) not in self._withdrawn)


_opener: Opener | None = None  # of this process


def _begin(entry: dict[str, Any], scalar: int, withdrawn: set[Pair]) -> None:
    global _opener
    _opener = Opener(Paper(entry), derive_private_key(scalar, SECP256R1()), withdrawn)


def _batch(envelopes: list[bytes]) -> Found:
    assert _opener is not None
    return _opener(envelopes)


def _added_up(paper: Paper, found: Iterable[Found]) -> Tally:
    votes: Counter[Pair] = Counter()
    void: Counter[str] = Counter()
    counted = 0
    for each in found:
        votes.update(each[0])
        void.update(each[1])
        counted += each[2]
    tallies: dict[str, dict[str, int]] = {group["id"]: {} for group in paper.rules["groups"]}
    for group, id in candidates_of(paper.rules):
        tallies[group][id] = votes[group, id]
    return Tally(tallies, dict(void), counted + void.total(), counted)
