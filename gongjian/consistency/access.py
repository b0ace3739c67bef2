"""Whose doubts a reader may see: of places whose counts they see; and what is about people, where they see people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from gongjian.register.access import Reader, bodies_with_members_open_to, has_people_open, is_counted_unit
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import Walk, reach_of
from gongjian.register.models import Permission, Unit
from gongjian.register.models.dated import DatedQuerySet

from .models import Check, Doubt, DoubtQuerySet, SetAside

SEES = ("", *Check.Sees.values)


def checks_visible_to(reader: Reader) -> QuerySet[Check]:
    """What is checked is no secret."""
    return Check.objects.select_related("line")


def doubts_visible_to(reader: Reader) -> DoubtQuerySet:
    return Doubt.objects.filter(
        is_counted_unit(reader, "place__"),
        reduce(or_, (Q(raised_by__sees=sees) & _is_open(reader, sees) for sees in SEES)),
    )


def doubts_of_checks(reader: Reader, checks: Sequence[Check], within: Unit | None = None) -> DoubtQuerySet:
    """Those that the reader may see, of checks that see as much of people each: quicker than asking each row for it.

    `within`: the doubts are of places at and below that unit today; where all of it is open, none is asked.
    """
    counted = is_counted_unit(reader, "place__", within)
    [sees] = {each.sees for each in checks}
    return Doubt.objects.filter(counted, _is_open(reader, sees), raised_by__in=[each.pk for each in checks])


def _is_open(reader: Reader, sees: str) -> Q:
    """Whether the reader may be told what a check found about the row's body that sees so much of people."""
    if sees == Check.Sees.OFFICES:
        return has_people_open(reader, "body")
    if sees == Check.Sees.MEMBERS and not reach_of(reader).sees_all:
        return Q(body__in=bodies_with_members_open_to(reader))
    return Q()


def can_set_aside(reader: Reader, doubt: Doubt) -> bool:
    """May the reader say of a doubt that they see that it is no fault? Whoever keeps the register of its place."""
    return reach_of(reader).holds(Permission.KEEP_REGISTER, doubt.place)


def office_that_keeps(reader: Reader, doubt: Doubt) -> str:
    """The office by which the reader keeps the register of the place, as the chronicle names it; "" without one."""
    place = doubt.place
    held = reach_of(reader).over(Permission.KEEP_REGISTER, [Walk.TERRITORY])
    return next((reference_of(each) for each in held if each.holds(place.path, place.last_path)), "")


def set_asides_visible_to(reader: Reader) -> DatedQuerySet[SetAside]:
    return SetAside.objects.filter(doubt__in=doubts_visible_to(reader))
