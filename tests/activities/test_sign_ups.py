"""Signing up: once, before the day, as long as there is room – two at once as well – and never for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.accounts.models import User
from gongjian.activities import events, sign_ups
from gongjian.activities.access import sign_ups_visible_to
from gongjian.activities.models import Event, SignUp
from gongjian.activities.own import tables_of
from gongjian.chronicle.models import Act
from gongjian.register.refusals import Refused
from tests.register import town as small

from .conftest import at, build, event_in


def test_one_signs_up_oneself_once_and_takes_it_back_before_it_begins(town, announced):
    event, now = announced(), at(town.today)
    acts = Act.objects.count()
    sign_ups.sign_up(event, now=now, by=town.stranger)
    with pytest.raises(Refused, match="signed up already"):
        sign_ups.sign_up(event, now=now, by=town.stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.create(event=event, account=town.stranger, at=now)
    with pytest.raises(Refused, match="begun already"):
        sign_ups.take_back(event, now=event.starts_at, by=town.stranger)
    sign_ups.take_back(event, now=event.starts_at - timedelta(minutes=1), by=town.stranger)
    with pytest.raises(Refused, match="nothing to take back"):
        sign_ups.take_back(event, now=now, by=town.stranger)
    assert Act.objects.count() == acts  # the chronicle keeps for good, and does not hear of it


def test_after_the_last_day_nobody_signs_up(town, announced):
    event = announced()
    late = at(event.sign_up_until + timedelta(1), 8)
    with pytest.raises(Refused, match="last day to sign up is past"):
        sign_ups.sign_up(event, now=late, by=town.stranger)
    with pytest.raises(Refused, match="begun already"):
        sign_ups.sign_up(event, now=event.ends_at, by=town.stranger)


def test_where_nobody_has_to_nobody_signs_up_nor_for_what_is_no_longer_announced(town, announced):
    now = at(town.today)
    with pytest.raises(Refused, match="Just come"):
        sign_ups.sign_up(announced(sign_up_until=None), now=now, by=town.stranger)
    event = announced()
    events.call_off(event, reason="样例", now=now, by=town.secretary)
    with pytest.raises(Refused, match="not announced"):
        sign_ups.sign_up(event, now=now, by=town.stranger)
    draft = events.plan(town.bodies["village_party"], today=town.today, by=town.secretary, **event_in(town))
    with pytest.raises(Refused, match="not there any more"):
        sign_ups.sign_up(draft, now=now, by=town.stranger)


def test_a_body_signs_up_a_number_and_changes_it_within_the_room_there_is(town, announced):
    event, now, union = announced(capacity=10), at(town.today), town.bodies["joint_union"]
    chair = town.accounts["joint_chair"]
    sign_ups.sign_up(event, now=now, by=town.stranger)
    for people in (0, 10, 20_000):
        with pytest.raises(Refused):
            sign_ups.sign_up_body(event, union, people=people, now=now, by=chair)
    sign_ups.sign_up_body(event, union, people=9, now=now, by=chair)
    with pytest.raises(Refused, match="not so much room"):
        sign_ups.sign_up(event, now=now, by=town.clerk)
    sign_ups.sign_up_body(event, union, people=4, now=now, by=chair)
    assert events.people_in(event) == 5
    with pytest.raises(Refused, match="None of your offices"):
        sign_ups.sign_up_body(event, union, people=1, now=now, by=town.stranger)
    sign_ups.take_back_body(event, union, now=now, by=chair)
    assert events.people_in(event) == 1


def test_who_signed_up_is_seen_by_the_hosts_and_by_oneself(town, announced):
    event = announced(hosts=[town.bodies["joint_union"]])
    mine = sign_ups.sign_up(event, now=at(town.today), by=town.stranger)
    county = town.bodies["county_union"]
    its = sign_ups.sign_up_body(event, county, people=7, now=at(town.today), by=town.accounts["county_chair"])

    def seen(reader):
        return set(sign_ups_visible_to(reader).values_list("pk", flat=True))

    hosts = [town.secretary, town.accounts["joint_chair"]]
    assert [seen(each) for each in hosts] == [{mine.pk, its.pk}] * 2
    assert (seen(town.stranger), seen(town.accounts["county_chair"])) == ({mine.pk}, {its.pk})
    assert seen(town.clerk) == seen(town.inspector) == set()


def test_sign_ups_are_thrown_away_thirty_days_after_the_event_and_taken_away_by_oneself_before(town, announced):
    event = announced()
    account = small.account("吴样例")
    person = small.person("吴样例", account=account)
    sign_ups.sign_up(event, now=at(town.today), by=account)
    ((title, *_days),) = tables_of(person)[0].rows
    assert title == event.title
    assert sign_ups.erase_old(event.ends_at + timedelta(days=30)) == 0
    assert sign_ups.erase_old(event.ends_at + timedelta(days=30, seconds=1)) == 1
    assert tables_of(person)[0].rows == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_last_place_at_once_one_gets_it():
    town = build()
    fields = event_in(town, capacity=1)
    event = events.plan(town.bodies["village_party"], today=town.today, by=town.secretary, **fields)
    events.announce(event, now=at(town.today, 9), by=town.secretary)
    together = Barrier(2)

    def try_it(account: User) -> str:
        try:
            together.wait(timeout=10)
            sign_ups.sign_up(Event.objects.get(pk=event.pk), now=at(town.today), by=User.objects.get(pk=account.pk))
        except Refused as no:
            return str(no)
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(2) as both:
        told = list(both.map(try_it, [town.stranger, town.clerk]))
    assert sorted(each == "in" for each in told) == [False, True] and SignUp.objects.count() == 1
