"""In which neighbourhoods a unit lies. From plain facts; no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rollup.joining import Hood


class Around(NamedTuple):
    """How a unit stands on a day: its level, parent, trade, and the building, park or market it stands in."""

    level: str
    parent: int | None
    place: int | None
    trade: str


def way_up(id: int | None, around: Mapping[int, Around]) -> Iterator[int]:
    """A unit and all it stands in, from below."""
    while id is not None and id in around:
        yield id
        id = around[id].parent


def county_of(id: int, around: Mapping[int, Around]) -> int | None:
    """The county that a unit lies in, itself included."""
    return next((each for each in way_up(id, around) if around[each].level == "county"), None)


def hoods_of(id: int, around: Mapping[int, Around]) -> tuple[Hood, ...]:
    """Nearest first: the building, park or market it stands in; its village or street; its trade within the town."""
    unit = around[id]
    found = [Hood(0, unit.place)] if unit.place is not None else []
    above = list(way_up(unit.parent, around))
    found += [Hood(1, each) for each in above[:1] if around[each].level in ("village", "town")]
    town = next((each for each in above if around[each].level == "town"), None)
    if town is not None and unit.trade:
        found.append(Hood(2, town, unit.trade))
    return tuple(found)
