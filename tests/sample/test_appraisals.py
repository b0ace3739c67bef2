"""Appraisals of the sample city, computed as those of people are."""

from gongjian.appraisal.models import Box, Case, Round
from gongjian.sample import appraisals
from tests.appraisal.conftest import define
from tests.register import town as small


def test_the_sample_city_has_a_round_that_is_filed_and_one_of_which_notice_is_given(town):
    define()
    town.clerk.username, town.secretary.username = appraisals.ORGANISER, appraisals.SECRETARY
    for who in (town.clerk, town.secretary):
        who.save(update_fields=["username"])
    small.account("sample-auditor")
    for at in range(14):
        small.body(f"样例村党支部{at}", "party_branch", town.units["street"], since=small.REFORM,
                   superior=town.bodies["street_party"])  # fmt: skip
    assert appraisals.make_all(town.today) == 2
    assert list(Round.objects.order_by("of_until").values_list("state", flat=True)) == ["filed", "notice"]
    assert Case.objects.exclude(grade="").count() == 30
    assert {each.told["as"] for each in Box.objects.all()} >= {"counts", "nothing"}


def test_without_its_organiser_there_is_none(town):
    assert appraisals.make_all(town.today) == 0
