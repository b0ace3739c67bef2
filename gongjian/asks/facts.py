"""The catalogue of known facts: what the register and the figures know already, and so is not asked.

A source tells several facts of many bodies at once. Packages above register theirs when they start.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import override

from gongjian.register.access import Reader

Value = str | int
Read = Callable[[Reader, Sequence[int], date], Mapping[int, Mapping[str, Value | None]]]
Where = Callable[[int], str]
NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Fact:
    """One thing that is known of a body. `called`: what else forms call it, in any language."""

    key: str
    label: str | Promise
    called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Facts that stand in one place: who keeps it (`owner`, in words), and `where` they are looked up: the address of
    a list, of what stands in the unit with the id given.

    `read` takes a reader, ids of bodies and a day, and returns values by body and key; None or no key = not known, or
    not open to the reader.
    """

    key: str
    owner: str | Promise
    where: Where
    read: Read
    facts: tuple[Fact, ...]


_sources: dict[str, Source] = {}
_source_of: dict[str, Source] = {}
_facts: dict[str, Fact] = {}


def add(source: Source) -> None:
    """Put a source into the catalogue; the same one again replaces it. Raises ValueError for a key of another one."""
    for fact in source.facts:
        if _source_of.get(fact.key, source).key != source.key:
            raise ValueError(f"{fact.key} stands in the catalogue already, by {_source_of[fact.key].key}")
    _sources[source.key] = source
    for fact in source.facts:
        _source_of[fact.key], _facts[fact.key] = source, fact
    _spellings.clear()


def every() -> list[tuple[Source, Fact]]:
    return [(source, fact) for source in _sources.values() for fact in source.facts]


def fact_of(key: str) -> Fact | None:
    return _facts.get(key)


def source_of(key: str) -> Source | None:
    return _source_of.get(key)


_spellings: dict[str, str] = {}


def known_as(label: str) -> Fact | None:
    """The fact that a form means by this label: called so in one of the languages, whatever the signs between."""
    if not _spellings:
        for fact in _facts.values():
            for name in (fact.key, *_labels(fact), *fact.called):
                _spellings.setdefault(_plain(name), fact.key)
    key = _spellings.get(_plain(label))
    return _facts[key] if key else None


def _labels(fact: Fact) -> Iterable[str]:
    for language in ("zh-hans", "en"):
        with override(language):
            yield str(fact.label)


def _plain(label: str) -> str:
    """Without signs and spaces, and without what stands in brackets as a unit: 职工总数（人） is 职工总数."""
    text = unicodedata.normalize("NFKC", label).lower()
    return NOISE.sub("", re.sub(r"\([^)]*\)", "", text)) or NOISE.sub("", text)


def read(reader: Reader, keys: Iterable[str], bodies: Sequence[int], day: date) -> dict[int, dict[str, Value]]:
    """What is known of the bodies on the day, as far as the reader may see it. One call for each source."""
    wanted = {key for key in keys if key in _source_of}
    found: dict[int, dict[str, Value]] = {body: {} for body in bodies}
    for source in {_source_of[key].key: _source_of[key] for key in sorted(wanted)}.values():
        for body, values in source.read(reader, bodies, day).items():
            told = {key: value for key, value in values.items() if key in wanted and value not in (None, "")}
            found[body] |= told
    return found
