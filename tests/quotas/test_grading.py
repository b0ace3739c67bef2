"""Grades beside brute force; nobody decided by the order of the input; what is missing is enough, and no less is."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotas.faults import Fault
from quotas.grading import Body, Ceiling, grade
from quotas.scheme import Quota, Scheme

AT_LEISURE = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
GRADES = ("a", "b", "c")
BANDS = {"a": Decimal(6), "b": Decimal(3)}


@st.composite
def schemes(draw, over_all: bool = True, ties=("below", "up", "draw")):
    quotas = []
    for each in GRADES:
        most = draw(st.none() | st.integers(0, 3))
        least = draw(st.integers(0, 1))
        quotas.append(Quota(each, most=most, least=min(least, 3 if most is None else most)))
        if over_all and draw(st.booleans()):
            quotas.append(Quota(each, most=draw(st.integers(2, 4)), over="all"))
    return Scheme(
        GRADES, draw(st.sampled_from([BANDS, {}])), tuple(quotas), ties=draw(st.sampled_from(ties)), step=Decimal(1)
    )


@st.composite
def towns(draw, level: bool = True, classes=("x", "y"), most: int = 6):
    scores = draw(st.lists(st.integers(0, 9), min_size=1, max_size=most, unique=not level))
    return [
        Body(
            f"body {at}",
            Decimal(score),
            draw(st.sampled_from(classes)),
            tuple(Ceiling(each, "veto") for each in draw(st.sampled_from([(), (), (), ("b",), ("c", "b")]))),
        )
        for at, score in enumerate(scores)
    ]


def graded(scheme, bodies):
    try:
        return grade(scheme, bodies, seed="20110725")
    except Fault as fault:
        assert fault.code in {"class_too_small", "leasts_above_most_over_all"}
        return None


def start_of(scheme, body):
    band = sum(body.score < least for least in scheme.bands.values())
    return max([band, *(GRADES.index(each.grade) for each in body.ceilings)])


def best_by_trying_all(scheme, bodies):
    """Leasts first, the better grade before; then who ranks higher is in the better grade, if anybody can be."""
    ranked = sorted(bodies, key=lambda body: -body.score)
    places = scheme.places(Counter(body.group for body in bodies))
    best = None
    for given_ in product(*(range(start_of(scheme, body), len(GRADES)) for body in ranked)):
        counts = Counter((body.group, at) for body, at in zip(ranked, given_, strict=True))
        counts.update(Counter(("", at) for at in given_))
        room = all(
            counts[group, GRADES.index(each)] <= most
            for (group, each), (_least, most) in places.items()
            if most is not None and each != GRADES[-1]
        )
        if room:
            filled = [
                sum(min(counts[group, at], least) for (group, each), (least, _) in places.items() if each == GRADES[at])
                for at in range(len(GRADES))
            ]
            key = (filled, *([each == at for each in given_] for at in range(len(GRADES))))
            best = max(best, (key, given_)) if best else (key, given_)
    return {body.id: GRADES[at] for body, at in zip(ranked, best[1], strict=True)}


@AT_LEISURE
@given(schemes(), towns(level=False))
def test_grades_are_those_of_trying_all(scheme, bodies):
    found = graded(scheme, bodies)
    if found:
        assert {id: each.grade for id, each in found.verdicts.items()} == best_by_trying_all(scheme, bodies)


@AT_LEISURE
@given(schemes(), towns(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_decides_nothing(scheme, bodies, rng):
    mixed = rng.sample(bodies, len(bodies))
    assert graded(scheme, bodies) == graded(scheme, mixed)


@AT_LEISURE
@given(schemes(), towns())
def test_the_level_stay_together_unless_drawn_and_most_is_kept_unless_all_go_up(scheme, bodies):
    found = graded(scheme, bodies)
    if not found:
        return
    for one in bodies:
        start = GRADES.index(found.verdicts[one.id].start)
        assert GRADES.index(found.verdicts[one.id].grade) >= start
        for other in bodies:
            if scheme.ties != "draw" and (one.score, one.group, one.ceilings) == (
                other.score,
                other.group,
                other.ceilings,
            ):
                assert found.verdicts[one.id].grade == found.verdicts[other.id].grade
    if scheme.ties != "up":
        assert not [each for each in found.unmet if each.bound == "most" and each.grade != GRADES[-1]]


@st.composite
def two_grades(draw):
    most = draw(st.none() | st.integers(0, 3))
    quotas = (Quota("a", most=most), Quota("c", least=draw(st.integers(0, 2))))
    bands = draw(st.sampled_from([{"a": Decimal(6)}, {}]))
    return Scheme(("a", "c"), bands, quotas, ties=draw(st.sampled_from(["below", "up", "draw"])), step=Decimal(1))


@AT_LEISURE
@given(two_grades(), towns(most=5))
def test_the_missing_points_are_enough_and_fewer_are_not(scheme, bodies):
    bodies = [replace(body, ceilings=tuple(each for each in body.ceilings if each.grade == "c")) for body in bodies]
    found = graded(scheme, bodies)
    for body in bodies if found else ():
        missing = found.verdicts[body.id].missing
        if missing is None:
            continue
        # Where no score is said to be enough, none is.
        points = Decimal(20) if missing.points is None else missing.points
        enough, less = (
            graded(scheme, [replace(each, score=each.score + more) if each is body else each for each in bodies])
            for more in (points, points - 1)
        )
        assert (enough.verdicts[body.id].grade == "a") == (missing.points is not None)
        assert less.verdicts[body.id].grade == "c"
        assert (missing.points is None) or points > 0


def test_who_was_drawn_can_be_recomputed():
    scheme = Scheme(("a", "b"), {}, (Quota("a", most=1),), ties="draw")
    found = grade(scheme, [Body("one", 5, "x"), Body("two", 5, "x")], seed="117 204")
    assert {id: each.grade for id, each in found.verdicts.items()} == {"one": "b", "two": "a"}
    assert found.verdicts["one"].decided == ("drawn", {"from": "a", "places": 1, "level": 2})
    with pytest.raises(Fault, match="seed_missing"):
        grade(scheme, [])


def test_reasons_and_what_is_missing():
    scheme = Scheme(("a", "b", "c"), BANDS, (Quota("a", most=1), Quota("c", least=1)))
    bodies = [Body("p", 9, "x"), Body("q", Decimal("8.5"), "x"), Body("r", 9, "x", (Ceiling("c", "wages owed"),))]
    found = grade(scheme, [*bodies, Body("s", 2, "y"), Body("t", 5, "y")]).verdicts
    assert (found["p"].grade, found["p"].missing) == ("a", None)
    assert found["q"].decided == ("most", {"from": "a", "places": 1})
    assert found["q"].missing == ("a", Decimal("0.51"), 1, "")
    assert found["r"].decided == ("veto", {"reason": "wages owed", "band": "a"})
    assert found["r"].missing == ("b", None, None, "veto")
    assert found["s"].decided == ("band", {"score": 2, "least": None})
    assert found["t"].decided == ("band", {"score": 5, "least": 3})
    assert found["s"].missing == ("b", Decimal("3.01"), None, "")


def test_a_least_that_bands_do_not_allow_is_told_as_unmet():
    scheme = Scheme(("a", "b"), {"a": Decimal(9)}, (Quota("a", least=1), Quota("b", most=1)))
    found = grade(scheme, [Body("p", 1, "x"), Body("q", 2, "x")])
    assert found.unmet == (("x", "a", "least", 1, 0), ("x", "b", "most", 1, 2))


def share(value):
    return Decimal(value)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("weights_not_100", {"weights": {"base": Decimal(70), "review": Decimal(29)}}),
        ("weight_not_above_nought", {"weights": {"base": Decimal(110), "review": Decimal(-10)}}),
        ("bands_not_falling", {"bands": {"a": Decimal(60), "b": Decimal(60)}}),
        ("bands_not_of_all_but_the_last", {"bands": {"a": Decimal(60)}}),
        ("band_not_a_number", {"bands": {"a": Decimal("NaN"), "b": Decimal(6)}}),
        ("least_above_most", {"quotas": (Quota("a", most=2, least=3),)}),
        ("least_above_most", {"quotas": (Quota("a", most_share=share(10)), Quota("a", least_share=share(20)))}),
        ("least_shares_over_100", {"quotas": tuple(Quota(each, least_share=share(34)) for each in GRADES)}),
        ("most_shares_under_100", {"quotas": tuple(Quota(each, most_share=share(33)) for each in GRADES)}),
        ("least_over_all_beside_classes", {"quotas": (Quota("a", least=1, over="all"), Quota("b", most=2))}),
        ("quota_of_unknown_grade", {"quotas": (Quota("z", most=1),)}),
        ("quota_of_no_scope", {"quotas": (Quota("a", most=1, over="all", only="x"),)}),
        ("share_out_of_range", {"quotas": (Quota("a", most_share=share(101)),)}),
        ("places_not_a_number", {"quotas": (Quota("a", most=-1),)}),
        ("ties_unknown", {"ties": "first"}),
        ("grades_too_few_or_twice", {"grades": ("a", "a")}),
        ("step_not_above_nought", {"step": Decimal(0)}),
    ],
)
def test_an_impossible_scheme_is_refused_with_what_is_wrong(code, values):
    with pytest.raises(Fault) as fault:
        Scheme(**{"grades": GRADES, **values})
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("code", "bodies"),
    [
        ("score_not_a_number", [Body("p", Decimal("NaN"), "x")]),
        ("score_not_a_number", [Body("p", Decimal("Infinity"), "x")]),
        ("score_not_a_number", [Body("p", 0.1, "x")]),
        ("body_twice", [Body("p", 1, "x"), Body("p", 2, "y")]),
        ("class_missing", [Body("p", 1)]),
        ("ceiling_of_unknown_grade", [Body("p", 1, "x", (Ceiling("z", "why"),))]),
        ("class_too_small", [Body("p", 1, "x")]),
    ],
)
def test_bodies_that_cannot_be_graded_are_refused(code, bodies):
    scheme = Scheme(GRADES, BANDS, (Quota("a", least=1), Quota("c", least=1)))
    with pytest.raises(Fault) as fault:
        grade(scheme, bodies)
    assert fault.value.code == code


def test_twenty_thousand_bodies_in_twelve_classes():
    rng = random.Random(8)
    bodies = [Body(str(at), Decimal(rng.randrange(4_000, 10_000)) / 100, f"class {at % 12}") for at in range(20_000)]
    stars = ("5", "4", "3", "2", "1")
    bands = dict(zip(stars, map(Decimal, (90, 80, 70, 60)), strict=False))
    quotas = (
        Quota("5", most_share=Decimal(10)),
        Quota("5", most=1_500, over="all"),
        Quota("4", most_share=Decimal(30)),
        Quota("1", least_share=Decimal(5)),
    )
    began = time.perf_counter()
    found = grade(Scheme(stars, bands, quotas), bodies)
    assert time.perf_counter() - began < 5
    assert found.counts["", "5"] <= 1_500
    assert {each.bound for each in found.unmet} <= {"least"}
