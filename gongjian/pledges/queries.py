"""The lists of pledges: the public ones and those of one's offices, what waits for review, and one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db.models import Case, Count, Q, QuerySet, When

from gongjian.register.access import Reader, bodies_visible_to, persons_visible_to
from gongjian.register.models import Body
from gongjian.register.queries.lists import MOST, body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from .access import bodies_kept_by, bodies_of, mine_in, pledges_to_review, pledges_visible_to
from .models import Measure, Pledge, Progress
from .models.pledges import CLOSED_STATES, OPEN_STATES

PAGE, BATCH, MOST_OWN, MOST_WAITING = 20, 500, 50, 100
ORDER = ["-year", "-id"]
STATES = {
    "open": OPEN_STATES,
    "closed": CLOSED_STATES,
    "late": OPEN_STATES,
    "written": (Pledge.State.DRAFT, Pledge.State.RETURNED, Pledge.State.REVIEW, Pledge.State.PASSED),
}


@dataclass(frozen=True)
class PledgeFilters:
    """Which pledges: of a line, a body, a year, a kind; of bodies or of people; how they stand."""

    line: str = ""
    body: int | None = None
    year: int | None = None
    kind: str = ""
    of: str = ""
    state: str = ""


@dataclass(frozen=True)
class Counted:
    """From how much to how much, and where it stands; shares of the way, 0 to 100, for the drawing."""

    baseline: Decimal
    target: Decimal
    value: Decimal
    unit: str

    @property
    def share(self) -> float:
        way = self.target - self.baseline
        return float(min(Decimal(100), max(Decimal(0), (self.value - self.baseline) / way * 100)))


@dataclass(frozen=True)
class Row:
    """A pledge as it shows in a list. `person`: whose it is, as far as the reader may know; empty for the body's own.
    `done` of `measures` are crossed off; `counted` where a number is promised."""

    pledge: Pledge
    name: str
    person: str
    done: int
    measures: int
    is_late: bool
    counted: Counted | None

    @property
    def pk(self) -> int:
        return self.pledge.pk


@dataclass(frozen=True)
class Listed:
    """A page of them; `count` is None where there are more than MOST."""

    page: Page
    rows: list[Row]
    count: int | None


def pledge_rows(reader: Reader, filters: PledgeFilters, today: date) -> QuerySet[Pledge]:
    """In no order."""
    exact = {"body__line": filters.line, "body": filters.body, "year": filters.year, "kind": filters.kind}
    rows = pledges_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    if filters.of:
        rows = rows.filter(person__isnull=filters.of == "bodies")
    if filters.state:
        rows = rows.filter(state__in=STATES[filters.state])
    if filters.state == "late":
        rows = rows.filter(due_on__lt=today)
    return rows


def pledges_listed(
    reader: Reader, filters: PledgeFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:
    """A fixed number of queries."""
    rows = pledge_rows(reader, filters, today)
    page = page_of(_dressed(rows), ORDER, size=size, after=after, before=before)
    count = count_up_to(rows)
    return Listed(page, rows_of(reader, page.rows, today), None if count > MOST else count)


def every_pledge(reader: Reader, filters: PledgeFilters, today: date, *, most: int) -> Iterator[Row] | None:
    """Every one of the list; None if there are more than `most`."""
    rows = pledge_rows(reader, filters, today)
    return None if count_up_to(rows, most) > most else _told(reader, rows, today)


def _told(reader: Reader, rows: QuerySet[Pledge], today: date) -> Iterator[Row]:
    found = _dressed(rows).order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        yield from rows_of(reader, some, today)


def _dressed(rows: QuerySet[Pledge]) -> QuerySet[Pledge]:
    return rows.select_related("body__line", "public_name")


def rows_of(
    reader: Reader, pledges: Sequence[Pledge], today: date, measures: dict[int, tuple[int, int]] | None = None
) -> list[Row]:
    """A fixed number of queries for however many. `measures`: of each how many are crossed off, and all, if known."""
    names = body_names(reader, today, {each.body_id for each in pledges})
    people = names_of(reader, pledges)
    measures = _measured([each.pk for each in pledges]) if measures is None else measures
    reached = _reached([each.pk for each in pledges if each.counted])
    return [
        Row(
            pledge=each,
            name=names.get(each.body_id, ""),
            person=people.get(each.pk, ""),
            done=measures.get(each.pk, (0, 0))[0],
            measures=measures.get(each.pk, (0, 0))[1],
            is_late=each.is_late(today),
            counted=_counted(each, reached.get(each.pk)),
        )
        for each in pledges
    ]


def _measured(pledges: list[int]) -> dict[int, tuple[int, int]]:
    rows = Measure.objects.filter(pledge__in=pledges).order_by().values_list("pledge")
    return {pk: (done, count) for pk, done, count in rows.annotate(done=Count("crossed_off_on"), all=Count("pk"))}


def counts_of(pledge: Pledge, measures: Sequence[Measure]) -> dict[int, tuple[int, int]]:
    return {pledge.pk: (sum(each.crossed_off_on is not None for each in measures), len(measures))}


def _reached(counted: list[int]) -> dict[int, Decimal]:
    """The last number told of each."""
    told = Progress.objects.filter(pledge__in=counted).exclude(value=None)
    rows = told.order_by("pledge", "-on", "-pk").distinct("pledge").values_list("pledge", "value")
    return {pledge: value for pledge, value in rows if value is not None}


def _counted(pledge: Pledge, value: Decimal | None) -> Counted | None:
    """At the last number told, or where it began; None where nothing is counted, or not whole yet."""
    if pledge.baseline is None or pledge.target is None or pledge.baseline == pledge.target:
        return None
    return Counted(pledge.baseline, pledge.target, pledge.baseline if value is None else value, pledge.unit)


def names_of(reader: Reader, pledges: Sequence[Pledge]) -> dict[int, str]:
    """Whose the pledges of persons are: by the register for who sees the person, else as they agreed to be named."""
    ids = {each.person_id for each in pledges if each.person_id is not None}
    known = dict(persons_visible_to(reader).filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {
        each.pk: known.get(each.person_id) or public_name_of(each) for each in pledges if each.person_id is not None
    }


def public_name_of(pledge: Pledge) -> str:
    named = getattr(pledge, "public_name", None)
    return named.name if named else ""


# == what waits, and what is one's own ==
def waiting(reader: Reader, today: date) -> list[Row]:
    """What waits for the reader's review, the oldest first."""
    rows = _dressed(pledges_to_review(reader)).order_by("handed_in_at", "pk")[:MOST_WAITING]
    return rows_of(reader, list(rows), today)


def how_many_wait(reader: Reader) -> int:
    """As many as the page of reviews shows."""
    return count_up_to(pledges_to_review(reader), MOST_WAITING - 1)


@dataclass(frozen=True)
class Mine:
    """A pledge of mine with its open measures: the next one can be crossed off at once."""

    row: Row
    open_measures: list[Measure]
    is_at_work: bool


S = Pledge.State
IN_TURN = (S.RETURNED, S.PASSED, S.DRAFT, S.PUBLIC, S.DOING, S.TOLD, S.JUDGED, S.REVIEW)


def mine(reader: Reader, today: date) -> list[Mine]:
    """Pledges of one's own as a person, and of the bodies whose matters one keeps, that are not closed; first those
    that wait for oneself, last those that wait for somebody else."""
    kept_ones = Q(person=None, body__in=bodies_kept_by(reader))
    over = (*CLOSED_STATES, Pledge.State.WITHDRAWN)
    rows = pledges_visible_to(reader).filter(kept_ones | mine_in(reader)).exclude(state__in=over)
    turn = Case(*(When(state=state, then=place) for place, state in enumerate(IN_TURN)), default=len(IN_TURN))
    pledges = list(_dressed(rows).prefetch_related("measures").order_by(turn, "due_on", "pk")[:MOST_OWN])
    at_work = (Pledge.State.PUBLIC, Pledge.State.DOING)
    return [
        Mine(row, [each for each in row.pledge.measures.all() if not each.crossed_off_on], row.pledge.state in at_work)
        for row in rows_of(reader, pledges, today)
    ]


def named_bodies(reader: Reader, bodies: QuerySet[Body], today: date) -> list[tuple[int, str]]:
    """By name, the first ones."""
    ids = list(bodies_visible_to(reader).filter(pk__in=bodies).order_by("pk").values_list("pk", flat=True)[:MOST_OWN])
    names = body_names(reader, today, ids)
    return [(id, names.get(id, "")) for id in ids]


def bodies_to_pledge_for(reader: Reader, today: date) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Those for which one writes pledges as their keeper, and those in which one pledges something oneself."""
    kept_ones = named_bodies(reader, bodies_kept_by(reader), today)
    return kept_ones, named_bodies(reader, bodies_of(reader), today)
