"""Meetings of the sample city, made up with the actions that people use."""

from gongjian.asks.models import Ask
from gongjian.meetings.models import Decision, LineReport, Meeting, Series
from gongjian.meetings.outcomes import outcomes
from gongjian.sample import meetings


def test_the_sample_city_has_a_meeting_that_was_held_and_some_to_come(town):
    town.clerk.username = meetings.ORGANISER
    town.clerk.save(update_fields=["username"])
    assert meetings.hold_all(town.today) == 3
    assert {each.host for each in Series.objects.all()} == {town.bodies["city_party"], town.bodies["county_party"]}
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["collecting"] * 3 + ["published"]
    fates = [str(each.fate.value) for each in outcomes(town.clerk, Decision.objects.order_by("pk"), town.today)]
    assert fates == ["done", "declined"] and Ask.objects.count() == 2  # of the union; the town has no other line there
    assert LineReport.objects.get().is_handed_in


def test_without_its_organiser_there_is_none(town):
    assert meetings.hold_all(town.today) == 0
