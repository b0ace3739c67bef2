"""What the pages of public figures show: the figures of a quarter at a place and at those right below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from gongjian.register.access import Reader, unit_entries_visible_to

from .access import publications_visible_to, published_visible_to
from .models import Indicator, Publication, PublicFigure
from .shades import shade

QUARTERS_SHOWN = 8


@dataclass(frozen=True)
class Shown:
    """One indicator at one place; no figure where nothing is counted there."""

    indicator: Indicator
    figure: PublicFigure | None

    @property
    def shade(self) -> str:
        return shade(self.figure)

    @property
    def share(self) -> float | None:
        """In per cent, for the drawing."""
        rate = self.figure.rate if self.figure else None
        return None if rate is None else 100 * rate


@dataclass(frozen=True)
class Row:
    """A place with its figures in the order of the indicators; whether places below it are told as well."""

    unit_id: int
    name: str
    has_parts: bool
    cells: list[Shown]


@dataclass(frozen=True)
class Table:
    """What is told of a place: its own row, those right below in the order of their codes, and the places around it."""

    publication: Publication
    own: Row
    below: list[Row]
    around: list[tuple[int, str]]
    indicators: list[Indicator]

    @property
    def holds_back(self) -> bool:
        cells = [cell for row in (self.own, *self.below) for cell in row.cells]
        return any(cell.figure and cell.figure.is_held_back for cell in cells)

    def only(self, key: str) -> Table | None:
        """The same with one of the indicators; None if it is not among them."""
        indicators = [each for each in self.indicators if each.pk == key]
        below = [_only(row, key) for row in self.below]
        kept = replace(self, own=_only(self.own, key), below=below, indicators=indicators)
        return kept if indicators else None


def _only(row: Row, key: str) -> Row:
    return replace(row, cells=[cell for cell in row.cells if cell.indicator.pk == key])


def quarters(reader: Reader) -> list[Publication]:
    """The last ones that were told, the latest first."""
    return list(publications_visible_to(reader)[:QUARTERS_SHOWN])


def told_on(reader: Reader, day: date) -> Publication | None:
    """What a page of the day shows: the last that was told of that day or of one before."""
    return publications_visible_to(reader).filter(day__lte=day).first()


def table(reader: Reader, publication: Publication, place: int | None = None) -> Table | None:
    """The figures of a place, or of the whole; None if nothing is told of it. Three queries."""
    figures = published_visible_to(reader).filter(publication=publication)
    above = dict(figures.order_by().values_list("unit_id", "above_id").distinct())
    top = min((id for id, over in above.items() if over is None), default=None)
    shown = top if place is None else place
    if shown not in above:
        return None
    below = [id for id, over in above.items() if over == shown]
    around = _around(shown, above)
    entries = unit_entries_visible_to(reader).on(publication.day).filter(unit__in=[shown, *below, *around])
    names = dict(entries.order_by("code", "unit_id").values_list("unit_id", "name"))
    if shown not in names:
        return None
    here = figures.filter(unit__in=[shown, *below]).select_related("indicator__line")
    found = {(each.unit_id, each.indicator_id): each for each in here}
    indicators = sorted({each.indicator for each in found.values()}, key=lambda each: (each.position, each.pk))
    parents = set(above.values())
    rows = {
        id: Row(id, name, id in parents, [Shown(each, found.get((id, each.pk))) for each in indicators])
        for id, name in names.items()
    }
    trail = [(id, names[id]) for id in around if id in names]
    return Table(publication, rows[shown], [rows[id] for id in names if id in set(below)], trail, indicators)


def _around(place: int, above: Mapping[int, int | None]) -> list[int]:
    """The places it is a part of, from the whole down."""
    found: list[int] = []
    over = above[place]
    while over is not None:
        found.insert(0, over)
        over = above.get(over)
    return found


def rows_of(table: Table) -> Iterable[tuple[Row, Shown]]:
    """Every figure of a table, the place's own first."""
    return ((row, cell) for row in (table.own, *table.below) for cell in row.cells)
