"""Whose offices would begin, or cease, to reach something if units or bodies were merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..access import Reader, body_entries_visible_to
from ..authority.policy import Opening, Thing, openings
from ..models import Body, Permission
from .why import Told, told_of

OF_BODIES = (Permission.SEE_COUNTS, Permission.SEE_PEOPLE)
OF_UNITS = (Permission.SEE_COUNTS, Permission.KEEP_REGISTER)
MOST = 5  # of what is merged, the first few are told one by one

Found = dict[Permission, list[Opening]]


@dataclass(frozen=True)
class Sight:
    """What a merger opens and closes of `thing` and of what belongs to it. Offices that end with it are not told."""

    thing: Thing
    opens: list[Told]
    closes: list[Told]


def merger_sight(
    reader: Reader, olds: Sequence[Thing], into: Thing | None, today: date, ending: Collection[int] = ()
) -> list[Sight]:
    """One for each old thing, and for the one they go into, of which the merger opens or closes anything today.

    `ending` are the bodies that end with it. Without `into` a new one takes the place of the first.
    """
    words = OF_BODIES if isinstance(olds[0], Body) else OF_UNITS
    target = into or olds[0]
    before = {each: _openings(words, each, today) for each in dict.fromkeys([*olds[:MOST], target])}
    sitting = _sitting_in(reader, olds, today) if not isinstance(olds[0], Body) else set()
    after = {
        word: [
            each
            for each in [*before[target][word], *_of(before, olds[:MOST], word, sitting)]
            if each.body_id not in ending
        ]
        for word in words
    }
    found = [
        Sight(
            thing,
            _told(reader, {word: _without(after[word], now[word]) for word in words}, today),
            _told(reader, {word: _without(now[word], after[word], ending) for word in words}, today),
        )
        for thing, now in before.items()
        if into is not None or thing is not target
    ]
    return [each for each in found if each.opens or each.closes]


def _told(reader: Reader, found: Found, today: date) -> list[Told]:
    return [each for each in told_of(reader, found, today) if each.count]


def _openings(words: Iterable[Permission], thing: Thing, today: date) -> Found:
    return {word: openings(word, thing, today) for word in words}


def _of(before: dict[Thing, Found], olds: Sequence[Thing], word: Permission, sitting: set[int]) -> list[Opening]:
    """Bodies that sit in what goes go along, and with them their offices."""
    return [each for old in olds for each in before[old][word] if each.body_id in sitting]


def _sitting_in(reader: Reader, units: Sequence[Thing], today: date) -> set[int]:
    seated = body_entries_visible_to(reader).on(today).filter(seat__in=[unit.pk for unit in units])
    return set(seated.values_list("body_id", flat=True))


def _without(these: list[Opening], those: list[Opening], ending: Collection[int] = ()) -> list[Opening]:
    known = {(each.office_id, each.delegation_id) for each in those}
    return [each for each in these if (each.office_id, each.delegation_id) not in known and each.body_id not in ending]
