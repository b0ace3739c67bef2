"""Three simple rules for which division on one official day is the same unit on the next: what reconciling is measured
beside.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gongjian.register.identity import LEVELS, Division, kind_of, place_of, short_name

Reason = Literal["unchanged", "renamed", "moved", "recoded"]


@dataclass(frozen=True)
class Match:
    old_code: str
    new_code: str
    reason: Reason


def same_units(old: list[Division], new: list[Division]) -> list[Match]:
    """The pairs of one unit on two days, ordered by old code; a division in no pair was closed or opened.

    1. The same code and the same name.
    2. The same code and nearly the same name under the same parent (the same unit, whatever its code).
    3. A name that is unique within the county on both days, whose old neighbours went the same way: more
       than half of the other villages of its old town that can be followed lie in its new town. A town with
       a new code is followed by its own villages; if its kind changed too (东湖镇 to 东湖街道), most of those
       there must have come from it, so that a town made of two alike in size is a new unit (大唐街道).

    Names are compared without the word for the kind: a village that became a community is the same unit.
    The reason is the strongest change: moved (another parent), then recoded, then renamed. Raises ValueError
    when a code stands twice on one day.
    """
    then, now = _by_code(old), _by_code(new)
    pairs: dict[str, str] = {}
    for level in LEVELS:
        _pair_by_code(then, now, level, pairs)
    _pair_villages_by_name(then, now, pairs)
    _pair_towns_by_name(then, now, pairs)
    return [_match(then[code], now[pairs[code]], then, now, pairs) for code in sorted(pairs)]


def _by_code(divisions: Iterable[Division]) -> dict[str, Division]:
    found: dict[str, Division] = {}
    for division in divisions:
        if found.setdefault(division.code, division) != division:
            raise ValueError(f"The code {division.code} stands twice on one day; keep one of the two rows.")
    return found


Divisions = dict[str, Division]


def _pair_by_code(then: Divisions, now: Divisions, level: str, pairs: dict[str, str]) -> None:
    """Rules 1 and 2 for one level, whose parents are already paired."""
    names_then, names_now = _names_under_parents(then, level), _names_under_parents(now, level)
    for code, division in then.items():
        same = now.get(code)
        if division.level != level or same is None or same.level != level:
            continue
        if same.name == division.name or (
            _under_one_parent(division, same, then, now, pairs)
            and _nearly_one_name(division, same)
            and _meant_no_neighbour(division, same, names_then, names_now)
        ):
            pairs[code] = code


def _names_under_parents(divisions: Divisions, level: str) -> dict[str, Counter[str]]:
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for division in divisions.values():
        if division.level == level:
            names[division.parent_code][_short(division)] += 1
    return names


def _meant_no_neighbour(
    a: Division, b: Division, names_then: dict[str, Counter[str]], names_now: dict[str, Counter[str]]
) -> bool:
    """东村 did not become 西村 if a 西村 lay beside it, or a 东村 still does: codes were dealt anew."""
    one, other = _short(a), _short(b)
    itself = int(one == other)
    return names_then[a.parent_code][other] == itself == names_now[b.parent_code][one]


def _short(division: Division) -> str:
    return short_name(division.name, division.level)


def _under_one_parent(a: Division, b: Division, then: Divisions, now: Divisions, pairs: dict[str, str]) -> bool:
    if a.parent_code not in then:
        return a.parent_code == b.parent_code and b.parent_code not in now
    return pairs.get(a.parent_code) == b.parent_code


def _nearly_one_name(a: Division, b: Division) -> bool:
    """Only the word for the kind differs, or one character, while at least one other stays."""
    one, other = sorted((place_of(a.name, a.level), place_of(b.name, b.level)), key=len)
    if one == other:
        return True
    if len(other) < 2 or len(other) - len(one) > 1:
        return False
    at = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), len(one))
    return one[at + (len(one) == len(other)) :] == other[at + 1 :]


def _pair_villages_by_name(then: Divisions, now: Divisions, pairs: dict[str, str]) -> None:
    """Rule 3: every unique name votes for the town it lies in now, and goes along if its neighbours agree."""
    taken = set(pairs.values())
    candidates = {
        code: found
        for code, found in _unique_names(then, now, "village", pairs).items()
        if code not in pairs and found not in taken
    }
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for code, found in (pairs | candidates).items():
        if then[code].level == "village":
            went[then[code].parent_code][now[found].parent_code] += 1
    for code, found in candidates.items():
        votes = went[then[code].parent_code]
        neighbours = votes.total() - 1
        if 2 * (votes[now[found].parent_code] - 1) > neighbours:
            pairs[code] = found


def _pair_towns_by_name(then: Divisions, now: Divisions, pairs: dict[str, str]) -> None:
    taken = set(pairs.values())
    went: dict[str, Counter[str]] = defaultdict(Counter)
    came: Counter[str] = Counter()
    for code, found in pairs.items():
        if then[code].level == "village":
            went[then[code].parent_code][now[found].parent_code] += 1
            came[now[found].parent_code] += 1
    for code, found in _unique_names(then, now, "town", pairs).items():
        if code in pairs or found in taken:
            continue
        both = went[code][found]
        all_of_it = then[code].name == now[found].name or 2 * both > came[found]
        if 2 * both > went[code].total() and all_of_it:
            pairs[code] = found


def _unique_names(then: Divisions, now: Divisions, level: str, pairs: dict[str, str]) -> dict[str, str]:
    """Old code to new code of places whose name, with or without its kind, is unique in the county twice."""
    found: dict[str, str] = {}
    for with_kind in (True, False):
        here, there = (_once_in_county(day, level, with_kind) for day in (then, now))
        for (county, *name), code in here.items():
            if (match := there.get((pairs.get(county, ""), *name))) is not None:
                found.setdefault(code, match)
    return found


def _once_in_county(day: Divisions, level: str, with_kind: bool) -> dict[tuple[str, ...], str]:
    codes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for division in day.values():
        if division.level == level and (county := _county_of(division, day)):
            kind = (kind_of(division.name, level),) if with_kind else ()
            codes[(county, place_of(division.name, level), *kind)].append(division.code)
    return {name: held[0] for name, held in codes.items() if len(held) == 1}


def _county_of(division: Division, day: Divisions) -> str:
    seen = 0
    while division.level != "county" and division.parent_code in day and seen < len(LEVELS):
        division, seen = day[division.parent_code], seen + 1
    return division.code if division.level == "county" else ""


def _match(a: Division, b: Division, then: Divisions, now: Divisions, pairs: dict[str, str]) -> Match:
    if not _under_one_parent(a, b, then, now, pairs):
        return Match(a.code, b.code, "moved")
    if a.code != b.code:
        return Match(a.code, b.code, "recoded")
    return Match(a.code, b.code, "unchanged" if a.name == b.name else "renamed")
