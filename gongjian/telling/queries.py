"""What the pages of rounds show: what is owed, the list of rounds, and one round with what is missing in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from gongjian.programme.access import kept_above_others
from gongjian.register.access import Reader
from gongjian.register.models import Body, Line
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from .access import (
    office_that_keeps,
    rounds_visible_to,
    tellings_of_keeper,
    tellings_to_comment,
    tellings_visible_to,
)
from .models import Rectification, Telling, TellingRound
from .models.rounds import TO_PUT_RIGHT, UNCOMMENTED

PAGE, MOST_OWED, MOST_MISSING, MOST_HOSTS = 20, 50, 12, 20
ORDER = ["-until", "-id"]
T, R = Telling.State, Rectification.State


@dataclass(frozen=True)
class Row:
    """A telling in a list, with names."""

    telling: Telling
    name: str
    by: str
    is_late: bool
    stands: bool = True

    @property
    def pk(self) -> int:
        return self.telling.pk


# == what the reader owes, and the list ==
@dataclass(frozen=True)
class Hub:
    """What waits for the reader, and all rounds."""

    to_tell: list[Row]
    to_comment: list[Row]
    to_put_right: list[Row]
    to_confirm: list[Row]
    rounds: Page
    hosts: list[tuple[int, str]]


def hub(reader: Reader, today: date, *, after: str = "", before: str = "") -> Hub:
    """A fixed number of queries."""
    own, others = _open(tellings_of_keeper(reader)), _open(tellings_to_comment(reader))
    waits = Rectification.objects.filter(point__comment__telling=OuterRef("pk"))
    theirs = waits.filter(state__in=(R.NAMED, R.PLANNED))
    lists = [
        own.filter(state=T.SCHEDULED, body__line_path__gt=""),
        others.filter(to_comment_on(today), body__line_path__gt="").annotate(place=TOLD_FIRST),
        own.filter(Exists(theirs), state__in=TO_PUT_RIGHT),
        others.filter(Exists(waits.filter(state=R.DONE)), state__in=TO_PUT_RIGHT),
    ]
    orders = [["round__tell_by", "pk"] for _each in lists]
    orders[1].insert(0, "place")
    found = [list(each.order_by(*order)[:MOST_OWED]) for each, order in zip(lists, orders, strict=True)]
    rounds = page_of(
        rounds_visible_to(reader).select_related("host__line"), ORDER, size=PAGE, after=after, before=before
    )
    hosts = kept_above_others(reader, MOST_HOSTS)
    ids = {id for each in found for row in each for id in (row.body_id, row.commenter_id)}
    names = body_names(reader, today, ids | {*hosts} | {each.host_id for each in rounds.rows})
    for each in rounds.rows:
        each.host_name = names.get(each.host_id, "")
    to_tell, to_comment, to_put_right, to_confirm = ([_row(each, names, today) for each in some] for some in found)
    return Hub(to_tell, to_comment, to_put_right, to_confirm, rounds, [(id, names.get(id, "")) for id in hosts])


TOLD_FIRST = Case(When(state=T.TOLD, then=0), When(state=T.COMMENTED, then=1), default=2)


def to_comment_on(today: date) -> Q:
    """Told and not commented on; or not told, and its day to tell is over."""
    return Q(state=T.TOLD) | Q(state=T.SCHEDULED, round__tell_by__lt=today) | Q(state=T.COMMENTED)


def _open(rows: QuerySet[Telling]) -> QuerySet[Telling]:
    return rows.filter(round__state=TellingRound.State.OPEN).select_related("round", "body__line", "commenter")


def _row(each: Telling, names: dict[int | None, str], today: date) -> Row:
    by = names.get(each.commenter_id, "")
    return Row(each, names.get(each.body_id, ""), by, each.is_late(today), bool(each.body.line_path))


def own_tellings(reader: Reader, round_id: int) -> list[Telling]:
    """The reader's in a round: for the address that an ask leads to."""
    return list(tellings_of_keeper(reader).filter(round=round_id).order_by("pk")[:2])


# == one round ==
@dataclass(frozen=True)
class Filters:
    """What the tellings of a round are narrowed to. `missing`: one of MISSING; `by`: the id of who comments."""

    state: str = ""
    line: str = ""
    missing: str = ""
    by: int | None = None


MISSING = {
    "telling": Q(state=T.SCHEDULED),
    "comment": Q(state__in=UNCOMMENTED),
    "publishing": Q(state=T.COMMENTED),
    "putting_right": Q(state__in=TO_PUT_RIGHT),
    "late": Q(state=T.OVERDUE),
}


@dataclass(frozen=True)
class Stage:
    """How many have come so far, of how many; `href` is the filter that shows the others."""

    name: str
    count: int
    of: int
    missing: str

    @property
    def left(self) -> int:
        return self.of - self.count

    @property
    def share(self) -> float:
        return 100 * self.count / self.of if self.of else 0


@dataclass(frozen=True)
class Commenter:
    """A body that comments in the round: on how many, how many of them are done."""

    id: int
    name: str
    line: Line
    done: int
    of: int


@dataclass(frozen=True)
class RoundShown:
    """`counts`: by state. `commenters_done` of `commenters` have commented on all that are theirs; `waiting` names the
    first that have not."""

    round: TellingRound
    host_name: str
    is_kept: bool
    total: int
    counts: dict[str, int]
    commenters: int
    commenters_done: int
    waiting: list[Commenter]
    rows: list[Row]
    page: Page

    @property
    def lacking(self) -> int:
        """How many have not commented on all of theirs."""
        return self.commenters - self.commenters_done

    def at_least(self, *states: str) -> int:
        return sum(self.counts.get(each, 0) for each in states)


def round_shown(
    reader: Reader, round_id: int, filters: Filters, today: date, *, after: str = "", before: str = ""
) -> RoundShown | None:
    """Of what is open to the reader: for whoever opened it all of it. A fixed number of queries."""
    found = rounds_visible_to(reader).select_related("host__line").filter(pk=round_id).first()
    if found is None:
        return None
    rows = tellings_visible_to(reader).filter(round=found)
    standing = rows.exclude(body__line_path="")
    counts = dict(standing.order_by().values_list("state").annotate(Count("pk")))
    by_commenter = _commenters(standing)
    lacking = [each for each in by_commenter if each[2] < each[1]]
    page = page_of(
        narrowed(rows, filters).select_related("round", "body__line", "commenter"), ["id"], size=PAGE, after=after,
        before=before,
    )  # fmt: skip
    shown = lacking[:MOST_MISSING]
    ids = {each.body_id for each in page.rows} | {each.commenter_id for each in page.rows} | {each[0] for each in shown}
    names = body_names(reader, today, ids | {found.host_id})
    lines = {each.pk: each for each in Body.objects.filter(pk__in=[row[0] for row in shown]).select_related("line")}
    return RoundShown(
        round=found,
        host_name=names.get(found.host_id, ""),
        is_kept=office_that_keeps(reader, found.host) is not None,
        total=sum(counts.values()),
        counts=counts,
        commenters=len(by_commenter),
        commenters_done=len(by_commenter) - len(lacking),
        waiting=[Commenter(id, names.get(id, ""), lines[id].line, done, of) for id, of, done in shown],
        rows=[_row(each, names, today) for each in page.rows],
        page=page,
    )


def _commenters(rows: QuerySet[Telling]) -> list[tuple[int, int, int]]:
    """Ids, on how many, how many of them done; those with most left first."""
    done = Count("pk", filter=~Q(state__in=UNCOMMENTED))
    found = rows.order_by().values_list("commenter").annotate(of=Count("pk"), done=done)
    return sorted(found, key=lambda row: (row[2] - row[1], row[0]))


def narrowed(rows: QuerySet[Telling], filters: Filters) -> QuerySet[Telling]:
    rows = rows.filter(MISSING[filters.missing]).exclude(body__line_path="") if filters.missing else rows
    exact = {"state": filters.state, "body__line": filters.line, "commenter": filters.by}
    return rows.filter(**{name: value for name, value in exact.items() if value})


def register_rows(reader: Reader, round_id: int, filters: Filters, today: date, *, most: int) -> list[Telling] | None:
    """Those of the round with their published comments, for the register; None where they are more than `most`."""
    rows = narrowed(tellings_visible_to(reader).filter(round=round_id), filters)
    found = list(rows.select_related("round", "body__line").order_by("body__line__position", "pk")[: most + 1])
    return found if len(found) <= most else None


def names_of(reader: Reader, today: date, tellings: Iterable[Telling]) -> dict[int | None, str]:
    return body_names(reader, today, {id for each in tellings for id in (each.body_id, each.commenter_id)})
