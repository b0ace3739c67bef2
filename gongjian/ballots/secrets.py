"""What is made from the secret of a poll: hashes of one-time codes, permits to cast, voters' orders, the roll's salt.

The secret is 32 random bytes, sealed under the key ring. From it comes a key for each use (HMAC-SHA-256, RFC 2104).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from gongjian.accounts.devices import NOWHERE, network_in

from .models import SEALED_NETWORK_KEY, SEALED_SECRET, Poll

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 16
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
PERMIT = struct.Struct(">QcQ8s")
MAC = 16
CHANNELS = {"web": b"w", "server": b"s"}
NO_CODE = bytes(8)


class NotAPermit(ValueError):
    """Nothing we gave out, or for another poll, or too old."""


@dataclass(frozen=True)
class Permit:
    """Who may cast, for a short time. `code`: the beginning of the hash of the code that was shown, if one was."""

    voter: int
    channel: str
    expires: int
    code: bytes = NO_CODE


@dataclass(frozen=True)
class Secret:
    """Never printed."""

    key: bytes

    def __repr__(self) -> str:
        return "<Secret>"

    def of(self, use: str, what: bytes) -> bytes:
        return hmac.digest(_key_for(self.key, use), what, "sha256")

    # == one-time codes ==
    def code_hash(self, code: str) -> bytes:
        """The hash under which a code is kept; the same however it is typed."""
        return self.of("code", plain_code(code).encode())

    # == permits ==
    def permit(self, permit: Permit) -> str:
        told = PERMIT.pack(permit.voter, CHANNELS[permit.channel], permit.expires, permit.code)
        return base64.urlsafe_b64encode(told + self.of("permit", told)[:MAC]).decode().rstrip("=")

    def read_permit(self, text: str, now: float) -> Permit:
        """Raises NotAPermit."""
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError) as problem:
            raise NotAPermit from problem
        told, mac = data[: PERMIT.size], data[PERMIT.size :]
        if len(data) != PERMIT.size + MAC or not hmac.compare_digest(mac, self.of("permit", told)[:MAC]):
            raise NotAPermit
        voter, channel, expires, code = PERMIT.unpack(told)
        if expires < now:
            raise NotAPermit
        return Permit(voter, next(name for name, sign in CHANNELS.items() if sign == channel), expires, code)

    # == orders and the roll ==
    def order(self, voter: int, group: str, ids: list[str]) -> list[str]:
        """The candidates in an order of this voter's own, the same each time."""
        return sorted(ids, key=lambda id: self.of("order", f"{voter} {group} {id}".encode()))

    def roll_hash(self, persons: list[int]) -> str:
        """Commits to who is on the roll without naming anybody: whoever has no key cannot try persons out."""
        salted = sorted(self.of("roll", str(person).encode()) for person in persons)
        return sha256(b"".join(salted)).hexdigest()


@lru_cache(maxsize=64)
def _key_for(key: bytes, use: str) -> bytes:
    return hmac.digest(key, use.encode(), "sha256")


def new_secret() -> bytes:
    return secrets.token_bytes(32)


def secret_of(poll: Poll) -> Secret:
    """Raises KeyUnknown, Altered."""
    assert poll.secret is not None
    return Secret(bytes.fromhex(SEALED_SECRET.unseal(bytes(poll.secret), poll.pk)))


# == where a ballot comes from ==
def network_key_of(poll: Poll) -> bytes:
    """Empty where the poll keeps nothing of it, and from closing on. Raises KeyUnknown, Altered."""
    return bytes.fromhex(SEALED_NETWORK_KEY.unseal(bytes(poll.network_key), poll.pk)) if poll.network_key else b""


def network_hash(key: bytes, address: str) -> bytes:
    """Says only that two came from one address (of IPv6: one customer's network), in this poll alone, and once the key
    is gone not even to whoever tries all addresses. Empty without a key, and for an address that cannot be told."""
    if not key or address == NOWHERE:
        return b""
    return hmac.digest(key, network_in(address).encode(), "sha256")[:MAC]


def new_code() -> str:
    """80 random bits, as 16 letters in fours."""
    letters = "".join(secrets.choice(CROCKFORD) for _letter in range(CODE_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def plain_code(typed: str) -> str:
    """The letters of a code alone; O is read as 0, I and L as 1."""
    letters = "".join(each for each in typed.upper() if each.isascii() and each.isalnum())
    return letters.translate(READ_AS)
