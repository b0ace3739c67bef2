"""What became of each division from an older official list to a newer one.

    proposals = reconcile(listed(old_divisions), listed(new_divisions))

Every old division stands in `old` of exactly one proposal; every new one in `new` of exactly one proposal that
continues (unchanged, renamed, recoded, moved) or is `new`. A merger (merged) or a split names its successors besides.
"""

from __future__ import annotations

from collections.abc import Sequence

from .counties import follow_cities_and_counties
from .following import Following
from .lists import Listed, Sheet
from .proposals import Proposal
from .successors import follow_lone_members, joined_names, parted_names, successors
from .telling import Telling
from .towns import follow_towns, link_by_names, link_by_pairs
from .villages import Pair, judge, pair_same_codes, pair_same_names, pair_the_rest

# Each round takes what the one before it followed as known: neighbours, order, which names were joined.
ROUNDS = 3


def reconcile(old: Sequence[Listed], new: Sequence[Listed]) -> list[Proposal]:
    """One proposal for each old division and for each new one that none continues as, by new town.

    Both lists are in published order; neighbours in a list are evidence. A code that is "" is not known. Raises
    ValueError when a key or a code stands twice in a list, a level is unknown, a parent is not in its list, or a
    division stands above itself.
    """
    work = Following(Sheet(old), Sheet(new))
    follow_cities_and_counties(work)
    pair_same_codes(work)
    link_by_names(work)
    pair_same_names(work)
    _link_and_follow_towns(work)
    pair_same_names(work)
    _link_and_follow_towns(work)
    thought_of: dict[Pair, float] = {}
    for _ in range(ROUNDS):
        thought_of |= pair_the_rest(work, joined_names(work).reserved | parted_names(work))
        _link_and_follow_towns(work)
    judge(work, thought_of)
    found = successors(work, joined_names(work))
    follow_lone_members(work, found)
    return Telling(work, found, thought_of).proposals()


def _link_and_follow_towns(work: Following) -> None:
    link_by_pairs(work)
    follow_towns(work)
