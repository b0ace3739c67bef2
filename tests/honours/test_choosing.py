"""Adding up, and choosing within the quotas of an honour: beside trying all possibilities."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjian.honours.deciding import bounds_of, chosen_of, totals
from gongjian.honours.models import Application, Review, Reviewer
from gongjian.honours.rules import rules_of
from quotas.choosing import Candidate
from quotas.meeting import holds

from .conftest import application, definition, noon, officer

MEDAL = rules_of(definition("may_day_medal"))
NAMES = [each.key for each in MEDAL.marks]


def candidates(rows):
    return [
        Candidate(
            str(at), (Decimal(total),), {name: "yes" if has else "no" for name, has in zip(NAMES, marks, strict=True)}
        )
        for at, (total, marks) in enumerate(rows)
    ]


def by_trying(rows, places):
    """The most places that can be filled, and the best choice in the order of totals."""
    them = sorted(candidates(rows), key=lambda each: each.rank, reverse=True)
    for count in range(min(places, len(them)), 0, -1):
        for some in combinations(them, count):
            if holds(bounds_of(MEDAL, count), [each.marks for each in some]):
                return count, tuple(each.id for each in some)
    return 0, ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_it_is_the_best_choice_within_the_quotas_and_the_most_places(data):
    size = data.draw(st.integers(1, 7))
    totals_ = data.draw(st.lists(st.integers(0, 100), min_size=size, max_size=size, unique=True))
    marks = data.draw(st.lists(st.tuples(*[st.booleans()] * len(NAMES)), min_size=size, max_size=size))
    places = data.draw(st.integers(1, 5))
    rows = list(zip(totals_, marks, strict=True))
    count, choice = chosen_of(MEDAL, places, candidates(rows))
    assert (count, choice.chosen if choice else ()) == by_trying(rows, places)


def test_the_medals_shares_worked_by_hand():
    """Of 10 medals: heads 1 at most; front line 6, from enterprises 5, women 2, migrant workers 2 at least."""
    said = {bound.marks[0][0]: (bound.least, bound.most) for bound in bounds_of(MEDAL, 10)}
    assert said == {"leader": (0, 1), "front_line": (6, None), "enterprise": (5, None), "woman": (2, None),
                    "migrant": (2, None)}  # fmt: skip
    head = (True, False, False, False, False)
    worker = (False, True, True, True, True)
    rows = [(100 - at, head) for at in range(5)] + [(50 - at, worker) for at in range(9)]
    count, choice = chosen_of(MEDAL, 10, candidates(rows))
    assert count == 10 and [id for id in choice.chosen if int(id) < 5] == ["0"]
    assert choice.decided["1"].code == "full" and choice.decided["1"].facts["bounds"] == ["leader yes"]


def test_without_anybody_the_quotas_ask_for_nobody_is_chosen():
    assert chosen_of(MEDAL, 3, candidates([(90, (True, False, False, False, False))])) == (0, None)


def test_phases_and_criteria_are_weighted_and_nothing_is_rounded_up(opened):
    """Two reviewers in the first phase of weight 60, one in the second of 40; criteria 50 and 50."""
    rules = rules_of(definition("may_day_certificate", phases=[
        {"key": "one", "names": {"zh-hans": "一"}, "weight": 60},
        {"key": "two", "names": {"zh-hans": "二"}, "weight": 40},
    ]))  # fmt: skip
    its = application(opened, "hosiery")
    officer(opened.town, "second", "褚样例", "county_party", "party_secretary")
    officer(opened.town, "third", "卫样例", "county_party", "party_secretary")
    values = [("one", "reviewer", "80", "70"), ("one", "second", "61.33", "70"), ("two", "third", "99.99", "50")]
    for phase, who, work, workers in values:
        by = Reviewer.objects.create(
            call=opened.call, phase=phase, person=opened.town.people[who], body=opened.town.bodies["county_party"]
        )
        Review.objects.create(
            reviewer=by, application=its, given={"work": work, "workers": workers}, at=noon(opened.after)
        )
    # (75 + 65.665) / 2 = 70.3325 of 60; 74.995 of 40: 42.1995 + 29.998 = 72.1975
    both = list(Application.objects.filter(call=opened.call))
    assert totals(opened.call, rules, both) == {its.pk: Decimal("72.19")}
    Review.objects.filter(reviewer__phase="two").update(conflict="亲属", given={})
    assert totals(opened.call, rules, both) == {}


@pytest.mark.parametrize("places", [1, 2, 3])
def test_fewer_are_chosen_where_there_are_fewer_than_places(places):
    row = (False, True, True, True, True)
    assert chosen_of(MEDAL, places, candidates([(70, row)]))[0] == 1
