"""The page on which offices are given and ended, and their holders invited."""

import re

import pytest
from django.urls import reverse

from gongjian.accounts.models import User
from gongjian.register.models import Office, Person

from . import town as small

EN = {"accept-language": "en"}


@pytest.fixture
def county(town):
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), town.bodies["county_union"], "union_chair")
    return chair


def page_of(town, name, body="joint_union", **more):
    return reverse(name, kwargs={"body_id": town.bodies[body].pk, **more})


def give(town, **typed):
    return {"name": "吴样例", "kind": "union_chair", "since": town.today.isoformat()} | typed


def test_the_body_above_gives_an_office_to_somebody_new(town, county, signed_in):
    browser = signed_in(county)
    assert "Give or end offices" in browser.get(page_of(town, "body"), headers=EN).content.decode()
    assert browser.get(page_of(town, "offices")).status_code == 200
    answer = browser.post(page_of(town, "offices"), give(town), follow=True, headers=EN)
    assert "吴样例 is entered as Chair." in " ".join(str(said) for said in answer.context["messages"])
    assert Office.objects.get(person__name="吴样例").body == town.bodies["joint_union"]


def test_somebody_who_is_on_the_roll_is_chosen_and_not_entered_twice(town, county, signed_in):
    member = small.person("钱样例")
    small.membership(member, town.bodies["joint_union"], since=small.REFORM)
    answer = signed_in(county).post(page_of(town, "offices"), give(town, name="", known=member.pk))
    assert answer.status_code == 302
    assert Office.objects.get(person=member).kind_id == "union_chair"


@pytest.mark.parametrize("typed", [{"name": ""}, {"since": "soon"}, {"kind": "party_secretary"}, {"known": "999999"}])
def test_what_cannot_be_is_said_and_nobody_is_entered(town, county, signed_in, typed):
    people = Person.objects.count()
    answer = signed_in(county).post(page_of(town, "offices"), give(town, **typed), headers=EN)
    assert answer.status_code == 422 and 'class="field field--error"' in answer.content.decode()
    assert Person.objects.count() == people


def test_a_refusal_of_the_deed_enters_nobody_either(town, county, signed_in):
    people = Person.objects.count()
    answer = signed_in(county).post(page_of(town, "offices"), give(town, since="2019-01-01"), headers=EN)
    assert "does not stand on" in answer.content.decode()
    assert Person.objects.count() == people


@pytest.mark.parametrize("role", ["stranger", "secretary", "clerk"])
def test_for_everybody_else_the_page_says_what_they_would_need(town, signed_in, role):
    browser = signed_in(town.accounts[role])
    assert "Give or end offices" not in browser.get(page_of(town, "body"), headers=EN).content.decode()
    answer = browser.get(page_of(town, "offices"), headers=EN)
    assert answer.status_code == 403
    assert "What you would need" in answer.content.decode()
    office = Office.objects.get(person=town.people["chair"])
    for name in ("office_end", "office_invite"):
        assert browser.post(page_of(town, name, office_id=office.pk), {"on": "2026-01-01"}).status_code == 404
    assert Office.objects.get(pk=office.pk).until is None


def test_an_office_is_ended(town, county, signed_in):
    office = Office.objects.get(person=town.people["chair"])
    address = page_of(town, "office_end", office_id=office.pk)
    answer = signed_in(county).post(address, {"on": town.today.isoformat()}, follow=True, headers=EN)
    assert Office.objects.get(pk=office.pk).until == town.today
    assert "Nobody holds an office here." in answer.content.decode()


def test_an_invitation_opens_an_account_and_its_address_sets_the_password_once(town, county, signed_in, client):
    office = Office.objects.get(person=town.people["chair"])
    address = page_of(town, "office_invite", office_id=office.pk)
    browser = signed_in(county)
    answer = browser.post(address, {"username": "chen"}, headers=EN).content.decode()
    path = re.search(r"http://testserver(/account/password/new/\S+?/\S+?/)", answer)[1]
    account = User.objects.get(username="chen")
    assert Person.objects.get(account=account) == town.people["chair"] and not account.has_usable_password()
    form = client.get(path, follow=True).redirect_chain[0][0]
    secret = "a long sentence of my own"
    assert client.post(form, {"password1": secret, "password2": secret}).status_code == 302
    account.refresh_from_db()
    assert account.check_password(secret)
    again = browser.post(address, {"username": "chen2"}, follow=True, headers=EN)
    assert "has an account already" in again.content.decode() and not User.objects.filter(username="chen2").exists()


def test_a_user_name_that_is_taken_is_said_beside_the_field(town, county, signed_in):
    office = Office.objects.get(person=town.people["chair"])
    address = page_of(town, "office_invite", office_id=office.pk)
    answer = signed_in(county).post(address, {"username": town.clerk.username}, headers=EN)
    assert answer.status_code == 422 and "belongs to another account" in answer.content.decode()
    assert Person.objects.get(pk=town.people["chair"].pk).account is None
