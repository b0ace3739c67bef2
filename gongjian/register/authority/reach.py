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
from django.db.models import DateField, Exists, F, Func, IntegerField, OuterRef, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Length, Replace
from django.db.models.lookups import LessThanOrEqual

from ..models import BodyEntry, Permission, Role
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

    def units(self, permission: Permission, unit: str = "") -> Q:
        """The rows whose unit lies in a stretch of the territory that carries the word.

        `unit` leads from the row to the unit: "unit__" from a cover, "" from the unit itself.
        """
        if self.sees_all:
            return Q()
        found = Q(pk__in=())
        for stretch in self.over(permission, [Walk.TERRITORY]):
            found |= _inside(stretch, f"{unit}path", f"{unit}last_path")
        return found

    def bodies(self, permission: Permission, body: str = "", walks: Iterable[str] = ALL_WALKS) -> Q:
        """The rows whose body lies in a stretch that carries the word; in the territory, where the body sits today.

        `body` leads from the row to the body, as "body__" from an office; "" from the body itself.
        """
        if self.sees_all:
            return Q()
        found = Q(pk__in=())
        for stretch in self.over(permission, set(walks) - {Walk.TERRITORY}):
            path, last = PATHS[Walk(stretch.walk)]
            inside = _inside(stretch, f"{body}{path}", f"{body}{last}")
            found |= inside & Q(**{f"{body}line": stretch.line}) if stretch.walk == Walk.LINE else inside
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
        cursor.execute(
            """
            SELECT p.id, s.office_id, s.delegation_id, s.walk, s.permissions, s.line_id, s.path, s.depth
            FROM (SELECT register_person_of(%s) AS id) p
            LEFT JOIN register_scope s ON s.person_id = p.id AND s.valid @> register_today() AND s.path <> ''
            ORDER BY s.office_id, s.delegation_id, s.role_id
            """,
            [account_id],
        )
        rows = cursor.fetchall()
    held = (
        Stretch(o, d, walk, frozenset(words), line, path, depth)
        for _, o, d, walk, words, line, path, depth in rows
        if o
    )
    return Reach(rows[0][0] if rows else None, tuple(held))


def _inside(stretch: Stretch, path: str, last: str) -> Q:
    first, end = path_range(stretch.path)
    inside = Q(**{f"{path}__gte": first, f"{path}__lt": end})
    ended = Q(**{path: "", f"{last}__gte": first, f"{last}__lt": end})
    if stretch.depth is not None:
        most = stretch.path.count(".") + stretch.depth
        inside &= Q(LessThanOrEqual(_steps(path), most))
        ended &= Q(LessThanOrEqual(_steps(last), most - 1))
    return inside | ended


def _steps(path: str) -> CombinedExpression:
    """How many steps a path has: everything but the points taken away, the length of what is left."""
    return Length(F(path)) - Length(Replace(F(path), Value("."), Value("")), output_field=IntegerField())
