"""Defining the schemes of a pack. Defining the same again changes nothing; other rules are a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from gongjian.register.refusals import Refused

from .models import Scheme, SchemeVersion
from .refuse import faults


def define_scheme(
    key: str,
    *,
    names: dict[str, str],
    position: int,
    line: str | None,
    in_force: date,
    definition: dict[str, Any],
    source: str,
) -> Scheme:
    """A round that has begun keeps its version. Raises Refused for a scheme that may not be."""
    if wrong := faults(definition):
        raise Refused(" ".join(wrong))
    fields = {"names": names, "position": position, "line_id": line, "in_force": in_force}
    fields |= {"definition": definition, "source": source}
    scheme, _new = Scheme.objects.update_or_create(key=key, defaults=fields)
    last = scheme.versions.first()
    if last is None or (last.since, last.definition) != (in_force, definition):
        number = last.number + 1 if last else 1
        SchemeVersion.objects.create(scheme=scheme, number=number, since=in_force, definition=definition)
    return scheme
