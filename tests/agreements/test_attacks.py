"""What somebody could try to get round the statute's days and votes, and two who write at once."""

from datetime import date, timedelta

import pytest

from gongjian.agreements import congresses, verbs, watching
from gongjian.agreements.congresses import Votes
from gongjian.agreements.models import Agreement
from gongjian.register.refusals import Refused

from .conftest import by_chair, demand, up_to

DAY = date(2026, 3, 2)


def test_they_do_not_meet_before_the_papers_had_their_days(bargaining):
    made = up_to(bargaining, "name", DAY)
    verbs.call(made, meets_on=DAY + timedelta(days=20), papers_on=DAY + timedelta(days=10), **by_chair(bargaining, DAY))
    with pytest.raises(Refused, match=r"the earliest day is 2026-03-19|the earliest day is March 19, 2026"):
        verbs.meet(made, words="", **by_chair(bargaining, DAY + timedelta(days=1)))
    verbs.meet(made, words="", **by_chair(bargaining, DAY + timedelta(days=17)))
    assert Agreement.objects.get().state == "met"


def test_a_meeting_on_the_first_day_of_all_time_is_refused_in_a_sentence(bargaining):
    made = up_to(bargaining, "name", DAY)
    with pytest.raises(Refused, match="not over, within a year"):
        verbs.call(made, meets_on=date.min, papers_on=date.min, **by_chair(bargaining, DAY))


def test_an_agreement_is_not_made_longer_by_ending_it(bargaining):
    made = up_to(bargaining, "publish", DAY)
    later = made.until + timedelta(days=1)
    verbs.give_up(made, words="样例", **by_chair(bargaining, later))
    ended = Agreement.objects.get()
    assert ended.until == made.until == ended.units.get().last_day


def test_another_congress_does_not_vote_on_it(bargaining):
    made = up_to(bargaining, "draft", DAY)
    other = congresses.Congress(body=bargaining.town.bodies["county_union"], delegates=9, elected_on=DAY)
    other.save()
    with pytest.raises(Refused, match="not open to you"):
        congresses.vote_on(made, congress=other, present=9, women=None, votes=Votes(9, 0, 0),
                           **by_chair(bargaining, DAY))  # fmt: skip
    assert Agreement.objects.get().state == "drafted"


def test_the_night_leaves_be_what_somebody_moved_on_while_it_ran(bargaining):
    made, other = demand(bargaining, DAY), bargaining.town.units["hardware"]
    demand(bargaining, DAY, employer=other, title="五金工资协议")
    seen = []

    def act(each):
        seen.append(each.pk)
        Agreement.objects.filter(state="demanded").update(state="answered")

    assert watching._each(Agreement.objects.filter(state="demanded"), act) == 1
    assert seen == [made.pk]
