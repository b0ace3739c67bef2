"""Whose office asks for a second factor: whoever holds or borrows a role of which the pack says so, and nobody else."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from gongjian.accounts import actions
from gongjian.register import appointments
from gongjian.register.authority.second_factor import asks_second_factor
from gongjian.register.models import Office, Role
from tests.accounts.conftest import sign_in
from tests.register import town as small

PASSWORD = "lantern-river-42"


@pytest.fixture
def asked(town):
    """The chair of the county's union: the role that leads a line asks for a second factor."""
    Role.objects.filter(key="leads_line").update(second_factor=True)
    account = actions.open_account("zheng", name="郑样例", password=PASSWORD)
    small.office(small.person("郑样例", account=account), town.bodies["county_union"], "union_chair")
    return account


def by_password(client, name="zheng"):
    sign_in(client, name, PASSWORD)
    return client


def test_whoever_holds_such_an_office_and_signs_in_by_password_is_sent_to_set_one_up(asked, client):
    by_password(client)
    for path in ("/", "/me/", "/units/"):
        assert client.get(path)["Location"] == "/account/factors/"
    assert client.get("/api/v1/units").status_code == 403
    Authenticator.objects.create(user=asked, type="totp", data={"secret": "x"})
    assert client.get("/me/").status_code == 200


def test_whoever_holds_another_office_is_not_asked(town, asked, client):
    account = actions.open_account("qian", name="钱样例", password=PASSWORD)
    small.office(small.person("钱样例", account=account), town.bodies["city_union"], "union_audit_commissioner")
    assert by_password(client, "qian").get("/me/").status_code == 200


def test_whoever_borrows_it_is_asked_as_long_as_it_is_lent(town, asked):
    account = small.account("孙样例")
    borrower = small.person("孙样例", account=account)
    small.membership(borrower, town.bodies["county_union"])
    office = Office.objects.get(person__account=asked)
    assert not asks_second_factor(account)
    loan = appointments.lend(
        office, borrower, on=town.today, until=town.today + timedelta(days=2), today=town.today, by=asked
    )
    assert asks_second_factor(account)
    appointments.take_back(loan, today=town.today, by=asked)
    assert not asks_second_factor(account)


def test_with_the_office_the_asking_ends(town, asked):
    assert asks_second_factor(asked)
    Office.objects.filter(person__account=asked).update(valid=(small.REFORM, town.today))
    assert not asks_second_factor(asked)


def test_an_account_without_a_person_is_not_asked_and_it_costs_one_query(town, asked, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not asks_second_factor(town.stranger)
    with django_assert_num_queries(1):
        assert asks_second_factor(asked)
