"""The log of a poll in the database: whoever holds its row adds records, and signs one head for all of them.

The tree is that of `verivote.merkle`; its right edge is kept, so that adding costs the same however long the log is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from psycopg.types.json import Jsonb

from gongjian.keys.ring import KeyUnknown, ring
from verivote import heads, merkle
from verivote import log as records
from verivote.canonical import digest
from verivote.keys import signer_hex

from .models import Log, LogRow, Poll, SignedHead

HOLD = "SELECT frontier, moment FROM ballots_log WHERE poll_id = %s FOR UPDATE"
WRITE = """
WITH put AS (
  INSERT INTO ballots_logrow (poll_id, index, kind, hash, content)
  SELECT %(poll)s, %(first)s + n - 1, kind, hash, content
  FROM unnest(%(kinds)s::smallint[], %(hashes)b::bytea[], %(contents)s::jsonb[])
       WITH ORDINALITY AS t(kind, hash, content, n)
), headed AS (
  INSERT INTO ballots_signedhead (poll_id, size, root, moment, signature, before)
  VALUES (%(poll)s, %(size)s, %(root)s, %(moment)s, %(signature)s, %(before)s)
)
UPDATE ballots_log SET size = %(size)s, frontier = %(frontier)s, moment = %(moment)s WHERE poll_id = %(poll)s
"""
HEAD_OVER = """
SELECT size, root, moment, signature, before FROM ballots_signedhead
WHERE poll_id = %s AND size > %s ORDER BY size LIMIT 1
"""
BETWEEN = "SELECT kind, hash FROM ballots_logrow WHERE poll_id = %s AND index >= %s AND index < %s ORDER BY index"


@dataclass(frozen=True)
class Record:
    kind: int
    hash: bytes
    content: dict[str, Any] | None = None

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(records.record(self.kind, self.hash))


@dataclass(frozen=True)
class End:
    """Where a log ends, held until the transaction does."""

    poll_id: int
    ref: str
    signer: str
    frontier: merkle.Frontier
    moment: datetime


@dataclass(frozen=True)
class Written:
    """The signed head, and of each record that was added its place and proof."""

    signed: dict[str, Any]
    first: int
    proofs: list[list[bytes]]


def signer(key_id: str) -> Ed25519PrivateKey:
    """The key that signs the heads of a poll. Raises KeyUnknown."""
    try:
        return ring().signing[key_id]
    except KeyError as missing:
        raise KeyUnknown(key_id) from missing


def signing_key() -> tuple[str, str]:
    """The id of the key that signs now, and its public half in hexadecimal."""
    key_id = next(iter(ring().signing))
    return key_id, signer_hex(ring().signing[key_id])


def hold(cursor: Any, poll_id: int, ref: str, signer_id: str) -> End:
    """Hold the end of the log until the transaction ends. `cursor`: of psycopg or of Django."""
    cursor.execute(HOLD, [poll_id])
    frontier, moment = cursor.fetchone()
    return End(poll_id, ref, signer_id, merkle.Frontier.from_bytes(bytes(frontier)), moment)


def write(cursor: Any, end: End, added: Sequence[Record], now: datetime) -> Written:
    """Add records and sign a head over all of them. `now` is not before the last head's moment."""
    moment = now.replace(microsecond=0)
    grown, proofs = merkle.grow(end.frontier, [each.leaf for each in added])
    head = {"poll": end.ref, "size": grown.size, "root": grown.root().hex(), "moment": as_text(moment)}
    signed = heads.sign(head, signer(end.signer))
    cursor.execute(
        WRITE,
        {
            "poll": end.poll_id,
            "first": end.frontier.size,
            "kinds": [int(each.kind) for each in added],
            "hashes": [each.hash for each in added],
            "contents": [Jsonb(each.content) if each.content is not None else None for each in added],
            "size": grown.size,
            "root": grown.root(),
            "moment": moment,
            "signature": bytes.fromhex(signed["signature"]),
            "before": end.frontier.to_bytes(),
            "frontier": grown.to_bytes(),
        },
    )
    return Written(signed, end.frontier.size, proofs)


def written_before(cursor: Any, poll_id: int, ref: str, index: int) -> Written:
    """What was told of a record when it was added: the same head and the same proof again."""
    cursor.execute(HEAD_OVER, [poll_id, index])
    size, root, moment, signature, before = cursor.fetchone()
    edge = merkle.Frontier.from_bytes(bytes(before))
    cursor.execute(BETWEEN, [poll_id, edge.size, size])
    leaves = [Record(kind, bytes(hash)).leaf for kind, hash in cursor.fetchall()]
    head = {"poll": ref, "size": size, "root": bytes(root).hex(), "moment": as_text(moment)}
    return Written({"head": head, "signature": bytes(signature).hex()}, edge.size, merkle.grow(edge, leaves)[1])


def begin(poll: Poll, now: datetime) -> None:
    """The log with its first record, the entry. The poll has its entry and its signer."""
    edge = merkle.Frontier()
    Log.objects.create(poll=poll, size=0, frontier=edge.to_bytes(), moment=now)
    add(poll, [Record(LogRow.Kind.ENTRY, bytes(poll.entry_hash or b""))], now)


def add(poll: Poll, added: Sequence[Record], now: datetime) -> Written:
    """Add records in the running transaction; `now` is taken no earlier than the last head."""
    with connection.cursor() as cursor:
        end = hold(cursor, poll.pk, poll.ref, poll.signer)
        return write(cursor, end, added, max(now, end.moment))


def content(kind: int, what: dict[str, Any]) -> Record:
    """A record of a content that the bundle publishes. Raises VerivoteError if it is none."""
    records.check_content(kind, what)
    return Record(kind, digest(what), what)


def as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed_of(head: SignedHead, ref: str) -> dict[str, Any]:
    """As it is published."""
    told = {"poll": ref, "size": head.size, "root": bytes(head.root).hex(), "moment": as_text(head.moment)}
    return {"head": told, "signature": bytes(head.signature).hex()}
