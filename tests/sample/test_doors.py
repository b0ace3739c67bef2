"""The doors of the personas are there only on a laptop that holds the sample city."""

import pytest
from django.conf import settings as project
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.register.models import Role
from gongjian.sample.models import SampleMark

from . import doors


@pytest.fixture
def laptop(db, settings):
    """A server at home that holds the sample city, as far as the doors look."""
    settings.PERSONA_DOORS = True
    settings.ROOT_URLCONF = doors.__name__
    SampleMark.objects.create(seed=1, finished_at=timezone.now())
    return User.objects.open_account("sample-citizen")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_door_signs_in_and_leads_home(laptop, client, method):
    response = getattr(client, method)("/sample/enter/citizen/")
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(laptop.pk)


def test_a_door_that_does_not_exist_is_not_found(laptop, client):
    assert client.get("/sample/enter/mayor/").status_code == 404


def test_without_the_setting_there_is_no_door(laptop, client, settings):
    settings.PERSONA_DOORS = False
    assert client.get("/sample/enter/citizen/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_without_the_sample_mark_there_is_no_door(laptop, client):
    SampleMark.objects.all().delete()
    assert client.get("/sample/enter/citizen/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.1", "2001:db8::1", "", "unix"])
def test_from_another_machine_there_is_no_door(laptop, client, address):
    assert client.get("/sample/enter/citizen/", REMOTE_ADDR=address).status_code == 404
    assert "_auth_user_id" not in client.session


def test_through_a_proxy_there_is_no_door(laptop, client):
    assert client.get("/sample/enter/citizen/", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_loopback_addresses_are_this_machine(laptop, client, address):
    assert client.get("/sample/enter/citizen/", REMOTE_ADDR=address).status_code == 302


def test_by_default_the_doors_are_not_even_routed(db, client):
    assert project.PERSONA_DOORS is False
    assert client.get("/sample/enter/citizen/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("sample:enter", args=["citizen"])


def test_a_persona_is_never_asked_for_a_second_factor_but_its_account_would_be(town, laptop, client, signed_in):
    Role.objects.filter(key="leads_line").update(second_factor=True)
    town.secretary.username = "sample-village-secretary"
    town.secretary.save()
    assert client.get("/sample/enter/village-secretary/", follow=True).request["PATH_INFO"] == "/"
    assert client.get("/me/").status_code == 200
    assert signed_in(town.secretary).get("/me/")["Location"] == "/account/factors/"
    client.post("/account/sign-out/")
    client.force_login(town.secretary)
    assert client.get("/me/")["Location"] == "/account/factors/"
