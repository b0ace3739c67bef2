"""A small poll with fixed keys: two groups, 60 on the roll. What the tests change is named in each."""

from __future__ import annotations

import copy
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verivote import heads, keys, log, merkle

POLL = "5f0c" * 8
SERVER = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OBSERVERS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at, name in enumerate(("陈明", "李芳", "王强"), 2)
}
HOLDERS_KEY: EllipticCurvePrivateKey = derive_private_key(7, SECP256R1())


def candidate(id: str, title: str, place: str) -> dict[str, str]:
    return {"id": id, "title": title, "note": "", "place": place}


RULES: dict[str, Any] = {
    "format": 1,
    "poll": POLL,
    "title": "闪光言行之星",
    "held_by": "绍兴市创先争优活动领导小组",
    "groups": [
        {
            "id": "org",
            "title": "组织",
            "least": 3,
            "most": 3,
            "candidates": [
                candidate("07", "上下文村党总支", "zhuji"),
                candidate("12", "柯桥样例印染联合工会", "keqiao"),
                candidate("04", "样例轴承厂工会", "xinchang"),
                candidate("09", "鲁迅故里社区党委", "yuecheng"),
                candidate("15", "店口样例铜管团支部", "zhuji"),
            ],
        },
        {
            "id": "people",
            "title": "个人",
            "least": 0,
            "most": 2,
            "candidates": [
                candidate("3", "周样例", "zhuji"),
                candidate("11", "吴样例", "keqiao"),
                candidate("20", "郑样例", "keqiao"),
            ],
        },
    ],
    "opens": "2026-03-16T01:00:00Z",
    "closes": "2026-03-16T09:30:00Z",
    "channels": ["web", "paper", "desk"],
    "roll": {"day": "2026-03-01", "voters": 60, "hash": "ab" * 32},
    "weight": 0,
    "approval": None,
    "tie": {"draw": "中国福利彩票双色球2026032期红球", "held_after": "2026-03-17T13:15:00Z"},
    "steps": [
        {
            "kind": "most_votes",
            "group": "org",
            "places": 2,
            "reserves": 1,
            "caps": [{"by": "place", "most": 1}],
            "out": [{"candidate": "04", "why": "2024年获省级表彰"}],
        },
        {"kind": "most_votes", "group": "people", "places": 1},
    ],
}


def rules(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(RULES) | changes


def entry(**changes: Any) -> dict[str, Any]:
    """Entry 0 under these rules; `changes` may bring other ones."""
    found = {
        "format": 1,
        "rules": rules(),
        "key": keys.sealing_hex(HOLDERS_KEY),
        "observers": [{"name": name, "key": keys.signer_hex(key)} for name, key in OBSERVERS.items()],
        "signer": keys.signer_hex(SERVER),
        "roll": RULES["roll"]["hash"],
    } | changes
    return found


def receipt_of(envelope: bytes, *, others: int = 4, poll: str = POLL) -> dict[str, Any]:
    """The receipt of an envelope that stands last in a log with the entry and some others."""
    begun = [merkle.leaf_hash(log.entry_record(entry()))]
    begun += [merkle.leaf_hash(log.envelope_record(bytes([at]))) for at in range(others)]
    frontier, _ = merkle.grow(merkle.Frontier(), begun)
    record = log.envelope_record(envelope)
    frontier, [proof] = merkle.grow(frontier, [merkle.leaf_hash(record)])
    head = {"poll": poll, "size": frontier.size, "root": frontier.root().hex(), "moment": "2026-03-16T02:00:05Z"}
    return {
        "format": 1,
        "poll": POLL,
        "leaf": record[1:].hex(),
        "index": frontier.size - 1,
        "signed_head": heads.sign(head, SERVER),
        "proof": [each.hex() for each in proof],
    }
