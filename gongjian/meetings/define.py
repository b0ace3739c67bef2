"""Defining what the meetings of a pack begin with. Defining the same again changes nothing."""

from __future__ import annotations

from .models import Custom


def define_custom(
    key: str, *, names: dict[str, str], position: int, months: int, closes_before: int, source: str
) -> Custom:
    """`key`: the kind of meeting for which it holds."""
    fields = {"names": names, "position": position, "months": months, "closes_before": closes_before, "source": source}
    custom, _new = Custom.objects.update_or_create(key=key, defaults=fields)
    return custom
