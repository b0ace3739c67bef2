"""What a seal stands for: the bytes of an act and of what was kept before it, and how one seal follows another.

    of_act      SHA-256 over [at in UTC, account, office, verb, subject, on, facts, address, request] as jsonb text
    of_befores  SHA-256 over the SHA-256 of each [table, row, deleted, was], in the order in which they were kept
    seal n      SHA-256 over seal n−1, n, the id of the act (both as 8 bytes, highest first), of_act, of_befores

The text of jsonb is the same for the same value: keys in order, no doubles, one space. The statement stands here and
not in a function of the database, so that whoever can alter the database cannot alter how it is checked.
"""

import hashlib

# What a query takes from a place that names acts as `a`.
OF_ACT = """
sha256(convert_to(jsonb_build_array(
  to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.by_id, a.office, a.verb, a.subject, a.on, a.facts,
  a.address, a.request
)::text, 'UTF8'))
"""
OF_BEFORES = """
sha256(coalesce((
  SELECT string_agg(sha256(convert_to(jsonb_build_array(b.table, b.row, b.deleted, b.was)::text, 'UTF8')), ''::bytea
                    ORDER BY b.id)
  FROM chronicle_before b WHERE b.act_id = a.id
), ''::bytea))
"""


def seal_after(previous: bytes, number: int, act: int, of_act: bytes, of_befores: bytes) -> bytes:
    """The seal with this number, after the one before it (none: no bytes)."""
    place = number.to_bytes(8, "big", signed=True) + act.to_bytes(8, "big", signed=True)
    return hashlib.sha256(previous + place + of_act + of_befores).digest()
