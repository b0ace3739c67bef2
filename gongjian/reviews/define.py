"""Defining the rules of a pack. Defining the same again changes nothing; a review that has begun keeps its own."""

from __future__ import annotations

from typing import Any

from gongjian.register.refusals import Refused

from .models import ReviewRule
from .rules import faults


def define_review_rule(
    key: str, *, names: dict[str, str], position: int, line: str, definition: dict[str, Any], source: str
) -> ReviewRule:
    """Raises Refused for rules that may not be."""
    if wrong := list(faults(definition)):
        raise Refused(" ".join(wrong))
    fields = {"names": names, "position": position, "line_id": line, "definition": definition, "source": source}
    return ReviewRule.objects.update_or_create(key=key, defaults=fields)[0]
