"""Following towns by name, code and where their villages went; and the links along which villages are looked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from .assignment import assign
from .evidence import Evidence
from .following import Following, Link, probability, town_place
from .lists import Sheet

# A name that more villages of a county bear says nothing about where a town went.
MOST_BEARERS = 4
# A new town is looked through for an old one's villages from this share of the votes on, and this many.
LEAST_SHARE, LEAST_VOTES = 0.05, 0.9  # Into another county whole towns pass, seldom single villages.
LEAST_SHARE_ABROAD = 0.3

# A town of quite another name is the old one only if nearly all its villages came from it: else it was made of several.
MOST_OF_A_RENAMED_TOWN = 0.9

Votes = dict[str, float]


def link_by_names(work: Following) -> None:
    """The first links: every village whose name is rare in the county votes for the town it lies in now."""
    by_county, by_city = _bearers(work, work.new, "county"), _bearers(work, work.new, "city")
    votes: dict[str, Votes] = defaultdict(lambda: defaultdict(float))
    for town, villages in work.old.villages.items():
        county, city = work.to.get(work.old.county[town], ""), work.to.get(work.old.city[town], "")
        for village in villages:
            if village in work.to:
                votes[town][work.new.parent(work.to[village])] += 1
                continue
            place = work.old_name(village).place
            found = by_county.get((county, place), [])
            if not found and len(place) > 1:
                found = by_city.get((city, place), [])
            if len(found) <= MOST_BEARERS:
                for new in found:
                    votes[town][work.new.parent(new)] += 1 / len(found)
    _link(work, votes)


def link_by_pairs(work: Following) -> None:
    """The links by the villages that are followed; towns none of whose villages are keep the links they have."""
    moves = work.moves()
    votes: dict[str, Votes] = {}
    for town in work.old.villages:
        before = {link.new_town: link.moved for link in work.links.get(town, ())}
        votes[town] = {new: float(moved) for new, moved in moves[town].items()} if town in moves else before
    _link(work, votes)


def _link(work: Following, votes: Mapping[str, Votes]) -> None:
    named = _same_places(work)
    links: dict[str, list[Link]] = {}
    for town in [*work.old.villages, *(t for t in work.old.of_level["town"] if t not in work.old.villages)]:
        mine = votes.get(town, {})
        of = sum(mine.values())
        found = {
            new: Link(new, moved, of)
            for new, moved in mine.items()
            if moved >= LEAST_VOTES
            and moved >= (LEAST_SHARE if _in_one_county(work, town, new) else LEAST_SHARE_ABROAD) * of
        }
        for new in [work.to.get(town, ""), *named.get(town, ())]:
            if new:
                found.setdefault(new, Link(new, mine.get(new, 0.0), of))
        links[town] = sorted(found.values(), key=lambda link: (-link.moved, work.new.at[link.new_town]))
    work.links = links


def _in_one_county(work: Following, old_town: str, new_town: str) -> bool:
    return work.to.get(work.old.county[old_town], "") == work.new.county[new_town]


def _bearers(work: Following, sheet: Sheet, level: str) -> dict[tuple[str, str], list[str]]:
    above = sheet.county if level == "county" else sheet.city
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for village in sheet.of_level["village"]:
        if village not in work.back:
            found[above[village], work.new_name(village).place].append(village)
    return found


def _same_places(work: Following) -> dict[str, list[str]]:
    """For each old town the new ones of the same place's name in the county it continues in, or else the city."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for new in work.new.of_level["town"]:
        for above in {work.new.county[new], work.new.city[new]}:
            held[above, town_place(work.new, new)].append(new)
    found = {}
    for old in work.old.of_level["town"]:
        place = town_place(work.old, old)
        county, city = work.to.get(work.old.county[old], ""), work.to.get(work.old.city[old], "")
        found[old] = held.get((county, place)) or held.get((city, place), [])
    return found


def follow_towns(work: Following) -> None:
    """Decide anew which towns continue, from the villages that are followed and the towns' names and codes."""
    towns = work.old.of_level["town"]
    for town in towns:
        if town in work.to:
            work.part(town)
    moves = work.moves()
    came: Counter[str] = Counter()
    for found in moves.values():
        came.update(found)
    weights: dict[tuple[str, str], float] = {}
    reasons: dict[tuple[str, str], tuple[Evidence, ...]] = {}
    for old in towns:
        for new in _candidates(work, old):
            weight, evidence = _weigh(work, old, new, moves.get(old, Counter()), came)
            weights[old, new], reasons[old, new] = weight, evidence
    for old, new in assign(weights).items():
        work.pair(old, new)
        work.why[old] = probability(weights[old, new]), reasons[old, new]


def _candidates(work: Following, old: str) -> list[str]:
    row = work.old.rows[old]
    found = [link.new_town for link in work.links.get(old, ())]
    if row.code in work.new.by_code:
        found.append(work.new.by_code[row.code])
    return [new for new in dict.fromkeys(found) if new in work.new.rows and work.new.rows[new].level == "town"]


def _weigh(
    work: Following, old: str, new: str, went: Counter[str], came: Counter[str]
) -> tuple[float, tuple[Evidence, ...]]:
    """Log-odds that the new town is the old one, and why; not above 0 where a rule forbids it.

    A town made of two alike in size is a new unit (大唐街道 of 大唐镇 and 草塔镇), unless it bears the old name whole.
    """
    a, b = work.old.rows[old], work.new.rows[new]
    evidence: list[Evidence] = []
    weight = -1.0
    one_code = bool(a.code) and a.code == b.code
    if one_code:
        weight += 2.0
        evidence.append(Evidence("same_code", {"code": a.code}))
    one_place = town_place(work.old, old) == town_place(work.new, new)
    if a.name == b.name:
        weight += 4.0
        evidence.append(Evidence("same_name", {"name": a.name}))
    elif one_place:
        weight += 3.0
        evidence.append(Evidence("other_kind_word", {"old_name": a.name, "new_name": b.name}))
    else:
        weight -= 1.0
        evidence.append(Evidence("name_unlike", {"old_name": a.name, "new_name": b.name}))
    if one_code and a.name == b.name:
        return 9.0, tuple(evidence)
    moved, of, all_came = went[new], went.total(), came[new]
    least = -1.0 if a.name == b.name else -3.0
    if of:
        weight += max(6 * (moved / of - 0.5), least)
        evidence.append(Evidence("villages_went", {"moved": moved, "of": of, "new_town": b.name}))
    if all_came:
        weight += max(6 * (moved / all_came - 0.5), least)
        evidence.append(Evidence("villages_came", {"moved": moved, "of": all_came, "old_town": a.name}))
    least_share = 0.5 if one_place else MOST_OF_A_RENAMED_TOWN
    if a.name != b.name and (moved <= 0.5 * of or moved <= least_share * all_came):
        return -1.0, tuple(evidence)
    if not one_place and (not of or _bears_name_of_another(work, old, new)):
        return -1.0, tuple(evidence)
    return weight, tuple(evidence)


def _bears_name_of_another(work: Following, old: str, new: str) -> bool:
    """The new town is called as another old one that went into it, wholly or in part."""
    place = town_place(work.new, new)
    return any(
        town != old and town_place(work.old, town) == place and any(link.new_town == new for link in links)
        for town, links in work.links.items()
        if town and work.old.rows[town].level == "town"
    )
