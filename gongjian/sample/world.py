"""What the makers of the sample city share: the dice, the names, the rows so far, and how each unit stood."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .loading import Rows
from .names import Names
from .stretches import Stretch, valid

LAST_DAY = "2026-06-30"  # nothing is founded, closed or elected after it
SOURCE = "样例"


@dataclass(slots=True)
class Place:
    """A unit of the territory. `stood` has (name, id of the parent, kind) from day to day."""

    id: int
    level: str
    county: int
    stood: list[Stretch[tuple[str, int | None, str]]] = field(default_factory=list)
    codes: list[Stretch[str]] = field(default_factory=list)

    @property
    def since(self) -> str:
        return self.stood[0][0]

    @property
    def until(self) -> str:
        return self.stood[-1][1]

    def name_on(self, day: str) -> str:
        return next(name for a, b, (name, _, _) in self.stood if a <= day < b)

    def stands_on(self, day: str) -> bool:
        return self.since <= day < self.until


@dataclass(slots=True)
class Employer:
    """An employer, or a park, building or market. `stood` has (name, id of the parent) from day to day."""

    id: int
    kind: str
    since: str
    until: str
    county: int
    town: int | None
    staff: int
    word: str
    stood: list[Stretch[tuple[str, int]]]
    place: int | None = None


@dataclass(slots=True)
class Standing:
    """The life of a body, where others look it up."""

    body: int
    since: str
    until: str


@dataclass(slots=True)
class Made:
    """A body as it was made; `elected` are the days on which its terms began, `level` where its seat stands."""

    body: int
    line: str
    kind: str
    seat: int
    since: str
    until: str
    level: str
    elected: list[str]


@dataclass
class World:
    """`scale` says how many of the generated there are: 1 is the true size."""

    seed: int
    scale: float
    report: Callable[[str, int, int], None]
    first_day: str
    acts: dict[str, int]
    guess_document: int | None = None
    rng: random.Random = field(init=False)
    names: Names = field(default_factory=Names)
    rows: Rows = field(default_factory=Rows)
    spellings: list[str] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    went: dict[int, int] = field(default_factory=dict)
    city: int = 0
    counties: list[int] = field(default_factory=list)
    towns: list[int] = field(default_factory=list)
    villages: list[int] = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    sites: list[Employer] = field(default_factory=list)
    main: dict[str, dict[int, Standing]] = field(default_factory=dict)
    bodies: list[Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.main = {"party": {}, "union": {}, "league": {}, "women": {}}

    def count(self, at_true_size: int) -> int:
        return max(1, round(at_true_size * self.scale))

    def weighted(self, items: Sequence[Employer], weights: Sequence[float], count: int) -> list[Employer]:
        """`count` of the items, each at most once, heavier ones more likely; in their own order."""
        keys = [self.rng.random() ** (1 / w) if w > 0 else -1.0 for w in weights]
        best = sorted(range(len(items)), key=lambda i: -keys[i])[:count]
        return [items[i] for i in sorted(best) if keys[i] >= 0]

    def write(self, table: str, *values: object) -> int:
        """A row of the table with the next id, which is returned. None is no value."""
        lines = self.rows[table]
        id = self.rows.written[table] + len(lines) + 1
        lines.append("\t".join([str(id), *["\\N" if v is None else str(v) for v in values]]))
        return id

    def dated(self, table: str, since: str, until: str, *values: object, act: str) -> int:
        """A row of a table whose last columns are `valid` and `act`."""
        return self.write(table, *values, valid(since, until), self.acts[act])
