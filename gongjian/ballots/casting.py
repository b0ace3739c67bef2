"""Casting: a group of sealed ballots goes into the log in one transaction, and each gets its receipt.

Whoever appends holds the end of the log, so what is looked at – the window by the database's clock, the roll, what is
cast already – holds until the group is committed. No act, no line of the log and no row tells who cast when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongjian.register.authority.wall import behind_it
from verivote.ballot import envelope_size

from . import log
from .models import LogRow, Poll
from .secrets import NO_CODE

MOST_CASTS = 500  # of one voter, so that nobody fills the log
HASH = 32

WHY: dict[str, str | Promise] = {
    "not_open": _("The poll is not open yet. Come back when it opens."),
    "closed": _("The poll is closed. What was cast before counts."),
    "not_on_roll": _("You are not on the roll of this poll. Whoever holds it can say why."),
    "wrong_size": _("The sealed ballot is not of the one size all have. Load the page again, then cast."),
    "paper_is_final": _("You voted on paper, and that is final."),
    "clock_back": _("The clock of the server was set back. Nothing is taken until it is right."),
    "code_expired": _("This code was replaced by another one. Type the new one."),
    "taken": _("This sealed ballot is somebody else's. Load the page again, then cast."),
    "too_often": _("You have cast 500 times. The last one counts."),
    "no_permit": _("This page is too old to cast from. Load it again; your choices are asked once more."),
    "busy": _("Too many cast at this moment. Nothing was taken; try again in a minute."),
}


@dataclass(frozen=True)
class Cast:
    """A sealed ballot as it comes in. `code`: the beginning of the hash of the code it came by, if by one. `network`:
    what `secrets.network_hash` makes of the address, in polls that keep it."""

    voter: int
    sealed: bytes
    channel: str
    code: bytes = NO_CODE
    is_final: bool = False
    network: bytes = b""


@dataclass(frozen=True)
class NotTaken:
    """A code of WHY."""

    code: str

    @property
    def sentence(self) -> str:
        return str(WHY[self.code])


Receipt = dict[str, Any]
Answer = Receipt | NotTaken


@dataclass(frozen=True)
class Box:
    """票箱: what casting needs to know of a poll, and what does not change once it is ready."""

    poll_id: int
    ref: str
    signer: str
    envelope_size: int
    keeps_arrivals: bool = False


def box_of(poll: Poll) -> Box:
    assert poll.entry is not None
    return Box(poll.pk, poll.ref, poll.signer, envelope_size(poll.entry), poll.keeps_arrivals)


LOOK = """
SELECT p.state, p.opens_at, p.closes_at, clock_timestamp(),
       v.id, v.is_off, substring(v.code FOR 8), e.leaf, e.earlier, e.is_final,
       EXISTS (SELECT FROM ballots_paperballot b WHERE b.voter_id = v.id AND b.state <> 'spoilt'), k.hashes, k.places
FROM ballots_poll p
CROSS JOIN (SELECT array_agg(hash) AS hashes, array_agg(index) AS places FROM ballots_logrow
            WHERE poll_id = %(poll)s AND kind = 1 AND hash = ANY(%(leaves)b::bytea[])) k
LEFT JOIN ballots_voter v ON v.poll_id = p.id AND v.id = ANY(%(voters)s)
LEFT JOIN ballots_envelope e ON e.poll_id = p.id AND e.voter_id = v.id
WHERE p.id = %(poll)s
"""
UPSERT = """
INSERT INTO ballots_envelope AS e (poll_id, voter_id, sealed, leaf, channel, is_final, earlier, half_hour, network,
                                  is_by_card)
SELECT %(poll)s, t.* FROM unnest(%(voters)s::bigint[], %(sealed)b::bytea[], %(leaves)b::bytea[], %(channels)s::text[],
                                 %(finals)s::boolean[], %(earlier)b::bytea[], %(half_hours)s::int[],
                                 %(networks)b::bytea[], %(cards)s::boolean[]) AS t
ON CONFLICT (poll_id, voter_id) DO UPDATE
SET sealed = EXCLUDED.sealed, leaf = EXCLUDED.leaf, channel = EXCLUDED.channel, is_final = EXCLUDED.is_final,
    earlier = EXCLUDED.earlier, half_hour = EXCLUDED.half_hour, network = EXCLUDED.network,
    is_by_card = EXCLUDED.is_by_card
"""


@dataclass
class Standing:
    """A voter while a group is looked through: every leaf they have cast, the last one last."""

    is_off: bool
    code: bytes
    leaves: list[bytes]
    is_final: bool
    has_paper: bool


def append(cursor: Any, box: Box, casts: Sequence[Cast]) -> list[Answer]:
    """Take a group in, in the running transaction; an answer for each. `cursor`: of psycopg or of Django, as the owner.

    The same envelope again gets its receipt again. Answers are to be told only once the transaction is committed.
    """
    end = log.hold(cursor, box.poll_id, box.ref, box.signer)
    leaves = [sha256(cast.sealed).digest() for cast in casts]
    refused, now, voters, known = _look(cursor, box, casts, leaves, end.moment)
    answers: list[Answer | None] = []
    added: list[log.Record] = []
    last: dict[int, Cast] = {}
    for cast, leaf in zip(casts, leaves, strict=True):
        voter = voters.get(cast.voter)
        if leaf in known:
            is_own = voter is not None and leaf in voter.leaves
            answers.append(None if is_own else NotTaken("taken"))
            continue
        why = _why_not(cast, voter, box, refused)
        if why or voter is None:
            answers.append(NotTaken(why or "not_on_roll"))
            continue
        known[leaf] = end.frontier.size + len(added)
        added.append(log.Record(LogRow.Kind.ENVELOPE, leaf))
        voter.leaves.append(leaf)
        voter.is_final |= cast.is_final
        last[cast.voter] = cast
        answers.append(None)
    written = None
    if added:
        written = log.write(cursor, end, added, now)
        _put(cursor, box, last, voters, now)
    return [
        answer if answer is not None else _receipt(cursor, box, leaf, known[leaf], written)
        for answer, leaf in zip(answers, leaves, strict=True)
    ]


def _look(
    cursor: Any, box: Box, casts: Sequence[Cast], leaves: list[bytes], moment: datetime
) -> tuple[str, datetime, dict[int, Standing], dict[bytes, int]]:
    """Why nothing is taken now, if so; the database's clock; the voters as they stand; which leaves are in the log."""
    cursor.execute(LOOK, {"poll": box.poll_id, "voters": [cast.voter for cast in casts], "leaves": leaves})
    rows = cursor.fetchall()
    state, opens_at, closes_at, now = rows[0][:4]
    known = dict(zip(map(bytes, rows[0][-2] or ()), rows[0][-1] or (), strict=True))
    voters = {}
    for voter, is_off, code, leaf, earlier, is_final, has_paper in (row[4:-2] for row in rows if row[4] is not None):
        every = bytes(earlier or b"") + bytes(leaf or b"")
        cut = [every[at : at + HASH] for at in range(0, len(every), HASH)]
        voters[voter] = Standing(is_off, bytes(code or NO_CODE), cut, bool(is_final), has_paper)
    refused = ""
    if now < moment:
        refused = "clock_back"
    elif state in (Poll.State.DRAFT, Poll.State.READY) or now < opens_at:
        refused = "not_open"
    elif state != Poll.State.OPEN or now >= closes_at:
        refused = "closed"
    return refused, now, voters, known


def _why_not(cast: Cast, voter: Standing | None, box: Box, refused: str) -> str:
    if refused:
        return refused
    if voter is None or voter.is_off:
        return "not_on_roll"
    if voter.is_final or (voter.has_paper and not cast.is_final):
        return "paper_is_final"
    if cast.code != NO_CODE and cast.code != voter.code:
        return "code_expired"
    if len(cast.sealed) != box.envelope_size:
        return "wrong_size"
    return "too_often" if len(voter.leaves) >= MOST_CASTS else ""


def _put(cursor: Any, box: Box, last: dict[int, Cast], voters: dict[int, Standing], now: datetime) -> None:
    every = [voters[id].leaves for id in last]
    half_hour, keeps = half_hour_of(now), box.keeps_arrivals
    cursor.execute(
        UPSERT,
        {
            "poll": box.poll_id,
            "voters": list(last),
            "sealed": [cast.sealed for cast in last.values()],
            "leaves": [leaves[-1] for leaves in every],
            "channels": [cast.channel for cast in last.values()],
            "finals": [cast.is_final for cast in last.values()],
            "earlier": [b"".join(leaves[:-1]) for leaves in every],
            "half_hours": [half_hour if keeps and not cast.is_final else None for cast in last.values()],
            "networks": [cast.network if keeps else b"" for cast in last.values()],
            "cards": [keeps and cast.code != NO_CODE for cast in last.values()],
        },
    )


def half_hour_of(moment: datetime) -> int:
    """Counted from the epoch by the local clock, so that 48 of them are a day from midnight to midnight."""
    local = timezone.localtime(moment)
    return int(local.replace(tzinfo=UTC).timestamp()) // 1800


def _receipt(cursor: Any, box: Box, leaf: bytes, index: int, written: log.Written | None) -> Receipt:
    if written is None or index < written.first:
        written = log.written_before(cursor, box.poll_id, box.ref, index)
    return {
        "format": 1,
        "poll": box.ref,
        "leaf": leaf.hex(),
        "index": index,
        "signed_head": written.signed,
        "proof": [each.hex() for each in written.proofs[index - written.first]],
    }


def cast_one(poll: Poll, cast: Cast) -> Answer:
    """One ballot from a page, in a transaction behind the wall: for whoever casts without script, and from paper."""
    with behind_it(), connection.cursor() as cursor:
        return append(cursor, box_of(poll), [cast])[0]
