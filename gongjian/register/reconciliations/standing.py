"""The divisions of the register on a day, as a list in the order of their codes: what a newer list is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from ..identity import LEVELS, place_of
from ..models import Reconciliation, UnitEntry
from ..reconcile.lists import Listed
from .reading import MOST_TOLD, Row

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """A division as the register holds it on a day."""

    unit: int
    code: str
    name: str  # as published
    level: str
    parent: int | None


def standing_on(day: date) -> list[Standing]:
    """City, counties, towns and villages of the day, by code; those above come first where codes are missing."""
    rows = (
        UnitEntry.objects.on(day)
        .filter(kind__level__in=LEVELS)
        .values_list("unit_id", "code", "name", "official_name", "kind__level", "parent_id")
    )
    found = [
        Standing(unit, code, official or name, level, parent) for unit, code, name, official, level, parent in rows
    ]
    return sorted(found, key=lambda each: (each.code, LEVELS.index(each.level), each.unit))


def as_listed(divisions: Iterable[Standing]) -> list[Listed]:
    """For the engine. Whoever stands in something that is no division of the day stands at the top."""
    divisions = list(divisions)
    known = {each.unit for each in divisions}
    return [
        Listed(str(each.unit), each.code, each.name, each.level, str(each.parent) if each.parent in known else "")
        for each in divisions
    ]


def remembered(divisions: Iterable[Standing]) -> dict[str, list[str | int | None]]:
    """What is kept of the day with a reconciliation, to see whether the register has changed since."""
    return {str(each.unit): [each.name, each.code, each.parent] for each in divisions}


def changed_since(kept: Mapping[str, list[str | int | None]], on: date) -> list[str]:
    """Sentences that name what is no longer as it was compared: of the day before, or from the day itself on."""
    now = remembered(standing_on(on - timedelta(days=1)))
    on_the_day = {str(each.unit): each.name for each in standing_on(on)}
    differs = [key for key in {**kept, **now} if kept.get(key) != now.get(key)]
    found = [
        _("“%(name)s” has been changed since the list was compared.") % {"name": (kept.get(key) or now[key])[0]}
        for key in differs
    ]
    found += [
        _("“%(name)s” ends on %(day)s by another act already.") % {"name": kept[key][0], "day": on}
        for key in kept
        if key not in on_the_day and key not in differs
    ]
    found += [
        _("“%(name)s” begins on %(day)s by another act already.") % {"name": name, "day": on}
        for key, name in on_the_day.items()
        if key not in kept and key not in now
    ]
    return found[:MOST_TOLD]


# == whether a list fits the register ==
def newest_day() -> date | None:
    """The newest day that the register was listed for."""
    applied = Reconciliation.objects.filter(kind=Reconciliation.Kind.DIVISIONS, state=Reconciliation.State.APPLIED)
    return applied.aggregate(Max("as_of"))["as_of__max"]


def forbids_list(rows: list[Row], old: list[Standing], as_of: date, today: date) -> list[str]:
    """What stands against comparing the list with the register for the day; an empty list if nothing does."""
    newest = newest_day()
    if as_of > today:
        return [
            _("%(day)s is still to come. A list tells what was so: give the day it was published for.") % {"day": as_of}
        ]
    if newest and as_of <= newest:
        return [
            _("The register was listed for %(newest)s already, and %(day)s is not later. Send a list of a later day.")
            % {"newest": newest, "day": as_of}
        ]
    return _of_another_city(rows, old) or _begins_later(old, as_of)


def _begins_later(old: list[Standing], as_of: date) -> list[str]:
    first = UnitEntry.objects.filter(kind__level__in=LEVELS).aggregate(Min("valid__startswith"))[
        "valid__startswith__min"
    ]
    if old or first is None:
        return []
    return [_("The divisions of the register begin on %(first)s. A list must be of a later day.") % {"first": first}]


def _of_another_city(rows: list[Row], old: list[Standing]) -> list[str]:
    ours = next((each for each in old if each.level == "city"), None)
    city = next(row for row in rows if row.level == "city")
    if ours and city.code != ours.code and place_of(city.name, "city") != place_of(ours.name, "city"):
        return [
            _("The list is of %(theirs)s (%(code)s); the register holds %(ours)s (%(our_code)s). Send its list.")
            % {"theirs": city.name, "code": city.code, "ours": ours.name, "our_code": ours.code}
        ]
    strangers = [row for row in rows if row.code.isdigit() and not row.code.startswith(city.code)]
    found = [
        _("Row %(row)s: %(name)s (%(code)s) is not of %(city)s (%(city_code)s). Delete the row.")
        % {"row": row.number, "name": row.name, "code": row.code, "city": city.name, "city_code": city.code}
        for row in strangers[:MOST_TOLD]
    ]
    if len(strangers) > MOST_TOLD:
        found.append(_("There are %(count)s more of this kind.") % {"count": len(strangers) - MOST_TOLD})
    return found


def is_half_gone(rows: list[Row], old: list[Standing]) -> bool:
    """The list has less than half of what the register holds: probably it is not whole."""
    return len(rows) < HALF * len(old)
