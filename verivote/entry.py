"""Entry 0 of the log: what is fixed before the poll opens. Every ballot, head and receipt is bound to its hash."""

from __future__ import annotations

from typing import Any

from . import keys, rules, shape
from .canonical import digest
from .errors import VerivoteError

ENTRY: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "rules": rules.RULES,
        "key": {"hex": 65},
        "observers": {
            "list": {"record": {"name": {"text": [1, 100]}, "key": {"hex": 32}}},
            "least": 2,
            "most": 100,
        },
        "signer": {"hex": 32},
        "roll": {"hex": 32},
    }
}


def check(entry: Any) -> None:
    """Raises VerivoteError unless a poll can begin with this entry."""
    shape.check(ENTRY, entry, "entry")
    rules.check(entry["rules"])
    if entry["roll"] != entry["rules"]["roll"]["hash"]:
        raise VerivoteError("roll_hash")
    signing = [entry["signer"], *(each["key"] for each in entry["observers"])]
    if len(set(signing)) < len(signing):
        raise VerivoteError("keys_alike")
    keys.sealing_key(entry["key"])


def entry_hash(entry: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical entry: 32 bytes."""
    return digest(entry)
