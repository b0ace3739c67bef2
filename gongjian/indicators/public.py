"""Which indicators can be told to everybody, and what of them everybody sees anyway. Pure: definitions in, answers out.

The register of units is open: of which kind each is, everybody sees. So how many of a kind there are is no secret, and
only over kinds and levels may a public indicator count; over head-counts it may not, since they are not open.

Bodies are open as well, with the unit they sit in; that a body covers a unit from elsewhere is not, so that nobody can
tell which firm lacks a union. Venues and their plaques are open altogether: everybody can count them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rollup.definition import Conditions, Definition

SEEN_OF_UNITS = {"kind", "level"}
SEEN_OF = {"covered_by": {"line"}, "venue": {"lines"}, "plaque": {"kind"}}


def can_be_public(where: Conditions, having: Conditions) -> bool:
    """Whether it counts units over what everybody sees of them, having what public.py can say of who sees it."""
    if set(where) - SEEN_OF_UNITS or len(having) != 1:
        return False
    name, conditions = next(iter(having.items()))
    if name not in SEEN_OF or not isinstance(conditions, Mapping):
        return False
    return {each.removesuffix("_from").removesuffix("_to") for each in conditions} <= SEEN_OF[name]


def is_meant(where: Conditions, kind: str, level: str) -> bool:
    """Whether units of a kind are meant."""
    return _is_one_of(kind, where.get("kind")) and _is_one_of(level, where.get("level"))


def _is_one_of(value: str, allowed: Any) -> bool:
    return allowed is None or value in (allowed if isinstance(allowed, list) else [allowed])


def is_seen_by_all(definition: Definition) -> bool:
    """Whether open pages say of each unit whether it has it."""
    return "covered_by" not in definition.having


def seen(definition: Definition) -> Definition:
    """The same, having it by a body of the line that sits in the unit itself: that everybody sees."""
    return replace(definition, having={**definition.having, "seat_of": definition.having["covered_by"]})
