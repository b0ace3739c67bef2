"""What became of each division: the official steps, known truth, and laws that hold for any two lists."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from gongjian.register.identity import Division
from gongjian.register.reconcile.divisions import reconcile
from gongjian.register.reconcile.lists import Listed, listed
from gongjian.register.reconcile.proposals import Proposal

DIVISIONS = Path(__file__).parents[3] / "packs" / "shaoxing" / "divisions"


@cache
def published(day: str) -> tuple[Listed, ...]:
    with (DIVISIONS / f"shaoxing-{day}.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(listed(Division(**row) for row in csv.DictReader(rows)))


@cache
def step(old: str, new: str) -> tuple[Proposal, ...]:
    return tuple(reconcile(published(old), published(new)))


def the(proposals: tuple[Proposal, ...], old: str) -> Proposal:
    (found,) = (p for p in proposals if old in p.old)
    return found


# What is known of the city


@pytest.mark.parametrize(
    ("old", "new", "code", "happened", "into"),
    [
        ("2018-10-31", "2020-06-30", "330681113264", "moved", ["330681005247"]),  # 上下文村, into 大唐街道
        ("2018-10-31", "2020-06-30", "330681113", "merged", ["330681005"]),  # 草塔镇, half of 大唐街道
        ("2018-10-31", "2020-06-30", "330681101", "merged", ["330681005"]),  # 大唐镇, the other half
        ("2016-07-31", "2018-10-31", "330602100", "recoded", ["330602008"]),  # 东湖镇 to 东湖街道
        ("2020-06-30", "2021-10-31", "330604008", "moved", ["330602017"]),  # 沥海街道, to another county
    ],
)
def test_known_places_are_told(old, new, code, happened, into):
    told = the(step(old, new), code)
    assert (told.happened, list(told.new)) == (happened, into)


def test_two_names_joined_are_a_merger():
    told = step("2018-10-31", "2020-06-30")
    for code, name in (("330604005219", "玩石"), ("330604005240", "方梁岙")):
        proposal = the(told, code)
        assert (proposal.happened, proposal.new) == ("merged", ("330604005219",)), name  # 玩石梁岙村


def test_every_row_is_told_once():
    old, new = published("2018-10-31"), published("2020-06-30")
    told = step("2018-10-31", "2020-06-30")
    assert Counter(key for p in told for key in p.old) == Counter(row.key for row in old)
    assert Counter(key for p in told if p.continues or p.happened == "new" for key in p.new) == Counter(
        row.key for row in new
    )
