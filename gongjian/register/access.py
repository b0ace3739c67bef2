"""Who may see what of the register, and who may change it. Pages, API, exports and jobs get objects only through here.

Open to everybody, account or not: units and bodies with their names, kinds and links, venues, and who holds office
where a body sits in a division (village and up). All else is open through offices, along the walks; the table in
docs/personal-data.md says what, and tests hold it. Rights are those of today, on whatever day one looks at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from .authority.reach import ALL_WALKS, OPERATOR, TODAY, Operator, Reader, Walk, reach_of
from .models import (
    Body,
    BodyEntry,
    Cover,
    Disclosure,
    Headcount,
    Membership,
    Office,
    Permission,
    Person,
    StandsIn,
    Term,
    Unit,
    UnitEntry,
    UnitKind,
    Venue,
)
from .models.dated import Among, DatedQuerySet
from .walks import path_range

__all__ = ["OPERATOR", "Operator", "Reader"]

PUBLIC_SEATS = (UnitKind.Level.CITY, UnitKind.Level.COUNTY, UnitKind.Level.TOWN, UnitKind.Level.VILLAGE)
Counted = Permission.SEE_COUNTS


# == open to everybody ==
def units_visible_to(reader: Reader) -> QuerySet[Unit]:
    return Unit.objects.all()


def unit_entries_visible_to(reader: Reader) -> DatedQuerySet[UnitEntry]:
    return UnitEntry.objects.all()


def bodies_visible_to(reader: Reader) -> QuerySet[Body]:
    return Body.objects.all()


def body_entries_visible_to(reader: Reader) -> DatedQuerySet[BodyEntry]:
    return BodyEntry.objects.all()


def venues_visible_to(reader: Reader) -> DatedQuerySet[Venue]:
    return Venue.objects.all()


def housings_visible_to(reader: Reader) -> DatedQuerySet[StandsIn]:
    """Which building, park or market an employer stands in."""
    return StandsIn.objects.all()


# == counts, covers and gaps: along the walks ==
def covers_visible_to(reader: Reader) -> DatedQuerySet[Cover]:
    """Of the units in the territory one reads, and of the bodies in one's line or led from one's own."""
    reach = reach_of(reader)
    if not reach.may(Counted):
        return Cover.objects.none()
    walks = ALL_WALKS - {Walk.TERRITORY}
    return Cover.objects.filter(reach.units(Counted, "unit__") | reach.bodies(Counted, "body__", walks))


def headcounts_visible_to(reader: Reader, units: Iterable[Unit] | None = None) -> DatedQuerySet[Headcount]:
    """`units`: only theirs. Which of them the reader may count is then known before the database is asked."""
    reach = reach_of(reader)
    if units is not None:
        return Headcount.objects.filter(unit__in=[each.pk for each in units if reach.holds(Counted, each)])
    return Headcount.objects.filter(reach.units(Counted, "unit__")) if reach.may(Counted) else Headcount.objects.none()


def terms_visible_to(reader: Reader) -> DatedQuerySet[Term]:
    reach = reach_of(reader)
    return Term.objects.filter(reach.bodies(Counted, "body__")) if reach.may(Counted) else Term.objects.none()


def is_counted_unit(reader: Reader, unit: str = "", within: Unit | None = None) -> Q:
    """Whether the reader may see head-counts, covers and gaps of the unit: only there is a lack told as a lack.

    `within`: the rows stand at and below that unit today. Where all of it is open nothing is asked of each row.
    """
    reach = reach_of(reader)
    return Q() if within and reach.holds_all(Counted, within) else reach.units(Counted, unit)


def is_counted_body(reader: Reader, body: str = "") -> Q:
    """Whether the reader may see covers and terms of the body."""
    return reach_of(reader).bodies(Counted, body)


def can_count(reader: Reader, unit: Unit) -> bool:
    """May the reader see head-counts, covers and gaps of the unit?"""
    return reach_of(reader).holds(Counted, unit)


def is_covered_unit(reader: Reader, line: str, day: date, within: Unit | None = None) -> Q:
    """Whether a body of the line covers the row's unit on the day, by a cover that the reader may see.

    `within` as in `is_counted_unit`: of units that one may count one sees every cover.
    """
    is_open = within is not None and reach_of(reader).holds_all(Counted, within)
    covers = Cover.objects.all() if is_open else covers_visible_to(reader)
    return _covered(covers, line, day)


def is_uncovered_unit(reader: Reader, line: str, day: date, within: Unit | None = None) -> Q:
    """Whether no body of the line covers the row's unit on the day, and the reader may be told so."""
    return is_counted_unit(reader, "unit__", within) & ~_covered(Cover.objects.all(), line, day)


def _covered(covers: DatedQuerySet[Cover], line: str, day: date) -> Q:
    of_the_line = covers.on(day).filter(body__line=line)
    return Q(Exists(of_the_line.filter(Among(F("unit_id"), OuterRef("unit_id")))))


def counted_bodies(reader: Reader, ids: Iterable[int]) -> set[int]:
    """Of these bodies, those of which the reader may see the counts. No query for whoever sees none."""
    ids = list(ids)
    if not reach_of(reader).may(Counted):
        return set()
    return set(Body.objects.filter(is_counted_body(reader), pk__in=ids).values_list("pk", flat=True))


def counts_everywhere(reader: Reader) -> bool:
    """Does the reader see the counts of the whole territory?"""
    return reach_of(reader).may_everywhere(Counted)


# == people ==
def offices_visible_to(reader: Reader, under: Body | None = None) -> DatedQuerySet[Office]:
    """Who holds which office: where the body sits in a division for everybody; elsewhere within one's reach.

    `under`: only at that body and those below it in its line today.
    """
    reach = reach_of(reader)
    if under is not None:
        rows = Office.objects.filter(_at_and_below(under))
        # Nothing has to be asked of each row where all of them are open.
        return rows if reach.leads(Permission.SEE_PEOPLE, under) else rows & offices_visible_to(reader)
    own = Q(person=reach.person_id) if reach.person_id else Q(pk__in=())
    return Office.objects.filter(reach.bodies(Permission.SEE_PEOPLE, "body__") | own | _sits_in_a_division())


def bodies_with_people_open_to(reader: Reader, body_ids: Iterable[int]) -> set[int]:
    """Of these bodies, those whose office holders the reader may all see: only there is "nobody entered" true."""
    reach = reach_of(reader)
    open_ones = Body.objects.filter(
        reach.bodies(Permission.SEE_PEOPLE) | _sat_in_a_division("pk"), pk__in=list(body_ids)
    )
    return set(open_ones.values_list("pk", flat=True))


def has_people_open(reader: Reader, body: str) -> Q:
    """Whether the reader may see all who hold office in the row's body. `body` leads from the row to it.

    Each row is looked at by itself: quicker for some thousands of them than to lay all bodies beside each other.
    """
    reach = reach_of(reader)
    if reach.sees_all:
        return Q()
    seat = Subquery(_seats_in_divisions(body).values("pk")[:1])
    return reach.bodies(Permission.SEE_PEOPLE, f"{body}__") | Q(IsNull(seat, False))


def memberships_visible_to(reader: Reader, under: Body | None = None) -> DatedQuerySet[Membership]:
    """One's own, and those of bodies below one's own body in the same line. No other walk opens them.

    `under`: only at that body and those below it in its line today.
    """
    reach = reach_of(reader)
    if under is not None:
        rows = Membership.objects.filter(_at_and_below(under))
        return rows if reach.leads(Permission.SEE_PEOPLE, under) else rows & memberships_visible_to(reader)
    own = Q(person=reach.person_id) if reach.person_id else Q(pk__in=())
    return Membership.objects.filter(reach.bodies(Permission.SEE_PEOPLE, "body__", [Walk.LINE]) | own)


def persons_visible_to(reader: Reader) -> QuerySet[Person]:
    """Oneself, and whoever is seen through an office, a membership or a venue they keep."""
    reach = reach_of(reader)
    if reach.sees_all:
        return Person.objects.all()
    offices = offices_visible_to(reader).filter(person=OuterRef("pk"))
    memberships = memberships_visible_to(reader).filter(person=OuterRef("pk"))
    own = Q(pk=reach.person_id) if reach.person_id else Q(pk__in=())
    owned = reach.bodies(Permission.SEE_PEOPLE, "owner__") | _sat_in_a_division("owner")
    venues = Venue.objects.filter(owned, keeper=OuterRef("pk"))
    return Person.objects.filter(own | Exists(offices) | Exists(memberships) | Exists(venues))


def _at_and_below(body: Body) -> Q:
    """The rows of the body and of those below it in its line today."""
    if not body.line_path:
        return Q(body=body)
    first, end = path_range(body.line_path)
    return Q(body__line=body.line_id, body__line_path__gte=first, body__line_path__lt=end)


def _sits_in_a_division() -> Q:
    """The body of the office sat in a city, county, town or village while the office was held."""
    entries = BodyEntry.objects.filter(body=OuterRef("body"), valid__overlap=OuterRef("valid"))
    return Q(Exists(entries.filter(seat__entries__kind__level__in=PUBLIC_SEATS)))


def _sat_in_a_division(body: str) -> Q:
    """The body has sat in a city, county, town or village. `body` leads from the row to it."""
    return Q(Exists(_seats_in_divisions(body)))


def _seats_in_divisions(body: str) -> QuerySet[BodyEntry]:
    return BodyEntry.objects.filter(seat__entries__kind__level__in=PUBLIC_SEATS, body=OuterRef(body))


# == changing ==
def changes_visible_to(reader: Reader) -> bool:
    """Who wrote what into the register: for whoever keeps or audits the whole of it."""
    reach = reach_of(reader)
    return reach.may_everywhere(Permission.SEE_CHANGES) or reach.may_everywhere(Permission.KEEP_REGISTER)


def can_change_register(reader: Reader) -> bool:
    """May change the register as a whole: take in lists, reconcile, reform anything."""
    return reach_of(reader).may_everywhere(Permission.KEEP_REGISTER)


# == members, in counts ==
def bodies_with_members_open_to(reader: Reader) -> QuerySet[Body]:
    """The bodies whose members the reader may list, and so count exactly: along the line alone."""
    return Body.objects.filter(reach_of(reader).bodies(Permission.SEE_PEOPLE, "", [Walk.LINE]))


# == what is kept of a person beside the name ==
def persons_led_from(reader: Reader, permission: Permission = Permission.SEE_PEOPLE) -> QuerySet[Person]:
    """Whoever today holds office or is a member in a body below one's own in the same line. Not oneself by that alone,
    and nobody who has left: what is kept of them waits for its end, unread."""
    reach = reach_of(reader)
    if reach.sees_all:
        return Person.objects.all()
    if not reach.may(permission):
        return Person.objects.none()
    inside = reach.bodies(permission, "body__", [Walk.LINE])
    offices = Office.objects.filter(inside, valid__contains=TODAY, person=OuterRef("pk"))
    memberships = Membership.objects.filter(inside, valid__contains=TODAY, person=OuterRef("pk"))
    return Person.objects.filter(Exists(offices) | Exists(memberships))


def can_see_particulars(reader: Reader, person: Person) -> bool:
    """May see the masked phone and identity number: the person, and whoever sees people above them in the line."""
    own = reach_of(reader).person_id == person.pk
    return own or persons_led_from(reader).filter(pk=person.pk).exists()


def can_enter_particulars(reader: Reader, person: Person) -> bool:
    """May enter and correct them: whoever leads the line there, which is who appoints in it."""
    return persons_led_from(reader, Permission.APPOINT).filter(pk=person.pk).exists()


def can_see_roll(reader: Reader, body: Body) -> bool:
    """May the reader see by name who belongs to the body, in its own line?"""
    inside = reach_of(reader).bodies(Permission.SEE_PEOPLE, "", [Walk.LINE])
    return Body.objects.filter(inside, pk=body.pk).exists()


def disclosures_visible_to(reader: Reader) -> QuerySet[Disclosure]:
    """What one has asked for oneself, and what others ask for of people below one's own body in the line."""
    if reach_of(reader).sees_all:
        return Disclosure.objects.all()
    own = Q(asked_by=reader.pk) if reader.pk else Q(pk__in=())
    return Disclosure.objects.filter(own | _within_reach(reader))


def disclosures_to_answer(reader: Reader) -> QuerySet[Disclosure]:
    """Those the reader may agree to or decline: not what they ask for themselves, nor what is about them."""
    if reader.pk is None:
        return Disclosure.objects.none()
    others = Disclosure.objects.filter(_within_reach(reader)).exclude(asked_by=reader.pk)
    own = reach_of(reader).person_id
    return others.exclude(person=own) if own else others


def can_answer(reader: Reader, disclosure: Disclosure) -> bool:
    """May the reader agree or decline?"""
    return disclosures_to_answer(reader).filter(pk=disclosure.pk).exists()


def _within_reach(reader: Reader) -> Q:
    """The disclosures of people, and of rolls, that the reader may see by their office."""
    bodies = Body.objects.filter(reach_of(reader).bodies(Permission.SEE_PEOPLE, "", [Walk.LINE]))
    return Q(person__in=persons_led_from(reader)) | Q(body__in=bodies)
