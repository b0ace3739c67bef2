"""The figures of a quarter's first day, told to everybody: once, in the structure of that day, without small cells.

What is told is what the run has read. Places, and what everybody sees anyway, are taken from the facts of that run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from gongjian.chronicle.record import record
from gongjian.indicators.define import definition_of
from gongjian.indicators.models import PUBLIC_LEVELS, Indicator, Publication, PublicFigure, Reading, Run, Walk
from gongjian.indicators.public import is_seen_by_all, seen
from rollup.engine import fetched
from rollup.lake import Facts
from rollup.tally import tallies
from rollup.withheld import LEAST, Cell, held_back

from .quarters import is_quarter_day


@dataclass(frozen=True)
class Place:
    """A division of the day: its level, and the nearest one of those levels that it is a part of."""

    level: str
    above: int | None


def publish(facts: Facts, run: Run) -> Publication | None:
    """Tell everybody what a run has read; None if it is no first day of a quarter, or was told already.

    In the transaction of the readings: both stand or neither.
    """
    if not is_quarter_day(run.day) or Publication.objects.filter(day=run.day).exists():
        return None
    indicators = list(Indicator.objects.filter(awaits="").exclude(public_to=""))
    if not indicators:
        return None
    figures = [each for one in _tables(facts, run, indicators) for each in one]
    publication = Publication.objects.create(day=run.day, published_at=timezone.now(), least=LEAST)
    for figure in figures:
        figure.publication = publication
    PublicFigure.objects.bulk_create(figures)
    told = {
        "day": run.day.isoformat(),
        "run": run.pk,
        "indicators": [each.key for each in indicators],
        "figures": len(figures),
        "held_back": sum(each.is_held_back for each in figures),
    }
    record("indicators.publish", subject=f"indicators.publication:{publication.pk}", on=run.day, facts=told)
    return publication


def _tables(facts: Facts, run: Run, indicators: Sequence[Indicator]) -> Iterable[list[PublicFigure]]:
    """The figures of each indicator, at all places for which it is told."""
    places, openly = _places(facts), _openly(facts, indicators)
    readings = Reading.objects.filter(day=run.day, run=run, walk=Walk.TERRITORY, unit__in=list(places))
    found = {(each.indicator_id, each.unit_id): each for each in readings.filter(indicator__in=indicators)}
    for indicator in indicators:
        levels = PUBLIC_LEVELS[: PUBLIC_LEVELS.index(indicator.public_to) + 1]
        its = {id: place for id, place in places.items() if place.level in levels and (indicator.pk, id) in found}
        yield _figures(indicator, its, {id: found[indicator.pk, id] for id in its}, openly.get(indicator.pk, {}))


def _figures(
    indicator: Indicator, places: Mapping[int, Place], readings: Mapping[int, Reading], openly: Mapping[int, int]
) -> list[PublicFigure]:
    all_is_seen = is_seen_by_all(definition_of(indicator))
    cells = {
        id: Cell(
            place=id,
            above=place.above,
            counted=readings[id].denominator,
            openly=readings[id].numerator if all_is_seen else openly.get(id, 0),
            having=readings[id].numerator,
        )
        for id, place in places.items()
    }
    held = set() if all_is_seen else held_back(list(cells.values()))
    return [
        PublicFigure(
            indicator=indicator,
            version=readings[id].version,
            unit_id=id,
            above_id=cell.above,
            denominator=cell.counted,
            openly=cell.openly,
            numerator=None if id in held else cell.having,
        )
        for id, cell in cells.items()
    ]


def _openly(facts: Facts, indicators: Iterable[Indicator]) -> dict[str, dict[int, int]]:
    """For each indicator and place, of how many everybody sees that they have it."""
    definitions = [definition_of(each) for each in indicators]
    asked = [seen(each) for each in definitions if not is_seen_by_all(each)]
    found: dict[str, dict[int, int]] = {}
    for tally in tallies(facts, asked, [Walk.TERRITORY]):
        found.setdefault(tally.indicator, {})[tally.place] = tally.numerator
    return found


def _places(facts: Facts) -> dict[int, Place]:
    """The divisions of the levels that are told, by the structure of the day."""
    units, ways = facts.tables["units"], facts.ways
    told = units.filter(units.level.isin(PUBLIC_LEVELS)).select("unit", "level")
    along = ways.filter(ways.walk == Walk.TERRITORY.value).semi_join(told, ways.leaf == told.unit)
    levels = {row["unit"]: row["level"] for row in fetched(told).to_pylist()}
    around: dict[int, set[int]] = {id: set() for id in levels}
    for row in fetched(along.select("leaf", "place")).to_pylist():
        if row["place"] in levels and row["place"] != row["leaf"]:
            around[row["leaf"]].add(row["place"])
    return {
        id: Place(level, max(around[id], key=lambda above: len(around[above]), default=None))
        for id, level in levels.items()
    }
