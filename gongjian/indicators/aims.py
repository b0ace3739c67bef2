"""How places stand to their targets: the course, what is still needed, and where it goes if nothing changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gongjian.register.access import Reader
from gongjian.register.walks import TERRITORY, ways_up
from rollup.course import Course, Errors, Forecast, Point, Standing, back_test, forecast, standing, still_needed

from .access import place_readings_visible_to, targets_visible_to
from .models import Reading, Target

Cell = tuple[int, str]  # a place and an indicator


@dataclass(frozen=True)
class Aim:
    """A target as it holds in one place. `course` is None until something was read there since the course begins."""

    target: Target
    place: int
    course: Course | None
    now: Reading | None

    @property
    def is_own(self) -> bool:
        """Was it set for this very place, and not for one above?"""
        return self.target.unit_id == self.place

    @property
    def goal(self) -> float:
        return float(self.target.goal) / 100

    @property
    def standing(self) -> Standing | None:
        """None where nothing can be said, because nothing was read."""
        if self.now is None or self.now.rate is None:
            return None
        if self.course is None:
            return Standing.REACHED if self.now.rate >= self.goal else Standing.TOO_EARLY
        return standing(self.course, Point(self.now.day, self.now.rate))

    @property
    def is_slow(self) -> bool:
        """Has it less than it ought to have by now?"""
        return self.standing in (Standing.BEHIND, Standing.MISSED)

    @property
    def needed(self) -> int:
        """How many more have to have it."""
        return still_needed(self.now.denominator, self.now.numerator, self.goal) if self.now else 0

    @property
    def wanted(self) -> float | None:
        """The rate that ought to be there on the day of the last reading."""
        return self.course.wanted(self.now.day) if self.course and self.now else None

    @property
    def needed_pace(self) -> float | None:
        """By how much the rate has to grow in each 30 days from the last reading to the day on which it is due."""
        if self.now is None or self.now.rate is None or self.now.day >= self.target.due:
            return None
        return 30 * max(self.goal - self.now.rate, 0.0) / (self.target.due - self.now.day).days


def aims(
    reader: Reader, places: Iterable[int], day: date, now: Mapping[Cell, Reading], *, unread: bool = True
) -> dict[Cell, Aim]:
    """The targets that hold in the places on the day, the nearest one above for each indicator. Three queries.

    `now`: the last readings of the places, as far as there are any; `unread`: what was not read has its target too.
    """
    above = ways_up(TERRITORY, places, day)
    every = {unit for units in above.values() for unit in units}
    targets = targets_visible_to(reader).on(day).filter(unit__in=every).select_related("owner", "unit")
    holding = _nearest(above, sorted(targets, key=lambda each: each.unit.path.count(".")))
    if not unread:
        holding = {cell: target for cell, target in holding.items() if cell in now}
    started = _starts(reader, holding)
    return {
        (place, key): Aim(target, place, _course(target, place, started), now.get((place, key)))
        for (place, key), target in holding.items()
    }


def _nearest(above: Mapping[int, set[int]], targets: Sequence[Target]) -> dict[Cell, Target]:
    """For each place and indicator the lowest of the targets at and above it; `targets` come from the top down."""
    holding: dict[Cell, Target] = {}
    for place, units in above.items():
        at_and_above = [each for each in targets if each.unit_id in units]
        holding |= {(place, each.indicator_id): each for each in at_and_above}
        holding |= {(place, each.indicator_id): each for each in at_and_above if each.unit_id == place}
    return holding


def _starts(reader: Reader, holding: Mapping[Cell, Target]) -> dict[Cell, Point]:
    """What was read in each place on the day from which its course begins, or first after it."""
    if not holding:
        return {}
    places, keys = {place for place, _key in holding}, {key for _place, key in holding}
    first = min(each.baseline_on for each in holding.values())
    readings = place_readings_visible_to(reader).filter(
        unit__in=places, indicator__in=keys, day__gte=first, denominator__gt=0
    )
    found: dict[Cell, Point] = {}
    for unit, key, day, numerator, denominator in readings.order_by("day").values_list(
        "unit", "indicator", "day", "numerator", "denominator"
    ):
        target = holding.get((unit, key))
        if target is not None and (unit, key) not in found and day >= target.baseline_on and day < target.due:
            found[unit, key] = Point(day, numerator / denominator)
    return found


def _course(target: Target, place: int, started: Mapping[Cell, Point]) -> Course | None:
    goal = float(target.goal) / 100
    if target.unit_id == place and target.baseline is not None:
        return Course(target.baseline_on, float(target.baseline) / 100, target.due, goal)
    start = started.get((place, target.indicator_id))
    return Course(start.day, start.rate, target.due, goal) if start else None


def earlier(reader: Reader, target: Target, day: date) -> list[Target]:
    """What was to be reached in its place before it, the latest first."""
    same = targets_visible_to(reader).filter(indicator=target.indicator_id, unit=target.unit_id)
    return list(same.filter(valid__endswith__lte=day).order_by("-valid"))


# == where it goes ==
@dataclass(frozen=True)
class Outlook:
    """The forecast for one place, and how wrong such forecasts were in the places beside it."""

    forecast: Forecast
    errors: Errors


def outlook(reader: Reader, aim: Aim, through: Sequence[Reading], beside: Iterable[int]) -> Outlook | None:
    """Where the rate will be on the day it is due, from the readings of the place so far, the earliest first.

    `beside`: the places whose readings show how wrong such forecasts were. One query. None with too few readings.
    """
    lines = _lines(reader, aim, beside)
    errors = back_test(lines.values())
    told = forecast(_points(through), aim.target.due, errors)
    return Outlook(told, errors) if told else None


def _lines(reader: Reader, aim: Aim, beside: Iterable[int]) -> dict[int, list[Point]]:
    readings = place_readings_visible_to(reader).filter(
        unit__in=list(beside), indicator=aim.target.indicator_id, denominator__gt=0
    )
    lines: dict[int, list[Point]] = defaultdict(list)
    for unit, day, numerator, denominator in readings.order_by("day").values_list(
        "unit", "day", "numerator", "denominator"
    ):
        lines[unit].append(Point(day, numerator / denominator))
    return lines


def _points(through: Iterable[Reading]) -> list[Point]:
    return [Point(each.day, each.rate) for each in through if each.rate is not None]
