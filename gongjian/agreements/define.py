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
    "answer": "workdays", "papers": "days", "congress": "workdays", "bring_back": "workdays", "file": "days",
    "objection": "days", "publish": "workdays", "report": "months", "renewal": "days", "mediation": "days",
    "mediation_longer": "days", "term_usual": "months", "term_most": "months", "delegates_least": "people",
    "delegates_least_large": "people", "outside_most": "share", "quorum": "share", "majority": "share",
    "name": "workdays", "call": "workdays", "write": "workdays", "sign": "workdays",
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

    def is_passed_by(self, some: int, all: int) -> bool:
        """Is it more than the share of all?"""
        return some * self.per > all * self.value


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
    """Every number of the statute. One query."""
    rules = Statute.objects.values_list("rules", flat=True).get(pk=statute_id)
    return {
        key: Number(each["value"], each.get("per", 1), RULES[key], each.get("clause", ""))
        for key, each in rules.items()
        if key in RULES
    }
