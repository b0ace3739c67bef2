"""Defining the checks of a pack. Defining the same again changes nothing."""

from __future__ import annotations

from typing import Any

from .checks import SEARCHES
from .models import Check

Names = dict[str, str]


def define_check(
    key: str,
    *,
    names: Names,
    position: int,
    finds: str,
    given: dict[str, Any],
    severity: str,
    line: str,
    owner: str,
    mends: str,
    words: Names,
) -> Check:
    """Raises KeyError if there is no such search: the pack is checked before it is loaded."""
    search = SEARCHES[finds]
    fields = {"names": names, "position": position, "finds": finds, "given": given, "severity": severity}
    fields |= {"line_id": line, "owner": owner, "mends": mends, "words": words}
    check, _new = Check.objects.update_or_create(key=key, defaults={**fields, "of": search.of, "sees": search.sees})
    return check
