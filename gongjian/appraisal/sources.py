"""Where the values of a round come from: for each source one function, over all cases at once.

A source that is new is one more function in OF_SOURCE.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Max, Q, Sum

from gongjian.indicators.models import Reading
from gongjian.pledges.models import Pledge
from gongjian.pledges.models.pledges import CLOSED_STATES, OPEN_STATES
from gongjian.telling.rectified import rectified
from rollup.branch_counts import Band, Counts, Nothing, Publication, points

from .models import Box, Case, Round, Score
from .rules import Item, Rules

PEERS_LEAST = 3  # with fewer, each could be told from the mean
WHOLE = 100
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Luck:
    """What chance may have done to a mean of ballots, in points of 100."""

    variance: float
    ballots: int


@dataclass(frozen=True)
class Value:
    """What an item came to for one case, from 0 to 100; None where there is none. `facts`: what it stands on."""

    value: Fraction | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    luck: Luck | None = None


Values = dict[int, dict[str, Value]]


def values_of(round: Round, rules: Rules) -> Values:
    """All values of all cases by case and item. A fixed number of queries."""
    found: Values = defaultdict(dict)
    for source, items in _by_source(rules).items():
        for item, case, value in OF_SOURCE[source](round, rules, items):
            found[case][item] = value
    return found


def _by_source(rules: Rules) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in rules.items:
        found[item.source].append(item)
    return found


Rows = Iterator[tuple[str, int, Value]]


# == scores that somebody gave ==
def _given(round: Round, by_whom: str, items: Sequence[Item], least: int) -> Rows:
    rows = Score.objects.filter(case__round=round, by_whom=by_whom, item__in=[each.key for each in items])
    told = rows.values("item", "case").annotate(sum=Sum("value"), number=Count("pk")).order_by()
    for item, case, whole, number in told.values_list("item", "case_id", "sum", "number"):
        if number >= least:
            yield item, case, Value(Fraction(whole) / number, {"given": number})
        else:
            yield item, case, Value(None, {"given": number, "least": least})


def _self(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    return _given(round, Score.By.SELF, items, 1)


def _superior(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    return _given(round, Score.By.SUPERIOR, items, 1)


def _peers(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    return _given(round, Score.By.PEER, items, PEERS_LEAST)


# == closed ballots ==
def _box(kind: str) -> Callable[[Round, Rules, Sequence[Item]], Rows]:
    def read(round: Round, rules: Rules, items: Sequence[Item]) -> Rows:
        rows = Box.objects.filter(case__round=round, kind=kind, state=Box.State.CLOSED)
        for case, told in rows.values_list("case_id", "told"):
            facts: Mapping[str, Any] = told or {}
            for item in items:
                yield item.key, case, value_of_box(publication(facts), rules, facts)

    return read


def value_of_box(told: Publication, rules: Rules, facts: Mapping[str, Any]) -> Value:
    """From what is told of a box, and nothing else."""
    range_ = points(told, rules.worth)
    if range_ is None:
        return Value(None, facts)
    scale = Fraction(WHOLE, rules.full)
    return Value(range_.taken * scale, facts, _luck(told, rules))


def _luck(told: Publication, rules: Rules) -> Luck | None:
    numbers = _numbers(told, rules)
    valid = sum(number for number, _worth in numbers)
    if not valid:
        return None
    mean = sum(number * worth for number, worth in numbers) / valid
    variance = sum(number * (worth - mean) ** 2 for number, worth in numbers) / max(valid - 1, 1)
    return Luck(variance * (WHOLE / rules.full) ** 2, int(valid))


def _numbers(told: Publication, rules: Rules) -> list[tuple[float, float]]:
    """How many chose what is worth so much; of a band, half of those who could be outside are on the option below."""
    worth = rules.worth
    if isinstance(told, Counts):
        return [(told.numbers[at], value) for at, value in worth.items()]
    if isinstance(told, Band) and told.option in worth:
        own = worth[told.option]
        lower = [value for value in worth.values() if value < own] or [value for value in worth.values() if value > own]
        return [(told.ballots - told.outside / 2, own), (told.outside / 2, max(lower))]
    return []


def publication(told: Mapping[str, Any]) -> Publication:
    """What was told of a box, as rollup has it."""
    match told["as"]:
        case "counts":
            return Counts(tuple(told["numbers"]))
        case "band":
            return Band(told["option"], told["outside"], told["ballots"])
    return Nothing()


def written(told: Publication, ballots: int) -> dict[str, Any]:
    """What is told of a box, as it is kept. How many ballots there were is no secret: the roll says who may vote."""
    if isinstance(told, Counts):
        return {"as": "counts", "numbers": list(told.numbers), "ballots": ballots}
    if isinstance(told, Band):
        return {"as": "band", "option": told.option, "outside": told.outside, "ballots": ballots}
    return {"as": "nothing", "ballots": ballots}


# == what is counted already ==
def _indicator(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    """The rate of the place in which the body sits, as last read until the end of the time that is appraised."""
    units = dict(Case.objects.filter(round=round).values_list("pk", "unit_id"))
    for item in items:
        read = Reading.objects.filter(indicator=item.indicator, walk="territory", day__lte=round.of_until)
        day = read.aggregate(day=Max("day"))["day"]
        rates = {unit: (numerator, denominator) for unit, numerator, denominator in read.filter(
            day=day, denominator__gt=0).values_list("unit_id", "numerator", "denominator")}  # fmt: skip
        for case, unit in units.items():
            if unit in rates:
                numerator, denominator = rates[unit]
                facts = {"numerator": numerator, "denominator": denominator, "day": day.isoformat()}
                yield item.key, case, Value(Fraction(WHOLE * numerator, denominator), facts)


def _pledges_kept(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    """Of the body's own pledges that came to an end in the year until the end of the time appraised, or were due then
    and are still open, the share that was kept in time."""
    first = round.of_until - A_YEAR
    own = Pledge.objects.filter(body__appraisal_cases__round=round, person=None)
    ended = Q(state__in=CLOSED_STATES, closed_on__gt=first, closed_on__lte=round.of_until)
    late = Q(state__in=OPEN_STATES, due_on__gt=first, due_on__lte=round.of_until)
    rows = own.filter(ended | late).values("body__appraisal_cases").filter(body__appraisal_cases__round=round)
    told = rows.annotate(all=Count("pk"), kept=Count("pk", filter=Q(state=Pledge.State.KEPT))).order_by()
    for case, all_, kept in told.values_list("body__appraisal_cases", "all", "kept"):
        for item in items:
            yield item.key, case, Value(Fraction(WHOLE * kept, all_), {"numerator": kept, "denominator": all_})


def _rectified(round: Round, _rules: Rules, items: Sequence[Item]) -> Rows:
    """Of the problems named to the body in comments of that year, the share found put right by who named them. None
    where nobody named one: to have been spared is no merit."""
    cases = dict(Case.objects.filter(round=round).values_list("body_id", "pk"))
    day = timedelta(days=1)
    for body, share in rectified(cases, round.of_until - A_YEAR + day, round.of_until).items():
        if share.named:
            facts = {"numerator": share.confirmed, "denominator": share.named}
            for item in items:
                yield item.key, cases[body], Value(Fraction(WHOLE * share.confirmed, share.named), facts)


OF_SOURCE: dict[str, Callable[[Round, Rules, Sequence[Item]], Rows]] = {
    "self": _self,
    "superior": _superior,
    "peers": _peers,
    "members": _box(Box.Kind.MEMBERS),
    "people": _box(Box.Kind.PEOPLE),
    "indicator": _indicator,
    "pledges_kept": _pledges_kept,
    "rectified": _rectified,
}


def luck_of(rules: Rules, values: Mapping[str, Value]) -> Luck | None:
    """What chance may have done to the whole score, by the shares of the items that are ballots; None without any."""
    there = {key: value for key, value in values.items() if value.value is not None}
    whole = float(sum(rules.scheme.weights[key] for key in there))
    variance, ballots = 0.0, 0
    for key, value in there.items():
        if value.luck:
            variance += (float(rules.scheme.weights[key]) / whole) ** 2 * value.luck.variance / value.luck.ballots
            ballots += value.luck.ballots
    return Luck(variance * ballots, ballots) if ballots else None
