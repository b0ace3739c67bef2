"""The map of a place: each division two levels below as large as what is counted there, as dark as it is full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import squarify

from gongjian.register.access import Reader, unit_entries_visible_to
from gongjian.register.queries.structure import DIVISIONS

from .access import place_readings_visible_to
from .models import Indicator, Reading, Run
from .shades import shade


@dataclass(frozen=True)
class Box:
    """Where it lies in the one around it, in per cent from the left and the top."""

    left: float
    top: float
    width: float
    height: float

    @property
    def style(self) -> str:
        sides = (("left", self.left), ("top", self.top), ("width", self.width), ("height", self.height))
        return ";".join(f"{name}:{value:.2f}%" for name, value in sides)


@dataclass(frozen=True)
class Tile:
    """One division two levels below."""

    unit_id: int
    name: str
    reading: Reading
    box: Box

    @property
    def shade(self) -> str:
        return shade(self.reading)


@dataclass(frozen=True)
class Group:
    """One division right below, and those in it."""

    unit_id: int
    name: str
    box: Box
    tiles: list[Tile]


def treemap(reader: Reader, indicator: Indicator, place: int, run: Run) -> list[Group]:
    """The divisions two levels below a place, in those right below it; empty where nothing lies so deep.

    Three queries.
    """
    entries = unit_entries_visible_to(reader).on(run.day).filter(kind__level__in=DIVISIONS)
    above = dict(entries.filter(parent=place).values_list("unit_id", "name"))
    below = {
        unit: (name, parent)
        for unit, name, parent in entries.filter(parent__in=list(above)).values_list("unit_id", "name", "parent_id")
    }
    found = place_readings_visible_to(reader).filter(
        indicator=indicator, day=run.day, unit__in=list(below), denominator__gt=0
    )
    inside: dict[int, list[Reading]] = {}
    for reading in found:
        inside.setdefault(below[reading.unit_id or 0][1], []).append(reading)
    sizes = {parent: sum(each.denominator for each in readings) for parent, readings in inside.items()}
    order = sorted(sizes, key=lambda parent: (-sizes[parent], parent))
    boxes = _boxes(tuple(sizes[parent] for parent in order), 200.0)
    return [
        Group(parent, above[parent], box, _tiles(inside[parent], below, box))
        for parent, box in zip(order, boxes, strict=True)
    ]


def _tiles(readings: Iterable[Reading], below: dict[int, tuple[str, int]], around: Box) -> list[Tile]:
    largest_first = sorted(readings, key=lambda each: (-each.denominator, each.unit_id or 0))
    boxes = _boxes(tuple(each.denominator for each in largest_first), 200 * around.width / around.height)
    return [
        Tile(each.unit_id or 0, below[each.unit_id or 0][0], each, box)
        for each, box in zip(largest_first, boxes, strict=True)
    ]


@lru_cache(maxsize=512)
def _boxes(sizes: tuple[int, ...], wide: float) -> tuple[Box, ...]:
    """Boxes of these sizes, largest first, that fill a field `wide` across and 100 high. The same all day."""
    laid = squarify.squarify(squarify.normalize_sizes(sizes, wide, 100), 0, 0, wide, 100)
    return tuple(Box(100 * each["x"] / wide, each["y"], 100 * each["dx"] / wide, each["dy"]) for each in laid)
