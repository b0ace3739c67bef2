"""The best assignment, beside all that there are, and the order of lists."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from gongjian.register.reconcile import assignment
from gongjian.register.reconcile.assignment import assign
from gongjian.register.reconcile.order import order_of

WEIGHTS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), st.integers(-3, 9).map(float), max_size=12
)


def best(weights) -> float:
    """The greatest sum there is, by trying all."""
    rows, columns = "abcd", "wxyz"
    return max(
        sum(max(weights.get(pair, 0.0), 0.0) for pair in zip(rows, order, strict=True))
        for order in permutations(columns)
    )


@given(WEIGHTS)
def test_the_assignment_is_one_to_one_and_the_best_there_is(weights):
    found = assign(weights)
    assert len(set(found.values())) == len(found)
    assert sum(weights[pair] for pair in found.items()) == best(weights)


def test_the_first_comer_does_not_take_what_another_needs():
    assert assign({("a", "x"): 5.0, ("a", "y"): 4.0, ("b", "x"): 4.0}) == {"a": "y", "b": "x"}


def test_a_part_that_is_too_large_is_taken_greedily(monkeypatch):
    monkeypatch.setattr(assignment, "LARGEST_EXACT", 1)
    assert assign({("a", "x"): 5.0, ("a", "y"): 4.0, ("b", "x"): 4.0}) == {"a": "x"}


def test_what_stands_between_the_same_neighbours_agrees():
    pairs = {"a": "A", "b": "B", "c": "C", "d": "D"}
    order = order_of("a?bcd", "A!BCD", pairs, {new: old for old, new in pairs.items()})
    assert order.kept == 1
    assert order.agreement("?", "!") == 1
    assert order.beside("?") == ("a", "b")


def test_what_stands_elsewhere_disagrees_and_a_few_neighbours_say_nothing():
    pairs = {"a": "A", "b": "B", "c": "C", "d": "D"}
    back = {new: old for old, new in pairs.items()}
    assert order_of("a?bcd", "ABC!D", pairs, back).agreement("?", "!") == -1
    assert order_of("a?b", "A!B", {"a": "A", "b": "B"}, {"A": "a", "B": "b"}).agreement("?", "!") == 0


@given(st.permutations(range(7)))
def test_the_order_that_is_kept_rises_on_both_sides(mixed):
    pairs = {f"o{i}": f"n{i}" for i in range(7)}
    order = order_of(list(pairs), [f"n{i}" for i in mixed], pairs, {v: k for k, v in pairs.items()})
    assert list(order.old_chain) == sorted(order.old_chain)
    assert list(order.new_chain) == sorted(order.new_chain)
    assert order.kept == len(order.old_chain) / 7
