"""What the rules of a line say, read from their data; what they may not be; and how many of the best there may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from gongjian.register.models.words import spoken
from rollup.branch_counts import Band, Counts, Nothing, Publication

LEAST_DAYS, MOST_DAYS = 5, 30  # working days in which one may object
LEAST_QUORUM = Fraction(1, 2)


@dataclass(frozen=True)
class Named:
    """A grade, or a reason for none. `by_vote`: the meeting has to vote on it, so not before the meeting."""

    key: str
    names: Mapping[str, str]
    by_vote: bool = False

    def __str__(self) -> str:
        return spoken(dict(self.names))


@dataclass(frozen=True)
class Rules:
    """`grades` from the best to the worst; `most` is the share that may have the best."""

    grades: tuple[Named, ...]
    ungraded: tuple[Named, ...]
    most: Fraction
    quorum: Fraction
    days: int

    @property
    def best(self) -> Named:
        return self.grades[0]

    @property
    def worst(self) -> Named:
        return self.grades[-1]

    def named(self, key: str) -> str:
        """What a grade, or a reason for none, is called."""
        return next((str(each) for each in (*self.grades, *self.ungraded) if each.key == key), "")

    def most_best(self, graded: int) -> int:
        """How many of so many that are graded may have the best: never rounded up."""
        return int(self.most * graded)


def rules_of(definition: Mapping[str, Any]) -> Rules:
    grades = tuple(Named(each["key"], each["names"]) for each in definition["grades"])
    ungraded = tuple(Named(e["key"], e["names"], e.get("by_vote", False)) for e in definition.get("ungraded", ()))
    most, quorum = Fraction(*definition["best_most"]), Fraction(*definition["quorum"])
    return Rules(grades, ungraded, most, quorum, definition["objection_days"])


def faults(definition: Mapping[str, Any]) -> Iterator[str]:
    """What rules may not be, each as a sentence that says what to do."""
    keys = [each["key"] for each in (*definition["grades"], *definition.get("ungraded", ()))]
    if len(definition["grades"]) < 2:
        yield _("There are grades from the best to the worst: write two at least.")
    if len({*keys}) != len(keys):
        yield _("Each grade and each reason for none has a key of its own: write another one.")
    if not all(definition[name][1] for name in ("best_most", "quorum")):
        yield _("Nothing is divided by nought: write a share such as [1, 3].")
        return
    if not 0 < Fraction(*definition["best_most"]) < 1:
        yield _("Not all can have the best grade: write a share of less than the whole.")
    if not LEAST_QUORUM <= Fraction(*definition["quorum"]) <= 1:
        yield _("The quorum is half of those who were to come at least: write a share from [1, 2] to [1, 1].")
    if not LEAST_DAYS <= definition["objection_days"] <= MOST_DAYS:
        yield _("There are five to thirty working days to object: write such a number.")


# == what was told of a ballot ==
def written(told: Publication) -> dict[str, Any] | None:
    """As it is kept; nothing of what may not be told."""
    if isinstance(told, Counts):
        return {"as": "counts", "numbers": list(told.numbers), "ballots": told.ballots}
    if isinstance(told, Band):
        return {"as": "band", "option": told.option, "outside": told.outside, "ballots": told.ballots}
    assert isinstance(told, Nothing)
    return None


def favoured(told: Mapping[str, Any] | None, rules: Rules) -> set[str]:
    """The grades that most ballots were for, as far as that may be told; none where nothing may."""
    if told is None:
        return set()
    if told["as"] == "band":
        return {rules.grades[told["option"]].key}
    most = max(told["numbers"])
    return {grade.key for grade, number in zip(rules.grades, told["numbers"], strict=True) if number == most}


def told_words(told: Mapping[str, Any] | None, rules: Rules) -> str:
    """What may be told of a ballot, in a sentence; empty where nothing may."""
    if told is None:
        return ""
    if told["as"] == "band":
        gaps = {"least": told["ballots"] - told["outside"], "ballots": told["ballots"]}
        return _("“%(grade)s” from at least %(least)s of %(ballots)s ballots") % (
            gaps | {"grade": rules.grades[told["option"]]}
        )
    return _list(rules.grades, told["numbers"])


def _list(grades: Sequence[Named], numbers: Sequence[int]) -> str:
    return " · ".join(f"{grade} {number}" for grade, number in zip(grades, numbers, strict=True))
