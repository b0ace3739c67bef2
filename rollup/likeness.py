"""Which texts are nearly equal to others: by the runs of characters they share, found without comparing all pairs.

A text is the set of its runs of GRAM characters; digits are all alike, spaces and punctuation are left out, and so are
words that are given, such as names of places. Two texts are as like as the share of the shorter one's runs that stand
in the longer one: so a sentence added, or items in another order, change little.

Runs are ordered from the rarest. A text can only share enough with a longer one if the longer one has one of its first
few rare runs, or several of a few more (the prefix filter: Chaudhuri, Ganti and Kaushik, A primitive operator for
similarity joins, ICDE 2006; Wang, Li and Feng, Can we beat the prefix filtering?, SIGMOD 2012); what these lead to is
counted exactly. So nothing that reaches the threshold is missed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from math import ceil
from typing import NamedTuple

GRAM = 4
LIKE = 0.7
SPARED = 6  # of so many runs that must be shared, one more of the rare ones must be
SHORTEST = 8  # runs: below that a text is too short to say that it was copied
DIGITS = re.compile(r"[0-9０-９一二三四五六七八九十百千万两〇零]+")
NOT_WORDS = re.compile(r"[\W_]+")


class Copy(NamedTuple):
    """The text at `one` is nearly equal to the one at `other`; `likeness` from the threshold to 1."""

    one: int
    other: int
    likeness: float


def near_copies(texts: Sequence[str], *, like: float = LIKE, leave_out: Iterable[str] = ()) -> list[Copy]:
    """All pairs at least so like, the earlier of both first, in order. Raises ValueError for an odd threshold.

    Texts that are the same to this module are each paired with the first of them alone, and only that one with others:
    a text copied a thousand times makes a thousand pairs, not half a million.
    """
    if not 0 < like <= 1:
        raise ValueError("A threshold of likeness lies above 0, and at most at 1.")
    names = _names(leave_out)
    firsts: dict[frozenset[str], int] = {}
    found = []
    for at, text in enumerate(texts):
        runs = _runs(text, names)
        if len(runs) < SHORTEST:
            continue
        first = firsts.setdefault(runs, at)
        if first != at:
            found.append(Copy(first, at, 1.0))
    return sorted([*found, *_pairs(firsts, like)])


def _names(words: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _runs(text: str, names: re.Pattern[str] | None) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    if names:
        plain = names.sub("", plain)
    plain = NOT_WORDS.sub("", DIGITS.sub("0", plain))
    return frozenset(plain[at : at + GRAM] for at in range(len(plain) - GRAM + 1))


def _pairs(firsts: dict[frozenset[str], int], like: float) -> Iterable[Copy]:
    """Each text against all that are longer, which are in the index already."""
    texts = _as_numbers(firsts)
    having: dict[int, list[int]] = defaultdict(list)
    sets: list[set[int]] = []
    places: list[int] = []
    for at, runs in texts:
        enough = ceil(like * len(runs) - 1e-9)
        several = 1 + enough // SPARED
        rare = runs[: len(runs) - enough + several]
        met = Counter(chain.from_iterable(having[run] for run in rare))
        own = set(runs)
        for other in [other for other, times in met.items() if times >= several]:
            shared = len(own & sets[other])
            if shared >= enough:
                yield Copy(min(at, places[other]), max(at, places[other]), shared / len(runs))
        for run in runs:
            having[run].append(len(sets))
        sets.append(own)
        places.append(at)


def _as_numbers(firsts: dict[frozenset[str], int]) -> list[tuple[int, list[int]]]:
    """Texts from the longest to the shortest, each with its runs as numbers, the rarest first."""
    times = Counter(run for runs in firsts for run in runs)
    number = {run: at for at, run in enumerate(sorted(times, key=lambda run: (times[run], run)))}
    longest_first = sorted(firsts.items(), key=lambda pair: (-len(pair[0]), pair[1]))
    return [(at, sorted(number[run] for run in runs)) for runs, at in longest_first]
