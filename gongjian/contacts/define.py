"""Defining how many visits a pack wants. Defining the same again changes nothing."""

from __future__ import annotations

from .models import VisitNorm

USUAL = 4  # where no pack says so


def define_visit_norm(key: str, *, names: dict[str, str], position: int, visits: int, source: str) -> VisitNorm:
    fields = {"names": names, "position": position, "visits": visits, "source": source}
    norm, _new = VisitNorm.objects.update_or_create(key=key, defaults=fields)
    return norm


def visits_to_begin_with() -> int:
    """With how many visits a year a contact point begins."""
    return VisitNorm.objects.values_list("visits", flat=True).first() or USUAL
