"""How the records of an indicator over pledges are asked: as figures/snapshot.py writes the same of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gongjian.indicators.records import one_of

from .models import Pledge

A_YEAR = timedelta(days=364)  # and the day itself


def pledges(day: date, lookup: str, value: Any) -> Q:
    """Of its own that ended in the year until the day, or were due in it and are open: are all kept in time?"""
    public = Pledge.objects.filter(body=OuterRef("body"), person=None, public_on__lte=day)
    ended = Q(closed_on__range=(day - A_YEAR, day))
    late = Q(due_on__range=(day - A_YEAR, day)) & (Q(closed_on=None) | Q(closed_on__gt=day))
    counted = public.filter(ended | late)
    missed = Exists(counted.exclude(state=Pledge.State.KEPT, closed_on__lte=day))
    some = Exists(counted)
    states = {"none": ~Q(some), "kept": Q(some) & ~Q(missed), "not_kept": Q(missed)}
    return one_of(states)(day, lookup, value)
