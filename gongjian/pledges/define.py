"""Defining what a pack says of posts and pledges. Defining the same again changes nothing."""

from __future__ import annotations

from typing import Any

from .models import CataloguePost, PledgeNorm, PostCategory, VagueWord

# Where no pack says so: most and fewest pledges a year, posts of one person before a word of warning, days of notice.
USUAL = {"person_most": 3, "body_least": 3, "body_most": 5, "posts_of_person": 2, "notice_days": 5}


def define_post_category(key: str, **fields: Any) -> PostCategory:
    return PostCategory.objects.update_or_create(key=key, defaults=fields)[0]


def define_catalogue_post(key: str, *, category: str, **fields: Any) -> CataloguePost:
    return CataloguePost.objects.update_or_create(key=key, defaults={"category_id": category, **fields})[0]


def define_vague_word(key: str, **fields: Any) -> VagueWord:
    return VagueWord.objects.update_or_create(key=key, defaults=fields)[0]


def define_pledge_norm(key: str, **fields: Any) -> PledgeNorm:
    return PledgeNorm.objects.update_or_create(key=key, defaults=fields)[0]


def norms() -> dict[str, int]:
    """Every number to begin with, the pack's or the usual one. One query."""
    return USUAL | dict(PledgeNorm.objects.values_list("key", "value"))
