"""Which divisions took in those that vanished: by joined names, parts of names, neighbours, codes and counts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from .evidence import Evidence, Gap
from .following import Following, town_place
from .names import ONE_MORE, VARIANT, is_joined, likeness, longest_piece, place_name, tells_apart
from .proposals import DOUBTFUL_FROM
from .villages import Measures

# Before anything is known of the two: a new division takes in about so many that vanished, what is left over went to
# those that stand already, and one in twenty went neither here nor there.
MEMBERS, MOST_INTO_NEW, NOWHERE = 2.5, 0.8, 0.05
# What a joined name adds by how much of the members' names it keeps whole: nothing, one of them, both. All weights are
# natural logarithms of how much likelier the evidence is if the old one went there.
JOINED = (3.0, 4.5, 7.0)
WHOLE_WITHIN, PIECE_OF_TWO, PIECE_OF_ONE = 4.6, 3.0, 1.6
# The successor bears a part of the old place's name (上朱部 into 朱部).
BEARS_PART = 3.8
# Measured on 62 joined names of the province: of 5 codes that came back, 5 were a member's.
CODE_PASSED_ON = 3.5
# How much likelier two members of a merger stand beside each other in the list, with one between, or farther apart
# than two others that vanished from the town: 27, 11 and 24 of those 62, where 6, 6 and 50 were to be expected.
BESIDE, NEXT_BUT_ONE, FARTHER = 4.5, 2.0, 0.45
ROUNDS = 2
# Another member that is at least so likely makes it a merger; and one alone is never told as sure.
RIVAL_FROM, MOST_LONE = 0.1, 0.8
# A merger is told as sure only where the new name is nothing but its members' names: no other can be checked.
MOST_MERGED = 0.97

Pair = tuple[str, str]


@dataclass
class Successor:
    """One that may have taken in the old one: log-odds, and why."""

    new: str
    weight: float
    evidence: tuple[Evidence, ...]
    confidence: float = 0.0


@dataclass
class Joined:
    """Names put together of two that vanished: by old and new key, the weight and both names."""

    weights: dict[Pair, tuple[float, tuple[str, ...]]] = field(default_factory=dict)

    reserved: set[str] = field(default_factory=set)
    whole: set[Pair] = field(default_factory=set)  # the new name is nothing but the members' names


def joined_names(work: Following) -> Joined:
    """Look at every new village for two vanished ones of the linked towns of which its name is put together."""
    towns: dict[str, list[str]] = defaultdict(list)
    for town, links in work.links.items():
        for link in links:
            towns[link.new_town].append(town)
    joined = Joined()
    for new_town in work.new.villages:
        added = work.villages_new(new_town)
        gone = [old for town in towns.get(new_town, ()) for old in work.villages_gone(town)] if added else []
        for new in added:
            _join(work, gone, new, joined, fewer=len(gone) > len(added))
    return joined


def parted_names(work: Following) -> set[str]:
    """New villages, two or more of one vanished name and a character that tells neighbours apart: 塔山东 and 塔山西."""
    found: set[str] = set()
    for town, links in work.links.items():
        for old in work.villages_gone(town):
            place = work.old_name(old).place
            new = [new for link in links for new in work.villages_new(link.new_town)] if len(place) > 1 else []
            parts = [n for n in new if _extra(work.new_name(n).place, place)]
            if len(parts) > 1:
                found.update(parts)
    return found


def _extra(longer: str, place: str) -> bool:
    rest = longer.removeprefix(place) if longer.startswith(place) else longer.removesuffix(place)
    return len(rest) == 1 and len(longer) == len(place) + 1 and tells_apart(rest)


def _join(work: Following, gone: list[str], new: str, joined: Joined, *, fewer: bool) -> None:
    """Note the pairs of members, and that the new one is no old one's continuation if villages became fewer at all."""
    name = work.new_name(new).place
    name = name[1:] if len(name) > 2 and name[0] == "新" else name
    sharing = [old for old in gone if longest_piece(work.old_name(old).place, name)]
    best: list[tuple[float, str, str]] = []
    for one, other in combinations(sharing, 2):
        a, b = work.old_name(one).place, work.old_name(other).place
        if name in (a, b) or a == b or _is_one_of_them(work, one, other, new) or not (kept := is_joined(name, a, b)):
            continue
        weight = JOINED[2 if kept == len(name) else int(kept > 1)]
        weight += 1.0 if abs(work.old.at[one] - work.old.at[other]) == 1 else -0.7
        weight -= 0.0 if work.old.parent(one) == work.old.parent(other) else 1.5
        best.append((weight if fewer else weight - 1.5, one, other))
    best.sort(key=lambda item: (-item[0], item[1], item[2]))
    for weight, one, other in best[:4]:
        members = work.old.name(one), work.old.name(other)
        less = math.log(sum(math.exp(w - weight) for w, *_ in best))
        for old in (one, other):
            if (old, new) not in joined.weights:
                joined.weights[old, new] = weight - less, members
                if is_joined(name, *(work.old_name(k).place for k in (one, other))) == len(name):
                    joined.whole.add((old, new))
                if fewer:
                    joined.reserved.add(new)


def _is_one_of_them(work: Following, one: str, other: str, new: str) -> bool:
    """The new name is one member's, spelt otherwise or with its town's before it, and not the other's as well.

    富盛红山 in 富盛镇 is 红山 and was not made of 富盛 and 红山; 胜桥 is 胜乔, not 胜乔 and 赵巷桥. One character more
    may be another member's (箬山黄 of 箬山 and 桥头黄), unless the code stayed (胜利路 is 胜利).
    """
    alike = []
    for old in (one, other):
        weight = likeness(work.old_name(old), work.new_name(new), town_place(work.old, work.old.parent(old))).weight
        one_code = work.old.rows[old].code == work.new.rows[new].code != ""
        alike.append(weight >= (ONE_MORE if one_code else VARIANT))
    return any(alike) and not all(alike)


def successors(work: Following, joined: Joined) -> dict[str, list[Successor]]:
    """For each village that vanished its possible successors, the likeliest first.

    Found in rounds: where the neighbours went in one round speaks in the next.
    """
    measures = Measures(work)
    chances = _Chances(work)
    plain: dict[str, list[Successor]] = {}
    for town in work.old.villages:
        for old in work.villages_gone(town):
            plain[old] = [_weigh(work, measures, chances, joined, old, new) for new in _candidates(work, town)]
    found = {old: _ranked(options) for old, options in plain.items()}
    for _ in range(ROUNDS):
        found = {old: _ranked(_with_neighbours(work, old, options, found)) for old, options in plain.items()}
    for old, options in found.items():
        for option in options:
            if (old, option.new) not in joined.whole:
                option.confidence = min(option.confidence, MOST_MERGED)
    return found


class _Chances:
    """How likely a village that vanished from a town went into each one of the linked towns, by their counts alone."""

    def __init__(self, work: Following) -> None:
        self.work = work
        self.share: dict[Pair, float] = {}
        gone: dict[str, float] = defaultdict(float)
        for town, links in work.links.items():
            total = sum(link.moved for link in links)
            for link in links:
                share = link.moved / total if total else 1 / len(links)
                self.share[town, link.new_town] = share
                gone[link.new_town] += share * len(work.villages_gone(town))
        self.new: dict[str, float] = {}
        self.standing: dict[str, float] = {}
        for town, villages in work.new.villages.items():
            added = len(work.villages_new(town))
            into_new = min(MOST_INTO_NEW, MEMBERS * added / gone[town]) if gone[town] else 0.0
            self.new[town] = into_new / max(added, 1)
            self.standing[town] = (1 - into_new) / max(len(villages) - added, 1)

    def log(self, old: str, new: str) -> float:
        town = self.work.new.parent(new)
        chance = self.standing[town] if new in self.work.back else self.new[town]
        return math.log(max(chance * self.share.get((self.work.old.parent(old), town), 0.0), 1e-6))


def follow_lone_members(work: Following, found: dict[str, list[Successor]]) -> None:
    """A new division that took in one alone, whose name is like its own, is that one: renamed, not merged."""
    into: dict[str, list[tuple[float, str]]] = defaultdict(list)
    parted = parted_names(work)
    for old, options in found.items():
        for option in options:
            if option.confidence >= RIVAL_FROM and option.new not in work.back and option.new not in parted:
                into[option.new].append((option.confidence, old))
    for new, members in into.items():
        confidence, old = members[0]
        if len(members) > 1 or confidence < DOUBTFUL_FROM or old not in found or found[old][0].new != new:
            continue
        alike = likeness(work.old_name(old), work.new_name(new))
        if alike.weight > 0:
            work.pair(old, new)
            work.why[old] = min(confidence, MOST_LONE), found[old][0].evidence
            del found[old]


def _candidates(work: Following, town: str) -> Iterator[str]:
    for link in work.links.get(town, ()):
        yield from work.new.villages.get(link.new_town, ())


def _weigh(work: Following, measures: Measures, chances: _Chances, joined: Joined, old: str, new: str) -> Successor:
    weight = chances.log(old, new)
    evidence: list[Evidence] = []
    for more, why in (
        _by_name(work, measures, joined, old, new),
        _by_code(work, measures, old, new),
        _by_town(work, measures, old, new),
        _by_counts(work, measures, old, new),
    ):
        weight += more
        evidence += why
    return Successor(new, weight, tuple(evidence))


def _by_name(work: Following, measures: Measures, joined: Joined, old: str, new: str) -> tuple[float, list[Evidence]]:
    a, b = work.old_name(old).place, work.new_name(new).place
    weight, evidence = _within(a, b)
    if (found := joined.weights.get((old, new))) and found[0] > weight:
        return found[0], [Evidence("name_joined", {"members": found[1], "new_name": work.new.name(new)})]
    piece = longest_piece(a, b)
    if evidence or not piece or tells_apart(piece) or piece == town_place(work.old, work.old.parent(old)):
        return weight, evidence
    holders = sum(piece in work.old_name(k).place for k in work.old.villages[work.old.parent(old)])
    weight = (PIECE_OF_TWO if len(piece) > 1 else PIECE_OF_ONE) - math.log(max(holders, 1))
    if new in work.back and work.old_name(work.back[new]).place == b:
        weight /= 2  # it bore that name before, and need not have it from the old one
    gaps = {"characters": piece, "old_name": work.old.name(old), "new_name": work.new.name(new)}
    return max(weight, 0.0), [Evidence("names_share_characters", gaps)]


def _within(a: str, b: str) -> tuple[float, list[Evidence]]:
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) < 2 or shorter not in longer:
        return 0.0, []
    weight = WHOLE_WITHIN if shorter == a else BEARS_PART
    return weight, [Evidence("name_within_name", {"shorter": shorter, "longer": longer})]


def _by_code(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    a, b = work.old.rows[old], work.new.rows[new]
    if not a.code or a.code != b.code:
        return 0.0, []
    weight = CODE_PASSED_ON * measures.codes_kept(a.parent_key, b.parent_key)
    gaps = {"code": a.code, "old_name": a.name, "new_name": b.name}
    return weight, [Evidence("code_passed_on", gaps)]


def _by_town(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    """Where the others of its town went; told here, and weighed before anything else by `_Chances`."""
    old_town, new_town = work.old.parent(old), work.new.parent(new)
    moved, of = measures.moved.get(old_town, {}).get(new_town, 0), measures.of.get(old_town, 0)
    names = work.old.name(old_town), work.new.name(new_town)
    if of:
        kind = "siblings_moved" if 2 * moved >= of else "left_siblings"
        return 0.0, [Evidence(kind, {"moved": moved, "of": of, "old_town": names[0], "new_town": names[1]})]
    if work.to.get(old_town) == new_town:
        return 0.0, [Evidence("town_continues", {"old_town": names[0], "new_town": names[1]})]
    return 0.0, []


def _by_counts(work: Following, measures: Measures, old: str, new: str) -> tuple[float, list[Evidence]]:
    town = work.new.parent(new)
    if new in work.back or measures.added[town] > 1:
        return 0.0, []
    gone = measures.gone[work.old.parent(old)]
    gaps: dict[str, Gap] = {"new_name": work.new.name(new), "gone": gone, "town": work.new.name(town)}
    return 0.0, [Evidence("only_new_of_town", gaps)]


def _with_neighbours(
    work: Following, old: str, options: list[Successor], found: dict[str, list[Successor]]
) -> list[Successor]:
    """Weigh for each option how near in the list those stand that became it or went into it."""
    town = work.old.villages[work.old.parent(old)]
    at = town.index(old)
    apart: dict[str, list[float]] = defaultdict(lambda: [1.0, 1.0, 1.0])  # chances that none stands at 1, 2, farther
    for place, key in enumerate(town):
        if place != at:
            distance = min(abs(place - at), 3) - 1
            went = [(work.to[key], 1.0)] if key in work.to else [(o.new, o.confidence) for o in found[key]]
            for new, chance in went:
                apart[new][distance] *= 1 - chance
    names = [work.old.name(town[i]) if 0 <= i < len(town) else "" for i in (at - 1, at + 1)]
    told = []
    for option in options:
        none_beside, none_next, none_farther = apart[option.new]
        likelier = BESIDE * (1 - none_beside) + none_beside * (
            NEXT_BUT_ONE * (1 - none_next) + none_next * (FARTHER * (1 - none_farther) + none_farther)
        )
        evidence = option.evidence
        if none_beside < 0.8:
            gaps: dict[str, Gap] = {"before": names[0], "after": names[1], "new_name": work.new.name(option.new)}
            evidence = (*evidence, Evidence("neighbours_went", gaps))
        told.append(Successor(option.new, option.weight + math.log(likelier), evidence))
    return told


def _ranked(options: list[Successor]) -> list[Successor]:
    """The eight likeliest, each with its probability among all and beside having gone nowhere of them."""
    total = NOWHERE + sum(math.exp(option.weight) for option in options)
    options = sorted(options, key=lambda option: -option.weight)[:8]
    return [Successor(o.new, o.weight, o.evidence, math.exp(o.weight) / total) for o in options]


def is_special_area(name: str) -> bool:
    """A farm, a reservoir, a development zone: listed like a village, and may close like an office."""
    return place_name(name, "village").kind == "village_other"
