"""Unevenness without luck: exact tails, places that are equal, planted outliers, intervals that cover, odd counts."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb, sqrt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollup.chance import at_least, at_most, beta_cdf, beta_quantile, exactly, lower_limit
from rollup.uneven import SURE, WARNED, compare, limits

AT_LEISURE = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SIZES = [3, 8, 20, 45, 90, 200, 600]


@st.composite
def counts(draw, most: int = 60):
    of = draw(st.integers(1, most))
    return draw(st.integers(0, of)), of


def drawn(rng: random.Random, sizes: list[int], rates: list[float]) -> list[tuple[int, int]]:
    return [(sum(rng.random() < rate for _ in range(of)), of) for of, rate in zip(sizes, rates, strict=True)]


def two_sigma(share: float, times: int) -> float:
    return share + 2 * sqrt(share * (1 - share) / times)


# == tails ==
def tail(having: int, counted: int, rate: Fraction) -> Fraction:
    """P(X <= having), summed in whole numbers."""
    return sum((comb(counted, k) * rate**k * (1 - rate) ** (counted - k) for k in range(having + 1)), Fraction(0))


@AT_LEISURE
@given(counts(), st.integers(0, 100))
def test_tails_are_those_of_the_binomial(count, hundredths):
    having, counted = count
    rate = Fraction(hundredths, 100)
    exact = tail(having, counted, rate)
    assert at_most(having, counted, float(rate)) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)
    assert at_least(having + 1, counted, float(rate)) == pytest.approx(float(1 - exact), rel=1e-9, abs=1e-300)
    point = exact - tail(having - 1, counted, rate)
    assert exactly(having, counted, float(rate)) == pytest.approx(float(point), rel=1e-9, abs=1e-300)


# From scipy 1.17.1: scipy.special.betainc(a, b, at).
BETAS = [
    (0.3, 0.7, 0.05, 0.35067639093458297),
    (2.5, 40.25, 0.1, 0.8755534532901189),
    (812.4, 203.9, 0.79, 0.22575492368570202),
    (5e5, 2e6, 0.2005, 0.975894643964569),
    (0.02, 3.0, 1e-6, 0.7814865871485389),
]


@pytest.mark.parametrize(("a", "b", "at", "share"), BETAS)
def test_shares_of_a_beta_are_those_of_scipy(a, b, at, share):
    assert beta_cdf(at, a, b) == pytest.approx(share, rel=1e-8)


@AT_LEISURE
@given(st.floats(0.3, 5_000), st.floats(0.3, 5_000), st.sampled_from([0.001, 0.025, 0.4, 0.975]))
def test_a_quantile_is_where_the_share_is(a, b, share):
    at = beta_quantile(share, a, b)
    assert beta_cdf(at - 1e-5, a, b) <= share <= beta_cdf(at + 1e-5, a, b)


@AT_LEISURE
@given(st.integers(1, 300), st.floats(0, 1), st.sampled_from([SURE, WARNED]))
def test_the_drawn_limit_and_the_chance_say_the_same_of_every_count(counted, rate, share):
    limit = lower_limit(counted, rate, share)
    for having in range(counted + 1):
        if abs(having - limit) > 1e-6:
            assert (having < limit) == (at_most(having, counted, rate) <= share), having


def test_limits_stand_on_both_sides_and_narrow():
    wide, narrow = limits(20, 0.8, WARNED), limits(2_000, 0.8, WARNED)
    assert wide[0] < narrow[0] < 0.8 < narrow[1] < wide[1]
    assert narrow == pytest.approx((0.8 - 1.96 * sqrt(0.16 / 2_000), 0.8 + 1.96 * sqrt(0.16 / 2_000)), abs=0.001)


# == places that are equal ==
@pytest.fixture(scope="module")
def equal():
    """60 times 84 places whose true rate is 0.82."""
    rng = random.Random(20101215)
    sizes = SIZES * 12
    return [compare(drawn(rng, sizes, [0.82] * len(sizes))) for _time in range(60)]


def test_of_equal_places_few_are_called_anything(equal):
    places = sum(len(each.standings) for each in equal)
    sure = sum(each.lucks["lower"] + each.lucks["higher"] for each in equal) / places
    any_ = 1 - sum(each.lucks["within"] for each in equal) / places
    assert sure <= two_sigma(2 * SURE, places)
    assert sure <= any_ <= two_sigma(2 * WARNED, places)


def test_of_equal_places_it_is_seldom_said_that_they_differ(equal):
    assert sum(each.spread.is_real for each in equal) / len(equal) <= two_sigma(0.05, len(equal))


def test_equal_places_are_told_apart_seldom_and_small_ones_are_not_first_or_last(equal):
    """By plain rate small ones stand at both ends every time."""
    assert sum(each.bands > 1 for each in equal) / len(equal) <= two_sigma(0.05, len(equal))
    for each in equal:
        plain = sorted(each.standings, key=lambda standing: standing.count.rate)
        assert min(plain[0].count.counted, plain[-1].count.counted) <= 8
        ends = sorted(each.standings, key=lambda standing: standing.estimate)
        assert min(ends[0].count.counted, ends[-1].count.counted) >= 8
        assert not [s for s in each.standings if s.count.counted <= 8 and (s.behind or s.ahead)]


def test_the_spread_of_equal_places_is_that_of_luck(equal):
    seen = sum(each.spread.seen for each in equal) / len(equal)
    luck = sum(each.spread.luck for each in equal) / len(equal)
    assert seen == pytest.approx(luck, rel=0.05)
    assert sum(each.spread.beyond for each in equal) / len(equal) < 0.01


# == places that differ ==
def test_planted_places_are_found_and_no_others():
    rng = random.Random(7)
    sizes = [200] * 100
    rates = [0.8] * 97 + [0.5, 0.55, 0.98]
    found = compare(drawn(rng, sizes, rates))
    lucks = [each.luck for each in found.standings]
    assert [at for at, luck in enumerate(lucks) if luck == "lower"] == [97, 98]
    assert [at for at, luck in enumerate(lucks) if luck == "higher"] == [99]
    assert [at for at, each in enumerate(found.standings) if each.stands_out] == [97, 98, 99]
    last = min(found.standings, key=lambda each: each.estimate)
    assert last is found.standings[97] and last.behind >= 97 and last.band == found.bands > 1


@pytest.mark.parametrize(("places", "times", "strength"), [(84, 30, 12.0), (84, 20, 200.0), (6, 100, 30.0)])
def test_intervals_cover_the_true_rates(places, times, strength):
    rng = random.Random(int(strength))
    sizes = [SIZES[at % len(SIZES)] for at in range(places)]
    covered = real = 0
    for _time in range(times):
        rates = [rng.betavariate(0.75 * strength, 0.25 * strength) for _place in sizes]
        found = compare(drawn(rng, sizes, rates))
        covered += sum(each.low <= rate <= each.high for each, rate in zip(found.standings, rates, strict=True))
        true = sqrt(0.75 * 0.25 / (strength + 1))
        real += found.spread.low <= true <= found.spread.high
    assert (0.92 if places > 6 else 0.9) <= covered / (places * times) <= 0.975
    assert real / times >= 0.85


def test_where_all_differ_only_who_differs_even_from_those_stands_out():
    rng = random.Random(4)
    rates = [rng.betavariate(40, 10) for _place in range(80)] + [0.2]
    found = compare(drawn(rng, [2_000] * 81, rates))
    assert found.spread.is_real and found.lucks["lower"] + found.lucks["higher"] > 40
    assert [at for at, each in enumerate(found.standings) if each.stands_out] == [80]


def test_estimates_are_nearer_to_the_truth_than_plain_rates():
    rng = random.Random(11)
    sizes = SIZES * 12
    rates = [rng.betavariate(24, 6) for _place in sizes]
    found = compare(drawn(rng, sizes, rates)).standings

    def missed(attribute):
        return sum((attribute(each) - rate) ** 2 for each, rate in zip(found, rates, strict=True))

    assert missed(lambda each: each.estimate) < 0.5 * missed(lambda each: each.count.rate)


# == odd counts ==
@AT_LEISURE
@given(st.lists(counts(), min_size=1, max_size=9), st.randoms())
def test_whatever_is_counted_the_answers_hold_together(places, rng):
    found = compare(places)
    for each in found.standings:
        assert 0 <= each.low <= each.estimate <= each.high <= 1
        if found.spread.is_real:
            assert each.ahead == sum(other.high < each.low for other in found.standings)
            assert each.behind == sum(other.low > each.high for other in found.standings)
        else:
            assert (each.band, each.behind, each.ahead) == (1, 0, 0)
    for one in found.standings:
        for other in found.standings:
            if one.band == other.band and found.spread.is_real:
                assert one.low <= other.high and other.low <= one.high
            elif one.band < other.band:
                assert one.estimate >= other.estimate
    assert 0 <= found.spread.low <= found.spread.high and found.spread.beyond <= 0.5
    order = list(range(len(places)))
    rng.shuffle(order)
    again = compare([places[at] for at in order])
    assert [each.luck for each in again.standings] == [found.standings[at].luck for at in order]
    assert [each.estimate for each in again.standings] == pytest.approx([found.standings[at].estimate for at in order])


@pytest.mark.parametrize("places", [[(0, 1)], [(1, 1)], [(0, 5)] * 3, [(7, 7), (1, 1)], [(0, 4), (4, 4)]])
def test_nought_all_and_one_are_no_trouble(places):
    found = compare(places)
    assert {each.luck for each in found.standings} == {"within"} and found.bands == 1
    assert all(each.high - each.low > 0.1 for each in found.standings)


def test_millions_are_no_trouble():
    found = compare([(9_000_000, 12_000_000), (900, 1_200), (3, 4), (8_000_000, 12_000_000)])
    assert [each.luck for each in found.standings] == ["higher", "higher", "within", "lower"]
    assert found.standings[0].behind == 0 and found.standings[3].ahead == 0


@pytest.mark.parametrize("places", [[], [(1, 0)], [(3, 2)], [(-1, 2)]])
def test_odd_counts_are_refused(places):
    with pytest.raises(ValueError, match="counts of at least one"):
        compare(places)
