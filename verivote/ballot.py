"""A ballot: the choices, bound to entry 0, padded so that all are of one size, and sealed to the holders' key.

HPKE base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. An envelope is the encapsulated key (65
bytes) and the ciphertext (16 bytes longer than the plaintext).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from . import keys
from .canonical import canonical, read
from .entry import entry_hash
from .errors import VerivoteError, Void
from .rules import reason_void

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
INFO = b"verivote/1 ballot "
STEP = 64
AROUND = 65 + 16  # what sealing adds

Choices = dict[str, list[str]]


class Paper:
    """The blank ballot of a poll: what is the same for every ballot of it, worked out once."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.entry = dict(entry)
        self.rules: Mapping[str, Any] = entry["rules"]
        self.hash = entry_hash(self.entry)
        self.info = INFO + self.hash
        self.size = size(self.rules)
        self.envelope_size = self.size + AROUND
        self._shown = self.hash.hex()

    @cached_property
    def _key(self) -> Any:
        return keys.sealing_key(self.entry["key"])

    def encode(self, choices: Mapping[str, Sequence[str]]) -> bytes:
        """`size` bytes: the length of the JSON in 4, the JSON, zeros. Raises Void where the choices break the rules."""
        if reason := reason_void(self.rules, choices):
            raise Void(reason)
        return self._padded(canonical(_plain(self.rules, self._shown, choices)))

    def _padded(self, text: bytes) -> bytes:
        return (len(text).to_bytes(4, "big") + text).ljust(self.size, b"\0")

    def decode(self, plaintext: bytes) -> Choices:
        """The choices of a ballot, sorted. Raises Void, with the code that is published, for what is none."""
        length = int.from_bytes(plaintext[:4], "big")
        text, rest = plaintext[4 : 4 + length], plaintext[4 + length :]
        if len(plaintext) != self.size or len(text) != length or rest.strip(b"\0"):
            raise Void("malformed")
        try:
            value = read(text)
        except VerivoteError as problem:
            raise Void("malformed") from problem
        if type(value) is not dict or value.keys() != {"poll", "rules", "choices"}:
            raise Void("malformed")
        choices: Choices = value["choices"]
        if choices is not None and not _is_sorted(choices):
            raise Void("malformed")
        if (value["poll"], value["rules"]) != (self.rules["poll"], self._shown):
            raise Void("other_poll")
        if choices is None:
            raise Void("declared")
        if reason := reason_void(self.rules, choices):
            raise Void(reason)
        return choices

    def seal(self, choices: Mapping[str, Sequence[str]]) -> bytes:
        """An envelope with these choices. Raises Void where they break the rules."""
        return SUITE.encrypt(self.encode(choices), self._key, info=self.info)

    def seal_void(self) -> bytes:
        """An envelope that declares itself void: of a paper that was found void. It looks like any other."""
        text = canonical({"poll": self.rules["poll"], "rules": self._shown, "choices": None})
        return SUITE.encrypt(self._padded(text), self._key, info=self.info)

    def open(self, private: EllipticCurvePrivateKey, envelope: bytes) -> bytes:
        """The plaintext of an envelope. Raises Void where it is of another size, key or poll, or was changed."""
        if len(envelope) != self.envelope_size:
            raise Void("cannot_open")
        try:
            return SUITE.decrypt(envelope, private, info=self.info)
        except InvalidTag as problem:
            raise Void("cannot_open") from problem


def size(rules: Mapping[str, Any]) -> int:
    """How many bytes a ballot has under these rules: the most that any may need, in whole steps of 64."""
    most = {
        group["id"]: sorted((each["id"] for each in group["candidates"]), key=_length, reverse=True)[: group["most"]]
        for group in rules["groups"]
    }
    needed = 4 + len(canonical(_plain(rules, "0" * 64, most)))
    return -(-needed // STEP) * STEP


def encode(entry: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> bytes:
    """The plaintext of a ballot; see Paper."""
    return Paper(entry).encode(choices)


def decode(entry: Mapping[str, Any], plaintext: bytes) -> Choices:
    """The choices of a plaintext; see Paper."""
    return Paper(entry).decode(plaintext)


def seal(entry: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> bytes:
    """An envelope; see Paper."""
    return Paper(entry).seal(choices)


def open_(entry: Mapping[str, Any], private: EllipticCurvePrivateKey, envelope: bytes) -> bytes:
    """The plaintext of an envelope; see Paper."""
    return Paper(entry).open(private, envelope)


def envelope_size(entry: Mapping[str, Any]) -> int:
    """How many bytes every envelope of the poll has."""
    return size(entry["rules"]) + AROUND


def _plain(rules: Mapping[str, Any], shown: str, choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    every = {group["id"]: sorted(choices.get(group["id"], ())) for group in rules["groups"]}
    return {"poll": rules["poll"], "rules": shown, "choices": every}


def _is_sorted(choices: Any) -> bool:
    """Whether it is what `_plain` makes of choices: lists of ids, in order."""
    return type(choices) is dict and all(
        type(ids) is list and all(type(id) is str for id in ids) and ids == sorted(ids) for ids in choices.values()
    )


def _length(id: str) -> int:
    return len(canonical(id))
