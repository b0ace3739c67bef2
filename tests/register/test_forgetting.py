"""Forgetting a person: the name goes for good, counts of every day stay; and by rule those who left long ago."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.chronicle import personal
from gongjian.chronicle.models import Act, Before, PersonKey
from gongjian.chronicle.record import NoReason
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.register import forgetting, particulars
from gongjian.register.access import OPERATOR
from gongjian.register.actions import Refused
from gongjian.register.models import Delegation, Disclosure, Membership, Office, Particulars, Person
from tests.register import town as small

PHONE, IDENTITY = "15400001234", "990000198003150019"
LEFT = date(2021, 3, 1)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def left(town):
    """Somebody who held an office and was a member until 2021, can sign in, and of whom everything is kept."""
    account = User.objects.open_account(username="feng", name="冯样例", password="a long sentence of my own")
    account.email = "feng@example.cn"
    account.save()
    person = small.person("冯样例", account=account)
    small.office(person, town.bodies["village_party"], "party_secretary", until=LEFT)
    small.membership(person, town.bodies["village_party"], until=LEFT)
    known = {"phone": PHONE, "identity_number": IDENTITY}
    particulars.enter(person, today=town.today, by=OPERATOR, **known)
    particulars.enter(person, today=town.today, by=OPERATOR, **known)  # now something is kept before
    write_letters([NewLetter(account.pk, "reminder", LEFT, "冯样例", f"冯样例 {PHONE}")], now=timezone.now())
    return person


def counts() -> list[tuple]:
    """How many held office and were members in each body, on every day on which that changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'office', body_id, valid, count(*) FROM register_office GROUP BY 2, 3 UNION ALL "
            "SELECT 'member', body_id, valid, count(*) FROM register_membership GROUP BY 2, 3 ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def forget(town, person, **more):
    return forgetting.forget(person, **{"reason": "本人来信", "today": town.today, "by": OPERATOR} | more)


def test_the_name_goes_everywhere_and_the_counts_stay(town, left):
    before, account = counts(), left.account
    forget(town, left)
    assert counts() == before
    left.refresh_from_db()
    assert (left.name, left.account) == (forgetting.NEUTRAL, None)
    assert not Particulars.objects.filter(person=left).exists()
    account.refresh_from_db()
    told = (account.is_active, account.username, account.name, account.email, account.has_usable_password())
    assert told == (False, f"closed-{account.pk}", forgetting.NEUTRAL, "", False)


def test_no_table_holds_the_name_or_a_number_any_more(town, left):
    forget(town, left)
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            for value in ("冯样例", "feng", PHONE, IDENTITY):
                cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{value}%"])
                found += [(table, value)] if cursor.fetchone()[0] else []
    assert len(tables) > 30 and found == []


def test_what_the_chronicle_keeps_cannot_be_read_and_the_chain_holds(town, left):
    before = Before.objects.get(table="register_particulars")
    assert personal.opened(before.table, before.row, before.was)["born_on"] == "1980-03-15"
    forget(town, left)
    with pytest.raises(personal.Forgotten):
        personal.opened(before.table, before.row, before.was)
    assert PersonKey.objects.get(person=f"register.person:{left.pk}").key is None
    act = Act.objects.get(verb="chronicle.forget_person")
    assert (act.subject, json.dumps(act.facts, ensure_ascii=False)) == (
        f"register.person:{left.pk}",
        '{"reason": "本人来信"}',
    )
    seal_waiting()
    assert verify().findings == []


@pytest.mark.parametrize("link", ["office", "membership", "delegation"])
def test_who_still_holds_an_office_or_is_a_member_is_not_forgotten(town, left, link):
    if link == "office":
        Office.objects.filter(person=left).update(valid=(LEFT, None))
    elif link == "membership":
        Membership.objects.filter(person=left).update(valid=(LEFT, town.today + timedelta(days=1)))
    else:
        office = Office.objects.get(person=town.people["secretary"])
        days = (town.today, town.today + timedelta(days=9))
        Delegation.objects.create(office=office, person=left, valid=days, act=small.an_act())
    with pytest.raises(Refused, match="still holds an office or is a member"):
        forget(town, left)
    left.refresh_from_db()
    assert left.name == "冯样例" and Particulars.objects.filter(person=left).exists()


def test_who_ended_today_can_be_forgotten_today(town, left):
    Membership.objects.filter(person=left).update(valid=(LEFT, town.today))
    assert forget(town, left).name == forgetting.NEUTRAL


def test_it_needs_a_right_and_a_reason_and_is_done_once(town, left):
    for by in (town.stranger, town.secretary, town.inspector):
        with pytest.raises(Refused, match="keeps the whole register"):
            forget(town, left, by=by)
    with pytest.raises(NoReason):
        forget(town, left, reason=" ")
    forget(town, left, by=town.clerk)
    with pytest.raises(Refused, match="forgotten already"):
        forget(town, left)


def test_what_was_asked_about_a_person_goes_with_them(town, left):
    Disclosure.objects.create(
        kind="identity_number",
        person=left,
        reason="冯样例的身份核对",
        asked_by=town.clerk,
        asked_at=Act.objects.first().at,
    )
    forget(town, left)
    assert not Disclosure.objects.exists()


# == by rule ==
def test_only_those_who_are_long_gone_are_minimised(town, left):
    never = small.person("吴样例")
    lately = small.person("钱样例")
    small.membership(lately, town.bodies["village_party"], until=LEFT)
    small.membership(lately, town.bodies["league"], until=LEFT + timedelta(days=31))
    today = LEFT + timedelta(days=1000)
    assert list(forgetting.long_gone(today, 1000)) == []
    assert list(forgetting.long_gone(today + timedelta(days=1), 1000)) == [left]
    done = list(forgetting.minimise(today=today + timedelta(days=1), days=1000, by=OPERATOR))
    assert done == [left.pk]
    assert list(forgetting.minimise(today=today + timedelta(days=1), days=1000, by=OPERATOR)) == []
    names = set(Person.objects.filter(pk__in=[left.pk, never.pk, lately.pk]).values_list("name", flat=True))
    assert names == {forgetting.NEUTRAL, "吴样例", "钱样例"}
    assert Act.objects.get(verb="chronicle.forget_person").facts == {"reason": "retention"}
