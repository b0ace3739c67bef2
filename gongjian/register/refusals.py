"""The sentences in which a single change is refused, and what the database refuses said in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Body, BodyEntry, Unit, UnitEntry

SHOWN = 30  # characters of a text that is too long to be told in full


class Refused(Exception):
    """The register cannot take this. The sentence says what is wrong and what to do."""


_UNIT_BELOW_ITSELF = gettext_lazy("A unit cannot stand below itself. Choose a parent outside its own territory.")
_BODY_BELOW_ITSELF = gettext_lazy("A body cannot stand below itself. Choose one outside its own branch.")
_NO_NAME = gettext_lazy("The name is empty. Enter a name.")
_CHANGED_JUST_NOW = gettext_lazy("Somebody else has changed it just now. Look at it again, then repeat your change.")
_GONE_JUST_NOW = gettext_lazy("What this stands on has just been taken out of the register. Look it up again.")

BY_CONSTRAINT = {
    "register_unit_not_in_itself": _UNIT_BELOW_ITSELF,
    "register_no_circle_in_territory": _UNIT_BELOW_ITSELF,
    "register_no_circle_in_places": gettext_lazy("A place cannot stand in itself. Choose another one."),
    "register_body_not_its_superior": _BODY_BELOW_ITSELF,
    "register_body_not_its_leader": _BODY_BELOW_ITSELF,
    "register_no_circle_in_line": _BODY_BELOW_ITSELF,
    "register_no_circle_in_leadership": _BODY_BELOW_ITSELF,
    "register_unit_has_a_name": _NO_NAME,
    "register_body_has_a_name": _NO_NAME,
    "register_unit_one_entry_a_day": _CHANGED_JUST_NOW,
    "register_body_one_entry_a_day": _CHANGED_JUST_NOW,
    "register_cover_once_a_day": gettext_lazy("The body covers this unit already."),
    "register_cover_within_body": gettext_lazy(
        "A cover would reach outside the life of its body. End the cover first."
    ),
}
_LINEAGE = gettext_lazy(
    "It was merged or divided later, or another went on in it. Undo that first, or choose a day after it."
)
BY_CONSTRAINT |= {
    f"register_{guard}": _LINEAGE
    for guard in ("unit_lineage_fits", "body_lineage_fits", "unit_holds_lineage", "body_holds_lineage")
}
MISSING = {
    "name": _NO_NAME,
    "kind_id": gettext_lazy("The kind is missing. Choose one."),
    "form_id": gettext_lazy("The form of establishment is missing. Choose one."),
    "seat_id": gettext_lazy("The seat is missing. Choose the unit it stands in."),
}
CODES: dict[str, tuple[type[UnitEntry] | type[BodyEntry], str]] = {
    "register_unit_code_once_a_day": (UnitEntry, "code"),
    "register_unit_credit_code_once_a_day": (UnitEntry, "credit_code"),
    "register_body_code_once_a_day": (BodyEntry, "code"),
}
NOT_NULL, FOREIGN_KEY = "23502", "23503"


def check_texts(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Texts that the register can hold, and a name that is one."""
    for field, value in values.items():
        column = model._meta.get_field(field)
        if not isinstance(column, models.CharField):
            continue
        text = str(value or "")
        if field == "name" and not text.strip():
            raise Refused(str(_NO_NAME))
        if "\x00" in text:
            raise Refused(_("“%(text)s” holds a sign that cannot be kept. Type it anew.") % {"text": _short(text)})
        if column.max_length and len(text) > column.max_length:
            raise Refused(
                _("“%(text)s” is %(length)s characters long; at most %(longest)s can be kept. Shorten it.")
                % {"text": _short(text), "length": len(text), "longest": column.max_length}
            )


def _short(text: str) -> str:
    text = text.replace("\x00", "")
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def refusal_of(error: IntegrityError, thing: object, given: Mapping[str, Any]) -> str:
    """What the database holds against a change of `thing` with the values `given`, and what to do.

    `given` are the arguments of the action; those of a reform hold the fields of an entry under "values".
    """
    given = {**given, **(given.get("values") or {})}
    told = getattr(error.__cause__, "diag", None)
    constraint = getattr(told, "constraint_name", None) or ""
    if constraint in CODES:
        model, field = CODES[constraint]
        return code_taken(model, field, thing, given)
    if constraint in BY_CONSTRAINT:
        return str(BY_CONSTRAINT[constraint])
    state, column = getattr(told, "sqlstate", ""), getattr(told, "column_name", "")
    if state == NOT_NULL and column in MISSING:
        return str(MISSING[column])
    return str(_GONE_JUST_NOW if state == FOREIGN_KEY else _CHANGED_JUST_NOW)


def code_taken(model: type[UnitEntry] | type[BodyEntry], field: str, thing: object, given: Mapping[str, Any]) -> str:
    """Who else holds the code on some of the days, and from when until when."""
    days: tuple[date, date | None] = given["on"], given.get("until")
    held: Any = model._default_manager.filter(**{field: given.get(field) or ""}, valid__overlap=days)
    if isinstance(thing, Unit | Body):
        held = held.exclude(unit=thing) if isinstance(thing, Unit) else held.exclude(body=thing)
    holder = held.order_by("valid").first()
    if holder is None:
        return _("Another one holds the code on some of these days. Choose another code, or other days.")
    facts = {"code": given[field], "name": holder.name, "since": holder.since, "until": holder.until}
    said = (
        _("The code %(code)s is held by “%(name)s” from %(since)s on. Choose another one, or close that one first.")
        if holder.until is None
        else _(
            "The code %(code)s is held by “%(name)s” from %(since)s until %(until)s. "
            "Choose another code, or a day from %(until)s on."
        )
    )
    return said % facts
