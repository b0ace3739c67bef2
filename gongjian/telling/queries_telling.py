"""What the page of one telling shows, that of a body's comments, and the board that everybody reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from .access import (
    comments_visible_to,
    is_branch,
    is_on_the_roll,
    is_reviewed_by_itself,
    office_that_comments,
    office_that_keeps,
    person_of,
    tellings_public,
    tellings_visible_to,
)
from .models import Comment, Point, Rectification, Telling
from .promised import promised_of

PAGE = 20
ORDER = ["-round__until", "-id"]
WITH_POINTS = Prefetch("points", Point.objects.select_related("rectification"))


@dataclass(frozen=True)
class Problem:
    """A problem that was named, and what became of it; None as long as the comment is not published."""

    point: Point
    mending: Rectification | None
    is_late: bool


@dataclass(frozen=True)
class Said:
    """A comment, its three lists apart."""

    comment: Comment
    by: str
    strengths: list[Point]
    problems: list[Problem]
    directions: list[Point]

    @property
    def points(self) -> list[Point]:
        return [*self.strengths, *(each.point for each in self.problems), *self.directions]

    @property
    def confirmed(self) -> int:
        return sum(each.mending is not None and each.mending.state == "confirmed" for each in self.problems)


@dataclass(frozen=True)
class Shown:
    """One telling with all that is open to the reader of it, and what the reader may do."""

    telling: Telling
    name: str
    by: str
    promised: list[dict[str, object]]
    said: Said | None
    before: Said | None
    is_theirs: bool
    comments: bool
    is_itself: bool
    is_branch: bool
    is_on_roll: bool


def telling_of(reader: Reader, telling_id: int) -> Telling | None:
    rows = tellings_visible_to(reader).select_related("round__host__line", "body__line", "commenter__line")
    return rows.filter(pk=telling_id).first()


def telling_shown(reader: Reader, telling_id: int, today: date) -> Shown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    telling = telling_of(reader, telling_id)
    if telling is None:
        return None
    names = body_names(reader, today, [telling.body_id, telling.commenter_id])
    keeps_above = office_that_comments(reader, telling) is not None
    is_itself = keeps_above and is_reviewed_by_itself(reader, telling)
    own = comments_visible_to(reader).filter(telling=telling)
    return Shown(
        telling=telling,
        name=names.get(telling.body_id, ""),
        by=names.get(telling.commenter_id, ""),
        promised=promised_of(telling),
        said=next(iter(said_in(reader, own, today)), None),
        before=last_time(reader, telling, today),
        is_theirs=office_that_keeps(reader, telling.body) is not None,
        comments=keeps_above and not is_itself,
        is_itself=is_itself,
        is_branch=is_branch(telling.body),
        is_on_roll=is_on_the_roll(person_of(reader), telling.body),
    )


def last_time(reader: Reader, telling: Telling, today: date) -> Said | None:
    """The comment of the round before this one that is published and open to the reader, with what became of it."""
    earlier = comments_visible_to(reader).filter(
        telling__body=telling.body_id,
        telling__round__until__lt=telling.round.until,
        telling__published_on__isnull=False,
    )
    return next(iter(said_in(reader, earlier.order_by("-telling__round__until", "-pk")[:1], today)), None)


def said_in(reader: Reader, comments: QuerySet[Comment], today: date) -> list[Said]:
    """Four queries at most."""
    found = list(comments.select_related("kind", "telling__round", "meeting").prefetch_related(WITH_POINTS))
    names = body_names(reader, today, {each.commenter_id for each in found}) if found else {}
    return [said_of(each, names.get(each.commenter_id, ""), today) for each in found]


def said_of(comment: Comment, by: str, today: date) -> Said:
    sorts: dict[str, list[Point]] = {sort: [] for sort in Point.Sort.values}
    for point in comment.points.all():
        sorts[point.sort].append(point)
    problems = []
    for point in sorts[Point.Sort.PROBLEM]:
        mending = getattr(point, "rectification", None)
        problems.append(Problem(point, mending, mending is not None and mending.is_late(today)))
    return Said(comment, by, sorts[Point.Sort.STRENGTH], problems, sorts[Point.Sort.DIRECTION])


# == a body's ==
@dataclass(frozen=True)
class Board:
    """A body's comments, the last round first: all that the reader may read, or what everybody reads."""

    body_id: int
    name: str
    rows: list[tuple[Telling, Said | None]]
    page: Page


def board(reader: Reader, body_id: int, today: date, *, after: str = "", before: str = "") -> Board | None:
    """None where there is no such body. Without an account and for whoever is not concerned: what is public."""
    body = Body.objects.filter(pk=body_id).first()
    name = body_names(reader, today, [body_id]).get(body_id)
    if body is None or name is None:
        return None
    every = tellings_public() | tellings_visible_to(reader) if reader.is_authenticated else tellings_public()
    mine = every.filter(body=body).select_related("round")
    page = page_of(mine, ORDER, size=PAGE, after=after, before=before)
    return Board(body_id, name, _with_comments(reader, page.rows, today), page)


def _with_comments(reader: Reader, tellings: Iterable[Telling], today: date) -> list[tuple[Telling, Said | None]]:
    ids = [each.pk for each in tellings]
    public = Comment.objects.filter(telling__in=tellings_public().filter(pk__in=ids))
    seen: Any = public | comments_visible_to(reader).filter(telling__in=ids) if reader.is_authenticated else public
    said = {each.comment.telling_id: each for each in said_in(reader, seen.distinct(), today)}
    return [(each, said.get(each.pk)) for each in tellings]


def comments_of(reader: Reader, tellings: Iterable[Telling], today: date) -> dict[int, Said]:
    """By id of the telling, those that are open to the reader."""
    found = comments_visible_to(reader).filter(telling__in=[each.pk for each in tellings])
    return {each.comment.telling_id: each for each in said_in(reader, found, today)}
