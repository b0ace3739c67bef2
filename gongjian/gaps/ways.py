"""How a unit without a body of a line could come to one: the choice among the ways, from facts alone. No database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .models import Way


class Case(NamedTuple):
    """What is known of a unit in the eyes of a line.

    `least`: from how many members the line sets up a body of its own; None where it has no threshold. `members`: how
    many count as members; None where nobody has said. `is_known_line`: the line has a number that stands for members
    at all. `is_mass`: it has a mass organisation and staff enough to begin with that.
    """

    is_employer: bool
    least: int | None
    members: int | None
    is_known_line: bool
    is_grouped: bool = False
    is_mass: bool = False
    has_area_body: bool = False


def way_of(case: Case) -> Way:
    """The first way that is open, in the order of the rules: its own body, a joint one, an area's, an organiser.

    A place has a body of its own by the line's rule, whatever its size. Without numbers nothing but asking is honest.
    """
    if not case.is_employer or case.least is None:
        return Way.OWN
    if case.is_mass:
        return Way.MASS_FIRST
    if case.is_grouped:
        return Way.JOINT
    if not case.is_known_line or case.members is None:
        return Way.AREA if case.has_area_body and not case.is_known_line else Way.ASK_NUMBERS
    if case.members >= case.least:
        return Way.OWN
    return Way.AREA if case.has_area_body else Way.ORGANISER


def leverage(heads: int | None, way: Way, ease: Mapping[str, int]) -> int:
    """Heads × ease of the way, in whole people; what nobody has counted comes last."""
    return (heads or 0) * ease.get(way, 0) // 100
