"""The sample city's rounds of telling: the village secretary's is being put right, and nobody is named."""

from gongjian.accounts.models import User
from gongjian.telling.access import tellings_of_keeper, tellings_to_comment
from gongjian.telling.models import Point, Telling, TellingRound


def test_the_village_secretary_puts_right_what_the_town_officer_confirms(city):
    secretary, officer = (User.objects.get(username=f"sample-{key}") for key in ("village-secretary", "town-officer"))
    own = tellings_of_keeper(secretary).get(state="rectifying")
    assert tellings_of_keeper(secretary).filter(state="scheduled").exists()
    assert tellings_to_comment(officer).filter(pk=own.pk).exists()
    states = set(Telling.objects.filter(round=own.round).values_list("state", flat=True))
    assert {"scheduled", "told", "commented", "published"} <= states
    assert TellingRound.objects.filter(state="closed").exists()


def test_every_text_says_that_it_is_a_sample(city):
    done = Telling.objects.exclude(done="").values_list("done", flat=True)
    texts = [*Point.objects.values_list("words", flat=True), *done]
    assert texts and all(text.startswith("样例") for text in texts)
