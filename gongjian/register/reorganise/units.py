"""The reforms of units: merge several into one, divide one into several, close, reopen. Each is one act.

`forbids_…` says in sentences what stands against it; the page shows them, the verb refuses with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act

from ..access import Reader
from ..actions import ALL_WALKS, Refused, change_entries, check_lives, check_parent, in_sentences, lock
from ..models import Document, Unit, UnitEntry, UnitLineage
from ..spelling import learn
from ..walks import TERRITORY, refresh_body_paths, refresh_unit_paths, way_up
from . import bodies as of_bodies
from .along import Link, Routes, carry, end, end_links
from .checks import as_stood_last, last_names, not_standing, record_reform, refuse, tied, wrong_shares

How = UnitLineage.How


@dataclass(frozen=True)
class Part:
    """One of the units into which another is divided: one that stands, or the values of a new one.

    `share` is the part of what cannot be followed by itself, 0 < share ≤ 1; None where nobody can know.
    """

    unit: Unit | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    share: Decimal | None = None


# == merging ==
def forbids_merger(sources: Sequence[Unit], into: Unit | None, on: date) -> list[str]:
    """What stands against merging; an empty list if nothing does."""
    ids = [unit.pk for unit in sources]
    found = [*not_standing(UnitEntry, ids, on), *tied(UnitEntry, ids, on)]
    if not sources:
        found.append(_("Choose at least one unit that is to be merged."))
    if into is None:
        return found if len(sources) > 1 else [*found, _("A merger needs two units. Choose another one.")]
    if into in sources:
        return [*found, _("A unit cannot be merged into itself. Choose another one.")]
    return [*found, *not_standing(UnitEntry, [into.pk], on), *_would_stand_in_itself(into, sources, on)]


@in_sentences
def merge_units(
    sources: Sequence[Unit],
    *,
    into: Unit | None,
    on: date,
    today: date,
    by: Reader | None,
    values: Mapping[str, Any] | None = None,
    bodies: Mapping[int, int] | None = None,
    document: Document | None = None,
) -> Act:
    """From a day several units are one: `into`, or a new one with `values` (fields of UnitEntry).

    What stands in the sources, covers them or has its seat there goes along. `bodies` leads from the bodies that are
    merged too to those they are merged into. `values` beside `into` change how that one stands from the day.
    Raises Refused with everything that stands against it.
    """
    lock(*ALL_WALKS)
    pairs = dict(bodies or {})
    refuse([*forbids_merger(sources, into, on), *of_bodies.forbids_pairs(pairs, on)])
    facts = {"old": [unit.pk for unit in sources], "bodies": pairs}
    act = record_reform("merge_units", into or sources[0], on, by, facts, document)
    end(act, on, units=[unit.pk for unit in sources], bodies=pairs)
    target = _set_up(act, into, values or {}, on)
    _write_lineage(act, on, [(unit, target, How.MERGED, Decimal(1)) for unit in sources], document)
    of_bodies.write_mergers(act, on, pairs, document)
    routes = Routes(units={unit.pk: target.pk for unit in sources}, bodies=pairs)
    _carry(act, on, routes, today, {*routes.units, target.pk})
    return act


# == dividing ==
def forbids_split(unit: Unit, parts: Sequence[Part], on: date, *, stays: bool) -> list[str]:
    """What stands against dividing a unit; `stays`: it goes on itself, beside its parts."""
    standing = [part.unit for part in parts if part.unit]
    found = not_standing(UnitEntry, [unit.pk, *(each.pk for each in standing)], on)
    if len(parts) + stays < 2:
        found.append(_("A division needs at least two parts. Name another one."))
    if unit in standing:
        found.append(_("Say that the unit itself goes on; do not name it among its parts."))
    found += wrong_shares([part.share for part in parts], stays=stays)
    if not stays:
        found += tied(UnitEntry, [unit.pk], on)
        found += [sentence for each in standing for sentence in _would_stand_in_itself(each, [unit], on)]
    return found


@in_sentences
def split_unit(
    unit: Unit,
    *,
    parts: Sequence[Part],
    stays: bool,
    on: date,
    today: date,
    by: Reader | None,
    apart: Mapping[tuple[Link, int], int] | None = None,
    document: Document | None = None,
) -> Act:
    """From a day a unit is divided into parts, and ends or stays beside them.

    `apart` says for what stands in it, has its seat there, covers it or is housed in it to which part it goes, by the
    number of the part from 0. All else goes to the first part, or stays with the unit. Raises Refused.
    """
    lock(*ALL_WALKS)
    refuse(forbids_split(unit, parts, on, stays=stays))
    act = record_reform("split_unit", unit, on, by, {"parts": len(parts), "stays": stays}, document)
    if not stays:
        end(act, on, units=[unit.pk])
    made = [_set_up(act, part.unit, part.values, on) for part in parts]
    links = [(unit, new, How.SPLIT, part.share) for new, part in zip(made, parts, strict=True)]
    _write_lineage(act, on, links, document)
    goes = {link: made[number].pk for link, number in (apart or {}).items()}
    routes = Routes(units={unit.pk: unit.pk if stays else made[0].pk}, apart=goes)
    _carry(act, on, routes, today, {unit.pk, *(new.pk for new in made)})
    return act


# == closing and reopening ==
@in_sentences
def close_unit(
    unit: Unit,
    *,
    to: Unit,
    on: date,
    today: date,
    by: Reader | None,
    is_known: bool = True,
    document: Document | None = None,
) -> Act:
    """End a unit; what stands in it or has its seat there goes to `to`, its covers end.

    `is_known=False` writes down that what became of it is not known. Raises Refused.
    """
    lock(*ALL_WALKS)
    refuse(forbids_merger([unit], to, on))
    act = record_reform("dissolve_unit", unit, on, by, {"to": to.pk, "known": is_known}, document)
    end(act, on, units=[unit.pk])
    end_links(act, on, units=[unit.pk])
    if not is_known:
        _write_lineage(act, on, [(unit, None, How.UNKNOWN, None)], document)
    _carry(act, on, Routes(units={unit.pk: to.pk}), today, {unit.pk})
    return act


@in_sentences
def reopen_unit(
    unit: Unit,
    *,
    on: date,
    today: date,
    by: Reader | None,
    values: Mapping[str, Any] | None = None,
    document: Document | None = None,
) -> Act:
    """A unit that has ended stands again from a day, as it stood last, save for `values`. Raises Refused."""
    lock(*ALL_WALKS)
    as_before = as_stood_last(UnitEntry, unit.pk, on, values or {})
    act = record_reform("reopen_unit", unit, on, by, {}, document)
    _enter(act, unit, as_before, on)
    refresh_unit_paths(today, [unit.pk])
    return act


# == what they share ==
def _would_stand_in_itself(into: Unit, sources: Sequence[Unit], on: date) -> list[str]:
    above = set(way_up(TERRITORY, into.pk, on))
    names = last_names(UnitEntry, [into.pk, *above])
    return [
        _("“%(new)s” stands in “%(old)s” and would stand in itself. Move it out first.")
        % {"new": names[into.pk], "old": names[source.pk]}
        for source in sources
        if source.pk in above
    ]


def _set_up(act: Act, unit: Unit | None, values: Mapping[str, Any], on: date) -> Unit:
    """The unit that receives: a new one, or one that stands, changed from the day. What ends has ended by now."""
    if unit is None:
        unit = Unit.objects.create()
        _enter(act, unit, values, on)
    elif values:
        change_entries(act, UnitEntry.objects.filter(unit=unit), on, values)
    return unit


def _enter(act: Act, unit: Unit, values: Mapping[str, Any], on: date) -> None:
    if not values.get("name"):
        raise Refused(_("The new unit has no name. Write one."))
    check_parent(unit, values.get("parent"), on)
    UnitEntry.objects.create(unit=unit, valid=(on, None), act=act, **values)
    check_lives(UnitEntry.objects.filter(unit=unit, act=act), values)
    learn([values["name"]])


def _write_lineage(
    act: Act, on: date, links: Sequence[tuple[Unit, Unit | None, str, Decimal | None]], document: Document | None
) -> None:
    UnitLineage.objects.bulk_create(
        UnitLineage(old=old, new=new, how=how, share=share, on=on, document=document, act=act)
        for old, new, how, share in links
    )


def _carry(act: Act, on: date, routes: Routes, today: date, changed: set[int]) -> None:
    moved = carry(act, on, routes)
    refresh_unit_paths(today, {*changed, *moved.units})
    refresh_body_paths(today, {*routes.bodies, *moved.bodies})
