"""Villages, employers and coverage per place below one, on a day, in the structure of that day or of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..access import Reader, unit_entries_visible_to
from ..models import Line
from ..shares import NONE
from .members import PlaceMembers, place_members
from .structure import DIVISIONS, Count, Numbers, Structure, Tree, counts_by_place, tree_on

FEW = 20  # under so many units a rate says little


@dataclass(frozen=True)
class FigureRow:
    """One place, the part that lies right in the place above, or what stands between places; with its numbers."""

    places: tuple[tuple[int, str], ...]
    is_of_level: bool
    villages: Decimal
    employers: Decimal
    covered: Decimal

    @property
    def names(self) -> str:
        return " / ".join(name for _id, name in self.places)

    @property
    def rate(self) -> float | None:
        return float(self.covered / self.employers) if self.employers else None


@dataclass(frozen=True)
class PlaceFigures:
    """`rows` are the places of the next level, then what could not be put in one of them; `whole` is their sum.

    `names` are those of every place named, among the members as well.
    """

    level: str
    rows: list[FigureRow]
    whole: FigureRow
    least: FigureRow | None
    members: PlaceMembers
    names: dict[int, str]


def place_figures(
    reader: Reader, unit_id: int, day: date, today: date, *, line: Line | None, structure: Structure
) -> PlaceFigures | None:
    """The figures of a place; None if it does not stand on the day of the structure, or nothing can be below it."""
    shown = today if structure == "today" else day
    tree = tree_on(reader, shown)
    at = tree.levels.get(unit_id)
    if at not in DIVISIONS[:-1]:
        return None
    level = DIVISIONS[DIVISIONS.index(at) + 1]
    counted = {
        of: _below(
            tree,
            unit_id,
            counts_by_place(
                reader,
                day,
                level=level,
                of_level=of,
                line=line.key if line else None,
                structure=structure,
                today=today,
            ),
        )
        for of in ("village", "employer")
    }
    keys = {*counted["village"], *counted["employer"]}
    keys |= {(id,) for id, its in tree.levels.items() if its == level and unit_id in tree.way_up(id)}
    members = place_members(reader, unit_id, day, today, level=level, tree=tree, structure=structure)
    named = keys | {row.places for row in members.rows}
    names = _names(reader, shown, {id for places in named for id in places})
    rows = [_row(places, counted, names, tree, level) for places in keys]
    rows.sort(key=lambda row: (not row.is_of_level, -row.employers, row.places))
    measured = [row for row in rows if row.is_of_level and row.employers >= FEW]
    least = min(measured, key=lambda row: row.rate or 0.0) if len(measured) > 1 else None
    return PlaceFigures(level, rows, _whole(rows), least, members, names)


def _below(tree: Tree, unit_id: int, counts: Iterable[Count]) -> dict[tuple[int, ...], Numbers]:
    """What lies in the place for sure, or at least may."""
    return {count.places: count.numbers for count in counts if any(unit_id in tree.way_up(id) for id in count.places)}


def _names(reader: Reader, day: date, ids: Iterable[int]) -> dict[int, str]:
    return dict(unit_entries_visible_to(reader).on(day).filter(unit__in=set(ids)).values_list("unit_id", "name"))


def _row(
    places: tuple[int, ...],
    counted: dict[str, dict[tuple[int, ...], Numbers]],
    names: dict[int, str],
    tree: Tree,
    level: str,
) -> FigureRow:
    employers = counted["employer"].get(places, Numbers())
    return FigureRow(
        places=tuple((id, names.get(id, "")) for id in places),
        is_of_level=len(places) == 1 and tree.levels[places[0]] == level,
        villages=counted["village"].get(places, Numbers()).units,
        employers=employers.units,
        covered=employers.covered,
    )


def _whole(rows: list[FigureRow]) -> FigureRow:
    villages, employers, covered = (
        sum((getattr(row, key) for row in rows), NONE) for key in ("villages", "employers", "covered")
    )
    return FigureRow((), True, villages, employers, covered)
