"""From votes to places, by the rules alone: each candidate's outcome, and the rule that decided it.

Order is by votes; candidates with as many votes are ordered by SHA-256(seed ‖ id), smallest first, where the seed is
the final head's root and the public draw. Where a tie matters and there is no draw yet, it is said to be undecided, and
so is all below it. Limits count those who have a place; reserves come next in order, but for whom a limit keeps out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

OUTCOMES = ("placed", "reserve", "not_placed", "undecided")
DECIDED_BY = ("votes", "tie", "limit", "left_out", "withdrawn")

Pair = tuple[str, str]
Tallies = Mapping[str, Mapping[str, int]]


def seed(root: bytes, draw: str | None) -> bytes | None:
    """What orders ties: the root of the final head and the result of the draw. None before it was held."""
    return None if draw is None else root + draw.encode()


def results(
    rules: Mapping[str, Any], tallies: Tallies, seed: bytes | None, withdrawn: Collection[Pair] = ()
) -> list[dict[str, Any]]:
    """For each step of the rules {"group", "candidates"}, these in order as {"candidate", "votes", "outcome", "by"}.

    `tallies`: votes by group and candidate. Where a limit decided, "limit" says which: {"by", "is"}.
    """
    groups = {group["id"]: group["candidates"] for group in rules["groups"]}
    return [
        {
            "group": step["group"],
            "candidates": list(
                _Step(step, groups[step["group"]], tallies[step["group"]], seed, set(withdrawn)).outcomes()
            ),
        }
        for step in rules["steps"]
    ]


class _Step:
    """One step while it is worked through."""

    def __init__(
        self,
        step: Mapping[str, Any],
        candidates: Sequence[Mapping[str, str]],
        votes: Mapping[str, int],
        seed: bytes | None,
        withdrawn: set[Pair],
    ) -> None:
        self._candidates = {each["id"]: each for each in candidates}
        self._votes, self._seed = votes, seed
        self._out = {each["candidate"] for each in step.get("out", [])}
        self._withdrawn = {id for group, id in withdrawn if group == step["group"]}
        self._limits: list[tuple[str, int]] = [(each["by"], each["most"]) for each in step.get("caps", [])]
        self._places: int = step["places"]
        self._reserves: int = step.get("reserves", 0)
        self._used: Counter[tuple[str, str]] = Counter()
        self._waits = False

    def outcomes(self) -> Iterator[dict[str, Any]]:
        order = sorted(self._candidates, key=lambda id: (-self._votes[id], id))
        for votes, tied in groupby(order, key=lambda id: self._votes[id]):
            yield from self._among(list(tied), votes)

    def _among(self, tied: list[str], votes: int) -> Iterator[dict[str, Any]]:
        """The outcomes of all who have as many votes."""
        free = []
        for id in tied:
            if id in self._withdrawn or id in self._out:
                by = "withdrawn" if id in self._withdrawn else "left_out"
                yield {"candidate": id, "votes": votes, "outcome": "not_placed", "by": by}
            else:
                free.append(id)
        by = "tie" if self._matters(free) else "votes"
        if by == "tie" and self._seed is None:
            self._waits = True
        elif by == "tie":
            free.sort(key=lambda id: sha256((self._seed or b"") + id.encode()).digest())
        for id in free:
            yield {"candidate": id, "votes": votes, **self._place(id, by)}

    def _matters(self, free: list[str]) -> bool:
        """Whether the order among these decides anything."""
        open_to = [id for id in free if self._limit(id) is None]
        if len(open_to) < 2 or (not self._places and not self._reserves):
            return False
        wanted = Counter(self._of(id, by) for id in open_to for by, _ in self._limits)
        most = dict(self._limits)
        all_fit = len(open_to) <= self._places and all(
            self._used[each] + number <= most[each[0]] for each, number in wanted.items()
        )
        return not all_fit

    def _place(self, id: str, by: str) -> dict[str, Any]:
        if self._waits:
            return {"outcome": "undecided", "by": "tie"}
        if (limit := self._limit(id)) is not None:
            return {"outcome": "not_placed", "by": "limit", "limit": {"by": limit[0], "is": limit[1]}}
        if self._places:
            self._places -= 1
            self._used.update(self._of(id, each) for each, _ in self._limits)
            return {"outcome": "placed", "by": by}
        if self._reserves:
            self._reserves -= 1
            return {"outcome": "reserve", "by": by}
        return {"outcome": "not_placed", "by": by}

    def _limit(self, id: str) -> tuple[str, str] | None:
        """The first limit that is used up for a candidate."""
        for by, most in self._limits:
            if self._used[self._of(id, by)] >= most:
                return self._of(id, by)
        return None

    def _of(self, id: str, by: str) -> tuple[str, str]:
        return by, self._candidates[id][by]
