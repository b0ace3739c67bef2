"""What a version of a scheme says, read once from its data: items, options, marks, grades and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from json import dumps, loads
from typing import Any

from gongjian.register.models.words import spoken
from quotas.scheme import Scheme, scheme_from

CLOSED = ("members", "people")  # sources that are closed ballots
GIVEN = ("self", "peers", "superior")  # sources that are scores which somebody gives
COUNTED = ("indicator", "pledges_kept", "rectified")  # sources that are known already
SOURCES = (*GIVEN, *CLOSED, *COUNTED)
TOGETHER = "-"  # the class of those whose own is too small, and of all where there are none
OF_QUOTAS = ("bands", "quotas", "ties", "step")


@dataclass(frozen=True)
class Term:
    """A word of the scheme with its names in each language."""

    key: str
    names: Mapping[str, str]

    def __str__(self) -> str:
        return spoken(dict(self.names))


@dataclass(frozen=True)
class Item(Term):
    """`is_owed`: without a value nobody is graded; else the item is left out, and the weights of the others scaled."""

    source: str
    weight: Decimal
    is_owed: bool = True
    indicator: str = ""


@dataclass(frozen=True)
class Option(Term):
    """`worth` is None for “do not know”, which is not counted as a vote."""

    worth: int | None = None


@dataclass(frozen=True)
class Extra(Term):
    """A deduction or a bonus: at most so many points."""

    most: Decimal


@dataclass(frozen=True)
class Veto(Term):
    """No better grade than this."""

    grade: str


@dataclass(frozen=True)
class Rules:
    """A version of a scheme. `classes` says what makes a class: kind, level, form or none; those with fewer bodies than
    `least_class` are taken together, since a share of a few is no whole body."""

    grades: tuple[Term, ...]
    items: tuple[Item, ...]
    options: tuple[Option, ...]
    deductions: tuple[Extra, ...]
    bonuses: tuple[Extra, ...]
    vetoes: tuple[Veto, ...]
    kinds: tuple[str, ...]
    classes: str
    quorum: Fraction
    notice_days: int
    approver: str
    years_between: int
    least_months: int
    least_class: int
    scheme: Scheme

    def item(self, key: str) -> Item | None:
        return next((each for each in self.items if each.key == key), None)

    def grade(self, key: str) -> str:
        return next((str(each) for each in self.grades if each.key == key), key)

    def of_source(self, *sources: str) -> list[Item]:
        return [each for each in self.items if each.source in sources]

    @property
    def ballots(self) -> list[str]:
        """Which closed ballots it has."""
        return [each for each in CLOSED if self.of_source(each)]

    @property
    def worth(self) -> dict[int, int]:
        """What each option is worth by its place, without “do not know”."""
        return {at: each.worth for at, each in enumerate(self.options) if each.worth is not None}

    def together(self, groups: Iterable[str]) -> dict[str, str]:
        """Of each class the one within which quotas count: small ones are taken together."""
        sizes = Counter(groups)
        return {group: group if group and sizes[group] >= self.least_class else TOGETHER for group in sizes}

    def classes_of(self, groups: Sequence[str]) -> Counter[str]:
        """How many there are in each class within which quotas count."""
        if self.scheme.is_over_all:
            return Counter({"": len(groups)})
        taken = self.together(groups)
        return Counter(taken[group] for group in groups)

    @property
    def full(self) -> int:
        return max(self.worth.values(), default=1)


def rules_of(definition: Mapping[str, Any]) -> Rules:
    """Raises Fault of quotas where grades, bands, quotas or weights cannot be."""
    return _read(dumps(definition, sort_keys=True, default=str))


@lru_cache(maxsize=64)
def _read(text: str) -> Rules:
    table: dict[str, Any] = loads(text)
    grades = tuple(Term(each["key"], each["names"]) for each in table["grades"])
    items = tuple(
        Item(each["key"], each["names"], each["source"], Decimal(str(each["weight"])),
             each.get("without", "owed") == "owed", each.get("indicator", ""))
        for each in table["items"]
    )  # fmt: skip
    bonus = table.get("bonus", {})
    numbers = {name: table[name] for name in OF_QUOTAS if name in table}
    numbers |= {"grades": [each.key for each in grades], "weights": {each.key: str(each.weight) for each in items}}
    if "most" in bonus:
        numbers["bonus_most"] = bonus["most"]
    above, below = table.get("quorum", [2, 3])
    return Rules(
        grades=grades, items=items,
        options=tuple(Option(each["key"], each["names"], each.get("worth")) for each in table.get("options", ())),
        deductions=_extras(table.get("deductions", ())), bonuses=_extras(bonus.get("for", ())),
        vetoes=tuple(Veto(each["key"], each["names"], each["grade"]) for each in table.get("vetoes", ())),
        kinds=tuple(table["kinds"]), classes=table.get("classes", "none"), quorum=Fraction(above, below),
        notice_days=table.get("notice_days", 5), approver=table.get("approver", "above"),
        years_between=table.get("years_between", 0), least_months=table.get("least_months", 0),
        least_class=table.get("least_class", 0),
        scheme=scheme_from(numbers),
    )  # fmt: skip


def _extras(rows: Iterable[Mapping[str, Any]]) -> tuple[Extra, ...]:
    return tuple(Extra(each["key"], each["names"], Decimal(str(each["most"]))) for each in rows)
