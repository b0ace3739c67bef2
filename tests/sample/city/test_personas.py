"""The personas of the sample city: who they are in the register."""

from gongjian.accounts.models import User
from gongjian.register.models import BodyEntry, Office, Person, UnitEntry
from gongjian.sample.personas import PERSONAS

KEYS = ["village-secretary", "town-officer", "county-union-chair", "city-organiser", "citizen", "auditor"]
OFFICES = {
    "village-secretary": ("party_secretary", "上下文村"),
    "town-officer": ("party_organisation_commissioner", "大唐街道"),
    "county-union-chair": ("union_chair", "诸暨市"),
    "city-organiser": ("organisation_officer", "绍兴市"),
    "auditor": ("union_audit_commissioner", "绍兴市"),
}


def test_a_persona_has_no_password(city, client):
    assert not any(user.has_usable_password() for user in User.objects.filter(username__startswith="sample-"))


def test_each_persona_holds_its_office_today(city):
    assert [persona.key for persona in PERSONAS] == KEYS
    held = {}
    for persona in PERSONAS:
        offices = Office.objects.on(city).filter(person__account__username=persona.username)
        for office in offices.filter(kind=persona.office):
            seat = BodyEntry.objects.on(city).get(body=office.body).seat
            held[persona.key] = (office.kind_id, UnitEntry.objects.on(city).get(unit=seat).name)
    assert held == OFFICES


def test_only_organisers_and_organisation_commissioners_keep_the_register(city):
    keeps = Office.objects.on(city).filter(kind__roles__permissions__contains=["keep_register"])
    assert {office.kind_id for office in keeps} == {"organisation_officer", "party_organisation_commissioner"}
    personas = keeps.filter(person__account__username__startswith="sample-")
    assert {office.person.account.username for office in personas} == {"sample-city-organiser", "sample-town-officer"}


def test_the_citizen_is_nobody_in_the_register(city):
    assert User.objects.filter(username="sample-citizen").exists()
    assert not Person.objects.filter(account__username="sample-citizen").exists()
