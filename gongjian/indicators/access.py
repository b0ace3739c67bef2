"""Whose readings a reader may see: of places whose counts they see, and of bodies whose counts they see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongjian.register.access import Reader, is_counted_body, is_counted_unit

from .models import Indicator, Reading


def indicators_visible_to(reader: Reader) -> QuerySet[Indicator]:
    """What is counted is no secret."""
    return Indicator.objects.all()


def readings_visible_to(reader: Reader) -> QuerySet[Reading]:
    units, bodies = is_counted_unit(reader, "unit__"), is_counted_body(reader, "body__")
    return Reading.objects.filter(Q(unit__isnull=False) & units | Q(body__isnull=False) & bodies)
