"""What decisions come to, as plain values: laws for any of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongjian.register.reconciliations.outcome import Told, outcome_of

HAPPENED = ["unchanged", "renamed", "recoded", "moved", "merged", "split", "closed", "unknown"]


@some.composite
def told(draw):
    found = []
    for old in range(draw(some.integers(1, 30))):
        happened = draw(some.sampled_from(HAPPENED))
        count = {"closed": 0, "unknown": 0, "split": draw(some.integers(1, 5))}.get(happened, 1)
        new = tuple(range(100 + old * 10, 100 + old * 10 + count))
        shares = draw(some.none() | some.tuples(*[some.floats(0.001, 1)] * count)) if happened == "split" else None
        found.append(Told(happened, (old,), new, shares))
    return found


@given(told())
def test_each_old_one_goes_on_or_ended_and_shares_add_up_to_exactly_one(findings):
    outcome = outcome_of(findings)
    assert {*outcome.continues} | outcome.ended() == {each.old[0] for each in findings}
    assert {*outcome.continues} & outcome.ended() == set()
    for parts in outcome.split.values():
        shares = [share for _new, share in parts if share is not None]
        assert sum(shares) in (0, Decimal(1)) and len(shares) in (0, len(parts)) and all(share > 0 for share in shares)


@given(told(), some.lists(some.integers(0, 29), min_size=30, max_size=30))
def test_what_stands_in_it_finds_a_successor_wherever_one_above_has_one(findings, above):
    outcome = outcome_of(findings)
    parents = {old: above[old] if above[old] < old else None for old in range(30)}
    for old in outcome.ended():
        chain, at = [old], parents[old]
        while at is not None:
            chain.append(at)
            at = parents[at]
        leads = any(each in {**outcome.continues, **outcome.merged, **outcome.split} for each in chain)
        assert (outcome.successor(old, parents) is not None) == leads


def test_the_largest_part_comes_first_and_takes_what_rounding_leaves():
    outcome = outcome_of([Told("split", ("草塔镇",), ("甲", "乙", "丙"), (1 / 3, 1 / 3, 1 / 3))])
    assert outcome.split["草塔镇"] == [
        ("甲", Decimal("0.33333334")), ("乙", Decimal("0.33333333")), ("丙", Decimal("0.33333333")),
    ]  # fmt: skip
    assert outcome.successor("草塔镇", {}) == "甲"


def test_two_cannot_go_on_as_one():
    with pytest.raises(ValueError, match="cannot both go on as"):
        outcome_of([Told("moved", ("甲",), ("丙",)), Told("renamed", ("乙",), ("丙",))])
