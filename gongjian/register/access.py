"""Who may see what of the register, and who may change it.

Until roles exist, whoever is signed in reads units and bodies; people's names are for those who hold an office; and
only a holder of an office that keeps the register changes it.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from .models import Body, BodyEntry, Cover, Membership, Office, Unit, UnitEntry, Venue
from .models.dated import DatedQuerySet


class Operator:
    """Whoever runs commands on the machine itself: has the database in hand anyway."""

    is_authenticated = True
    pk = None


OPERATOR = Operator()
Reader: TypeAlias = AbstractBaseUser | AnonymousUser | Operator


def units_visible_to(reader: Reader) -> QuerySet[Unit]:
    return Unit.objects.all() if reader.is_authenticated else Unit.objects.none()


def unit_entries_visible_to(reader: Reader) -> DatedQuerySet[UnitEntry]:
    return UnitEntry.objects.all() if reader.is_authenticated else UnitEntry.objects.none()


def bodies_visible_to(reader: Reader) -> QuerySet[Body]:
    return Body.objects.all() if reader.is_authenticated else Body.objects.none()


def body_entries_visible_to(reader: Reader) -> DatedQuerySet[BodyEntry]:
    return BodyEntry.objects.all() if reader.is_authenticated else BodyEntry.objects.none()


def covers_visible_to(reader: Reader) -> DatedQuerySet[Cover]:
    return Cover.objects.all() if reader.is_authenticated else Cover.objects.none()


def venues_visible_to(reader: Reader) -> DatedQuerySet[Venue]:
    return Venue.objects.all() if reader.is_authenticated else Venue.objects.none()


def offices_visible_to(reader: Reader, today: date) -> DatedQuerySet[Office]:
    """Who holds which office: for people who hold one themselves today."""
    return Office.objects.all() if _holds_office(reader, today) else Office.objects.none()


def memberships_visible_to(reader: Reader, today: date) -> DatedQuerySet[Membership]:
    """Who belongs to which body: for people who hold an office themselves today."""
    return Membership.objects.all() if _holds_office(reader, today) else Membership.objects.none()


def can_change_register(reader: Reader, today: date) -> bool:
    if isinstance(reader, Operator):
        return True
    return reader.is_authenticated and _offices_of(reader, today).filter(kind__keeps_register=True).exists()


def _holds_office(reader: Reader, today: date) -> bool:
    return isinstance(reader, Operator) or (reader.is_authenticated and _offices_of(reader, today).exists())


def _offices_of(reader: Reader, today: date) -> DatedQuerySet[Office]:
    return Office.objects.on(today).filter(person__account_id=reader.pk)
