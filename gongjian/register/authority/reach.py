"""What somebody's offices open today, as conditions on lists.

The rows come from the view `register_scope`: it joins offices, what was lent, roles and today's paths, so nothing is
kept that could be out of date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, Exists, Func, OuterRef, Q
from django.db.models.sql.compiler import SQLCompiler

from ..models import Body, BodyEntry, Permission, Role, Unit
from ..walks import path_range

Walk = Role.Walk
ALL_WALKS = frozenset(Walk)
TODAY = Func(function="register_today", output_field=DateField())
PATHS = {Walk.LINE: ("line_path", "last_line_path"), Walk.LEADERSHIP: ("lead_path", "last_lead_path")}


class Operator:
    """Whoever runs commands on the machine itself: has the database in hand anyway."""

    is_authenticated = True
    pk = None


OPERATOR = Operator()
Reader: TypeAlias = AbstractBaseUser | AnonymousUser | Operator


@dataclass(frozen=True)
class Stretch:
    """What one role of one office opens: the words, and the range of paths below `path` in one walk."""

    office_id: int
    delegation_id: int | None
    walk: str
    permissions: frozenset[str]
    line: str
    path: str
    depth: int | None

    @property
    def is_from_the_top(self) -> bool:
        """Does it begin where the walk begins, and reach all the way down?"""
        return self.depth is None and self.path.count(".") == 1

    def holds(self, path: str, last: str) -> bool:
        """Does what has this path lie in it; or, where the path is empty, what last had the other one?"""
        steps = path.count(".") if path else last.count(".") + 1
        return (path or last).startswith(self.path) and steps <= _deepest(self)


@dataclass(frozen=True)
class Reach:
    """All that a reader's offices open today. `person_id` is None for whoever is not on a roll."""

    person_id: int | None = None
    stretches: tuple[Stretch, ...] = ()
    sees_all: bool = False

    def over(self, permission: Permission, walks: Iterable[str] = ALL_WALKS) -> list[Stretch]:
        """The stretches that carry the word, in some of the walks."""
        return [each for each in self.stretches if permission in each.permissions and each.walk in walks]

    def may(self, permission: Permission) -> bool:
        """Does any office carry the word, over whatever?"""
        return self.sees_all or bool(self.over(permission))

    def may_everywhere(self, permission: Permission) -> bool:
        """Does an office carry the word over the whole territory?"""
        return self.sees_all or any(each.is_from_the_top for each in self.over(permission, [Walk.TERRITORY]))

    def leads(self, permission: Permission, body: Body) -> bool:
        """Does a stretch of the line carry the word over the body and all below it?"""
        held = [each for each in self.over(permission, [Walk.LINE]) if each.line == body.line_id]
        return self.sees_all or any(each.depth is None and body.line_path.startswith(each.path) for each in held)

    def holds(self, permission: Permission, unit: Unit) -> bool:
        """Does the unit lie in a stretch of the territory that carries the word?"""
        held = self.over(permission, [Walk.TERRITORY])
        return self.sees_all or any(each.holds(unit.path, unit.last_path) for each in held)

    def holds_all(self, permission: Permission, unit: Unit) -> bool:
        """Does a stretch of the territory carry the word over the unit, which stands today, and all below it?"""
        held = self.over(permission, [Walk.TERRITORY])
        return self.sees_all or any(each.depth is None and unit.path.startswith(each.path) for each in held)

    def units(self, permission: Permission, unit: str = "") -> Q:
        """The rows whose unit lies in a stretch of the territory that carries the word; of one unit `holds` tells it.

        `unit` leads from the row to the unit: "unit__" from a cover, "" from the unit itself.
        """
        if self.sees_all:
            return Q()
        return _within(self.over(permission, [Walk.TERRITORY]), f"{unit}path", f"{unit}last_path")

    def bodies(self, permission: Permission, body: str = "", walks: Iterable[str] = ALL_WALKS) -> Q:
        """The rows whose body lies in a stretch that carries the word; in the territory, where the body sits today.

        `body` leads from the row to the body, as "body__" from an office; "" from the body itself.
        """
        if self.sees_all:
            return Q()
        found = Q(pk__in=())
        held = self.over(permission, set(walks) - {Walk.TERRITORY})
        for walk, line in sorted({(each.walk, each.line if each.walk == Walk.LINE else "") for each in held}):
            those = [each for each in held if each.walk == walk and line in ("", each.line)]
            path, last = PATHS[Walk(walk)]
            inside = _within(those, f"{body}{path}", f"{body}{last}")
            found |= inside & Q(**{f"{body}line": line}) if line else inside
        if Walk.TERRITORY in walks and self.over(permission, [Walk.TERRITORY]):
            sitting = BodyEntry.objects.filter(self.units(permission, "seat__"), valid__contains=TODAY)
            found |= Q(Exists(sitting.filter(body=OuterRef(f"{body}pk" if not body else body.rstrip("_")))))
        return found


NOBODY = Reach()
EVERYTHING = Reach(sees_all=True)


def reach_of(reader: Reader) -> Reach:
    """What the reader's offices open today; read once for each request, since each request has its own reader."""
    if isinstance(reader, Operator):
        return EVERYTHING
    if not reader.is_authenticated:
        return NOBODY
    known: Reach | None = getattr(reader, "_reach", None)
    if known is None:
        known = _read(reader.pk)
        vars(reader)["_reach"] = known
    return known


def _read(account_id: int) -> Reach:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM register_reach(%s)", [account_id])
        rows = cursor.fetchall()
    held = (
        Stretch(o, d, walk, frozenset(words), line, path, depth)
        for _, o, d, walk, words, line, path, depth in rows
        if o
    )
    return Reach(rows[0][0] if rows else None, tuple(held))


def _within(stretches: list[Stretch], path: str, last: str) -> Q:
    """The rows that lie in one of the stretches, or lay there when they last stood."""
    return Q(_Within(path, last, stretches=_widest(stretches))) if stretches else Q(pk__in=())


def _widest(stretches: list[Stretch]) -> list[Stretch]:
    """Without those that lie wholly in another one, as an office in a town does beside one in its city."""
    found: list[Stretch] = []
    for each in sorted(stretches, key=lambda one: (one.path, _deepest(one))):
        if not any(each.path.startswith(wide.path) and _deepest(each) <= _deepest(wide) for wide in found):
            found.append(each)
    return found


def _deepest(stretch: Stretch) -> float:
    """How many steps the longest path in the stretch has."""
    return float("inf") if stretch.depth is None else stretch.path.count(".") + stretch.depth


class _Within(Func):
    """`path` in one of the stretches; or `path` empty and `last` in one of them, one step less deep.

    All stretches are one expression: as so many conditions, Django would take longer to write them down than the
    database to answer. The ranges stay ranges of the plain column, which the index on it answers.
    """

    output_field = BooleanField()

    def __init__(self, *columns: str, stretches: list[Stretch]) -> None:
        super().__init__(*columns)
        self.stretches = stretches

    def as_sql(  # type: ignore[override]  # the base takes what only templates need
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[object]]:
        (path, path_holds), (last, last_holds) = (compiler.compile(each) for each in self.get_source_expressions())
        if path_holds or last_holds:
            raise TypeError("Stretches are of plain columns.")
        standing, held = _ranges(path, self.stretches, 0)
        ended, held_then = _ranges(last, self.stretches, 1)
        return f"({standing} OR ({path} = '' AND ({ended})))", [*held, *held_then]


def _ranges(column: str, stretches: list[Stretch], spare: int) -> tuple[str, list[object]]:
    """SQL: the column lies in one of the ranges, at least `spare` steps above the deepest."""
    parts: list[str] = []
    holds: list[object] = []
    for stretch in stretches:
        first, end = path_range(stretch.path)
        part = f"{column} >= %s AND {column} < %s"
        holds += [first, end]
        if stretch.depth is not None:
            part += f" AND length({column}) - length(replace({column}, '.', '')) <= %s"
            holds.append(stretch.path.count(".") + stretch.depth - spare)
        parts.append(f"({part})")
    return " OR ".join(parts), holds
