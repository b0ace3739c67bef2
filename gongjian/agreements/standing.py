"""Which units have an agreement in force on a day: for indicators, and for whoever gives honours.

By the statute, a firm without wage bargaining is to be considered when honours are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from gongjian.register.models.dated import Among
from rollup.definition import each_of

from .models import CoveredUnit


def agreements_of(units: Iterable[int], day: date) -> dict[int, tuple[int, str]]:
    """Of each unit the agreement in force for it on the day, as id and title, or the first of them. One query."""
    rows = CoveredUnit.objects.filter(unit__in=frozenset(units), valid__contains=day).order_by("-agreement")
    return {unit: (id, title) for unit, id, title in rows.values_list("unit", "agreement", "agreement__title")}


def covers_the_unit(day: date, conditions: Mapping[str, Any]) -> Exists:
    """The relation `agreement` of a unit, as indicators ask for it: one is in force on the day. `scope` narrows it."""
    scopes = Q(scope__in=each_of(conditions["scope"])) if "scope" in conditions else Q()
    found = CoveredUnit.objects.filter(scopes, valid__contains=day)
    return Exists(found.filter(Q(Among(F("unit_id"), OuterRef("unit_id")))))
