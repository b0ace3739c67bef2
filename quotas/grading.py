"""Each body its grade: by its score, its vetoes and the quotas, with the rule that decided and what is missing.

The rule, and nothing else decides:

1. The band of the score, and the highest grade that vetoes leave, whichever is worse. No quota lifts above that.
2. Grades are filled from the best downward, by score. A grade takes no more than its most, and leaves as many for
   worse grades as those must have at least. Who finds no place competes for the next grade.
3. A least that bands and vetoes do not allow is filled as far as can be, the better grade first; the last grade takes
   who is left, be it more than its most. Both are told as unmet.
4. Those level with the last one in stay below together, go up together, or are drawn by a public seed, as the scheme
   says. Those behind them stay below.

With quotas of classes and over all classes together, a place is filled if both have one, and places that a class must
fill are kept for it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from .faults import Fault, drawn, exact
from .scheme import Places, Scheme


class Ceiling(NamedTuple):
    """A veto, or a condition that is not met: no better grade than this, for this reason."""

    grade: str
    reason: str


@dataclass(frozen=True)
class Body:
    id: str
    score: Decimal | int
    group: str = ""
    ceilings: tuple[Ceiling, ...] = ()


class Reason(NamedTuple):
    """The rule that decided.

    band: the score is in this band. veto: it may reach no more. most, most_over_all: the better grade is full.
    kept_below: the places are kept for the least of worse grades. level: level with others for whom places do not
    suffice. behind_level: behind such. drawn: the draw decided.
    """

    code: str
    facts: Mapping[str, Any]


class Missing(NamedTuple):
    """What is missing to the next better grade, by where its edge is now.

    `points`: so many more reach the band and the last one in, among those who competed for that grade (None: no score
    would). With more grades above, a rise could move others too; then it is where the edge was. `places`: so many more
    places of the class would do (None: those are not what is missing). `reason`: what bars the way if no score does.
    """

    grade: str
    points: Decimal | None
    places: int | None
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """`start`: the grade before quotas. `missing` is None for the best grade."""

    grade: str
    start: str
    decided: Reason
    missing: Missing | None


class Unmet(NamedTuple):
    """A quota that bands, vetoes or ties did not allow to be met. `group` is empty over all classes."""

    group: str
    grade: str
    bound: str
    places: int
    bodies: int


@dataclass(frozen=True)
class Grading:
    verdicts: dict[str, Verdict]
    unmet: tuple[Unmet, ...]
    counts: Mapping[tuple[str, str], int]


def grade(scheme: Scheme, bodies: Iterable[Body], *, seed: str = "") -> Grading:
    """Grade all bodies. Raises Fault before anything is computed if scheme or bodies cannot be graded.

    `seed` is asked for by schemes that draw: a number published beforehand, such as that of a lottery.
    """
    rows = _rows(scheme, bodies, seed)
    classes = {"": len(rows)} if scheme.is_over_all else Counter(row.group for row in rows)
    places = scheme.places(classes)
    return _Run(scheme, rows, places).grading()


# == reading in ==
@dataclass
class _Row:
    id: str
    score: Decimal
    group: str
    band: int
    ceiling: int
    veto: str
    draw: bytes
    grade: int = -1
    held: dict[int, Reason] = field(default_factory=dict)

    @property
    def start(self) -> int:
        return max(self.band, self.ceiling)


def _rows(scheme: Scheme, bodies: Iterable[Body], seed: str) -> list[_Row]:
    """The best first; those level by draw or by id, which decides nothing."""
    if scheme.ties == "draw" and not seed:
        raise Fault("seed_missing")
    rows = [_row(scheme, body, seed) for body in bodies]
    if len({row.id for row in rows}) < len(rows):
        raise Fault("body_twice", ids=sorted(id for id, times in Counter(row.id for row in rows).items() if times > 1))
    return sorted(rows, key=lambda row: (-row.score, row.draw, row.id))


def _row(scheme: Scheme, body: Body, seed: str) -> _Row:
    score = exact(body.score, "score_not_a_number", body=body.id)
    group = "" if scheme.is_over_all else body.group
    if not group and not scheme.is_over_all and any(quota.over == "class" for quota in scheme.quotas):
        raise Fault("class_missing", body=body.id)
    leasts = [scheme.bands[each] for each in scheme.grades[:-1]] if scheme.bands else []
    band = next((at for at, least in enumerate(leasts) if score >= least), len(leasts))
    ceiling, veto = 0, ""
    for each in body.ceilings:
        if each.grade not in scheme.grades:
            raise Fault("ceiling_of_unknown_grade", body=body.id, grade=each.grade)
        ceiling, veto = max((ceiling, veto), (scheme.grades.index(each.grade), each.reason), key=lambda pair: pair[0])
    return _Row(body.id, score, group, band, ceiling, veto, drawn(seed, body.id) if scheme.ties == "draw" else b"")


# == filling grades ==
class _Limit(NamedTuple):
    """How many of a class a grade takes, and what bounds it."""

    room: int
    code: str
    facts: Mapping[str, Any]


@dataclass
class _Edge:
    """What is remembered of one grade once it is filled: who competed, and where it ended."""

    eligible: dict[str, list[_Row]]
    limits: dict[str, _Limit]
    waiting: dict[str, list[int]]  # of each class, how many could still have this grade or a worse one
    over_all: Decimal | None = None  # the score at which places over all classes ran out
    is_shut: bool = False

    @cached_property
    def at(self) -> dict[str, int]:
        """By id, at which place of its class each of them competed."""
        return {row.id: at for rows in self.eligible.values() for at, row in enumerate(rows)}

    @cached_property
    def below(self) -> dict[str, list[Decimal]]:
        """Of each class the scores as numbers below nought, so that they rise."""
        return {group: [-row.score for row in rows] for group, rows in self.eligible.items()}


class _Run:
    def __init__(self, scheme: Scheme, rows: list[_Row], places: Mapping[tuple[str, str], Places]) -> None:
        self.scheme, self.rows = scheme, rows
        self.last = len(scheme.grades) - 1
        self.sizes = Counter(row.group for row in rows)
        self.places = places
        self.leasts = {group: self._leasts(group) for group in self.sizes}
        self.edges = [self._fill(at) for at in range(self.last)]
        for row in rows:
            if row.grade < 0:
                row.grade = self.last

    def _of(self, group: str, at: int) -> Places:
        return self.places.get((group, self.scheme.grades[at]), Places())

    def _leasts(self, group: str) -> list[int]:
        """The leasts as far as bands and vetoes allow, the better grade first."""
        starts = Counter(row.start for row in self.rows if row.group == group)
        found: list[int] = []
        could = 0
        for at in range(self.last + 1):
            could += starts[at]
            found.append(min(self._of(group, at).least, could - sum(found)))
        return found

    def _fill(self, at: int) -> _Edge:
        waiting: dict[str, list[int]] = {group: [0] * (self.last + 1) for group in self.sizes}
        eligible: dict[str, list[_Row]] = defaultdict(list)
        for row in self.rows:
            if row.grade < 0:
                for worse in range(row.start, self.last + 1):
                    waiting[row.group][worse] += 1
                if row.start <= at:
                    eligible[row.group].append(row)
        limits = {group: self._limit(group, at, counts) for group, counts in waiting.items()}
        edge = _Edge(eligible, limits, waiting)
        competing = [row for row in self.rows if row.grade < 0 and row.start <= at]
        _Places(self, at, edge).take(competing)
        return edge

    def _limit(self, group: str, at: int, waiting: Sequence[int]) -> _Limit:
        most = self._of(group, at).room(self.sizes[group])
        kept, below, for_grade = 0, self.sizes[group], self.scheme.grades[self.last]
        for worse in range(at + 1, self.last + 1):
            kept += self.leasts[group][worse]
            if waiting[worse] - kept < below:
                below, for_grade = waiting[worse] - kept, self.scheme.grades[worse]
        if below < most:
            return _Limit(max(below, 0), "kept_below", {"places": max(below, 0), "kept_for": for_grade})
        return _Limit(most, "most", {"places": most})

    def grading(self) -> Grading:
        counts = Counter((row.group, self.scheme.grades[row.grade]) for row in self.rows)
        if not self.scheme.is_over_all:
            counts.update(Counter(("", self.scheme.grades[row.grade]) for row in self.rows if row.group))
        return Grading({row.id: self._verdict(row) for row in self.rows}, tuple(self._unmet(counts)), counts)

    def _unmet(self, counts: Mapping[tuple[str, str], int]) -> Iterable[Unmet]:
        for (group, each), (least, most) in sorted(self.places.items()):
            found = counts[group, each]
            if found < least:
                yield Unmet(group, each, "least", least, found)
            if most is not None and found > most:
                yield Unmet(group, each, "most", most, found)

    # == what decided, and what is missing ==
    def _verdict(self, row: _Row) -> Verdict:
        grades = self.scheme.grades
        return Verdict(grades[row.grade], grades[row.start], self._decided(row), self._missing(row))

    def _decided(self, row: _Row) -> Reason:
        if row.grade > row.start:
            return row.held[row.grade - 1]
        if row.ceiling > row.band:
            return Reason("veto", {"reason": row.veto, "band": self.scheme.grades[row.band]})
        least = self.scheme.bands.get(self.scheme.grades[row.grade])
        return Reason("band", {"score": row.score, "least": least})

    def _missing(self, row: _Row) -> Missing | None:
        if row.grade == 0:
            return None
        at = row.grade - 1
        places = self._places_missing(row, at)
        if row.ceiling > at:
            return Missing(self.scheme.grades[at], None, None, "veto")
        needed = self._score_needed(row, at)
        if needed is None:
            return Missing(self.scheme.grades[at], None, places, self.edges[at].limits[row.group].code)
        return Missing(self.scheme.grades[at], needed - row.score, places)

    def _places_missing(self, row: _Row, at: int) -> int | None:
        if row.start > at:
            return None
        edge = self.edges[at]
        short = self._ahead(edge, row) + 1 - edge.limits[row.group].room
        return short if short > 0 else None

    def _ahead(self, edge: _Edge, row: _Row) -> int:
        """How many of its class are before it: of those level with it all, none, or those drawn before."""
        match self.scheme.ties:
            case "draw":
                return edge.at[row.id]
            case "below":
                return bisect_right(edge.below[row.group], -row.score) - 1
        return bisect_left(edge.below[row.group], -row.score)

    def _score_needed(self, row: _Row, at: int) -> Decimal | None:
        edge = self.edges[at]
        waiting = [count + (at <= worse < row.start) for worse, count in enumerate(edge.waiting[row.group])]
        room = self._limit(row.group, at, waiting).room
        if room <= 0 or edge.is_shut:
            return None
        step = self.scheme.step
        needed = [self.scheme.bands[self.scheme.grades[at]]] if self.scheme.bands else []
        others = edge.eligible[row.group]
        # The last one who still has a place beside this one, this one not counted.
        before = int(edge.at.get(row.id, room) < room)
        if len(others) - (row.start <= at) >= room:
            last = others[room - 1 + before]
            is_ahead = self.scheme.ties == "up" or (self.scheme.ties == "draw" and row.draw < last.draw)
            needed.append(last.score if is_ahead else last.score + step)
        if edge.over_all is not None:
            needed.append(edge.over_all + step)
        return max(needed, default=None)


class _Places:
    """The places of one grade while they are filled, level by level."""

    def __init__(self, run: _Run, at: int, edge: _Edge) -> None:
        self.run, self.at, self.edge = run, at, edge
        self.ties = run.scheme.ties
        self.left = {group: limit.room for group, limit in edge.limits.items()}
        self.level_at: dict[str, Decimal] = {}  # the score of those who were level when a class was closed
        self.all = None if run.scheme.is_over_all else run._of("", at).most
        # Places over all that a class must fill are kept for it.
        self.kept = {group: min(run.leasts[group][at], self.left[group]) for group in run.sizes}
        if self.all is not None:
            self.free = self.all - sum(self.kept.values())
            edge.is_shut = self.all == 0
        self.last_free: Decimal | None = None  # the score of who last took a place that was kept for no class

    def take(self, competing: Sequence[_Row]) -> None:
        for _score, rows in groupby(competing, key=lambda row: row.score):
            level = list(rows)
            by_class: dict[str, list[_Row]] = defaultdict(list)
            for row in level:
                by_class[row.group].append(row)
            fitting = [row for group, some in by_class.items() for row in self._fit(group, some)]
            if self.all is None:
                self._seat(fitting)
            else:
                self._seat_over_all(fitting)

    def _seat(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            row.grade = self.at
            self.left[row.group] -= 1

    def _hold(self, rows: Iterable[_Row], code: str, facts: Mapping[str, Any]) -> None:
        better = self.run.scheme.grades[self.at]
        for row in rows:
            row.held[self.at] = Reason(code, {"from": better, **facts})

    def _fit(self, group: str, some: list[_Row]) -> list[_Row]:
        """Those level with each other in one class for whom it has places."""
        room, limit = self.left[group], self.edge.limits[group]
        if group in self.level_at:
            self._hold(some, "behind_level", {"level_at": self.level_at[group]})
        elif room <= 0:
            self._hold(some, limit.code, limit.facts)
        elif len(some) <= room or self.ties == "up":
            return some
        elif self.ties == "draw":
            self._hold(some[room:], "drawn", {"places": room, "level": len(some)})
            return some[:room]
        else:
            self._hold(some, "level", {"places": room, "level": len(some), "bound": limit.code})
            self.level_at[group] = some[0].score
        return []

    def _seat_over_all(self, fitting: list[_Row]) -> None:
        by_class: dict[str, list[_Row]] = defaultdict(list)
        for row in fitting:
            by_class[row.group].append(row)
        asked = sum(max(len(some) - self.kept[group], 0) for group, some in by_class.items())
        if asked <= self.free or (self.ties == "up" and self.free > 0):
            self._seat_kept(fitting)
            self.last_free = fitting[0].score if asked else self.last_free
            return
        free = self.free
        if self.edge.over_all is None:
            self.edge.over_all = fitting[0].score if free > 0 else self.last_free
        if self.ties == "draw":
            self._draw_over_all(fitting, free)
            return
        for group, some in by_class.items():
            if len(some) <= self.kept[group] or (self.ties == "up" and self.kept[group]):
                self._seat_kept(some)
            elif free > 0 or self.kept[group]:
                facts = {"places": free + self.kept[group], "level": len(some), "bound": "most_over_all"}
                self._hold(some, "level", facts)
            else:
                self._hold(some, "most_over_all", {"places": self.all})
        self.free = min(self.free, 0)

    def _draw_over_all(self, fitting: list[_Row], free: int) -> None:
        code = "drawn" if free > 0 else "most_over_all"
        for row in sorted(fitting, key=lambda row: row.draw):
            if self.kept[row.group] or self.free > 0:
                self._seat_kept([row])
            else:
                self._hold([row], code, {"places": free if free > 0 else self.all, "level": len(fitting)})

    def _seat_kept(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            if self.kept[row.group]:
                self.kept[row.group] -= 1
            else:
                self.free -= 1
        self._seat(rows)
