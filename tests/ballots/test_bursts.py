"""What is told of bursts, and what is not: a village, a broadcast and a meeting look like what they are."""

from __future__ import annotations

from gongjian.ballots import bursts
from gongjian.ballots.bursts import LEAST, Arrival, Suspicion

DAY = 48 * 20_000
NOON, NIGHT = DAY + 24, DAY + 5
ROLL = {unit: 400 for unit in range(10)}


def arrivals(count: int, *, first: int = 0, units=range(10), network=b"n", at: int = NOON, batch=None) -> list[Arrival]:
    spread = list(units)
    return [
        Arrival(first + each, spread[each % len(spread)], network if isinstance(network, bytes) else network(each),
                at + each % 2, batch)
        for each in range(count)
    ]  # fmt: skip


def suspicions(some: list[Arrival], cards=None) -> list[tuple[Suspicion, tuple[int, ...]]]:
    """With the voters it is about."""
    told = bursts.suspicions(bursts.counted(some), ROLL, cards or {})
    return [(each, tuple(one.voter for one in some if each.half_hours and each.is_about(one))) for each in told]


def found(some, cards=None) -> list[tuple[str, int]]:
    told = suspicions(some, cards)
    assert all(len(voters) == each.facts["voters"] for each, voters in told if each.reason != "unit")
    return [(each.reason, len(voters)) for each, voters in told]


def test_many_units_from_one_address_within_an_hour_are_told_with_whose_they_are():
    ((told, voters),) = suspicions(arrivals(LEAST))
    assert (told.reason, voters, told.facts["units"]) == ("network", tuple(range(LEAST)), 10)
    assert found(arrivals(LEAST - 1)) == []


def test_a_village_behind_one_address_is_not_told():
    assert found(arrivals(300, units=[3])) == []
    guests = arrivals(300, units=[3]) + arrivals(60, first=900, units=[1, 2])
    assert found(guests) == []


def test_a_broadcast_that_sends_many_from_many_addresses_is_not_told():
    assert found(arrivals(2_000, network=lambda each: str(each // 3).encode())) == []


def test_at_night_one_address_is_told_whatever_the_units():
    assert found(arrivals(LEAST, units=[3], at=NIGHT)) == [("night", LEAST)]


def test_a_batch_far_beyond_the_others_is_told_even_from_many_addresses():
    apart = {"network": lambda each: f"{each}".encode()}
    quiet = [each for batch in range(1, 5) for each in arrivals(20, first=1000 * batch, batch=batch, **apart)]
    cards = dict.fromkeys(range(6), 400)
    assert found(arrivals(150, batch=5, **apart) + quiet, cards) == [("batch", 150)]
    busy = [each for batch in range(1, 5) for each in arrivals(150, first=1000 * batch, batch=batch, **apart)]
    assert found(arrivals(150, batch=5, **apart) + busy, cards) == [], "all batches are busy in that hour"
    assert found(arrivals(150, batch=5, units=[2], **apart) + quiet, cards) == [], "a batch of one place is not judged"


def test_a_unit_with_far_more_votes_than_the_middle_is_told_without_naming_envelopes():
    apart = {"network": lambda each: f"{each}".encode()}
    usual = [each for unit in range(9) for each in arrivals(160 + unit, first=1000 * unit, units=[unit], **apart)]
    stuffed = arrivals(392, first=90_000, units=[9], **apart)
    assert found(usual + stuffed) == [("unit", 0)]
    assert found(usual + stuffed[:300]) == []


def test_paper_is_of_no_network_and_windows_do_not_count_anybody_twice():
    assert found(arrivals(LEAST, network=b"")) == []
    long = [Arrival(each, each % 10, b"n", NOON + each // 30, None) for each in range(240)]
    voters = [voter for _told, some in suspicions(long) for voter in some]
    assert len(voters) == len(set(voters)) == 240
