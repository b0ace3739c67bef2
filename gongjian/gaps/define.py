"""Defining the joining rules of a pack. Defining the same again changes nothing."""

from __future__ import annotations

from typing import Any

from .models import Joining

Names = dict[str, str]


def define_joining(
    key: str,
    *,
    names: Names,
    position: int,
    line: str,
    indicators: list[str],
    threshold: str,
    members: str,
    own: str,
    joint: str | None,
    area_forms: list[str],
    most_units: int | None,
    mass_lines: list[str],
    mass_from: int | None,
    ease: dict[str, int],
    source: str,
) -> Joining:
    fields: dict[str, Any] = {"names": names, "position": position, "line_id": line, "indicators": indicators}
    fields |= {"threshold": threshold, "members": members, "own_id": own, "joint_id": joint, "source": source}
    fields |= {"area_forms": area_forms, "most_units": most_units, "ease": ease}
    fields |= {"mass_lines": mass_lines, "mass_from": mass_from}
    joining, _new = Joining.objects.update_or_create(key=key, defaults=fields)
    return joining
