"""Which figures are held back when a day is told to everybody, so that no total gives any of them away.

Pure: values in, values out. The rule is that of statistical offices (Hundepool et al., Statistical Disclosure Control,
Wiley 2012, chapter 4): sensitive cells are held back, and with them as many others as are needed that no sensitive one
follows from the totals that are told. How far it can be told is asked as there: between which limits could it lie,
given all that is told (Fischetti and Salazar, Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47, 2001). One table is a tree of places, so the limits need no linear programme: each
sum is an interval, up the tree and down again, and that is exact. `tests/rollup/test_withheld.py` asks the same of
linear programmes.

**What everybody knows beforehand.** The register of units and bodies is open: how many there are of each kind is no
secret (`counted`), and where a body sits in a unit everybody sees that the unit has it (`openly`). The others are
`undecided`: some are covered from elsewhere, and which ones is not told. To tell `having` is to tell how many of the
undecided have it. So a cell is sensitive where that number says something of each of them:

- fewer than LEAST undecided ones have it, or none: then the rest, or all, are known to lack it;
- fewer than LEAST of them lack it, or none. That none lacks it harms nobody; but if it were told, holding a place back
  would say that somebody there does;
- so with fewer than twice LEAST undecided it is held back in any case.

Where nobody is undecided it is told.

**What is promised.** Of each sensitive cell, given all that is told of the day: `having` could lie anywhere in an
interval at least LEAST wide; where fewer are undecided, all from none to all of them is possible. Whoever knows besides
why each place is held back still finds at least two values for each, or is told nothing of all that it lies in. What is
held back for the sake of others is not told by the totals either.

What stands in a place and in none of its parts – a firm right under a county – is a cell of its own that no table
shows; it is protected like the others. Nothing is promised against comparing two days, between which a firm appeared;
nor against several insiders who put together what they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

LEAST = 5  # fewer than these say too much of each


class Range(NamedTuple):
    """The least and the most that a number can be."""

    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low


@dataclass(frozen=True)
class Cell:
    """One indicator at one place. `above`: the place it is a part of, which has a cell itself."""

    place: int
    above: int | None
    counted: int
    openly: int
    having: int

    @property
    def undecided(self) -> int:
        return self.counted - self.openly

    @property
    def missing(self) -> int:
        return self.counted - self.having

    @property
    def is_sensitive(self) -> bool:
        return bool(self.undecided) and min(self.having - self.openly, self.missing) < LEAST

    @property
    def known(self) -> Range:
        """What everybody knows of `having` who is told nothing."""
        return Range(self.openly, self.counted)

    @property
    def known_with_reason(self) -> Range:
        """What one knows of `having` beforehand who knows, too, why it is held back."""
        if self.undecided < 2 * LEAST:
            return self.known
        if self.having - self.openly < LEAST:
            return Range(self.openly, self.openly + LEAST - 1)
        if self.missing < LEAST:
            return Range(self.counted - LEAST + 1, self.counted)
        return Range(self.openly + LEAST, self.counted - LEAST)


Place: TypeAlias = int
Rest: TypeAlias = tuple[int]  # what stands in a place and in none of its parts
Key: TypeAlias = Place | Rest


def held_back(cells: Sequence[Cell]) -> set[Place]:
    """The places whose `having` is not told. Depends on nothing but the cells.

    Raises ValueError where parts are more than their whole.
    """
    table = Table(cells)
    held = {key for key in table.sensitive if isinstance(key, int)}
    for key in table.sensitive:
        while not table.is_safe(key, held):
            more = _more(table, key, held)
            if more <= held:  # all that it lies in is held back, up to the whole
                break
            held |= more
    return _without_needless(table, held)


def _more(table: Table, key: Key, held: Set[Place]) -> set[Place]:
    """What else to hold back for the sake of one cell: as near to it as can be, and there the smallest that is enough.

    A lowest place can make up for it if it can itself be more or less; between the two nothing may be told.
    """
    for around in table.around(key):
        others = [each for each in table.lowest_in(around) if each not in held and table.can_make_up(each)]
        ways = [table.path(key, around) | table.path(each, around) for each in others]
        enough = (way for way in ways if table.is_safe(key, held | way))
        found = next(enough, ways[0] if ways else None)
        if found:
            return found
    return table.path(key, None)


def _without_needless(table: Table, held: Set[Place]) -> set[Place]:
    """Tell again, the largest first, what need not be held back, or what the totals tell anyway."""
    kept = set(held)
    safe = [key for key in table.sensitive if table.is_safe(key, held)]
    for place in sorted(held - set(table.sensitive), key=lambda each: (-table.cells[each].counted, each)):
        without = kept - {place}
        if table.keeps_promise(without) and all(table.is_safe(key, without) for key in safe):
            kept = without
    found = table.possible(kept)
    return {place for place in kept if found[place].width}


class Table:
    """The cells of one indicator, hanging together as a tree, with what stands in a place and in none of its parts."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        given = {cell.place: cell for cell in sorted(cells, key=lambda cell: cell.place)}
        self.cells: dict[Key, Cell] = {cell.place: cell for cell in given.values()}
        self.parts: dict[Key, list[Key]] = {place: [] for place in given}
        for cell in given.values():
            if cell.above is not None:
                self.parts[cell.above].append(cell.place)
        for place in given:
            if self.parts[place]:
                self.cells[(place,)] = _rest(given[place], [self.cells[part] for part in self.parts[place]])
                self.parts[place].append((place,))
                self.parts[(place,)] = []
        self.from_below = self._from_below()
        self.sensitive = [key for key in self.from_below if self.cells[key].is_sensitive]

    def _from_below(self) -> list[Key]:
        """All cells, the parts before the whole."""
        found: list[Key] = [cell.place for cell in self.cells.values() if cell.above is None]
        for key in found:
            found.extend(self.parts[key])
        return found[::-1]

    def possible(self, held: Set[Place], *, with_reason: bool = False) -> dict[Key, Range]:
        """Between which limits the `having` of each cell could lie, if all but the places held back are told."""
        found: dict[Key, Range] = {}
        for key in self.from_below:
            found[key] = self._beforehand(key, held, with_reason)
            if self.parts[key]:
                parts = [found[part] for part in self.parts[key]]
                found[key] = _both(found[key], Range(sum(p.low for p in parts), sum(p.high for p in parts)))
        for key in reversed(self.from_below):
            parts = [found[part] for part in self.parts[key]]
            low, high = sum(part.low for part in parts), sum(part.high for part in parts)
            for part, own in zip(self.parts[key], parts, strict=True):
                from_whole = Range(found[key].low - high + own.high, found[key].high - low + own.low)
                found[part] = _both(own, from_whole)
        return found

    def _beforehand(self, key: Key, held: Set[Place], with_reason: bool) -> Range:
        cell = self.cells[key]
        if isinstance(key, int) and key not in held:
            return Range(cell.having, cell.having)
        return cell.known_with_reason if with_reason and isinstance(key, int) else cell.known

    def keeps_promise(self, held: Set[Place]) -> bool:
        """Whether each sensitive cell could lie in an interval as wide as is promised."""
        found = self.possible(held)
        return all(found[key].width >= self._promised(key) for key in self.sensitive)

    def is_safe(self, key: Key, held: Set[Place]) -> bool:
        """Whether one sensitive cell could, and could be two things even to somebody who knows why it is held back."""
        if self.possible(held)[key].width < self._promised(key):
            return False
        return self.possible(held, with_reason=True)[key].width > 0

    def _promised(self, key: Key) -> int:
        return min(LEAST, self.cells[key].undecided)

    def can_make_up(self, place: Place) -> bool:
        """Whether it can be other than it is, even to somebody who knows why it is held back."""
        return self.cells[place].known_with_reason.width > 0

    def around(self, key: Key) -> list[Place]:
        """The places within which others could make up for it, the nearest first: itself, if it has parts."""
        found = [key] if isinstance(key, int) and self.parts[key] else []
        above = self._above(key)
        while above is not None:
            found.append(above)
            above = self.cells[above].above
        return found

    def lowest_in(self, place: Place) -> list[Place]:
        """The places in it that have no parts, the smallest first."""
        inside, found = [place], []
        for each in inside:
            parts = [part for part in self.parts[each] if isinstance(part, int)]
            inside.extend(parts)
            if not parts:
                found.append(each)
        return sorted(found, key=lambda each: (self.cells[each].counted, each))

    def path(self, key: Key, around: Place | None) -> set[Place]:
        """The places from a cell up to the one right below another that it lies in; without that, to the top."""
        found = {key} if isinstance(key, int) and key != around else set()
        above = self._above(key)
        while key != around and above != around and above is not None:
            found.add(above)
            above = self.cells[above].above
        return found

    def _above(self, key: Key) -> Place | None:
        return self.cells[key].above if isinstance(key, int) else key[0]


def _rest(whole: Cell, parts: Sequence[Cell]) -> Cell:
    numbers: Mapping[str, int] = {
        name: getattr(whole, name) - sum(getattr(part, name) for part in parts)
        for name in ("counted", "openly", "having")
    }
    rest = Cell(place=whole.place, above=whole.place, **numbers)
    if not 0 <= rest.openly <= rest.having <= rest.counted:
        raise ValueError(f"The parts of place {whole.place} are more than the whole.")
    return rest


def _both(one: Range, other: Range) -> Range:
    return Range(max(one.low, other.low), min(one.high, other.high))
