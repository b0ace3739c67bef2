"""Observers: each holds a signing key of their own, recounts, and signs entry, final head and result together.

The signature is Ed25519 over the line "verivote/1 result" and the canonical {"entry", "head", "result"}, of which entry
and result are hashes.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import keys, shape
from .canonical import canonical, digest, read
from .locked import lock, unlock

PREFIX = b"verivote/1 result\n"
SIGNATURE: shape.Shape = {
    "record": {"name": {"text": [1, 100]}, "key": {"hex": 32}, "signature": {"hex": 64}},
}
KEY_FILE: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "name": {"text": [1, 100]},
        "signer": {"hex": 32},
        "locked": {"hex": 16 + 12 + 16 + 32},
    }
}


def make(name: str, passphrase: str) -> bytes:
    """The file of a new signing key, locked; its "signer" is the public half, which goes into entry 0."""
    private = Ed25519PrivateKey.generate()
    signer = keys.signer_hex(private)
    locked = lock(private.private_bytes_raw(), passphrase, _bound(name, signer), name)
    return canonical({"format": 1, "name": name, "signer": signer, "locked": locked.hex()})


def open_key(data: bytes, passphrase: str) -> tuple[str, Ed25519PrivateKey]:
    """The observer's name and signing key. Raises VerivoteError where the passphrase is wrong."""
    file = look(data)
    secret = unlock(bytes.fromhex(file["locked"]), passphrase, _bound(file["name"], file["signer"]), file["name"])
    return file["name"], Ed25519PrivateKey.from_private_bytes(secret)


def look(data: bytes) -> dict[str, Any]:
    """What stands openly in an observer's key file: name, signer."""
    file: dict[str, Any] = read(data)
    shape.check(KEY_FILE, file, "key file")
    return file


def sign(
    name: str, private: Ed25519PrivateKey, entry: dict[str, Any], head: dict[str, Any], result: dict[str, Any]
) -> dict[str, Any]:
    """{"name", "key", "signature"}: that this observer stands for the result of this log."""
    signed = private.sign(message(entry, head, result)).hex()
    return {"name": name, "key": keys.signer_hex(private), "signature": signed}


def message(entry: dict[str, Any], head: dict[str, Any], result: dict[str, Any]) -> bytes:
    """What observers sign."""
    return PREFIX + canonical({"entry": digest(entry).hex(), "head": head, "result": digest(result).hex()})


def holds(signature: dict[str, Any], signed: bytes) -> bool:
    return keys.holds(signature["key"], signature["signature"], signed)


def _bound(name: str, signer: str) -> bytes:
    return b"verivote/1 observer\n" + canonical({"name": name, "signer": signer})
