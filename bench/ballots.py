"""The figures of ballots that need no site: opening 100,000 of them, and checking the log of a million, from a file.

Beside opening stands the bare library in as many processes, without reading, decoding or adding up; beside checking,
SHA-256 over the same records and nothing else.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verivote import bundle, count, heads, keys, log, merkle, observers, result
from verivote.ballot import SUITE, Paper

from .figure import ROOT, Figure, figure, in_turn, seconds

BALLOTS = 100_000
LEAVES = (250_000, 500_000, 1_000_000)
KEY = derive_private_key(7, SECP256R1())
SERVER = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OBSERVERS = {
    "甲": Ed25519PrivateKey.from_private_bytes(b"\2" * 32),
    "乙": Ed25519PrivateKey.from_private_bytes(b"\3" * 32),
}
NOTHING = {"format": 1, "superseded": 0, "set_aside": {}, "withdrawn": []}
MOMENTS = [f"2026-03-16T{hour:02}:00:00Z" for hour in range(2, 9)]


def figures(size: str) -> Iterator[Figure]:
    """Opening, then checking at three sizes, then the memory of the largest."""
    with tempfile.TemporaryDirectory() as folder:
        yield opening(Path(folder))
        yield from checking(Path(folder))


# == opening ==
def opening(folder: Path) -> Figure:
    path, entry = folder / "counting.zip", entry_of(BALLOTS)
    sealed, info = envelopes(entry), Paper(entry).info
    count.write(path, entry, sealed, NOTHING)
    batches = [sealed[at : at + count.BATCH] for at in range(0, BALLOTS, count.BATCH)]

    def bare() -> None:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            assert sum(pool.map(_opened, batches, [info] * len(batches))) == BALLOTS

    def ours() -> None:
        assert count.count(path, KEY).counted == BALLOTS

    return figure(
        "ballots.opening",
        "city",
        f"Opening and counting {BALLOTS:,} ballots",
        in_turn(ours=lambda: seconds(ours), reference=lambda: seconds(bare), runs=3),
        unit="s",
        reference="the library alone, in as many processes",
        both_sides=f"{BALLOTS:,} envelopes of {len(sealed[0])} bytes, no two alike, {os.cpu_count()} processes. Ours "
        "reads the file and looks at its order, opens, reads each ballot against the rules and adds up; the other side "
        "has the envelopes in memory and throws away what it opened.",
        most=30,
    )


def _opened(envelopes: list[bytes], info: bytes) -> int:
    for each in envelopes:
        SUITE.decrypt(each, KEY, info=info)
    return len(envelopes)


def envelopes(entry: dict[str, Any]) -> list[bytes]:
    """As many envelopes as there are ballots."""
    paper, choose = Paper(entry), random.Random(7)
    ids = [each["id"] for each in entry["rules"]["groups"][0]["candidates"]]
    return [paper.seal({"org": choose.sample(ids, 3)}) for _ in range(BALLOTS)]


# == checking ==
def checking(folder: Path) -> Iterator[Figure]:
    for leaves in LEAVES:
        path = folder / f"{leaves}.zip"
        write(path, leaves)
        yield figure(
            f"ballots.verify_{leaves // 1000}k",
            "city",
            f"Checking a bundle with {leaves:,} leaves",
            in_turn(
                ours=partial(seconds, partial(check, path)), reference=partial(seconds, partial(hashed, path)), runs=3
            ),
            unit="s",
            reference="SHA-256 over each record and each pair of them",
            both_sides="Ours starts Python, reads the file and makes every check; the other side reads the records and "
            "hashes as many times as the tree has nodes, and finds nothing.",
            **({"most": 60} if leaves == LEAVES[-1] else {}),
        )
    yield figure(
        "ballots.verify_memory",
        "city",
        f"Peak memory of checking {LEAVES[-1]:,} leaves",
        in_turn(ours=lambda: check(path), reference=lambda: path.stat().st_size / 1e6, runs=3),
        unit="MB",
        reference="the file itself",
        both_sides="The greatest resident size of the process that checks, Python and library included.",
        most=1000,
    )


CHECK = """
import sys
from bench.figure import peak_mb
from verivote.verify import verify
assert verify(sys.argv[1]).ok
print(peak_mb())
"""


def check(path: Path) -> float:
    """Check in a process of its own; its peak memory in MB."""
    done = subprocess.run([sys.executable, "-c", CHECK, path], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def hashed(path: Path) -> None:
    with bundle.opened(path) as file:
        for chunk in file.records():
            for at in range(0, len(chunk), log.RECORD):
                hash = sha256(b"\0" + chunk[at : at + log.RECORD]).digest()
                sha256(b"\1" + hash + hash).digest()


def entry_of(voters: int) -> dict[str, Any]:
    candidates = [{"id": f"{at:02}", "title": f"候选{at}", "place": f"p{at % 6}"} for at in range(42)]
    rules = {
        "format": 1,
        "poll": "ab" * 16,
        "title": "测量",
        "held_by": "测量",
        "groups": [{"id": "org", "title": "组织", "least": 3, "most": 3, "candidates": candidates}],
        "opens": "2026-03-16T01:00:00Z",
        "closes": "2026-03-16T09:00:00Z",
        "channels": ["web"],
        "roll": {"day": "2026-03-01", "voters": voters, "hash": "00" * 32},
        "weight": 0,
        "approval": None,
        "tie": None,
        "steps": [{"kind": "most_votes", "group": "org", "places": 42}],
    }
    return {
        "format": 1,
        "rules": rules,
        "key": keys.sealing_hex(KEY),
        "observers": [{"name": name, "key": keys.signer_hex(key)} for name, key in OBSERVERS.items()],
        "signer": keys.signer_hex(SERVER),
        "roll": "00" * 32,
    }


def write(path: Path, leaves: int) -> None:
    """A sound bundle whose envelopes are the hashes of their numbers."""
    cast, entry = leaves - 2, entry_of(leaves)
    closed = {"closes": entry["rules"]["closes"]}
    edge, signed = merkle.Frontier(), []
    numbers = [log.record(log.ENVELOPE, sha256(str(at).encode()).digest()) for at in range(cast)]
    records = [log.entry_record(entry), *numbers, log.content_record(log.CLOSED, closed)]
    at_size = {1 + at * cast // 9: moment for at, moment in enumerate(MOMENTS)} | {leaves: "2026-03-16T09:00:01Z"}
    for each in records:
        edge.append(merkle.leaf_hash(each))
        if moment := at_size.get(edge.size):
            head = {"poll": entry["rules"]["poll"], "size": edge.size, "root": edge.root().hex(), "moment": moment}
            signed.append(heads.sign(head, SERVER))
    votes = dict.fromkeys([each["id"] for each in entry["rules"]["groups"][0]["candidates"]], 0) | {
        "00": cast,
        "01": cast,
        "02": cast,
    }
    told = {
        "format": 1,
        "tallies": {"org": votes},
        "counted": cast,
        "void": {},
        "superseded": 0,
        "set_aside": {},
        "by_channel": {"web": cast},
        "turnout": [{"unit": "某单位", "roll": leaves, "cast": cast}],
        "rest": None,
        "roll_changes": [],
        "draw": None,
        "steps": result.results(entry["rules"], {"org": votes}, None),
    }
    bundle.write(
        path,
        entry=entry,
        records=records,
        contents=[(leaves - 1, closed)],
        signed_heads=signed,
        result=told,
        signatures=[observers.sign(name, key, entry, signed[-1]["head"], told) for name, key in OBSERVERS.items()],
    )
