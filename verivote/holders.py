"""The key that opens the envelopes: made off the server, kept by three holders, opened by any two of them.

It exists as three files alone, one for each pair: the private key locked under the passphrase of the first, and that
again under the passphrase of the second. Whoever is lost is no loss; nobody can open it alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)

from . import keys, shape
from .canonical import canonical, read
from .errors import VerivoteError
from .locked import lock, put, unlock

NAME = {"text": [1, 100]}
HOLDERS = 3
LETTERS = "ABC"
LOCKED = 2 * (16 + 12 + 16) + 32
KEY_FILE: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "key": {"hex": 65},
        "holders": {"list": NAME, "least": 2, "most": 2},
        "locked": {"hex": LOCKED},
    }
}
PUBLIC: shape.Shape = {
    "record": {
        "key": {"hex": 65},
        "holders": {"list": NAME, "least": HOLDERS, "most": HOLDERS},
        "made": {"second": True},
    }
}


def make(passphrases: Mapping[str, str], made: str) -> dict[str, bytes]:
    """The files of a new key, by name: AB.key, AC.key, BC.key and public.json, which alone goes to the site.

    `passphrases`: of the three holders A, B, C, by name and in this order. `made`: the moment, as records have it.
    """
    names = list(passphrases)
    if len(names) != HOLDERS:
        raise VerivoteError("three_holders", holders=HOLDERS)
    if len(set(passphrases.values())) < HOLDERS:
        raise VerivoteError("passphrases_alike")
    private = generate_private_key(SECP256R1())
    key = keys.sealing_hex(private)
    public = {"key": key, "holders": names, "made": made}
    shape.check(PUBLIC, public, "public")
    files = {"public.json": canonical(public)}
    secret = private.private_numbers().private_value.to_bytes(32, "big")
    for first, second in combinations(range(HOLDERS), 2):
        pair = [names[first], names[second]]
        bound = _bound(key, pair)
        inner = lock(secret, passphrases[pair[0]], bound, pair[0])
        outer = lock(inner, passphrases[pair[1]], bound, pair[1])
        file = {"format": 1, "key": key, "holders": pair, "locked": outer.hex()}
        files[f"{LETTERS[first]}{LETTERS[second]}.key"] = canonical(file)
    return files


def write(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write the files, readable by their owner alone. Raises VerivoteError, writing none, if one is there already."""
    paths = {Path(folder) / name: data for name, data in files.items()}
    if there := [path for path in paths if path.exists()]:
        raise VerivoteError("file_there", name=str(there[0]))
    for path, data in paths.items():
        put(path, data)


def pair_of(data: bytes) -> tuple[str, str]:
    """Whose passphrases a key file asks for: the first holder's and the second's."""
    first, second = _key_file(data)["holders"]
    return first, second


def open_key(data: bytes, first: str, second: str) -> EllipticCurvePrivateKey:
    """The private key of a key file, by the passphrases of its two holders in its order.

    Raises VerivoteError, which says whose passphrase is wrong.
    """
    file = _key_file(data)
    bound = _bound(file["key"], file["holders"])
    inner = unlock(bytes.fromhex(file["locked"]), second, bound, file["holders"][1])
    secret = unlock(inner, first, bound, file["holders"][0])
    return derive_private_key(int.from_bytes(secret, "big"), SECP256R1())


def _key_file(data: bytes) -> dict[str, Any]:
    file: dict[str, Any] = read(data)
    shape.check(KEY_FILE, file, "key file")
    return file


def _bound(key: str, pair: list[str]) -> bytes:
    return b"verivote/1 key\n" + canonical({"key": key, "holders": pair})
