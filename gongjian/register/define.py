"""Defining the register's words: lines, kinds, forms, offices, the smaller lists and the thresholds of a pack.

Each verb is idempotent by key: defining the same again changes nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import ProtectedError, Q

from .models import (
    BodyKind,
    Choice,
    Form,
    Line,
    OfficeKind,
    Plaque,
    Role,
    Threshold,
    UnitEntry,
    UnitKind,
    VenueCheck,
)

Names = dict[str, str]


class StillUsed(ValueError):
    """A word cannot be dropped while rows of the register are written with it."""


def define_line(key: str, *, names: Names, position: int, mark: str, leads: bool) -> Line:
    return _define(Line, {"key": key}, names=names, position=position, mark=mark, leads=leads)


def define_unit_kind(key: str, *, names: Names, position: int, level: str, under: list[str]) -> UnitKind:
    return _define(UnitKind, {"key": key}, names=names, position=position, level=level, under=under)


def define_body_kind(key: str, *, names: Names, position: int, line: str, many_units: bool, has_term: bool) -> BodyKind:
    return _define(
        BodyKind,
        {"key": key},
        names=names,
        position=position,
        line_id=line,
        many_units=many_units,
        has_term=has_term,
    )


def define_form(key: str, *, names: Names, position: int) -> Form:
    return _define(Form, {"key": key}, names=names, position=position)


def define_role(
    key: str,
    *,
    names: Names,
    position: int,
    permissions: list[str],
    walk: str,
    depth: int | None,
    second_factor: bool = False,
) -> Role:
    reach = {"permissions": permissions, "walk": walk, "depth": depth}
    return _define(Role, {"key": key}, names=names, position=position, second_factor=second_factor, **reach)


def define_office_kind(
    key: str, *, names: Names, position: int, line: str | None, heads: bool, roles: list[str]
) -> OfficeKind:
    kind: OfficeKind = _define(OfficeKind, {"key": key}, names=names, position=position, line_id=line, heads=heads)
    kind.roles.set(Role.objects.filter(pk__in=roles))
    return kind


def define_choice(key: str, *, list: str, names: Names, position: int) -> Choice:
    return _define(Choice, {"list": list, "key": key}, names=names, position=position)


def define_threshold(
    key: str, *, since: date, until: date | None, line: str, least: int, names: Names, source: str
) -> Threshold:
    """One version of a rule; the day from which it holds belongs to its identity."""
    same = Threshold.objects.filter(key=key, valid__startswith=since).first() or Threshold(key=key)
    return _write(same, valid=(since, until), line_id=line, least=least, names=names, source=source)


def drop(word: models.Model) -> None:
    """Take a word out of the vocabulary; raises StillUsed if something in the register is written with it."""
    if isinstance(word, Choice) and _is_chosen(word):
        raise StillUsed(word.key)
    try:
        word.delete()
    except ProtectedError as error:
        raise StillUsed(word.pk) from error


def _is_chosen(choice: Choice) -> bool:
    match choice.list:
        case "status" | "ownership" | "trade" | "sector":
            return UnitEntry.objects.filter(Q((choice.list, choice.key))).exists()
        case "plaque":
            return Plaque.objects.filter(kind=choice.key).exists()
        case "check_item":
            return VenueCheck.objects.filter(items__contains=[choice.key]).exists()
    return False


def _define(model: type[Any], key: dict[str, str], **values: Any) -> Any:
    return _write(model.objects.filter(**key).first() or model(**key), **values)


def _write(row: Any, **values: Any) -> Any:
    row.__dict__.update(values)
    row.save()
    return row
