"""Appointments, removals, loans and mergers at once, with readers and writers beside them: no right stays behind."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongjian.register import access, appointments, lives
from gongjian.register.access import OPERATOR
from gongjian.register.authority.policy import can
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Body, BodyEntry, Delegation, Office, OfficeKind, Permission, Person
from gongjian.register.reorganise.bodies import merge_bodies
from tests.races import at_once
from tests.register import town as small

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def with_office(name, body, kind="union_chair"):
    account = small.account(name)
    return account, small.office(small.person(name, account=account), body, kind, since=small.REFORM)


def fresh(account):
    return type(account).objects.get(pk=account.pk)


def all_rights_have_ground(today) -> None:
    """Every right that lists know is told of the single thing too, and no office or loan outlasts its body."""
    standing = set(BodyEntry.objects.on(today).values_list("body_id", flat=True))
    assert set(Office.objects.on(today).values_list("body_id", flat=True)) <= standing
    assert lives.outside([], Body.objects.values_list("pk", flat=True)) == []
    for person in Person.objects.exclude(account=None).select_related("account"):
        reach = reach_of(fresh(person.account))
        for word in Permission:
            listed = set(Body.objects.filter(reach.bodies(word)))
            assert listed == {body for body in Body.objects.all() if can(person.pk, word, body, today)}, (person, word)


@pytest.mark.slow
def test_a_body_is_merged_while_offices_in_it_are_given_lent_and_taken():
    town = small.build_town()
    chair_above, _office = with_office("郑样例", town.bodies["county_union"])
    kind = OfficeKind.objects.get(key="union_chair")
    on = {"on": town.today, "today": town.today}
    for round in range(ROUNDS):
        going = small.body(f"样例联合工会{round}", "joint_union", town.units["village"], since=small.REFORM,
                           form="joint", superior=town.bodies["county_union"])  # fmt: skip
        lender, office = with_office(f"冯样例{round}", going)
        _other, ending = with_office(f"陈样例{round}", going)
        borrower = small.account(f"褚样例{round}")
        borrows = small.person(f"褚样例{round}", account=borrower)
        small.membership(borrows, town.bodies["joint_union"], since=small.REFORM)
        newcomer = small.person(f"卫样例{round}", account=small.account(f"卫样例{round}"))
        refused = at_once(
            lambda going=going: merge_bodies([going], into=town.bodies["joint_union"], by=None, **on),
            lambda going=going, newcomer=newcomer: appointments.appoint(going, newcomer, kind, by=chair_above, **on),
            lambda office=office, borrows=borrows, lender=lender: appointments.lend(
                office, borrows, until=town.today + timedelta(days=9), by=fresh(lender), **on
            ),
            lambda ending=ending: appointments.remove(ending, by=OPERATOR, **on),
        )
        assert len(refused) <= 3
        assert not BodyEntry.objects.on(town.today).filter(body=going).exists()
        assert reach_of(fresh(lender)).stretches == reach_of(fresh(borrower)).stretches == ()
        assert reach_of(fresh(newcomer.account)).stretches == ()
    all_rights_have_ground(town.today)  # of all rounds: what stayed behind in one would still be there


def test_a_request_that_begins_after_a_removal_neither_reads_nor_writes():
    """One reader and one writer go on and on while both lose their offices."""
    town = small.build_town()
    hidden = small.body("袜业001工会", "union_committee", town.units["hosiery"], since=small.REFORM,
                        superior=town.bodies["county_union"])  # fmt: skip
    small.office(small.person("藏样例"), hidden, "union_chair", since=small.REFORM)
    for round in range(ROUNDS):
        reader, reads = with_office(f"郑样例{round}", town.bodies["county_union"])
        keeper, keeps = with_office(f"钱样例{round}", town.bodies["city_party"], "organisation_officer")
        asked: dict[str, list[tuple[float, bool]]] = {"reads": [], "writes": []}
        over = Event()

        def go_on(what, account, ask, asked=asked, over=over):
            browser = Client()
            browser.force_login(account)
            while not over.is_set():
                began = time.monotonic()
                asked[what].append((began, ask(browser)))
            connection.close()

        def read(browser):
            return "藏样例" in browser.get(reverse("body", args=[hidden.pk])).content.decode()

        def write(browser):
            page = reverse("unit_change", args=[town.units["logistics"].pk, "amend"])
            sent = {"on_day": town.today, "name": f"大唐样例物流{time.monotonic_ns()}", "step": 2}
            return browser.post(page, sent).status_code != 404

        threads = [
            Thread(target=go_on, args=["reads", reader, read]),
            Thread(target=go_on, args=["writes", keeper, write]),
        ]
        for thread in threads:
            thread.start()
        while not all(len(each) > 2 for each in asked.values()):
            time.sleep(0.01)
        for office in (reads, keeps):
            appointments.remove(office, on=town.today, today=town.today, by=OPERATOR)
        gone = time.monotonic()
        while not all(each[-1][0] > gone for each in asked.values()):
            time.sleep(0.01)
        over.set()
        for thread in threads:
            thread.join(30)
        for what, answers in asked.items():
            assert answers[0][1], f"{what}: allowed while the office was held"
            assert not any(allowed for began, allowed in answers if began > gone), what
        assert not access.can_change_register(fresh(keeper))
        assert not Delegation.objects.exists()
