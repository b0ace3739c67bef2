"""Defining what a pack says of telling and commenting. Defining the same again changes nothing."""

from __future__ import annotations

from typing import Any

from .models import CommentKind, HollowPhrase, TellingNorm

# Where no pack says so: outsiders where a secretary is commented on, and the days each step has.
USUAL = {"outsiders_least": 10, "days_to_tell": 15, "days_to_comment": 30, "days_to_put_right": 60,
         "days_to_confirm": 14}  # fmt: skip


def define_comment_kind(key: str, **fields: Any) -> CommentKind:
    return CommentKind.objects.update_or_create(key=key, defaults=fields)[0]


def define_hollow_phrase(key: str, **fields: Any) -> HollowPhrase:
    return HollowPhrase.objects.update_or_create(key=key, defaults=fields)[0]


def define_telling_norm(key: str, **fields: Any) -> TellingNorm:
    return TellingNorm.objects.update_or_create(key=key, defaults=fields)[0]


def norms() -> dict[str, int]:
    """Every number to begin with, the pack's or the usual one. One query."""
    return USUAL | dict(TellingNorm.objects.values_list("key", "value"))
