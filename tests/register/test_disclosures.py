"""Two people for one identity number: every move, every refusal, and the week."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import NoReason
from gongjian.register import disclosures, particulars
from gongjian.register.actions import Refused
from gongjian.register.disclosures import MOVES, State
from gongjian.register.models import Disclosure
from tests.register import town as small

IDENTITY = "990000198003150019"
NOW = timezone.now()
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def county(town):
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), town.bodies["county_union"], "union_chair")
    return chair


@pytest.fixture
def known(town, county):
    chair = town.people["chair"]
    particulars.enter(chair, today=town.today, by=county, identity_number=IDENTITY)
    return chair


@pytest.fixture
def asked(known, county):
    return disclosures.ask_identity_number(known, reason=" 核对 ", now=NOW, by=county)


def test_asked_agreed_and_opened_once(town, county, known, asked):
    disclosures.agree(asked, now=NOW + WEEK, by=town.inspector)
    assert disclosures.open_identity_number(asked, now=NOW + WEEK + WEEK, by=county) == IDENTITY
    with pytest.raises(Refused, match="not possible any more: opened"):
        disclosures.open_identity_number(asked, now=NOW, by=county)
    verbs = ["register.ask_disclosure", "register.agree_disclosure", "chronicle.read"]
    acts = list(Act.objects.filter(subject=f"register.person:{known.pk}").order_by("id"))[1:]
    assert [(act.verb, act.by) for act in acts] == list(zip(verbs, [county, town.inspector, county], strict=True))
    assert acts[-1].facts == {"what": "identity number", "reason": "核对"}


def test_nobody_agrees_to_what_they_ask_for_and_nobody_without_a_right(town, county, asked):
    for account, why in ((county, "Somebody else has to answer"), (town.secretary, "does not answer this")):
        with pytest.raises(Refused, match=why):
            disclosures.agree(asked, now=NOW, by=account)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Disclosure.objects.filter(pk=asked.pk).update(state="agreed", answered_by=county, answered_at=NOW)


def test_whom_it_is_about_does_not_agree_either(town, county, known, asked):
    known.account = town.stranger
    known.save()
    with pytest.raises(Refused, match="does not answer this"):
        disclosures.agree(asked, now=NOW, by=town.stranger)


def test_what_is_declined_stays_shut(town, county, asked):
    disclosures.decline(asked, now=NOW, by=town.inspector)
    for verb in (disclosures.open_identity_number, disclosures.agree):
        with pytest.raises(Refused):
            verb(asked, now=NOW, by=county)


def test_after_a_week_nobody_agrees_and_nobody_opens(town, county, known, asked):
    late = NOW + WEEK + timedelta(seconds=1)
    with pytest.raises(Refused, match="seven days"):
        disclosures.agree(asked, now=late, by=town.inspector)
    disclosures.agree(asked, now=NOW, by=town.inspector)
    with pytest.raises(Refused, match="seven days"):
        disclosures.open_identity_number(asked, now=late, by=county)
    assert disclosures.lapse_old(now=NOW + WEEK) == 0
    assert disclosures.lapse_old(now=late) == 1
    asked.refresh_from_db()
    assert asked.state == State.LAPSED
    disclosures.ask_identity_number(known, reason="核对", now=late, by=county)


def test_it_is_asked_for_once_at_a_time_with_a_reason_and_a_right(town, county, known, asked):
    with pytest.raises(Refused, match="asked for this already"):
        disclosures.ask_identity_number(known, reason="核对", now=NOW, by=county)
    with pytest.raises(NoReason):
        disclosures.ask_identity_number(known, reason=" ", now=NOW, by=town.inspector)
    with pytest.raises(Refused, match="does not open"):
        disclosures.ask_identity_number(known, reason="核对", now=NOW, by=town.secretary)
    particulars.enter(known, today=town.today, by=county, identity_number="")
    with pytest.raises(Refused, match="No identity number is kept"):
        disclosures.ask_identity_number(known, reason="核对", now=NOW, by=town.inspector)
    assert Disclosure.objects.count() == 1


def test_a_right_that_is_gone_opens_nothing_that_was_agreed(town, county, known, asked):
    disclosures.agree(asked, now=NOW, by=town.inspector)
    town.people["chair"].offices.update(valid=(small.REFORM, town.today))
    town.people["chair"].memberships.update(valid=(small.REFORM, town.today))
    with pytest.raises(Refused, match="does not open"):
        disclosures.open_identity_number(asked, now=NOW, by=county)
    asked.refresh_from_db()
    assert asked.state == State.AGREED


def test_far_more_names_than_were_agreed_are_not_taken_out(town, county):
    body = town.bodies["county_union"]
    asked = disclosures.ask_export(body, persons=60, reason="换届", now=NOW, by=county)
    disclosures.agree(asked, now=NOW, by=town.inspector)
    with pytest.raises(Refused, match="Agreed were 60 persons, and now there are 111"):
        disclosures.open_export(asked, persons=111, now=NOW, by=county)
    assert disclosures.open_export(asked, persons=110, now=NOW, by=county).state == State.OPENED


def test_every_move_begins_and_ends_in_a_state_and_no_end_is_left():
    assert {state for state, _verb in MOVES} | set(MOVES.values()) == set(State)
    assert {state for state, _verb in MOVES} == {State.ASKED, State.AGREED}
