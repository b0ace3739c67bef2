"""The sealer: chains what is committed and not yet sealed, and signs the new head in the same transaction.

Ids of acts are given before their commits, so an act may become visible after one with a higher id was sealed. The
order of the chain is therefore the sealer's own: it takes whatever waits in `Unsealed`, and nothing is passed over.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from . import heads
from .digests import OF_ACT, OF_BEFORES, seal_after
from .models import Head

LOCK = 71001
BATCH = 2_000

WAITING = f"""
SELECT a.id, {OF_ACT}, {OF_BEFORES}
FROM chronicle_unsealed u JOIN chronicle_act a ON a.id = u.act_id
WHERE NOT EXISTS (SELECT 1 FROM chronicle_seal s WHERE s.act_id = a.id)
ORDER BY u.act_id LIMIT %s
"""
PUT = """
INSERT INTO chronicle_seal (number, act_id, of_act, of_befores, sha256)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[])
"""


def seal_waiting() -> int:
    """Seal every act that is committed by now; returns how many. Batch by batch, so that it may be cut off."""
    done = 0
    while count := _seal_batch():
        done += count
    return done


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        # First the lock, then the look: whoever waits here for another sealer sees what that one has sealed.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT number, sha256 FROM chronicle_seal ORDER BY number DESC LIMIT 1")
        number, previous = cursor.fetchone() or (0, b"")
        cursor.execute(WAITING, [BATCH])
        seals = []
        for act, of_act, of_befores in cursor.fetchall():
            number, previous = number + 1, seal_after(previous, number + 1, act, of_act, of_befores)
            seals.append((number, act, of_act, of_befores, previous))
        if not seals:
            return 0
        columns = [list(column) for column in zip(*seals, strict=True)]
        cursor.execute(PUT, columns)
        cursor.execute("DELETE FROM chronicle_unsealed WHERE act_id = ANY(%s)", [columns[1]])
    _sign(number, previous)
    return len(seals)


def _sign(number: int, sha256: bytes) -> None:
    now = timezone.now()
    head = heads.signed(number, sha256, now)
    Head.objects.create(number=number, sha256=sha256, at=now, key=head.key, signature=head.signature)
