"""Defining the honours of a pack. Defining the same again changes nothing; other rules are a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from gongjian.register.refusals import Refused

from .models import Honour, HonourVersion
from .refuse import faults


def define_honour(
    key: str,
    *,
    names: dict[str, str],
    position: int,
    line: str | None,
    holder: str,
    document: str,
    in_force: date,
    definition: dict[str, Any],
    source: str,
) -> Honour:
    """A call that has begun keeps its version. Raises Refused for an honour that may not be."""
    if wrong := faults(holder, definition):
        raise Refused(" ".join(wrong))
    fields = {"names": names, "position": position, "line_id": line, "holder": holder, "document": document}
    fields |= {"in_force": in_force, "definition": definition, "source": source}
    honour, _new = Honour.objects.update_or_create(key=key, defaults=fields)
    last = honour.versions.first()
    if last is None or (last.since, last.definition) != (in_force, definition):
        number = last.number + 1 if last else 1
        HonourVersion.objects.create(honour=honour, number=number, since=in_force, definition=definition)
    return honour
