"""Made-up names and codes: each only once, none that could be real, check characters as the standard has them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gongjian.sample.names import Names, credit_check, credit_code, trades_of
from gongjian.sample.stretches import OPEN, days_between, later, valid, weave, within


def test_the_check_character_is_that_of_the_standard():
    # The example printed in GB 32100-2015.
    assert credit_check("91350100M000100Y4") == "3"


@given(st.integers(0, 999_999), st.sampled_from(["91", "92", "93", "11", "12", "51"]))
def test_a_made_up_code_has_18_characters_and_says_that_it_is_made_up(number, department):
    code = credit_code(number, department=department, region="330600")
    assert len(code) == 18
    assert code[8:10] == "YL"
    assert credit_check(code[:17]) == code[17]


def test_no_two_people_share_a_name():
    names = Names()
    assert len({names.person() for _ in range(5000)}) == 5000


def test_firms_are_numbered_by_town_and_trade():
    names = Names()
    found = [names.numbered(stem) for stem in ("诸暨大唐样例袜业", "诸暨草塔样例袜业", "诸暨大唐样例袜业")]
    assert found == ["诸暨大唐样例袜业0001", "诸暨草塔样例袜业0001", "诸暨大唐样例袜业0002"]


def test_a_town_has_its_own_trade():
    words, weights = trades_of("诸暨", "大唐")
    assert max(zip(weights, words, strict=True)) == (90, ("袜业", "C"))


days = st.integers(0, 4000).map(lambda n: later("2016-07-31", n))


@given(days, days, st.lists(st.tuples(days, days, st.integers(0, 2)), max_size=4))
def test_weaving_covers_each_day_once_and_joins_what_is_alike(one, other, layer):
    since, until = sorted((one, other))
    layer = [(a, b, value) for a, b, value in layer if a < b]
    pieces = weave(since, until, layer)
    assert [a for a, _, _ in pieces[1:]] == [b for _, b, _ in pieces[:-1]]
    assert sum(days_between(a, b) for a, b, _ in pieces) == days_between(since, until)
    assert all(x[2] != y[2] for x, y in pairwise(pieces))


def test_what_lies_within():
    layer = [("2016-07-31", "2018-10-31", 1), ("2018-10-31", OPEN, 2)]
    assert within("2017-01-01", "2019-01-01", layer) == [
        ("2017-01-01", "2018-10-31", 1),
        ("2018-10-31", "2019-01-01", 2),
    ]
    assert [valid(a, b) for a, b, _ in layer] == ["[2016-07-31,2018-10-31)", "[2018-10-31,)"]
