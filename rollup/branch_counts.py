"""What of a closed ballot in a branch may be told, so that what is told gives away nobody's ballot.

A ballot paper has a few options, “do not know” among them; only the numbers of each option are kept. Whoever holds
ballots of the box – one, or TOGETHER who put theirs together – knows those, everything told, and this rule.

**What is promised.** For each other voter at least two options remain possible, in every round by itself:

- fewer than LEAST ballots: nothing is told;
- if no more than TOGETHER + 1 ballots are outside of the most frequent option, that option is told, and that at most
  so many are outside of it, none included. The band is wider by one than those who put theirs together: if all of
  them are outside of it, one more could still be;
- else the numbers are told: outside of every option there are more ballots than they hold.

**What is never told again.** A box is told once. A correction would tell, beside what was told, of the ballots by which
the two differ; a whole, beside its parts, of the part that is not told. So a total has in it just the boxes that are
told as numbers, and a box that was told is not told again (`add_up`, `Told`).

Nothing is promised against who knows more than that: all others of a branch, what somebody said, or that nobody has
changed their mind since the round before.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeAlias

LEAST = 10
TOGETHER = 3


@dataclass(frozen=True)
class Counts:
    """All numbers, in the order of the options."""

    numbers: tuple[int, ...]

    @property
    def ballots(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True)
class Band:
    """Nearly all, or all, chose `option`: at most `outside` did not."""

    option: int
    outside: int
    ballots: int


@dataclass(frozen=True)
class Nothing:
    """Too few ballots. How many is no secret: the roll says who may vote."""


Publication: TypeAlias = Counts | Band | Nothing


class Range(NamedTuple):
    """Between which values something lies, and the one that grades take."""

    low: Fraction
    taken: Fraction
    high: Fraction


def may_be_told(numbers: Iterable[int], *, least: int = LEAST, together: int = TOGETHER) -> Publication:
    """What of one box is told. Raises ValueError for numbers that none can be, or options fewer than two."""
    counts = Counts(tuple(numbers))
    if len(counts.numbers) < 2 or min(counts.numbers) < 0:
        raise ValueError("A box has numbers of at least two options, none below nought.")
    if least < 2 * (together + 2):
        raise ValueError("A band must leave most ballots in its option.")
    if counts.ballots < least:
        return Nothing()
    most = max(counts.numbers)
    if counts.ballots - most <= together + 1:
        return Band(counts.numbers.index(most), together + 1, counts.ballots)
    return counts


def add_up(boxes: Iterable[Publication]) -> Counts | None:
    """The total of just those boxes that are told as numbers: it tells nothing that they do not. None without any."""
    numbers = [each.numbers for each in boxes if isinstance(each, Counts)]
    return Counts(tuple(map(sum, zip(*numbers, strict=True)))) if numbers else None


class Told:
    """The boxes that were told, each once: whoever asks again gets what was told."""

    def __init__(self, told: Mapping[Hashable, Publication] | None = None) -> None:
        self._told = dict(told or {})

    def tell(self, box: Hashable, numbers: Iterable[int]) -> Publication:
        return self._told.setdefault(box, may_be_told(numbers))


def points(told: Publication, worth: Mapping[int, int]) -> Range | None:
    """The average points of what is told, by what each option is worth; what is worth nothing (“do not know”) is not
    counted as a vote. None where nothing is told, or nobody voted.

    From a band the grade takes that half of those who could be outside are, on the option nearest to it below, or, for
    the worst, above: the same for every box with this band, so a grade says no more than the band.
    """
    if isinstance(told, Nothing):
        return None
    if isinstance(told, Counts):
        valid = sum(told.numbers[option] for option in worth)
        if not valid:
            return None
        average = Fraction(sum(told.numbers[option] * value for option, value in worth.items()), valid)
        return Range(average, average, average)
    if told.option not in worth:
        return None
    return _of_band(told, worth)


def _of_band(band: Band, worth: Mapping[int, int]) -> Range:
    own = worth[band.option]
    others = [value for option, value in worth.items() if option != band.option]
    lower = [value for value in others if value <= own]
    nearest = max(lower) if lower else min(others)

    def average(outside: Fraction, value: int) -> Fraction:
        return own + outside * (value - own) / band.ballots

    all_outside = Fraction(band.outside)
    ends = [average(all_outside, value) for value in others] + [Fraction(own)]
    return Range(min(ends), average(all_outside / 2, nearest), max(ends))
