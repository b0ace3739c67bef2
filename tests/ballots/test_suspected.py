"""What looks bought in a poll of a selection: found among real envelopes, set aside by two, told to each voter."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gongjian.asks import matters
from gongjian.asks.models import Ask
from gongjian.ballots import aside, bursts, codes, publishing, suspected
from gongjian.ballots.casting import half_hour_of
from gongjian.ballots.models import Burst, Envelope, Poll, SetAside, Voter
from gongjian.ballots.views_bursts import _moment
from gongjian.chronicle.models import Act
from gongjian.notices.models import Letter
from gongjian.register.refusals import Refused
from tests.kept import once
from verivote import verify

from .conftest import Held, cast
from .test_arrivals import build_watched
from .test_counting import closed, published
from .test_pages import ENGLISH

LEAST, FIRM, HOME = 8, b"\1" * 16, b"\2" * 16
WHY = {"reason": "not_own", "words": "短时间内由同一地址集中投出"}


def build_bought() -> Held:
    """Ten of five units cast from one address at noon; four from home."""
    held = build_watched()
    units = list(held.town.units.values())[:5]
    for at, voter in enumerate(held.voters):
        Voter.objects.filter(pk=voter.pk).update(unit=units[at % 5])
    for at in range(14):
        cast(held, at, network=FIRM if at < 10 else HOME)
    Envelope.objects.filter(poll=held.poll).update(half_hour=48 * 20_000 + 24)
    return held


@pytest.fixture
def bought(db: None, monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr(bursts, "LEAST", LEAST)
    return once("ballots bought", build_bought)


def only(held: Held) -> suspected.Found:
    (found,) = suspected.found_in(Poll.objects.get(pk=held.poll.pk))
    return found


def proposed(held: Held) -> Burst:
    return suspected.propose(held.poll, only(held).key, by=held.chair, **WHY)


def agreed(held: Held) -> Burst:
    return answer(held, proposed(held))


def answer(held: Held, burst: Burst, agrees: bool = True, by: object = None) -> Burst:
    return suspected.answer(
        burst, agrees=agrees, today=held.town.today, now=timezone.now(), by=by or held.second
    )  # fmt: skip


# == what is found ==
def test_a_group_is_found_with_its_numbers_and_names_nobody(bought):
    found = only(bought)
    assert (found.rule, dict(found.facts), found.half_hour) == ("network", {"voters": 10, "units": 5}, 48 * 20_000 + 24)
    assert {voter for voter, _leaf in found.waiting} == {each.pk for each in bought.voters[:10]}
    assert FIRM.hex() not in repr(found) and "waiting" not in repr(found)


def test_it_takes_as_many_questions_for_many_as_for_few(bought):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            suspected.found_in(bought.poll)
        return len(queries)

    few = asked()
    for at in range(14, 24):
        cast(bought, at, network=HOME)
    assert asked() == few


def test_paper_and_who_left_the_roll_are_in_no_group(bought):
    cast(bought, 0, channel="desk", is_final=True)
    Voter.objects.filter(pk=bought.voters[1].pk).update(is_off=True)
    assert {voter for voter, _leaf in only(bought).waiting} == {each.pk for each in bought.voters[2:10]}


def test_cards_of_a_batch_count_only_where_a_card_was_used(bought):
    batch, _cards = codes.print_batch(bought.poll, today=bought.town.today, now=timezone.now(), by=bought.chair)
    other = codes.replace(bought.voters[23], today=bought.town.today, now=timezone.now(), by=bought.chair)[0]
    Envelope.objects.filter(poll=bought.poll).update(network=b"")
    assert suspected.found_in(bought.poll) == []
    Envelope.objects.filter(poll=bought.poll, voter__in=bought.voters[:9]).update(is_by_card=True)
    found = only(bought)
    assert (found.rule, found.facts["batch"], found.facts["voters"]) == ("batch", batch.number, 9) and other.number == 2


def test_how_many_of_a_unit_voted_is_told_only_once_the_poll_is_closed(bought, monkeypatch):
    monkeypatch.setattr(bursts, "SMALLEST_UNIT", 2)
    units = list(bought.town.units.values())[:5]
    Envelope.objects.filter(poll=bought.poll, voter__unit__in=units[1:]).delete()
    for at in range(0, 24, 5):
        cast(bought, at, network=HOME)
    assert suspected.found_in(bought.poll) == []
    closed(bought)
    found = only(bought)
    assert (found.rule, found.facts["unit"], found.facts["turnout"], found.waiting) == ("unit", units[0].pk, 1, ())


def test_of_another_poll_and_after_the_count_nothing_is_looked_at(bought, monkeypatch):
    Poll.objects.filter(pk=bought.poll.pk).update(keeps_arrivals=False, network_key=None)
    assert suspected.found_in(Poll.objects.get(pk=bought.poll.pk)) == []
    Poll.objects.filter(pk=bought.poll.pk).update(keeps_arrivals=True)
    assert suspected.found_in(Poll.objects.get(pk=bought.poll.pk)) != []
    poll = published(closed(bought))
    assert suspected.found_in(poll) == []


# == two people ==
def test_two_people_set_a_group_aside_and_each_voter_is_told_and_may_object(bought):
    burst = proposed(bought)
    assert burst.cases.count() == 10 and aside.pending(bought.poll) == 10
    assert suspected.found_in(bought.poll) == [], "it is on the list of what was proposed"
    burst = answer(bought, burst)
    assert (burst.state, burst.first_by, burst.second_by) == ("agreed", bought.chair, bought.second)
    assert all(each.holds for each in burst.cases.all()) and aside.pending(bought.poll) == 0
    told = Letter.objects.filter(kind__startswith="aside:")
    assert {each.account_id for each in told} == {bought.account(at).pk for at in range(3)}, "those with an account"
    assert all(WHY["words"] in each.body for each in told)
    case = burst.cases.get(voter=bought.voters[1])
    aside.object_to(case, words="是我本人投的", by=bought.account(1))
    aside.decide(case, lifts=True, words="属实", by=bought.second)
    assert burst.cases.filter(state="lifted").count() == 1
    assert suspected.found_in(bought.poll) == [], "whose objection was right is not proposed again"


def test_what_is_set_aside_is_in_the_result_and_its_bundle_as_a_count_with_its_reason(bought):
    agreed(bought)
    poll = published(closed(bought))
    with poll.result.bundle.open("rb") as file:
        report = verify.verify(file)
    assert report.failed == [] and report.result["set_aside"] == {"not_own": 10} and report.result["counted"] == 4
    assert Burst.objects.get(poll=poll).half_hour is None


@pytest.mark.parametrize("agrees", [True, False])
def test_nobody_decides_alone_nobody_twice(bought, agrees):
    burst = proposed(bought)
    with pytest.raises(Refused, match="Somebody else"):
        answer(bought, burst, agrees, by=bought.chair)
    answer(bought, burst, agrees)
    with pytest.raises(Refused, match="answered already"):
        answer(bought, burst, agrees)
    with pytest.raises(Refused, match="does not keep"):
        answer(bought, burst, agrees, by=bought.account(0))


def test_a_case_of_a_group_is_not_answered_by_itself(bought):
    case = proposed(bought).cases.first()
    with pytest.raises(Refused, match="all of them at once"):
        aside.answer(case, agrees=True, today=bought.town.today, now=timezone.now(), by=bought.second)


def test_what_was_not_agreed_counts_and_can_be_proposed_again(bought):
    answer(bought, proposed(bought), agrees=False)
    assert not any(each.holds for each in SetAside.objects.all()) and not Letter.objects.exists()
    assert len(only(bought).waiting) == 10


def test_only_those_about_whom_nobody_decided_are_proposed(bought):
    aside.propose(bought.voters[0], by=bought.chair, **WHY)
    found = only(bought)
    assert (len(found.waiting), found.decided) == (9, 1)
    assert proposed(bought).facts["voters"] == 9


def test_whoever_casts_again_from_elsewhere_counts(bought):
    burst = agreed(bought)
    cast(bought, 0, network=HOME)
    assert burst.cases.filter(voter=bought.voters[0]).count() == 1
    report = published(closed(bought)).result.numbers
    assert report["set_aside"] == {"not_own": 9} and report["superseded"] == 1


@pytest.mark.parametrize("given, said", [({"reason": "bought"}, "Say why"), ({"words": " "}, "Say why")])
def test_without_a_reason_nothing_is_proposed(bought, given, said):
    with pytest.raises(Refused, match=said):
        suspected.propose(bought.poll, only(bought).key, by=bought.chair, **WHY | given)
    assert not Burst.objects.exists() and not SetAside.objects.exists()


def test_a_group_that_is_another_by_now_is_not_proposed(bought):
    key = only(bought).key
    Envelope.objects.filter(poll=bought.poll).update(network=HOME)
    with pytest.raises(Refused, match="not as they were"):
        suspected.propose(bought.poll, key, by=bought.chair, **WHY)


def test_what_is_proposed_stands_in_the_chronicle_as_numbers(bought):
    agreed(bought)
    acts = {each.verb: each for each in Act.objects.filter(verb__endswith="_burst")}
    assert acts["ballots.propose_burst"].facts == {"rule": "network", "voters": 10, "reason": "not_own"}
    assert acts["ballots.agree_burst"].facts == {"voters": 10}
    assert FIRM.hex() not in json.dumps([each.facts for each in Act.objects.all()])


def test_a_poll_that_is_erased_keeps_neither_words_nor_numbers(bought):
    agreed(bought)
    poll = published(closed(bought))
    publishing.erase_due(poll.objections_until + timedelta(days=1))
    burst = Burst.objects.get(poll=poll)
    assert (burst.words, burst.facts, burst.half_hour) == ("–", {}, None)
    assert not burst.cases.exclude(voter=None).exists()


# == who is asked to look ==
def look(held: Held, days: int = 0) -> set[str]:
    """What the city's union is asked about it after the hour's look."""
    suspected.owe_looks(held.town.today + timedelta(days=days), timezone.now() + timedelta(days=days))
    rows = Ask.objects.filter(body=held.poll.held_by, sending__about=suspected.reference(held.poll), state="open")
    return set(rows.values_list("sending__title", flat=True))


def test_whoever_keeps_the_poll_is_asked_once_until_all_is_decided(bought):
    title = f"What looks bought: {bought.poll.title}"
    assert look(bought) == {title} == look(bought)
    ask = Ask.objects.get(sending__about=suspected.reference(bought.poll))
    assert (ask.minutes, ask.sending.href) == (suspected.MINUTES, page_of(bought))
    assert FIRM.hex() not in str(ask.sending.__dict__) and "10" not in ask.sending.why
    burst = proposed(bought)
    assert look(bought) == {title}, "it waits for the second person"
    answer(bought, burst)
    ask.refresh_from_db()
    assert (ask.state, ask.ended_by) == ("done", bought.second) and look(bought) == set()
    Envelope.objects.filter(poll=bought.poll).update(network=HOME)
    cast_more(bought)
    assert look(bought) == set() and look(bought, days=1) == {title}, "a new group, and one ask a day at most"


def cast_more(held: Held) -> None:
    for at in range(10, 24):
        cast(held, at, network=HOME)
    Envelope.objects.filter(poll=held.poll).update(half_hour=48 * 20_000 + 25)


def test_what_was_not_agreed_is_still_asked_about(bought):
    look(bought)
    answer(bought, proposed(bought), agrees=False)
    assert len(look(bought)) == 1


def test_an_ask_that_was_put_off_comes_again_the_next_day_and_none_after_the_count(bought):
    look(bought)
    Ask.objects.update(state="declined", reason="明天再看", ended_at=timezone.now())
    assert look(bought) == set() and len(look(bought, days=1)) == 1
    Poll.objects.filter(pk=bought.poll.pk).update(keeps_arrivals=False, network_key=None)
    assert look(bought, days=1) == set()


def test_where_nothing_is_found_nobody_is_asked(bought):
    Envelope.objects.filter(poll=bought.poll).update(network=b"")
    assert look(bought) == set() and not Ask.objects.exists()


def test_the_ask_leads_whoever_keeps_the_poll_and_nobody_else(bought):
    told = (bought.poll.title, page_of(bought))
    assert matters.told(bought.chair, suspected.reference(bought.poll)) == matters.Matter(*told)
    for other in (bought.account(0), bought.town.accounts["stranger"]):
        assert matters.told(other, suspected.reference(bought.poll)) is None


# == the page ==
def page_of(held: Held) -> str:
    return reverse("poll_bursts", args=[held.poll.pk])


def text(browser, address: str, status: int = 200) -> str:
    answer = browser.get(address, headers=ENGLISH)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_two_keepers_decide_on_the_pages_which_name_nobody(bought, signed_in):
    first, second = signed_in(bought.chair), signed_in(bought.second)
    assert page_of(bought) in first.get(reverse("poll", args=[bought.poll.pk])).content.decode()
    shown = first.get(page_of(bought), headers=ENGLISH).content.decode()
    assert "10 ballots of 5 units from one address within an hour." in shown and "12:00" in shown
    names = {each.person.name for each in bought.voters}
    (form,) = re.findall(rf"{page_of(bought)}[0-9a-f]{{16}}/", shown)
    assert "Set 10 ballots aside" in text(first, form)
    assert first.post(form, WHY | {"words": ""}, headers=ENGLISH).status_code == 400
    assert first.post(form, WHY).status_code == 302
    mine, theirs = text(first, page_of(bought)), text(second, page_of(bought))
    assert "You proposed it" in mine and "Agree: set them aside" in theirs and "Agree: set" not in mine
    assert not any(name in said for name in names for said in (shown, mine, theirs))
    assert first.get(form, headers=ENGLISH).status_code == 302, "it is decided on"
    burst = Burst.objects.get()
    assert second.post(reverse("burst_answer", args=[burst.pk]), {"do": "neither"}).status_code == 404
    assert Burst.objects.get().state == "proposed"
    assert second.post(reverse("burst_answer", args=[burst.pk]), {"do": "agree"}).status_code == 302
    assert Burst.objects.get().state == "agreed"
    whole = second.get(reverse("poll", args=[bought.poll.pk]), headers=ENGLISH).content.decode()
    assert not any(reverse("aside", args=[each.pk]) in whole for each in burst.cases.all())
    assert "left out for now" in text(second, page_of(bought))


def test_nothing_found_is_said_with_what_is_looked_at_and_missed(bought, signed_in):
    Envelope.objects.filter(poll=bought.poll).update(network=b"")
    said = text(signed_in(bought.chair), page_of(bought))
    assert "Nothing found" in said and "no proof that nothing was bought" in said
    assert f"{LEAST} voters or more within an hour" in said and "through many addresses is not found" in said


def test_it_is_the_keepers_page_alone_and_of_polls_that_keep_it(bought, signed_in):
    burst = proposed(bought)
    for reader in (bought.account(0), bought.town.accounts["stranger"]):
        browser = signed_in(reader)
        text(browser, page_of(bought), 404)
        text(browser, page_of(bought) + "00/", 404)
        assert browser.post(reverse("burst_answer", args=[burst.pk]), {"do": "agree"}).status_code == 404
    Poll.objects.filter(pk=bought.poll.pk).update(keeps_arrivals=False, network_key=None)
    text(signed_in(bought.chair), page_of(bought), 404)


def test_as_many_queries_with_one_group_as_with_three(bought, signed_in):
    browser = signed_in(bought.second)

    def asked() -> int:
        browser.get(page_of(bought))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page_of(bought)).status_code == 200
        return len(queries)

    one = asked()
    for at in range(14, 24):
        cast(bought, at, network=HOME)
    Envelope.objects.filter(poll=bought.poll, network=HOME).update(half_hour=48 * 20_000 + 5)
    for at in range(3):
        Burst.objects.create(poll=bought.poll, rule="night", facts={"voters": at, "units": 1}, half_hour=3, **WHY)
    assert len(suspected.found_in(bought.poll)) == 2
    assert asked() == one


def test_neither_the_public_pages_nor_the_api_tell_of_it(bought, signed_in):
    agreed(bought)
    browser, ref = signed_in(bought.account(0)), bought.poll.ref
    for address in (f"/polls/{ref}/", f"/polls/{ref}/log.json", f"/api/v1/polls/{ref}"):
        answer = browser.get(address)
        assert answer.status_code == 200
        told = answer.content.decode()
        assert WHY["words"] not in told and FIRM.hex() not in told and "half_hour" not in told


def test_voters_read_that_it_is_kept_only_where_it_is(bought, signed_in):
    browser, said = signed_in(bought.account(0)), "in which half hour a ballot came"
    pages = [f"/polls/{bought.poll.ref}/", f"/vote/{bought.poll.ref}/"]
    assert [said in text(browser, each) for each in pages] == [True, True]
    Poll.objects.filter(pk=bought.poll.pk).update(keeps_arrivals=False, network_key=None)
    assert [said in text(browser, each) for each in pages] == [False, False]


def test_half_hours_are_shown_by_the_local_clock():
    at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    assert _moment(half_hour_of(at)) == at
