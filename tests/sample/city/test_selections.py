"""The sample city's selections: one for which candidates come in, and one whose poll is open."""

from gongjian.accounts.models import User
from gongjian.ballots.models import Voter
from gongjian.deeds.models import Deed
from gongjian.selections.access import candidates_visible_to, keeps, selections_visible_to
from gongjian.selections.models import Selection


def test_a_citizen_reads_the_one_that_is_voted_on_and_the_organiser_keeps_it(city):
    citizen, organiser = (User.objects.get(username=f"sample-{key}") for key in ("citizen", "city-organiser"))
    assert set(Selection.objects.values_list("state", flat=True)) == {"nominating", "polling"}
    (voted,) = selections_visible_to(citizen).filter(state="polling").select_related("held_by__line", "poll")
    assert voted.poll.state == "open" and voted.poll.rules["basis"] == voted.basis and voted.poll.keeps_arrivals
    assert keeps(organiser, voted) and not keeps(citizen, voted)
    told = candidates_visible_to(citizen).filter(selection=voted).values_list("group", "number")
    assert sorted(told) == [(group, f"{at:02}") for at, group in enumerate(["org"] * 3 + ["per"] * 3, start=1)]


def test_no_persona_stands_on_its_roll_and_nobody_is_named_who_did_not_agree(city):
    voted = Selection.objects.get(state="polling")
    roll = Voter.objects.filter(poll=voted.poll)
    assert roll.count() == 24 and not roll.filter(person__account__username__startswith="sample-").exists()
    assert not Deed.objects.filter(candidacies__selection=voted, of="person").exclude(named__consent="given").exists()


def test_every_text_of_it_says_that_it_is_a_sample(city):
    deeds = Deed.objects.filter(candidacies__selection__state="polling")
    assert all(each.story.startswith("样例") for each in deeds)
    assert all(title.startswith("样例") for title in Selection.objects.values_list("title", flat=True))
