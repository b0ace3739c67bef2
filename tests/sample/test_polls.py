"""The polls of the sample city: one that anybody verifies, one that is open."""

from django.utils import timezone

from gongjian.ballots.models import Poll
from gongjian.register.models import Office
from gongjian.sample import polls
from tests.ballots.conftest import build_draft
from verivote import verify


def test_one_is_published_with_a_bundle_that_holds_and_one_is_open(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town = build_draft().town
    town.clerk.username = polls.ORGANISER
    town.clerk.save()
    assert Office.objects.on(town.today).filter(person__account=town.clerk).exists()
    assert polls.hold_all(timezone.localdate()) == 2
    done, running = Poll.objects.exclude(state="draft").order_by("pk")
    assert (done.state, running.state) == ("published", "open")
    with done.result.bundle.open("rb") as file:
        assert verify.verify(file).failed == []


def test_without_its_organiser_the_city_has_none(town):
    assert polls.hold_all(town.today) == 0
