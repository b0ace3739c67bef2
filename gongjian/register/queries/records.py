"""One unit or body by its code, and the counts of a day: what the command line and the API tell in plain values."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q

from ..access import Reader, body_entries_visible_to, unit_entries_visible_to
from ..models import BodyEntry, Line, UnitEntry, UnitKind
from ..models.words import spoken
from ..walks import TERRITORY, way_up


def day_counts(reader: Reader, day: date) -> dict[str, Any]:
    """How many units of each level and kind, and bodies of each line, stood on a day. Four queries."""
    kinds = {kind.key: kind for kind in UnitKind.objects.all()}
    by_kind = dict(unit_entries_visible_to(reader).on(day).values_list("kind").annotate(Count("id")).order_by("kind"))
    levels = {level: 0 for level in UnitKind.Level.values}
    for key, count in by_kind.items():
        levels[kinds[key].level] += count
    by_line = dict(body_entries_visible_to(reader).on(day).values_list("body__line").annotate(Count("id")))
    divisions = sum(levels[level] for level in ("city", "county", "town", "village"))
    return {
        "on": day.isoformat(),
        "divisions": divisions,
        "counties": levels["county"],
        "towns": levels["town"],
        "villages": levels["village"],
        "places": levels["place"],
        "employers": levels["employer"],
        "units": sum(levels.values()),
        "units_by_kind": by_kind,
        "bodies": sum(by_line.values()),
        "bodies_by_line": {line.key: by_line.get(line.key, 0) for line in Line.objects.all()},
    }


def unit_with_code(reader: Reader, code: str, day: date) -> UnitEntry | None:
    """The unit that held the code on the day: statistical code or credit code."""
    held = Q(code=code) | Q(credit_code=code)
    return unit_entries_visible_to(reader).on(day).filter(held).select_related("kind").first()


def body_with_code(reader: Reader, code: str, day: date) -> BodyEntry | None:
    return (
        body_entries_visible_to(reader).on(day).filter(code=code).select_related("kind", "body__line", "form").first()
    )


def holders_of_code(reader: Reader, code: str) -> list[UnitEntry | BodyEntry]:
    """Every entry that ever held the code, oldest first."""
    units = unit_entries_visible_to(reader).filter(Q(code=code) | Q(credit_code=code)).order_by("valid")
    bodies = body_entries_visible_to(reader).filter(code=code).order_by("valid")
    return [*units, *bodies]


def unit_told(reader: Reader, entry: UnitEntry, day: date) -> dict[str, Any]:
    """A unit as it stood on a day, with the names of what it stood under, from the top down."""
    above = way_up(TERRITORY, entry.unit_id, day)[:-1]
    names = dict(unit_entries_visible_to(reader).on(day).filter(unit__in=above).values_list("unit_id", "name"))
    return {
        "on": day.isoformat(),
        "type": "unit",
        "id": entry.unit_id,
        "name": entry.name,
        "official_name": entry.official_name or entry.name,
        "code": entry.code,
        "credit_code": entry.credit_code,
        "kind": entry.kind_id,
        "level": entry.kind.level,
        "status": entry.status,
        "parent": {"id": above[-1], "name": names.get(above[-1], "")} if above else None,
        "under": [{"id": id, "name": names.get(id, "")} for id in above],
        "since": entry.since.isoformat() if entry.since else None,
        "until": entry.until.isoformat() if entry.until else None,
    }


def body_told(reader: Reader, entry: BodyEntry, day: date) -> dict[str, Any]:
    """A body as it stood on a day, with the names of its seat, superior and leader."""
    seats = dict(unit_entries_visible_to(reader).on(day).filter(unit=entry.seat_id).values_list("unit_id", "name"))
    linked = [id for id in (entry.superior_id, entry.leader_id) if id]
    names = dict(body_entries_visible_to(reader).on(day).filter(body__in=linked).values_list("body_id", "name"))

    def named(id: int | None, among: dict[int, str]) -> dict[str, Any] | None:
        return {"id": id, "name": among.get(id, "")} if id else None

    return {
        "on": day.isoformat(),
        "type": "body",
        "id": entry.body_id,
        "name": entry.name,
        "code": entry.code,
        "line": entry.body.line_id,
        "kind": entry.kind_id,
        "kind_name": spoken(entry.kind.names),
        "form": entry.form_id,
        "seat": named(entry.seat_id, seats),
        "superior": named(entry.superior_id, names),
        "leader": named(entry.leader_id, names),
        "since": entry.since.isoformat() if entry.since else None,
        "until": entry.until.isoformat() if entry.until else None,
    }
