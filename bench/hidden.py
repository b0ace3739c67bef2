"""Known truth for following divisions: lists of which the codes are hidden, and some of the names disturbed.

A division whose code and name are the same on both days is one unit: that is the truth. Its code is taken away on both
days, if it is a town or a village, and both lists must be matched by names and neighbours alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gongjian.register.identity import Division, place_of
from gongjian.register.reconcile.lists import Listed
from gongjian.register.reconcile.proposals import Proposal

HIDDEN_LEVELS = ("town", "village")
DISTURBED = 0.1
# How often a disturbed name is disturbed in which way.
WAYS = {"suffix": 0.3, "character": 0.3, "prefix": 0.2, "joined": 0.2}
_COMMITTEES = ("村民委员会", "村委会", "社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区", "村")


@dataclass(frozen=True)
class Task:
    """Two lists, the truth as old key to new key, and in which way the name of an old key's new row was disturbed."""

    old: list[Listed]
    new: list[Listed]
    truth: dict[str, str]
    disturbed: dict[str, str]


def hide(old: Sequence[Division], new: Sequence[Division], *, disturb: bool = False, seed: int = 1) -> Task:
    """Keys are numbers dealt at random, so that they tell nothing."""
    chance = random.Random(seed)
    known = {(d.code, d.name) for d in new if d.level in HIDDEN_LEVELS}
    hidden = {d.code for d in old if d.level in HIDDEN_LEVELS and (d.code, d.name) in known}
    then, keys_then = _without_codes(old, hidden, chance, "a")
    now, keys_now = _without_codes(new, hidden, chance, "b")
    truth = {keys_then[code]: keys_now[code] for code in sorted(hidden)}
    disturbed: dict[str, str] = {}
    if disturb:
        ways = _disturb(now, [keys_now[code] for code in sorted(hidden)], chance)
        back = {b: a for a, b in truth.items()}
        disturbed = {back[key]: way for key, way in ways.items()}
    return Task(then, now, truth, disturbed)


def _without_codes(
    rows: Sequence[Division], hidden: set[str], chance: random.Random, mark: str
) -> tuple[list[Listed], dict[str, str]]:
    numbers = chance.sample(range(10 * len(rows)), len(rows))
    keys = {row.code: f"{mark}{number}" for row, number in zip(rows, numbers, strict=True)}
    listed = [
        Listed(keys[d.code], "" if d.code in hidden else d.code, d.name, d.level, keys.get(d.parent_code, ""))
        for d in rows
    ]
    return listed, keys


def _disturb(rows: list[Listed], keys: Iterable[str], chance: random.Random) -> dict[str, str]:
    """Change a tenth of the villages' names in place; returns the way of each that was changed."""
    at = {row.key: number for number, row in enumerate(rows)}
    villages = [key for key in keys if rows[at[key]].level == "village"]
    letters = [c for row in rows if row.level == "village" for c in place_of(row.name, "village")]
    towns = {row.key: place_of(row.name, row.level) for row in rows}
    chosen = set(chance.sample(villages, round(DISTURBED * len(villages))))
    names = {key: rows[at[key]].name for key in villages}
    ways: dict[str, str] = {}
    for key in sorted(chosen):
        row = rows[at[key]]
        way = chance.choices(list(WAYS), list(WAYS.values()))[0]
        beside = _neighbour(rows, at[key])
        name = _disturbed_name(row, way, towns.get(row.parent_key, ""), beside, letters, chance)
        if name != row.name:
            names[key] = name
            ways[key] = way
    for key in ways:
        rows[at[key]] = replace(rows[at[key]], name=names[key])
    return ways


def _neighbour(rows: Sequence[Listed], at: int) -> str:
    """The name of the village beside it in its town."""
    for other in (at + 1, at - 1):
        if 0 <= other < len(rows) and rows[other].parent_key == rows[at].parent_key:
            return rows[other].name
    return ""


def _disturbed_name(
    row: Listed, way: str, town: str, beside: str, letters: Sequence[str], chance: random.Random
) -> str:
    place = place_of(row.name, "village")
    ending = row.name[len(place) :]
    match way:
        case "suffix":
            return place + chance.choice([c for c in _COMMITTEES if c != ending])
        case "character":
            spot = chance.randrange(len(place))
            return place[:spot] + chance.choice(letters) + place[spot + 1 :] + ending
        case "prefix":
            shorter = place.removeprefix(town)
            return (shorter if shorter and shorter != place else town + place) + ending
    return place + place_of(beside, "village") + ending


@dataclass(frozen=True)
class Score:
    """What of the truth was found. `asserted` counts the pairs told that touch a division of the truth."""

    truth: int
    found: int
    asserted: int
    right: int
    sure: int
    sure_right: int
    missed: dict[str, int]

    @property
    def precision(self) -> float:
        return self.right / self.asserted if self.asserted else 1.0

    @property
    def sure_precision(self) -> float:
        return self.sure_right / self.sure if self.sure else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.truth if self.truth else 1.0


def score(task: Task, proposals: Iterable[Proposal]) -> Score:
    """Pairs that continue, and mergers too, are asserted; a merger finds nothing, as the truth continues."""
    news = set(task.truth.values())
    asserted = right = sure = sure_right = 0
    found: set[str] = set()
    for told in proposals:
        for old in told.old:
            for new in told.new:
                if old not in task.truth and not (told.continues and new in news):
                    continue
                is_right = task.truth.get(old) == new
                asserted += 1
                right += is_right
                sure += told.verdict == "sure"
                sure_right += is_right and told.verdict == "sure"
                if is_right and told.continues:
                    found.add(old)
    missed = Counter(task.disturbed.get(old, "as it was") for old in task.truth if old not in found)
    return Score(len(task.truth), len(found), asserted, right, sure, sure_right, dict(missed))
