"""The records of the log, of which each is one leaf of the tree: a byte that says its kind, and 32 bytes of a hash.

Nothing in a record tells a person or a moment. Contents of which a record holds the digest are published in the bundle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from . import shape
from .canonical import digest
from .errors import VerivoteError
from .merkle import HASH

RECORD = 1 + HASH

ENTRY = 0  # the poll itself: rules, key, roll, observers; always the first and the only one
ENVELOPE = 1  # SHA-256 of a sealed envelope
ROLL_CHANGE = 2
WITHDRAWN = 3
CLOSED = 4
NOTE = 5

TEXT = {"text": [1, 200]}
NAME = {"text": [1, 64]}
CONTENTS: dict[int, shape.Shape] = {
    ROLL_CHANGE: {
        "record": {
            "unit": TEXT,
            "day": {"day": True},
            "added": {"number": [0, 10**9]},
            "removed": {"number": [0, 10**9]},
            "why": TEXT,
        }
    },
    WITHDRAWN: {"record": {"group": NAME, "candidate": NAME, "why": TEXT}},
    CLOSED: {"record": {"closes": {"minute": True}}},
    NOTE: {"record": {"text": {"text": [1, 2000]}}},
}
KINDS = (ENTRY, ENVELOPE, *CONTENTS)


def record(kind: int, hash: bytes) -> bytes:
    """33 bytes: the kind and the hash."""
    if kind not in KINDS or len(hash) != HASH:
        raise VerivoteError("record", kind=kind)
    return bytes([kind]) + hash


def entry_record(entry: dict[str, Any]) -> bytes:
    return record(ENTRY, digest(entry))


def envelope_record(envelope: bytes) -> bytes:
    return record(ENVELOPE, sha256(envelope).digest())


def content_record(kind: int, content: dict[str, Any]) -> bytes:
    """The record of a content of kind ROLL_CHANGE, WITHDRAWN, CLOSED or NOTE, which is checked."""
    check_content(kind, content)
    return record(kind, digest(content))


def check_content(kind: int, content: Any) -> None:
    """Raises VerivoteError unless a content is what its kind asks for."""
    if kind not in CONTENTS:
        raise VerivoteError("record", kind=kind)
    shape.check(CONTENTS[kind], content, "content")


def changes_by_unit_and_day(changes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Contents of ROLL_CHANGE added up, as the result publishes them: sorted by unit and day."""
    added: Counter[tuple[str, str]] = Counter()
    removed: Counter[tuple[str, str]] = Counter()
    for each in changes:
        added[each["unit"], each["day"]] += each["added"]
        removed[each["unit"], each["day"]] += each["removed"]
    return [
        {"unit": unit, "day": day, "added": added[unit, day], "removed": removed[unit, day]}
        for unit, day in sorted(added)
    ]
