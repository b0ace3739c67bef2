"""Who sets contact points and visits them, who reads what was found, who enters checks, agrees to them and reads them.

All of it stands on `keep_plans`: whoever keeps a body's programme matters keeps these too (programme/access.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import bodies_kept_by, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.acting import OFFICE, reference_of
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Office, Permission
from gongjian.register.walks import path_range

from .models import ContactPoint, Demonstration, Inspection, Problem, Stop, Visit


# == offices ==
def offices_of(reader: Reader) -> QuerySet[Office]:
    """The offices the reader holds or borrows today."""
    reach = reach_of(reader)
    lent = {each.office_id for each in reach.stretches if each.delegation_id}
    own = Q(person=reach.person_id) if reach.person_id else Q(pk__in=())
    return Office.objects.filter(own | Q(pk__in=lent), valid__contains=TODAY)


def _kept_or_below(reader: Reader, body: str) -> Q:
    """The rows whose body's matters the reader keeps, or those of a body above it in its line."""
    found = Q(pk__in=())
    for each in reach_of(reader).over(Permission.KEEP_PLANS, [Walk.LINE]):
        first, end = path_range(each.path)
        stands = Q(**{f"{body}line_path__gte": first, f"{body}line_path__lt": end})
        stood = {f"{body}line_path": "", f"{body}last_line_path__gte": first, f"{body}last_line_path__lt": end}
        found |= Q(**{f"{body}line": each.line}) & (stands | Q(**stood))
    return found


# == contact points ==
def contacts_visible_to(reader: Reader) -> QuerySet[ContactPoint]:
    """Which office keeps in touch with which body is no secret among those who are signed in."""
    return ContactPoint.objects.all() if reader.is_authenticated else ContactPoint.objects.none()


def demonstrations_visible_to(reader: Reader) -> QuerySet[Demonstration]:
    """What stands as an example, and by which approval, is for everybody who is signed in."""
    return Demonstration.objects.all() if reader.is_authenticated else Demonstration.objects.none()


def contacts_told_to(reader: Reader) -> QuerySet[ContactPoint]:
    """Those whose visits and problems the reader reads: the leader, the point, and whoever keeps the matters of the
    leader's body or of one above it in its line."""
    if reach_of(reader).sees_all:
        return ContactPoint.objects.all()
    held = offices_of(reader)
    own = Q(leader__in=held.values("pk")) | Q(point__in=held.values("body"))
    return ContactPoint.objects.filter(own | _kept_or_below(reader, "leader_body__"))


def visits_visible_to(reader: Reader) -> QuerySet[Visit]:
    return Visit.objects.filter(contact__in=contacts_told_to(reader))


def problems_visible_to(reader: Reader) -> QuerySet[Problem]:
    return Problem.objects.filter(visit__contact__in=contacts_told_to(reader))


def own_contacts(reader: Reader) -> QuerySet[ContactPoint]:
    """Those the reader visits, or keeps for the leader."""
    own = Q(leader__in=offices_of(reader).values("pk")) | Q(leader_body__in=bodies_kept_by(reader))
    return ContactPoint.objects.filter(own)


def office_that_sets(reader: Reader, leader_body: Body) -> str | None:
    """In which office the reader sets and ends contact points of offices in the body; None for whoever does not."""
    return office_that_keeps(reader, leader_body)


def office_that_visits(reader: Reader, contact: ContactPoint) -> str | None:
    """In which office the reader tells of visits: the leader's own, or one that keeps the matters of its body."""
    own = [each for each in reach_of(reader).stretches if each.office_id == contact.leader_id]
    if own:
        return reference_of(own[0])
    if offices_of(reader).filter(pk=contact.leader_id).exists():
        return f"{OFFICE}{contact.leader_id}"
    return office_that_keeps(reader, contact.leader_body)


# == the calendar of checks ==
def inspections_visible_to(reader: Reader) -> QuerySet[Inspection]:
    """The inspector's side reads all of them, whoever decides what it decides about; those to whom it comes, and who
    may see the counts of the place, once it is in the calendar."""
    if reach_of(reader).sees_all:
        return Inspection.objects.all()
    side = _sent_from(reader, "body__") | Q(asked_of__in=bodies_kept_by(reader))
    comes = Stop.objects.filter(_comes_to(reader), inspection=OuterRef("pk"))
    return Inspection.objects.filter(side | _told() & Q(Exists(comes)))


def stops_visible_to(reader: Reader) -> QuerySet[Stop]:
    """Where one reads an inspection only because it comes to oneself, one reads that stop of it alone."""
    if reach_of(reader).sees_all:
        return Stop.objects.all()
    side = _sent_from(reader, "inspection__body__") | Q(inspection__asked_of__in=bodies_kept_by(reader))
    return Stop.objects.filter(side | _told("inspection__") & _comes_to(reader))


def stops_sent_by(reader: Reader) -> QuerySet[Stop]:
    """The stops of checks whose inspecting body the reader keeps, or one above it in its line or its leadership."""
    if reach_of(reader).sees_all:
        return Stop.objects.all()
    return Stop.objects.filter(_sent_from(reader, "inspection__body__"))


def _told(inspection: str = "") -> Q:
    return Q(**{f"{inspection}state__in": (Inspection.State.STANDS, Inspection.State.CANCELLED)})


def _comes_to(reader: Reader) -> Q:
    """Stops at a body in which one holds an office, at the unit where it sits, or where one may see counts."""
    bodies = offices_of(reader).values("body")
    seats = BodyEntry.objects.filter(body__in=bodies, valid__contains=TODAY).values("seat")
    counted = reach_of(reader).units(Permission.SEE_COUNTS, "unit__")
    return Q(body__in=bodies) | Q(unit__in=seats) | counted


def _sent_from(reader: Reader, body: str) -> Q:
    """The rows whose inspecting body the reader keeps, or one above it in its line or its leadership."""
    found = _kept_or_below(reader, body)
    for path in bodies_kept_by(reader).exclude(lead_path="").values_list("lead_path", flat=True):
        first, end = path_range(path)
        found |= Q(**{f"{body}lead_path__gte": first, f"{body}lead_path__lt": end})
    return found


def office_that_inspects(reader: Reader, body: Body) -> str | None:
    """In which office the reader enters checks by the body; None for whoever does not."""
    return office_that_keeps(reader, body)


def office_that_consents(reader: Reader, inspection: Inspection) -> str | None:
    """In which office the reader agrees to what is not planned, or does not; None for whoever does not decide."""
    return office_that_keeps(reader, inspection.asked_of) if inspection.asked_of else None


def inspectors_kept_or_below(reader: Reader, bodies: Iterable[Body]) -> set[int]:
    """Of these bodies those whose matters the reader keeps, or that stand below one whose matters they keep."""
    ids = [each.pk for each in bodies]
    rows = Body.objects.filter(pk__in=ids)
    if not reach_of(reader).sees_all:
        rows = rows.filter(_sent_from(reader, ""))
    return set(rows.values_list("pk", flat=True))


def first_office(reader: Reader) -> str:
    """An office of the reader that keeps somebody's matters, as the chronicle names it."""
    held = reach_of(reader).over(Permission.KEEP_PLANS, [Walk.LINE])
    return reference_of(held[0]) if held else ""
