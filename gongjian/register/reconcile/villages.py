"""Following villages: first those whose name tells, then the rest by all that is known, as the best assignment."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .assignment import assign
from .evidence import Evidence, Gap
from .following import Following, probability, town_place
from .names import likeness
from .order import Order, order_of
from .proposals import DOUBTFUL_FROM

# How unlikely it is, before anything is known, that two villages of linked towns are one.
BEFORE = -4.0
# The weight of one code on both days, where all the neighbours kept theirs; less as fewer did.
CODE = 6.0
OTHER_CODE = -1.5
# By the share of the other villages of its town that went to the same new town.
SIBLINGS = ((0.5, 2.0), (0.2, 1.0), (0.05, 0.0), (0.0, -3.0))
TOWN_CONTINUES = 1.0
POSITION = 2.5
# As many vanished from the town as are new in it.
BALANCE = 0.8
# For each doubling of how many on a day bear a name that is found outside the town where its neighbours went.
SHARED_NAME = -0.7
# A quite other name where more vanished than are new: a merger, although the code came back.
UNLIKE_AND_FEWER = -6.0
# From this share of an old town's villages on, a new town is looked through for the others before any other.
STRONG_LINK = 0.2
# 塔山社区 and 塔山村 in one town, when one of them became the other's kind.
MOST_AMID_NAMESAKES = 0.9

Pair = tuple[str, str]


@dataclass
class Measures:
    """What is measured over the villages that are followed, for one round: order and codes kept from town to town."""

    work: Following
    orders: dict[Pair, Order] = field(default_factory=dict)
    codes: dict[Pair, float] = field(default_factory=dict)
    moved: dict[str, dict[str, int]] = field(default_factory=dict)
    of: dict[str, int] = field(default_factory=dict)
    bearers: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for town, went in self.work.moves().items():
            self.moved[town], self.of[town] = dict(went), went.total()
        self.gone = {town: len(self.work.villages_gone(town)) for town in self.work.old.villages}
        self.added = {town: len(self.work.villages_new(town)) for town in self.work.new.villages}
        before = Counter(self.work.old_name(key).place for key in self.work.old.of_level["village"])
        after = Counter(self.work.new_name(key).place for key in self.work.new.of_level["village"])
        self.bearers = dict(before | after)  # the greater of the two

    def order(self, old_town: str, new_town: str) -> Order:
        towns = old_town, new_town
        if towns not in self.orders:
            old, new = self.work.old.villages.get(old_town, []), self.work.new.villages.get(new_town, [])
            self.orders[towns] = order_of(old, new, self.work.to, self.work.back)
        return self.orders[towns]

    def codes_kept(self, old_town: str, new_town: str) -> float:
        """The share of the villages followed from town to town that kept their code, 0 to 1; a half if none tells."""
        towns = old_town, new_town
        if towns not in self.codes:
            kept, known = 1.0, 2.0
            for old in self.work.old.villages.get(old_town, ()):
                new = self.work.to.get(old, "")
                if new and self.work.new.parent(new) == new_town:
                    a, b = self.work.old.rows[old].code, self.work.new.rows[new].code
                    known += bool(a and b)
                    kept += bool(a) and a == b
            self.codes[towns] = kept / known
        return self.codes[towns]


def pair_same_codes(work: Following) -> None:
    """One code and one name on both days: one village, wherever its parent went."""
    for old in work.old.of_level["village"]:
        row = work.old.rows[old]
        new = work.new.by_code.get(row.code, "")
        if new and work.new.rows[new].level == "village" and work.new.name(new) == row.name and work.is_free(old, new):
            work.pair(old, new)


def pair_same_names(work: Following) -> None:
    """Names that stand once in an old town and once in a new one that is linked to it, the strongest links first.

    All of a strong link comes before any weak one. Whole published names come before names of places, and among these
    one kind before another: 东浦居委会 is not 东浦村委会 where both are on both days.
    """
    for strong in (True, False):
        for part in ("name", "place and kind", "place"):
            found = sorted(_same_names(work, part, strong), key=lambda item: item[0])
            for _, old, new in found:
                if work.is_free(old, new):
                    work.pair(old, new)


def _same_names(work: Following, part: str, strong: bool) -> Iterator[tuple[tuple[float, float, int], str, str]]:
    for town in work.old.villages:
        before = _once(work, work.villages_gone(town), old=True, part=part)
        for link in work.links.get(town, ()):
            if (link.share >= STRONG_LINK or work.to.get(town) == link.new_town) != strong:
                continue
            after = _once(work, work.villages_new(link.new_town), old=False, part=part)
            for name, old in before.items():
                if new := after.get(name):
                    yield (-link.share, -link.moved, work.old.at[old]), old, new


def _once(work: Following, villages: list[str], *, old: bool, part: str) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in villages:
        name = work.old_name(key) if old else work.new_name(key)
        parts = {"name": name.published, "place and kind": f"{name.place} {name.kind}", "place": name.place}
        found[parts[part]].append(key)
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def pair_the_rest(work: Following, reserved: set[str]) -> dict[Pair, float]:
    """Assign what is left by all that is known; returns the log-odds of every pair that was thought of.

    New keys in `reserved` were joined of several old ones and continue none.
    """
    measures = Measures(work)
    weights = {}
    for old, new in dict.fromkeys(_candidates(work, reserved)):
        weight, _ = weigh(work, measures, old, new)
        if weight > -3:
            weights[old, new] = weight
    for old, new in assign(weights).items():
        work.pair(old, new)
    return weights


def _candidates(work: Following, reserved: set[str]) -> Iterator[Pair]:
    alone: dict[Pair, list[str]] = defaultdict(list)
    for new in work.new.of_level["village"]:
        if new not in work.back and new not in reserved:
            alone[work.new.county[new], work.new_name(new).place].append(new)
    for town in work.old.villages:
        gone = work.villages_gone(town)
        if not gone:
            continue
        for link in work.links.get(town, ()):
            for new in work.villages_new(link.new_town):
                if new not in reserved:
                    yield from ((old, new) for old in gone)
        for old in gone:
            county = work.to.get(work.old.county[old], "")
            yield from ((old, new) for new in alone.get((county, work.old_name(old).place), ())[:20])
            new = work.new.by_code.get(work.old.rows[old].code, "")
            if new and new not in work.back and new not in reserved and work.new.rows[new].level == "village":
                yield old, new


def weigh(work: Following, measures: Measures, old: str, new: str) -> tuple[float, tuple[Evidence, ...]]:
    """The log-odds that the two are one village, and why."""
    towns = work.old.parent(old), work.new.parent(new)
    alike = likeness(
        work.old_name(old), work.new_name(new), town_place(work.old, towns[0]), town_place(work.new, towns[1])
    )
    weight, evidence = BEFORE + alike.weight, [alike.evidence]
    for more, why in (
        _by_code(work, measures, old, new),
        _by_siblings(work, measures, old, new),
        _by_position(work, measures, old, new),
        _by_counts(work, measures, old, new, alike.weight < 0),
    ):
        weight += more
        evidence += why
    return weight, tuple(evidence)


def _by_code(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    a, b = work.old.rows[old], work.new.rows[new]
    if not a.code or not b.code:
        return 0.0, []
    kept = measures.codes_kept(a.parent_key, b.parent_key)
    if a.code == b.code:
        return CODE * kept, [Evidence("same_code", {"code": a.code})]
    return OTHER_CODE * kept * kept, [Evidence("other_code", {"old_code": a.code, "new_code": b.code})]


def _by_siblings(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    old_town, new_town = work.old.parent(old), work.new.parent(new)
    itself = int(work.to.get(old) == new)
    moved = measures.moved.get(old_town, {}).get(new_town, 0) - itself
    of = measures.of.get(old_town, 0) - int(old in work.to)
    names = work.old.name(old_town), work.new.name(new_town)
    weight, evidence = 0.0, []
    if work.to.get(old_town) == new_town and old_town:
        weight += TOWN_CONTINUES
        evidence.append(Evidence("town_continues", {"old_town": names[0], "new_town": names[1]}))
    if of:
        weight += next(w for least, w in SIBLINGS if moved / of >= least and (moved or not least))
        kind = "siblings_moved" if 2 * moved >= of else "left_siblings"
        gaps: dict[str, Gap] = {"moved": moved, "of": of, "old_town": names[0], "new_town": names[1]}
        evidence.append(Evidence(kind, gaps))
    if moved == 0 and (times := measures.bearers.get(work.new_name(new).place, 1)) > 1:
        weight += SHARED_NAME * math.log2(times)
        evidence.append(Evidence("name_shared", {"name": work.new.name(new), "times": times}))
    return weight, evidence


def _by_position(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    if work.to.get(old) == new:
        return 0.0, []
    order = measures.order(work.old.parent(old), work.new.parent(new))
    agreement = order.agreement(old, new)
    if agreement <= 0:
        return POSITION * 0.6 * agreement, []
    before, after = (work.old.name(key) for key in order.beside(old))
    return POSITION * agreement, [Evidence("same_place_in_list", {"before": before, "after": after})]


def _by_counts(work: Following, measures: Measures, old: str, new: str, unlike: bool) -> tuple[float, list[Evidence]]:
    old_town, new_town = work.old.parent(old), work.new.parent(new)
    if work.to.get(old_town) != new_town or old in work.to:
        return 0.0, []
    gone, added = measures.gone[old_town], measures.added[new_town]
    if gone > added:
        return (UNLIKE_AND_FEWER if unlike else -BALANCE), []
    if gone < added:
        return 0.0, []
    gaps: dict[str, Gap] = {"gone": gone, "new": added, "town": work.new.name(new_town)}
    return BALANCE, [Evidence("as_many_gone_as_new", gaps)]


def judge(work: Following, thought_of: dict[Pair, float]) -> None:
    """The confidence of every pair of villages, and why: its odds among those of its rivals and of being neither."""
    measures = Measures(work)
    rivals: dict[tuple[int, str], list[tuple[float, Pair]]] = defaultdict(list)
    for pair, weight in thought_of.items():
        for side in (0, 1):
            rivals[side, pair[side]].append((weight, pair))
    for old in work.old.of_level["village"]:
        if new := work.to.get(old):
            pair = old, new
            if _is_plain(work, old, new):
                work.why[old] = probability(9.0), _plain_reasons(work, old, new)
                continue
            weight, evidence = weigh(work, measures, old, new)
            weight = max(weight, thought_of.get(pair, weight))
            others = [w for side in (0, 1) for w, p in rivals.get((side, pair[side]), ()) if _competes(work, p, pair)]
            confidence = among(weight, others)
            work.why[old] = min(confidence, MOST_AMID_NAMESAKES) if _is_amid(work, old, new) else confidence, evidence
            if work.why[old][0] < DOUBTFUL_FROM:
                work.part(old)


def _is_amid(work: Following, old: str, new: str) -> bool:
    """Another village of the town bears the same name, and not every one of them kept its word for the kind."""
    place, old_town, new_town = work.old_name(old).place, work.old.parent(old), work.new.parent(new)
    here = [key for key in work.old.villages[old_town] if work.old_name(key).place == place]
    there = [key for key in work.new.villages[new_town] if work.new_name(key).place == place]
    kept = all(key in work.to and work.old.name(key) == work.new.name(work.to[key]) for key in here)
    return max(len(here), len(there)) > 1 and not kept


def _is_plain(work: Following, old: str, new: str) -> bool:
    a, b = work.old.rows[old], work.new.rows[new]
    return bool(a.code) and a.code == b.code and a.name == b.name


def _plain_reasons(work: Following, old: str, new: str) -> tuple[Evidence, ...]:
    row = work.new.rows[new]
    return Evidence("same_code", {"code": row.code}), Evidence("same_name", {"name": row.name})


def _competes(work: Following, other: Pair, pair: Pair) -> bool:
    """A rival whose partner has a home of its own competes no more."""
    if other == pair:
        return False
    old, new = other
    return (old == pair[0] and new not in work.back) or (new == pair[1] and old not in work.to)


def among(weight: float, others: list[float]) -> float:
    """The probability of a guess beside others and beside none of them, from the log-odds of each."""
    greatest = max([weight, 0.0, *others])
    total = sum(math.exp(w - greatest) for w in (weight, 0.0, *others))
    return math.exp(weight - greatest) / total
