"""An attacker who holds ballots of a box, and tries all that the others can have voted: told plainly he finds them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest

from rollup.branch_counts import Band, Counts, Nothing, Told, add_up, may_be_told, points

GOOD, FAIR, LITTLE, BAD, UNKNOWN = range(5)
WORTH = {GOOD: 10, FAIR: 7, LITTLE: 5, BAD: 2}


def boxes(ballots: int, options: int):
    """All numbers that a box can have."""
    for some in combinations_with_replacement(range(options), ballots):
        yield tuple(some.count(option) for option in range(options))


def given_away(tell: Callable, ballots: int, options: int, held: int) -> int:
    """In how many pairs of a box and ballots held in it some other voter has only one possible option.

    The others are alike to the attacker: one of them may have an option if a box that is told alike has it left over.
    """
    alike: dict[object, list[tuple[int, ...]]] = {}
    for box in boxes(ballots, options):
        alike.setdefault(tell(box), []).append(box)
    found = 0
    for same in alike.values():
        for own in boxes(held, options):
            possible = {
                option
                for box in same
                if all(have >= mine for have, mine in zip(box, own, strict=True))
                for option in range(options)
                if box[option] > own[option]
            }
            could_be = any(all(have >= mine for have, mine in zip(box, own, strict=True)) for box in same)
            found += could_be and len(possible) < 2
    return found


@pytest.mark.parametrize(("ballots", "options"), [(10, 5), (11, 3), (14, 4), (20, 3)])
@pytest.mark.parametrize("held", [1, 2, 3])
def test_who_holds_up_to_three_ballots_finds_no_other(ballots, options, held):
    assert given_away(may_be_told, ballots, options, held) == 0
    assert given_away(lambda box: box, ballots, options, held) > 0


def test_the_same_by_trying_each_voter():
    """Every assignment of ten voters to two options; three put their ballots together. Rounds are boxes apart."""
    voters, held = 10, 3
    all_votes = list(product((0, 1), repeat=voters))
    tell = {votes: may_be_told((votes.count(0), votes.count(1))) for votes in all_votes}
    possible: dict[object, list[set[int]]] = {}
    for votes in all_votes:
        known = (votes[:held], tell[votes])
        seen = possible.setdefault(known, [set() for _voter in range(voters)])
        for voter in range(held, voters):
            seen[voter].add(votes[voter])
    assert all(len(options) == 2 for seen in possible.values() for options in seen[held:])


def late_ballots_found(tell_both: Callable) -> int:
    """In how many cases it is known what the one voted who came after the box was told, and it was told again."""
    alike: dict[object, set[int]] = {}
    for before in boxes(12, 3):
        for late in range(3):
            after = tuple(have + (option == late) for option, have in enumerate(before))
            alike.setdefault(tell_both(before, after), set()).add(late)
    return sum(len(options) < 2 for options in alike.values())


def test_a_corrected_box_would_give_the_late_ballot_away():
    def told_once(before, after):
        told = Told()
        return told.tell("box", before), told.tell("box", after)

    assert late_ballots_found(told_once) == 0
    assert late_ballots_found(lambda before, after: (may_be_told(before), may_be_told(after))) > 0


def test_four_together_are_not_promised_anything():
    assert given_away(may_be_told, 10, 3, 4) > 0


@pytest.mark.parametrize("outside", range(3))
def test_a_narrower_band_would_give_ballots_away(outside):
    """Why the band is wider by one than those who put theirs together, and not only for boxes of one opinion."""

    def tell(box):
        return (box.index(max(box)), "band") if sum(box) - max(box) <= outside else box

    assert given_away(tell, 10, 3, 3) > 0


def test_a_band_hides_whether_all_agree():
    assert may_be_told((12, 0, 0, 0, 0)) == may_be_told((8, 1, 1, 1, 1)) == Band(GOOD, 4, 12)
    assert may_be_told((7, 2, 1, 1, 1)) == Counts((7, 2, 1, 1, 1))
    assert may_be_told((9, 0, 0, 0, 0)) == may_be_told((3, 3, 3, 0, 0)) == Nothing()


def test_a_total_beside_its_parts_would_tell_of_the_part_that_is_not_told():
    large, small = (14, 4, 2, 1, 1), (8, 0, 0, 0, 0)
    whole = tuple(map(sum, zip(large, small, strict=True)))
    assert tuple(a - b for a, b in zip(whole, large, strict=True)) == small
    assert add_up([may_be_told(large), may_be_told(small)]) == Counts(large)
    assert add_up([may_be_told(small)]) is None


def test_a_box_is_told_once():
    told = Told()
    first = told.tell("branch 7, 2024", (7, 2, 1, 1, 1))
    assert told.tell("branch 7, 2024", (7, 2, 1, 1, 2)) == first
    assert told.tell("branch 7, 2025", (7, 2, 1, 1, 2)) != first


def test_points_start_from_what_is_told():
    assert points(may_be_told((6, 2, 1, 1, 2)), WORTH) == (Fraction(81, 10),) * 3
    all_good, nearly = (points(may_be_told(box), WORTH) for box in ((20, 0, 0, 0, 0), (16, 0, 0, 4, 0)))
    assert all_good == nearly == (Fraction(84, 10), Fraction(97, 10), 10)
    assert points(may_be_told((0, 0, 0, 20, 0)), WORTH) == (2, Fraction(23, 10), Fraction(36, 10))
    assert points(may_be_told((0, 0, 0, 0, 20)), WORTH) is None
    assert points(Nothing(), WORTH) is None


@pytest.mark.parametrize("numbers", [(12,), (12, -1)])
def test_numbers_that_no_box_has_are_refused(numbers):
    with pytest.raises(ValueError):
        may_be_told(numbers)
