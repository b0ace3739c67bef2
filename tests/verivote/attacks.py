"""What somebody may do to a bundle, and the codes of the checks that find it. The page in the browser finds the same.

`FORGED`: whoever changes the bundle holds no key. `REMADE`: the server itself signs what it changed, and the observers
sign with it; against that stands only who kept a head or a receipt, or what contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verivote import heads, log, observers
from verivote.canonical import digest

from . import polls
from .voting import Voting

Attack = Callable[[Voting], Any]
ANOTHER = log.envelope_record(b"stuffed")


def swap_rule(it: Voting) -> None:
    it.entry["rules"]["steps"][0]["places"] = 3


def move_minute(it: Voting) -> None:
    it.entry["rules"]["closes"] = "2026-03-16T09:20:00Z"


def rewrite_content(at: int, **changes: Any) -> Attack:
    def attack(it: Voting) -> None:
        index, content = it.contents[at]
        it.contents[at] = (index, content | changes)

    return attack


def rewrite_record(at: int, **changes: Any) -> Attack:
    """A content together with its record."""

    def attack(it: Voting) -> None:
        rewrite_content(at, **changes)(it)
        index, content = it.contents[at]
        it.records[index] = log.content_record(it.records[index][0], content)

    return attack


def exchange(first: int, second: int) -> Attack:
    def attack(it: Voting) -> None:
        it.records[first], it.records[second] = it.records[second], it.records[first]

    return attack


def put_record(index: int, record: bytes) -> Attack:
    def attack(it: Voting) -> None:
        it.records[index] = record

    return attack


def in_result(**changes: Any) -> Attack:
    return lambda it: it.result.update(changes)


def in_tally(group: str, **votes: int) -> Attack:
    return lambda it: it.result["tallies"][group].update(votes)


def insert(index: int, record: bytes) -> Attack:
    def attack(it: Voting) -> None:
        it.records.insert(index, record)
        it.contents = [(at + (at >= index), content) for at, content in it.contents]

    return attack


def remove(index: int) -> Attack:
    def attack(it: Voting) -> None:
        del it.records[index]
        it.contents = [(at - (at > index), content) for at, content in it.contents]

    return attack


def late(record: bytes, content: dict[str, Any] | None = None) -> Attack:
    """A record after closing."""

    def attack(it: Voting) -> None:
        if content is not None:
            it.contents.append((len(it.records), content))
        it.records.append(record)
        it.sizes[-1] = (len(it.records), it.sizes[-1][1])

    return attack


def in_signature(at: int, **changes: Any) -> Attack:
    return lambda it: it.signatures[at].update(changes)


def sign_as_stranger(it: Voting) -> None:
    signed = observers.sign("陈明", polls.SERVER, it.entry, it.heads[-1]["head"], it.result)
    it.signatures.append(signed)


def sign_twice(it: Voting) -> None:
    it.signatures[1] = it.signatures[0]


def in_head(at: int, **changes: Any) -> Attack:
    return lambda it: it.heads[at]["head"].update(changes)


def drop_heads(*at: int) -> Attack:
    def attack(it: Voting) -> None:
        it.heads = [each for index, each in enumerate(it.heads) if index - len(it.heads) not in at and index not in at]

    return attack


def no_heads(it: Voting) -> None:
    it.heads = []


def head_of_other_poll(it: Voting) -> None:
    it.heads[5] = heads.sign(it.heads[5]["head"] | {"poll": "00" * 16}, polls.SERVER)


FORGED: dict[str, tuple[Attack, list[str]]] = {
    "nothing": (lambda it: None, []),
    "change an envelope": (put_record(7, ANOTHER), ["heads_roots"]),
    "drop an envelope": (remove(30), ["heads_roots", "final_head", "numbers"]),
    "add an envelope": (insert(30, ANOTHER), ["heads_roots", "final_head", "numbers"]),
    "reorder two envelopes": (exchange(7, 8), ["heads_roots"]),
    "double an envelope": (lambda it: insert(8, it.records[7])(it), ["once", "heads_roots", "final_head", "numbers"]),
    "double one in the place of another": (lambda it: put_record(8, it.records[7])(it), ["once", "heads_roots"]),
    "swap a rule": (swap_rule, ["entry_first", "steps", "signatures"]),
    "move the closing minute": (
        move_minute,
        ["entry_first", "closed", "signatures"],
    ),
    "exchange an observer": (
        lambda it: it.entry["observers"][0].update(key="11" * 32),
        ["entry_first", "signatures"],
    ),
    "exchange the roll": (
        lambda it: (it.entry.update(roll="00" * 32), it.entry["rules"]["roll"].update(hash="00" * 32)),
        ["entry_first", "signatures"],
    ),
    "an entry that is none": (lambda it: it.entry.update(format=2), ["entry"]),
    "an entry of two rolls": (lambda it: it.entry.update(roll="00" * 32), ["entry"]),
    "a record of no kind": (
        put_record(7, b"\x09" + bytes(32)),
        ["records", "heads_roots", "numbers"],
    ),
    "a second entry": (lambda it: put_record(7, it.records[0])(it), ["records", "heads_roots", "numbers"]),
    "an envelope instead of the entry": (
        put_record(0, ANOTHER),
        ["entry_first", "heads_roots", "numbers"],
    ),
    "change a content": (rewrite_content(0, added=1), ["contents", "turnout", "roll_changes"]),
    "change the content of a withdrawal": (rewrite_content(2, candidate="12"), ["contents", "tallies", "steps"]),
    "drop a content": (lambda it: it.contents.pop(3), ["contents"]),
    "drop the last content": (lambda it: it.contents.pop(), ["contents"]),
    "a content too many": (lambda it: it.contents.append((99, {"text": "x"})), ["contents"]),
    "a content of another record": (
        lambda it: it.contents.insert(0, (5, {"text": "x"})),
        ["contents"],
    ),
    "contents in another order": (lambda it: it.contents.reverse(), ["contents"]),
    "a content twice": (lambda it: it.contents.insert(0, it.contents[0]), ["contents"]),
    "change a tally": (in_tally("org", **{"07": 26}), ["steps", "signatures"]),
    "shift a vote": (
        lambda it: in_tally("people", **{"3": it.result["tallies"]["people"]["3"] - 1})(it),
        ["steps", "signatures"],
    ),
    "a tally of more than were counted": (in_tally("org", **{"09": 40}), ["tallies", "steps", "signatures"]),
    "more votes than ballots have": (
        in_tally("org", **{"07": 39, "09": 39, "12": 39, "04": 39}),
        ["tallies", "steps", "signatures"],
    ),
    "votes for who withdrew": (in_tally("org", **{"15": 1}), ["tallies", "steps", "signatures"]),
    "a tally for a stranger": (in_tally("org", **{"99": 1}), ["tallies", "steps", "signatures"]),
    "a tally left out": (lambda it: it.result["tallies"].pop("people"), ["tallies", "steps", "signatures"]),
    "count one less": (in_result(counted=38), ["numbers", "channels", "turnout", "signatures"]),
    "a turnout row": (
        in_result(turnout=[{"unit": "大唐街道", "roll": 40, "cast": 31}]),
        ["turnout", "signatures"],
    ),
    "a unit of 19": (
        in_result(
            turnout=[{"unit": "大唐街道", "roll": 42, "cast": 30}], rest={"units": 1, "roll": 19, "cast": 10}
        ),
        ["turnout", "signatures"],
    ),
    "more who cast than on the roll": (
        in_result(turnout=[{"unit": "大唐街道", "roll": 20, "cast": 30}], rest={"units": 1, "roll": 41, "cast": 10}),
        ["turnout", "signatures"],
    ),
    "no rest": (in_result(rest=None), ["turnout", "signatures"]),
    "a unit twice": (
        in_result(turnout=[{"unit": "大唐街道", "roll": 20, "cast": 15}] * 2),
        ["turnout", "signatures"],
    ),
    "another roll": (
        in_result(turnout=[{"unit": "大唐街道", "roll": 41, "cast": 30}]),
        ["turnout", "signatures"],
    ),
    "a set-aside reason": (in_result(set_aside={"其他": 1}), ["signatures"]),
    "one more set aside": (in_result(set_aside={"证件有误": 2}), ["numbers", "channels", "turnout", "signatures"]),
    "one more superseded": (in_result(superseded=7), ["numbers", "signatures"]),
    "void ballots": (in_result(void={"too_many": 1}), ["numbers", "channels", "turnout", "signatures"]),
    "a channel": (in_result(by_channel={"web": 36, "paper": 3, "desk": 2}), ["channels", "signatures"]),
    "a channel that is none": (in_result(by_channel={"fax": 40}), ["channels", "signatures"]),
    "hide a change of the roll": (in_result(roll_changes=[]), ["roll_changes", "signatures"]),
    "another draw": (in_result(draw="01"), ["signatures"]),
    "an outcome": (
        lambda it: it.result["steps"][0]["candidates"][3].update(outcome="placed"),
        ["steps", "signatures"],
    ),
    "drop a step": (lambda it: it.result["steps"].pop(), ["steps", "signatures"]),
    "a step too many": (
        lambda it: it.result["steps"].append({"group": "people", "candidates": []}),
        ["steps", "signatures"],
    ),
    "a result that is none": (lambda it: it.result.update(format=2), ["result"]),
    "a signature": (in_signature(0, signature="00" * 64), ["signatures"]),
    "the name of an observer": (in_signature(0, name="某某"), ["signatures"]),
    "a signature of a stranger": (sign_as_stranger, ["signatures"]),
    "one signature": (lambda it: it.signatures.pop(), ["signatures"]),
    "one signature twice": (sign_twice, ["signatures"]),
    "the root of a head": (in_head(3, root="00" * 32), ["heads_signed", "heads_roots"]),
    "the signature of a head": (lambda it: it.heads[3].update(signature="00" * 64), ["heads_signed"]),
    "a head of another poll": (head_of_other_poll, ["heads_signed"]),
    "heads in another order": (lambda it: it.heads.insert(0, it.heads.pop(1)), ["heads_rise"]),
    "a head twice": (lambda it: it.heads.insert(3, it.heads[3]), ["heads_rise"]),
    "drop two heads": (drop_heads(4, 5), ["heads_hourly"]),
    "drop the final head": (drop_heads(-1), ["final_head", "signatures"]),
    "drop all heads": (no_heads, ["heads_hourly", "final_head", "signatures"]),
}  # fmt: skip

REMADE: dict[str, tuple[Attack, list[str]]] = {
    "nothing": (lambda it: None, []),
    "an envelope after closing": (late(ANOTHER), ["closed", "numbers"]),
    "a change of the roll after closing": (
        lambda it: late(log.content_record(2, it.contents[0][1]), it.contents[0][1])(it),
        ["closed", "turnout", "roll_changes"],
    ),
    "never closed": (
        lambda it: (remove(51)(it), it.contents.pop(-2), it.sizes.__setitem__(-1, (52, it.sizes[-1][1]))),
        ["closed"],
    ),
    "closed twice": (
        lambda it: late(log.content_record(4, it.contents[4][1]), it.contents[4][1])(it),
        ["closed"],
    ),
    "closed at another minute": (rewrite_record(4, closes="2026-03-16T09:31:00Z"), ["closed"]),
    "a content of another shape": (
        lambda it: (
            it.contents.__setitem__(3, (it.contents[3][0], {"said": "x"})),
            put_record(it.contents[3][0], log.record(5, digest({"said": "x"})))(it),
        ),
        ["contents"],
    ),
    "an early final head": (
        lambda it: it.sizes.__setitem__(-1, (len(it.records), "2026-03-16T09:29:59Z")),
        ["final_head"],
    ),
    "heads two hours apart": (lambda it: it.sizes.__delitem__(slice(3, 6)), ["heads_hourly"]),
    "no head in the first hour": (lambda it: it.sizes.__delitem__(slice(0, 2)), ["heads_hourly"]),
    "no head in the last hour": (lambda it: it.sizes.__delitem__(slice(-3, -1)), ["heads_hourly"]),
    "a log that shrinks": (lambda it: it.sizes.__setitem__(4, (1, it.sizes[4][1])), ["heads_rise"]),
    "a draw that no rule names": (
        lambda it: (it.entry["rules"].update(tie=None), put_record(0, log.entry_record(it.entry))(it)),
        ["steps"],
    ),
}  # fmt: skip
