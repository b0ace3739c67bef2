"""One value, one sequence of bytes: JSON with sorted keys and without white space, as hashes and signatures need it.

After RFC 8785, with two differences that make it smaller: there are no fractions, and keys are sorted by code point.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .errors import VerivoteError

DEEPEST = 16
GREATEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The bytes of a value made of dict (keys: str), list, str, int (|n| < 2**53), bool and None.

    Raises VerivoteError where a value has no canonical form: fractions, lone surrogates, more than 16 levels.
    """
    _admit(value, 0)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
    try:
        return text.encode()
    except UnicodeEncodeError as problem:
        raise VerivoteError("not_canonical") from problem


def read(data: bytes) -> Any:
    """The value of which `data` is the canonical form.

    Raises VerivoteError for everything else: white space, doubled or unsorted keys, other escapes, fractions.
    """
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as problem:
        raise VerivoteError("not_canonical") from problem
    if canonical(value) != data:
        raise VerivoteError("not_canonical")
    return value


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form: 32 bytes."""
    return hashlib.sha256(canonical(value)).digest()


def _admit(value: Any, depth: int) -> None:
    kind = type(value)
    if kind in (str, bool) or value is None:
        return
    if kind is int and -GREATEST <= value <= GREATEST:
        return
    if depth == DEEPEST or kind not in (dict, list):
        raise VerivoteError("not_canonical")
    if kind is dict and any(type(key) is not str for key in value):
        raise VerivoteError("not_canonical")
    for inner in value.values() if kind is dict else value:
        _admit(inner, depth + 1)
