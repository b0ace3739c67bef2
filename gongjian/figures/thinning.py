"""Which days stay: all of the last five weeks, and the first of each month before.

A city reads 110,000 numbers a night, which would be fifteen gigabytes a year.

A day that was read on another one – a past quarter, or by hand – stays as well.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from gongjian.indicators.models import Reading, Run

from .run import folder

WEEKS = 5


def thin_out(today: date) -> list[date]:
    """Take the other days away, with their facts; the pages show the last day before. Returns which, in order."""
    of_that_night = Run.objects.filter(began_at__date=F("day"))
    old = of_that_night.filter(day__lt=today - timedelta(weeks=WEEKS), gaps=None).exclude(day__day=1)
    days = sorted(set(old.values_list("day", flat=True)) - set(_read_later()))
    with transaction.atomic():
        for doomed in (Reading.objects.filter(day__in=days), Run.objects.filter(day__in=days)):
            doomed._raw_delete(doomed.db)
    for day in days:
        shutil.rmtree(folder(day), ignore_errors=True)
    return days


def _read_later() -> list[date]:
    return list(Run.objects.exclude(began_at__date=F("day")).values_list("day", flat=True))
