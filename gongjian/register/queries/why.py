"""Who can see or do what with a unit or a body, and why: told in offices, so that anybody can check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..access import Reader, body_entries_visible_to, offices_visible_to
from ..authority.policy import Opening, Thing, openings
from ..authority.reach import reach_of
from ..models import Body, BodyEntry, Delegation, OfficeKind, Permission, Role

TOLD = 12
# Of a unit nobody is a member, and nobody holds office in it: those words are told of bodies.
OF_UNITS = (Permission.SEE_COUNTS, Permission.SEE_CHANGES, Permission.KEEP_REGISTER, Permission.SET_TARGETS)


@dataclass(frozen=True)
class Holder:
    """An office that opens the thing. `name` is empty where the reader may not see who holds it.

    Of an office that is lent, `last_day` says until when; `lender`, for whom it is lent to, by whom.
    """

    office: str
    body_id: int
    body: str
    line: str
    role: str
    walk: str
    steps: int
    is_lent: bool
    name: str
    is_reader: bool
    lender: str = ""
    last_day: date | None = None


@dataclass(frozen=True)
class Told:
    """One permission word over the thing: who has it (the nearest first), how many in all, and has the reader."""

    permission: Permission
    holders: list[Holder]
    count: int
    readers: Holder | None


def who(reader: Reader, thing: Thing, today: date, permissions: Iterable[Permission] = Permission) -> list[Told]:
    """For each word the offices that carry it over the thing today. A fixed number of queries for each word."""
    return told_of(reader, {Permission(each): openings(Permission(each), thing, today) for each in permissions}, today)


def told_of(reader: Reader, found: Mapping[Permission, list[Opening]], today: date) -> list[Told]:
    """The same of openings that are known already; a fixed number of queries for all words together."""
    everybody = [opening for each in found.values() for opening in each]
    names = names_of(reader, everybody, today)
    me = reach_of(reader).person_id
    told = []
    for permission, opened in found.items():
        holders = [holder_of(opening, names, me) for opening in once(opened)]
        readers = next((holder for holder in holders if holder.is_reader), None)
        told.append(Told(permission, holders[:TOLD], len(holders), readers))
    return told


def who_appoints(reader: Reader, body: Body, today: date) -> list[Holder]:
    """Who can give somebody an office in the body: those above it, never itself."""
    return [each for each in who(reader, body, today, [Permission.APPOINT])[0].holders if each.steps > 0]


def once(opened: list[Opening]) -> list[Opening]:
    """Each office once, by its nearest road."""
    seen: dict[tuple[int, int | None], Opening] = {}
    for each in opened:
        seen.setdefault((each.office_id, each.delegation_id), each)
    return list(seen.values())


@dataclass(frozen=True)
class Names:
    kinds: dict[str, str]
    roles: dict[str, str]
    bodies: dict[int, BodyEntry]
    people: dict[int, str]
    loans: dict[int, Delegation]


def names_of(reader: Reader, opened: list[Opening], today: date) -> Names:
    entries = body_entries_visible_to(reader).on(today).filter(body__in={each.body_id for each in opened})
    offices = offices_visible_to(reader).filter(pk__in={each.office_id for each in opened}).select_related("person")
    lent = {each.delegation_id for each in opened} - {None}
    return Names(
        kinds={kind.pk: str(kind) for kind in OfficeKind.objects.filter(pk__in={each.kind_id for each in opened})},
        roles={role.pk: str(role) for role in Role.objects.filter(pk__in={each.role_id for each in opened})},
        bodies={entry.body_id: entry for entry in entries.select_related("body__line")},
        people={office.pk: office.person.name for office in offices},
        loans=Delegation.objects.select_related("office__person").in_bulk(lent),
    )


def holder_of(opening: Opening, names: Names, me: int | None) -> Holder:
    entry = names.bodies.get(opening.body_id)
    loan = names.loans.get(opening.delegation_id or 0)
    is_reader = opening.person_id == me
    return Holder(
        office=names.kinds[opening.kind_id],
        body_id=opening.body_id,
        body=entry.name if entry else "?",
        line=str(entry.body.line) if entry else "",
        role=names.roles[opening.role_id],
        walk=str(Role.Walk(opening.walk).label),
        steps=opening.steps,
        is_lent=opening.delegation_id is not None,
        name="" if opening.delegation_id else names.people.get(opening.office_id, ""),
        is_reader=is_reader,
        lender=loan.office.person.name if loan and is_reader else "",
        last_day=loan.last_day if loan else None,
    )
