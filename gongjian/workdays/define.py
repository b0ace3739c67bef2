"""Defining the working days of a pack. Defining the same again changes nothing."""

from __future__ import annotations

from datetime import date

from .models import Year


def define_year(key: str, *, days_off: list[date], days_worked: list[date], source: str) -> Year:
    fields = {"days_off": days_off, "days_worked": days_worked, "source": source}
    year, _new = Year.objects.update_or_create(key=key, defaults=fields)
    return year
