"""Places by the rules: votes, who is left out, limits, reserves, and ties by the draw."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verivote.result import results, seed

from . import polls

ROOT = bytes(32)
DRAW = seed(ROOT, "03 08 11")


def poll(votes: dict[str, int], where: dict[str, str] | None = None, **step):
    """Rules with one group; everybody is from a place of their own if `where` does not say."""
    candidates = [polls.candidate(id, id, (where or {}).get(id, id)) for id in votes]
    group = {"id": "g", "title": "组", "least": 0, "most": 1, "candidates": candidates}
    rules = polls.rules(groups=[group], steps=[{"kind": "most_votes", "group": "g"} | step])
    return rules, {"g": votes}


def outcomes(rules, tallies, drawn=DRAW, withdrawn=()):
    [step] = results(rules, tallies, drawn, withdrawn)
    assert step["group"] == "g"
    return {each["candidate"]: (each["outcome"], each["by"]) for each in step["candidates"]}


def test_most_votes_get_the_places_then_the_reserves():
    assert outcomes(*poll({"a": 1, "b": 4, "c": 3, "d": 2}, places=1, reserves=2)) == {
        "b": ("placed", "votes"),
        "c": ("reserve", "votes"),
        "d": ("reserve", "votes"),
        "a": ("not_placed", "votes"),
    }


def test_who_is_left_out_or_withdrew_has_no_place_however_many_votes():
    rules, tallies = poll({"a": 9, "b": 8, "c": 7, "d": 1}, places=1, out=[{"candidate": "a", "why": "已获省级表彰"}])
    assert outcomes(rules, tallies, None, [("g", "b"), ("h", "c")]) == {
        "a": ("not_placed", "left_out"),
        "b": ("not_placed", "withdrawn"),
        "c": ("placed", "votes"),
        "d": ("not_placed", "votes"),
    }


def test_limits_pass_over_whose_place_is_full_and_are_named():
    where = {"a": "zhuji", "b": "zhuji", "c": "keqiao", "d": "zhuji", "e": "keqiao"}
    rules, tallies = poll(
        {"a": 5, "b": 4, "c": 3, "d": 2, "e": 1}, where, places=2, reserves=1, caps=[{"by": "place", "most": 1}]
    )
    [step] = results(rules, tallies, None)
    assert step["candidates"] == [
        {"candidate": "a", "votes": 5, "outcome": "placed", "by": "votes"},
        {"candidate": "b", "votes": 4, "outcome": "not_placed", "by": "limit", "limit": {"by": "place", "is": "zhuji"}},
        {"candidate": "c", "votes": 3, "outcome": "placed", "by": "votes"},
        {"candidate": "d", "votes": 2, "outcome": "not_placed", "by": "limit", "limit": {"by": "place", "is": "zhuji"}},
        {
            "candidate": "e",
            "votes": 1,
            "outcome": "not_placed",
            "by": "limit",
            "limit": {"by": "place", "is": "keqiao"},
        },
    ]


def test_a_reserve_does_not_use_up_a_limit():
    where = {"a": "x", "b": "y", "c": "y", "d": "y"}
    found = outcomes(
        *poll({"a": 5, "b": 4, "c": 3, "d": 2}, where, places=1, reserves=2, caps=[{"by": "place", "most": 1}])
    )
    assert found == {
        "a": ("placed", "votes"),
        "b": ("reserve", "votes"),
        "c": ("reserve", "votes"),
        "d": ("not_placed", "votes"),
    }


def by_draw(*ids: str) -> list[str]:
    return sorted(ids, key=lambda id: sha256(ROOT + b"03 08 11" + id.encode()).digest())


def test_a_tie_that_matters_is_decided_by_the_draw():
    first, second, third = by_draw("a", "b", "c")
    found = outcomes(*poll({"a": 5, "b": 5, "c": 5, "d": 1}, places=1, reserves=1))
    assert found == {
        first: ("placed", "tie"),
        second: ("reserve", "tie"),
        third: ("not_placed", "tie"),
        "d": ("not_placed", "votes"),
    }
    assert {tuple(by_draw_of(root)) for root in (bytes(32), b"\1" * 32, b"\2" * 32, b"\3" * 32)} != {
        tuple(by_draw("a", "b", "c"))
    }


def test_the_seed_is_the_root_and_the_draw():
    assert (seed(ROOT, "福"), seed(ROOT, None)) == (ROOT + "福".encode(), None)


def by_draw_of(root: bytes) -> list[str]:
    [step] = results(*poll({"a": 5, "b": 5, "c": 5}, places=1, reserves=1), seed(root, "03 08 11"))
    return [each["candidate"] for each in step["candidates"]]


def test_without_the_draw_a_tie_that_matters_and_all_below_wait():
    rules, tallies = poll({"a": 9, "b": 5, "c": 5, "d": 4, "e": 3}, places=2, out=[{"candidate": "e", "why": "x"}])
    assert outcomes(rules, tallies, None) == {
        "a": ("placed", "votes"),
        "b": ("undecided", "tie"),
        "c": ("undecided", "tie"),
        "d": ("undecided", "tie"),
        "e": ("not_placed", "left_out"),
    }


@pytest.mark.parametrize(
    ("votes", "where", "step"),
    [
        ({"a": 5, "b": 5}, None, {"places": 2}),
        ({"a": 5, "b": 5, "c": 1}, None, {"places": 2, "reserves": 1}),
        ({"a": 5, "b": 4, "c": 4}, None, {"places": 1}),
        ({"a": 5, "b": 4, "c": 3, "d": 3}, None, {"places": 1, "reserves": 1}),
        ({"a": 5, "b": 4, "c": 4}, {"a": "x", "b": "x", "c": "y"}, {"places": 2, "caps": [{"by": "place", "most": 1}]}),
        ({"a": 5, "b": 5}, {"a": "x", "b": "x"}, {"places": 2, "caps": [{"by": "place", "most": 2}]}),
        ({"a": 5, "b": 5}, None, {"places": 1, "out": [{"candidate": "a", "why": "x"}]}),
    ],
)
def test_a_tie_that_does_not_matter_waits_for_nothing(votes, where, step):
    found = outcomes(*poll(votes, where, **step), None)
    assert [each for each in found.values() if "tie" in each] == []


@pytest.mark.parametrize(
    ("votes", "where", "step"),
    [
        ({"a": 5, "b": 5}, None, {"places": 1}),
        ({"a": 9, "b": 5, "c": 5}, None, {"places": 1, "reserves": 2}),
        ({"a": 5, "b": 5}, {"a": "x", "b": "x"}, {"places": 2, "caps": [{"by": "place", "most": 1}]}),
        ({"a": 9, "b": 5, "c": 5}, {"a": "x", "b": "x", "c": "x"}, {"places": 3, "caps": [{"by": "place", "most": 2}]}),
    ],
)
def test_a_tie_that_matters_waits(votes, where, step):
    assert "tie" in {by for _, by in outcomes(*poll(votes, where, **step), None).values()}


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=8),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(1, 3),
    st.data(),
)
def test_in_general(numbers, places, reserves, most, data):
    votes = {f"c{at}": each for at, each in enumerate(numbers)}
    where = {id: data.draw(st.sampled_from("xyz")) for id in votes}
    rules, tallies = poll(votes, where, places=places, reserves=reserves, caps=[{"by": "place", "most": most}])
    decided, waiting = outcomes(rules, tallies), outcomes(rules, tallies, None)
    placed = [id for id, (outcome, _) in decided.items() if outcome == "placed"]
    held = [where[id] for id in placed]
    assert len(placed) <= places and all(held.count(each) <= most for each in held)
    assert sum(outcome == "reserve" for outcome, _ in decided.values()) <= reserves
    assert all(outcome != "undecided" for outcome, _ in decided.values())
    # Whoever has no place though there was one less wanted is kept out by a limit.
    lowest = min((votes[id] for id in placed), default=0)
    above = {id for id in votes if votes[id] > lowest and id not in placed}
    assert {decided[id][1] for id in above} <= {"limit"}
    # What is told before the draw does not change by it.
    assert {id: each[0] for id, each in waiting.items() if each[0] != "undecided"}.items() <= {
        id: each[0] for id, each in decided.items()
    }.items()
