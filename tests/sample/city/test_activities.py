"""The sample city's events, contests, good practice and publicity: something of each state, and nothing of persons."""

from __future__ import annotations

from gongjian.activities.models import Contest, Entrant, Event, Practice, PublicityItem, SignUp, Uptake

from ..conftest import TODAY


def test_there_is_something_of_each_state_that_a_page_shows(city):
    assert set(Event.objects.values_list("state", flat=True)) == {"announced", "over"}
    assert set(Contest.objects.values_list("state", flat=True)) == {"open", "closed"}
    assert set(Practice.objects.values_list("state", flat=True)) == {"handed_in", "recommended"}
    assert set(PublicityItem.objects.values_list("state", flat=True)) == {"planned", "published"}
    assert Event.objects.filter(hosts__isnull=False).exists() and Uptake.objects.exists()


def test_prizes_stand_on_a_document_and_sign_ups_are_of_what_is_to_come(city):
    assert Contest.objects.get(prizes="others").approval.startswith("样例文件")
    assert Entrant.objects.exists() and not Entrant.objects.exclude(team="").exists()
    days = set(SignUp.objects.values_list("event__starts_at__date", flat=True))
    assert days and min(days) > TODAY
