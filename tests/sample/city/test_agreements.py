"""The sample city's wage agreements: one at each stage for the county union chair, many in force, nobody named."""

from gongjian.accounts.models import User
from gongjian.agreements.access import agreements_of_keeper
from gongjian.agreements.models import Agreement, CoveredUnit
from gongjian.agreements.standing import agreements_of
from gongjian.asks.models import Ask

from ..conftest import TODAY


def test_the_county_union_chair_has_one_at_each_stage_and_is_asked_for_its_next_step(city):
    own = agreements_of_keeper(User.objects.get(username="sample-county-union-chair"))
    states = {"demanded", "answered", "delegated", "met", "drafted", "rejected", "passed", "filed"}
    assert set(own.values_list("state", flat=True)) == states
    for each in own.exclude(state="filed").exclude(due_on=None):
        assert Ask.objects.filter(sending__about=each.about, state="open").exists()


def test_what_is_in_force_covers_its_employers(city):
    published = Agreement.objects.filter(state="published")
    assert {"single", "area"} <= set(published.values_list("scope", flat=True))
    units = set(CoveredUnit.objects.filter(agreement__in=published).values_list("unit", flat=True)[:50])
    assert units and set(agreements_of(units, TODAY)) == units
    assert all(each.startswith("样例") for each in published.values_list("summary", flat=True))
