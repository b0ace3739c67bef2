"""Sealing and signing with keys that have ids: the first key of each sort writes, all of them read.

A ring is one line of text, `2026b:BASE64,2026a:BASE64,sign-2026a:BASE64`: an id and 32 bytes each. Ids that begin with
`sign-` sign (Ed25519, RFC 8032), the others seal (AES-256-GCM, NIST SP 800-38D, with a random nonce). It comes from the
settings, `KEYS`, or else from the file `KEYS_FILE`, which is read again when it has changed.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
FORMAT = 1
SIGNING = "sign-"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Answer = TypeVar("Answer")


class KeyRingBroken(ValueError):
    """The text of the ring is not a ring. The sentence says where, and never shows a key."""


class KeyUnknown(LookupError):
    """What was sealed or signed names a key that is not in the ring."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            _("The key “%(id)s” is not in the key ring. Put it back into GONGJIAN_KEYS or the file of keys.")
            % {"id": key_id}
        )
        self.key_id = key_id


class Altered(ValueError):
    """What was sealed has been altered, cut, or moved here from another place."""

    def __init__(self) -> None:
        super().__init__(_("A sealed value has been altered, or does not belong in this place."))


@dataclass(frozen=True)
class Ring:
    """Keys by id, in the order of the text: dicts keep it. Never printed."""

    sealing: Mapping[str, AESGCM]
    signing: Mapping[str, Ed25519PrivateKey]

    def __repr__(self) -> str:
        return f"<Ring {', '.join([*self.sealing, *self.signing])}>"

    @classmethod
    def read(cls, text: str) -> Ring:
        """The ring a text names. Raises KeyRingBroken."""
        sealing: dict[str, AESGCM] = {}
        signing: dict[str, Ed25519PrivateKey] = {}
        for number, entry in enumerate(filter(None, re.split(r"[,\s]+", text)), start=1):
            key_id, key = _entry(number, entry)
            if key_id in sealing or key_id in signing:
                raise KeyRingBroken(_("The key ring names the key “%(id)s” twice.") % {"id": key_id})
            if key_id.startswith(SIGNING):
                signing[key_id] = Ed25519PrivateKey.from_private_bytes(key)
            else:
                sealing[key_id] = AESGCM(key)
        if not sealing or not signing:
            raise KeyRingBroken(_("The key ring needs a key that seals and one that signs. See docs/settings.md."))
        return cls(sealing, signing)

    # == sealing ==
    @property
    def newest(self) -> str:
        """The id of the key that seals from now on."""
        return next(iter(self.sealing))

    def seal(self, plain: str, context: str) -> bytes:
        """The text under the newest key. It opens only together with the same context: see columns.SealedColumn."""
        key_id = self.newest
        nonce = os.urandom(NONCE_BYTES)
        head = _head(key_id)
        return head + nonce + self.sealing[key_id].encrypt(nonce, plain.encode(), _bound(head, context))

    def unseal(self, sealed: bytes, context: str) -> str:
        """What was sealed. Raises KeyUnknown, Altered."""
        key_id = key_id_of(sealed)
        if key_id not in self.sealing:
            raise KeyUnknown(key_id)
        head = _head(key_id)
        rest = bytes(sealed)[len(head) :]
        if len(rest) < NONCE_BYTES + TAG_BYTES:
            raise Altered
        nonce, cipher = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        try:
            return self.sealing[key_id].decrypt(nonce, cipher, _bound(head, context)).decode()
        except InvalidTag as error:
            raise Altered from error

    # == signing ==
    def sign(self, content: bytes) -> tuple[str, bytes]:
        """The id of the key that signs now, and its signature."""
        key_id = next(iter(self.signing))
        return key_id, self.signing[key_id].sign(content)

    def verify(self, content: bytes, key_id: str, signature: bytes) -> bool:
        """Whether that key signed this content. Raises KeyUnknown."""
        if key_id not in self.signing:
            raise KeyUnknown(key_id)
        try:
            self.signing[key_id].public_key().verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def public_key(self, key_id: str) -> str:
        """The public half of a signing key, in base64, to be printed and kept elsewhere."""
        key: Ed25519PublicKey = self.signing[key_id].public_key()
        return base64.b64encode(key.public_bytes_raw()).decode()


def _entry(number: int, entry: str) -> tuple[str, bytes]:
    key_id, _colon, text = entry.partition(":")
    if not ID.fullmatch(key_id):
        said = _("Entry %(number)s of the key ring has no id. Write it as 2026a:KEY, with small letters and digits.")
        raise KeyRingBroken(said % {"number": number})
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        said = _("The key “%(id)s” of the key ring is not 32 bytes in base64. See docs/settings.md.")
        raise KeyRingBroken(said % {"id": key_id})
    return key_id, key


def _head(key_id: str) -> bytes:
    return bytes([FORMAT, len(key_id)]) + key_id.encode("ascii")


def _bound(head: bytes, context: str) -> bytes:
    return head + context.encode()


def key_id_of(sealed: bytes) -> str:
    """The id of the key under which it was sealed. Raises Altered if it is not sealed text at all."""
    sealed = bytes(sealed)
    if len(sealed) < 2 or sealed[0] != FORMAT or len(sealed) < 2 + sealed[1]:
        raise Altered
    try:
        key_id = sealed[2 : 2 + sealed[1]].decode("ascii")
    except UnicodeDecodeError as error:
        raise Altered from error
    if not ID.fullmatch(key_id):
        raise Altered
    return key_id


# == the ring of this installation ==
_known: tuple[object, Ring] | None = None


def ring() -> Ring:
    """The ring of the settings, read once and again when its file has changed. Raises KeyRingBroken."""
    global _known
    mark = _mark()
    if _known is None or _known[0] != mark:
        _known = (mark, Ring.read(settings.KEYS or _kept().read_text(encoding="ascii")))
    return _known[1]


def _kept() -> Path:
    return Path(settings.KEYS_FILE)


def _mark() -> object:
    if settings.KEYS:
        return settings.KEYS
    seen = _kept().stat()
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)


def seal(plain: str, context: str) -> bytes:
    """Seal a text under the newest key of this installation. `context` says where it stands: table.column:row."""
    return ring().seal(plain, context)


def unseal(sealed: bytes, context: str) -> str:
    """Open what was sealed for this place. Raises KeyUnknown, Altered."""
    return ring().unseal(sealed, context)


def sign(content: bytes) -> tuple[str, bytes]:
    """The id of the signing key and its signature."""
    return ring().sign(content)


def verify(content: bytes, key_id: str, signature: bytes) -> bool:
    """Whether that key signed this content. Raises KeyUnknown."""
    return ring().verify(content, key_id, signature)


# == new keys ==
def new_entry(key_id: str) -> str:
    """A new key as it stands in a ring."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def new_text(year: int) -> str:
    """The ring of an installation that has none yet."""
    return ",".join([new_entry(f"{year}a"), new_entry(f"{SIGNING}{year}a")])


def free_id(taken: Mapping[str, object], year: int, before: str = "") -> str:
    """The next id of a year that no key bears: 2026a … 2026z, 2026aa …"""
    count = 0
    while (key_id := f"{before}{year}{_letters(count)}") in taken:
        count += 1
    return key_id


def _letters(count: int) -> str:
    letters = ""
    count += 1
    while count:
        count, place = divmod(count - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters


def with_new_key(text: str, year: int, *, signing: bool = False) -> tuple[str, str]:
    """The id of a new key, and the text with it in front, so that it writes from now on."""
    known = Ring.read(text)
    key_id = free_id(known.signing if signing else known.sealing, year, SIGNING if signing else "")
    return key_id, f"{new_entry(key_id)},{text.strip()}"


def change_kept(change: Callable[[str], tuple[Answer, str]]) -> Answer:
    """Write the file of keys anew, whole or not at all, readable by its owner only."""
    path = _kept()
    answer, text = change(path.read_text(encoding="ascii"))
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        with draft.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return answer
