"""Following cities and counties: few, known by code and name, else by the names of the towns in them."""

from __future__ import annotations

from collections import Counter, defaultdict

from .evidence import Evidence
from .following import Following, probability, town_place
from .lists import Sheet

# More than half of a county's town names must be found again in the other, and the other way round.
MAJORITY = 0.5


def follow_cities_and_counties(work: Following) -> None:
    for level in ("city", "county"):
        _by_code_and_name(work, level)
        _by_place(work, level)
        _by_towns(work, level)


def _by_code_and_name(work: Following, level: str) -> None:
    for old in work.old.of_level[level]:
        row = work.old.rows[old]
        new = work.new.by_code.get(row.code, "")
        if new and work.new.rows[new].level == level and work.new.name(new) == row.name and work.is_free(old, new):
            _pair(work, old, new, 9.0)


def _by_place(work: Following, level: str) -> None:
    """The same place under the parent that continues: 绍兴县 and 绍兴市 differ in kind, not in place."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for new in work.new.of_level[level]:
        if new not in work.back:
            held[work.back.get(work.new.parent(new), ""), town_place(work.new, new)].append(new)
    for old in work.old.of_level[level]:
        found = held.get((work.old.parent(old), town_place(work.old, old)), [])
        if len(found) == 1 and work.is_free(old, found[0]):
            _pair(work, old, found[0], 6.0)


def _by_towns(work: Following, level: str) -> None:
    before, after = _names_below(work.old, level), _names_below(work.new, level)
    bearers: dict[str, list[str]] = defaultdict(list)
    for new, names in after.items():
        for name in names:
            bearers[name].append(new)
    for old, names in before.items():
        if old in work.to or not names:
            continue
        votes = Counter(new for name in names for new in bearers[name] if new not in work.back)
        if not votes:
            continue
        new, both = max(votes.items(), key=lambda item: (item[1], -work.new.at[item[0]]))
        if both > MAJORITY * len(names) and both > MAJORITY * len(after[new]):
            _pair(work, old, new, 8 * (both / max(len(names), len(after[new])) - 0.5))


def _names_below(sheet: Sheet, level: str) -> dict[str, set[str]]:
    """For each city or county, the names of the towns in it."""
    above = sheet.city if level == "city" else sheet.county
    names: dict[str, set[str]] = {key: set() for key in sheet.of_level[level]}
    for town in sheet.of_level["town"]:
        if above[town] in names:
            names[above[town]].add(town_place(sheet, town))
    return names


def _pair(work: Following, old: str, new: str, log_odds: float) -> None:
    work.pair(old, new)
    a, b = work.old.rows[old], work.new.rows[new]
    evidence = []
    if a.code and a.code == b.code:
        evidence.append(Evidence("same_code", {"code": a.code}))
    if a.name == b.name:
        evidence.append(Evidence("same_name", {"name": a.name}))
    work.why[old] = probability(log_odds), tuple(evidence)
