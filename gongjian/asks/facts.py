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
    not open to the reader. `more` tells facts that come and go while the program runs; their keys begin with the
    source's own and a full stop.
    """

    key: str
    owner: str | Promise
    where: Where
    read: Read
    facts: tuple[Fact, ...] = ()
    more: Callable[[], Sequence[Fact]] = tuple


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
    return [(source, fact) for source in _sources.values() for fact in (*source.facts, *source.more())]


def source_of(key: str) -> Source | None:
    return _source_of.get(key) or _sources.get(key.partition(".")[0])


_spellings: dict[str, Fact] = {}


def known(labels: Iterable[str]) -> dict[str, Fact]:
    """The facts that a form means by its labels: called so in one of the languages, whatever the signs between.

    What stands in a place for good comes before what comes and goes.
    """
    if not _spellings:
        _spell(_facts.values(), _spellings)
    coming: dict[str, Fact] = {}
    _spell((fact for source in _sources.values() for fact in source.more()), coming)
    plain = {label: _plain(label) for label in labels}
    return {label: fact for label, each in plain.items() if (fact := _spellings.get(each) or coming.get(each))}


def _spell(facts: Iterable[Fact], spellings: dict[str, Fact]) -> None:
    for fact in facts:
        for name in (fact.key, *_labels(fact), *fact.called):
            spellings.setdefault(_plain(name), fact)


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
    sources = {key: source for key in sorted(set(keys)) if (source := source_of(key))}
    found: dict[int, dict[str, Value]] = {body: {} for body in bodies}
    for source in {each.key: each for each in sources.values()}.values():
        for body, values in source.read(reader, bodies, day).items():
            told = {key: value for key, value in values.items() if key in sources and value not in (None, "")}
            found[body] |= told
    return found
