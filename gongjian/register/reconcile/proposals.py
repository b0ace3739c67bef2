"""What is proposed for a division: what happened, from which to which, how sure, why, and what else it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .evidence import Evidence

Happened = Literal["unchanged", "renamed", "recoded", "moved", "merged", "split", "closed", "new", "unknown"]
Verdict = Literal["sure", "doubtful", "unknown"]

# From here on a proposal may be taken without looking: at most one of a thousand such is wrong where it can be checked.
SURE_FROM = 0.98
# From here on the best guess is told as what happened; below it is only an alternative, and what happened is unknown.
DOUBTFUL_FROM = 0.4
# The same for a successor of what vanished: a guess is more use than none, and an officer decides.
SUCCESSOR_FROM = 0.25
# Where the next successor is nearly as likely as the likeliest, neither is told: that would be the toss of a coin.
TOSS = 0.99
# An alternative less likely than this is not told.
ALTERNATIVE_FROM = 0.02
MOST_ALTERNATIVES = 4

CONTINUES: tuple[Happened, ...] = ("unchanged", "renamed", "recoded", "moved")
# The strongest change is what happened; the weaker ones are told beside it.
STRENGTH: tuple[Happened, ...] = ("moved", "recoded", "renamed")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a town that vanished went into one successor: `villages` of the `of` whose way is known."""

    new_key: str
    share: float
    villages: int
    of: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another division that it may have become (or, for a new one, may have come from)."""

    key: str
    happened: Happened
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What became of one old division, or that a new one began.

    `old` holds one key, or none for a new division. `new` holds the successor, several for a split, none for what
    closed or is unknown. Only where `happened` is one of CONTINUES are old and new the same unit; each old key is in
    one proposal's `old`, and each new key is in one proposal that continues or is `new`, and in any number of merges
    and splits. `also` names the weaker changes of what continues. `shares` sum to 1; they are None where nobody can
    know them (a village). `confidence` is the probability, 0 to 1, that the proposal is true.
    """

    level: str
    happened: Happened
    old: tuple[str, ...]
    new: tuple[str, ...]
    confidence: float
    verdict: Verdict
    also: tuple[Happened, ...] = ()
    shares: tuple[Share, ...] | None = None
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def continues(self) -> bool:
        """Old and new are one unit."""
        return self.happened in CONTINUES


def verdict_of(confidence: float, *, doubtful_from: float = DOUBTFUL_FROM) -> Verdict:
    if confidence >= SURE_FROM:
        return "sure"
    return "doubtful" if confidence >= doubtful_from else "unknown"
