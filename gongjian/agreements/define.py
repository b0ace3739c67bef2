"""Defining what a pack says of collective bargaining, and reading the numbers of a statute.

Defining the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .models import ContentHeading, Statute

# Every number that a statute has to bring, and what it counts.
RULES: Mapping[str, str] = {
    "answer": "workdays", "name": "workdays", "delegates_least": "people", "delegates_least_large": "people",
    "outside_most": "share", "call": "workdays", "papers": "days", "write": "workdays", "congress": "workdays",
    "quorum": "share", "majority": "share", "bring_back": "workdays", "sign": "workdays", "file": "days",
    "objection": "days", "publish": "workdays", "term_usual": "months", "term_most": "months", "report": "months",
    "renewal": "days", "mediation": "days", "mediation_longer": "days",
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One number of a statute. `clause` is empty where the statute sets none and the number is a setting."""

    value: int
    per: int
    counts: str
    clause: str

    def least_of(self, all: int) -> int:
        """The smallest whole number that is `value`/`per` of all or more."""
        return -(-all * self.value // self.per)

    def least_above(self, all: int) -> int:
        """The smallest whole number that is more than the share of all."""
        return all * self.value // self.per + 1

    def is_passed_by(self, some: int, all: int) -> bool:
        """Is it more than the share of all?"""
        return some >= self.least_above(all)


def define_statute(
    key: str, *, names: dict[str, str], position: int, line: str, region: str, source: str,
    rules: Mapping[str, Mapping[str, Any]],
) -> Statute:  # fmt: skip
    """`rules`: by key the value, per, counts and clause of each number. Raises ValueError where one is missing."""
    if missing := sorted(RULES.keys() - rules.keys()):
        raise ValueError(f"{key}: the statute has no number for {', '.join(missing)}.")
    fields = {"names": names, "position": position, "line_id": line, "region": region, "source": source}
    return Statute.objects.update_or_create(key=key, defaults=fields | {"rules": rules})[0]


def define_content_heading(key: str, **fields: Any) -> ContentHeading:
    return ContentHeading.objects.update_or_create(key=key, defaults=fields)[0]


def numbers_of(statute_id: str) -> dict[str, Number]:
    """Every number of the statute, in the order of the steps. One query."""
    rules = Statute.objects.values_list("rules", flat=True).get(pk=statute_id)
    return {
        key: Number(rules[key]["value"], rules[key].get("per", 1), counts, rules[key].get("clause", ""))
        for key, counts in RULES.items()
    }
