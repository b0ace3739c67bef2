"""The list of posts, one post with who holds it, and one assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.queries.lists import MOST, body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import assignments_visible_to, bodies_of, is_own, mine_in, office_that_keeps, posts_visible_to
from .matching import warning
from .models import Assignment, Post, QuarterWord

PAGE, MOST_SHOWN = 20, 200
ORDER = ["-since", "-id"]
S = Assignment.State
TAKEN = (S.MATCHED, S.NOTICE, S.ON_POST)


@dataclass(frozen=True)
class PostFilters:
    line: str = ""
    body: int | None = None
    category: str = ""
    state: str = ""


@dataclass(frozen=True)
class PostRow:
    """A post as it shows in a list: of `seats` so many are taken. Who holds them is not told here."""

    post: Post
    name: str
    taken: int

    @property
    def pk(self) -> int:
        return self.post.pk

    @property
    def is_full(self) -> bool:
        return self.taken >= self.post.seats


@dataclass(frozen=True)
class PostsListed:
    page: Page
    rows: list[PostRow]
    count: int | None


def post_rows(reader: Reader, filters: PostFilters) -> QuerySet[Post]:
    exact = {"body__line": filters.line, "body": filters.body, "state": filters.state}
    rows = posts_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    if filters.category == "free":
        return rows.filter(kind=None)
    return rows.filter(kind__category=filters.category) if filters.category else rows


def posts_listed(
    reader: Reader, filters: PostFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> PostsListed:
    """A fixed number of queries."""
    rows = post_rows(reader, filters)
    page = page_of(rows.select_related("body__line", "kind__category"), ORDER, size=size, after=after, before=before)
    count = count_up_to(rows)
    return PostsListed(page, rows_of(reader, page.rows, today), None if count > MOST else count)


def every_post(reader: Reader, filters: PostFilters, today: date, *, most: int) -> Iterator[PostRow] | None:
    rows = post_rows(reader, filters)
    if count_up_to(rows, most) > most:
        return None
    found = rows.select_related("body__line", "kind__category").order_by(*ORDER)
    return iter(rows_of(reader, list(found), today))


def rows_of(reader: Reader, posts: Sequence[Post], today: date) -> list[PostRow]:
    names = body_names(reader, today, {each.body_id for each in posts})
    counted = Assignment.objects.filter(post__in=[each.pk for each in posts], state__in=TAKEN).order_by()
    taken = dict(counted.values_list("post").annotate(Count("pk")))
    return [PostRow(each, names.get(each.body_id, ""), taken.get(each.pk, 0)) for each in posts]


@dataclass(frozen=True)
class Holder:
    """Who holds a post or was put forward, by name as far as the reader may know it."""

    assignment: Assignment
    name: str


@dataclass(frozen=True)
class PostShown:
    """`holders`: those the reader may read of. `may_choose`: is the reader on the roll, and not put forward yet?"""

    row: PostRow
    holders: list[Holder]
    keeps: str | None
    may_choose: bool


def post_shown(reader: Reader, post_id: int, today: date) -> PostShown | None:
    """A fixed number of queries."""
    rows = posts_visible_to(reader).select_related("body__line", "kind__category")
    post = rows.filter(pk=post_id).first()
    if post is None:
        return None
    held = list(assignments_visible_to(reader).filter(post=post).order_by("-pk")[:MOST_SHOWN])
    keeps = office_that_keeps(reader, post.body)
    at_it = (S.CHOSEN, S.NOMINATED, *TAKEN)
    mine = any(is_own(reader, each) and each.state in at_it for each in held)
    on_the_roll = bodies_of(reader).filter(pk=post.body_id).exists()
    may_choose = post.state == Post.State.OPEN and on_the_roll and not mine
    return PostShown(rows_of(reader, [post], today)[0], holders_of(reader, held), keeps, may_choose)


def holders_of(reader: Reader, assignments: Sequence[Assignment]) -> list[Holder]:
    ids = {each.person_id for each in assignments}
    names = dict(persons_visible_to(reader).filter(pk__in=ids).values_list("pk", "name"))
    return [Holder(each, names.get(each.person_id, "")) for each in assignments]


@dataclass(frozen=True)
class AssignmentShown:
    holder: Holder
    body: str
    words: list[QuarterWord]
    keeps: str | None
    is_mine: bool
    warning: str
    others: list[Post]


def assignment_shown(reader: Reader, assignment_id: int, today: date) -> AssignmentShown | None:
    rows = assignments_visible_to(reader).select_related("post__body__line", "person")
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        return None
    keeps = office_that_keeps(reader, found.post.body)
    waits = found.state in (S.CHOSEN, S.NOMINATED)
    others = posts_visible_to(reader).filter(body=found.post.body_id, state=Post.State.OPEN, until__gte=today)
    return AssignmentShown(
        holder=holders_of(reader, [found])[0],
        body=body_names(reader, today, [found.post.body_id]).get(found.post.body_id, ""),
        words=list(found.words.order_by("-year", "-quarter")[:8]),
        keeps=keeps,
        is_mine=is_own(reader, found),
        warning=warning(found.person) if keeps is not None and waits else "",
        others=list(others.exclude(pk=found.post_id).order_by("title", "pk")[:MOST_SHOWN]) if keeps is not None else [],
    )


def my_posts(reader: Reader) -> list[Assignment]:
    """The posts one holds or was put forward for."""
    rows = assignments_visible_to(reader).filter(mine_in(reader), state__in=(S.CHOSEN, S.NOMINATED, *TAKEN))
    return list(rows.select_related("post").order_by("-pk")[:PAGE])
