"""Which counts of persons may be told, so that no small one is told or can be worked out. Pure: values in, values out.

The rule is that of statistical offices (Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapter 4): a
count from 1 to LEAST - 1 is hidden (primary suppression), and with it as many others as are needed that no hidden one
follows from a sum that is told (complementary suppression).

A table is not the only place where sums are told: a village stands in the table of its town, its town in that of the
county, its bodies on pages of their own, and all of them again in the structure of today. So nothing is decided table
by table. The smallest cells – the members of one body – are told or hidden once, wherever they are shown. Hidden cells
stand in groups; of a group only the sum may be told. Every sum, in whatever table, is told only if it follows from
told cells and sums of whole groups: then all tables together tell no more than these do, and each group is safe.

A group is safe when, the sum known, and known of each cell whether it is small or not, each cell could still be other
than it is – even to somebody who knows one of the others, as the chair of a body knows their own. It lies as
near together as can be: in one seat, else one village, town, county. Nought gives nobody away, and is told.

It does not protect against comparing two days, between which somebody joined; nor against several insiders who put
together what they know; nor against who knows how groups are chosen and reckons backwards, which narrows a hidden
cell and does not fix it by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from .shares import EXACT, NONE, times

LEAST = 5  # fewer persons than these are not told

State = Literal["told", "few", "kept"]


@dataclass(frozen=True)
class Cell:
    """A smallest count: how many persons, and the places it lies in, from the outermost to its own."""

    id: int
    value: int
    path: tuple[int, ...]

    @property
    def is_small(self) -> bool:
        return 0 < self.value < LEAST


@dataclass(frozen=True)
class Group:
    """Hidden cells. Their sum may be told if `is_safe`; else nothing that holds any of them is."""

    cells: tuple[Cell, ...]
    is_safe: bool


@dataclass
class _Place:
    """What is hidden and still without a safe group, what is told, and the safe groups, in a place and all below."""

    open: list[Cell] = field(default_factory=list)
    told: list[Cell] = field(default_factory=list)
    groups: list[list[Cell]] = field(default_factory=list)

    def take_in(self, other: _Place) -> None:
        self.open += other.open
        self.told += other.told
        self.groups += other.groups


def hidden_groups(cells: Iterable[Cell]) -> list[Group]:
    """The cells to hide, in groups. Depends on nothing but the cells: every page comes to the same."""
    places: dict[tuple[int, ...], _Place] = {(): _Place()}
    for cell in sorted(cells, key=lambda cell: cell.id):
        for end in range(len(cell.path) + 1):
            places.setdefault(cell.path[:end], _Place())
        if cell.value:
            here = places[cell.path]
            (here.open if cell.is_small else here.told).append(cell)
    for path in sorted(places, key=lambda path: (-len(path), path)):
        _settle(places[path])
        if path:
            places[path[:-1]].take_in(places[path])
    whole = places[()]
    groups = [Group(tuple(group), True) for group in whole.groups]
    return [*groups, Group(tuple(whole.open), False)] if whole.open else groups


def _settle(place: _Place) -> None:
    """Make a safe group of what is open, with the smallest others of the place; change nothing where none can be."""
    if not place.open:
        return
    others = [[cell] for cell in sorted(place.told, key=lambda cell: (cell.value, cell.id))]
    others += sorted(place.groups, key=lambda group: (len(group), group[0].id))
    group, taken = list(place.open), 0
    while not is_safe(group):
        if taken == len(others):
            return
        group += others[taken]
        taken += 1
    ids = {cell.id for cell in group}
    place.open = []
    place.told = [cell for cell in place.told if cell.id not in ids]
    place.groups = [each for each in place.groups if each[0].id not in ids] + [group]


def is_safe(group: Sequence[Cell], known: Collection[int] = ()) -> bool:
    """Could each cell be one more or one less, the sum unchanged, whichever other one is known?

    `known` are cells that the reader knows for sure; then the rest need only be safe from that reader.
    """
    rest = [cell for cell in group if cell.id not in known]
    rising = {cell.id for cell in rest if cell.value != LEAST - 1}
    falling = {cell.id for cell in rest if cell.value not in (1, LEAST)}
    both = len(rising | falling)
    needed = 1 if known else 2
    return all(_partners(cell.id, rising, falling, both) >= needed for cell in rest)


def _partners(id: int, rising: set[int], falling: set[int], both: int) -> int:
    """How many others could make up for it: a cell can rise while another falls, and fall while another rises."""
    if id in rising and id in falling:
        return both - 1
    return len(falling) if id in rising else len(rising) if id in falling else 0


class Telling:
    """What is told of some cells to a reader who knows the cells `known` anyway (as whoever may list the members)."""

    def __init__(self, cells: Iterable[Cell], known: Collection[int] = ()) -> None:
        self.cells = {cell.id: cell for cell in cells}
        self._group_of: dict[int, tuple[Group, bool]] = {}
        for group in hidden_groups(self.cells.values()):
            knows = {cell.id for cell in group.cells if cell.id in known}
            may = group.is_safe and (not knows or is_safe(group.cells, knows))
            self._group_of |= {cell.id: (group, may) for cell in group.cells}

    def state(self, id: int) -> State:
        """Whether a cell is told, hidden because it is small, or kept back for the sake of a small one."""
        if id not in self._group_of:
            return "told"
        return "few" if self.cells[id].is_small else "kept"

    def total(self, shares: Mapping[int, Decimal]) -> Decimal | None:
        """The sum of the cells, each by its share; None where it is not told."""
        held: dict[int, list[Decimal]] = {}
        groups: dict[int, Group] = {}
        found = NONE
        for id, share in shares.items():
            if not share or not self.cells[id].value:
                continue
            found = EXACT.add(found, times(self.cells[id].value, share))
            if id in self._group_of:
                group, may = self._group_of[id]
                if not may:
                    return None
                groups[group.cells[0].id] = group
                held.setdefault(group.cells[0].id, []).append(share)
        for first, its in held.items():
            if len(its) < len(groups[first].cells) or len(set(its)) > 1:
                return None
        return None if 0 < found < LEAST else found
