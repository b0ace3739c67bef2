"""How the records of indicators over comments are asked: as figures/snapshot.py writes the same of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gongjian.indicators.records import one_of

from .models import Rectification, Telling

A_YEAR = timedelta(days=364)  # and the day itself


def comment(day: date, lookup: str, value: Any) -> Q:
    """In rounds whose day for comments passed in the year until the day: is every comment published?"""
    yesterday = day - timedelta(days=1)
    due = Telling.objects.filter(body=OuterRef("body"), round__comment_by__range=(yesterday - A_YEAR, yesterday))
    some, missing = Exists(due), Exists(due.filter(Q(published_on=None) | Q(published_on__gt=day)))
    states = {"none": ~Q(some), "commented": Q(some) & ~Q(missing), "missing": Q(missing)}
    return one_of(states)(day, lookup, value)


def problems(day: date, lookup: str, value: Any) -> Q:
    """Of the problems named in published comments of the year until the day: are all put right, and confirmed?"""
    named = Rectification.objects.filter(
        point__comment__telling__body=OuterRef("body"), point__comment__on__range=(day - A_YEAR, day),
        point__comment__telling__published_on__lte=day,
    )  # fmt: skip
    some, left = Exists(named), Exists(named.filter(Q(confirmed_on=None) | Q(confirmed_on__gt=day)))
    states = {"none": ~Q(some), "put_right": Q(some) & ~Q(left), "open": Q(left)}
    return one_of(states)(day, lookup, value)
