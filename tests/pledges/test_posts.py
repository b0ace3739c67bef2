"""Posts: set up, opened, chosen or nominated for, matched, shown, held, left; and the word of the quarter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.asks.models import Ask
from gongjian.pledges import fulfilling, matching, offering, quarters
from gongjian.pledges.access import assignments_visible_to, posts_visible_to
from gongjian.pledges.asked import tell_call
from gongjian.pledges.models import Assignment, Post, QuarterCall, StandingOrder
from gongjian.pledges.models.quarters import quarter_of
from gongjian.pledges.own import tables_of
from gongjian.pledges.states import ASSIGNMENT_MOVES, POST_MOVES
from gongjian.register.appointments import remove
from gongjian.register.authority.reach import OPERATOR
from gongjian.register.models import Office
from gongjian.register.refusals import Refused

from .conftest import NOW, close, on_post, published, set_up

A = Assignment.State


def test_every_state_is_reached():
    assert {Post.State.DRAFT, *POST_MOVES.values()} == set(Post.State)
    assert {A.CHOSEN, A.NOMINATED, *ASSIGNMENT_MOVES.values()} == set(A)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "name"),
        ({"content": ""}, "measured"),
        ({"duties": ["只有一条"]}, "two to ten"),
        ({"duties": ["条"] * 11}, "two to ten"),
        ({"seats": 0}, "at least one"),
        ({"until": date(2000, 1, 1)}, "before the first"),
    ],
)
def test_a_post_that_is_refused(given, said, town):
    with pytest.raises(Refused, match=said):
        set_up(town, **given)


def test_a_post_is_kept_by_its_body_and_a_draft_is_read_there_alone(town):
    with pytest.raises(Refused, match="Your offices do not"):
        set_up(town, by=town.accounts["street"])
    post = set_up(town)
    Post.objects.filter(pk=post.pk).update(state="draft")
    assert posts_visible_to(town.secretary).exists() and not posts_visible_to(town.accounts["member"]).exists()


def test_a_member_chooses_and_is_matched_shown_and_on_post(town):
    post = set_up(town)
    made = matching.choose(post, today=town.today, by=town.accounts["member"])
    with pytest.raises(Refused, match="already"):
        matching.choose(post, today=town.today, by=town.accounts["member"])
    with pytest.raises(Refused, match="Say why"):
        matching.settle(made, "match", reason=" ", by=town.secretary)
    matching.settle(made, "match", reason="住在桥头", by=town.secretary)
    shown = matching.show(made, today=town.today, by=town.secretary)
    assert (shown.notice_until - town.today).days >= 7  # five working days
    with pytest.raises(Refused, match="still shown"):
        matching.begin(made, today=shown.notice_until, by=town.secretary)
    held = matching.begin(made, today=shown.notice_until + timedelta(days=1), by=town.secretary)
    assert (held.state, held.until) == (A.ON_POST, post.until)


def test_only_who_is_on_the_roll_comes_to_a_post(town):
    post = set_up(town)
    with pytest.raises(Refused, match="on the roll"):
        matching.choose(post, today=town.today, by=town.accounts["street"])
    with pytest.raises(Refused, match="nobody on a roll"):
        matching.choose(post, today=town.today, by=town.stranger)
    with pytest.raises(Refused, match="on the roll"):
        matching.nominate(post, town.people["county"], today=town.today, by=town.secretary)
    with pytest.raises(Refused, match="Your offices do not"):
        matching.nominate(post, town.people["other"], today=town.today, by=town.accounts["member"])


def test_seats_are_not_taken_twice_and_not_taken_away(town):
    post = set_up(town, seats=1)
    made = [
        matching.nominate(post, town.people[key], today=town.today, by=town.secretary) for key in ("member", "other")
    ]
    matching.settle(made[0], "match", reason="样例", by=town.secretary)
    with pytest.raises(Refused, match="All seats are taken"):
        matching.settle(made[1], "match", reason="样例", by=town.secretary)
    matching.settle(made[1], "decline", reason="样例：满了", by=town.secretary)
    matching.nominate(set_up(town, title="样例"), town.people["other"], today=town.today, by=town.secretary)
    Post.objects.filter(pk=post.pk).update(seats=2)
    second = matching.nominate(post, town.people["other"], today=town.today, by=town.secretary)
    matching.settle(second, "match", reason="样例", by=town.secretary)
    fields = {"title": "岗", "content": "样例", "duties": ["一", "二"], "since": town.today, "until": town.today}
    with pytest.raises(Refused, match="at least so many"):
        offering.amend(post, seats=1, by=town.secretary, **fields)


def test_many_posts_to_one_person_are_warned_of_and_not_refused(town):
    held = on_post(town)
    assert matching.warning(held.person) == ""
    other = set_up(town, title="文明新风岗")
    on_post(town, other)
    assert "2 posts are held already" in matching.warning(held.person)
    matching.nominate(set_up(town, title="第三个岗"), held.person, today=town.today, by=town.secretary)


def test_a_post_is_renewed_moved_and_left_with_the_reason(town):
    held = on_post(town)
    with pytest.raises(Refused, match="after the one"):
        matching.renew(held, until=town.today, today=town.today, by=town.secretary)
    until = held.until + timedelta(days=365)
    assert matching.renew(held, until=until, today=town.today, by=town.secretary).until == until
    elsewhere = set_up(town, title="样例岗")
    moved = matching.move_to(held, elsewhere, because="搬到村东", today=town.today, by=town.secretary)
    held.refresh_from_db()
    assert (held.state, moved.post, moved.state) == (A.MOVED, elsewhere, A.NOMINATED)
    other = on_post(town, set_up(town, title="再一个岗"), key="other")
    with pytest.raises(Refused, match="Say why"):
        matching.leave(other, because="", today=town.today, by=town.secretary)
    assert matching.leave(other, because="外出务工", today=town.today, by=town.secretary).state == A.ENDED


def test_the_database_keeps_one_person_once_on_a_post(town):
    post = set_up(town)
    matching.nominate(post, town.people["member"], today=town.today, by=town.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(post=post, person=town.people["member"], state="chosen")


def test_who_holds_a_post_is_read_by_oneself_its_keeper_and_the_line_above(town):
    held = on_post(town)
    keys = ("member", "other", "street", "county", "stranger", "inspector")
    seen = {key for key in keys if assignments_visible_to(town.accounts[key]).filter(pk=held.pk).exists()}
    assert seen == {"member", "street", "county"} and assignments_visible_to(town.secretary).exists()
    assert [table.rows[0][0] for table in tables_of(held.person) if table.rows] == ["设施维护岗"]


# == the word of the quarter ==
def test_a_word_is_said_once_a_quarter_and_mended(town):
    held = on_post(town)
    for words in ("查了三遍", "查了三遍，换了两盏"):
        matching.say_word(held, words=words, today=town.today, by=town.accounts["member"])
    word = held.words.get()
    assert (word.words, (word.year, word.quarter)) == ("查了三遍，换了两盏", quarter_of(town.today))
    with pytest.raises(Refused, match="not there"):
        matching.say_word(held, words="样例", today=town.today, by=town.accounts["other"])


def test_the_quarter_s_word_is_asked_once_by_order_and_done_when_it_is_said(town):
    pledge = published(town)
    assert quarters.ask_all(town.today, NOW) == 0
    quarters.order(town.bodies["street_party"], today=town.today, by=town.accounts["street"])
    assert [quarters.ask_all(town.today, NOW) for _again in range(2)] == [1, 0]
    ask, call = Ask.objects.select_related("sending").get(state="open"), QuarterCall.objects.get()
    assert (ask.body, ask.sending.about, ask.minutes) == (pledge.body, call.reference, 5)
    assert f"body={pledge.body_id}" in tell_call(town.secretary, call.pk)[1]
    assert tell_call(town.stranger, call.pk) is None
    fulfilling.say_word(pledge, words="装了18盏", today=town.today, now=NOW, by=town.secretary)
    ask.refresh_from_db()
    assert ask.state == Ask.State.DONE


def test_words_of_the_same_quarter_a_year_ago_and_of_another_quarter_are_not_the_word_of_this_one(town):
    pledge, (year, quarter) = published(town), quarter_of(town.today)
    for told in ((year - 1, quarter), (year, quarter % 4 + 1)):
        pledge.words.create(year=told[0], quarter=told[1], words="样例", on=town.today)
    assert quarters.bodies_that_owe(town.bodies["street_party"], year, quarter) == [pledge.body]


def test_the_ask_for_a_word_is_done_once_nothing_is_open_or_the_word_comes_after_the_quarter(town):
    first, later = published(town), town.today + timedelta(days=92)
    quarters.order(town.bodies["street_party"], today=town.today, by=town.accounts["street"])
    for settle in (
        lambda: fulfilling.say_word(first, words="样例", today=later, now=NOW, by=town.secretary),
        lambda: close(first, "break", town, outcome="样例"),
    ):
        QuarterCall.objects.all().delete()
        first.words.all().delete()
        assert quarters.ask_all(town.today, NOW) == 1
        ask = Ask.objects.get(state="open")
        settle()
        ask.refresh_from_db()
        assert ask.state == Ask.State.DONE


def test_an_order_of_somebody_whose_office_has_ended_asks_nobody(town):
    published(town)
    quarters.order(town.bodies["street_party"], today=town.today, by=town.accounts["street"])
    remove(Office.objects.get(person=town.people["street"]), on=town.today, today=town.today, by=OPERATOR)
    assert quarters.ask_all(town.today, NOW) == 0 and not QuarterCall.objects.exists()
    with pytest.raises(Refused, match="Your offices do not"):
        quarters.order(town.bodies["street_party"], today=town.today, by=town.secretary)
    assert StandingOrder.objects.count() == 1
