"""Defining the rules of a pack. A selection that runs keeps the text it began with."""

from __future__ import annotations

from typing import Any

from gongjian.register.refusals import Refused

from .models import SelectionRule
from .refuse import faults


def define_selection_rule(
    key: str, *, names: dict[str, str], position: int, definition: dict[str, Any], source: str
) -> SelectionRule:
    """Raises Refused for rules that may not be."""
    if wrong := faults(definition):
        raise Refused(" ".join(wrong))
    fields = {"names": names, "position": position, "definition": definition, "source": source}
    rule, _new = SelectionRule.objects.update_or_create(key=key, defaults=fields)
    return rule
