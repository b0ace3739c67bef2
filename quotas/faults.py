"""What is refused, and why: a code that names it, and the facts of the case."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any


class Fault(ValueError):
    """A scheme or a value with which nothing is computed. `code` names what is wrong, `facts` where."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}: {', '.join(f'{name} {value}' for name, value in facts.items())}")
        self.code = code
        self.facts = facts


def exact(value: object, code: str, **facts: Any) -> Decimal:
    """A finite decimal number from a Decimal or an int; anything else is a fault, binary fractions too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Fault(code, value=str(value), **facts)
    return value


def drawn(seed: str, id: str) -> bytes:
    """The place of one in a public draw: SHA-256 of the seed and its id, smallest first. Anybody can recompute it."""
    return hashlib.sha256(seed.encode() + id.encode()).digest()
