"""What a voter takes along: where their envelope stands in the log, and the proof of it. Never the choice.

As text it is one line in the characters that a QR code packs densely: "VERIVOTE1:" and base32 (RFC 4648) of poll (16
bytes), leaf (32), index (8), size (8), moment (8, seconds since 1970), root (32), signature (64), and the proof.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from . import heads, log, merkle, shape
from .errors import VerivoteError

RECEIPT: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "poll": {"hex": 16},
        "leaf": {"hex": 32},
        "index": {"number": [1, 2**40]},
        "signed_head": heads.SIGNED,
        "proof": {"list": {"hex": 32}, "most": 40},
    }
}
PREFIX = "VERIVOTE1:"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FIXED = 16 + 32 + 8 + 8 + 8 + 32 + 64


def number(receipt: dict[str, Any]) -> str:
    """XXXX-XXXX-XXXX-XXXX: the first 80 bits of the leaf in Crockford's base32, to be read out and compared."""
    bits = int(receipt["leaf"][:20], 16)
    letters = "".join(CROCKFORD[bits >> 5 * at & 31] for at in reversed(range(16)))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def check(receipt: Any, entry: dict[str, Any]) -> None:
    """Raises VerivoteError unless the receipt is of this poll, its head is signed and holds the envelope's leaf."""
    shape.check(RECEIPT, receipt, "receipt")
    head = receipt["signed_head"]["head"]
    if {receipt["poll"], head["poll"]} != {entry["rules"]["poll"]}:
        raise VerivoteError("receipt_poll")
    heads.check(receipt["signed_head"], entry["signer"])
    merkle.check_inclusion(
        receipt["index"], head["size"], leaf_hash(receipt), list(map(bytes.fromhex, receipt["proof"])),
        bytes.fromhex(head["root"]),
    )  # fmt: skip


def leaf_hash(receipt: dict[str, Any]) -> bytes:
    """The hash that stands for the envelope in the tree."""
    return merkle.leaf_hash(log.record(log.ENVELOPE, bytes.fromhex(receipt["leaf"])))


def to_text(receipt: dict[str, Any]) -> str:
    """One line, about 1,200 characters for a log of 100,000 leaves."""
    shape.check(RECEIPT, receipt, "receipt")
    head = receipt["signed_head"]["head"]
    numbers = [receipt["index"], head["size"], int(shape.moment(head["moment"]).timestamp())]
    data = bytes.fromhex(receipt["poll"] + receipt["leaf"])
    data += b"".join(each.to_bytes(8, "big") for each in numbers)
    data += bytes.fromhex(head["root"] + receipt["signed_head"]["signature"] + "".join(receipt["proof"]))
    return PREFIX + base64.b32encode(data).decode().rstrip("=")


def from_text(text: str) -> dict[str, Any]:
    """The receipt of a line that `to_text` wrote. Raises VerivoteError for any other."""
    data = _unpacked(text.strip())
    proof = [data[at : at + 32].hex() for at in range(FIXED, len(data), 32)]
    index, size, seconds = (int.from_bytes(data[at : at + 8], "big") for at in (48, 56, 64))
    poll = data[:16].hex()
    try:
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError) as problem:
        raise VerivoteError("receipt_text") from problem
    receipt = {
        "format": 1,
        "poll": poll,
        "leaf": data[16:48].hex(),
        "index": index,
        "signed_head": {
            "head": {"poll": poll, "size": size, "root": data[72:104].hex(), "moment": moment},
            "signature": data[104:168].hex(),
        },
        "proof": proof,
    }
    shape.check(RECEIPT, receipt, "receipt")
    return receipt


def _unpacked(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise VerivoteError("receipt_text")
    letters = text.removeprefix(PREFIX)
    try:
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as problem:
        raise VerivoteError("receipt_text") from problem
    if len(data) < FIXED or base64.b32encode(data).decode().rstrip("=") != letters:
        raise VerivoteError("receipt_text")
    return data
