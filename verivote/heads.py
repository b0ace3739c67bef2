"""Signed heads: how far the log was at a moment, with its root. Two that do not agree prove a fork.

The signature is Ed25519 over the line "verivote/1 head" and the canonical head.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import keys, shape
from .canonical import canonical
from .errors import VerivoteError

PREFIX = b"verivote/1 head\n"
HEAD: shape.Shape = {
    "record": {
        "poll": {"hex": 16},
        "size": {"number": [1, 2**40]},
        "root": {"hex": 32},
        "moment": {"second": True},
    }
}
SIGNED: shape.Shape = {"record": {"head": HEAD, "signature": {"hex": 64}}}


def sign(head: dict[str, Any], private: Ed25519PrivateKey) -> dict[str, Any]:
    """{"head", "signature"}: the head signed by the server's key."""
    shape.check(HEAD, head, "head")
    return {"head": head, "signature": private.sign(PREFIX + canonical(head)).hex()}


def check(signed: Any, signer: str) -> None:
    """Raises VerivoteError unless it is a head that this signer (32 bytes in hexadecimal) has signed."""
    shape.check(SIGNED, signed, "signed_head")
    if not keys.holds(signer, signed["signature"], PREFIX + canonical(signed["head"])):
        raise VerivoteError("head_signature", size=signed["head"]["size"])
