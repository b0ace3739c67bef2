"""What a rule has a body do by itself: an ask however long the words and however much there is to do."""

from datetime import timedelta

from django.utils import timezone

from gongjian.asks import owing
from gongjian.asks.models import MOST_MINUTES, Ask


def owed(town, **given):
    said = {
        "about": "sample:1", "title": "看一看", "why": "样例", "href": "/", "minutes": 5, "today": town.today,
        "due_on": town.today + timedelta(days=3), "now": timezone.now(), "by": None,
    }  # fmt: skip
    return owing.owe(town.bodies["village_party"], **said | given)


def test_more_minutes_than_an_ask_may_take_are_as_many_as_it_may(town):
    assert owed(town, minutes=1000).minutes == MOST_MINUTES
    owed(town, minutes=1000)
    assert Ask.objects.get(sending__about="sample:1").minutes == MOST_MINUTES


def test_a_title_that_is_too_long_is_cut_off(town):
    owed(town, title="长" * 61)
    assert Ask.objects.get(sending__about="sample:1").sending.title == "长" * 59 + "…"
    owed(town, about="sample:2", title="长" * 60)
    assert Ask.objects.get(sending__about="sample:2").sending.title == "长" * 60
