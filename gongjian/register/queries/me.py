"""What somebody's own page shows: who they are, what their offices open, what is lent, who sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from ..access import Reader, body_entries_visible_to
from ..authority.reach import reach_of
from ..models import Delegation, Membership, Office, OfficeKind, Permission, Person, Role
from ..models.dated import DatedQuerySet
from .sight import Sight, who_sees


@dataclass(frozen=True)
class Opens:
    """What one role lets its holder do, and over what, in words."""

    role: str
    over: str
    words: list[str]


@dataclass(frozen=True)
class Held:
    """An office with the name of its body, what it opens and to whom it is lent. `state`: held, past or to come."""

    office: Office
    body: str
    state: str
    opens: list[Opens] = field(default_factory=list)
    loans: list[Delegation] = field(default_factory=list)


@dataclass(frozen=True)
class Borrowed:
    """What was lent to the reader, until a day."""

    loan: Delegation
    body: str
    state: str
    opens: list[Opens]


@dataclass(frozen=True)
class Me:
    person: Person
    offices: list[Held]
    memberships: list[tuple[Membership, str, str]]
    borrowed: list[Borrowed]
    sight: Sight

    @property
    def held(self) -> list[Held]:
        return [each for each in self.offices if each.state != "past"]

    @property
    def past(self) -> list[Held]:
        return [each for each in self.offices if each.state == "past"]


def me(reader: Reader, today: date) -> Me | None:
    """The reader's own page; None for whoever is not on a roll. A fixed number of queries."""
    person = person_of(reader)
    if person is None:
        return None
    offices = list(_with_roles(Office.objects.filter(person=person)))
    memberships = list(Membership.objects.filter(person=person).order_by("-valid"))
    lent = Delegation.objects.filter(_not_over(today), office__in=offices).select_related("person").order_by("valid")
    loans: dict[int, list[Delegation]] = {}
    for each in lent:
        loans.setdefault(each.office_id, []).append(each)
    to_me = Delegation.objects.filter(_not_over(today), person=person).select_related("office__person", "office__kind")
    borrowed = list(to_me.prefetch_related("office__kind__roles").order_by("valid"))
    bodies = {each.body_id for each in offices} | {each.body_id for each in memberships}
    bodies |= {each.office.body_id for each in borrowed}
    called = dict(
        body_entries_visible_to(reader).filter(body__in=bodies).order_by("valid").values_list("body_id", "name")
    )
    return Me(
        person=person,
        offices=[
            Held(
                each,
                called.get(each.body_id, "?"),
                state_of(each, today),
                opens_of(each.kind),
                loans.get(each.pk, []),
            )
            for each in offices
        ],
        memberships=[(each, called.get(each.body_id, "?"), state_of(each, today)) for each in memberships],
        borrowed=[
            Borrowed(
                each,
                called.get(each.office.body_id, "?"),
                state_of(each, today),
                opens_of(each.office.kind, is_lent=True),
            )
            for each in borrowed
        ],
        sight=who_sees(reader, person, today),
    )


def person_of(reader: Reader) -> Person | None:
    """Who the reader is on the rolls."""
    id = reach_of(reader).person_id
    return Person.objects.filter(pk=id).first() if id else None


def own_office(reader: Reader, office_id: int, today: date) -> Held | None:
    """An office that the reader holds today; None for every other one."""
    person = reach_of(reader).person_id
    office = _with_roles(Office.objects.on(today).filter(pk=office_id, person=person)).first() if person else None
    if office is None:
        return None
    entry = body_entries_visible_to(reader).on(today).filter(body=office.body_id).first()
    return Held(office, entry.name if entry else "?", "held", opens_of(office.kind, is_lent=True))


def opens_of(kind: OfficeKind, *, is_lent: bool = False) -> list[Opens]:
    """What an office of the kind opens, role by role. Appointing is not lent."""
    found = []
    for role in kind.roles.all():
        words = [word for word in role.permissions if not (is_lent and word == Permission.APPOINT)]
        if words:
            found.append(Opens(str(role), over(role), [str(Permission(word).label) for word in words]))
    return found


def over(role: Role) -> str:
    """Over what a role reaches, as one sentence."""
    if role.depth == 0:
        alone = {
            Role.Walk.TERRITORY: _("in the place where it sits, and nothing below it"),
            Role.Walk.LINE: _("in this organisation alone"),
            Role.Walk.LEADERSHIP: _("in this organisation alone"),
        }
        return alone[Role.Walk(role.walk)]
    if role.depth is not None:
        some = {
            Role.Walk.TERRITORY: _("in the place where it sits and down to %(steps)s steps below it"),
            Role.Walk.LINE: _("in this organisation and those of its line down to %(steps)s steps below it"),
            Role.Walk.LEADERSHIP: _("in this organisation and those it leads, down to %(steps)s steps below it"),
        }
        return some[Role.Walk(role.walk)] % {"steps": role.depth}
    whole = {
        Role.Walk.TERRITORY: _("in the place where it sits and everything in it"),
        Role.Walk.LINE: _("in this organisation and all of its line below it"),
        Role.Walk.LEADERSHIP: _("in this organisation and all that it leads"),
    }
    return whole[Role.Walk(role.walk)]


def state_of(row: Office | Membership | Delegation, today: date) -> str:
    if row.since > today:
        return "to come"
    return "held" if row.until is None or row.until > today else "past"


def words_of(opens: Iterable[Opens]) -> list[str]:
    """Each thing that is opened as a sentence of its own: what, and over what."""
    said = _("%(what)s – %(where)s")
    return [said % {"what": word, "where": each.over} for each in opens for word in each.words]


def _with_roles(offices: DatedQuerySet[Office]) -> DatedQuerySet[Office]:
    return offices.select_related("kind").prefetch_related("kind__roles").order_by("-valid", "id")


def _not_over(today: date) -> Q:
    return Q(valid__endswith__gt=today)
