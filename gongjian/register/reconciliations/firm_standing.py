"""The employers of a stretch as the register holds them on a day, and whether a list of businesses fits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from ..models import Reconciliation, Unit
from ..reconcile.credit_codes import is_sound, written_plainly
from ..walks import TERRITORY, way_up
from .firm_lists import FirmRow
from .firm_places import Place, Places
from .standing import HALF, MOST_TOLD

BUSINESS = "enterprise"  # an employer of this kind is looked for in a list, even if it has no code
FIT = 0.05  # a list of which not one in twenty rows fits is of another stretch


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer of the day. `is_inside`: it lies in the stretch; others are known by a code of the list."""

    unit: int
    name: str
    credit_code: str
    address: str
    kind: str
    parent: int | None
    parent_name: str
    is_inside: bool


@dataclass(frozen=True)
class Stretch:
    """A county or city on a day: its places, and the employers that a list of its businesses speaks of."""

    places: Places
    employers: list[Employer]


BELOW = """
WITH RECURSIVE below AS (
  SELECT e.* FROM register_unitentry e WHERE e.unit_id = %(top)s AND e.valid @> %(day)s::date
  UNION ALL
  SELECT e.* FROM below b JOIN register_unitentry e ON e.parent_id = b.unit_id AND e.valid @> %(day)s::date
)
"""
PLACES = f"""{BELOW}
SELECT b.unit_id, b.name, b.official_name, b.code, k.level, b.parent_id
FROM below b JOIN register_unitkind k ON k.key = b.kind_id WHERE k.level <> 'employer' ORDER BY b.code, b.unit_id
"""
EMPLOYER = """e.unit_id, coalesce(nullif(e.official_name, ''), e.name), e.credit_code, e.address, e.kind_id,
  e.parent_id, coalesce(p.name, '')"""
ABOVE = "LEFT JOIN register_unitentry p ON p.unit_id = e.parent_id AND p.valid @> %(day)s::date"
EMPLOYERS = f"""{BELOW}
SELECT {EMPLOYER}, true FROM below e JOIN register_unitkind k ON k.key = e.kind_id {ABOVE}
WHERE k.level = 'employer' ORDER BY e.unit_id
"""
ELSEWHERE = f"""
SELECT {EMPLOYER}, false FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id {ABOVE}
WHERE k.level = 'employer' AND e.credit_code <> '' AND e.credit_code = ANY(%(codes)s) AND e.valid @> %(day)s::date
ORDER BY e.unit_id
"""

THESE = f"""
SELECT {EMPLOYER}, true FROM register_unitentry e {ABOVE} WHERE e.unit_id = ANY(%(units)s) AND e.valid @> %(day)s::date
"""


def places_of(within: Unit, day: date) -> Places:
    with connection.cursor() as cursor:
        cursor.execute(PLACES, {"top": within.pk, "day": day})
        return Places((Place(*row) for row in cursor.fetchall()), within.pk)


def stretch_on(within: Unit, day: date, codes: Iterable[str]) -> Stretch:
    """The stretch, with its employers of whom a list with these codes speaks, and those elsewhere who bear one."""
    codes = {written_plainly(code) for code in codes} - {""}
    departments = {code[0] for code in codes if is_sound(code)}
    with connection.cursor() as cursor:
        cursor.execute(EMPLOYERS, {"top": within.pk, "day": day})
        inside = [Employer(*row) for row in cursor.fetchall()]
        known = {each.unit for each in inside}
        cursor.execute(ELSEWHERE, {"codes": list(codes), "day": day})
        outside = [each for row in cursor.fetchall() if (each := Employer(*row)).unit not in known]
    return Stretch(places_of(within, day), [e for e in inside if _is_spoken_of(e, departments)] + outside)


def stretch_of(within: Unit, day: date, units: Iterable[int]) -> Stretch:
    """The places of the stretch, and these employers, wherever they stand."""
    with connection.cursor() as cursor:
        cursor.execute(THESE, {"units": list(units), "day": day})
        return Stretch(places_of(within, day), [Employer(*row) for row in cursor.fetchall()])


def _is_spoken_of(employer: Employer, departments: set[str]) -> bool:
    """A list of what the market regulator registers (9…) says nothing of agencies (11…) and institutions (12…)."""
    code = written_plainly(employer.credit_code)
    return code[0] in departments if is_sound(code) else employer.kind == BUSINESS


# == whether a list fits the register ==
def newest_day(within: Unit, day: date) -> date | None:
    """The newest day for which businesses of the stretch, of a part of it or of what it lies in, were listed."""
    applied = Reconciliation.objects.filter(kind=Reconciliation.Kind.FIRMS, state=Reconciliation.State.APPLIED)
    days = dict(applied.order_by("as_of").values_list("within_id", "as_of"))
    above = set(way_up(TERRITORY, within.pk, day))
    touching = [days[top] for top in days if top in above or within.pk in way_up(TERRITORY, top, day)]
    return max(touching, default=None)


def is_no_longer_newer(within: Unit, as_of: date) -> list[str]:
    newest = newest_day(within, as_of)
    if newest is None or as_of > newest:
        return []
    return [
        _("Businesses were listed for %(newest)s already, and %(day)s is not later. Send a list of a later day.")
        % {"newest": newest, "day": as_of}
    ]


def forbids_firms(rows: Sequence[FirmRow], stretch: Stretch, within: Unit, as_of: date, today: date) -> list[str]:
    """What stands against comparing the list with the register for the day; an empty list if nothing does."""
    if as_of > today:
        return [
            _("%(day)s is still to come. A list tells what was so: give the day it was published for.") % {"day": as_of}
        ]
    if within.pk not in stretch.places.of:
        return [_("The county or city does not stand on %(day)s. Choose one that does.") % {"day": as_of}]
    return is_no_longer_newer(within, as_of) or _of_another_stretch(rows, stretch)


def _of_another_stretch(rows: Sequence[FirmRow], stretch: Stretch) -> list[str]:
    """Hardly a code is known, and hardly a place."""
    known = {written_plainly(each.credit_code) for each in stretch.employers if each.is_inside}
    placed = sum(stretch.places.meant(row.place, row.address).unit is not None for row in rows)
    coded = sum(row.code in known for row in rows if row.code)
    if max(placed, coded) >= FIT * len(rows):
        return []
    name = stretch.places.of[stretch.places.top].name
    examples = "、".join(dict.fromkeys(f"“{row.place or row.address or row.name}”" for row in rows[:3]))
    return [
        _(
            "The list seems to be of another place than %(name)s: the register knows %(coded)s of its %(rows)s credit "
            "codes there and %(placed)s of its places, such as %(examples)s. Choose the county of the list."
        )
        % {"name": name, "coded": f"{coded:,}", "rows": f"{len(rows):,}", "placed": f"{placed:,}", "examples": examples}
    ]


def is_half_gone(rows: Sequence[FirmRow], stretch: Stretch) -> bool:
    """The list has less than half of the employers of the stretch: probably it is not whole."""
    return len(rows) < HALF * sum(each.is_inside for each in stretch.employers)


# == whether the register has changed since ==
def newest_act() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM chronicle_act")
        return int(cursor.fetchone()[0])


def changed_since(reconciliation: Reconciliation) -> list[str]:
    """Sentences that name what other acts have changed among the places and employers since the list was compared."""
    if reconciliation.within is None:
        return []
    since = reconciliation.counts.get("compared_after", 0)
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, {"since": since, "subject": reconciliation.subject})
        touched = cursor.fetchall()
        if not touched:
            return []
    places = places_of(reconciliation.within, reconciliation.as_of).of
    names = dict.fromkeys(name for unit, parent, name in touched if unit in places or parent in places)
    said = _("“%(name)s” has been changed since the list was compared.")
    return [said % {"name": name} for name in list(names)[:MOST_TOLD]]


TOUCHED = """
WITH later AS (SELECT id FROM chronicle_act WHERE id > %(since)s AND subject <> %(subject)s)
SELECT unit_id, parent_id, name FROM register_unitentry WHERE act_id IN (SELECT id FROM later)
UNION
SELECT (was->>'unit_id')::bigint, (was->>'parent_id')::bigint, was->>'name' FROM chronicle_before
WHERE "table" = 'register_unitentry' AND act_id IN (SELECT id FROM later)
ORDER BY 3
"""
