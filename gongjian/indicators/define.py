"""Defining the indicators of a pack. Defining the same again changes nothing; a changed definition is a new version."""

from __future__ import annotations

from typing import Any

from rollup.definition import Definition, check

from .models import Indicator

Names = dict[str, str]


def definition_of(indicator: Indicator) -> Definition:
    """What rollup counts for it."""
    return Definition(key=indicator.key, of=indicator.of, **indicator.definition)


def define_indicator(
    key: str,
    *,
    names: Names,
    position: int,
    line: str | None,
    of: str,
    words: Names,
    definition: dict[str, Any],
    source: Names,
    awaits: str,
    public_to: str = "",
) -> Indicator:
    """Raises rollup's Unknown, in a sentence, if the definition says what the vocabulary does not know."""
    if not awaits:
        check(Definition(key=key, of=of, **definition))
    before = Indicator.objects.filter(pk=key).first()
    version = 1
    if before:
        is_same = (before.of, before.definition) == (of, definition)
        version = before.version if is_same else before.version + 1
    fields = {"names": names, "position": position, "line_id": line, "of": of, "words": words}
    fields |= {"definition": definition, "source": source, "awaits": awaits, "version": version}
    fields["public_to"] = public_to
    indicator, _new = Indicator.objects.update_or_create(key=key, defaults=fields)
    return indicator
