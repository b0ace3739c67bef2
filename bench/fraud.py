"""Bursts in simulated rounds where the truth is known: what is found of bought ballots, and who is told by mistake.

Beside it, in the same run, the plain limit per address. Print with `python -m bench.fraud`; needs no database.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from gongjian.ballots.bursts import Arrival, Suspicion, counted, suspicions

VILLAGES, VOTERS, ROUNDS = 40, 400, 30
DAYS, DAY0 = 4, 48 * 20_000
LIMITS = (5, 50)  # a day and address: the press of 2011 tells of five; a wider one beside it
HOURS = [0.2, 0.1, 0.1, 0.1, 0.2, 0.6, 1.5, 3, 5, 6, 6, 6, 7, 5, 5, 5, 5, 5, 6, 8, 9, 7, 4, 1]  # made up: a day


@dataclass
class Round:
    """Honest voters, then whatever was bought. `false`: whose ballots somebody else cast."""

    chance: random.Random
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    false: set[int] = field(default_factory=set)

    def cast(self, voter: int, network: str, half_hour: int) -> None:
        self.arrivals[voter] = Arrival(voter, voter // VOTERS, network.encode(), half_hour, voter % 10)

    def half_hour(self) -> int:
        hour = self.chance.choices(range(24), HOURS)[0]
        return DAY0 + 48 * self.chance.randrange(DAYS) + 2 * hour + self.chance.randrange(2)

    def honest(self, one_address: frozenset[int] = frozenset(), carriers: int = 400) -> None:
        """Turnout of each village around 45 %; phones behind one of the carriers' addresses or the family's."""
        for village in range(VILLAGES):
            turnout = min(0.85, max(0.15, self.chance.gauss(0.45, 0.1)))
            for voter in range(village * VOTERS, (village + 1) * VOTERS):
                if self.chance.random() < turnout:
                    shared = f"village {village}" if village in one_address else f"home {voter // 3}"
                    carrier = f"carrier {self.chance.randrange(carriers)}" if self.chance.random() < 0.3 else shared
                    self.cast(voter, shared if village in one_address else carrier, self.half_hour())

    def buy(self, count: int, an_hour: int, network: Callable[[int], str], voters: list[int], start: int = 30) -> None:
        """A firm casts what it bought, so many an hour, from the `start`-th half hour of the second day on."""
        for at, voter in enumerate(voters[:count]):
            self.cast(voter, network(at), DAY0 + 48 + start + 2 * at // an_hour)
            self.false.add(voter)

    def anybody(self) -> list[int]:
        every = list(range(VILLAGES * VOTERS))
        self.chance.shuffle(every)
        return every


def quiet(made: Round) -> None:
    made.honest()


def broadcast(made: Round) -> None:
    """Three of ten come within the hour after a broadcast at 19:00 of the second day."""
    made.honest()
    for voter, each in list(made.arrivals.items()):
        if made.chance.random() < 0.3:
            made.cast(voter, each.network.decode(), DAY0 + 48 + 38 + made.chance.randrange(2))


def carrier(made: Round) -> None:
    """As a broadcast, and three of ten phones stand behind only 20 addresses of carriers."""
    made.honest(carriers=20)
    for voter, each in list(made.arrivals.items()):
        if made.chance.random() < 0.3:
            made.cast(voter, each.network.decode(), DAY0 + 48 + 38 + made.chance.randrange(2))


def village(made: Round) -> None:
    """Eight villages behind one address each; in one of them a meeting of 200 votes within an hour."""
    made.honest(frozenset(range(8)))
    for voter in range(200):
        made.cast(voter, "village 0", DAY0 + 48 + 39 + made.chance.randrange(2))


def firm(made: Round) -> None:
    made.honest()
    made.buy(1_200, 400, lambda at: "firm", made.anybody())


def firm_apart(made: Round) -> None:
    """The same through 20 addresses."""
    made.honest()
    made.buy(1_200, 400, lambda at: f"proxy {at % 20}", made.anybody())


def firm_batch(made: Round) -> None:
    """Cards of one batch were stolen, and are cast through 400 addresses."""
    made.honest()
    stolen = [voter for voter in made.anybody() if voter % 10 == 7]
    made.buy(1_000, 400, lambda at: f"proxy {at % 400}", stolen)


def firm_slow(made: Round) -> None:
    """Thirty an hour, day and night, from one address."""
    made.honest()
    made.buy(1_200, 30, lambda at: "firm", made.anybody())


def stuffed(made: Round) -> None:
    """A village's cards are all cast, from its own address over an evening: of these only the turnout tells."""
    made.honest(frozenset([0]))
    made.buy(395, 130, lambda at: "village 0", list(range(VOTERS)), start=36)


KINDS = (quiet, broadcast, carrier, village, firm, firm_apart, firm_batch, firm_slow, stuffed)
ROUNDS_OF = {each.__name__: each for each in KINDS}


def limited(made: Round, most: int) -> set[int]:
    """Whom a plain limit a day and address turns away: whoever comes after so many."""
    seen: Counter[tuple[bytes, int]] = Counter()
    away = set()
    for each in sorted(made.arrivals.values(), key=lambda one: (one.half_hour, one.voter)):
        seen[each.network, each.half_hour // 48] += 1
        if seen[each.network, each.half_hour // 48] > most:
            away.add(each.voter)
    return away


def named_in(told: list[Suspicion], made: Round) -> set[int]:
    """Whose envelopes these are."""
    groups = [each for each in told if each.half_hours]
    return {voter for voter, each in made.arrivals.items() if any(one.is_about(each) for one in groups)}


def rates(caught: set[int], made: Round) -> tuple[int, int, int, int]:
    """Of bought ones: caught, all; of honest ones: caught by mistake, all."""
    honest = made.arrivals.keys() - made.false
    return len(caught & made.false), len(made.false), len(caught & honest), len(honest)


def measured(kind: str) -> dict[str, list[float]]:
    """Over all rounds of a kind, for each way: the share found, told by mistake, and rounds with an alarm."""
    sums = {name: [0, 0, 0, 0, 0] for name in ("ours", *(f"limit {most}" for most in LIMITS))}
    reasons: Counter[str] = Counter()
    for seed in range(ROUNDS):
        made = Round(random.Random(f"{kind} {seed}"))
        ROUNDS_OF[kind](made)
        roll, cards = dict.fromkeys(range(VILLAGES), VOTERS), dict.fromkeys(range(10), VILLAGES * VOTERS // 10)
        told = suspicions(counted(made.arrivals.values()), roll, cards)
        reasons.update({each.reason for each in told})
        caught = {"ours": named_in(told, made)}
        caught |= {f"limit {most}": limited(made, most) for most in LIMITS}
        for name, some in caught.items():
            for at, number in enumerate(rates(some, made)):
                sums[name][at] += number
            sums[name][4] += bool(told) if name == "ours" else bool(some)
    print(f"{kind:11} {dict(reasons)}")
    return {
        name: [found / bought if bought else float("nan"), wrong / honest, alarms / ROUNDS]
        for name, (found, bought, wrong, honest, alarms) in sums.items()
    }


if __name__ == "__main__":
    for kind in ROUNDS_OF:
        for name, (found, wrong, alarms) in measured(kind).items():
            print(f"{kind:11} {name:9} found {found:6.1%}  by mistake {wrong:7.3%}  rounds with an alarm {alarms:4.0%}")
