"""The records behind a reading: rollup's conditions asked of the register itself, for one page of rows at a time.

A page never starts an engine. That both say the same is tested for every indicator of the pack. Of facts of matters
above – pledges, comments – those say themselves how a row is asked (`add_column`), when they start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any, Literal, TypeAlias

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, LessThanOrEqual

from gongjian.register.models import (
    BodyEntry,
    Cover,
    Headcount,
    Membership,
    Office,
    Plaque,
    StandsIn,
    Term,
    UnitEntry,
    Venue,
    VenueCheck,
    VenueShare,
)
from gongjian.register.models.dated import Among
from rollup.definition import NO, Conditions, Definition, each_of
from rollup.facts import HEADS

from .models import Exclusion

Which: TypeAlias = Literal["missing", "having", "counted", "left_out"]
Ask: TypeAlias = Callable[[date, str, Any], Q]
NOTHING = Q(pk__in=())


def rows_of(definition: Definition, which: Which, day: date) -> QuerySet[Any]:
    """Entries of units or bodies, or venues, of the day: what the definition means, counts, finds having or missing."""
    rows = _every(definition.of, day)
    rows = rows.filter(_fits(definition.of, definition.where, day))
    out = ~_fits(definition.of, definition.counted, day)
    if definition.of == "units":
        out |= Q(Exists(Exclusion.objects.on(day).filter(indicator=definition.key, unit=OuterRef("unit"))))
    if which == "left_out":
        return rows.filter(out)
    rows = rows.filter(~out)
    if which == "counted":
        return rows
    having = _fits(definition.of, definition.having, day)
    return rows.filter(having if which == "having" else ~having)


def _every(of: str, day: date) -> QuerySet[Any]:
    models: Mapping[str, Any] = {"units": UnitEntry, "bodies": BodyEntry, "venues": Venue}
    rows: QuerySet[Any] = models[of].objects.on(day)
    return rows


def _fits(of: str, conditions: Conditions, day: date) -> Q:
    parts = [_holds(of, name, value, day) for name, value in conditions.items()]
    return reduce(and_, parts, Q())


def _holds(of: str, name: str, value: Any, day: date) -> Q:
    relation = RELATIONS[of].get(name.removeprefix(NO))
    if relation:
        each = [Q(relation(day, one)) for one in each_of(value)]
        return reduce(and_, (~some if name.startswith(NO) else some for some in each))
    for end, lookup in (("_from", "gte"), ("_to", "lte")):
        column = name.removesuffix(end)
        if column != name and column in COLUMNS[of]:
            return COLUMNS[of][column](day, lookup, value)
    return COLUMNS[of][name](day, "in" if isinstance(value, list) else "exact", value)


# == columns ==
def _plain(path: str) -> Ask:
    return lambda day, lookup, value: Q(**{f"{path}__{lookup}": value})


def _heads(column: str) -> Ask:
    def asked(day: date, lookup: str, value: Any) -> Q:
        counted = Headcount.objects.on(day).filter(_same("unit_id"), **{f"{column}__{lookup}": value})
        return Q(Exists(counted))

    return asked


def _stands_in(day: date, lookup: str, value: Any) -> Q:
    kinds = UnitEntry.objects.on(day).filter(unit=OuterRef("place"), **{f"kind__{lookup}": value})
    return Q(Exists(StandsIn.objects.on(day).filter(Exists(kinds), unit=OuterRef("unit"))))


def _many(model: type[Model], ours: str, theirs: str, **narrowed: bool) -> Ask:
    """How many rows of another table belong to this one on the day."""

    def asked(day: date, lookup: str, value: Any) -> Q:
        theirs_now = model._default_manager.filter(valid__contains=day, **narrowed, **{theirs: OuterRef(ours)})
        number = theirs_now.order_by().values(theirs).annotate(number=Count("pk")).values("number")
        return Q(_compared(Coalesce(Subquery(number), 0), lookup, value))

    return asked


def _compared(number: Any, lookup: str, value: Any) -> Any:
    return {"exact": Exact, "in": In, "gte": GreaterThanOrEqual, "lte": LessThanOrEqual}[lookup](number, value)


def one_of(states: Mapping[str, Q]) -> Ask:
    """A column with a few words: of each when a row has it."""

    def asked(day: date, lookup: str, value: Any) -> Q:
        return reduce(or_, (states.get(state, NOTHING) for state in each_of(value)), NOTHING)

    return asked


def _term(day: date, lookup: str, value: Any) -> Q:
    begun = Term.objects.filter(body=OuterRef("body"), valid__startswith__lte=day)
    runs = Exists(begun.filter(valid__contains=day))
    states = {
        "none": Q(kind__has_term=False),
        "running": Q(kind__has_term=True) & Q(runs),
        "expired": Q(kind__has_term=True) & ~Q(runs) & Q(Exists(begun)),
        "unknown": Q(kind__has_term=True) & ~Q(Exists(begun)),
    }
    return one_of(states)(day, lookup, value)


def _last_check(day: date, lookup: str, value: Any) -> Q:
    last = VenueCheck.objects.filter(venue=OuterRef("pk"), checked_on__lte=day).order_by("-checked_on")
    return Q(_compared(Coalesce(Subquery(last.values("items__len")[:1]), 0), lookup, value))


COLUMNS: dict[str, dict[str, Ask]] = {
    "units": {
        "level": _plain("kind__level"),
        **{name: _plain(name) for name in ("kind", "status", "trade", "ownership")},
        "stands_in": _stands_in,
        **{name: _heads(name) for name in HEADS["units"]},
    },
    "bodies": {
        "line": _plain("body__line"),
        "kind": _plain("kind"),
        "form": _plain("form"),
        "term": _term,
        "led": lambda day, lookup, value: Q(leader__isnull=not value),
        "heads": _many(Office, "body", "body", kind__heads=True),
        "officers": _many(Office, "body", "body"),
        "members": _many(Membership, "body", "body"),
    },
    "venues": {
        "lines": _many(VenueShare, "pk", "venue"),
        "items": _last_check,
        "hours": lambda day, lookup, value: ~Q(hours="") if value else Q(hours=""),
        "keeper": lambda day, lookup, value: Q(keeper__isnull=not value),
    },
}


def add_column(of: str, name: str, ask: Ask) -> None:
    """The same again replaces the former."""
    COLUMNS[of][name] = ask


# == relations ==
def _same(theirs: str) -> Q:
    """In the same unit; written so that the plain index answers."""
    return Q(Among(F(theirs), OuterRef("unit_id")))


def _covers(ours: str, theirs: str) -> Callable[[date, Conditions], Exists]:
    def asked(day: date, conditions: Conditions) -> Exists:
        covers = Cover.objects.on(day).filter(Q(Among(F(theirs), OuterRef(ours))))
        plain = dict(conditions)
        line = plain.pop("line", None)
        if line is not None:
            covers = covers.filter(body__line__in=each_of(line))
        entries = BodyEntry.objects.on(day).filter(body=OuterRef("body"))
        return Exists(covers.filter(Exists(entries.filter(_fits("bodies", plain, day)))))

    return asked


def _seats(day: date, conditions: Conditions) -> Exists:
    return Exists(BodyEntry.objects.on(day).filter(_fits("bodies", conditions, day), seat=OuterRef("unit")))


def _venues(ours: str, theirs: str) -> Callable[[date, Conditions], Exists]:
    def asked(day: date, conditions: Conditions) -> Exists:
        return Exists(Venue.objects.on(day).filter(_fits("venues", conditions, day), **{theirs: OuterRef(ours)}))

    return asked


def _plaques(ours: str, theirs: str) -> Callable[[date, Conditions], Exists]:
    def asked(day: date, conditions: Conditions) -> Exists:
        kinds = {f"kind__{'in' if isinstance(v, list) else 'exact'}": v for v in conditions.values()}
        hung = Plaque.objects.on(day).filter(venue__valid__contains=day, **kinds)
        return Exists(hung.filter(**{theirs: OuterRef(ours)}))

    return asked


RELATIONS: Mapping[str, dict[str, Callable[[date, Conditions], Exists]]] = {
    "units": {
        "covered_by": _covers("unit_id", "unit_id"),
        "seat_of": _seats,
        "venue": _venues("unit", "unit"),
        "plaque": _plaques("unit", "venue__unit"),
    },
    "bodies": {"covers": _covers("body_id", "body_id"), "venue": _venues("body", "owner")},
    "venues": {"plaque": _plaques("pk", "venue")},
}


def add_relation(of: str, name: str, asked: Callable[[date, Conditions], Exists]) -> None:
    """A relation whose rows are kept by a package above. The same again replaces the former."""
    RELATIONS[of][name] = asked
