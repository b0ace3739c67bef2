"""Defining the ceilings of a pack. Defining the same again changes nothing."""

from __future__ import annotations

from .models import Ceiling


def define_ceiling(key: str, *, names: dict[str, str], position: int, minutes: int, source: str) -> Ceiling:
    """`key`: the level of the units for which it holds."""
    fields = {"names": names, "position": position, "minutes": minutes, "source": source}
    ceiling, _new = Ceiling.objects.update_or_create(key=key, defaults=fields)
    return ceiling
