"""The sample city's posts and pledges: in every state that a page shows, and without anybody's name."""

from gongjian.accounts.models import User
from gongjian.pledges.access import bodies_kept_by, pledges_to_review
from gongjian.pledges.models import Measure, Pledge, Post, Progress, Review


def test_the_village_secretary_has_pledges_and_somebody_above_reviews_them(city):
    secretary = User.objects.get(username="sample-village-secretary")
    own = Pledge.objects.filter(body__in=bodies_kept_by(secretary))
    assert set(own.values_list("state", flat=True)) == {"doing", "kept", "public", "review", "returned", "excused"}
    assert pledges_to_review(User.objects.get(username="sample-town-officer")).exists()
    assert not pledges_to_review(secretary).exists()


def test_what_is_kept_is_done_and_nobody_is_named(city):
    kept = Pledge.objects.filter(state="kept")
    assert kept.exists() and not Measure.objects.filter(pledge__in=kept, crossed_off_on=None).exists()
    assert not Pledge.objects.exclude(person=None).exists() and Post.objects.filter(state="open").exists()
    texts = [*Progress.objects.values_list("words", flat=True), *Review.objects.values_list("reason", flat=True)]
    assert texts and all(text.startswith("样例") for text in texts)
