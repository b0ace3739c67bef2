"""Whose readings a reader may see: of places whose counts they see, and of bodies whose counts they see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongjian.register.access import Reader, is_counted_body, is_counted_unit
from gongjian.register.models.dated import DatedQuerySet

from .models import Exclusion, Indicator, Publication, PublicFigure, Reading, Target


def indicators_visible_to(reader: Reader) -> QuerySet[Indicator]:
    """What is counted is no secret."""
    return Indicator.objects.all()


def targets_visible_to(reader: Reader) -> DatedQuerySet[Target]:
    """What is to be reached is no secret, and holds far below the place it was set for."""
    targets: DatedQuerySet[Target] = Target.objects.all()
    return targets


def exclusions_visible_to(reader: Reader) -> DatedQuerySet[Exclusion]:
    """Why a unit is not counted is seen by whoever may count it."""
    left_out: DatedQuerySet[Exclusion] = Exclusion.objects.filter(is_counted_unit(reader, "unit__"))
    return left_out


def readings_visible_to(reader: Reader) -> QuerySet[Reading]:
    units, bodies = is_counted_unit(reader, "unit__"), is_counted_body(reader, "body__")
    return Reading.objects.filter(Q(unit__isnull=False) & units | Q(body__isnull=False) & bodies)


def place_readings_visible_to(reader: Reader) -> QuerySet[Reading]:
    """Of those, the readings of places: quicker than asking each row whether it is of a place or of a body."""
    return Reading.objects.filter(is_counted_unit(reader, "unit__"), unit__isnull=False)


def publications_visible_to(reader: Reader) -> QuerySet[Publication]:
    """What was told to everybody is told to everybody."""
    return Publication.objects.all()


def published_visible_to(reader: Reader) -> QuerySet[PublicFigure]:
    return PublicFigure.objects.all()
