"""Offices from the command line: how the first ones come about."""

import json
import re

import pytest

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.commands import speech
from gongjian.register.models import Office, Person

from ..register import town as small
from .test_cli import run

assert run  # the fixture

GIVE = ("offices", "give", "--body", "P3306", "--kind", "organisation_officer")


def test_the_operator_gives_the_first_office_and_its_holder_sets_a_password(run, town, client):
    code, out, _ = run(*GIVE, "--name", "张样例", "--site", "https://gongjian.example/")
    assert code == 0
    office = Office.objects.get(person__name="张样例")
    assert (office.body, office.kind_id, office.since) == (
        town.bodies["city_party"],
        "organisation_officer",
        town.today,
    )
    assert office.person.account.username == "zhangyangli" and "User name: zhangyangli" in out
    path = re.search(r"https://gongjian\.example(/account/password/new/\S+)", out)[1]
    form = client.get(path, follow=True).redirect_chain[0][0]
    secret = "a long sentence of my own"
    client.post(form, {"password1": secret, "password2": secret})
    assert User.objects.get(username="zhangyangli").check_password(secret)
    act = Act.objects.get(pk=office.act_id)
    assert (act.verb, act.by, act.address) == ("register.appoint", None, "command line")


def test_somebody_of_that_name_there_is_taken_and_keeps_their_account(run, town):
    people, accounts = Person.objects.count(), User.objects.count()
    code, out, _ = run("offices", "give", "--body", "P3306", "--kind", "party_secretary", "--name", "李样例")
    assert code == 0 and f"User name: {town.clerk.username}" in out
    assert (Person.objects.count(), User.objects.count()) == (people, accounts)


def test_of_several_with_one_name_the_number_is_asked_for(run, town):
    two = [small.person("双样例"), small.person("双样例")]
    for each in two:
        small.membership(each, town.bodies["city_party"])
    code, _, err = run(*GIVE, "--name", "双样例")
    assert code == speech.USAGE and all(str(each.pk) in err for each in two)
    assert run(*GIVE, "--name", "双样例", "--person", str(two[1].pk))[0] == 0
    assert Office.objects.get(person__name="双样例").person == two[1]


def test_a_user_name_that_is_taken_gets_a_number_or_is_refused_if_it_was_asked_for(run, town):
    small.account("zhangyangli")
    assert "User name: zhangyangli2" in run(*GIVE, "--name", "张样例")[1]
    code, _, err = run(*GIVE, "--name", "钱样例", "--username", "zhangyangli")
    assert code == speech.PROBLEMS and "belongs to another account" in err
    assert not Person.objects.filter(name="钱样例").exists()


@pytest.mark.parametrize(
    "words, code, said",
    [
        (("--body", "nowhere", "--kind", "party_secretary"), speech.NOT_FOUND, "the code or the id nowhere"),
        (("--body", "P3306", "--kind", "union_chair"), speech.USAGE, "Choose one of: organisation_officer"),
        (("--body", "P3306", "--kind", "party_secretary", "--on", "2010-01-01"), speech.PROBLEMS, "does not stand on"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_left_behind(run, words, code, said):
    people = Person.objects.count()
    answer = run("offices", "give", *words, "--name", "吴样例")
    assert answer[0] == code and said in answer[2]
    assert Person.objects.count() == people


def test_offices_are_listed_and_ended(run, town):
    body = str(town.bodies["joint_union"].pk)
    code, out, _ = run("offices", "list", "--body", body, "--json")
    (row,) = json.loads(out)
    assert (code, row["name"], row["office"], row["username"]) == (0, "陈样例", "union_chair", None)
    assert "陈样例, Chair, from 2020-06-30 on; has no account" in run("offices", "list", "--body", body)[1]
    assert "is no longer Chair." in run("offices", "end", str(row["id"]))[1]
    assert Office.objects.get(pk=row["id"]).until == town.today
    assert "Nobody holds an office" in run("offices", "list", "--body", body)[1]
    assert run("offices", "end", str(row["id"]))[0] == speech.PROBLEMS
    assert run("offices", "end", "99999999")[0] == speech.NOT_FOUND
