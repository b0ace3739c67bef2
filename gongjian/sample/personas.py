"""The people of the sample city whom a visitor can be: each an account, and mostly a person with an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.register.models import Body, BodyEntry, Office, Person, UnitEntry


@dataclass(frozen=True)
class Persona:
    """`label` is for the command line; `office` is what the persona holds in a body of `line`, `seat` the level of
    the unit where that body sits."""

    key: str
    label: str | Promise
    line: str = ""
    office: str = ""
    seat: str = ""

    @property
    def username(self) -> str:
        return f"sample-{self.key}"


PERSONAS = (
    Persona("village-secretary", _("Village secretary"), "party", "party_secretary", "village"),
    Persona("town-officer", _("Town officer"), "party", "party_organisation_commissioner", "town"),
    Persona("county-union-chair", _("County union chair"), "union", "union_chair", "county"),
    Persona("city-organiser", _("City organiser"), "party", "organisation_officer", "city"),
    Persona("citizen", _("Citizen")),
    Persona("auditor", _("Auditor"), "union", "union_audit_commissioner", "city"),
)

# Where they live, if it is in the city: the village of the speech, its town, its county.
HOMES = {"village": "上下文村", "town": "大唐街道", "county": "诸暨市"}


def settle(act: Act, name_of: dict[str, str], today: date) -> None:
    """Opens the accounts. Who holds the office already becomes the persona; else somebody new is appointed."""
    for persona in PERSONAS:
        user = User.objects.open_account(persona.username, name=name_of[persona.key])
        if persona.office:
            person = _holder(persona, name_of[persona.key], act, today)
            person.account = user
            person.save(update_fields=["account"])
            user.name = person.name
            user.save(update_fields=["name"])


def _holder(persona: Persona, name: str, act: Act, today: date) -> Person:
    body = _body(persona, today)
    held = Office.objects.on(today).filter(body=body, kind=persona.office, person__account=None).order_by("id")
    office = held.select_related("person").first()
    if office:
        return office.person
    person = Person.objects.create(name=name)
    since = max(today.replace(month=1, day=1), BodyEntry.objects.on(today).get(body=body).valid.lower)
    Office.objects.create(person=person, body=body, kind_id=persona.office, valid=(since, None), act=act)
    return person


def _body(persona: Persona, today: date) -> Body:
    """The body of the line with its seat in the persona's home, or in the first such place of the city."""
    seats = UnitEntry.objects.on(today).filter(kind__level=persona.seat)
    at_home = seats.filter(name=HOMES.get(persona.seat, ""))
    if persona.seat == "village":
        at_home = at_home.filter(parent__in=UnitEntry.objects.on(today).filter(name=HOMES["town"]).values("unit"))
    for found in (at_home, seats):
        bodies = BodyEntry.objects.on(today).filter(body__line=persona.line, seat__in=found.values("unit"))
        entry = bodies.select_related("body").order_by("seat_id", "body_id").first()
        if entry:
            return entry.body
    raise LookupError(persona.key)
