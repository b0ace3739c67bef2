"""A secret under a passphrase: AES-256-GCM with a key by scrypt (RFC 7914; n = 2^15, r = 8, p = 1: 32 MB a try).

The bytes are salt (16), nonce (12), ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import VerivoteError

SALT, NONCE = 16, 12
SHORTEST = 12


def lock(secret: bytes, passphrase: str, bound: bytes, name: str) -> bytes:
    """The secret, locked; `bound` has to be the same when it is unlocked. `name` is whose passphrase it is."""
    if len(passphrase) < SHORTEST:
        raise VerivoteError("passphrase_short", name=name, least=SHORTEST)
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, secret, bound)


def unlock(locked: bytes, passphrase: str, bound: bytes, name: str) -> bytes:
    """The secret. Raises VerivoteError, saying whose passphrase it is, where it is wrong or the bytes were changed."""
    salt, nonce, sealed = locked[:SALT], locked[SALT : SALT + NONCE], locked[SALT + NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError) as problem:
        raise VerivoteError("passphrase_wrong", name=name) from problem


def put(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, and that was not there. Raises VerivoteError if it was."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError as problem:
        raise VerivoteError("file_there", name=str(path)) from problem
    except OSError as problem:
        raise VerivoteError("no_file", name=str(path), why=problem.strerror) from problem


def _key(passphrase: str, salt: bytes) -> bytes:
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return hashlib.scrypt(typed, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
