"""A year of monthly lists on the whole road, from file to register: how much of what is told is true, and the reverse.

An officer accepts what is sure together, and decides the doubtful ones rightly; what none of the ways offered fits is
left as it is.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from gongjian.register.models import Finding, Reconciliation, UnitEntry
from gongjian.register.reconciliations.applying import apply
from gongjian.register.reconciliations.comparing import compare
from gongjian.register.reconciliations.deciding import accept, accept_sure, choose, leave_unknown

from .businesses import in_the_register, sent
from .lists import OLD, THEN, TODAY, listed, settled
from .year_of_lists import Month, Year

START = date(2019, 1, 31)
Happening = tuple[str, int]


@dataclass
class Score:
    asserted: int = 0
    right: int = 0
    true: int = 0
    sure: int = 0
    sure_right: int = 0
    doubtful: list[int] = field(default_factory=list)
    left: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"precision {self.right / self.asserted:.4f}, recall {self.right / self.true:.4f} of {self.true}; "
            f"sure {self.sure_right / self.sure:.4f} of {self.sure}; doubtful a month {self.doubtful}, "
            f"left {self.left}; missed {dict(self.missed)}, wrong {dict(self.wrong)}; seconds {self.seconds}"
        )


class Followed:
    """The register as it follows the lists, with the key of each firm."""

    def __init__(self, year: Year) -> None:
        self.year, self.score = year, Score()
        first = year.first()
        in_the_register([row for _key, row in first.rows], START)
        self.key_of = {unit: first.rows[number][0] for unit, number in self._by_line(START, first).items()}

    def _by_line(self, on: date, month: Month) -> dict[int, int]:
        lines = {(row[0], row[1]): number for number, (_key, row) in enumerate(month.rows)}
        entries = UnitEntry.objects.on(on).filter(kind__level="employer").values_list("unit_id", "name", "credit_code")
        return {unit: lines[name, code] for unit, name, code in entries if (name, code) in lines}

    def follow(self, month: Month, on: date) -> None:
        began = time.perf_counter()
        found = compare(sent([row for _key, row in month.rows], on))
        self._weigh(found, month)
        accept_sure(found, by=None)
        self._decide(found, month)
        apply(found, by=None, today=TODAY, with_open=True)
        self.score.seconds.append(round(time.perf_counter() - began, 1))
        for unit, number in self._by_line(on, month).items():
            self.key_of.setdefault(unit, month.rows[number][0])

    def _keys(self, old: list[int], new: list[int], month: Month) -> set[int]:
        return {self.key_of[unit] for unit in old if unit in self.key_of} | {month.rows[n - 2][0] for n in new}

    def _told(self, finding: Finding, month: Month) -> set[Happening]:
        """One happening each; a finding that takes two firms for one names a key that is neither's."""
        keys = self._keys(finding.old, finding.new, month)
        key = keys.pop() if len(keys) == 1 else -1
        return {(happened, key) for happened in (finding.happened, *finding.also) if happened != "unchanged"}

    def _weigh(self, found: Reconciliation, month: Month) -> None:
        told: dict[str, set[Happening]] = {"sure": set(), "doubtful": set()}
        for finding in found.findings.all():
            told[finding.verdict] |= self._told(finding, month)
        everything, score = told["sure"] | told["doubtful"], self.score
        score.asserted += len(everything)
        score.right += len(everything & month.truth)
        score.true += len(month.truth)
        score.sure += len(told["sure"])
        score.sure_right += len(told["sure"] & month.truth)
        score.doubtful.append(found.findings.exclude(verdict="sure").count())
        score.missed.update(happened for happened, _key in month.truth - everything)
        score.wrong.update(happened for happened, _key in everything - month.truth)

    def _decide(self, found: Reconciliation, month: Month) -> None:
        for finding in found.findings.filter(decision="open"):
            finding.refresh_from_db()
            if finding.decision != "open":
                continue  # settled with another one
            how = {"version": finding.version, "by": None}
            fits = [n for n, other in enumerate(finding.alternatives, start=1) if self._is_one(other, month)]
            if finding.happened == "claimed_twice":
                choose(finding, 1 + self._counts(finding, month), **how)
            elif self._told(finding, month) <= month.truth:
                accept(finding, **how)
            elif fits:
                choose(finding, fits[0], **how)
            else:
                self.score.left += 1
                leave_unknown(finding, **how)

    def _counts(self, finding: Finding, month: Month) -> int:
        """Which of the rows that claim a code is no copy."""
        return next(at for at, n in enumerate(finding.new) if month.rows[n - 2][1] not in month.copies)

    def _is_one(self, other: dict, month: Month) -> bool:
        return bool(other["old"]) and len(self._keys(other["old"], other["new"], month)) == 1


def followed(firms: int, seed: int = 1) -> Score:
    settled(listed(OLD), THEN)
    entries = dict(UnitEntry.objects.on(THEN).values_list("unit_id", "name"))
    villages = UnitEntry.objects.on(THEN).filter(kind__level="village").values_list("parent_id", "name")
    register = Followed(Year(seed, firms, sorted((entries[town], village) for town, village in villages)))
    for number in range(1, 12):
        register.follow(register.year.next(), START + timedelta(days=30 * number))
    print(register.score)
    return register.score


def test_a_small_year_is_followed(words):
    score = followed(150)
    assert score.sure_right >= 0.99 * score.sure
    assert score.right >= 0.8 * score.asserted  # of so few, every firm that is left out by mistake weighs
    assert score.right >= 0.9 * score.true


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_of_three_thousand_firms_is_followed(words, seed):
    score = followed(3000, seed)
    assert score.sure_right >= 0.995 * score.sure
    assert score.right >= 0.9 * score.asserted
    assert score.right >= 0.97 * score.true


@pytest.mark.slow
def test_a_month_of_a_city_of_75_000_employers_takes_less_than_two_minutes(words):
    settled(listed(OLD), THEN)
    entries = dict(UnitEntry.objects.on(THEN).values_list("unit_id", "name"))
    villages = UnitEntry.objects.on(THEN).filter(kind__level="village").values_list("parent_id", "name")
    year = Year(2, 75_000, sorted((entries[town], village) for town, village in villages))
    in_the_register([row for _key, row in year.first().rows], START)
    seconds = {}
    began = time.perf_counter()
    found = sent([row for _key, row in year.next().rows], START + timedelta(days=30))
    seconds["read"] = time.perf_counter() - began
    compare(found)
    seconds["compare"] = time.perf_counter() - began - seconds["read"]
    accept_sure(found, by=None)
    began = time.perf_counter()
    apply(found, by=None, today=TODAY, with_open=True)
    seconds["apply"] = time.perf_counter() - began
    print({step: round(took, 1) for step, took in seconds.items()}, found.counts)
    assert sum(seconds.values()) < 120
